#include "engine/runs/run_follower.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/runs/metrics_lines.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_at_once = std::uintmax_t{4} << 20;
constexpr std::uintmax_t seam_bytes = 128;
/// A folder is listed at least this often, for drives on which its time does not change.
constexpr int polls_between_lists = 30;
/// Looks after which bytes that are zero, in the place of a line, are taken for damage. On network drives,
/// they can also be text that has not arrived yet.
constexpr int patience_with_holes = 15;
constexpr std::uintmax_t longest_line = std::uintmax_t{1} << 16;

/// A file that is open for reading; closed if it is not a regular one.
class OpenFile {
  public:
    explicit OpenFile(const fs::path& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
        struct stat status {};
        if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return;
        size_ = static_cast<std::uintmax_t>(status.st_size);
        usable_ = true;
    }
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    bool usable() const { return usable_; }
    std::uintmax_t size() const { return size_; }
    /// Less than `bytes` if the file ends, or if the drive fails.
    std::string read(std::uintmax_t offset, std::uintmax_t bytes) const {
        std::string text(bytes, '\0');
        std::uintmax_t done = 0;
        while (done < bytes) {
            const ssize_t got =
                ::pread(descriptor_, text.data() + done, bytes - done, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) break;
            done += static_cast<std::uintmax_t>(got);
        }
        text.resize(done);
        return text;
    }

  private:
    int descriptor_;
    std::uintmax_t size_ = 0;
    bool usable_ = false;
};

/// Steps of several pieces in one list, in which repeated steps replace earlier ones.
void append(std::vector<StepMetrics>& steps, std::vector<StepMetrics> next) {
    if (next.empty()) return;
    while (!steps.empty() && steps.back().step >= next.front().step) steps.pop_back();
    steps.insert(steps.end(), next.begin(), next.end());
}

}  // namespace

RunFollower::RunFollower(fs::path folder, std::uintmax_t tail) : folder_(std::move(folder)), tail_(tail) {}

RunNews RunFollower::poll() {
    RunNews news;
    std::error_code code;
    if (!fs::exists(folder_ / run_file::header, code)) {
        news.problem = code                        ? code.message()
                       : fs::exists(folder_, code) ? "it contains no run.json"
                                                   : "it is not there";
        return news;
    }
    news.reachable = true;
    const auto attempt = [&](const auto& part) {
        try {
            part();
        } catch (const Error& error) {
            if (news.problem.empty()) news.problem = error.why;
        } catch (const std::exception& error) {  // such as std::bad_alloc and those of filesystem
            if (news.problem.empty()) news.problem = error.what();
        }
    };
    // First, so that what it wrote before the end is read after the sign that it has ended.
    attempt([&] { news.sign = read_trainer_sign(folder_); });
    attempt([&] { read_steps(news); });
    attempt([&] { read_header(news); });
    attempt([&] { read_changes_made(news); });
    attempt([&] { list_files(news); });
    return news;
}

void RunFollower::read_steps(RunNews& news) {
    const OpenFile file(folder_ / run_file::metrics);
    if (!file.usable()) return;
    if (!std::exchange(begun_, true) && file.size() > tail_) {
        offset_ = file.size() - tail_;
        // From the start of a line on
        const std::string part = file.read(offset_, std::min(tail_, longest_line));
        bytes_read_ += part.size();
        const std::size_t end = part.find('\n');
        if (end != std::string::npos) offset_ += end + 1;
        seam_ = file.read(offset_ - std::min(offset_, seam_bytes), std::min(offset_, seam_bytes));
    }
    // Also looks at what was taken last, which differs if the file is another one
    if (file.size() == offset_ && seam_.empty()) return;
    const bool shorter = file.size() < offset_;
    std::string text;
    if (!shorter) {
        const std::uintmax_t from = offset_ - seam_.size();
        text = file.read(from, std::min(file.size() - from, most_at_once + seam_.size()));
        bytes_read_ += text.size();
        if (text.size() < seam_.size()) return;  // the drive has failed; the next look tells
    }
    if (shorter || std::string_view(text).substr(0, seam_.size()) != seam_) {
        offset_ = 0;
        holes_seen_ = 0;
        seam_.clear();
        text = file.read(0, std::min(file.size(), most_at_once));
        bytes_read_ += text.size();
    }
    take_complete_lines(std::string_view(text).substr(seam_.size()), news);
    news.more = file.size() - std::min(file.size(), offset_) >= most_at_once;
}

void RunFollower::take_complete_lines(std::string_view added, RunNews& news) {
    std::size_t end = added.size();
    if (const std::size_t hole = added.find('\0'); hole == std::string_view::npos)
        holes_seen_ = 0;
    else if (++holes_seen_ < patience_with_holes)
        end = hole;
    const std::size_t last = added.substr(0, end).rfind('\n');
    if (last == std::string_view::npos) {
        // No line is so long: the file is damaged here.
        if (end > longest_line) {
            offset_ += end;
            seam_.clear();
        }
        return;
    }
    const std::string_view lines = added.substr(0, last + 1);
    append(news.steps, metrics_of_lines(lines));
    offset_ += lines.size();
    seam_ = lines.substr(lines.size() - std::min<std::size_t>(lines.size(), seam_bytes));
}

bool RunFollower::is_due(Glance& glance, const fs::path& path) const {
    std::error_code code;
    const fs::file_time_type changed = fs::last_write_time(path, code);
    if (code) return false;
    const std::uintmax_t bytes = fs::is_regular_file(path, code) ? fs::file_size(path, code) : 0;
    if (code) return false;
    const Stamp now{changed, bytes};
    if (glance.stamp != now) {
        glance = {now, false, 0};
        return true;
    }
    if (!std::exchange(glance.settled, true)) return true;
    if (++glance.skipped < polls_between_lists) return false;
    glance.skipped = 0;
    return true;
}

void RunFollower::read_header(RunNews& news) {
    if (!is_due(header_, folder_ / run_file::header)) return;
    const RunConfig config = read_run_header(folder_).config;
    if (config_ != config) news.config = config_ = config;
}

void RunFollower::read_changes_made(RunNews& news) {
    const fs::path path = folder_ / run_file::changes;
    if (changes_ && !is_due(changes_file_, path)) return;
    std::vector<SettingChange> changes = read_changes(folder_);
    if (changes_ != changes) news.changes = changes_ = std::move(changes);
}

void RunFollower::list_files(RunNews& news) {
    if (is_due(checkpoints_, folder_ / run_file::checkpoints)) {
        ++folders_listed_;
        const std::vector<CheckpointFile> files = list_checkpoints(folder_);
        if (!files.empty() && checkpoint_ != files.front()) news.checkpoint = checkpoint_ = files.front();
    }
    if (is_due(samples_, folder_ / run_file::samples)) {
        ++folders_listed_;
        std::vector<KeptPreview> previews = list_previews(folder_);
        if (previews_ != previews) news.previews = previews_ = std::move(previews);
    }
}

}  // namespace denoise
