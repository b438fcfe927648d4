#include "engine/session/logged_engine.h"

#include <map>
#include <mutex>

#include "engine/base/crash_note.h"
#include "engine/base/elapsed.h"
#include "engine/base/log.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

std::string in_quotes(const std::filesystem::path& path) {
    std::string text = "\"";
    return text.append(path.string()).append("\"");
}

std::string seconds_text(double seconds) {
    char text[40];
    std::snprintf(text, sizeof text, "%.2f s", seconds);
    return text;
}

// ------------------------------------------------------------------ commands, in a few words

std::string words(const LoadDataset& request) {
    return "load the dataset " + in_quotes(request.config.dataset);
}
std::string words(const StartTraining& request) {
    return "train on " + in_quotes(request.config.dataset.dataset) +
           (request.folder.empty() ? "" : " in " + in_quotes(request.folder));
}
std::string words(const ResumeTraining& request) {
    return "resume " + in_quotes(request.folder);
}
std::string words(const OpenModel& request) {
    return "open " + in_quotes(request.path);
}
std::string words(const Sample& request) {
    return "sample " + std::to_string(request.request.count) + " images with " + request.request.sampler +
           ", " + std::to_string(request.request.steps) + " steps" +
           (request.model.empty() ? "" : " from " + in_quotes(request.model));
}
std::string words(const ConvertModel& request) {
    return std::string("export the model as ") + name_of(request.format) + " to " + in_quotes(request.path);
}
std::string words(const Evaluate& request) {
    return std::string("evaluate ") + name_of(request.metric) + " with " + in_quotes(request.dataset.dataset);
}
std::string words(const Cancel& command) {
    return "cancel job " + std::to_string(command.job);
}
std::string words(const ForecastTraining&) {
    return {};  // after each change in the form
}
std::string words(const Predict&) {
    return "evaluate the network";
}
std::string words(const Encode&) {
    return "encode images";
}
std::string words(const PauseTraining&) {
    return "pause the training";
}
std::string words(const ContinueTraining&) {
    return "resume the training";
}
std::string words(const StepTraining&) {
    return "do one step";
}
std::string words(const StopTraining&) {
    return "stop the training";
}
std::string words(const DiscardTraining&) {
    return "close the run without saving";
}
std::string words(const SaveCheckpoint&) {
    return "save a checkpoint";
}
std::string words(const ChangeTraining&) {
    return "change the settings of the training";
}

// ------------------------------------------------------------------ the engine

class LoggedEngine : public Engine {
  public:
    explicit LoggedEngine(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
    ~LoggedEngine() override {
        log(LogLevel::info, "the engine ends");
        engine_.reset();
        log(LogLevel::info, "the engine has ended");
    }

    JobId post(Command command) override {
        const std::string text = std::visit([](const auto& each) { return words(each); }, command);
        const Clock::time_point now = Clock::now();
        const JobId id = engine_->post(std::move(command));
        if (text.empty()) return id;
        if (id != 0) {
            const std::lock_guard lock(mutex_);
            begun_[id] = now;
        }
        log(LogLevel::info, job_text(id) + text);
        return id;
    }

    std::vector<Event> take_events() override { return noted(engine_->take_events()); }
    std::vector<Event> wait_events(std::chrono::milliseconds timeout) override {
        return noted(engine_->wait_events(timeout));
    }

  private:
    static std::string job_text(JobId id) { return id == 0 ? "" : "job " + std::to_string(id) + ": "; }

    std::vector<Event> noted(std::vector<Event> events) {
        for (const Event& event : events) std::visit([this](const auto& each) { on(each); }, event);
        return events;
    }

    template <class Other>
    void on(const Other&) {}
    void on(const MetricsBatch& event) {
        if (!event.steps.empty()) note_step(event.steps.back().step);
    }
    void on(const StateChanged& event) {
        log(LogLevel::debug, std::string("state: ") + name_of(event.state));
    }
    void on(const Problem& event) { log(LogLevel::warning, job_text(event.job) + one_line(event.error)); }
    void on(const Notice& event) { log(LogLevel::info, job_text(event.job) + event.text); }
    void on(const DatasetReady& event) {
        log(LogLevel::info, job_text(event.job) + "dataset " + event.name + ", " +
                                std::to_string(event.count) + " images of " + std::to_string(event.width) +
                                " x " + std::to_string(event.height));
    }
    void on(const RunOpened& event) {
        log(LogLevel::info, job_text(event.job) + (event.trainable ? "run " : "model ") +
                                in_quotes(event.folder) + " at step " + std::to_string(event.step) +
                                (event.execution.empty() ? "" : ", " + event.execution));
        if (event.trainable) note_run(event.folder);
    }
    void on(const RunChanged& event) {
        for (const SettingChange& change : event.changes)
            log(LogLevel::info, job_text(event.job) + describe(change));
    }
    void on(const CheckpointSaved& event) {
        log(LogLevel::info, job_text(event.job) + "checkpoint " + in_quotes(event.path));
    }
    void on(const TrainingProgress& event) {
        log(LogLevel::debug, job_text(event.job) + "step " + std::to_string(event.step) + ", " +
                                 std::to_string(static_cast<std::int64_t>(event.images_per_second)) +
                                 " images/s, " + std::to_string(event.memory_bytes >> 20) + " MB");
    }
    void on(const TrainingEnded& event) {
        log(LogLevel::info, job_text(event.job) +
                                (event.completed ? "training finished" : "training stopped") + " at step " +
                                std::to_string(event.step));
        note_run({});
    }
    void on(const SampleResult& event) {
        log(LogLevel::info, job_text(event.job) + std::to_string(event.images.count) + " images sampled in " +
                                seconds_text(event.seconds));
    }
    void on(const ModelConverted& event) {
        log(LogLevel::info, job_text(event.job) + "exported " + in_quotes(event.path));
    }
    void on(const JobEnded& event) {
        double seconds = -1;
        {
            const std::lock_guard lock(mutex_);
            const auto begun = begun_.find(event.job);
            if (begun == begun_.end() && event.outcome != Outcome::failed) return;
            if (begun != begun_.end()) seconds = seconds_since(begun->second);
            begun_.erase(event.job);
        }
        const std::string after = seconds < 0 ? "" : " after " + seconds_text(seconds);
        if (event.outcome == Outcome::failed)
            log(LogLevel::error, job_text(event.job) + "failed" + after + ": " + one_line(event.error));
        else
            log(LogLevel::info,
                job_text(event.job) + (event.outcome == Outcome::done ? "done" : "cancelled") + after);
    }

    std::unique_ptr<Engine> engine_;
    std::mutex mutex_;
    std::map<JobId, Clock::time_point> begun_;
};

}  // namespace

std::unique_ptr<Engine> with_log(std::unique_ptr<Engine> engine) {
    return std::make_unique<LoggedEngine>(std::move(engine));
}

}  // namespace denoise
