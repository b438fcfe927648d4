#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "engine/data/image_cache.h"
#include "tests/support/files.h"
#include "tests/support/variable.h"

namespace denoise::test {

/// An own cache in which all sets of pictures are cached, however small they are.
class OwnCache {
  public:
    OwnCache() : home_("XDG_CACHE_HOME", folder_.path().string()) {
        ::unsetenv("DENOISE_LAB_DATASET_CACHE");
        write_bytes(path() / "settings.json", R"({"least_seconds": 0})");
    }
    std::filesystem::path path() const { return folder_.path() / "denoise-lab/datasets"; }
    std::vector<CacheEntry> entries() const { return list_cache_entries(path()); }

  private:
    TemporaryFolder folder_;
    Variable home_;
};

/// A number that all processes forked from this one share.
class SharedCounter {
  public:
    SharedCounter()
        : memory_(::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0)),
          value_(new (memory_) std::atomic<int>(0)) {}
    ~SharedCounter() { ::munmap(memory_, sizeof(std::atomic<int>)); }
    SharedCounter(const SharedCounter&) = delete;
    SharedCounter& operator=(const SharedCounter&) = delete;

    std::atomic<int>& operator*() const { return *value_; }

  private:
    void* memory_;
    std::atomic<int>* value_;
};

}  // namespace denoise::test
