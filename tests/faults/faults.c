/* A disk that misbehaves when it is told to. Preloaded into the program under test, it stands between the program and the
 * files whose path contains DISK_FAULTS_IN, and does what the control file (DISK_FAULTS_CONTROL) says: five
 * 32-bit numbers that the test writes while the program runs. Built by the test itself: cc -shared -fPIC. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum kind { NONE, FULL, BROKEN_WRITE, BROKEN_SYNC, SHORT_WRITE, SLOW, BROKEN_READ };
enum what { WRITES = 1, SYNCS = 2, READS = 4 };

static struct control {
    atomic_int kind;      /* what to do */
    atomic_int countdown; /* so many operations of that kind later */
    atomic_int length;    /* with so many of them */
    atomic_int pause;     /* milliseconds, when it is slow */
    atomic_int hits;      /* how often it was done: written by us */
} *control;
static const char *part;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("DISK_FAULTS_CONTROL");
    part = getenv("DISK_FAULTS_IN");
    if (!path || !part) return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *seen = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (seen != MAP_FAILED) control = seen;
}

static int concerns(int fd) {
    char link[40], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return strstr(path, part) != NULL;
}

/* The fault that this operation meets. */
static enum kind meets(int fd, enum what what) {
    if (!control) return NONE;
    enum kind kind = atomic_load(&control->kind);
    int touched = kind == FULL || kind == BROKEN_WRITE || kind == SHORT_WRITE ? WRITES
        : kind == BROKEN_SYNC ? SYNCS
        : kind == BROKEN_READ ? READS
        : kind == SLOW ? WRITES | SYNCS
        : 0;
    if (!(touched & what) || !concerns(fd)) return NONE;
    int turn = atomic_fetch_sub(&control->countdown, 1);
    if (turn > 0 || turn <= -atomic_load(&control->length)) return NONE;
    atomic_fetch_add(&control->hits, 1);
    if (kind == SLOW) {
        int ms = atomic_load(&control->pause);
        struct timespec pause = {ms / 1000, (ms % 1000) * 1000000L};
        nanosleep(&pause, NULL);
        return NONE;
    }
    return kind;
}

static int fails(enum kind kind) {
    errno = kind == FULL ? ENOSPC : EIO;
    return -1;
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t n) {
    REAL(ssize_t, "write", int, const void *, size_t);
    enum kind kind = meets(fd, WRITES);
    if (kind == SHORT_WRITE && n > 1) return real(fd, bytes, n / 2);
    return kind == NONE ? real(fd, bytes, n) : fails(kind);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    enum kind kind = meets(fd, WRITES);
    if (kind == SHORT_WRITE && n > 1) return real(fd, bytes, n / 2, at);
    return kind == NONE ? real(fd, bytes, n, at) : fails(kind);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) { return pwrite64(fd, bytes, n, at); }

int ftruncate64(int fd, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    enum kind kind = meets(fd, WRITES);
    return kind == NONE ? real(fd, size) : fails(kind);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fsync(int fd) {
    REAL(int, "fsync", int);
    enum kind kind = meets(fd, SYNCS);
    return kind == NONE ? real(fd) : fails(kind);
}

int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    enum kind kind = meets(fd, SYNCS);
    return kind == NONE ? real(fd) : fails(kind);
}

ssize_t read(int fd, void *bytes, size_t n) {
    REAL(ssize_t, "read", int, void *, size_t);
    enum kind kind = meets(fd, READS);
    return kind == NONE ? real(fd, bytes, n) : fails(kind);
}

ssize_t pread64(int fd, void *bytes, size_t n, off64_t at) {
    REAL(ssize_t, "pread64", int, void *, size_t, off64_t);
    enum kind kind = meets(fd, READS);
    return kind == NONE ? real(fd, bytes, n, at) : fails(kind);
}

ssize_t pread(int fd, void *bytes, size_t n, off_t at) { return pread64(fd, bytes, n, at); }
