#include "engine/training/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/formats/image_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string now_local() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    char text[40];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &parts);
    return text;
}

std::string step_name(std::int64_t step, const char* extension) {
    char name[40];
    std::snprintf(name, sizeof name, "%08lld%s", static_cast<long long>(step), extension);
    return name;
}

std::vector<CheckpointFile> numbered_files(const fs::path& folder, const char* extension) {
    std::vector<CheckpointFile> files;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
        const fs::path& path = entry.path();
        const std::string stem = path.stem().string();
        std::int64_t step = 0;
        const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), step);
        if (path.extension() == extension && error == std::errc() && end == stem.data() + stem.size())
            files.push_back({path, step});
    }
    std::ranges::sort(files, {}, &CheckpointFile::step);
    return files;
}

/// run.json and state.json are ours, so whatever is missing or of a wrong kind means damage.
json read_object(const fs::path& path) {
    json object = json::parse(read_text_file(path), nullptr, false);
    if (!object.is_object())
        throw Error{"Cannot open the run", path.string() + ": it is damaged (not a JSON object)",
                    "Restore the file from a copy; the checkpoints beside it can still be opened one by one"};
    return object;
}

const char* name_of(RunStatus status) {
    switch (status) {
        case RunStatus::running:
            return "running";
        case RunStatus::stopped:
            return "stopped";
        case RunStatus::finished:
            return "finished";
    }
    return "";
}

}  // namespace

/// An advisory lock on the file "lock"; the system drops it when the process ends, however it ends.
struct RunFolder::Lock {
    explicit Lock(const fs::path& folder)
        : descriptor(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
        if (descriptor < 0)
            throw Error{"Cannot write to the run folder",
                        (folder / "lock").string() + ": " + std::strerror(errno),
                        "Choose a folder that you may write to"};
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            ::close(descriptor);
            throw Error{"Cannot train this run",
                        folder.string() + ": another window or command is training it",
                        "Stop it there first"};
        }
    }
    ~Lock() { ::close(descriptor); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    int descriptor;
};

bool run_is_locked(const fs::path& folder) {
    const int descriptor = ::open((folder / "lock").c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return locked;
}

RunHeader read_run_header(const fs::path& folder) {
    const fs::path path = folder / "run.json";
    std::error_code code;
    if (!fs::exists(path, code))
        throw Error{"Cannot open the run", folder.string() + ": there is no run.json in it",
                    "Choose the folder of a run"};
    return run_header_from_json(read_object(path), path.string());
}

RunStatus read_run_status(const fs::path& folder) {
    std::error_code code;
    if (!fs::exists(folder / "state.json", code)) return RunStatus::stopped;
    const json object = read_object(folder / "state.json");
    const std::string status = object.value("status", std::string("stopped"));
    if (status == "running") return RunStatus::running;
    return status == "finished" ? RunStatus::finished : RunStatus::stopped;
}

std::vector<CheckpointFile> list_checkpoints(const fs::path& folder) {
    std::vector<CheckpointFile> files = numbered_files(folder / "checkpoints", ".safetensors");
    std::ranges::reverse(files);
    return files;
}

std::vector<CheckpointFile> list_sample_grids(const fs::path& folder) {
    return numbered_files(folder / "samples", ".png");
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
    std::error_code code;
    if (fs::exists(folder / "run.json", code))
        throw Error{"Cannot start a new run", folder.string() + ": there is a run in this folder already",
                    "Resume it, or choose another folder"};
    fs::create_directories(folder / "checkpoints", code);
    if (!code) fs::create_directories(folder / "samples", code);
    if (code)
        throw Error{"Cannot make the run folder", folder.string() + ": " + code.message(),
                    "Choose a folder that you may write to"};
    if (header.created.empty()) header.created = now_local();
    RunFolder run(folder, std::move(header));
    run.write_header();
    run.set_status(RunStatus::running);
    return run;
}

RunFolder RunFolder::open(const fs::path& folder) {
    RunFolder run(folder, read_run_header(folder));
    std::error_code code;
    fs::create_directories(folder / "checkpoints", code);
    fs::create_directories(folder / "samples", code);
    // What a crash in the middle of a save has left.
    for (const char* part : {".", "checkpoints", "samples"})
        for (const fs::directory_entry& entry : fs::directory_iterator(folder / part, code))
            if (entry.path().filename().string().find(".tmp-") != std::string::npos)
                fs::remove(entry.path(), code);
    return run;
}

void RunFolder::set_config(const RunConfig& config) {
    header_.config = config;
    write_header();
}

void RunFolder::write_header() const {
    json object = run_header_to_json(header_);
    object["machine"] = {{"processors", ::sysconf(_SC_NPROCESSORS_ONLN)}};
    write_text_file(folder_ / "run.json", object.dump(2) + "\n");
}

void RunFolder::set_status(RunStatus status) {
    write_text_file(
        folder_ / "state.json",
        json{{"status", name_of(status)}, {"changed", now_local()}, {"process", ::getpid()}}.dump(2) + "\n");
}

void RunFolder::append(const StepMetrics& metrics) {
    if (!metrics_) {
        const fs::path path = folder_ / "metrics.jsonl";
        metrics_.reset(std::fopen(path.c_str(), "ae"));
        if (!metrics_)
            throw Error{"Cannot write the metrics", path.string() + ": " + std::strerror(errno),
                        "Check the folder's permissions"};
        std::fputc(
            '\n',
            metrics_.get());  // ends a line that a crash has cut; an empty line is skipped by the reader
    }
    const std::string line = metrics_line(metrics) + "\n";
    std::fwrite(line.data(), 1, line.size(), metrics_.get());
}

void RunFolder::flush_metrics() {
    if (metrics_ && std::fflush(metrics_.get()) != 0) {
        const int reason = errno;
        std::clearerr(metrics_.get());
        throw Error{"Cannot write the metrics",
                    (folder_ / "metrics.jsonl").string() + ": " + std::strerror(reason),
                    "Free some space on this disk"};
    }
}

fs::path RunFolder::checkpoint_path(std::int64_t step) const {
    return folder_ / "checkpoints" / step_name(step, ".safetensors");
}

void RunFolder::prune_checkpoints(int keep) {
    const std::vector<CheckpointFile> files = list_checkpoints(folder_);
    std::error_code code;
    for (std::size_t i = static_cast<std::size_t>(std::max(keep, 1)); i < files.size(); ++i)
        fs::remove(files[i].path, code);
}

void RunFolder::save_sample_grid(std::int64_t step, const Picture& grid) {
    write_picture(grid, folder_ / "samples" / step_name(step, ".png"));
}

}  // namespace denoise
