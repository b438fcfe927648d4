#include <QTabWidget>

#include "ui/action_rules.h"
#include "ui/close_guard.h"
#include "ui/denoise/denoise_page.h"
#include "ui/dropped_path.h"
#include "ui/evaluation/evaluation_card.h"
#include "ui/format.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/model/model_dialogs.h"
#include "ui/model/model_panel.h"
#include "ui/noise/noise_page.h"
#include "ui/run_offers.h"
#include "ui/runs/log_panel.h"
#include "ui/runs/runs_panel.h"
#include "ui/setup/dataset_section.h"
#include "ui/setup/settings_form.h"
#include "ui/setup/setup_panel.h"
#include "ui/shortcuts_sheet.h"
#include "ui/status_line.h"
#include "ui/train/train_page.h"

namespace denoise::ui {

void MainWindow::connect_actions() {
    const auto on = [this](QAction* action, auto run) { connect(action, &QAction::triggered, this, run); };
    on(actions_.use_glyphs, [this] { setup_->use_dataset("glyphs"); });
    on(actions_.open_dataset, [this] { setup_->datasets().choose_idx_file(); });
    on(actions_.open_folder, [this] { setup_->datasets().choose_picture_folder(); });
    on(actions_.open_model, [this] { choose_model(this, [this](const QString& path) { open_path(path); }); });
    on(actions_.export_model, [this] { export_model(); });
    on(actions_.new_run, [this] { new_run(); });
    on(actions_.save_checkpoint, [this] { link_->post(SaveCheckpoint{}); });
    on(actions_.preferences, [this] { show_preferences(); });
    on(actions_.quit, [this] { close(); });
    on(actions_.undo, [this] { setup_->undo(); });
    on(actions_.redo, [this] { setup_->redo(); });
    on(actions_.copy_image, [this] { copy_image(); });

    on(actions_.train, [this] { train(); });
    on(actions_.go_on, [this] { link_->post(ContinueTraining{}); });
    on(actions_.pause, [this] { link_->post(PauseTraining{}); });
    on(actions_.stop, [this] {
        switch (link_->state()) {
            case EngineState::preparing:
                return link_->post(CancelLoading{});
            case EngineState::sampling:
                if (evaluation_->is_running()) return evaluation_->stop();
                return link_->post(CancelSampling{});
            default:
                return link_->post(StopTraining{});
        }
    });
    on(actions_.single_step, [this] { link_->post(StepTraining{}); });
    on(actions_.sample, [this] { sample(); });
    on(actions_.export_pictures, [this] { export_pictures(); });

    on(actions_.play, [this] { shown_page()->play_or_pause(); });
    on(actions_.back, [this] { shown_page()->step(-1); });
    on(actions_.forward, [this] { shown_page()->step(1); });
    on(actions_.back_ten, [this] { shown_page()->step(-10); });
    on(actions_.forward_ten, [this] { shown_page()->step(10); });
    on(actions_.to_start, [this] { shown_page()->go_to_start(); });
    on(actions_.to_end, [this] { shown_page()->go_to_end(); });
    on(actions_.log_axis, [this] { shown_page()->toggle_log_axis(); });
    on(actions_.less_smooth, [this] { shown_page()->change_smoothing(-1); });
    on(actions_.more_smooth, [this] { shown_page()->change_smoothing(1); });

    on(actions_.tab_train, [this] { show_page(train_page_); });
    on(actions_.tab_denoise, [this] { show_page(denoise_page_); });
    on(actions_.tab_noise, [this] { show_page(noise_page_); });
    on(actions_.tab_runs, [this] { show_runs(); });
    on(actions_.show_model, [this] { show_in_runs_dock(model_); });
    on(actions_.show_evaluation, [this] { show_in_runs_dock(evaluation_); });
    on(actions_.full_screen, [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    on(actions_.shortcuts, [this] {
        auto* sheet = new ShortcutsSheet(theme_, actions_.groups, this);
        sheet->setAttribute(Qt::WA_DeleteOnClose);
        sheet->open();
    });
    on(actions_.about, [this] { show_about(); });
    connect(tools_.device, &QToolButton::clicked, actions_.preferences, &QAction::trigger);
}

void MainWindow::connect_engine() {
    connect(link_.get(), &EngineLink::state_changed, this, [this] { update_actions(); });
    connect(link_.get(), &EngineLink::dataset_ready, this, [this](const DatasetReady& dataset) {
        remember_dataset(preferences_, text_of(dataset.config.dataset));
        save_preferences(preferences_);
        log_->add(tr("Dataset “%1”, %2 images").arg(text_of(dataset.name), count_text(dataset.count)));
        update_actions();
    });
    connect(link_.get(), &EngineLink::run_opened, this, [this](const RunOpened& run) {
        offers_->withdraw();
        log_->add(tr("Run %1 at step %2").arg(text_of(run.folder.string()), count_text(run.step)));
        runs_->refresh_soon();
        update_actions();
        update_title();
    });
    connect(link_.get(), &EngineLink::run_opened, this, [this] {
        const bool wanted = !to_export_.empty() && to_export_ == link_->model_path();
        to_export_.clear();
        if (wanted) export_model();
    });
    connect(link_.get(), &EngineLink::model_converted, this, [this](const std::filesystem::path& path) {
        const QString text = tr("The model was exported to %1.").arg(text_of(path.string()));
        messages_->show_notice(text);
        log_->add(text);
    });
    connect(link_.get(), &EngineLink::evaluation_ended, this, [this](const EvaluationEnded& end) {
        if (end.cancelled) log_->add(tr("The evaluation was stopped"));
    });
    connect(link_.get(), &EngineLink::checkpoint_saved, this, [this](const CheckpointSaved& checkpoint) {
        log_->add(tr("Checkpoint at step %1: %2")
                      .arg(count_text(checkpoint.step), text_of(checkpoint.path.string())));
        runs_->refresh_soon();
    });
    connect(link_.get(), &EngineLink::training_ended, this, [this](const TrainingEnded& end) {
        const QString text = end.completed ? tr("Training finished at step %1.").arg(count_text(end.step))
                                           : tr("Training stopped at step %1.").arg(count_text(end.step));
        log_->add(text);
        messages_->show_notice(text);
        runs_->refresh_soon();
        update_actions();
    });
    connect(link_.get(), &EngineLink::sample_ended, this, [this](const SampleEnded& end) {
        log_->add(end.cancelled ? tr("Sampling was stopped")
                                : tr("%n picture(s) drawn", nullptr, static_cast<int>(end.images.count)) +
                                      tr(" in %1").arg(duration_text(end.seconds)));
    });
    connect(link_.get(), &EngineLink::failed, this, [this](const Error& error) {
        to_export_.clear();
        messages_->show_error(error);
        log_->add(text_of(one_line(error)));
        update_actions();
    });
    connect(link_.get(), &EngineLink::notice, this, [this](const QString& text) {
        messages_->show_notice(text);
        log_->add(text);
    });
}

void MainWindow::connect_parts() {
    for (Page* each : {static_cast<Page*>(train_page_), static_cast<Page*>(denoise_page_),
                       static_cast<Page*>(noise_page_)})
        connect_page(each);
    connect(tabs_, &QTabWidget::currentChanged, this, &MainWindow::update_page_actions);
    connect(setup_, &SetupPanel::problem_changed, this, &MainWindow::update_actions);
    connect(&editor_, &ConfigEditor::changed, this, &MainWindow::update_device);
    connect(&editor_.undo_stack(), &QUndoStack::indexChanged, this, &MainWindow::update_actions);
    connect(close_guard_, &CloseGuard::waiting_changed, this, &MainWindow::update_actions);
    connect(runs_tabs_, &QTabWidget::currentChanged, this, &MainWindow::make_room_for_tab);
    connect(runs_, &RunsPanel::listed, this, [this] { offers_->make(runs_->runs()); });
    connect(runs_, &RunsPanel::resume_wanted, this, &MainWindow::resume);
    connect(runs_, &RunsPanel::open_wanted, this,
            [this](const std::filesystem::path& path) { link_->post(OpenModel{path}); });
    connect(runs_, &RunsPanel::export_wanted, this, &MainWindow::export_model_of);
    connect(runs_, &RunsPanel::delete_wanted, this, &MainWindow::ask_to_delete);
    connect(runs_, &RunsPanel::failed, messages_, &MessageBar::show_error);
    connect(offers_, &RunOffers::resume_wanted, this, &MainWindow::resume);
    connect(offers_, &RunOffers::open_wanted, this,
            [this](const std::filesystem::path& path) { link_->post(OpenModel{path}); });
    connect(offers_, &RunOffers::list_wanted, this, &MainWindow::show_runs);
}

void MainWindow::connect_page(Page* each) {
    connect(each, &Page::capabilities_changed, this, &MainWindow::update_page_actions);
    connect(each, &Page::message, messages_, &MessageBar::show_notice);
    connect(each, &Page::message, log_, &LogPanel::add);
}

void MainWindow::update_actions() {
    Situation now;
    now.state = link_->state();
    now.has_model = link_->run().has_value();
    now.is_closing = close_guard_->is_waiting();
    now.is_evaluating = evaluation_->is_running();
    if (const auto& problem = setup_->form().problem())
        now.settings_problem =
            text_of(problem->why.empty() ? problem->what : problem->why) + QStringLiteral(".");

    const auto allow = [&](QAction* action, EngineAction rule) {
        set_allowed(action, reason_against(rule, now));
    };
    allow(actions_.pause, EngineAction::pause);
    allow(actions_.stop, EngineAction::stop);
    allow(actions_.single_step, EngineAction::single_step);
    allow(actions_.sample, EngineAction::sample);
    allow(actions_.new_run, EngineAction::new_run);
    allow(actions_.save_checkpoint, EngineAction::save_checkpoint);
    allow(actions_.export_model, EngineAction::export_model);
    evaluation_->set_obstacle(reason_against(EngineAction::evaluate, now));

    // Train and Continue share the key as they share the button: one of the two stands for it at a time.
    const bool goes_on = now.state == EngineState::paused || now.state == EngineState::diverged;
    const bool runs = now.state == EngineState::training || now.state == EngineState::pausing;
    const QKeySequence key("Ctrl+R"), pause_key("Ctrl+Shift+P");
    actions_.train->setShortcuts(goes_on ? QList<QKeySequence>{} : QList<QKeySequence>{key});
    actions_.pause->setShortcuts(goes_on ? QList<QKeySequence>{} : QList<QKeySequence>{pause_key});
    actions_.go_on->setShortcuts(goes_on ? QList<QKeySequence>{key, pause_key} : QList<QKeySequence>{});
    const QString against = reason_against(EngineAction::train, now);
    set_allowed(actions_.train, goes_on ? tr("Stop the open run first, or go on with it.") : against);
    set_allowed(actions_.go_on, goes_on ? against : tr("No run is paused."));
    set_train_action(tools_, runs ? actions_.pause : goes_on ? actions_.go_on : actions_.train);

    set_allowed(actions_.undo, setup_->can_undo() ? QString() : tr("No setting was changed."));
    set_allowed(actions_.redo, editor_.undo_stack().canRedo() ? QString() : tr("Nothing was taken back."));
    runs_->set_resume_blocked(reason_against(EngineAction::resume, now));
    const bool evaluates = now.state == EngineState::sampling && now.is_evaluating;
    status_->set_override(now.is_closing ? tr("Saving before closing")
                          : evaluates    ? tr("Evaluating")
                                         : QString());
    update_page_actions();
}

void MainWindow::update_page_actions() {
    const QString no_frames = tr("The page that is shown has no frames to step through.");
    const QString no_play = tr("The page that is shown has nothing to play.");
    set_allowed(actions_.play, shown_page()->can_play() ? QString() : no_play);
    for (QAction* action : {actions_.back, actions_.forward, actions_.back_ten, actions_.forward_ten,
                            actions_.to_start, actions_.to_end})
        set_allowed(action, shown_page()->can_step() ? QString() : no_frames);
    const bool exports = shown_page()->can_export() || denoise_page_->can_export();
    set_allowed(actions_.export_pictures, exports ? QString() : tr("Draw samples first."));
}

void MainWindow::update_title() {
    const auto& run = link_->run();
    const QString name = run && !link_->model_path().empty() ? model_name(link_->model_path()) : QString();
    setWindowTitle(name.isEmpty() ? tr("Denoise Lab") : tr("%1 – Denoise Lab").arg(name));
}

void MainWindow::update_device() {
    const int chosen = editor_.config().training.threads;
    const int threads = chosen > 0                 ? chosen
                        : preferences_.threads > 0 ? preferences_.threads
                                                   : default_threads();
    tools_.device->setText(tr("CPU, %n thread(s)", nullptr, threads));
    tools_.device->setAccessibleName(tr("Device: %1").arg(tools_.device->text()));
    tools_.device->setToolTip(tr("Where the model is trained. Opens the preferences."));
}

}  // namespace denoise::ui
