// A library for LD_PRELOAD that makes one system call on the files of a folder fail, as a full or broken disk
// does, or one allocation of memory beside them.
//
//   FAIL_FOLDER  only calls on files in this folder count
//   FAIL_CALL    the number of the call that fails, from 1; 0: none
//   FAIL_ERRNO   its errno; 0: the process is killed instead
//   FAIL_REST    if set, all later calls fail too
//   FAIL_REMOVAL if set, calls that remove files count, too; a full disk does not make them fail
//   FAIL_PERIOD  if set, as many calls from FAIL_CALL on fail, then eight times as many succeed, then some
//                fail again, ...
//   FAIL_MEMORY  if set, not the calls but allocations count: the next few by a thread after each such call,
//                of 32 KB or more, with operator new. nlohmann's JSON takes a little memory in its
//                destructor, where no error can be reported, and oneDNN, which takes it with
//                posix_memalign(), reads through null pointers.
//   FAIL_LOG     gets the number of calls, and the name of the one that failed

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

constexpr int most_descriptors = 4096;
std::array<std::atomic<bool>, most_descriptors> watched;
std::array<std::atomic<int>, most_descriptors> writes;
std::atomic<long> calls = 0;

/// Allocations of this thread that count.
constexpr long allocations_after_a_call = 20;
constexpr std::size_t least_bytes = 32768;
[[gnu::tls_model("initial-exec")]] thread_local long counted_allocations = 0;

const char* variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

bool concerns(const char* path) {
    static const char* const folder = variable("FAIL_FOLDER");
    static const std::size_t length = std::strlen(folder);
    return length > 0 && path != nullptr && std::strncmp(path, folder, length) == 0;
}

/// A checkpoint has hundreds of writes, one for each tensor. The first two and every 40th count.
bool counts_write(int descriptor) {
    const int number = writes[static_cast<std::size_t>(descriptor)]++;
    return number < 2 || number % 40 == 0;
}

bool concerns(int descriptor) {
    return descriptor >= 0 && descriptor < most_descriptors && watched[static_cast<std::size_t>(descriptor)];
}

int watch(int descriptor, bool wanted) {
    if (descriptor < 0 || descriptor >= most_descriptors) return descriptor;
    if (wanted || watched[static_cast<std::size_t>(descriptor)])
        counted_allocations = allocations_after_a_call;
    watched[static_cast<std::size_t>(descriptor)] = wanted;
    writes[static_cast<std::size_t>(descriptor)] = 0;
    return descriptor;
}

void note(const char* text, long number) {
    const char* path = variable("FAIL_LOG");
    if (*path == '\0') return;
    const long log = ::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    char line[80];
    const int length = std::snprintf(line, sizeof line, "%ld %s\n", number, text);
    if (length > 0) ::syscall(SYS_write, log, line, length);
    ::syscall(SYS_close, log);
}

bool memory_fails() {
    static const bool wanted = *variable("FAIL_MEMORY") != '\0';
    return wanted;
}

/// Counts a call. Returns true and sets errno if it fails.
bool count_and_fail(const char* name) {
    static const long wanted = std::atol(variable("FAIL_CALL"));
    static const long period = std::atol(variable("FAIL_PERIOD"));
    static const bool rest = *variable("FAIL_REST") != '\0';
    static const int reason = std::atoi(variable("FAIL_ERRNO"));
    const long number = ++calls;
    if (period > 0) {
        errno = reason;
        return number >= wanted && (number - wanted) % (9 * period) < period;
    }
    if (wanted == 0 || number < wanted || (number > wanted && !rest)) return false;
    if (number == wanted) note(name, number);
    if (reason == 0) ::syscall(SYS_kill, ::getpid(), SIGKILL);
    errno = reason;
    return true;
}

bool fails(const char* name) {
    counted_allocations = allocations_after_a_call;
    return !memory_fails() && count_and_fail(name);
}

/// Whether an allocation of this thread, which is one of those that count, fails.
bool allocation_fails(std::size_t bytes) {
    if (!memory_fails() || bytes < least_bytes || counted_allocations <= 0) return false;
    --counted_allocations;
    return count_and_fail("allocation");
}

/// The function that the program would call without this library.
template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// The calls are made with syscall(), because dlsym() allocates memory, and so may call mmap().

struct Counter {
    ~Counter() { note("calls", calls); }
} counter;

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

bool concerns(int folder, const char* path) {
    return concerns(path) || (path != nullptr && *path != '/' && concerns(folder));
}

int opened(int folder, const char* path, int flags, mode_t mode) {
    if (concerns(folder, path) && fails("open")) return -1;
    return watch(static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode)), concerns(folder, path));
}

int removed(const char* name, int folder, const char* path, int flags) {
    static const bool counts = *variable("FAIL_REMOVAL") != '\0';
    if (counts && concerns(folder, path) && fails(name)) return -1;
    return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}

int resized(int descriptor, off_t size) {
    if (concerns(descriptor) && fails("ftruncate")) return -1;
    return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
}

int reserved(int descriptor, int mode, off_t offset, off_t size) {
    if (concerns(descriptor) && fails("fallocate")) return -1;
    return static_cast<int>(::syscall(SYS_fallocate, descriptor, mode, offset, size));
}

ssize_t read_at(int descriptor, void* data, size_t size, off_t offset) {
    if (concerns(descriptor) && fails("pread")) return -1;
    return ::syscall(SYS_pread64, descriptor, data, size, offset);
}

ssize_t written_at(int descriptor, const void* data, size_t size, off_t offset) {
    if (concerns(descriptor) && counts_write(descriptor) && fails("pwrite")) return -1;
    return ::syscall(SYS_pwrite64, descriptor, data, size, offset);
}

FILE* opened_file(const char* name, const char* path, const char* mode) {
    if (concerns(path) && fails("fopen")) return nullptr;
    using Function = FILE*(const char*, const char*);
    FILE* file = next<Function>(name)(path, mode);
    if (file != nullptr) watch(::fileno(file), concerns(path));
    return file;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(folder, path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
    return opened_file("fopen", path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
    return opened_file("fopen64", path, mode);
}
int close(int descriptor) {
    watch(descriptor, false);
    return static_cast<int>(::syscall(SYS_close, descriptor));
}
ssize_t read(int descriptor, void* data, size_t size) {
    if (concerns(descriptor) && fails("read")) return -1;
    return ::syscall(SYS_read, descriptor, data, size);
}
ssize_t write(int descriptor, const void* data, size_t size) {
    if (concerns(descriptor) && counts_write(descriptor) && fails("write")) return -1;
    return ::syscall(SYS_write, descriptor, data, size);
}
ssize_t writev(int descriptor, const iovec* parts, int count) {
    if (concerns(descriptor) && fails("writev")) return -1;
    return ::syscall(SYS_writev, descriptor, parts, count);
}
ssize_t pread(int descriptor, void* data, size_t size, off_t offset) {
    return read_at(descriptor, data, size, offset);
}
ssize_t pread64(int descriptor, void* data, size_t size, off64_t offset) {
    return read_at(descriptor, data, size, offset);
}
ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
    return written_at(descriptor, data, size, offset);
}
ssize_t pwrite64(int descriptor, const void* data, size_t size, off64_t offset) {
    return written_at(descriptor, data, size, offset);
}
int ftruncate(int descriptor, off_t size) {
    return resized(descriptor, size);
}
int ftruncate64(int descriptor, off64_t size) {
    return resized(descriptor, size);
}
int fallocate(int descriptor, int mode, off_t offset, off_t size) {
    return reserved(descriptor, mode, offset, size);
}
int fallocate64(int descriptor, int mode, off64_t offset, off64_t size) {
    return reserved(descriptor, mode, offset, size);
}
int flock(int descriptor, int operation) {
    if (concerns(descriptor) && fails("flock")) return -1;
    return static_cast<int>(::syscall(SYS_flock, descriptor, operation));
}
int unlink(const char* path) {
    return removed("unlink", AT_FDCWD, path, 0);
}
int unlinkat(int folder, const char* path, int flags) {
    return removed("unlinkat", folder, path, flags);
}
int remove(const char* path) {
    const int result = removed("remove", AT_FDCWD, path, 0);
    return result != 0 && (errno == EISDIR || errno == EPERM) ? removed("rmdir", AT_FDCWD, path, AT_REMOVEDIR)
                                                              : result;
}
int fsync(int descriptor) {
    if (concerns(descriptor) && fails("fsync")) return -1;
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
int rename(const char* from, const char* to) {
    if (concerns(to) && fails("rename")) return -1;
    return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int mkdir(const char* path, mode_t mode) {
    if (concerns(path) && fails("mkdir")) return -1;
    return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
void* mmap(void* address, size_t length, int protection, int flags, int descriptor, off_t offset) {
    if (concerns(descriptor) && fails("mmap")) return MAP_FAILED;
    return reinterpret_cast<void*>(
        ::syscall(SYS_mmap, address, length, protection, flags, descriptor, offset));
}

}  // extern "C"

void* operator new(std::size_t size) {
    if (allocation_fails(size)) throw std::bad_alloc();
    static auto* const allocate = next<void*(std::size_t)>("_Znwm");
    return allocate(size);
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void operator delete(void* memory) noexcept {
    static auto* const release = next<void(void*)>("_ZdlPv");
    release(memory);
}
void operator delete[](void* memory) noexcept {
    operator delete(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    operator delete(memory);
}
