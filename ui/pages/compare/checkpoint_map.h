#pragma once

#include <QObject>

#include "ui/pages/compare/comparison.h"
#include "ui/pages/compare/model_choices.h"

namespace denoise::ui {

class EngineLink;

/// A checkpoint of the map, and how one image is denoised with its weights.
struct MapRow {
    std::filesystem::path checkpoint;
    std::int64_t step = 0;
    Trajectory trajectory = {};
    bool complete = false;
    JobId job = 0;            ///< waiting or in progress; 0: none
    int done = 0, total = 0;  ///< steps of the job; total 0: it waits
    std::optional<Error> problem = {};
};

/// One image at the checkpoints of a run, from the same noise: a map whose rows are the checkpoints and whose
/// columns are the timesteps. All pictures of a map were sampled with the same settings.
class CheckpointMap : public QObject {
    Q_OBJECT
  public:
    static constexpr int most_rows = 12, most_columns = 12;

    explicit CheckpointMap(EngineLink& link, QObject* parent = nullptr);

    /// The runs among `choices` can be chosen, and the checkpoints of the chosen one are listed again. The
    /// first run is chosen as long as there is no other choice and there are no pictures.
    void set_choices(const std::vector<ModelChoice>& choices);
    const std::vector<ModelChoice>& choices() const { return choices_; }

    /// `model` is the run; the others are as in a column. Another run has other rows; otherwise the pictures
    /// stay until sample(). The run cannot be changed while is_running().
    void set_settings(const ColumnSettings& settings);
    const ColumnSettings& settings() const { return settings_; }
    void set_seed(std::int64_t seed);
    const ModelFacts& facts() const { return facts_; }

    /// The checkpoints, the first one first. If there are too many, they are thinned out evenly. Rows with
    /// pictures stay although their file is deleted, and newer checkpoints come after them.
    const std::vector<MapRow>& rows() const { return rows_; }
    /// The timesteps of the columns, -1 for the result. Empty before anything was sampled.
    std::vector<int> columns() const;
    /// The frame in a column of a row; null: none yet.
    const TrajectoryFrame* frame(int row, int column) const;
    bool has_pictures() const;
    /// Whether the pictures were sampled with other settings.
    bool is_stale() const;
    /// How the pictures were sampled, or would be if there are none.
    const Sample& request() const { return has_pictures() ? sampled_ : wanted_; }
    QString describe() const;  ///< the same as text
    /// How many of its newest checkpoints the run keeps; 0: there is no run.
    int kept() const { return kept_; }

    /// Why there is nothing to sample; empty: there is.
    QString obstacle() const;
    /// Samples the rows that are not complete, one after another; with other settings, all rows.
    void sample();
    void stop();
    bool is_running() const;

  Q_SIGNALS:
    void choices_changed();
    void settings_changed();
    void rows_changed();  ///< other rows, or what they show
    void running_changed();

  private:
    void update_facts();
    void update_wanted();
    void list_rows();
    MapRow* row_of(JobId job);
    void begin(const SampleStarted& start);
    template <class Part>
    void add(const Part& part);
    void progress(const JobProgress& progress);
    void end(const JobEnded& ended);

    EngineLink& link_;
    std::vector<ModelChoice> choices_;
    ColumnSettings settings_;
    bool chosen_ = false;  ///< the run, by a person
    std::int64_t seed_ = SampleRequest{}.seed;
    ModelFacts facts_;
    int kept_ = 0;
    Sample wanted_, sampled_;  ///< without their model
    std::vector<MapRow> rows_;
};

}  // namespace denoise::ui
