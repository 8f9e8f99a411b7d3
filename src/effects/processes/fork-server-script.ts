// What the fork server runs: a Perl program, since Perl forks in a third of a millisecond and Node, with all its memory, in one
// or two. On stdin come requests, each after its length in bytes and a line's end, with a NUL between its fields: a number,
// a tag, the directory, what to read from and append to, how many words, the words, the environment; or `signal`, a number, which
// signal, and the pids of the groups that get it; or `guard`, the pid of the guard and its start. On stdout go lines: `ready PIPE`, the descriptor that keeps open what services read,
// `began NUMBER PID`, `failed NUMBER`, `unknown NUMBER PID…` of those that have ended and cannot be signalled, `signalled NUMBER`,
// `ended NUMBER PID STATUS` with the status as wait(2) gives it.

/** The numbers of the system calls that the program makes, by Node's name for the machine, in the order of its arguments. */
export const systemCalls: Readonly<Record<string, readonly number[]>> = {
  // rt_sigprocmask, rt_sigsuspend, setsid, dup3, prlimit64, execve, exit_group, prctl
  x64: [14, 130, 112, 292, 302, 59, 231, 157],
  arm64: [135, 133, 157, 24, 261, 221, 94, 167],
};

/** The program. It ends when its stdin does; what it has started goes on. It loads no module, which would take longer than the rest. */
export const forkServerScript = String.raw`use strict;
$0 = 'launch-fork-server';
exit 1 if length(pack 'p', '') != 8;
my ($sigprocmask, $sigsuspend, $setsid, $dup3, $prlimit, $execve, $exit, $prctl, $files, $deaf) = map { $_ + 0 } @ARGV;
# The same on both machines.
my ($O_RDONLY, $O_WRONLY, $O_RDWR, $O_APPEND, $O_NONBLOCK, $O_ASYNC) = (0, 1, 2, 02000, 04000, 020000);
my ($F_SETFL, $F_SETOWN, $SIG_SETMASK, $WNOHANG, $RLIMIT_NOFILE, $RLIMIT_LOCKS) = (4, 8, 2, 1, 7, 10);
my ($PR_SET_PDEATHSIG, $SIGCONT) = (1, 18);
my ($ENOENT, $EINTR, $ENOEXEC, $EAGAIN, $EACCES, $ENOTDIR) = (2, 4, 8, 11, 13, 20);
# Signals are blocked, not ignored, since a service would inherit that; Perl itself ignores this one.
$SIG{FPE} = 'DEFAULT';
# Both wake the loop; outside its sleep they wait, so that none is missed.
$SIG{$_} = sub {} for qw(CHLD IO);
sub mask { my $bits = 0; $bits |= 1 << $_ - 1 for @_; pack 'Q', $bits }
# HUP, INT, QUIT, PIPE and TERM never reach it.
my ($none, $all, $asleep) = (mask(), mask(1 .. 64), mask(1, 2, 3, 13, 15));
syscall($sigprocmask, $SIG_SETMASK, $all, 0, 8) == 0 or exit 1;
# Stopped, it would not see the end of its stdin: should its parent be killed, it goes on. No child inherits that.
syscall($prctl, $PR_SET_PDEATHSIG, $SIGCONT, 0, 0, 0);
pipe(my $endless, my $held) or exit 1;
# Perl's own variable would be handed over as text.
fcntl(STDIN, $F_SETOWN, $$ + 0) or exit 1;
fcntl(STDIN, $F_SETFL, $O_ASYNC | $O_NONBLOCK) or exit 1;
my $limits = pack 'Q2', 0, 0;
syscall($prlimit, 0, $RLIMIT_LOCKS, 0, $limits) == 0 or exit 1;
my $hard = (unpack 'Q2', $limits)[1];
# No more files than launch itself was given; 0 is for as many as it has now.
my $open = pack 'Q2', 0, 0;
syscall($prlimit, 0, $RLIMIT_NOFILE, 0, $open) == 0 or exit 1;
$open = pack 'Q2', $files, (unpack 'Q2', $open)[1];
my %running;
sub answer { syswrite(STDOUT, "$_[0]\n") }
sub strings { pack('p*', @_) . pack 'Q', 0 }
# Perl's own exec would have a shell run whatever the kernel does not know: a program for another machine as well.
sub become {
  my ($env, @words) = @_;
  my ($path) = map { /^PATH=(.*)/s } @$env;
  my @files = $words[0] =~ m{/} ? $words[0] : map { ($_ eq '' ? '.' : $_) . "/$words[0]" } split /:/, $path // '/bin:/usr/bin', -1;
  my ($argv, $envp, $why) = (strings(@words), strings(@$env), $ENOENT);
  for my $file (@files) {
    syscall($execve, $file, $argv, $envp);
    if ($! == $ENOEXEC && open my $script, '<', $file) {
      sysread $script, my $start, 256;
      return $ENOEXEC if $start =~ /^(?:\x7fELF|[^\n]*\0)/;
      my $script_argv = strings('/bin/sh', $file, @words[1 .. $#words]);
      syscall($execve, my $shell = '/bin/sh', $script_argv, $envp);
    }
    $why = $! + 0 unless $why == $EACCES && $! == $ENOENT;
    return $why unless $! == $ENOENT || $! == $EACCES || $! == $ENOTDIR;
  }
  return $why;
}
sub begin {
  my ($number, $tag, $directory, $input, $output, $count, @env) = split /\0/, $_[0], -1;
  my @words = splice @env, 0, $count;
  my $limit = pack 'Q2', $tag, $hard;
  # A pipe is opened anew for each, so that no service changes how another one reads.
  my $from = $input eq '-' ? '/proc/self/fd/' . fileno($endless) : $input;
  my $mode = $input eq '-' || $input eq '/dev/null' ? $O_RDONLY : $O_RDWR;
  my $pid = fork;
  return answer("failed $number") unless defined $pid;
  $running{$pid} = $number;
  return if $pid;
  my ($in, $out);
  unless (chdir($directory) && sysopen($in, $from, $mode) && sysopen($out, $output, $O_WRONLY | $O_APPEND)) {
    answer("failed $number");
    syscall($exit, 0);
  }
  # Only from now on does it lead its group, which is what is signalled.
  syscall($setsid);
  answer("began $number $$");
  syscall($prlimit, 0, $RLIMIT_LOCKS, $limit, 0);
  syscall($prlimit, 0, $RLIMIT_NOFILE, $open, 0) if $files;
  $SIG{HUP} = 'IGNORE' if $deaf;
  syscall($dup3, fileno($in), 0, 0); syscall($dup3, fileno($out), 1, 0); syscall($dup3, fileno($out), 2, 0);
  syscall($sigprocmask, $SIG_SETMASK, $none, 0, 8);
  my $why = become(\@env, @words);
  # As shells say it.
  syswrite(STDERR, "$words[0]: " . ($! = $why) . "\n");
  syscall($exit, $why == $ENOENT ? 127 : 126);
}
# No other process can have the number of a child that was not waited for.
sub hand_on {
  my (undef, $number, $signal, @pids) = split /\0/, $_[0];
  kill $signal, map { -$_ } grep { exists $running{$_} } @pids;
  my @gone = grep { !exists $running{$_} } @pids;
  answer(join ' ', "unknown $number", splice @gone, 0, 64) while @gone;
  answer("signalled $number");
}
my ($guard, $guard_start) = (0, '');
# Stopped, the guard would not see that we are at our end.
sub wake_guard {
  open my $stat, '<', "/proc/$guard/stat" or return;
  my @fields = split / /, substr <$stat> =~ s/.*\)//sr, 1;
  kill $SIGCONT, $guard if ($fields[19] // '') eq $guard_start;
}
my $asked = '';
answer('ready ' . fileno($held));
for (;;) {
  my @ends;
  while ((my $pid = waitpid(-1, $WNOHANG)) > 0) { push @ends, 'ended ' . delete($running{$pid}) . " $pid $?" }
  # By the handful, for what is longer than a page of memory may be mixed with what a child says.
  answer(join "\n", splice @ends, 0, 64) while @ends;
  my $read = sysread(STDIN, $asked, 1 << 16, length $asked);
  if (defined $read ? $read == 0 : $! != $EAGAIN && $! != $EINTR) { wake_guard(); exit 0 }
  while ($asked =~ /\A(\d+)\n/ && length $asked >= $+[0] + $1) {
    my ($from, $length) = ($+[0], $1);
    my $request = substr $asked, $from, $length;
    if ($request =~ /^guard\0/) { (undef, $guard, $guard_start) = split /\0/, $request }
    else { $request =~ /^signal\0/ ? hand_on($request) : begin($request) }
    substr($asked, 0, $from + $length) = '';
  }
  syscall($sigsuspend, $asleep, 8) unless $read;
}
`;
