#pragma once

// An engine that computes nothing and sends plausible events, for tests of the window.

#include <cmath>
#include <deque>
#include <filesystem>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/session/engine.h"

namespace denoise::testing {

/// How it responds to commands.
enum class Manner {
    instant,  ///< requests are done at once
    slow,  ///< requests and commands take effect only as far as their first progress; jobs end when cancelled
    throwing,  ///< requests fail
    nan,       ///< training diverges after a few steps
};

inline const Error fake_error = {"Cannot do it", "/data/x.gz: the gzip stream ends early",
                                 "Download the file again"};

inline ImageBatch make_images(int count, int channels = 1, int side = 28, int phase = 0) {
    ImageBatch batch{count, channels, side, side, {}};
    for (int n = 0; n < count; ++n)
        for (int c = 0; c < channels; ++c)
            for (int y = 0; y < side; ++y)
                for (int x = 0; x < side; ++x) {
                    const double r =
                        std::hypot(x - side / 2.0, y - side / 2.0) - side * (0.2 + 0.02 * (n % 8));
                    batch.pixels.push_back(static_cast<std::uint8_t>(
                        std::abs(r) < 2 ? 255 - 10 * ((phase + n) % 10) : 20 * ((x + y + c + phase) % 3)));
                }
    return batch;
}

inline StepMetrics make_metrics(std::int64_t step) {
    const double s = static_cast<double>(step);
    const double wobble = 0.15 * std::sin(s * 12.9898) + 0.1 * std::sin(s * 4.1);
    return {step,
            0.04 + 0.9 / (1 + s / 12) * (1 + wobble) + 0.006 * (1 + wobble),
            0.4 + 2 / (1 + s / 30) + 0.1 * wobble,
            2e-3 * std::min(1.0, s / 100),
            s * 0.3,
            104};
}

inline BitsPerDim make_bits_per_dim(std::int64_t images) {
    BitsPerDim score;
    score.images = images;
    score.prior = score.total = 0.0004;
    for (int t = 0; t < 1000; ++t) {
        score.terms.push_back(t == 0 ? 1.2 : 0.03 / (1 + t / 3.0) + 2e-5);
        score.mse.push_back(0.9 / (1 + t / 20.0) + 0.002);
        score.total += score.terms.back();
    }
    return score;
}

template <class Score>
Score make_comparison(std::int64_t samples) {
    Score score;
    score.samples = samples;
    score.reference_images = 20000;
    score.feature_space = "64 features of a classifier of Glyphs (98.7 % right)";
    score.class_accuracy = 0.953;
    score.sampling_seconds = 75;
    return score;
}

/// The result of a decent model of small digits.
inline EvaluationResult make_evaluation(JobId job, const Evaluate& request) {
    switch (request.metric) {
        case Metric::bits_per_dim:
            return {job, make_bits_per_dim(request.count)};
        case Metric::frechet: {
            auto score = make_comparison<FrechetScore>(request.count);
            score.distance = 12.34;
            score.floor = 1.25;
            if (request.count < 2048) score.caution = "Fewer samples than 2,048: the distance is too large";
            return {job, score};
        }
        case Metric::precision_recall: {
            auto score = make_comparison<PrecisionRecallScore>(request.count);
            score.precision = 0.812;
            score.recall = 0.64;
            return {job, score};
        }
        case Metric::nearest: {
            auto score = make_comparison<NearestImages>(request.count);
            score.images = make_images(static_cast<int>(request.count));
            score.neighbours = make_images(static_cast<int>(request.count), 1, 28, 1);
            for (std::int64_t i = 0; i < request.count; ++i) {
                score.indices.push_back(100 * i + 7);
                score.distances.push_back(3 + std::sin(static_cast<double>(i)));
            }
            return {job, score};
        }
    }
    return {};
}

class FakeEngine : public Engine {
  public:
    /// What tests keep of the engine, which itself belongs to the window.
    struct Record {
        std::vector<Command> posted;
        std::deque<Event> events;
        Manner manner = Manner::instant;
        EngineState state = EngineState::empty;
        RunConfig config;
        std::int64_t step = 0;
        std::filesystem::path folder = "/tmp/2026-11-24 glyphs";  ///< of the run that it opens next
        std::vector<std::string> class_names;                     ///< of the models that it opens
        std::string no_ema_lengths;                               ///< of these models
        bool alive = true;

        JobId last_job = 0;
        std::set<JobId> open_jobs;
        JobId training_job = 0;                 ///< of the run that is open for training; 0: none
        EngineState rest = EngineState::empty;  ///< the state when no other job is in progress

        template <class C>
        std::vector<C> all() const {
            std::vector<C> found;
            for (const Command& command : posted)
                if (const C* one = std::get_if<C>(&command)) found.push_back(*one);
            return found;
        }
        template <class E>
        void send(E event) {
            if constexpr (std::is_same_v<E, StateChanged>) state = event.state;
            events.emplace_back(std::move(event));
        }
        void set_state(EngineState next) { send(StateChanged{next}); }
        JobId begin_job();
        /// Ends a job with its one JobEnded; a job that has ended already has no other.
        void end_job(JobId job, Outcome outcome = Outcome::done, const Error& error = {});
        /// Closes the run that is open for training and ends its job.
        void end_training(bool completed = false, Outcome outcome = Outcome::done);
        void send_dataset(const DatasetConfig& dataset, JobId job = 0);
        void send_run(const RunConfig& run, std::int64_t steps_done, bool trainable = true, JobId job = 0);
        void train(int steps);
    };

    explicit FakeEngine(std::shared_ptr<Record> record) : record_(std::move(record)) {}
    ~FakeEngine() override { record_->alive = false; }

    JobId post(Command command) override {
        record_->posted.push_back(command);
        return std::visit([this](const auto& each) { return respond(each); }, command);
    }

    std::vector<Event> take_events() override {
        std::vector<Event> out(record_->events.begin(), record_->events.end());
        record_->events.clear();
        return out;
    }
    std::vector<Event> wait_events(std::chrono::milliseconds) override { return take_events(); }

  private:
    bool slow() const { return record_->manner == Manner::slow; }
    bool throwing() const { return record_->manner == Manner::throwing; }

    template <class C>
    JobId respond(const C& command) {
        if constexpr (requires { run(JobId{}, command); }) {
            const JobId job = record_->begin_job();
            if (throwing()) {
                record_->end_job(job, Outcome::failed, fake_error);
                record_->set_state(EngineState::error);
            } else {
                run(job, command);
            }
            return job;
        } else {
            obey(command);
            return 0;
        }
    }

    /// Ends a job that is not a training, and returns to the state before it.
    void finish(JobId job) {
        record_->end_job(job);
        record_->set_state(record_->rest);
    }
    /// A dataset or a model is there now.
    void leave_empty() {
        if (record_->rest == EngineState::empty) record_->rest = EngineState::idle;
    }
    void set_training(EngineState state) {
        record_->rest = state;
        record_->set_state(state);
    }
    void open_run(JobId job, const RunConfig& config, std::int64_t steps_done) {
        record_->training_job = job;
        record_->send_run(config, steps_done, true, job);
        set_training(EngineState::training);
    }
    void occupy(EngineState state) {
        if (record_->rest != EngineState::training) record_->set_state(state);
    }

    // Requests

    void run(JobId job, const LoadDataset& request) {
        occupy(EngineState::preparing);
        record_->send(JobProgress{job, 600, 1000});
        if (slow()) return;
        record_->send_dataset(request.config, job);
        leave_empty();
        finish(job);
    }
    void run(JobId job, const ForecastTraining& request) {
        TrainingForecast forecast;
        forecast.job = job;
        forecast.images_per_second = 320;
        forecast.minutes = request.config.training.minutes;
        forecast.steps = static_cast<std::int64_t>(600 * forecast.minutes);
        forecast.memory_bytes = 300'000'000;
        forecast.expectation = "In " + format_setting(forecast.minutes) +
                               " min, you can expect good samples.\nSamples are usually clear.";
        record_->send(std::move(forecast));
        record_->end_job(job);
    }
    void run(JobId job, const StartTraining& request) {
        occupy(EngineState::preparing);
        if (slow()) return;
        open_run(job, with_classes(request.config, 10), 0);
        record_->train(20);
        if (record_->manner != Manner::nan) return;
        StepMetrics broken = make_metrics(21);
        broken.loss = std::numeric_limits<double>::quiet_NaN();
        record_->send(MetricsBatch{job, {broken}});
        record_->send(Problem{job,
                              {"The training diverged", "the loss of step 21 is not a number",
                               "Lower learning_rate and continue from step 20"}});
        set_training(EngineState::diverged);
    }
    void run(JobId job, const ResumeTraining&) { open_run(job, record_->config, 500); }
    void run(JobId job, const OpenModel& request) {
        std::error_code none;
        const bool foreign = std::filesystem::exists(request.path / "model_index.json", none) ||
                             std::filesystem::exists(request.path / "config.json", none);
        record_->folder = foreign ? std::filesystem::path() : request.path;
        record_->send_run(record_->config, 2000, false, job);
        leave_empty();
        finish(job);
    }
    void run(JobId job, const Sample& request) {
        occupy(EngineState::sampling);
        if (slow()) return;
        const int count = request.request.count;
        SampleStarted start;
        start.job = job;
        start.request = request.request;
        start.timesteps = {999, 749, 499, 249, 0};
        start.model_step = record_->step;
        start.class_names = record_->class_names;
        start.model = request.model;
        start.keep_states = request.keep_states;
        for (int t = 0; t < 1000; ++t) start.alpha_bar.push_back(std::pow(std::cos(t / 1000.0 * 1.55), 2));
        record_->send(start);
        for (int i = 0; i < 5; ++i)
            record_->send(SampleFrame{job, i, start.timesteps[static_cast<std::size_t>(i)],
                                      make_images(count, 1, 28, i), make_images(count),
                                      make_images(count, 1, 28, i + 5),
                                      std::vector<StepNorms>(static_cast<std::size_t>(count),
                                                             {1, 0.6, 0.98, i == 0 ? NAN : 0.1 / i})});
        record_->send(SampleResult{job, 1.5, make_images(count), {}, 1.2, 5});
        finish(job);
    }
    void run(JobId job, const Predict& request) {
        record_->send(Computed{job, request.x_t});
        record_->end_job(job);
    }
    void run(JobId job, const Encode&) {
        record_->send(Computed{job, {}});
        record_->end_job(job);
    }
    void run(JobId job, const ConvertModel& request) {
        record_->send(ModelConverted{job, request.path});
        record_->end_job(job);
    }
    void run(JobId job, const Evaluate& request) {
        occupy(EngineState::sampling);
        record_->send(JobProgress{job, request.count / 4, request.count, "drawing samples"});
        if (slow()) return;
        record_->send(make_evaluation(job, request));
        finish(job);
    }

    // Other commands

    void obey(const Cancel& command) {
        if (!record_->open_jobs.contains(command.job)) return;
        if (command.job == record_->training_job) return record_->end_training(false, Outcome::cancelled);
        record_->end_job(command.job, Outcome::cancelled);
        record_->set_state(record_->rest);
    }
    void obey(const PauseTraining&) {
        if (!slow()) set_training(EngineState::paused);
    }
    void obey(const ContinueTraining&) { set_training(EngineState::training); }
    void obey(const StepTraining&) {
        record_->train(1);
        set_training(EngineState::paused);
    }
    void obey(const StopTraining&) {
        if (!slow()) record_->end_training();
    }
    void obey(const DiscardTraining&) {
        if (!slow()) record_->end_training();
    }
    void obey(const ChangeTraining& command) {
        if (record_->training_job == 0) return;
        const RunConfig before = record_->config;
        record_->config = with_live_settings(before, command.config);
        record_->send(RunChanged{record_->training_job, record_->config,
                                 changes_between(before, record_->config, record_->step)});
    }
    void obey(const SaveCheckpoint&) {
        record_->send(CheckpointSaved{record_->training_job, "/tmp/run/checkpoints/00000020.safetensors",
                                      record_->step});
    }

    std::shared_ptr<Record> record_;
};

inline JobId FakeEngine::Record::begin_job() {
    open_jobs.insert(++last_job);
    return last_job;
}

inline void FakeEngine::Record::end_job(JobId job, Outcome outcome, const Error& error) {
    if (open_jobs.erase(job) > 0) send(JobEnded{job, outcome, error});
}

inline void FakeEngine::Record::end_training(bool completed, Outcome outcome) {
    send(TrainingEnded{training_job, "/tmp/run", step, completed});
    end_job(std::exchange(training_job, 0), outcome);
    rest = EngineState::idle;
    set_state(rest);
}

inline void FakeEngine::Record::send_dataset(const DatasetConfig& dataset, JobId job) {
    DatasetReady ready;
    ready.job = job;
    ready.config = dataset;
    ready.name = dataset.dataset == "glyphs" ? "Glyphs" : "MNIST";
    ready.count = 20000;
    ready.channels = 1;
    ready.height = ready.width = 28;
    for (int i = 0; i < 10; ++i) {
        ready.class_names.push_back(std::to_string(i));
        ready.class_counts.push_back(2000);
    }
    ready.fingerprint = "0123456789abcdef";
    ready.thumbnails = make_images(24);
    send(ready);
}

inline void FakeEngine::Record::send_run(const RunConfig& run, std::int64_t steps_done, bool trainable,
                                         JobId job) {
    config = run;
    step = steps_done;
    RunOpened opened;
    opened.job = job;
    opened.folder = folder;
    opened.config = run;
    opened.channels = 1;
    opened.height = opened.width = 28;
    opened.parts = describe_unet(run.unet, opened.channels, opened.height, opened.width);
    opened.class_names = class_names;
    opened.no_ema_lengths = no_ema_lengths;
    opened.step = steps_done;
    opened.trainable = trainable;
    if (trainable) {
        opened.training_images = 19000;
        opened.held_out_images = 1000;
    }
    for (std::int64_t s = 1; s <= steps_done; s += 5) opened.history.push_back(make_metrics(s));
    send(opened);
}

inline void FakeEngine::Record::train(int steps) {
    MetricsBatch batch{training_job, {}};
    for (int i = 0; i < steps; ++i) batch.steps.push_back(make_metrics(++step));
    send(batch);
    TimestepLosses losses{training_job, {}};
    for (int i = 0; i < 20; ++i) losses.bins.push_back(0.4 / (1 + i) + 0.01);
    send(losses);
    send(TrainingProgress{training_job, step, 2000, static_cast<double>(step) / 2000, 125, 104, 412 << 20});
    send(PreviewReady{training_job, step, make_images(16, 1, 28, static_cast<int>(step % 7))});
}

}  // namespace denoise::testing
