#include "engine/runs/metrics_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/regular_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Whether the last line of a text file is incomplete.
bool ends_within_line(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary | std::ios::ate);
    if (!stream || stream.tellg() <= 0) return false;
    stream.seekg(-1, std::ios::end);
    return stream.get() != '\n';
}

[[noreturn]] void fail(const fs::path& path, int reason) {
    const bool full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    throw Error{"Cannot write the metrics", path.string() + ": " + std::strerror(reason),
                full ? "Free some disk space" : "Check the permissions of the folder"};
}

}  // namespace

MetricsWriter::MetricsWriter(fs::path path) : path_(std::move(path)) {}

MetricsWriter::MetricsWriter(MetricsWriter&& other) noexcept
    : path_(std::move(other.path_)),
      unwritten_(std::move(other.unwritten_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

MetricsWriter& MetricsWriter::operator=(MetricsWriter&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(unwritten_, other.unwritten_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

MetricsWriter::~MetricsWriter() {
    try {
        flush();
    } catch (const Error&) {
        // It has been reported by an earlier call.
    }
    if (descriptor_ >= 0) ::close(descriptor_);
}

void MetricsWriter::append(const StepMetrics& metrics) {
    unwritten_ += metrics_line(metrics) + "\n";
}

void MetricsWriter::open() {
    require_regular_file(path_, "Move it away");
    const bool incomplete = ends_within_line(path_);  // after a crash
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail(path_, errno);
    if (incomplete) unwritten_.insert(0, "\n");
}

void MetricsWriter::flush() {
    if (unwritten_.empty()) return;
    if (descriptor_ < 0) open();
    std::size_t done = 0;
    int reason = 0;
    while (done < unwritten_.size() && reason == 0) {
        const ssize_t written = ::write(descriptor_, unwritten_.data() + done, unwritten_.size() - done);
        if (written >= 0)
            done += static_cast<std::size_t>(written);
        else if (errno != EINTR)
            reason = errno;
    }
    unwritten_.erase(0, done);
    if (reason != 0) fail(path_, reason);
}

}  // namespace denoise
