/* Faults below a database: preloaded into a process, it stands between SQLite and the kernel.
 *
 * Of each file whose path holds the marked folder it keeps what a disk would hold for certain: what
 * was flushed. At the chosen call it lets a write or a flush fail, tears a write, or cuts the power:
 * then each sector that was not flushed becomes the old or the new one, by lot, and the process
 * ends. After a flush that failed, what it should have flushed counts as lost until it is written
 * anew, though every process can still read it: so does Linux. What the disk holds is shared with
 * the processes that are forked later, so that one can die and another go on with the same disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NONE, FAIL_IO, FAIL_SPACE, SHORT, TORN, POWER, FLUSH_THEN_POWER, FLUSH_THEN_END };
enum { FILES = 8, SECTOR = 512, SECTORS = 1 << 12 };

struct image {
    char path[512];
    off_t size;                                    /* as on the disk */
    unsigned char disk[(size_t)SECTORS * SECTOR];  /* what is on the disk for certain */
    unsigned char dirty[SECTORS];                  /* written since, and not flushed */
};

static struct image *images;
static char folder[512];
static int mode, armed, lasting, lots;
static long calls, at, later;
static uint64_t state;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_unlink)(const char *);

__attribute__((constructor)) static void begin(void) {
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
}

static uint64_t lot(void) { /* splitmix64 */
    uint64_t z = (state += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static struct image *image_at(const char *path) {
    size_t length = strlen(path);
    if (!strstr(path, folder) || (length > 4 && !strcmp(path + length - 4, "-shm")))
        return NULL;
    for (int i = 0; i < FILES; i++)
        if (!strcmp(images[i].path, path))
            return &images[i];
    for (int i = 0; i < FILES; i++)
        if (!images[i].path[0]) {
            strcpy(images[i].path, path);
            int fd = open(path, O_RDONLY);
            /* What stands there when it is first seen counts as flushed. */
            images[i].size = fd < 0 ? 0 : read(fd, images[i].disk, sizeof images[i].disk);
            if (fd >= 0)
                close(fd);
            return &images[i];
        }
    abort();
}

static int marked(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 511);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return strstr(path, folder) != NULL;
}

static void put_on_disk(struct image *one) {
    unsigned char *seen = calloc(SECTORS, SECTOR);
    int fd = open(one->path, O_RDWR);
    if (fd < 0)
        return;
    off_t size = seen ? read(fd, seen, (size_t)SECTORS * SECTOR) : 0;
    if (!lots || lot() & 1)
        size = one->size;
    for (int i = 0; i < size / SECTOR + 1 && i < SECTORS; i++) {
        int keeps_new = one->dirty[i] && lots && lot() & 1;
        if (!keeps_new)
            memcpy(seen + (size_t)i * SECTOR, one->disk + (size_t)i * SECTOR, SECTOR);
    }
    real_ftruncate(fd, 0);
    real_pwrite(fd, seen, size, 0);
    free(seen);
    close(fd);
}

void fault_power_cut(void) {
    armed = 0;
    for (int i = 0; i < FILES; i++)
        if (images[i].path[0])
            put_on_disk(&images[i]);
    _exit(99);
}

/* Begin with the disk as it stands: what is in the folder now counts as flushed. */
void fault_begin(const char *where) {
    strncpy(folder, where, sizeof folder - 1);
    images = mmap(NULL, FILES * sizeof *images, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (images == MAP_FAILED)
        abort();
    for (const char *const *end = (const char *const[]){"", "-wal", 0}; *end; end++) {
        char path[600];
        snprintf(path, sizeof path, "%s/log%s", where, *end);
        if (!access(path, F_OK))
            image_at(path);
    }
}

/* Begin to count calls; at call number n the fault happens. */
void fault_arm(int what, long n, long seed) {
    mode = what, at = n, calls = 0, later = 0;
    state = (uint64_t)seed;
    lots = (int)(lot() % 4); /* in one of four cuts nothing that was not flushed is there */
    lasting = 1 + (int)(lot() % 6);
    armed = 1;
}

/* Return how many calls there were since it was armed. */
long fault_calls(void) { return calls; }

/* Count a call; return whether the fault is due now. */
static int due(int is_flush) {
    calls++;
    if (mode == FLUSH_THEN_POWER) {
        if (later && calls >= later)
            fault_power_cut();
        if (!later && is_flush && calls >= at) {
            later = calls + 1 + (long)(lot() % 24);
            return 1;
        }
        return 0;
    }
    if (mode == FLUSH_THEN_END)
        return is_flush && calls >= at;
    if (mode == FAIL_IO || mode == FAIL_SPACE)
        return calls >= at && calls < at + lasting;
    if (mode == POWER && calls == at)
        fault_power_cut();
    return calls == at;
}

static void wrote(struct image *one, off_t from, size_t length) {
    for (off_t i = from / SECTOR; length && i <= (off_t)(from + length - 1) / SECTOR; i++)
        if (i < SECTORS)
            one->dirty[i] = 1;
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t from) {
    char path[512];
    if (!armed || !marked(fd, path))
        return real_pwrite(fd, data, length, from);
    struct image *one = image_at(path);
    if (due(0)) {
        if (mode == FAIL_IO || mode == FAIL_SPACE) {
            /* A part may be written before the disk is full or the medium fails. */
            size_t part = length ? lot() % length : 0;
            if (part && real_pwrite(fd, data, part, from) > 0 && one)
                wrote(one, from, part);
            errno = mode == FAIL_IO ? EIO : ENOSPC;
            return -1;
        }
        if (mode == SHORT && length > 1)
            length = 1 + lot() % (length - 1);
        if (mode == TORN) {
            real_pwrite(fd, data, length ? lot() % length : 0, from);
            _exit(98);
        }
    }
    ssize_t done = real_pwrite(fd, data, length, from);
    if (one && done > 0)
        wrote(one, from, (size_t)done);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t from) { return write_at(fd, data, n, from); }
ssize_t pwrite64(int fd, const void *data, size_t n, off_t from) { return write_at(fd, data, n, from); }

ssize_t write(int fd, const void *data, size_t length) {
    char path[512];
    if (!armed || !marked(fd, path))
        return real_write(fd, data, length);
    off_t from = lseek(fd, 0, SEEK_CUR);
    ssize_t done = write_at(fd, data, length, from);
    if (done > 0)
        lseek(fd, from + done, SEEK_SET);
    return done;
}

static int flush(int fd) {
    char path[512];
    static unsigned char sector[SECTOR];
    if (!armed || !marked(fd, path))
        return 0; /* The disk of this machine is of no interest, and slow. */
    struct image *one = image_at(path);
    int fails = due(1) && mode != SHORT && mode != TORN && mode != POWER;
    if (mode == TORN && calls == at)
        _exit(98);
    struct stat told;
    if (!one || fstat(fd, &told))
        return 0;
    for (int i = 0; i < SECTORS; i++)
        if (one->dirty[i]) {
            if (!fails) {
                memset(sector, 0, SECTOR);
                if (pread(fd, sector, SECTOR, (off_t)i * SECTOR) < 0)
                    abort();
                memcpy(one->disk + (size_t)i * SECTOR, sector, SECTOR);
            }
            one->dirty[i] = 0;
        }
    if (fails && mode == FLUSH_THEN_END)
        _exit(96);
    if (fails) {
        errno = mode == FAIL_SPACE ? ENOSPC : EIO;
        return -1;
    }
    one->size = told.st_size;
    return 0;
}

int fsync(int fd) { return flush(fd); }
int fdatasync(int fd) { return flush(fd); }

static int cut(int fd, off_t size) {
    char path[512];
    if (!armed || !marked(fd, path))
        return real_ftruncate(fd, size);
    struct image *one = image_at(path);
    if (due(0)) {
        if (mode == FAIL_IO || mode == FAIL_SPACE) {
            errno = mode == FAIL_IO ? EIO : ENOSPC;
            return -1;
        }
        if (mode == TORN)
            _exit(98);
    }
    int done = real_ftruncate(fd, size);
    if (one && !done)
        for (off_t i = (size + SECTOR - 1) / SECTOR; i < SECTORS; i++)
            one->dirty[i] = 1;
    return done;
}

int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off_t size) { return cut(fd, size); }

int unlink(const char *path) {
    if (armed && strstr(path, folder)) {
        struct image *one = image_at(path);
        if (one) {
            memset(one, 0, sizeof *one);
        }
    }
    return real_unlink(path);
}
