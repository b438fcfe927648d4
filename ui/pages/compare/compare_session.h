#pragma once

#include <QObject>

#include "ui/pages/compare/comparison.h"
#include "ui/pages/compare/model_choices.h"

namespace denoise::ui {

class EngineLink;

/// The columns of the page Compare, and the jobs that sample them. All jobs are posted at once, each to start
/// after the one before it, so that all columns of the open model have the same weights while it is trained.
class CompareSession : public QObject {
    Q_OBJECT
  public:
    explicit CompareSession(EngineLink& link, QObject* parent = nullptr);

    const Comparison& comparison() const { return comparison_; }
    const std::vector<ModelChoice>& choices() const { return choices_; }
    void set_runs_folder(const std::filesystem::path& folder);

    void set_seed(std::int64_t seed);
    void set_count(int count);
    void set_settings(int column, const ColumnSettings& settings);
    /// Adds a column with the settings of the last one. Does nothing if there are as many as possible.
    void add_column();
    /// Cancels its job. Does nothing if there are as few as possible.
    void remove_column(int column);
    /// A column for each of two to four models (empty: the open one), with the settings of `request`.
    void begin_with(const SampleRequest& request, const std::vector<std::filesystem::path>& models);

    /// Samples the columns that are not current. Does nothing while is_running() or if there is an obstacle.
    void sample();
    void stop();
    bool is_running() const;

  Q_SIGNALS:
    void columns_changed();           ///< columns were added, removed or replaced
    void settings_changed();          ///< of the page or of a column, or what is known of the models
    void choices_changed();           ///< of models
    void column_changed(int column);  ///< its job, or what it reports
    void frames_changed(int column);  ///< it got frames, or lost the old ones
    void running_changed();

  private:
    int column_of(JobId job) const;  ///< -1: none
    void list_models();
    void update_facts();
    void update_step();
    void begin(const SampleStarted& start);
    template <class Part>
    void add(const Part& part);
    void note_cost(const SampleResult& result);
    void progress(const JobProgress& progress);
    void end(const JobEnded& ended);

    EngineLink& link_;
    std::filesystem::path runs_folder_;
    Comparison comparison_ = default_comparison();
    std::vector<ModelChoice> choices_;
};

}  // namespace denoise::ui
