#pragma once

#include <cstddef>

namespace denoise {

/// Keeps the program alive when pages of a mapped file cannot be read, because another program has shortened
/// the file or the disk fails. The system then sends SIGBUS to the thread that reads. A handler puts zeros in
/// the place of the whole mapping, so that the read goes on, and notes it. Other SIGBUS go to the handler
/// that was there before. Several threads may read. The mapping must not be changed meanwhile, and must live
/// as long as the guard.
class MappingGuard {
  public:
    MappingGuard(void* begin, std::size_t size);
    ~MappingGuard();
    MappingGuard(const MappingGuard&) = delete;
    MappingGuard& operator=(const MappingGuard&) = delete;

    /// Whether a read has failed. From then on, all bytes of the mapping are 0.
    bool has_failed() const;

    struct Entry;  ///< what the handler reads

  private:
    Entry* entry_;
};

}  // namespace denoise
