#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/engine_client.h"
#include "app/cli/json_output.h"
#include "app/cli/number_checks.h"
#include "app/cli/queue_run.h"
#include "app/cli/queue_text.h"
#include "app/cli/run_options.h"
#include "engine/base/memory.h"
#include "engine/runs/disk_estimate.h"
#include "engine/runs/queued_runs.h"
#include "engine/runs/run_list.h"

namespace denoise::cli {
namespace {

using nlohmann::json;

// ------------------------------------------------------------------ list

json run_json(const QueuedRun& run) {
    const TrainingConfig& training = run.config.training;
    return {{"id", run.id},
            {"name", run.name},
            {"state", name_of(run.state)},
            {"dataset", run.config.dataset.dataset},
            {"preset", run.preset},
            {"steps", training.steps},
            {"minutes", training.steps > 0 ? 0 : training.minutes},
            {"folder", run.folder.string()},
            {"seconds_left", has_ended(run) ? 0 : std::max(seconds_left(run), 0.0)},
            {"message", run.message}};
}

void list_queue(bool as_json) {
    const QueueFile file = open_queue();
    const RunQueue& queue = file.queue();
    if (as_json) {
        json runs = json::array();
        for (const QueuedRun& run : queue.runs) runs.push_back(run_json(run));
        return print_json({{"active", queue.active}, {"runs", runs}}, true);
    }
    if (queue.runs.empty()) {
        std::printf("The queue is empty.\n");
        return;
    }
    std::printf("%4s  %-10s  %-12s  %s\n", "id", "state", "budget", "name");
    for (const QueuedRun& run : queue.runs) {
        std::printf("%4lld  %-10s  %-12s  %s\n", static_cast<long long>(run.id), name_of(run.state),
                    budget_text(run.config.training).c_str(), printable(run.name).c_str());
        if (!run.message.empty()) std::printf("      %s\n", printable(run.message).c_str());
    }
    std::printf("%s\n", forecast_text(queue).c_str());
    if (file.obstacle()) print_warning(*file.obstacle());
}

// ------------------------------------------------------------------ add

struct AddOptions {
    RunOptions run;
    std::string name;
};

/// Loads the dataset, so that the settings can be checked now and not in the middle of the night.
QueuedRun new_run(Engine& engine, const AddOptions& options) {
    QueuedRun run;
    run.config = config_of(options.run);
    std::error_code code;  // the queue may be worked through from another folder
    if (std::filesystem::exists(run.config.dataset.dataset, code))
        run.config.dataset.dataset = std::filesystem::absolute(run.config.dataset.dataset).string();
    run.preset = options.run.preset;
    ProgressLine line;
    const auto set = result_of<DatasetReady>(engine, LoadDataset{run.config.dataset}, &line);
    const auto classes = static_cast<std::int64_t>(set.class_names.size());
    check_run(with_classes(run.config, set.class_names.size()), set.count, set.channels, set.height,
              set.width);
    run.images = {set.count, set.channels, set.height, set.width, classes};
    run.name = set.name + ", " + find_preset(run.preset).title + ", " + budget_text(run.config.training);
    return run;
}

TrainingForecast forecast_of(Engine& engine, const QueuedRun& run) {
    const QueuedImages& images = run.images;
    return result_of<TrainingForecast>(
        engine,
        ForecastTraining{run.config, images.count, images.channels, images.height, images.width,
                         static_cast<std::size_t>(images.classes)},
        nullptr);
}

/// Says what will probably not fit, while somebody is there who can change it.
void warn_about_space(const QueuedRun& run, const RunQueue& queue) {
    const std::optional<QueueNeeds> needs = needs_of(run);
    const std::optional<std::int64_t> memory = available_bytes();
    if (needs && memory && needs->memory > *memory)
        print_warning({"The run may not fit into memory",
                       "it needs about " + memory_text(needs->memory) + ", and " + memory_text(*memory) +
                           " are available now",
                       "Close other programs, or choose a smaller network or batch"});
    const std::filesystem::path folder = default_runs_folder();
    const std::optional<std::int64_t> disk = free_disk_bytes(folder);
    const std::int64_t needed = needs_of(queue).disk;
    if (disk && needed > *disk)
        print_warning({"The runs of the queue may not fit on the disk",
                       folder.string() + ": they need up to " + memory_text(needed) + ", and " +
                           memory_text(*disk) + " are free",
                       "Free disk space, or keep fewer checkpoints"});
}

void add_run(const AddOptions& options) {
    QueueFile file = open_queue();
    if (file.obstacle()) throw Error{*file.obstacle()};
    const auto engine = engine_for_command();
    const bool is_new = options.run.resume.empty();
    QueuedRun run = is_new ? new_run(*engine, options)
                           : continuation_of_run(options.run.resume, options.run.steps, options.run.minutes);
    if (!options.name.empty()) run.name = options.name;
    const TrainingForecast forecast = forecast_of(*engine, run);
    if (run.config.training.steps > 0) run.expected_seconds = 60 * forecast.minutes;
    std::int64_t id = 0;
    file.change([&](RunQueue& queue) { id = add_to_queue(queue, run); });
    std::printf("Run %lld, \"%s\", was added to the queue.\n", static_cast<long long>(id),
                printable(run.name).c_str());
    std::printf("%s\n", forecast_text(file.queue()).c_str());
    if (is_new && !forecast.expectation.empty()) std::printf("%s\n", forecast.expectation.c_str());
    warn_about_space(run, file.queue());
}

// ------------------------------------------------------------------ change

void require_changed(bool changed, std::int64_t id, const std::string& why) {
    if (changed) return;
    throw Error{"The queue was not changed", "run " + std::to_string(id) + " " + why,
                "`denoise-lab-cli queue list` shows the runs and their states"};
}

void require_queued(const RunQueue& queue, std::int64_t id) {
    if (!find_queued(queue, id))
        throw Error{"The queue was not changed", "it has no run with the id " + std::to_string(id),
                    "`denoise-lab-cli queue list` shows the runs and their ids"};
}

void remove_runs(const std::vector<std::int64_t>& ids, bool ended) {
    QueueFile file = open_queue();
    file.change([&](RunQueue& queue) {
        for (const std::int64_t id : ids) {
            require_queued(queue, id);
            require_changed(remove_from_queue(queue, id).has_value(), id, "is being trained");
        }
        if (ended) std::erase_if(queue.runs, has_ended);
    });
    std::printf("%s\n", forecast_text(file.queue()).c_str());
}

void move_run(std::int64_t id, std::int64_t place) {
    open_queue().change([&](RunQueue& queue) {
        require_queued(queue, id);
        move_in_queue(queue, id, static_cast<std::size_t>(place - 1));
    });
    list_queue(false);
}

void retry_run(std::int64_t id) {
    open_queue().change([&](RunQueue& queue) {
        require_queued(queue, id);
        require_changed(try_again(queue, id), id, "has neither failed nor been stopped");
    });
    list_queue(false);
}

void change_budget(std::int64_t id, std::int64_t steps, double minutes) {
    if (steps == 0 && minutes == 0)
        throw Error{"Cannot change the budget", "neither --steps nor --minutes is given", "Give one of them"};
    open_queue().change([&](RunQueue& queue) {
        require_queued(queue, id);
        require_changed(set_budget(queue, id, steps, minutes), id, "is being trained or done");
    });
    list_queue(false);
}

// ------------------------------------------------------------------ options

CLI::App* add_part(CLI::App& queue, const char* name, const char* help) {
    return queue.add_subcommand(name, help);
}

void add_id(CLI::App& command, std::int64_t& id) {
    command.add_option("ID", id, "Id of the run, as `queue list` shows it")
        ->required()
        ->check(positive<std::int64_t>());
}

void add_add(CLI::App& queue) {
    auto options = std::make_shared<AddOptions>();
    CLI::App* command = add_part(queue, "add", "Add a new run, or one that is trained further.");
    CLI::Option* resume = add_run_options(
        *command, options->run, "Train this run further; --steps or --minutes give its total budget");
    for (const char* name : {"--batch", "--batch-parts"}) command->get_option(name)->excludes(resume);
    command->add_option("--name", options->name, "Name in the list, and of the folder of a new run")
        ->type_name("NAME");
    command->footer(settings_help());
    command->callback([options] { add_run(*options); });
}

void add_list(CLI::App& queue) {
    auto as_json = std::make_shared<bool>(false);
    CLI::App* command = add_part(queue, "list", "List the runs, their states and the time that they need.");
    command->add_flag("--json", *as_json, std::string("Print a JSON object") + json_error_help);
    command->callback([as_json] { list_queue(*as_json); });
}

void add_run_part(CLI::App& queue) {
    struct Options {
        int threads = 0;
        ComputeDevice device = ComputeDevice::automatic;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command =
        add_part(queue, "run", "Train the waiting runs one after the other. Ctrl+C saves the current one.");
    add_threads_option(*command, options->threads);
    add_device_option(*command, options->device);
    command->callback([options] { run_queue(options->threads, options->device); });
}

void add_remove(CLI::App& queue) {
    struct Options {
        std::vector<std::int64_t> ids;
        bool ended = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = add_part(queue, "remove", "Remove runs from the queue; their files are kept.");
    auto* ids = command->add_option("ID", options->ids, "Ids of runs, as `queue list` shows them")
                    ->check(positive<std::int64_t>());
    command->add_flag("--ended", options->ended, "All runs that are done, failed or stopped")->excludes(ids);
    command->callback([options] {
        if (options->ids.empty() && !options->ended)
            throw Error{"Nothing was removed", "no run is given", "Give ids, or --ended"};
        remove_runs(options->ids, options->ended);
    });
}

void add_move(CLI::App& queue) {
    struct Options {
        std::int64_t id = 0, place = 1;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = add_part(queue, "move", "Move a run to another place of the list.");
    add_id(*command, options->id);
    command->add_option("PLACE", options->place, "1 is the first place")
        ->required()
        ->check(positive<std::int64_t>());
    command->callback([options] { move_run(options->id, options->place); });
}

void add_budget(CLI::App& queue) {
    struct Options {
        std::int64_t id = 0, steps = 0;
        double minutes = 0;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = add_part(queue, "budget", "Change the budget of a run that waits.");
    add_id(*command, options->id);
    add_budget_options(*command, options->steps, options->minutes);
    command->callback([options] { change_budget(options->id, options->steps, options->minutes); });
}

void add_retry(CLI::App& queue) {
    auto id = std::make_shared<std::int64_t>(0);
    CLI::App* command =
        add_part(queue, "retry", "Let a run that has failed or was stopped wait again, from its checkpoint.");
    add_id(*command, *id);
    command->callback([id] { retry_run(*id); });
}

}  // namespace

void add_queue(CLI::App& app) {
    CLI::App* queue = app.add_subcommand(
        "queue",
        "Train several runs one after the other, for example overnight. The window has the same queue.");
    queue->require_subcommand(1);
    add_add(*queue);
    add_list(*queue);
    add_run_part(*queue);
    add_move(*queue);
    add_budget(*queue);
    add_retry(*queue);
    add_remove(*queue);
}

}  // namespace denoise::cli
