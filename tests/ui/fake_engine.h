#pragma once

// An engine that computes nothing and plays believable events, for tests of the window.

#include <cmath>
#include <deque>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/session/engine.h"

namespace denoise::testing {

/// How it answers a command.
enum class Manner {
    instant,   ///< at once and successfully
    slow,      ///< takes the command and stays in the state that it leads to first ("preparing", "pausing")
    throwing,  ///< with Failed
    nan,       ///< trains a few steps, then diverges
};

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

/// What a decent model of small digits gets.
inline EvaluationEnded make_evaluation(const Evaluate& command) {
    EvaluationEnded ended;
    ended.metric = command.metric;
    ended.images = command.count;
    if (command.metric == Metric::bits_per_dim) {
        ended.prior_bits_per_dim = 0.0004;
        for (int t = 0; t < 1000; ++t) {
            ended.terms.push_back(t == 0 ? 1.2 : 0.03 / (1 + t / 3.0) + 2e-5);
            ended.mse.push_back(0.9 / (1 + t / 20.0) + 0.002);
        }
        ended.total_bits_per_dim = ended.prior_bits_per_dim;
        for (const double term : ended.terms) ended.total_bits_per_dim += term;
        return ended;
    }
    ended.feature_space = "64 features of a classifier of Glyphs (98.7 % right)";
    ended.reference_images = 20000;
    ended.class_accuracy = 0.953;
    ended.sampling_seconds = 75;
    ended.frechet_distance = command.metric == Metric::frechet ? 12.34 : 0;
    ended.frechet_floor = 1.25;
    if (command.metric == Metric::precision_recall) {
        ended.precision = 0.812;
        ended.recall = 0.64;
    }
    if (command.metric == Metric::frechet && command.count < 2048)
        ended.caution = "Fewer samples than 2,048: the distance is too large by an unknown amount";
    if (command.metric == Metric::nearest) {
        ended.samples = make_images(static_cast<int>(command.count));
        ended.neighbours = make_images(static_cast<int>(command.count), 1, 28, 1);
        for (std::int64_t i = 0; i < command.count; ++i) {
            ended.nearest.push_back(100 * i + 7);
            ended.nearest_distance.push_back(3 + std::sin(static_cast<double>(i)));
        }
    }
    return ended;
}

class FakeEngine : public Engine {
  public:
    /// What the window keeps of it: the engine itself belongs to the window.
    struct Record {
        std::vector<Command> posted;
        std::deque<Event> events;
        Manner manner = Manner::instant;
        EngineState state = EngineState::empty;
        RunConfig config;
        std::int64_t step = 0;
        std::filesystem::path folder = "/tmp/2026-11-24 glyphs";  ///< of the run that it opens next
        std::vector<std::string> class_names;                     ///< of the models that it opens
        bool alive = true;

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
        void send_dataset(const DatasetConfig& dataset);
        void send_run(const RunConfig& run, std::int64_t steps_done, bool trainable = true);
        void train(int steps);
    };

    explicit FakeEngine(std::shared_ptr<Record> record) : record_(std::move(record)) {}
    ~FakeEngine() override { record_->alive = false; }

    void post(Command command) override {
        record_->posted.push_back(command);
        if (record_->manner == Manner::throwing && !std::holds_alternative<CancelLoading>(command)) {
            record_->send(Failed{
                {"Cannot do it", "/data/x.gz: the gzip stream ends early", "Download the file again"}});
            record_->set_state(EngineState::error);
            return;
        }
        std::visit([this](const auto& each) { answer(each); }, command);
    }

    std::vector<Event> take_events() override {
        std::vector<Event> out(record_->events.begin(), record_->events.end());
        record_->events.clear();
        return out;
    }
    std::vector<Event> wait_events(std::chrono::milliseconds) override { return take_events(); }

  private:
    bool slow() const { return record_->manner == Manner::slow; }

    void answer(const LoadDataset& command) {
        record_->set_state(EngineState::preparing);
        record_->send(LoadingProgress{600, 1000});
        if (slow()) return;
        record_->send_dataset(command.config);
        record_->set_state(EngineState::idle);
    }
    void answer(const CancelLoading&) { record_->set_state(EngineState::empty); }
    void answer(const StartTraining& command) {
        record_->set_state(EngineState::preparing);
        if (slow()) return;
        record_->send_run(command.config, 0);
        record_->set_state(EngineState::training);
        record_->train(20);
        if (record_->manner == Manner::nan) {
            StepMetrics broken = make_metrics(21);
            broken.loss = std::numeric_limits<double>::quiet_NaN();
            record_->send(MetricsBatch{{broken}});
            record_->send(Failed{{"The training diverged", "the loss of step 21 is not a number",
                                  "Lower learning_rate and go on from step 20"}});
            record_->set_state(EngineState::diverged);
        }
    }
    void answer(const ResumeTraining&) {
        record_->send_run(record_->config, 500);
        record_->set_state(EngineState::training);
    }
    void answer(const PauseTraining&) {
        record_->set_state(slow() ? EngineState::pausing : EngineState::paused);
    }
    void answer(const ContinueTraining&) { record_->set_state(EngineState::training); }
    void answer(const StepTraining&) {
        record_->train(1);
        record_->set_state(EngineState::paused);
    }
    void answer(const StopTraining&) {
        if (slow()) return;
        record_->send(TrainingEnded{"/tmp/run", record_->step, false});
        record_->set_state(EngineState::idle);
    }
    void answer(const DiscardTraining&) { answer(StopTraining{}); }
    void answer(const SaveCheckpoint&) {
        record_->send(CheckpointSaved{"/tmp/run/checkpoints/00000020.safetensors", record_->step});
    }
    void answer(const OpenModel& command) {
        std::error_code none;
        const bool foreign = std::filesystem::exists(command.path / "model_index.json", none) ||
                             std::filesystem::exists(command.path / "config.json", none);
        record_->folder = foreign ? std::filesystem::path() : command.path;
        record_->send_run(record_->config, 2000, false);
        record_->set_state(EngineState::idle);
    }
    void answer(const Sample& command) {
        SampleStarted start{1, command.request, {999, 749, 499, 249, 0}, {}, record_->step};
        for (int t = 0; t < 1000; ++t) start.alpha_bar.push_back(std::pow(std::cos(t / 1000.0 * 1.55), 2));
        record_->send(start);
        for (int i = 0; i < 5; ++i)
            record_->send(SampleFrame{1, i, start.timesteps[static_cast<std::size_t>(i)],
                                      make_images(command.request.count, 1, 28, i),
                                      make_images(command.request.count)});
        record_->send(SampleEnded{1, false, 1.5, make_images(command.request.count)});
    }
    void answer(const CancelSampling&) {}
    void answer(const Predict& command) { record_->send(Computed{command.x_t}); }
    void answer(const Encode&) { record_->send(Computed{}); }
    void answer(const ConvertModel& command) { record_->send(ModelConverted{command.path}); }
    void answer(const Evaluate& command) {
        record_->set_state(EngineState::sampling);
        record_->send(EvaluationProgress{command.count / 4, command.count, "drawing samples"});
        if (slow()) return;
        record_->send(make_evaluation(command));
        record_->set_state(EngineState::idle);
    }
    void answer(const CancelEvaluation&) {
        EvaluationEnded ended;
        ended.cancelled = true;
        record_->send(ended);
        record_->set_state(EngineState::idle);
    }

    std::shared_ptr<Record> record_;
};

inline void FakeEngine::Record::send_dataset(const DatasetConfig& dataset) {
    DatasetReady ready;
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

inline void FakeEngine::Record::send_run(const RunConfig& run, std::int64_t steps_done, bool trainable) {
    config = run;
    step = steps_done;
    RunOpened opened;
    opened.folder = folder;
    opened.config = run;
    opened.channels = 1;
    opened.height = opened.width = 28;
    opened.parts = describe_unet(run.unet, opened.channels, opened.height, opened.width);
    opened.class_names = class_names;
    opened.step = steps_done;
    opened.trainable = trainable;
    for (std::int64_t s = 1; s <= steps_done; s += 5) opened.history.push_back(make_metrics(s));
    send(opened);
}

inline void FakeEngine::Record::train(int steps) {
    MetricsBatch batch;
    for (int i = 0; i < steps; ++i) batch.steps.push_back(make_metrics(++step));
    send(batch);
    TimestepLosses bins;
    for (int i = 0; i < 20; ++i) bins.bins.push_back(0.4 / (1 + i) + 0.01);
    send(bins);
    send(TrainingProgress{step, 2000, static_cast<double>(step) / 2000, 125, 104, 412 << 20});
    send(PreviewReady{step, make_images(16, 1, 28, static_cast<int>(step % 7))});
}

}  // namespace denoise::testing
