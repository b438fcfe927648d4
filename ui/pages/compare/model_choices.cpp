#include "ui/pages/compare/model_choices.h"

#include <QCoreApplication>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/formats/safetensors.h"
#include "engine/runs/checkpoint_description.h"
#include "engine/runs/ema_snapshots.h"
#include "engine/runs/run_folder.h"
#include "ui/link/engine_link.h"
#include "ui/paths/dropped_path.h"
#include "ui/paths/folders.h"
#include "ui/text/format.h"

namespace denoise::ui {
namespace {

namespace fs = std::filesystem;

QString tr(const char* text) {
    return QCoreApplication::translate("ModelChoices", text);
}

/// The run folders in `folder`; the open one first, then the newest, whose names begin with the date.
std::vector<fs::path> runs_in(const fs::path& folder, const fs::path& open) {
    std::vector<fs::path> runs;
    std::error_code code;
    for (auto entry = fs::directory_iterator(folder, code); !code && entry != fs::directory_iterator();
         entry.increment(code))
        if (is_run_folder(entry->path())) runs.push_back(entry->path());
    std::ranges::sort(runs, std::greater<>());
    if (const auto found = std::ranges::find(runs, open); found != runs.end())
        std::rotate(runs.begin(), found, found + 1);
    else if (!open.empty() && is_run_folder(open))
        runs.insert(runs.begin(), open);
    return runs;
}

void set_header(ModelFacts& facts, const RunConfig& config, const std::vector<std::string>& class_names) {
    facts.timesteps = config.schedule.timesteps;
    if (config.unet.classes > 0) facts.class_names = class_names;
    facts.guidance = config.unet.classes > 0 && config.unet.unlabelled_class;
}

/// `path` is the run itself, for its newest checkpoint, or one of its checkpoints.
void set_facts_of_run(ModelFacts& facts, const fs::path& run, const fs::path& path) {
    const RunHeader header = read_run_header(run);
    for (const CheckpointFile& checkpoint : list_checkpoints(run))  // the newest first
        if (!facts.found && (path == run || checkpoint.path == path)) {
            facts.found = true;
            facts.step = checkpoint.step;
        }
    facts.name = tr("step %1 of %2").arg(count_text(facts.step), model_name(run));
    facts.no_ema_lengths = text_of(why_no_ema_lengths(path));
    set_header(facts, header.config, header.class_names);
}

/// A file of weights that is not in a run folder.
void set_facts_of_file(ModelFacts& facts, const fs::path& path) {
    const SafetensorsFile file(path);
    const auto description = checkpoint_description(file);
    const RunHeader header = run_header_from_json(description, path.string());
    facts.step = description.at("step").get<std::int64_t>();
    facts.name = model_name(path);
    facts.no_ema_lengths = text_of(why_no_ema_lengths(path));
    facts.found = true;
    set_header(facts, header.config, header.class_names);
}

ModelFacts facts_of_open(const EngineLink& link) {
    ModelFacts facts;
    if (!link.run()) return facts;
    facts.found = true;
    facts.identity = link.model_path().string();
    facts.name = tr("open model");
    facts.step = link.run()->step;
    facts.no_ema_lengths = text_of(link.run()->no_ema_lengths);
    set_header(facts, link.run()->config, link.run()->class_names);
    return facts;
}

}  // namespace

std::vector<ModelChoice> model_choices(const fs::path& runs_folder, const EngineLink& link) {
    std::vector<ModelChoice> choices = {{{}, tr("Open model")}};
    const fs::path open = link.run() ? link.run()->folder : fs::path();
    for (const fs::path& run : runs_in(runs_folder, open)) {
        const std::vector<CheckpointFile> checkpoints = list_checkpoints(run);
        if (checkpoints.empty()) continue;
        const QString name = model_name(run);
        choices.push_back({run, tr("Newest of %1").arg(name)});
        for (const CheckpointFile& checkpoint : checkpoints)
            choices.push_back({checkpoint.path, tr("Step %1 of %2").arg(count_text(checkpoint.step), name)});
    }
    if (const fs::path example = example_model(); !example.empty())
        choices.push_back({example, tr("The example of the program")});
    return choices;
}

ModelFacts facts_of(const fs::path& path, const EngineLink& link) {
    if (path.empty()) return facts_of_open(link);
    ModelFacts facts;
    facts.identity = path.string();
    const bool is_run = is_run_folder(path);
    const fs::path run = is_run ? path : path.parent_path().parent_path();
    try {
        if (is_run_folder(run))
            set_facts_of_run(facts, run, path);
        else
            set_facts_of_file(facts, path);
    } catch (const Error&) {  // it has been removed or damaged; `found` says so
    } catch (const std::exception&) {
    }
    return facts;
}

}  // namespace denoise::ui
