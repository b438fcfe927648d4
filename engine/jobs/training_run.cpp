#include "engine/jobs/training_run.h"

#include <algorithm>
#include <cmath>

#include "engine/base/cancelled.h"
#include "engine/base/memory.h"
#include "engine/base/processors.h"
#include "engine/data/class_balance.h"
#include "engine/data/loading.h"
#include "engine/distributed/together.h"
#include "engine/evaluation/copies.h"
#include "engine/model/ema_lengths.h"
#include "engine/network/stop_check.h"
#include "engine/runs/batch_parts.h"
#include "engine/runs/ema_snapshots.h"
#include "engine/runs/run_list.h"
#include "engine/training/calibration.h"
#include "engine/training/shared_step.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using std::chrono::duration;
using std::chrono::duration_cast;

constexpr std::size_t history_points = 2000;
/// The first preview is drawn early. Later ones take at most this fraction of the time.
constexpr double first_preview_seconds = 8;
constexpr double preview_share = 0.08;
/// Training images with which previews are compared. A network that copies has seen each image many times, so
/// the dataset is small, and all its images are compared (20,000 of 28 x 28): about 0.05 s.
constexpr std::int64_t images_for_figures = 2048, values_compared = 16'000'000;

/// A run could not be continued from a checkpoint with other weights.
void require_finite(const TrainingState& state, const fs::path& path) {
    for (const torch::Tensor& part : {state.values, state.ema, state.first_moment, state.second_moment,
                                      state.tracked_emas.front(), state.tracked_emas.back()})
        if (part.defined() && !all_finite(part))
            throw Error{"Cannot save a checkpoint",
                        path.string() + ": the weights of this step contain NaN or infinity",
                        "Resume from the last checkpoint with a lower learning rate", "learning_rate"};
}

}  // namespace

std::vector<Error> add_history(RunOpened& event, const fs::path& folder, std::size_t points) {
    std::vector<Error> problems;
    const auto attempt = [&problems](const auto& part) {
        try {
            part();
        } catch (const Error& error) {
            problems.push_back(error);
        }
    };
    attempt([&] { event.history = read_metrics(folder, points); });
    attempt([&] { event.changes = read_changes(folder); });
    return problems;
}

RunOpened describe_model(JobId job, const RunHeader& header) {
    RunOpened event;
    event.job = job;
    event.config = header.config;
    event.parts = describe_unet(header.config.unet, header.channels, header.height, header.width);
    event.processes = header.processes;
    event.channels = header.channels;
    event.height = header.height;
    event.width = header.width;
    if (header.config.unet.classes > 0) event.class_names = header.class_names;
    return event;
}

TrainingRun::TrainingRun(RunFolder folder, std::unique_ptr<Trainer> trainer, double seconds)
    : folder_(std::move(folder)), trainer_(std::move(trainer)), seconds_(seconds) {}

TrainingRun TrainingRun::start(const RunConfig& config, std::shared_ptr<const Dataset> dataset,
                               const fs::path& folder, const Execution& execution) {
    // First, because it may throw before a folder is created.
    auto trainer = std::make_unique<Trainer>(config, dataset, execution);
    RunHeader header;
    header.config = trainer->config();
    header.class_names = dataset->class_names;
    header.class_counts = class_counts(*dataset);
    header.dataset_name = dataset->name;
    header.dataset_fingerprint = dataset->fingerprint;
    header.image_count = dataset->images.count;
    header.channels = dataset->images.channels;
    header.height = dataset->images.height;
    header.width = dataset->images.width;
    header.measured = {execution, machine_name()};
    TrainingRun run(RunFolder::prepare(folder, std::move(header)), std::move(trainer), 0);
    try {
        run.save();
        run.folder_.publish();
    } catch (...) {
        run.folder_.discard();
        throw;
    }
    return run;
}

TrainingRun TrainingRun::resume(RunFolder folder, Checkpoint checkpoint,
                                std::shared_ptr<const Dataset> dataset, const RunConfig& config,
                                const Execution& execution) {
    const ImageBatch& images = dataset->images;
    const RunHeader& header = checkpoint.header;
    if (images.channels != header.channels || images.height != header.height || images.width != header.width)
        throw Error{"Cannot resume the run",
                    folder.path().string() + ": its images were " + std::to_string(header.width) + " x " +
                        std::to_string(header.height) + ", but those of the dataset are now " +
                        std::to_string(images.width) + " x " + std::to_string(images.height),
                    "Restore the dataset, or start a new run"};
    if (with_classes(config, dataset->class_names.size()).unet.classes != config.unet.classes)
        throw Error{"Cannot resume the run",
                    folder.path().string() + ": it was trained with " + std::to_string(config.unet.classes) +
                        " classes, but the dataset now has " + std::to_string(dataset->class_names.size()),
                    "Restore the dataset, or start a new run"};
    auto trainer = std::make_unique<Trainer>(config, std::move(dataset), execution);
    trainer->restore(checkpoint.state);
    TrainingRun run(std::move(folder), std::move(trainer), checkpoint.seconds);
    run.saved_step_ = checkpoint.state.step;
    if (run.budget_used())
        throw Error{"Cannot resume the run",
                    run.folder().string() + ": its budget of " +
                        (config.training.steps > 0 ? std::to_string(config.training.steps) + " steps"
                                                   : format_setting(config.training.minutes) + " minutes") +
                        " is used up",
                    "Set a larger number of steps or minutes"};
    run.record(changes_between(run.header().config, run.config(), run.step_count()));
    run.drop_later_snapshots();
    if (run.header().measured) run.folder_.set_execution({execution, machine_name()});
    run.folder_.set_status(RunStatus::running);
    return run;
}

void TrainingRun::train_with(Communicator* group) {
    if (!group) return folder_.set_processes(1);
    do_together(
        *group, [&] { folder_.set_processes(group->size()); }, StopScope::asked);
    trainer_->train_with(*group);
}

/// The other processes would go on with the settings before.
void TrainingRun::require_alone(const char* what) const {
    if (folder_.header().processes > 1)
        throw Error{what, "several processes train it together",
                    "Stop it, and start them again with --resume and the folder of the run"};
}

double TrainingRun::fraction() const {
    const TrainingConfig& training = trainer_->config().training;
    return training.steps > 0 ? static_cast<double>(step_count()) / static_cast<double>(training.steps)
                              : seconds_ / std::max(training.minutes * 60 - closing_seconds(), 1e-3);
}

void TrainingRun::count_time() {
    if (!counted_until_) return;
    const Clock::time_point now = Clock::now();
    seconds_ += duration<double>(now - *counted_until_).count();
    counted_until_ = now;
}

void TrainingRun::stop_clock() {
    count_time();
    counted_until_.reset();
}

TrainStep TrainingRun::step(StepMetrics& metrics) {
    const Clock::time_point begin = Clock::now();
    const TrainStep result = trainer_->step(fraction());
    const double took = duration<double>(Clock::now() - begin).count();
    count_time();
    const double rate = static_cast<double>(trainer_->images_per_step()) / took;
    images_per_second_ = images_per_second_ == 0 ? rate : 0.9 * images_per_second_ + 0.1 * rate;
    metrics = {result.finite ? step_count() : step_count() + 1,
               result.loss,
               result.gradient_norm,
               result.learning_rate,
               seconds_,
               images_per_second_};
    if (result.finite && trainer_->held_out_due()) {
        try {
            metrics.held_out = trainer_->held_out_losses();
        } catch (const Cancelled&) {  // the step itself is complete
        }
        count_time();
    }
    folder_.append(metrics);
    return result;
}

bool TrainingRun::save_due() const {
    const TrainingConfig& training = trainer_->config().training;
    const double minutes = duration<double>(Clock::now() - saved_at_).count() / 60;
    if (save_postponed_) return minutes >= 1;
    return step_count() - saved_step_ >= training.save_every_steps ||
           (minutes >= training.save_every_minutes && unsaved());
}

void TrainingRun::postpone_save() {
    save_postponed_ = true;
    saved_at_ = Clock::now();
}

CheckpointSaved TrainingRun::save() {
    const Clock::time_point begin = Clock::now();
    const fs::path path = folder_.checkpoint_path(step_count());
    try {
        folder_.flush_metrics();
    } catch (const Error&) {
        // The checkpoint is more important, and the metrics are kept.
    }
    require_finite(trainer_->state(), path);
    save_checkpoint(path, {folder_.header(), seconds_, trainer_->state()}, trainer_->slices());
    saved_step_ = step_count();
    saved_at_ = Clock::now();
    save_postponed_ = false;
    folder_.prune_checkpoints(
        trainer_->config().training.keep_checkpoints,
        [this](const fs::path& file) {
            return can_continue_from(file, folder_.header(), trainer_->state(), trainer_->slices());
        },
        path);
    remove_old_tracked_emas(folder());
    save_cost_ = duration<double>(saved_at_ - begin).count();
    return {0, path, saved_step_};
}

bool TrainingRun::snapshot_due() const {
    return trainer_->state().tracked_emas.front().defined() && snapshot_number(step_count()).has_value();
}

void TrainingRun::save_snapshot() const {
    save_ema_snapshot(folder(), step_count(), trainer_->state().tracked_emas);
    std::error_code code;
    for (const CheckpointFile& file :
         surplus_snapshots(list_ema_snapshots(folder()), trainer_->config().training.ema_snapshots))
        fs::remove(file.path, code);
}

/// After returning to an earlier checkpoint: they are of steps that will be done again.
void TrainingRun::drop_later_snapshots() const {
    std::error_code code;
    for (const CheckpointFile& file : list_ema_snapshots(folder()))
        if (file.step > step_count()) fs::remove(file.path, code);
}

bool TrainingRun::preview_due() const {
    return trainer_->config().training.preview_seconds > 0 && step_count() > 0 &&
           Clock::now() >= next_preview();
}

/// Computed when it is asked for, so that a changed interval applies at once.
TrainingRun::Clock::time_point TrainingRun::next_preview() const {
    const double interval = trainer_->config().training.preview_seconds;
    const double wait = drew_preview_ ? std::max(interval, preview_cost_ / preview_share)
                                      : std::min(interval, first_preview_seconds);
    return preview_at_ + duration_cast<Clock::duration>(duration<double>(wait));
}

void TrainingRun::save_preview(const ImageBatch& images, double cost_seconds) {
    preview_cost_ = cost_seconds;
    preview_at_ = Clock::now();
    drew_preview_ = true;
    folder_.save_sample_grid(step_count(), grid_of(images));
}

SampleFigures TrainingRun::judge_preview(const ImageBatch& images) {
    const ImageBatch& all = trainer_->dataset().images;
    const std::vector<std::int64_t>& training = trainer_->split().training;
    const auto some = [&training](std::int64_t most) {
        std::vector<std::int64_t> indices;
        for (const std::int64_t i : spread_indices(std::ssize(training), most))
            indices.push_back(training[static_cast<std::size_t>(i)]);
        return indices;
    };
    if (!data_figures_) data_figures_ = figures_of(images_at(all, some(images_for_figures)));
    const auto most =
        std::max<std::int64_t>(2, values_compared / static_cast<std::int64_t>(all.image_size()));
    return {figures_of(images), *data_figures_, images.count, count_copies(images, all, some(most))};
}

std::vector<SettingChange> TrainingRun::change(const RunConfig& config) {
    require_alone("Cannot change the settings of the run");
    for (const Setting<RunConfig>& setting : run_settings())
        if (setting.info.live) check_setting(setting.info, setting.get(config));
    const RunConfig before = trainer_->config();
    check_batch_parts(with_live_settings(before, config).training);
    trainer_->adopt(config);
    return changes_between(before, trainer_->config(), step_count());
}

void TrainingRun::record(const std::vector<SettingChange>& changes) {
    if (changes.empty()) return;
    folder_.set_config(trainer_->config());
    append_changes(folder_.path(), changes);
}

std::vector<SettingChange> TrainingRun::rewind() {
    require_alone("Cannot return to the last checkpoint");
    const bool diverged = !trainer_->is_torn();
    Checkpoint checkpoint = load_newest_checkpoint(folder_.path());
    trainer_->restore(checkpoint.state);
    seconds_ = checkpoint.seconds;
    saved_step_ = checkpoint.state.step;
    drop_later_snapshots();
    if (!diverged) return {};
    RunConfig slower = trainer_->config();
    slower.training.learning_rate /= 2;
    return change(slower);
}

TrainingProgress TrainingRun::progress() const {
    const TrainingConfig& training = trainer_->config().training;
    TrainingProgress progress;
    progress.step = step_count();
    progress.fraction = std::min(fraction(), 1.0);
    progress.images_per_second = images_per_second_;
    progress.memory_bytes = resident_bytes();
    const auto images_per_step = static_cast<double>(trainer_->images_per_step());
    if (training.steps > 0) {
        progress.total_steps = training.steps;
        if (images_per_second_ > 0)
            progress.remaining_seconds =
                static_cast<double>(training.steps - progress.step) * images_per_step / images_per_second_;
    } else {
        progress.remaining_seconds = std::max(0.0, training.minutes * 60 - seconds_);
        const double left = fraction() < 1 ? progress.remaining_seconds - closing_seconds() : 0;
        if (images_per_second_ > 0)
            progress.total_steps =
                progress.step + std::llround(std::max(0.0, left) * images_per_second_ / images_per_step);
    }
    return progress;
}

RunOpened TrainingRun::describe(JobId job, std::vector<Error>* problems) const {
    RunOpened event = describe_model(job, folder_.header());
    event.folder = folder_.path();
    event.config = trainer_->config();  // with changes of the budget or the learning rate
    event.step = step_count();
    event.trainable = true;
    event.training_images = std::ssize(trainer_->split().training);
    event.held_out_images = std::ssize(trainer_->split().held_out);
    event.execution = describe_timings(timings_);
    if (!trainer_->state().tracked_emas.front().defined())
        event.no_ema_lengths = why_no_ema_lengths(folder_.path());
    std::vector<Error> unread = add_history(event, folder_.path(), history_points);
    if (problems) *problems = std::move(unread);
    // Steps after the checkpoint were lost when the process ended and will be repeated.
    std::erase_if(event.history, [&](const StepMetrics& metrics) { return metrics.step > event.step; });
    return event;
}

}  // namespace denoise
