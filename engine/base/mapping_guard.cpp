#include "engine/base/mapping_guard.h"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace denoise {

/// An entry is never freed, because a handler may look at it at any time, but used again.
struct MappingGuard::Entry {
    std::atomic<std::uintptr_t> begin = 0, end = 0;  ///< end is 0 if there is no mapping
    std::atomic<bool> has_failed = false;
    Entry* next = nullptr;
};

namespace {

// Signal handlers use these, so they are plain memory.
std::atomic<MappingGuard::Entry*> entries = nullptr;
struct sigaction action_before {};

std::mutex guards_mutex;  ///< for what is not done in the handler
int guards = 0;           ///< with the handler set
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

/// Only what a signal handler may do. mmap() is not on the list of POSIX, but nothing but a system call.
bool put_zeros_at(std::uintptr_t address) {
    for (MappingGuard::Entry* entry = entries; entry != nullptr; entry = entry->next) {
        const std::uintptr_t begin = entry->begin, end = entry->end;
        if (address < begin || address >= end || entry->begin != begin) continue;
        entry->has_failed = true;
        return ::mmap(reinterpret_cast<void*>(begin), end - begin, PROT_READ,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
    }
    return false;
}

void on_bus_error(int number, siginfo_t* info, void*) {
    const int error_before = errno;
    const bool is_read = info->si_code > 0;  // and not sent by somebody
    if (!is_read || !put_zeros_at(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
        ::sigaction(number, &action_before, nullptr);
        if (!is_read) ::raise(number);  // otherwise, the same read fails again
    }
    errno = error_before;
}

void set_handler() {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, nullptr, &action_before);
    ::sigaction(SIGBUS, &action, nullptr);
}

void restore_handler() {
    struct sigaction now {};
    if (::sigaction(SIGBUS, nullptr, &now) == 0 && now.sa_sigaction == on_bus_error)
        ::sigaction(SIGBUS, &action_before, nullptr);
}

MappingGuard::Entry* unused_entry() {
    for (MappingGuard::Entry* entry = entries; entry != nullptr; entry = entry->next)
        if (entry->end == 0) return entry;
    auto* added = new MappingGuard::Entry;
    added->next = entries;
    entries = added;
    return added;
}

}  // namespace

MappingGuard::MappingGuard(void* begin, std::size_t size) {
    const std::lock_guard lock(guards_mutex);
    entry_ = unused_entry();
    entry_->has_failed = false;
    entry_->begin = reinterpret_cast<std::uintptr_t>(begin);
    entry_->end = reinterpret_cast<std::uintptr_t>(begin) + size;
    if (guards++ == 0) set_handler();
}

MappingGuard::~MappingGuard() {
    const std::lock_guard lock(guards_mutex);
    entry_->end = 0;
    if (--guards == 0) restore_handler();
}

bool MappingGuard::has_failed() const {
    return entry_->has_failed;
}

}  // namespace denoise
