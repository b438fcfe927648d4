#include "engine/runs/run_list.h"

#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "engine/base/host_name.h"
#include "engine/base/user_folders.h"
#include "engine/network/description/unet_config.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_life.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

RunState state_of(const fs::path& folder) {
    const TrainerSign sign = read_trainer_sign(folder);
    if (life_of(sign, host_name()) == RunLife::training) return RunState::running;
    switch (sign.status) {
        case RunStatus::running:
            return RunState::interrupted;
        case RunStatus::stopped:
            return RunState::stopped;
        case RunStatus::finished:
            return RunState::finished;
    }
    return RunState::stopped;
}

bool is_being_trained(const fs::path& folder) {
    try {
        return life_of(read_trainer_sign(folder), host_name()) == RunLife::training;
    } catch (const Error&) {  // a damaged state.json must not keep a run from being deleted
        return run_is_locked(folder);
    }
}

void require_idle(const fs::path& folder, const char* what) {
    if (is_being_trained(folder))
        throw Error{what, folder.string() + ": it is being trained", "Stop the training first"};
}

constexpr const char* deleted = ".deleted";

std::int64_t parameters_of(const RunHeader& header) {
    try {
        return parameter_count(
            describe_unet(header.config.unet, header.channels, header.height, header.width));
    } catch (const Error&) {
        return 0;
    }
}

/// Reads a part without which the run can be used all the same. An error becomes the problem of the run.
template <class Part>
void read_optional(RunSummary& summary, const Part& part) {
    try {
        part();
    } catch (const Error& error) {
        if (summary.problem.empty()) summary.problem = error.why + ". " + error.remedy;
    }
}

void read_notes(RunSummary& summary) {
    summary.writable = ::access(summary.folder.c_str(), W_OK) == 0;
    try {
        summary.notes = read_run_notes(summary.folder);
    } catch (const Error& error) {
        summary.notes_problem = error.why + ". " + error.remedy;
    }
}

/// Renames the folder and its run.json, so that it is not listed as a run.
fs::path hide_run(const fs::path& run_folder) {
    fs::path hidden = run_folder;
    hidden += deleted;
    std::error_code code;
    for (int n = 2; fs::exists(hidden, code); ++n) {
        hidden = run_folder;
        hidden += deleted + (" " + std::to_string(n));
    }
    fs::path hidden_header = run_folder / run_file::header;
    hidden_header += deleted;
    fs::rename(run_folder / run_file::header, hidden_header, code);
    if (!code) {
        fs::rename(run_folder, hidden, code);
        std::error_code ignored;
        if (code) fs::rename(hidden_header, run_folder / run_file::header, ignored);  // it is still a run
    }
    if (code)
        throw Error{"Cannot delete the run", run_folder.string() + ": " + code.message(),
                    "Check the permissions of the folder"};
    return hidden;
}

}  // namespace

fs::path default_runs_folder() {
    if (const char* folder = std::getenv("DENOISE_LAB_RUNS"); folder != nullptr && *folder != '\0')
        return folder;
    return data_folder() / "runs";
}

RunSummary read_run(const fs::path& run_folder, MetricsCache* cache) {
    RunSummary summary;
    summary.folder = run_folder;
    summary.name = run_folder.filename().string();
    summary.loss = std::numeric_limits<double>::quiet_NaN();
    read_notes(summary);
    try {
        const RunHeader header = read_run_header(run_folder);
        summary.config = header.config;
        summary.dataset = header.dataset_name;
        summary.created = header.created;
        summary.parameters = parameters_of(header);
        summary.height = header.height;
        summary.width = header.width;
        if (const auto grids = list_sample_grids(run_folder); !grids.empty())
            summary.preview = grids.back().path;
        read_optional(summary, [&] { summary.state = state_of(run_folder); });
        std::error_code code;
        for (const CheckpointFile& file : list_checkpoints(run_folder))
            if (const std::uintmax_t bytes = fs::file_size(file.path, code); !code)
                summary.checkpoints.push_back({file.path, file.step, bytes});
        if (!summary.checkpoints.empty()) summary.step = summary.checkpoints.front().step;
        read_optional(summary,
                      [&] { require_known_layout(header, (run_folder / run_file::header).string()); });
        read_optional(summary, [&] {
            MetricsCache once;
            const MetricsSummary metrics =
                (cache ? cache : &once)->summary_of(run_folder / run_file::metrics);
            summary.loss = metrics.loss;
            summary.seconds = metrics.seconds;
        });
    } catch (const Error& error) {
        summary.state = RunState::unreadable;
        summary.problem = error.why + ". " + error.remedy;
    }
    return summary;
}

std::vector<RunSummary> list_runs(const fs::path& folder, MetricsCache* cache) {
    std::vector<RunSummary> runs;
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
        if (is_run_folder(entry->path())) runs.push_back(read_run(entry->path(), cache));
    std::ranges::sort(runs, [](const RunSummary& a, const RunSummary& b) {
        return a.created != b.created ? a.created > b.created : a.name > b.name;
    });
    return runs;
}

std::vector<StepMetrics> read_metrics(const fs::path& run_folder, std::size_t points) {
    const fs::path path = run_folder / run_file::metrics;
    std::error_code code;
    if (!fs::exists(path, code)) return {};
    return thinned(read_metrics_file(path), points);
}

std::vector<KeptPreview> list_previews(const fs::path& run_folder) {
    std::vector<KeptPreview> previews;
    for (const CheckpointFile& file : list_sample_grids(run_folder))
        previews.push_back({file.step, file.path});
    return previews;
}

DeletedRun delete_run(const fs::path& run_folder) {
    require_idle(run_folder, "Cannot delete the run");
    // Qt creates the trash only in a folder for data that exists.
    QDir().mkpath(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation));
    QString kept;
    if (QFile::moveToTrash(QString::fromStdString(run_folder.string()), &kept))
        return {run_folder, kept.toStdString(), true};
    return {run_folder, hide_run(run_folder), false};
}

void restore_run(const DeletedRun& run) {
    std::error_code code;
    if (fs::exists(run.folder, code))
        throw Error{"Cannot restore the run",
                    run.folder.string() + ": a file or folder with this name already exists",
                    "Rename it, then restore the run"};
    fs::rename(run.kept, run.folder, code);
    if (!code && !run.in_trash) {
        fs::path hidden_header = run.folder / run_file::header;
        hidden_header += deleted;
        fs::rename(hidden_header, run.folder / run_file::header, code);
    }
    if (code)
        throw Error{"Cannot restore the run", run.kept.string() + ": " + code.message(),
                    "Look for it in the trash of the desktop"};
    if (run.in_trash && !run.kept.empty()) {
        const fs::path info =
            run.kept.parent_path().parent_path() / "info" / (run.kept.filename().string() + ".trashinfo");
        fs::remove(info, code);
    }
}

void rename_run(const fs::path& run_folder, const std::string& name) {
    require_idle(run_folder, "Cannot rename the run");
    if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..")
        throw Error{"Cannot rename the run", "\"" + name + "\" is not a valid folder name",
                    "Choose another name, without slashes"};
    const fs::path target = run_folder.parent_path() / name;
    std::error_code code;
    if (fs::exists(target, code))
        throw Error{"Cannot rename the run",
                    target.string() + ": a file or folder with this name already exists",
                    "Choose another name"};
    fs::rename(run_folder, target, code);
    if (code)
        throw Error{"Cannot rename the run", run_folder.string() + ": " + code.message(),
                    "Check the permissions of the folder"};
}

}  // namespace denoise
