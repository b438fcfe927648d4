#include "ui/window/training_commands.h"

#include <QDateTime>

#include "ui/link/engine_link.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/train/train_page.h"
#include "ui/panels/evaluation/evaluation_card.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/panels/setup/dataset_section.h"
#include "ui/panels/setup/run_settings.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/window/page_tabs.h"
#include "ui/window/posted_jobs.h"
#include "ui/window/preference_store.h"

namespace denoise::ui {

TrainingCommands::TrainingCommands(EngineLink& link, PostedJobs& jobs, const ConfigEditor& editor,
                                   RunSettings& settings, const PreferenceStore& preferences, PageTabs& pages,
                                   DatasetSection& datasets, EvaluationCard& evaluation)
    : link_(link),
      jobs_(jobs),
      editor_(editor),
      settings_(settings),
      preferences_(preferences),
      pages_(pages),
      datasets_(datasets),
      evaluation_(evaluation) {
    connect(&link, &EngineLink::state_changed, this, &TrainingCommands::situation_changed);
    connect(&link, &EngineLink::run_opened, this, &TrainingCommands::situation_changed);
    connect(&link, &EngineLink::training_ended, this, &TrainingCommands::situation_changed);
    connect(&settings, &RunSettings::changed, this, &TrainingCommands::situation_changed);
    connect(&settings, &RunSettings::continue_wanted, this, [this] {
        if (settings_.can_resume()) resume_run();
    });
}

std::vector<ActionRow> TrainingCommands::rows() {
    using namespace obstacle;
    return {
        {.name = "train",
         .text = tr("Train"),
         .icon = "media-playback-start",
         .hint = tr("Starts a new run with these settings"),
         .keys = {"Ctrl+R"},
         .group = ActionGroup::training,
         .unless = {closing, watching, run_paused, no_dataset, loading, training, sampling, bad_settings},
         .does = [this] { train(); }},
        {.name = "resume",
         .text = tr("Resume"),
         .icon = "media-playback-start",
         .hint = tr("Resumes the training of the open run"),
         .group = ActionGroup::training,
         .unless = {closing, watching, trained_elsewhere, nothing_to_resume, loading, training, sampling,
                    bad_settings_to_resume},
         .does = [this] { resume_run(); }},
        {.name = "pause",
         .text = tr("Pause"),
         .icon = "media-playback-pause",
         .hint = tr("Pauses training after the current step"),
         .keys = {"Ctrl+Shift+P"},
         .group = ActionGroup::training,
         .unless = {closing, watching, loading, already_paused, diverged, no_run},
         .does = [this] { link_.post(PauseTraining{}); }},
        {.name = "stop",
         .text = tr("Stop"),
         .icon = "media-playback-stop",
         .hint = tr("Stops training and saves the run, or cancels the jobs in progress"),
         .keys = {"Ctrl+."},
         .group = ActionGroup::training,
         .unless = {closing, nothing_to_stop},
         .does = [this] { stop(); }},
        {.name = "step",
         .text = tr("Step"),
         .icon = "media-skip-forward",
         .hint = tr("Runs one training step, then pauses again"),
         .keys = {"Ctrl+Shift+R"},
         .group = ActionGroup::training,
         .unless = {closing, watching, loading, training_not_paused, sampling, diverged, no_run},
         .does =
             [this] {
                 settings_.apply();
                 link_.post(StepTraining{});
             }},
        {.name = "save_checkpoint",
         .text = tr("Save checkpoint"),
         .icon = "document-save",
         .hint = tr("Saves the current state of the run"),
         .keys = {"Ctrl+S"},
         .group = ActionGroup::data,
         .unless = {closing, watching, loading, diverged, no_run},
         .does = [this] { link_.post(SaveCheckpoint{}); }},
    };
}

void TrainingCommands::describe(Situation& now) const {
    now.state = link_.state();
    now.can_resume = settings_.can_resume();
    now.extends_run = now.can_resume && settings_.is_run_finished();
}

void TrainingCommands::train() {
    StartTraining request{editor_.config(), new_folder(editor_.config())};
    if (request.config.training.threads == 0) request.config.training.threads = preferences_.get().threads;
    pages_.show_page(pages_.train());
    pages_.denoise().close_example();  // its sampling would only delay the first steps
    jobs_.post(std::move(request));
}

void TrainingCommands::resume_run() {
    if (link_.state() == EngineState::paused || link_.state() == EngineState::diverged) {
        settings_.apply();
        link_.post(ContinueTraining{});
        return;
    }
    pages_.show_page(pages_.train());
    jobs_.post(ResumeTraining{link_.run()->folder, 0, 0, editor_.config()});
}

void TrainingCommands::stop() {
    if (link_.state() == EngineState::preparing || link_.state() == EngineState::sampling)
        cancel_jobs();
    else
        link_.post(StopTraining{});
}

void TrainingCommands::cancel_jobs() {
    datasets_.stop();
    pages_.denoise().stop();
    pages_.compare().stop();
    evaluation_.stop();
    jobs_.cancel_all();
}

/// Empty where the engine chooses the folder itself.
std::filesystem::path TrainingCommands::new_folder(const RunConfig& config) const {
    if (preferences_.get().runs_folder.isEmpty()) return {};
    const QString name = QDateTime::currentDateTime().toString("yyyy-MM-dd HH.mm.ss ") +
                         dataset_title(text_of(config.dataset.dataset));
    return preferences_.runs_folder() / name.toStdString();
}

}  // namespace denoise::ui
