#include "ui/pages/compare/checkpoint_map.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/runs/run_folder.h"
#include "ui/link/engine_link.h"
#include "ui/paths/dropped_path.h"

namespace denoise::ui {
namespace {

namespace fs = std::filesystem;

/// Twelve rows together use at most 200 MB.
constexpr std::size_t byte_limit = std::size_t{16} << 20;

/// At most `most` indices of 0 .. count-1, evenly distributed, the first and the last among them.
std::vector<int> evenly(int count, int most) {
    std::vector<int> indices;
    const int shown = std::min(count, most);
    for (int i = 0; i < shown; ++i)
        indices.push_back(
            shown == 1 ? 0
                       : static_cast<int>(std::lround(static_cast<double>(i) * (count - 1) / (shown - 1))));
    return indices;
}

int kept_checkpoints(const fs::path& run) {
    try {
        return run.empty() ? 0 : read_run_header(run).config.training.keep_checkpoints;
    } catch (const Error&) {  // removed or damaged
        return 0;
    }
}

}  // namespace

CheckpointMap::CheckpointMap(EngineLink& link, QObject* parent) : QObject(parent), link_(link) {
    connect(&link_, &EngineLink::sample_started, this, &CheckpointMap::begin);
    connect(&link_, &EngineLink::sample_frame, this, &CheckpointMap::add<SampleFrame>);
    connect(&link_, &EngineLink::sample_result, this, &CheckpointMap::add<SampleResult>);
    connect(&link_, &EngineLink::job_progress, this, &CheckpointMap::progress);
    connect(&link_, &EngineLink::job_ended, this, &CheckpointMap::end);
}

void CheckpointMap::set_choices(const std::vector<ModelChoice>& choices) {
    std::vector<ModelChoice> runs;
    for (const ModelChoice& choice : choices)
        if (!choice.path.empty() && is_run_folder(choice.path))
            runs.push_back({choice.path, model_name(choice.path)});
    const bool changed = runs != choices_;
    choices_ = std::move(runs);
    if (changed) Q_EMIT choices_changed();
    const bool is_there = std::ranges::find(choices_, settings_.model, &ModelChoice::path) != choices_.end();
    if (!is_running() && !has_pictures() && !(chosen_ && is_there)) {
        ColumnSettings settings = settings_;
        settings.model = choices_.empty() ? fs::path() : choices_.front().path;
        set_settings(settings);
        chosen_ = false;
    }
    update_facts();
    list_rows();
}

void CheckpointMap::set_settings(const ColumnSettings& settings) {
    const bool other_run = settings.model != settings_.model;
    if (other_run && is_running()) return Q_EMIT settings_changed();  // shows the run again
    settings_ = settings;
    if (other_run) {
        chosen_ = true;
        rows_.clear();
        update_facts();
        list_rows();
    }
    update_wanted();
}

void CheckpointMap::set_seed(std::int64_t seed) {
    if (seed == seed_) return;
    seed_ = seed;
    update_wanted();
}

void CheckpointMap::update_facts() {
    facts_ = settings_.model.empty() ? ModelFacts() : facts_of(settings_.model, link_);
    kept_ = kept_checkpoints(settings_.model);
    update_wanted();
}

void CheckpointMap::update_wanted() {
    // One image has one class.
    if (!facts_.class_names.empty()) settings_.label = std::max(settings_.label, 0);
    Column column;
    column.settings = settings_;
    column.facts = facts_;
    wanted_ = request_for(Comparison{seed_, 1, {std::move(column)}}, 0);
    wanted_.model.clear();
    Q_EMIT settings_changed();
}

void CheckpointMap::list_rows() {
    if (is_running()) return;  // end() lists them
    std::vector<CheckpointFile> files;
    if (!settings_.model.empty()) files = list_checkpoints(settings_.model);
    std::ranges::reverse(files);
    std::vector<MapRow> all;
    if (has_pictures()) {
        for (MapRow& row : rows_)
            if (row.complete ||
                std::ranges::find(files, row.checkpoint, &CheckpointFile::path) != files.end())
                all.push_back(std::move(row));
        const std::int64_t newest = all.empty() ? -1 : all.back().step;
        std::erase_if(files, [&](const CheckpointFile& file) { return file.step <= newest; });
    }
    for (const CheckpointFile& file : files) all.push_back({file.path, file.step});
    rows_.clear();
    for (const int index : evenly(static_cast<int>(all.size()), most_rows))
        rows_.push_back(std::move(all[static_cast<std::size_t>(index)]));
    Q_EMIT rows_changed();
}

std::vector<int> CheckpointMap::columns() const {
    const auto row = std::ranges::find_if(rows_, [](const MapRow& each) { return !each.trajectory.empty(); });
    if (row == rows_.end()) return {};
    const std::vector<int>& timesteps = row->trajectory.start().timesteps;
    std::vector<int> columns;
    for (const int step : evenly(row->trajectory.steps() + 1, most_columns))
        columns.push_back(step == row->trajectory.steps() ? -1 : timesteps[static_cast<std::size_t>(step)]);
    return columns;
}

const TrajectoryFrame* CheckpointMap::frame(int row, int column) const {
    const Trajectory& trajectory = rows_.at(static_cast<std::size_t>(row)).trajectory;
    if (trajectory.empty()) return nullptr;
    const int step = evenly(trajectory.steps() + 1, most_columns).at(static_cast<std::size_t>(column));
    const TrajectoryFrame& nearest = trajectory.frame(trajectory.nearest(step));
    // While it is sampled, later columns have no frame yet; of many steps, not all are held.
    return std::abs(nearest.step - step) < trajectory.stride() ? &nearest : nullptr;
}

bool CheckpointMap::has_pictures() const {
    return std::ranges::any_of(rows_, [](const MapRow& row) { return !row.trajectory.empty(); });
}

bool CheckpointMap::is_stale() const {
    return has_pictures() && sampled_.request != wanted_.request;
}

QString CheckpointMap::describe() const {
    Column column;
    column.settings = column_settings(request().request);
    column.facts = facts_;
    return describe_column(column);
}

QString CheckpointMap::obstacle() const {
    if (settings_.model.empty()) return tr("Train a model first, or open a run.");
    if (rows_.empty()) return tr("The checkpoints of this run were not found. Choose another run.");
    if (!is_stale() && std::ranges::all_of(rows_, &MapRow::complete))
        return tr("All checkpoints are sampled. Change a setting or the seed first.");
    return {};
}

void CheckpointMap::sample() {
    if (is_running() || !obstacle().isEmpty()) return;
    if (is_stale()) {
        rows_.clear();
        list_rows();
    }
    sampled_ = wanted_;
    JobId before = 0;
    for (MapRow& row : rows_) {
        row.problem.reset();
        if (row.complete) continue;
        Sample request = sampled_;
        request.model = row.checkpoint;
        request.after = before;
        row.done = row.total = 0;
        row.job = before = link_.post(std::move(request));
    }
    Q_EMIT running_changed();
    Q_EMIT rows_changed();
}

void CheckpointMap::stop() {
    // The last one first, so that none starts when the one before it has ended.
    for (auto row = rows_.rbegin(); row != rows_.rend(); ++row)
        if (row->job != 0) link_.post(Cancel{row->job});
}

bool CheckpointMap::is_running() const {
    return std::ranges::any_of(rows_, [](const MapRow& row) { return row.job != 0; });
}

MapRow* CheckpointMap::row_of(JobId job) {
    const auto row = std::ranges::find(rows_, job, &MapRow::job);
    return job == 0 || row == rows_.end() ? nullptr : &*row;
}

void CheckpointMap::begin(const SampleStarted& start) {
    MapRow* row = row_of(start.job);
    if (!row) return;
    row->trajectory = Trajectory(start, byte_limit);
    row->total = static_cast<int>(start.timesteps.size());
    Q_EMIT rows_changed();
}

template <class Part>
void CheckpointMap::add(const Part& part) {
    MapRow* row = row_of(part.job);
    if (!row) return;
    row->trajectory.add(part);
    if constexpr (std::is_same_v<Part, SampleResult>) row->complete = true;
    Q_EMIT rows_changed();
}

void CheckpointMap::progress(const JobProgress& progress) {
    MapRow* row = row_of(progress.job);
    if (!row) return;
    row->done = static_cast<int>(progress.done);
    row->total = static_cast<int>(progress.total);
    Q_EMIT rows_changed();
}

void CheckpointMap::end(const JobEnded& ended) {
    MapRow* row = row_of(ended.job);
    if (!row) return;
    row->job = 0;
    row->trajectory.end();
    if (ended.outcome == Outcome::failed) row->problem = ended.error;
    Q_EMIT rows_changed();
    if (is_running()) return;
    // Rows whose checkpoint has failed stay as they are, so that its error is seen.
    if (std::ranges::none_of(rows_, [](const MapRow& each) { return each.problem.has_value(); })) list_rows();
    Q_EMIT running_changed();
}

}  // namespace denoise::ui
