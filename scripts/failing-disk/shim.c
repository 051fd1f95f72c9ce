/*
 * Makes calls on one file fail, from outside the process: LD_PRELOAD this library.
 * FAIL_FILE is the name of the file (the last part of its path, or the start of it before “.UUID.new”), FAIL_CALL one of
 * open, write, sync, rename, link; FAIL_ERRNO the number of the error; FAIL_FROM the call (from 1) it begins with;
 * FAIL_LOG a file that takes one byte for each call that failed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_int seen;

static int is_meant(const char *path) {
  const char *file = getenv("FAIL_FILE");
  if (file == NULL || path == NULL) return 0;
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  size_t length = strlen(file);
  if (strncmp(name, file, length) != 0) return 0;
  if (name[length] == '\0') return 1;
  /* A draft of the lock; the program's own lock.js is none. */
  const char *ending = strrchr(name, '.');
  return name[length] == '.' && strcmp(file, "lock") == 0 && strcmp(ending, ".js") != 0;
}

static int refuses(const char *call, const char *path) {
  const char *wanted = getenv("FAIL_CALL");
  if (wanted == NULL || strcmp(wanted, call) != 0 || !is_meant(path)) return 0;
  const char *from = getenv("FAIL_FROM");
  if (atomic_fetch_add(&seen, 1) + 1 < (from == NULL ? 1 : atoi(from))) return 0;
  const char *log = getenv("FAIL_LOG");
  if (log != NULL) {
    int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    ssize_t (*real_write)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    int fd = real_open(log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (fd >= 0) {
      (void)!real_write(fd, "x", 1);
      close(fd);
    }
  }
  const char *code = getenv("FAIL_ERRNO");
  errno = code == NULL ? EIO : atoi(code);
  return 1;
}

static const char *path_of(int fd, char *buffer, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, size - 1);
  if (length < 0) return NULL;
  buffer[length] = '\0';
  return buffer;
}

static int refuses_fd(const char *call, int fd) {
  char buffer[4096];
  if (getenv("FAIL_FILE") == NULL) return 0;
  return refuses(call, path_of(fd, buffer, sizeof buffer));
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    int mode = va_arg(rest, int); \
    va_end(rest); \
    if (refuses("open", path)) return -1; \
    return real(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(write);
  return refuses_fd("write", fd) ? -1 : real(fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REAL(pwrite);
  return refuses_fd("write", fd) ? -1 : real(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  REAL(pwrite64);
  return refuses_fd("write", fd) ? -1 : real(fd, bytes, count, at);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  return refuses_fd("write", fd) ? -1 : real(fd, parts, count);
}
int fsync(int fd) {
  REAL(fsync);
  return refuses_fd("sync", fd) ? -1 : real(fd);
}
int fdatasync(int fd) {
  REAL(fdatasync);
  return refuses_fd("sync", fd) ? -1 : real(fd);
}
int rename(const char *from, const char *to) {
  REAL(rename);
  return refuses("rename", to) ? -1 : real(from, to);
}
int link(const char *from, const char *to) {
  REAL(link);
  return refuses("link", to) ? -1 : real(from, to);
}
