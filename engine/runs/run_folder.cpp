#include "engine/runs/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/processors.h"
#include "engine/formats/image_file.h"
#include "engine/formats/safetensors.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The current local time in a format of strftime().
std::string local_time(const char* format) {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    char text[40];
    std::strftime(text, sizeof text, format, &parts);
    return text;
}

std::string timestamp() {
    return local_time("%Y-%m-%dT%H:%M:%S%z");
}

std::string step_name(std::int64_t step, const char* extension) {
    char name[40];
    std::snprintf(name, sizeof name, "%08lld%s", static_cast<long long>(step), extension);
    return name;
}

std::vector<CheckpointFile> numbered_files(const fs::path& folder, const char* extension) {
    std::vector<CheckpointFile> files;
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), none; !code && entry != none; entry.increment(code)) {
        const fs::path& path = entry->path();
        const std::string stem = path.stem().string();
        std::int64_t step = 0;
        const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), step);
        if (path.extension() == extension && error == std::errc() && end == stem.data() + stem.size())
            files.push_back({path, step});
    }
    std::ranges::sort(files, {}, &CheckpointFile::step);
    return files;
}

[[noreturn]] void fail_damaged(const fs::path& path, const std::string& damage) {
    throw Error{"Cannot open the run", path.string() + ": it is damaged (" + damage + ")",
                "Restore the file from a backup, or open the checkpoints of the run one by one"};
}

json read_object(const fs::path& path) {
    json object = json::parse(read_text_file(path), nullptr, false);
    if (!object.is_object()) fail_damaged(path, "not a JSON object");
    return object;
}

/// Whether the last line of a text file is incomplete.
bool ends_within_line(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary | std::ios::ate);
    if (!stream || stream.tellg() <= 0) return false;
    stream.seekg(-1, std::ios::end);
    return stream.get() != '\n';
}

}  // namespace

/// An advisory lock on the file "lock". The system releases it when the process ends, even if it crashes.
struct RunFolder::Lock {
    explicit Lock(const fs::path& folder)
        : descriptor(::open((folder / run_file::lock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
        if (descriptor < 0)
            throw Error{"Cannot write to the run folder",
                        (folder / run_file::lock).string() + ": " + std::strerror(errno),
                        "Choose a folder that you can write to"};
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            ::close(descriptor);
            throw Error{"Cannot train this run",
                        folder.string() + ": another window or command is training it",
                        "Stop the training there first"};
        }
    }
    ~Lock() { ::close(descriptor); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    int descriptor;
};

bool run_is_locked(const fs::path& folder) {
    const int descriptor = ::open((folder / run_file::lock).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return locked;
}

fs::path new_run_folder(const fs::path& parent, const std::string& dataset_name) {
    std::string name = local_time("%Y-%m-%d %H%M ");
    for (const char c : dataset_name)
        name += c == '/' || std::iscntrl(static_cast<unsigned char>(c)) ? '-' : c;
    fs::path folder = parent / name;
    std::error_code code;
    for (int n = 2; fs::exists(folder, code); ++n) folder = parent / (name + " " + std::to_string(n));
    return folder;
}

bool is_run_folder(const fs::path& folder) {
    std::error_code code;
    return fs::exists(folder / run_file::header, code);
}

RunHeader read_run_header(const fs::path& folder) {
    const fs::path path = folder / run_file::header;
    if (!is_run_folder(folder))
        throw Error{"Cannot open the run", folder.string() + ": it contains no run.json",
                    "Choose the folder of a run"};
    return run_header_from_json(read_object(path), path.string());
}

RunStatus read_run_status(const fs::path& folder) {
    const fs::path path = folder / run_file::state;
    std::error_code code;
    if (!fs::exists(path, code)) return RunStatus::stopped;
    const json object = read_object(path);
    const auto status = object.find("status");
    if (status == object.end()) return RunStatus::stopped;
    if (!status->is_string()) fail_damaged(path, "its status is not a string");
    return value_named<RunStatus>(status->get<std::string>()).value_or(RunStatus::stopped);
}

std::vector<CheckpointFile> list_checkpoints(const fs::path& folder) {
    std::vector<CheckpointFile> files = numbered_files(folder / run_file::checkpoints, ".safetensors");
    std::ranges::reverse(files);
    return files;
}

std::vector<CheckpointFile> list_sample_grids(const fs::path& folder) {
    return numbered_files(folder / run_file::samples, ".png");
}

RunFolder::RunFolder(fs::path folder, RunHeader header)
    : folder_(std::move(folder)),
      header_(std::move(header)),
      lock_(std::make_unique<Lock>(folder_)),
      metrics_(nullptr, &std::fclose) {}

RunFolder::RunFolder(RunFolder&&) noexcept = default;
RunFolder& RunFolder::operator=(RunFolder&&) noexcept = default;
RunFolder::~RunFolder() = default;

RunFolder RunFolder::create(const fs::path& folder, RunHeader header) {
    if (is_run_folder(folder))
        throw Error{"Cannot start a new run", folder.string() + ": it already contains a run",
                    "Resume this run, or choose another folder"};
    std::error_code code;
    fs::create_directories(folder / run_file::checkpoints, code);
    if (!code) fs::create_directories(folder / run_file::samples, code);
    if (code)
        throw Error{"Cannot create the run folder", folder.string() + ": " + code.message(),
                    "Choose a folder that you can write to"};
    if (header.created.empty()) header.created = timestamp();
    RunFolder run(folder, std::move(header));
    run.write_header();
    run.set_status(RunStatus::running);
    return run;
}

RunFolder RunFolder::open(const fs::path& folder) {
    RunFolder run(folder, read_run_header(folder));
    std::error_code code;
    fs::create_directories(folder / run_file::checkpoints, code);
    fs::create_directories(folder / run_file::samples, code);
    // Removes temporary files of AtomicFile that a crash has left behind.
    for (const char* part : {".", run_file::checkpoints, run_file::samples})
        for (const fs::directory_entry& entry : fs::directory_iterator(folder / part, code))
            if (entry.path().filename().string().find(".tmp-") != std::string::npos)
                fs::remove(entry.path(), code);
    return run;
}

void RunFolder::set_config(const RunConfig& config) {
    header_.config = config;
    write_header();
}

void RunFolder::set_execution(const MeasuredExecution& measured) {
    if (header_.measured == measured) return;
    header_.measured = measured;
    write_header();
}

void RunFolder::write_header() const {
    write_text_file(folder_ / run_file::header, run_header_to_json(header_).dump(2) + "\n");
}

void RunFolder::set_status(RunStatus status) {
    const json object = {{"status", name_of(status)}, {"changed", timestamp()}, {"process", ::getpid()}};
    write_text_file(folder_ / run_file::state, object.dump(2) + "\n");
}

void RunFolder::append(const StepMetrics& metrics) {
    if (!metrics_) {
        const fs::path path = folder_ / run_file::metrics;
        const bool incomplete = ends_within_line(path);  // after a crash
        metrics_.reset(std::fopen(path.c_str(), "ae"));
        if (!metrics_)
            throw Error{"Cannot write the metrics", path.string() + ": " + std::strerror(errno),
                        "Check the permissions of the folder"};
        if (incomplete) std::fputc('\n', metrics_.get());
    }
    const std::string line = metrics_line(metrics) + "\n";
    std::fwrite(line.data(), 1, line.size(), metrics_.get());
}

void RunFolder::flush_metrics() {
    if (metrics_ && std::fflush(metrics_.get()) != 0) {
        const int reason = errno;
        std::clearerr(metrics_.get());
        throw Error{"Cannot write the metrics",
                    (folder_ / run_file::metrics).string() + ": " + std::strerror(reason),
                    "Free some disk space"};
    }
}

fs::path RunFolder::checkpoint_path(std::int64_t step) const {
    return folder_ / run_file::checkpoints / step_name(step, ".safetensors");
}

bool RunFolder::is_intact(const fs::path& checkpoint) {
    if (intact_.contains(checkpoint)) return true;
    try {
        const SafetensorsFile whole(checkpoint);
    } catch (const Error&) {
        return false;
    }
    intact_.insert(checkpoint);
    return true;
}

void RunFolder::prune_checkpoints(int keep, const fs::path& written) {
    if (!written.empty()) intact_.insert(written);
    std::error_code code;
    int kept = 0;
    for (const CheckpointFile& file : list_checkpoints(folder_)) {
        if (kept < std::max(keep, 1)) {
            if (is_intact(file.path)) ++kept;
        } else {
            intact_.erase(file.path);
            fs::remove(file.path, code);
        }
    }
}

void RunFolder::save_sample_grid(std::int64_t step, const Picture& grid) {
    write_picture(grid, folder_ / run_file::samples / step_name(step, ".png"));
}

}  // namespace denoise
