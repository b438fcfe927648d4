#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

struct TrainOptions {
    std::string dataset, out, preset = "quick", resume;
    std::int64_t steps = 0;
    double minutes = 0;
    int batch = 0, threads = 0;
    std::optional<std::int64_t> seed;
    std::vector<std::string> settings;
    bool as_json = false;
};

/// All settings that --set knows, from the same table as the window's form.
std::string settings_help() {
    std::string text = "Settings for --set KEY=VALUE, with the values of the preset \"quick\":\n";
    const RunConfig& defaults = find_preset("quick").config;
    for (const Setting<RunConfig>& setting : run_settings()) {
        if (setting.info.key == "dataset") continue;
        text += "  " + setting.info.key + "=" + format_setting(setting.get(defaults)) + "\n      " +
                setting.info.help + " (" + describe_range(setting.info) + ")\n";
    }
    text += "\nPresets:\n";
    for (const Preset& preset : presets()) text += "  " + preset.name + ": " + preset.help + "\n";
    return text;
}

RunConfig config_of(const TrainOptions& options) {
    RunConfig config = find_preset(options.preset).config;
    if (options.dataset.empty())
        throw Error{"There is nothing to train on", "--dataset is missing",
                    "Name a folder, IDX files or glyphs, or --resume a run"};
    config.dataset.dataset = options.dataset;
    if (options.batch > 0) set_from_text(config, "batch_size", std::to_string(options.batch));
    if (options.threads > 0) set_from_text(config, "threads", std::to_string(options.threads));
    if (options.seed) set_from_text(config, "seed", std::to_string(*options.seed));
    for (const std::string& setting : options.settings) {
        const std::size_t equals = setting.find('=');
        if (equals == std::string::npos)
            throw Error{"Cannot read --set " + setting, "there is no = in it",
                        "Write it as KEY=VALUE, such as --set base_width=64"};
        set_from_text(config, setting.substr(0, equals), setting.substr(equals + 1));
    }
    // Named options last: the one that was given decides the budget.
    if (options.steps > 0) set_from_text(config, "steps", std::to_string(options.steps));
    if (options.minutes > 0) {
        config.training.steps = 0;
        set_from_text(config, "minutes", format_setting(options.minutes));
    }
    return config;
}

/// Tells a person, or with --json a script, what the engine reports.
class Reporter {
  public:
    explicit Reporter(bool as_json) : as_json_(as_json) {}

    bool operator()(const Event& event) {
        return std::visit([this](const auto& e) { return on(e); }, event);
    }
    const std::optional<TrainingEnded>& ended() const { return ended_; }

  private:
    template <class Other>
    bool on(const Other&) {
        return true;
    }
    bool on(const LoadingProgress& e) {
        if (!as_json_)
            line_.show(e.total > 0 ? static_cast<double>(e.done) / static_cast<double>(e.total) : -1,
                       "reading images " + std::to_string(e.done));
        return true;
    }
    bool on(const DatasetReady& e) {
        const json object = {{"event", "dataset"},
                             {"name", e.name},
                             {"images", e.count},
                             {"channels", e.channels},
                             {"height", e.height},
                             {"width", e.width},
                             {"classes", e.class_names.size()},
                             {"skipped", e.skipped.size()}};
        tell(object, e.name + ": " + std::to_string(e.count) + " images of " + std::to_string(e.width) +
                         " x " + std::to_string(e.height) + (e.channels == 1 ? ", grey" : ", colour"));
        for (const SkippedFile& file : e.skipped)
            tell({{"event", "skipped"}, {"file", file.path.string()}, {"why", file.why}},
                 "skipped " + file.path.string() + ": " + file.why);
        return true;
    }
    bool on(const RunOpened& e) {
        folder_ = e.folder.string();
        tell({{"event", "run"},
              {"folder", folder_},
              {"step", e.step},
              {"parameters", parameter_count(e.parts)}},
             (e.step > 0 ? "Going on from step " + std::to_string(e.step) + " of " : "Training ") + folder_ +
                 ", " + std::to_string(parameter_count(e.parts)) + " parameters");
        return true;
    }
    bool on(const MetricsBatch& e) {
        for (const StepMetrics& m : e.steps) {
            loss_ = loss_ == 0 ? m.loss : 0.95 * loss_ + 0.05 * m.loss;
            if (as_json_)
                print({{"event", "step"},
                       {"step", m.step},
                       {"loss", m.loss},
                       {"gradient_norm", m.gradient_norm},
                       {"learning_rate", m.learning_rate},
                       {"seconds", m.seconds}});
        }
        return true;
    }
    bool on(const TrainingProgress& e) {
        if (as_json_) return true;
        char text[200];
        std::snprintf(text, sizeof text, "step %lld%s%s  loss %.4f  %.0f images/s  %s left  %lld MB",
                      static_cast<long long>(e.step), e.total_steps > 0 ? " of " : "",
                      e.total_steps > 0 ? std::to_string(e.total_steps).c_str() : "", loss_,
                      e.images_per_second, clock_text(e.remaining_seconds).c_str(),
                      static_cast<long long>(e.memory_bytes >> 20));
        line_.show(e.fraction, text);
        return true;
    }
    bool on(const CheckpointSaved& e) {
        if (as_json_) print({{"event", "checkpoint"}, {"step", e.step}, {"file", e.path.string()}});
        return true;
    }
    bool on(const Notice& e) {
        tell({{"event", "notice"}, {"text", e.text}}, e.text);
        return true;
    }
    bool on(const TrainingEnded& e) {
        ended_ = e;
        tell({{"event", "end"}, {"step", e.step}, {"folder", e.folder.string()}, {"completed", e.completed}},
             (e.completed ? "Done: " : "Stopped at: ") + std::to_string(e.step) + " steps in " +
                 e.folder.string());
        return false;
    }

    void print(const json& object) {
        std::printf("%s\n", object.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
        std::fflush(stdout);
    }
    void tell(const json& object, const std::string& text) {
        if (as_json_)
            print(object);
        else
            line_.say(text);
    }

    bool as_json_;
    ProgressLine line_;
    std::string folder_;
    double loss_ = 0;
    std::optional<TrainingEnded> ended_;
};

int train(const TrainOptions& options) {
    Command command;
    if (!options.resume.empty()) {
        if (!options.settings.empty() || options.batch > 0 || options.seed)
            throw Error{"Cannot change the settings of a run that is resumed",
                        "only --steps or --minutes can be given with --resume",
                        "Start a new run for other settings"};
        command = ResumeTraining{options.resume, options.steps, options.minutes};
    } else {
        command = StartTraining{config_of(options), options.out};
    }
    const InterruptFlag interrupt;
    const auto engine = engine_for_command(options.threads);
    Reporter report(options.as_json);
    engine->post(command);
    bool stopping = false;
    follow(
        *engine, [&](const Event& event) { return report(event); },
        [&] {
            if (!interrupt.raised() || stopping) return;
            stopping = true;
            engine->post(CancelLoading{});
            engine->post(StopTraining{});
        });
    if (report.ended() && report.ended()->completed) return 0;
    if (!options.as_json)
        std::printf("Go on with: denoise-lab-cli train --resume '%s'\n", report.ended()->folder.c_str());
    return 130;
}

}  // namespace

void add_train(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* command = app.add_subcommand("train", "Train a model on images, or go on with a run.");
    command
        ->add_option("--dataset", options->dataset,
                     "A folder of pictures, a folder with MNIST's (IDX) or CIFAR's (binary) files, one such "
                     "file, or: glyphs")
        ->type_name("PATH|glyphs");
    command->add_option("--out", options->out, "Folder of the new run (default: one in the runs folder)")
        ->type_name("RUN");
    command->add_option("--preset", options->preset, "Starting point of the settings: " + preset_names())
        ->type_name("NAME")
        ->capture_default_str();
    auto* steps = command->add_option("--steps", options->steps, "Budget in steps")
                      ->type_name("N")
                      ->check(CLI::PositiveNumber);
    command->add_option("--minutes", options->minutes, "Budget in minutes")
        ->type_name("M")
        ->check(CLI::PositiveNumber)
        ->excludes(steps);
    command->add_option("--batch", options->batch, "Images per step")
        ->type_name("B")
        ->check(CLI::PositiveNumber);
    add_threads_option(*command, options->threads);
    command->add_option("--seed", options->seed, "The same seed gives the same run")->type_name("S");
    command
        ->add_option("--set", options->settings, "Any other setting, see below; may be given several times")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    command->add_option("--resume", options->resume, "Go on with this run, from its newest checkpoint")
        ->type_name("RUN");
    command->add_flag("--json", options->as_json,
                      "One JSON object per line: dataset, run, step, checkpoint, end");
    command->footer(settings_help());
    command->callback([options, &exit_code] { exit_code = train(*options); });
}

}  // namespace denoise::cli
