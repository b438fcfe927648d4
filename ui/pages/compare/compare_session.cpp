#include "ui/pages/compare/compare_session.h"

#include <algorithm>

#include "ui/link/engine_link.h"

namespace denoise::ui {
namespace {

/// Four columns together use at most 1 GB.
constexpr std::size_t byte_limit = std::size_t{256} << 20;

}  // namespace

CompareSession::CompareSession(EngineLink& link, QObject* parent) : QObject(parent), link_(link) {
    connect(&link_, &EngineLink::sample_started, this, &CompareSession::begin);
    connect(&link_, &EngineLink::sample_frame, this, &CompareSession::add<SampleFrame>);
    connect(&link_, &EngineLink::sample_result, this, &CompareSession::note_cost);
    connect(&link_, &EngineLink::sample_result, this, &CompareSession::add<SampleResult>);
    connect(&link_, &EngineLink::job_progress, this, &CompareSession::progress);
    connect(&link_, &EngineLink::job_ended, this, &CompareSession::end);
    connect(&link_, &EngineLink::metrics, this, &CompareSession::update_step);
    connect(&link_, &EngineLink::model_refreshed, this, &CompareSession::update_step);
    connect(&link_, &EngineLink::run_opened, this, &CompareSession::list_models);
    connect(&link_, &EngineLink::checkpoint_saved, this, &CompareSession::list_models);
    connect(&link_, &EngineLink::training_ended, this, &CompareSession::list_models);
    list_models();
}

void CompareSession::set_runs_folder(const std::filesystem::path& folder) {
    runs_folder_ = folder;
    list_models();
}

void CompareSession::list_models() {
    std::vector<ModelChoice> choices = model_choices(runs_folder_, link_);
    if (choices != choices_) {
        choices_ = std::move(choices);
        Q_EMIT choices_changed();
    }
    update_facts();
}

void CompareSession::update_facts() {
    bool changed = false;
    for (Column& column : comparison_.columns) {
        ModelFacts facts = facts_of(column.settings.model, link_);
        changed = changed || facts != column.facts;
        column.facts = std::move(facts);
    }
    if (changed) Q_EMIT settings_changed();
}

void CompareSession::update_step() {
    for (Column& column : comparison_.columns)
        if (column.settings.model.empty() && link_.run()) column.facts.step = link_.run()->step;
    Q_EMIT settings_changed();
}

void CompareSession::set_seed(std::int64_t seed) {
    comparison_.seed = seed;
    Q_EMIT settings_changed();
}

void CompareSession::set_count(int count) {
    comparison_.count = count;
    Q_EMIT settings_changed();
}

void CompareSession::set_settings(int index, const ColumnSettings& settings) {
    Column& column = comparison_.at(index);
    if (settings == column.settings) return;
    if (settings.model != column.settings.model) column.facts = facts_of(settings.model, link_);
    column.settings = settings;
    column.problem.reset();
    Q_EMIT settings_changed();
}

void CompareSession::add_column() {
    if (comparison_.size() >= Comparison::most) return;
    Column column;
    column.settings = comparison_.columns.back().settings;
    column.facts = comparison_.columns.back().facts;
    comparison_.columns.push_back(std::move(column));
    Q_EMIT columns_changed();
}

void CompareSession::remove_column(int index) {
    if (comparison_.size() <= Comparison::fewest) return;
    if (const JobId job = comparison_.at(index).job; job != 0) link_.post(Cancel{job});
    comparison_.columns.erase(comparison_.columns.begin() + index);
    Q_EMIT columns_changed();
    Q_EMIT running_changed();
}

void CompareSession::begin_with(const SampleRequest& request,
                                const std::vector<std::filesystem::path>& models) {
    stop();
    comparison_ = Comparison{request.seed, request.count, {}};
    for (const std::filesystem::path& model : models) {
        Column& column = comparison_.columns.emplace_back();
        column.settings = column_settings(request);
        column.settings.model = model;
        column.facts = facts_of(model, link_);
    }
    Q_EMIT columns_changed();
    Q_EMIT running_changed();
}

void CompareSession::sample() {
    if (is_running() || !obstacle_to_sample(comparison_).isEmpty()) return;
    JobId before = 0;
    for (const int index : columns_to_sample(comparison_)) {
        Column& column = comparison_.at(index);
        column.posted = request_for(comparison_, index);
        column.posted_model = column.facts.identity;
        Sample request = column.posted;
        request.after = before;
        column.problem.reset();
        column.done = column.total = 0;
        column.job = before = link_.post(std::move(request));
    }
    Q_EMIT running_changed();
    for (int i = 0; i < comparison_.size(); ++i) Q_EMIT column_changed(i);
}

void CompareSession::stop() {
    // The last one first, so that none starts when the one before it has ended.
    for (int i = comparison_.size() - 1; i >= 0; --i)
        if (comparison_.at(i).job != 0) link_.post(Cancel{comparison_.at(i).job});
}

bool CompareSession::is_running() const {
    return std::ranges::any_of(comparison_.columns, [](const Column& column) { return column.job != 0; });
}

int CompareSession::column_of(JobId job) const {
    const auto found = std::ranges::find(comparison_.columns, job, &Column::job);
    return job == 0 || found == comparison_.columns.end()
               ? -1
               : static_cast<int>(found - comparison_.columns.begin());
}

void CompareSession::begin(const SampleStarted& start) {
    const int index = column_of(start.job);
    if (index < 0) return;
    Column& column = comparison_.at(index);
    column.result = ColumnResult{column.posted, column.posted_model, Trajectory(start, byte_limit)};
    column.total = static_cast<int>(start.timesteps.size());
    Q_EMIT column_changed(index);
    Q_EMIT frames_changed(index);
}

template <class Part>
void CompareSession::add(const Part& part) {
    const int index = column_of(part.job);
    if (index < 0 || !comparison_.at(index).result) return;
    comparison_.at(index).result->trajectory.add(part);
    Q_EMIT frames_changed(index);
}

void CompareSession::note_cost(const SampleResult& result) {
    const int index = column_of(result.job);
    if (index < 0 || !comparison_.at(index).result) return;
    ColumnResult& mine = *comparison_.at(index).result;
    mine.complete = true;
    mine.seconds =
        result.sampler_seconds / static_cast<double>(std::max<std::int64_t>(1, result.images.count));
    mine.evaluations = result.evaluations;
}

void CompareSession::progress(const JobProgress& progress) {
    const int index = column_of(progress.job);
    if (index < 0) return;
    comparison_.at(index).done = static_cast<int>(progress.done);
    comparison_.at(index).total = static_cast<int>(progress.total);
    Q_EMIT column_changed(index);
}

void CompareSession::end(const JobEnded& ended) {
    const int index = column_of(ended.job);
    if (index < 0) return;
    Column& column = comparison_.at(index);
    column.job = 0;
    if (ended.outcome == Outcome::failed) column.problem = ended.error;
    if (column.result) column.result->trajectory.end();
    Q_EMIT column_changed(index);
    if (!is_running()) Q_EMIT running_changed();
}

}  // namespace denoise::ui
