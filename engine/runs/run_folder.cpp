#include "engine/runs/run_folder.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/host_name.h"
#include "engine/base/local_time.h"
#include "engine/base/processors.h"
#include "engine/base/regular_file.h"
#include "engine/formats/image_file.h"
#include "engine/formats/shallow_json.h"
#include "engine/runs/moved_dataset.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string timestamp() {
    return local_time("%Y-%m-%dT%H:%M:%S%z");
}

std::string step_name(std::int64_t step, const char* extension) {
    char name[40];
    std::snprintf(name, sizeof name, "%08lld%s", static_cast<long long>(step), extension);
    return name;
}

fs::path checkpoint_of(const fs::path& folder, std::int64_t step) {
    return folder / run_file::checkpoints / step_name(step, ".safetensors");
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
    json object = parse_shallow_json(read_text_file(path));
    if (!object.is_object()) fail_damaged(path, "not a JSON object");
    return object;
}

/// Creates a folder and those that contain it, and adds the new ones to `created`, the outermost first.
std::error_code create_folders(const fs::path& folder, std::vector<fs::path>& created) {
    std::error_code code;
    fs::path path;
    for (const fs::path& part : folder) {
        path /= part;
        if (fs::is_directory(path, code)) continue;
        if (fs::create_directory(path, code)) created.push_back(path);
        if (code) return code;
    }
    return {};
}

/// Removes files and empty folders, the last one first.
void remove_created(const std::vector<fs::path>& created) {
    std::error_code code;
    for (auto path = created.rbegin(); path != created.rend(); ++path) fs::remove(*path, code);
}

/// Removes the temporary files of AtomicFile that a crash has left behind.
void remove_temporary_files(const fs::path& folder) {
    std::error_code code;
    for (const char* part : {".", run_file::checkpoints, run_file::samples, run_file::ema_snapshots})
        for (fs::directory_iterator entry(folder / part, code), end; !code && entry != end;
             entry.increment(code))
            if (entry->path().filename().string().find(".tmp-") != std::string::npos) {
                std::error_code ignored;
                fs::remove(entry->path(), ignored);
            }
}

/// That a run can be trained in its folder. Otherwise its first checkpoint would be lost.
void require_writable(const fs::path& folder) {
    for (const fs::path& path : {folder, folder / run_file::checkpoints}) {
        std::error_code code;
        if (!fs::is_directory(path, code) || ::access(path.c_str(), W_OK | X_OK) == 0) continue;
        throw Error{"Cannot write to the run folder", path.string() + ": " + std::strerror(errno),
                    "Check its permissions, or copy the run to a folder that you can write to"};
    }
}

}  // namespace

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

std::vector<CheckpointFile> list_ema_snapshots(const fs::path& folder) {
    std::vector<CheckpointFile> files = numbered_files(folder / run_file::ema_snapshots, ".safetensors");
    std::ranges::reverse(files);
    return files;
}

fs::path ema_snapshot_path(const fs::path& folder, std::int64_t step) {
    return folder / run_file::ema_snapshots / step_name(step, ".safetensors");
}

std::vector<CheckpointFile> list_sample_grids(const fs::path& folder) {
    return numbered_files(folder / run_file::samples, ".png");
}

RunFolder::RunFolder(fs::path folder, RunHeader header)
    : folder_(std::move(folder)),
      header_(std::move(header)),
      lock_(folder_),
      metrics_(folder_ / run_file::metrics) {}

RunFolder RunFolder::prepare(const fs::path& folder, RunHeader header) {
    if (is_run_folder(folder))
        throw Error{"Cannot start a new run", folder.string() + ": it already contains a run",
                    "Resume this run, or choose another folder"};
    for (const CheckpointFile& file : list_checkpoints(folder))
        if (file.step > 0)
            throw Error{"Cannot start a new run", file.path.string() + ": it is a checkpoint of another run",
                        "Choose another folder"};
    std::vector<fs::path> created;
    try {
        for (const char* part : {"", run_file::checkpoints, run_file::samples})
            if (const std::error_code code = create_folders(folder / part, created))
                throw Error{"Cannot create the run folder", folder.string() + ": " + code.message(),
                            "Choose a folder that you can write to"};
        std::vector<fs::path> files = {folder / run_file::lock,    folder / run_file::header,
                                       folder / run_file::state,   folder / run_file::metrics,
                                       folder / run_file::changes, checkpoint_of(folder, 0)};
        std::erase_if(files, [code = std::error_code()](const fs::path& file) mutable {
            return fs::exists(fs::symlink_status(file, code));
        });
        if (header.created.empty()) header.created = timestamp();
        header.dataset_beside = path_beside(folder, header.config.dataset.dataset);
        RunFolder run(folder, std::move(header));
        created.insert(created.end(), files.begin(), files.end());
        run.created_ = std::move(created);
        return run;
    } catch (const Error&) {
        remove_created(created);
        throw;
    }
}

void RunFolder::publish() {
    write_header();
    set_status(RunStatus::running);
}

void RunFolder::discard() {
    remove_created(created_);
}

RunFolder RunFolder::create(const fs::path& folder, RunHeader header) {
    RunFolder run = prepare(folder, std::move(header));
    run.publish();
    return run;
}

RunFolder RunFolder::open(const fs::path& folder) {
    const RunHeader header = read_run_header(folder);
    require_known_layout(header, (folder / run_file::header).string());
    require_writable(folder);
    RunFolder run(folder, header);
    for (const char* name : {run_file::state, run_file::metrics, run_file::changes})
        require_regular_file(folder / name, "Move it away, and resume the run again");
    std::error_code code;
    fs::create_directories(folder / run_file::checkpoints, code);
    fs::create_directories(folder / run_file::samples, code);
    remove_temporary_files(folder);
    return run;
}

void RunFolder::set_config(const RunConfig& config) {
    // A dataset that was found in another place is found again when it moves with the run.
    if (header_.config.dataset.dataset != config.dataset.dataset)
        header_.dataset_beside = path_beside(folder_, config.dataset.dataset);
    header_.config = config;
    write_header();
}

void RunFolder::set_processes(int processes) {
    if (header_.processes == processes) return;
    header_.processes = processes;
    write_header();
}

void RunFolder::set_execution(const MeasuredExecution& measured) {
    if (header_.measured == measured) return;
    header_.measured = measured;
    write_header();
}

void RunFolder::write_header() const {
    // Names of files and folders, such as those of classes, need not be UTF-8.
    const std::string text =
        run_header_to_json(header_).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
    write_text_file(folder_ / run_file::header, text);
}

void RunFolder::set_status(RunStatus status) {
    const fs::path path = folder_ / run_file::state;
    const json object = {{"status", name_of(status)},
                         {"changed", timestamp()},
                         {"process", ::getpid()},
                         {"host", host_name()}};
    const std::string text = object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
    try {
        write_text_file(path, text);
    } catch (const Error&) {
        std::error_code code;
        if (status != RunStatus::stopped || !fs::remove(path, code)) throw;
        try {
            write_text_file(path, text);  // there may be space now
        } catch (const Error&) {
            // Without the file, the run is stopped.
        }
    }
}

fs::path RunFolder::checkpoint_path(std::int64_t step) const {
    return checkpoint_of(folder_, step);
}

bool RunFolder::is_usable(const fs::path& checkpoint, const Usable& usable) {
    std::error_code code;
    const fs::file_time_type changed = fs::last_write_time(checkpoint, code);
    if (code) return false;
    const std::uintmax_t bytes = fs::file_size(checkpoint, code);
    if (code) return false;
    const auto known = verdicts_.find(checkpoint);
    if (known != verdicts_.end() && known->second.changed == changed && known->second.bytes == bytes)
        return known->second.usable;
    const bool verdict = usable(checkpoint);
    verdicts_[checkpoint] = {changed, bytes, verdict};
    return verdict;
}

void RunFolder::prune_checkpoints(int keep, const Usable& usable, const fs::path& written) {
    if (!written.empty())
        is_usable(written, [](const fs::path&) { return true; });  // its content is still in memory
    std::error_code code;
    int kept = written.empty() ? 0 : 1;
    for (const CheckpointFile& file : list_checkpoints(folder_)) {
        if (file.path == written) continue;
        if (kept < std::max(keep, 1)) {
            if (is_usable(file.path, usable)) ++kept;
        } else {
            verdicts_.erase(file.path);
            fs::remove(file.path, code);
        }
    }
}

void RunFolder::save_sample_grid(std::int64_t step, const Picture& grid) {
    write_picture(grid, folder_ / run_file::samples / step_name(step, ".png"));
}

}  // namespace denoise
