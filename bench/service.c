// A service that costs next to nothing, so that what is measured is the supervisor:
//   service listen PORT DELAY_MS   listens after DELAY_MS, answers every request with 200
//   service idle                   waits for a signal
//   service lines N BYTES [RATE]   prints N numbered lines of BYTES bytes each, the newline included; so many a second, or at once
//   service rate N BYTES           prints N such lines a second, in a coloured and plain mixture, until it is ended
//   service exit CODE DELAY_MS     ends with CODE after DELAY_MS
//   service family                 idle with a child in its group; both end by themselves after two minutes
//   service deaf                   the same, and a daemon: a child of nobody in a session of its own; all ignore SIGTERM, SIGINT and SIGHUP
//   service as FILE NAME …         any of these, with FILE and NAME in the place of STAMP and NAME
// Each moment is appended to the file that STAMP names, as `WHAT PID MONOTONIC_NS NAME`, to be read from outside.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { life_seconds = 120 };

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

static const char *path, *name;

static void stamp(const char *what) {
  if (path == NULL) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  char line[256];
  int length = snprintf(line, sizeof line, "%s %d %lld %s\n", what, (int)getpid(),
                        (long long)now.tv_sec * 1000000000LL + now.tv_nsec, name == NULL ? "-" : name);
  // One append of one short line: many services write to the same file at the same time.
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (file < 0 || write(file, line, (size_t)length) != length) {
    perror(path);
    exit(1);
  }
  close(file);
}

static int serve(int port, long delay_ms) {
  struct timespec delay = {delay_ms / 1000, (delay_ms % 1000) * 1000000L};
  nanosleep(&delay, NULL);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0) {
    perror("listen");
    return 1;
  }
  stamp("listening");
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    char request[4096];
    if (read(client, request, sizeof request) > 0 && write(client, answer, sizeof answer - 1) < 0) perror("write");
    close(client);
  }
}

static int print_lines(long count, int bytes, long lines_per_second) {
  if (bytes < 12) return 2;
  static char buffer[1 << 16];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  char *line = malloc((size_t)bytes + 1);
  if (line == NULL) return 1;
  memset(line, 'x', (size_t)bytes);
  line[bytes - 1] = '\n';
  for (long number = 1; number <= count; number++) {
    char digits[24];
    snprintf(digits, sizeof digits, "%010ld ", number);
    memcpy(line, digits, 11);
    if (fwrite(line, 1, (size_t)bytes, stdout) != (size_t)bytes) return 1;
    if (lines_per_second == 0 || number * 100 % lines_per_second >= 100) continue;
    struct timespec tick = {0, 10 * 1000000L};
    if (fflush(stdout) != 0) return 1;
    nanosleep(&tick, NULL);
  }
  if (fflush(stdout) != 0) return 1;
  stamp("printed");
  return 0;
}

static int print_at_rate(long lines_per_second, int bytes) {
  if (bytes < 32) return 2;
  struct timespec tick = {0, 10 * 1000000L};
  static char buffer[1 << 16];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  char filler[4096];
  memset(filler, 'x', sizeof filler);
  double due = 0;
  for (long number = 1;;) {
    for (due += (double)lines_per_second / 100; due >= 1; due--, number++) {
      int length = 20 + (int)(number * 37 % (bytes - 20));
      const char *format = number % 3 == 0 ? "\033[32m%010ld\033[0m GET /%.*s\n" : "%010ld GET /%.*s\n";
      printf(format, number, length, filler);
    }
    if (fflush(stdout) != 0) return 1;
    nanosleep(&tick, NULL);
  }
}

static _Noreturn void stay(void) {
  for (;;) pause();
}

// No alarm is inherited. What no supervisor ends is no burden to the machine for long.
static _Noreturn void live_as(const char *what) {
  alarm(life_seconds);
  stamp(what);
  stay();
}

static _Noreturn void raise_family(int is_deaf) {
  if (is_deaf) {
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
  }
  if (fork() == 0) live_as("child");
  pid_t parent = is_deaf ? fork() : -1;
  if (parent == 0) {
    setsid();
    if (fork() == 0) live_as("daemon");
    _exit(0);
  }
  if (parent > 0) waitpid(parent, NULL, 0);
  alarm(life_seconds);
  stay();
}

static int end(int code, long delay_ms) {
  struct timespec delay = {delay_ms / 1000, (delay_ms % 1000) * 1000000L};
  nanosleep(&delay, NULL);
  return code;
}

int main(int count, char **arguments) {
  path = getenv("STAMP");
  name = getenv("NAME");
  if (count > 3 && strcmp(arguments[1], "as") == 0) {
    path = arguments[2];
    name = arguments[3];
    arguments += 3;
    count -= 3;
  }
  stamp("started");
  const char *mode = count > 1 ? arguments[1] : "";
  if (strcmp(mode, "listen") == 0 && count == 4) return serve(atoi(arguments[2]), atol(arguments[3]));
  if (strcmp(mode, "lines") == 0 && (count == 4 || count == 5)) {
    return print_lines(atol(arguments[2]), atoi(arguments[3]), count == 5 ? atol(arguments[4]) : 0);
  }
  if (strcmp(mode, "rate") == 0 && count == 4) return print_at_rate(atol(arguments[2]), atoi(arguments[3]));
  if (strcmp(mode, "idle") == 0) stay();
  if (strcmp(mode, "exit") == 0 && count == 4) return end(atoi(arguments[2]), atol(arguments[3]));
  if (strcmp(mode, "family") == 0) raise_family(0);
  if (strcmp(mode, "deaf") == 0) raise_family(1);
  fprintf(stderr, "usage: service [as FILE NAME] listen PORT DELAY_MS | idle | lines N BYTES [RATE] | rate N BYTES"
                  " | exit CODE DELAY_MS | family | deaf\n");
  return 2;
}
