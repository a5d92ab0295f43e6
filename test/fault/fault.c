/* Preloaded into the programs of a build for tests: makes the n-th call of a kind fail, writes down
 * what is written to the store, and keeps the turned clock over the start of a program.
 *
 * The drivers say what to do, and read what was done, in a small file that all programs map before
 * their cages close: $REKEY_FAULT; the record of writes goes to $REKEY_FAULT_RECORD. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sqlite3.h>

#define SHOWN __attribute__((visibility("default")))
#define REAL(name) ((__typeof__(&name))real(&next_##name, #name))

/* The order is that of KINDS in injector.py. */
enum kind {
	kind_none,
	kind_malloc,
	kind_mmap,
	kind_read,
	kind_write,
	kind_fsync,
	kind_getrandom,
	kind_step,
	kind_prepare,
	kind_bind,
	kind_exec,
	kind_send,
	kind_recv,
	kind_open,
	kind_count
};

/* The order is that of FIELDS in injector.py. */
struct orders {
	_Atomic int64_t turned;      /* what a program that starts turns its clock by */
	_Atomic int64_t program;     /* whose calls are counted: enum program */
	_Atomic int64_t kind, left;  /* fails when `left` comes down to 0 */
	_Atomic int64_t second, gap; /* then this kind is armed, with this `left`; 0: nothing */
	_Atomic int64_t lasting;     /* 1: every later call of the kind fails, too */
	_Atomic int64_t number;      /* errno, and what stands for it */
	_Atomic int64_t fired;       /* how many calls failed */
	_Atomic int64_t recorded;    /* entries in the record of writes */
	_Atomic int64_t live[4];     /* pieces of memory that are taken, by program */
	_Atomic int64_t calls[kind_count];
};

enum program { program_other, program_keeper, program_web, program_courier };

static struct orders *orders;
static enum program program;
static int record = -1;

/* What is looked up before the constructor ran must not take memory; dlsym does not for these. */
static void *real(void **cached, const char *name)
{
	if (!*cached)
		*cached = dlsym(RTLD_NEXT, name);
	if (!*cached)
		abort();
	return *cached;
}

static bool fails(enum kind kind)
{
	if (!orders || atomic_load(&orders->program) != (int64_t)program)
		return false;
	atomic_fetch_add(&orders->calls[kind], 1);
	if (atomic_load(&orders->kind) != (int64_t)kind)
		return false;
	int64_t left = atomic_fetch_sub(&orders->left, 1);
	if (left != 1 && !(left < 1 && atomic_load(&orders->lasting)))
		return false;
	atomic_fetch_add(&orders->fired, 1);
	if (!atomic_load(&orders->lasting)) {
		int64_t second = atomic_exchange(&orders->second, 0);

		atomic_store(&orders->kind, 0);
		atomic_store(&orders->left, atomic_load(&orders->gap));
		atomic_store(&orders->kind, second);
	}
	errno = (int)atomic_load(&orders->number);
	return true;
}

/* ---- memory ---- */

#if !REKEY_SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *old);

static void *counted(void *taken)
{
	if (taken && orders)
		atomic_fetch_add(&orders->live[program], 1);
	return taken;
}

static bool no_memory(void)
{
	if (!fails(kind_malloc))
		return false;
	errno = ENOMEM;
	return true;
}

SHOWN void *malloc(size_t size)
{
	return no_memory() ? NULL : counted(__libc_malloc(size));
}

SHOWN void *calloc(size_t count, size_t size)
{
	return no_memory() ? NULL : counted(__libc_calloc(count, size));
}

SHOWN void *realloc(void *old, size_t size)
{
	if (no_memory())
		return NULL;
	return old ? __libc_realloc(old, size) : counted(__libc_realloc(old, size));
}

SHOWN void free(void *old)
{
	int kept = errno;

	if (old && orders)
		atomic_fetch_sub(&orders->live[program], 1);
	__libc_free(old);
	errno = kept;
}
#endif

static void *next_mmap;
SHOWN void *mmap(void *at, size_t size, int may, int how, int fd, off_t offset)
{
	if (fails(kind_mmap)) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return REAL(mmap)(at, size, may, how, fd, offset);
}
SHOWN void *mmap64(void *at, size_t size, int may, int how, int fd, off64_t offset)
{
	return mmap(at, size, may, how, fd, offset);
}

static void *next_getrandom;
SHOWN ssize_t getrandom(void *at, size_t size, unsigned flags)
{
	return fails(kind_getrandom) ? -1 : REAL(getrandom)(at, size, flags);
}

/* ---- the record of writes ---- */

enum { file_none, file_store, file_log, files_most = 1024 };
enum what { what_write = 1, what_sync, what_size, what_unlink };

struct entry {
	uint32_t what, file;
	int64_t offset, length;
};

static unsigned char file_of[files_most];
static pthread_mutex_t recording = PTHREAD_MUTEX_INITIALIZER;
static void *next_write, *next_pwrite64, *next_fsync, *next_fdatasync, *next_ftruncate64;

static unsigned known(int fd)
{
	return fd >= 0 && fd < files_most ? file_of[fd] : file_none;
}

static unsigned file_named(const char *path)
{
	size_t length = strlen(path);

	if (length >= 8 && memcmp(path + length - 8, "rekey.db", 8) == 0)
		return file_store;
	if (length >= 12 && memcmp(path + length - 12, "rekey.db-wal", 12) == 0)
		return file_log;
	return file_none;
}

static void put(const void *at, size_t size)
{
	if (REAL(write)(record, at, size) != (ssize_t)size)
		abort();
}

static void note(enum what what, unsigned file, int64_t offset, const void *bytes, size_t size,
	int64_t length)
{
	struct entry e = { (uint32_t)what, file, offset, length };

	if (record < 0 || !file)
		return;
	put(&e, sizeof(e));
	if (size)
		put(bytes, size);
	atomic_fetch_add(&orders->recorded, 1);
}

static void *next_open64;
static int opened(int fd, const char *path)
{
	if (record >= 0 && fd >= 0 && fd < files_most)
		file_of[fd] = (unsigned char)file_named(path);
	return fd;
}

SHOWN int open64(const char *path, int how, ...)
{
	va_list more;
	mode_t mode;

	va_start(more, how);
	mode = how & O_CREAT ? va_arg(more, mode_t) : 0;
	va_end(more);
	if (fails(kind_open))
		return -1;
	return opened(REAL(open64)(path, how, mode), path);
}

SHOWN int open(const char *path, int how, ...)
{
	va_list more;
	mode_t mode;

	va_start(more, how);
	mode = how & O_CREAT ? va_arg(more, mode_t) : 0;
	va_end(more);
	return open64(path, how, mode);
}

static void *next_close;
SHOWN int close(int fd)
{
	if (fd >= 0 && fd < files_most)
		file_of[fd] = file_none;
	return REAL(close)(fd);
}

static void *next_unlink;
SHOWN int unlink(const char *path)
{
	pthread_mutex_lock(&recording);
	note(what_unlink, file_named(path), 0, NULL, 0, 0);
	pthread_mutex_unlock(&recording);
	return REAL(unlink)(path);
}

/* ---- reading and writing ---- */

SHOWN ssize_t pwrite64(int fd, const void *at, size_t size, off64_t offset)
{
	ssize_t done;

	if (fails(kind_write))
		return -1;
	pthread_mutex_lock(&recording);
	done = REAL(pwrite64)(fd, at, size, offset);
	if (done > 0)
		note(what_write, known(fd), offset, at, (size_t)done, done);
	pthread_mutex_unlock(&recording);
	return done;
}

SHOWN ssize_t pwrite(int fd, const void *at, size_t size, off_t offset)
{
	return pwrite64(fd, at, size, offset);
}

SHOWN int ftruncate64(int fd, off64_t length)
{
	int done;

	if (fails(kind_write))
		return -1;
	pthread_mutex_lock(&recording);
	done = REAL(ftruncate64)(fd, length);
	if (done == 0)
		note(what_size, known(fd), 0, NULL, 0, length);
	pthread_mutex_unlock(&recording);
	return done;
}

SHOWN int ftruncate(int fd, off_t length)
{
	return ftruncate64(fd, length);
}

static int sync_as(int fd, int done)
{
	if (done == 0) {
		pthread_mutex_lock(&recording);
		note(what_sync, known(fd), 0, NULL, 0, 0);
		pthread_mutex_unlock(&recording);
	}
	return done;
}

SHOWN int fsync(int fd)
{
	return fails(kind_fsync) ? -1 : sync_as(fd, REAL(fsync)(fd));
}

SHOWN int fdatasync(int fd)
{
	return fails(kind_fsync) ? -1 : sync_as(fd, REAL(fdatasync)(fd));
}

/* The web process writes eight bytes to wake a thread by an eventfd. No kernel refuses that, and
 * the HTTP library has no answer to it. */
SHOWN ssize_t write(int fd, const void *at, size_t size)
{
	bool waking = program == program_web && size == 8;

	return !waking && fails(kind_write) ? -1 : REAL(write)(fd, at, size);
}

static void *next_read, *next_pread64;
SHOWN ssize_t read(int fd, void *at, size_t size)
{
	return fails(kind_read) ? -1 : REAL(read)(fd, at, size);
}

SHOWN ssize_t pread64(int fd, void *at, size_t size, off64_t offset)
{
	return fails(kind_read) ? -1 : REAL(pread64)(fd, at, size, offset);
}

SHOWN ssize_t pread(int fd, void *at, size_t size, off_t offset)
{
	return pread64(fd, at, size, offset);
}

static void *next_send, *next_sendmsg, *next_recv, *next_recvmsg;
SHOWN ssize_t send(int fd, const void *at, size_t size, int how)
{
	return fails(kind_send) ? -1 : REAL(send)(fd, at, size, how);
}

SHOWN ssize_t sendmsg(int fd, const struct msghdr *message, int how)
{
	return fails(kind_send) ? -1 : REAL(sendmsg)(fd, message, how);
}

SHOWN ssize_t recv(int fd, void *at, size_t size, int how)
{
	return fails(kind_recv) ? -1 : REAL(recv)(fd, at, size, how);
}

SHOWN ssize_t recvmsg(int fd, struct msghdr *message, int how)
{
	return fails(kind_recv) ? -1 : REAL(recvmsg)(fd, message, how);
}

/* ---- SQLite ---- */

static int sqlite_number(void)
{
	switch (atomic_load(&orders->number)) {
	case ENOSPC:
		return SQLITE_FULL;
	case ENOMEM:
		return SQLITE_NOMEM;
	default:
		return SQLITE_IOERR;
	}
}

/* What SQLite asks of itself never fails half: only the calls of the keeper count. */
static const void *sqlite_base;
static void *next_sqlite3_libversion;

static bool sqlite_fails(enum kind kind, const void *caller)
{
	Dl_info at;

	if (!sqlite_base && dladdr(REAL(sqlite3_libversion), &at))
		sqlite_base = at.dli_fbase;
	return !(dladdr(caller, &at) && at.dli_fbase == sqlite_base) && fails(kind);
}
#define SQLITE_FAILS(kind) sqlite_fails(kind, __builtin_return_address(0))

static void *next_sqlite3_step, *next_sqlite3_prepare_v3, *next_sqlite3_exec;
static void *next_sqlite3_bind_int64, *next_sqlite3_bind_null, *next_sqlite3_bind_text64,
	*next_sqlite3_bind_blob64;

SHOWN int sqlite3_step(sqlite3_stmt *s)
{
	return SQLITE_FAILS(kind_step) ? sqlite_number() : REAL(sqlite3_step)(s);
}

SHOWN int sqlite3_prepare_v3(sqlite3 *db, const char *text, int size, unsigned flags,
	sqlite3_stmt **out, const char **rest)
{
	if (SQLITE_FAILS(kind_prepare)) {
		*out = NULL;
		return sqlite_number();
	}
	return REAL(sqlite3_prepare_v3)(db, text, size, flags, out, rest);
}

SHOWN int sqlite3_exec(sqlite3 *db, const char *text, int (*each)(void *, int, char **, char **),
	void *with, char **words)
{
	return SQLITE_FAILS(kind_exec) ? sqlite_number()
				       : REAL(sqlite3_exec)(db, text, each, with, words);
}

SHOWN int sqlite3_bind_int64(sqlite3_stmt *s, int place, sqlite3_int64 number)
{
	return SQLITE_FAILS(kind_bind) ? sqlite_number()
				       : REAL(sqlite3_bind_int64)(s, place, number);
}

SHOWN int sqlite3_bind_null(sqlite3_stmt *s, int place)
{
	return SQLITE_FAILS(kind_bind) ? sqlite_number() : REAL(sqlite3_bind_null)(s, place);
}

SHOWN int sqlite3_bind_text64(sqlite3_stmt *s, int place, const char *at, sqlite3_uint64 size,
	void (*drop)(void *), unsigned char encoding)
{
	return SQLITE_FAILS(kind_bind)
		       ? sqlite_number()
		       : REAL(sqlite3_bind_text64)(s, place, at, size, drop, encoding);
}

SHOWN int sqlite3_bind_blob64(
	sqlite3_stmt *s, int place, const void *at, sqlite3_uint64 size, void (*drop)(void *))
{
	return SQLITE_FAILS(kind_bind) ? sqlite_number()
				       : REAL(sqlite3_bind_blob64)(s, place, at, size, drop);
}

/* ---- the clock ---- */

/* A program that accepts turns is turned at once as far as the others are. */
static void *next_sigaction;
SHOWN int sigaction(int number, const struct sigaction *how, struct sigaction *before)
{
	int done = REAL(sigaction)(number, how, before);

	if (done == 0 && orders && how && number == SIGRTMIN + 4 && program != program_other)
		(void)sigqueue(getpid(), number,
			(union sigval){ .sival_int = (int)atomic_load(&orders->turned) });
	return done;
}

/* ---- at the start ---- */

static enum program self(void)
{
	static const char *const names[] = { "", "rekey-keeper", "rekey-web", "rekey-courier" };

	for (int i = program_keeper; i <= program_courier; i++)
		if (strcmp(program_invocation_short_name, names[i]) == 0)
			return (enum program)i;
	return program_other;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("REKEY_FAULT"), *to = getenv("REKEY_FAULT_RECORD");
	int fd = path ? REAL(open64)(path, O_RDWR | O_CLOEXEC, 0) : -1;
	void *at = MAP_FAILED;

	program = self();
	if (fd >= 0) {
		at = REAL(mmap)(
			NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		(void)REAL(close)(fd);
	}
	if (at == MAP_FAILED)
		return;
	if (to && program == program_keeper) {
		fd = REAL(open64)(to, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
		record = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 900) : -1;
		(void)REAL(close)(fd);
	}
	atomic_store(&((struct orders *)at)->live[program], 0);
	orders = at;
}
