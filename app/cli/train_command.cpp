#include <memory>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/json_output.h"
#include "app/cli/number_checks.h"
#include "app/cli/output_check.h"
#include "app/cli/path_option.h"
#include "app/cli/train_report.h"
#include "engine/runs/run_list.h"

namespace denoise::cli {
namespace {

struct TrainOptions {
    std::string dataset, out, preset = "quick", resume;
    std::int64_t steps = 0;
    double minutes = 0;
    int batch = 0, threads = 0;
    std::optional<std::int64_t> seed;
    std::vector<std::string> settings;
    bool as_json = false;
};

/// All settings for --set, from the same table as the form in the window.
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

/// Applies one KEY=VALUE of --set.
void apply_setting(RunConfig& config, const std::string& setting) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos)
        throw Error{"Cannot read --set " + setting,
                    "it does not contain a =", "Write it as KEY=VALUE, such as --set base_width=64"};
    set_from_text(config, setting.substr(0, equals), setting.substr(equals + 1));
}

RunConfig config_of(const TrainOptions& options) {
    if (options.dataset.empty())
        throw Error{"Cannot train without a dataset", "--dataset is missing",
                    "Give a folder, a file or glyphs, or a run to continue with --resume"};
    RunConfig config = find_preset(options.preset).config;
    config.dataset.dataset = options.dataset;
    if (options.batch > 0) set_from_text(config, "batch_size", std::to_string(options.batch));
    if (options.threads > 0) set_from_text(config, "threads", std::to_string(options.threads));
    if (options.seed) set_from_text(config, "seed", std::to_string(*options.seed));
    for (const std::string& setting : options.settings) apply_setting(config, setting);
    // Last, because --steps and --minutes replace a budget that was given with --set.
    if (options.steps > 0) set_from_text(config, "steps", std::to_string(options.steps));
    if (options.minutes > 0) {
        config.training.steps = 0;
        set_from_text(config, "minutes", format_setting(options.minutes));
    }
    return config;
}

Command request_of(const TrainOptions& options) {
    if (!options.resume.empty()) return ResumeTraining{options.resume, options.steps, options.minutes};
    RunConfig config = config_of(options);
    if (options.out.empty())
        check_run_folder(default_runs_folder() / "run");
    else
        check_run_folder(options.out);
    return StartTraining{std::move(config), options.out};
}

void train(const TrainOptions& options) {
    const Command request = request_of(options);
    TrainReport report(options.as_json);
    const auto engine = engine_for_command(options.threads);
    run_job(*engine, request, [&](const Event& event) { report(event); });
}

/// Options of a new run, which exclude --resume.
void add_setting_options(CLI::App& command, TrainOptions& options, CLI::Option* resume) {
    command.add_option("--preset", options.preset, "Preset from which the settings start: " + preset_names())
        ->type_name("NAME")
        ->capture_default_str()
        ->excludes(resume);
    command.add_option("--batch", options.batch, "Images per step")
        ->type_name("B")
        ->check(positive<int>())
        ->excludes(resume);
    command.add_option("--seed", options.seed, "The same seed gives the same run")
        ->type_name("S")
        ->check(whole_number())
        ->excludes(resume);
    command.add_option("--set", options.settings, "Any other setting, see below; can be given several times")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->excludes(resume);
}

void add_budget_options(CLI::App& command, TrainOptions& options) {
    auto* steps = command.add_option("--steps", options.steps, "Budget in steps")
                      ->type_name("N")
                      ->check(positive<std::int64_t>());
    command.add_option("--minutes", options.minutes, "Budget in minutes")
        ->type_name("M")
        ->check(positive<double>())
        ->excludes(steps);
}

}  // namespace

void add_train(CLI::App& app) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* command = app.add_subcommand("train", "Train a model on images, or resume a run.");
    auto* resume = add_path(*command, "--resume", options->resume,
                            "Continue this run from its newest checkpoint, with its settings; --steps or "
                            "--minutes give it another budget")
                       ->type_name("RUN");
    add_path(*command, "--dataset", options->dataset, find_setting(dataset_settings(), "dataset").info.help)
        ->type_name("PATH|glyphs")
        ->excludes(resume);
    add_path(*command, "-o,--out", options->out, "Folder of the new run (default: one in the runs folder)")
        ->type_name("RUN")
        ->excludes(resume);
    add_budget_options(*command, *options);
    add_setting_options(*command, *options, resume);
    add_threads_option(*command, options->threads);
    command->add_flag("--json", options->as_json,
                      "Print one JSON object per line, with the key \"event\": dataset, skipped, run, step, "
                      "checkpoint, notice, problem, end" +
                          std::string(json_error_help));
    command->footer(settings_help());
    command->callback([options] { train(*options); });
}

}  // namespace denoise::cli
