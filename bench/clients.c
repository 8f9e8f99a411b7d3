// Clients that cost little: `clients PORT COUNT` sends requests over loopback, each on a new connection, from COUNT threads, until its
// stdin ends. Then prints `ANSWERED REFUSED RESET OTHER LONGEST_MS`: connections that were answered with 200, that nobody took, that were
// broken off before the answer was complete, that failed in another way; and the longest wait for an answer.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { answered, refused, reset, other, kinds };

static atomic_long counts[kinds];
static atomic_long longest_us;
static atomic_bool over;
static int port;
static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

static long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

static int kind_of(int error) {
  if (error == ECONNREFUSED) return refused;
  return error == ECONNRESET || error == EPIPE ? reset : other;
}

// Reads to the end; an end before the answer's body is a connection that was broken off.
static int ask(int client) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, (struct sockaddr *)&address, sizeof address) != 0) return kind_of(errno);
  if (send(client, request, sizeof request - 1, MSG_NOSIGNAL) < 0) return kind_of(errno);
  char answer[1024];
  size_t size = 0;
  for (;;) {
    ssize_t more = recv(client, answer + size, sizeof answer - 1 - size, 0);
    if (more < 0) return kind_of(errno);
    if (more == 0 || size + (size_t)more == sizeof answer - 1) break;
    size += (size_t)more;
  }
  answer[size] = 0;
  static const char good[] = "HTTP/1.1 200";
  if (strncmp(answer, good, size < sizeof good - 1 ? size : sizeof good - 1) != 0) return other;
  return strstr(answer, "ok") != NULL ? answered : reset;
}

static void *work(void *unused) {
  (void)unused;
  struct timespec pause = {0, 2000000L};
  struct timeval limit = {20, 0};
  while (!over) {
    long before = now_us();
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    int kind = ask(client);
    close(client);
    counts[kind]++;
    long took = now_us() - before;
    if (kind == answered && took > longest_us) longest_us = took;
    nanosleep(&pause, NULL);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  port = atoi(arguments[1]);
  int clients = atoi(arguments[2]);
  pthread_t threads[64];
  if (clients < 1 || clients > 64) return 2;
  for (int index = 0; index < clients; index++) pthread_create(&threads[index], NULL, work, NULL);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {}
  over = true;
  for (int index = 0; index < clients; index++) pthread_join(threads[index], NULL);
  printf("%ld %ld %ld %ld %ld\n", counts[answered], counts[refused], counts[reset], counts[other], longest_us / 1000);
  return 0;
}
