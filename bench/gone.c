// Says when processes end, without slowing them down: `gone PID…` prints `watching`, then `PID MONOTONIC_NS` for each as it ends.
// Ends with the last of them, or with 1 when none has ended for fifteen seconds.

#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { most = 1024, limit_ms = 15000 };

int main(int count, char **arguments) {
  static struct pollfd watched[most];
  int left = 0;
  if (count - 1 > most) return 2;
  for (int index = 1; index < count; index++) {
    int descriptor = (int)syscall(SYS_pidfd_open, atoi(arguments[index]), 0);
    if (descriptor < 0) {
      perror(arguments[index]);
      return 2;
    }
    watched[index - 1] = (struct pollfd){descriptor, POLLIN, 0};
    left++;
  }
  printf("watching\n");
  fflush(stdout);
  while (left > 0) {
    if (poll(watched, (nfds_t)count - 1, limit_ms) <= 0) return 1;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (int index = 1; index < count; index++) {
      if (watched[index - 1].revents == 0) continue;
      printf("%s %lld\n", arguments[index], (long long)now.tv_sec * 1000000000LL + now.tv_nsec);
      watched[index - 1] = (struct pollfd){-1, 0, 0};
      left--;
    }
  }
  return 0;
}
