#include "app/cli/run_options.h"

#include "app/cli/dataset_name.h"
#include "app/cli/number_checks.h"
#include "app/cli/path_option.h"
#include "app/cli/saved_schedule.h"
#include "app/cli/set_option.h"

namespace denoise::cli {

std::string settings_help() {
    std::string text =
        "Settings for --set KEY=VALUE, with the values of the preset \"quick\":\n" +
        list_settings(run_settings(), find_preset("quick").config) +
        "\nschedule=NAME also takes the name of a schedule that was saved on the Noise page of "
        "the window.\n\nPresets:\n";
    for (const Preset& preset : presets()) text += "  " + preset.name + ": " + preset.help + "\n";
    return text;
}

RunConfig config_of(const RunOptions& options) {
    if (options.dataset.empty())
        throw Error{"Cannot train without a dataset", "--dataset is missing",
                    "Give a folder, a file or glyphs, or a run with --resume"};
    RunConfig config = find_preset(options.preset).config;
    config.dataset.dataset = dataset_path(options.dataset);
    if (options.batch > 0) set_from_text(config, "batch_size", std::to_string(options.batch));
    if (options.parts > 0) set_from_text(config, "batch_parts", std::to_string(options.parts));
    if (options.seed) set_from_text(config, "seed", std::to_string(*options.seed));
    apply_settings(config, run_settings(), with_saved_schedules(options.settings), "base_width=64");
    // Last, because --steps and --minutes replace a budget that was given with --set.
    if (options.steps > 0) set_from_text(config, "steps", std::to_string(options.steps));
    if (options.minutes > 0) {
        config.training.steps = 0;
        set_from_text(config, "minutes", format_setting(options.minutes));
    }
    return config;
}

void add_budget_options(CLI::App& command, std::int64_t& steps, double& minutes) {
    auto* option = command.add_option("--steps", steps, "Budget in steps")
                       ->type_name("N")
                       ->check(positive<std::int64_t>());
    command.add_option("--minutes", minutes, "Budget in minutes")
        ->type_name("M")
        ->check(positive<double>())
        ->excludes(option);
}

CLI::Option* add_run_options(CLI::App& command, RunOptions& options, const std::string& resume_help) {
    auto* resume = add_path(command, "--resume", options.resume, resume_help)->type_name("RUN");
    add_path(command, "--dataset", options.dataset, find_setting(dataset_settings(), "dataset").info.help)
        ->type_name("PATH|glyphs")
        ->excludes(resume);
    add_budget_options(command, options.steps, options.minutes);
    command.add_option("--preset", options.preset, "Preset from which the settings start: " + preset_names())
        ->type_name("NAME")
        ->capture_default_str()
        ->excludes(resume);
    command.add_option("--batch", options.batch, "Images per step; with --resume, of the following steps")
        ->type_name("B")
        ->check(positive<int>());
    command
        .add_option("--batch-parts", options.parts,
                    "Parts of the batch, which are computed one after the other and need less memory")
        ->type_name("P")
        ->check(positive<int>());
    command.add_option("--seed", options.seed, "The same seed gives the same run")
        ->type_name("S")
        ->check(whole_number())
        ->excludes(resume);
    command.add_option("--set", options.settings, "Any other setting, see below; can be given several times")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->excludes(resume);
    return resume;
}

}  // namespace denoise::cli
