#include "ui/window/model_commands.h"

#include <utility>

#include "ui/link/engine_link.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/panels/model/model_dialogs.h"
#include "ui/paths/dropped_path.h"
#include "ui/window/page_tabs.h"
#include "ui/window/posted_jobs.h"
#include "ui/window/preference_store.h"

namespace denoise::ui {

ModelCommands::ModelCommands(EngineLink& link, PostedJobs& jobs, const PreferenceStore& preferences,
                             PageTabs& pages, QWidget& window)
    : link_(link), jobs_(jobs), preferences_(preferences), pages_(pages), window_(window) {
    connect(&link, &EngineLink::run_opened, this, &ModelCommands::situation_changed);
    connect(&link, &EngineLink::job_ended, this, &ModelCommands::end_opening);
}

std::vector<ActionRow> ModelCommands::rows() {
    using namespace obstacle;
    return {
        {.name = "open_model",
         .text = tr("Open model…"),
         .icon = "denoise-unet",
         .hint = tr("Opens a checkpoint, a run, or a model in a diffusers folder"),
         .keys = {"Ctrl+Shift+M"},
         .group = ActionGroup::data,
         .does =
             [this] { choose_model(&window_, [this](const QString& path) { Q_EMIT path_chosen(path); }); }},
        {.name = "export_model",
         .text = tr("Export model…"),
         .icon = "document-export",
         .hint = tr("Saves the open model as a diffusers folder or a safetensors file"),
         .keys = {"Ctrl+Shift+E"},
         .group = ActionGroup::data,
         .unless = {closing, loading, no_model},
         .does = [this] { export_open_model(); }},
    };
}

void ModelCommands::describe(Situation& now) const {
    now.has_model = link_.run().has_value();
}

void ModelCommands::open(const std::filesystem::path& path) {
    jobs_.post(OpenModel{path});
}

void ModelCommands::with_open(const std::filesystem::path& path, std::function<void()> then) {
    if (link_.run() && path == link_.model_path()) return then();
    then_ = std::move(then);
    opening_ = jobs_.post(OpenModel{path});
}

void ModelCommands::export_model_at(const std::filesystem::path& path) {
    with_open(path, [this] { export_open_model(); });
}

void ModelCommands::export_open_model() {
    choose_export(&window_, preferences_.export_folder(), model_name(link_.model_path()),
                  pages_.denoise().settings().request.ema_length,
                  [this](const ConvertModel& request) { jobs_.post(request); });
}

void ModelCommands::end_opening(const JobEnded& end) {
    if (opening_ == 0 || end.job != opening_) return;
    opening_ = 0;
    const std::function<void()> then = std::exchange(then_, {});
    if (end.outcome == Outcome::done) then();
}

}  // namespace denoise::ui
