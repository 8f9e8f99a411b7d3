// What the fork server runs: a Perl program, since Perl forks in a third of a millisecond and Node, with all its memory, in one
// or two. On stdin come requests, each after its length: a number, a tag, the directory, what to read from and append to, the
// words, the environment. On stdout go lines: `ready`, then `tags` where it can set them, `began NUMBER PID`, `failed NUMBER`,
// `ended NUMBER PID STATUS` with the status as wait(2) gives it.

/** The program. It ends when its stdin does; what it has started goes on. */
export const forkServerScript = String.raw`use strict; use POSIX ();
use Fcntl qw(F_SETFL F_SETOWN O_ASYNC O_NONBLOCK O_RDONLY O_RDWR O_WRONLY O_APPEND);
$0 = 'launch-fork-server';
# Signals are blocked, not ignored, since a service would inherit that; Perl itself ignores this one.
$SIG{FPE} = 'DEFAULT';
# Both wake the loop; outside its sleep they wait, so that none is missed.
$SIG{$_} = sub {} for qw(CHLD IO);
my ($none, $all) = (POSIX::SigSet->new, POSIX::SigSet->new);
$all->fillset;
my $asleep = POSIX::SigSet->new(POSIX::SIGHUP(), POSIX::SIGINT(), POSIX::SIGQUIT(), POSIX::SIGTERM(), POSIX::SIGPIPE());
POSIX::sigprocmask(POSIX::SIG_SETMASK(), $all);
pipe(my $endless, my $held) or exit 1;
# A number that is none of Perl's own variables: those may be handed over as text.
fcntl(STDIN, F_SETOWN, POSIX::getpid()) or exit 1;
fcntl(STDIN, F_SETFL, O_ASYNC | O_NONBLOCK) or exit 1;
# prlimit64(2) by its number, and the limit on file locks, which is what a tag is.
my $prlimit = length(pack 'p', '') == 8 && { x86_64 => 302, aarch64 => 261 }->{(POSIX::uname())[4]};
my $locks = 10;
my $limits = pack 'Q2', 0, 0;
my $hard = $prlimit && syscall($prlimit, 0, $locks, 0, $limits) == 0 && (unpack 'Q2', $limits)[1];
my %numbers;
sub answer { syswrite(STDOUT, "$_[0]\n") }
sub begin {
  my ($number, $tag, $directory, $input, $output, $count, @rest) = unpack 'N (N/a*)4 N (N/a*)*', $_[0];
  my @words = splice @rest, 0, $count;
  my %env = @rest;
  delete $ENV{$_} for grep { !exists $env{$_} } keys %ENV;
  while (my ($name, $value) = each %env) { $ENV{$name} = $value if ($ENV{$name} // "\0") ne $value }
  my $limit = $tag eq '' ? undef : pack 'Q2', $tag, $hard;
  # A pipe is opened anew for each, so that no service changes how another one reads.
  my $from = $input eq '-' ? '/proc/self/fd/' . fileno($endless) : $input;
  my $mode = $input eq '-' || $input eq '/dev/null' ? O_RDONLY : O_RDWR;
  my $pid = chdir($directory) && sysopen(my $in, $from, $mode) && sysopen(my $out, $output, O_WRONLY | O_APPEND) ? fork : undef;
  return answer("failed $number") unless defined $pid;
  $numbers{$pid} = $number;
  return if $pid;
  # Only from now on does it lead its group, which is what is signalled.
  POSIX::setsid();
  answer("began $number $$");
  syscall($prlimit, 0, $locks, $limit, 0) if defined $limit;
  POSIX::dup2(fileno($in), 0); POSIX::dup2(fileno($out), 1); POSIX::dup2(1, 2);
  POSIX::sigprocmask(POSIX::SIG_SETMASK(), $none);
  exec { $words[0] } @words;
  # As shells say it.
  POSIX::_exit($!{ENOENT} ? 127 : 126);
}
my $asked = '';
answer($hard ? 'ready tags' : 'ready');
for (;;) {
  while ((my $pid = waitpid(-1, POSIX::WNOHANG())) > 0) { answer('ended ' . delete($numbers{$pid}) . " $pid $?") }
  my $read = sysread(STDIN, $asked, 1 << 16, length $asked);
  exit 0 if defined $read ? $read == 0 : !($!{EAGAIN} || $!{EINTR});
  while (length($asked) >= 4 && length($asked) >= 4 + (my $length = unpack 'N', $asked)) {
    begin(substr $asked, 4, $length);
    substr($asked, 0, 4 + $length) = '';
  }
  POSIX::sigsuspend($asleep) unless $read;
}
`;
