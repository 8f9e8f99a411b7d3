// Services that do everything by which processes escape who started them:
//   zoo MODE [END]     see `modes` below; END is the moment of the monotonic clock, in seconds, at which each of them ends by itself
// Only the program file tells what belongs here, so nothing in this program depends on groups, names or environments.

#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Longer than any one run, and short enough that what no supervisor has ended is no burden to the machine.
enum { life_seconds = 90 };

extern char **environ;
static const char *program;
static long end_second;

static long now_second(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

static void idle(void) {
  while (now_second() < end_second) sleep(1);
  _exit(0);
}

static void pause_ms(long ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

static void fork_idle(void) {
  if (fork() == 0) idle();
}

static void plain(void) { idle(); }

static void tree(void) {
  for (int child = 0; child < 3; child++) {
    if (fork() > 0) continue;
    fork_idle();
    fork_idle();
    idle();
  }
  idle();
}

static void leader_exits(void) {
  fork_idle();
  fork_idle();
  pause_ms(400);
  exit(0);
}

static void deaf(void) {
  signal(SIGTERM, SIG_IGN);
  idle();
}

static void stopped(void) {
  raise(SIGSTOP);
  idle();
}

static void own_group(void) {
  if (fork() == 0) {
    setpgid(0, 0);
    idle();
  }
  idle();
}

static void own_session(void) {
  if (fork() == 0) {
    setsid();
    idle();
  }
  idle();
}

// In the daemon: a child of nobody, in a session that it does not lead. In the parent: false.
static int daemonise(void) {
  if (fork() > 0) return 0;
  setsid();
  if (fork() > 0) _exit(0);
  return 1;
}

// The same program with nothing in its environment.
static void become(const char *mode) {
  char end[24];
  snprintf(end, sizeof end, "%ld", end_second);
  char *arguments[] = {(char *)program, (char *)mode, end, NULL}, *nothing[] = {NULL};
  execve("/proc/self/exe", arguments, nothing);
  _exit(1);
}

static void daemon_beside(void) {
  if (daemonise()) idle();
  idle();
}

static void daemon_alone(void) {
  if (daemonise()) idle();
  pause_ms(400);
  exit(0);
}

static void daemon_bare(void) {
  if (daemonise()) become("plain");
  idle();
}

// What programs do that show their state in `ps`: arguments and environment are one stretch of memory.
static void overwrite_environment(void) {
  char **last = environ;
  while (last[0] != NULL && last[1] != NULL) last++;
  if (last[0] == NULL) return;
  char *end = *last + strlen(*last);
  memset(environ[0], 0, (size_t)(end - environ[0]));
}

static void daemon_disguised(void) {
  if (daemonise()) {
    overwrite_environment();
    idle();
  }
  idle();
}

static void hop(int with_session) {
  while (now_second() < end_second) {
    pause_ms(5);
    if (fork() > 0) _exit(0);
    if (with_session) setsid();
  }
  _exit(0);
}

static void hop_in_group(void) { hop(0); }
static void hop_in_sessions(void) { hop(1); }

static void hopper(void) {
  if (fork() == 0) hop(0);
  idle();
}

static void session_hopper(void) {
  if (fork() == 0) hop(1);
  idle();
}

static void bare_hopper(void) {
  if (fork() == 0) become("hop-in-sessions");
  idle();
}

static void busy(void) {
  while (now_second() < end_second) {}
}

static const struct {
  const char *name;
  void (*run)(void);
} modes[] = {
    {"plain", plain},                        // ends at SIGTERM
    {"tree", tree},                          // 1 + 3 + 6
    {"leader-exits", leader_exits},          // two workers outlive it in its group
    {"deaf", deaf},                          // ignores SIGTERM
    {"stopped", stopped},                    // stops itself
    {"own-group", own_group},                // a child in a group of its own
    {"own-session", own_session},            // a child in a session of its own
    {"daemon-beside", daemon_beside},        // a daemon, and the process that made it
    {"daemon-alone", daemon_alone},          // a daemon whose parent has gone
    {"daemon-bare", daemon_bare},            // a daemon with an empty environment
    {"daemon-disguised", daemon_disguised},  // a daemon that has overwritten its environment
    {"hopper", hopper},                      // a new process every 5 ms
    {"session-hopper", session_hopper},      // the same, each in a session of its own
    {"bare-hopper", bare_hopper},            // the same, with an empty environment
    {"hop-in-group", hop_in_group},
    {"hop-in-sessions", hop_in_sessions},
    {"busy", busy},                          // uses a processor
};

int main(int count, char **arguments) {
  program = arguments[0];
  end_second = count > 2 ? atol(arguments[2]) : now_second() + life_seconds;
  for (size_t index = 0; count > 1 && index < sizeof modes / sizeof *modes; index++) {
    if (strcmp(modes[index].name, arguments[1]) != 0) continue;
    modes[index].run();
    return 0;
  }
  fprintf(stderr, "usage: zoo MODE [END]\n");
  return 2;
}
