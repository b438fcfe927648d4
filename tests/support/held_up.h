#pragma once

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

namespace denoise::test {

/// Holds up whoever opens a file, as long as this exists: a lease of the system on the file. The system takes
/// it away after 45 s.
class HeldUp {
  public:
    explicit HeldUp(const std::filesystem::path& path)
        : descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        before_ = ::signal(SIGIO, SIG_IGN);  // which tells that somebody waits
        works_ = ::fcntl(descriptor_, F_SETLEASE, F_WRLCK) == 0;
    }
    ~HeldUp() {
        ::close(descriptor_);
        ::signal(SIGIO, before_);
    }
    HeldUp(const HeldUp&) = delete;
    HeldUp& operator=(const HeldUp&) = delete;

    /// Whether the file system has leases, and nobody has opened the file.
    bool works() const { return works_; }

  private:
    int descriptor_;
    void (*before_)(int) = nullptr;
    bool works_ = false;
};

}  // namespace denoise::test
