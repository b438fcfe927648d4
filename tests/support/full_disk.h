#pragma once

#include <sys/resource.h>

#include <csignal>

namespace denoise::test {

/// While it exists, no file of this process can become longer than `bytes`: a full disk, also for root.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes = 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit before_{};
};

}  // namespace denoise::test
