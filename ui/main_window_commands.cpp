#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QDockWidget>
#include <QMessageBox>
#include <QScrollArea>
#include <QTabWidget>

#include "engine/session/runs.h"
#include "ui/denoise/denoise_page.h"
#include "ui/dropped_path.h"
#include "ui/evaluation/evaluation_card.h"
#include "ui/format.h"
#include "ui/main_window.h"
#include "ui/message_bar.h"
#include "ui/model/model_dialogs.h"
#include "ui/model/model_panel.h"
#include "ui/noise/noise_page.h"
#include "ui/picture/picture_view.h"
#include "ui/preferences_dialog.h"
#include "ui/runs/runs_panel.h"
#include "ui/setup/dataset_section.h"
#include "ui/setup/setting_field.h"
#include "ui/setup/settings_form.h"
#include "ui/setup/setup_panel.h"
#include "ui/train/train_page.h"

namespace denoise::ui {
namespace {

constexpr int model_height = 280;
constexpr int evaluation_height = 340;

}  // namespace

Page* MainWindow::shown_page() const {
    return static_cast<Page*>(static_cast<QScrollArea*>(tabs_->currentWidget())->widget());
}

void MainWindow::show_page(Page* page) {
    for (int i = 0; i < tabs_->count(); ++i)
        if (static_cast<QScrollArea*>(tabs_->widget(i))->widget() == page) tabs_->setCurrentIndex(i);
}

std::filesystem::path MainWindow::runs_folder() const {
    return preferences_.runs_folder.isEmpty() ? default_runs_folder()
                                              : std::filesystem::path(preferences_.runs_folder.toStdString());
}

void MainWindow::train() {
    StartTraining command{editor_.config(), {}};
    if (command.config.training.threads == 0) command.config.training.threads = preferences_.threads;
    if (!preferences_.runs_folder.isEmpty()) {
        const QString name = QDateTime::currentDateTime().toString("yyyy-MM-dd HH.mm.ss ") +
                             dataset_title(text_of(command.config.dataset.dataset));
        command.folder = runs_folder() / name.toStdString();
    }
    show_page(train_page_);
    link_->post(std::move(command));
}

void MainWindow::new_run() {
    if (link_->state() == EngineState::paused || link_->state() == EngineState::diverged)
        link_->post(StopTraining{});
    setup_dock_->show();
    setup_dock_->raise();
    if (SettingField* first = setup_->form().findChild<SettingField*>()) first->editor()->setFocus();
}

void MainWindow::sample() {
    show_page(denoise_page_);
    denoise_page_->sample();
}

void MainWindow::export_pictures() {
    if (shown_page()->can_export()) return shown_page()->export_pictures();
    show_page(denoise_page_);
    denoise_page_->export_pictures();
}

void MainWindow::copy_image() {
    const Picture picture = shown_page()->picture();
    if (picture.empty()) return messages_->show_notice(tr("The page that is shown has no picture to copy."));
    QApplication::clipboard()->setImage(to_image(picture));
    messages_->show_notice(
        tr("The picture is on the clipboard, %1×%2.").arg(picture.width).arg(picture.height));
}

void MainWindow::resume(const std::filesystem::path& run) {
    show_page(train_page_);
    link_->post(ResumeTraining{run, 0, 0});
}

void MainWindow::ask_to_delete(const RunSummary& run) {
    const auto remove = [this, folder = run.folder] {
        try {
            delete_run(folder);
        } catch (const Error& error) {
            messages_->show_error(error);
        }
        runs_->refresh_soon();
    };
    messages_->show_offer("delete",
                          tr("Move “%1” with its %n checkpoint(s) to the trash?", nullptr,
                             static_cast<int>(run.checkpoints.size()))
                              .arg(text_of(run.name)),
                          {{tr("Move to trash"), remove}, {tr("Keep"), [] {}}});
}

void MainWindow::show_preferences() {
    auto* dialog = new PreferencesDialog(theme_, preferences_, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PreferencesDialog::changed, this, &MainWindow::use_preferences);
    dialog->open();
}

void MainWindow::use_preferences(const Preferences& preferences) {
    const bool looks_new = preferences.appearance != preferences_.appearance;
    preferences_ = preferences;
    save_preferences(preferences_);
    if (looks_new) theme_.set_appearance(preferences_.appearance);
    runs_->set_folder(runs_folder());
    denoise_page_->set_export_folder(preferences_.export_folder);
    update_device();
}

void MainWindow::show_about() {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Denoise Lab"),
                                tr("Denoise Lab %1").arg(DENOISE_LAB_VERSION), QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(theme_.icon("denoise-lab").pixmap(64, 64));
    box->setInformativeText(
        tr("Train, watch and understand denoising diffusion models.\n\nFree software under the GNU General "
           "Public License, version 3 or later."));
    box->open();
}

void MainWindow::show_runs() {
    runs_dock_->show();
    runs_tabs_->setCurrentWidget(runs_);
    runs_->findChild<QWidget*>("runs")->setFocus();
}

void MainWindow::show_in_runs_dock(QWidget* part) {
    runs_dock_->show();
    for (int i = 0; i < runs_tabs_->count(); ++i) {
        QWidget* tab = runs_tabs_->widget(i);
        if (tab != part && !tab->isAncestorOf(part)) continue;
        runs_tabs_->setCurrentIndex(i);
        tab->setFocus();
    }
}

void MainWindow::make_room_for_tab() {
    QWidget* tab = runs_tabs_->currentWidget();
    const int least = tab == model_ ? model_height : tab->isAncestorOf(evaluation_) ? evaluation_height : 0;
    constexpr const char* done = "had_room";  // once for each tab; after that the height is the person's own
    if (least == 0 || tab->property(done).toBool()) return;
    tab->setProperty(done, true);
    if (runs_dock_->height() < least) resizeDocks({runs_dock_}, {least}, Qt::Vertical);
}

void MainWindow::export_model() {
    const QString folder =
        preferences_.export_folder.isEmpty() ? default_pictures_folder() : preferences_.export_folder;
    choose_export(this, folder, model_name(link_->model_path()),
                  [this](const ConvertModel& command) { link_->post(command); });
}

void MainWindow::export_model_of(const std::filesystem::path& path) {
    if (link_->run() && path == link_->model_path()) return export_model();
    to_export_ = path;  // goes on as soon as it is open; while a run trains the engine says why it cannot
    link_->post(OpenModel{path});
}

}  // namespace denoise::ui
