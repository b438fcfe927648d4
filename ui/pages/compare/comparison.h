#pragma once

#include <QString>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ui/picture/trajectory.h"

namespace denoise::ui {

/// The settings that a column of a comparison has for itself.
struct ColumnSettings {
    std::filesystem::path model = {};  ///< a run folder or a checkpoint; empty: the open model
    std::string sampler = SampleRequest{}.sampler;
    int steps = SampleRequest{}.steps;  ///< 0: all timesteps
    double eta = 0;                     ///< DDIM only
    int label = -1;                     ///< the class of all images; -1: all in turn
    double guidance = 1;
    double ema_length = 0;  ///< 0: the EMA of the run

    bool operator==(const ColumnSettings&) const = default;
};

/// What the page knows of the model of a column without opening it.
struct ModelFacts {
    bool found = false;
    std::string identity = {};  ///< the run or the file
    QString name = {};          ///< "step 1,200 of 2026-11-24 glyphs"
    std::int64_t step = 0;
    int timesteps = 0;
    std::vector<std::string> class_names = {};
    bool guidance = false;        ///< guidance is possible
    QString no_ema_lengths = {};  ///< why the length of the EMA cannot be chosen; empty: it can

    bool operator==(const ModelFacts&) const = default;
};

/// What has been sampled for a column.
struct ColumnResult {
    Sample request;
    std::string model;  ///< the identity of its model
    Trajectory trajectory;
    bool complete = false;
    double seconds = 0;      ///< of the sampler, for each image
    double evaluations = 0;  ///< of the network, for each image
};

struct Column {
    ColumnSettings settings;
    ModelFacts facts = {};
    std::optional<ColumnResult> result = {};
    JobId job = 0;            ///< waiting or in progress; 0: none
    int done = 0, total = 0;  ///< steps of the job; total 0: it waits
    Sample posted = {};       ///< the request of the job
    std::string posted_model = {};
    std::optional<Error> problem = {};  ///< why the last job failed
};

/// Columns of samples from the same noise. The first is the one that others are compared with.
struct Comparison {
    static constexpr int fewest = 2, most = 4;

    std::int64_t seed = SampleRequest{}.seed;
    int count = SampleRequest{}.count;
    std::vector<Column> columns;

    int size() const { return static_cast<int>(columns.size()); }
    Column& at(int index) { return columns[static_cast<std::size_t>(index)]; }
    const Column& at(int index) const { return columns[static_cast<std::size_t>(index)]; }
};

/// Two columns: the defaults, and DDIM with as many steps.
Comparison default_comparison();

/// The settings of `request` that a column has.
ColumnSettings column_settings(const SampleRequest& request);

/// The request for a column. Settings that its model does not have, such as a class, are left out.
Sample request_for(const Comparison& comparison, int column);

/// Whether what a column shows is what its settings say.
enum class Freshness {
    missing,      ///< not sampled yet
    changed,      ///< a setting or the model has changed, or sampling was stopped
    older_model,  ///< its model has been trained further
    current,
};
Freshness freshness(const Comparison& comparison, int column);

/// The columns that are not current.
std::vector<int> columns_to_sample(const Comparison& comparison);

/// Why the columns cannot be sampled; empty: they can.
QString obstacle_to_sample(const Comparison& comparison);

/// "DPM-Solver++ 2M SDE · 20 steps · class 7 · guidance 2".
QString describe_column(const Column& column);
/// The settings in which a column differs from the first, or that it has the same. For the first, all.
QString differences(const Comparison& comparison, int column);
/// "open model, step 1,200" or "step 1,200 of 2026-11-24 glyphs".
QString model_text(const Column& column);
/// A column with a result, with the settings that its pictures were sampled with.
Column as_sampled(const Column& column);
/// "120 ms per image · 20 network calls"; empty without a complete result.
QString cost_text(const Column& column);

// Columns with different numbers of steps are aligned by their timestep. A model with T timesteps is at time
// (t + 1) / T: 1 is noise, 0 is the result.

double time_of(const TrajectoryFrame& frame, const Trajectory& trajectory);
/// The frame of a trajectory that is nearest to `time`; null: it has none.
const TrajectoryFrame* frame_at(const Trajectory& trajectory, double time);
/// The times of all frames of all columns, from noise to the result, each once.
std::vector<double> times_of(const Comparison& comparison);
/// The trajectory of the first column that has one; null: none has.
const Trajectory* first_trajectory(const Comparison& comparison);

}  // namespace denoise::ui
