#include <memory>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/group.h"
#include "app/cli/interrupt.h"
#include "app/cli/json_output.h"
#include "app/cli/output_check.h"
#include "app/cli/path_option.h"
#include "app/cli/run_options.h"
#include "app/cli/train_report.h"
#include "engine/runs/run_list.h"
#include "engine/session/group_member.h"

namespace denoise::cli {
namespace {

struct TrainOptions {
    RunOptions run;
    std::string out, data;
    int threads = 0;
    ComputeDevice device = ComputeDevice::automatic;
    bool as_json = false;
};

Command request_of(const TrainOptions& options) {
    const RunOptions& run = options.run;
    if (!run.resume.empty())
        return ResumeTraining{.folder = run.resume,
                              .steps = run.steps,
                              .minutes = run.minutes,
                              .dataset = options.data,
                              .batch_size = run.batch,
                              .batch_parts = run.parts};
    RunConfig config = config_of(run);
    if (options.threads > 0) set_from_text(config, "threads", std::to_string(options.threads));
    if (options.device != ComputeDevice::automatic) config.training.device = options.device;
    if (options.out.empty())
        check_run_folder(default_runs_folder() / "run");
    else
        check_run_folder(options.out);
    return StartTraining{std::move(config), options.out};
}

/// Loads the dataset and shows what can be expected of the training.
void show_forecast(Engine& engine, const RunConfig& config, const EventHandler& handler) {
    ForecastTraining asked{.config = config};
    run_job(engine, LoadDataset{config.dataset}, [&](const Event& event) {
        handler(event);
        const auto* set = std::get_if<DatasetReady>(&event);
        if (set)
            asked = {config, set->count, set->channels, set->height, set->width, set->class_names.size()};
    });
    run_job(engine, asked, handler);
}

void train(const TrainOptions& options, Communicator& group) {
    const int threads = threads_in_group(group, options.threads);
    if (group.rank() > 0) return train_for_first(group, {threads, interrupted});
    const GroupLeader leader(group);
    const Command request = request_of(options);
    TrainReport report(options.as_json);
    const auto engine = engine_for_command(threads, group.size() > 1 ? &group : nullptr, options.device);
    const EventHandler handler = [&](const Event& event) { report(event); };
    const auto* start = std::get_if<StartTraining>(&request);
    if (start && group.size() == 1) show_forecast(*engine, start->config, handler);
    run_job(*engine, request, handler);
}

}  // namespace

void add_train(CLI::App& app, Communicator& group) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* command = app.add_subcommand("train", "Train a model on images, or resume a run.");
    auto* resume = add_run_options(*command, options->run,
                                   "Resume this run from its newest checkpoint, with its settings; --steps "
                                   "or --minutes give it another budget, --batch and --batch-parts another "
                                   "batch");
    add_path(*command, "--data", options->data,
             "Where the dataset of the run to resume is now, if it has moved and is not found; it is said if "
             "its images differ")
        ->needs(resume);
    add_path(*command, "-o,--out", options->out, "Folder of the new run (default: one in the runs folder)")
        ->type_name("RUN")
        ->excludes(resume);
    add_threads_option(*command, options->threads);
    add_device_option(*command, options->device);
    command->add_flag(
        "--json", options->as_json,
        "Print one JSON object per line, with the key \"event\": dataset, skipped, forecast, run, step, "
        "checkpoint, notice, problem, end" +
            std::string(json_error_help));
    command->footer(settings_help());
    command->callback([options, &group] { train(*options, group); });
}

}  // namespace denoise::cli
