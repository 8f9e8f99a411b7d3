// Whose a Unix socket is when none of the processes that can be looked at has it open. The kernel tells by a protocol that Node
// does not speak and Perl does (sock_diag); without Perl it is not known.

import { execFile } from "node:child_process";

// A request for the socket with this inode and its user; of the attributes that come back the seventh is the user's id.
const program = String.raw`
my $inode = shift;
socket(my $netlink, 16, 3, 4) or exit 1;
my $request = pack('CCSLLLLL', 1, 0, 0, 0xffffffff, $inode, 0x40, 0xffffffff, 0xffffffff);
send($netlink, pack('LSSLL', 16 + length $request, 20, 1, 1, 0) . $request, 0) or exit 1;
defined recv($netlink, my $answer, 65536, 0) or exit 1;
my ($end, $type) = unpack('LS', $answer);
exit 1 if $type != 20;
for (my $at = 32; $at + 4 <= $end;) {
  my ($length, $attribute) = unpack('SS', substr($answer, $at, 4));
  last if $length < 4;
  print unpack('L', substr($answer, $at + 4, 4)), "\n" if $attribute == 7;
  $at += ($length + 3) & ~3;
}`;

/** In milliseconds; what has not answered by then is not waited for. */
const patience = 2000;

/** The id of the user that a Unix socket belongs to; undefined where that cannot be found out. */
export function userOfSocket(inode: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile("perl", ["-e", program, String(inode)], { timeout: patience }, (error, stdout) => {
      resolve(error === null && /^\d+\n$/.test(stdout) ? Number(stdout) : undefined);
    });
  });
}
