#include "tests/gallery/tour.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QFrame>
#include <QImage>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QTabWidget>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>
#include <stdexcept>

#include "tests/gallery/dataset_states.h"
#include "tests/gallery/download_states.h"
#include "tests/gallery/finding_states.h"
#include "tests/gallery/watch_states.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/compare/map_panel.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/denoise/example_note.h"
#include "ui/pages/denoise/frame_view.h"
#include "ui/paths/folders.h"

namespace denoise::gallery {
namespace {

constexpr int patience_ms = 600'000;  // on a busy machine

/// A folder of so many large pictures that loading it takes longer than taking its picture.
QString slow_dataset(const QString& folder) {
    constexpr int side = 1400, count = 600;
    const QString path = folder + "/holiday pictures";
    std::filesystem::create_directory(path.toStdString());
    QImage image(side, side, QImage::Format_RGB32);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) image.setPixel(x, y, qRgb(x * y % 251, x % 256, y % 256));
    const QString first = path + "/0.png";
    image.save(first);
    for (int i = 1; i < count; ++i)
        std::filesystem::create_hard_link(first.toStdString(),
                                          QString("%1/%2.png").arg(path).arg(i).toStdString());
    return path;
}

/// A file with a sixth of the images that it promises.
QString broken_dataset(const QString& folder) {
    const QString path = folder + "/train-images-idx3-ubyte";
    QFile file(path);
    file.open(QIODevice::WriteOnly);
    file.write(QByteArray::fromHex("000008030000ea600000001c0000001c"));
    file.write(QByteArray(7'840'000, '\0'));
    return path;
}

}  // namespace

Tour::Tour(ui::MainWindow& window, Camera& camera, double training_seconds)
    : window_(window), camera_(camera), training_seconds_(training_seconds) {
    const auto on = [&](auto signal, auto slot) { QObject::connect(&window.link(), signal, slot); };
    on(&ui::EngineLink::preview_ready, [this] { ++previews_; });
    on(&ui::EngineLink::metrics,
       [this](const std::vector<StepMetrics>& steps) { step_ = steps.back().step; });
    on(&ui::EngineLink::sample_result, [this] { ++results_; });
    on(&ui::EngineLink::evaluation_result, [this] { ++results_; });
}

void Tour::run() {
    first_start();
    empty_rooms();
    datasets();
    take_download_states(window_, camera_);
    dismiss_messages();
    training();
    short_runs();
    take_watch_states(window_, camera_);
    dismiss_messages();
    runs();
    queue();
    denoise();
    compare();
    map();
    noise();
    model();
    dialogs();
}

void Tour::first_start() {
    window_.welcome();
    until("the example", [this] { return results_ == 1; });
    trigger("to_start");
    for (int i = 0; i < 3; ++i) trigger("forward_ten");
    camera_.take("first-start-guess");
    trigger("to_end");
    camera_.take("first-start-picture");
    until_idle("the built-in dataset");
    auto* note = window_.findChild<ui::ExampleNote*>();
    Q_EMIT note->close_pressed();
}

void Tour::empty_rooms() {
    trigger("tab_train");
    camera_.take("train-empty");
    trigger("tab_denoise");
    camera_.take("denoise-empty");
    trigger("tab_compare");
    camera_.take("compare-empty");
    trigger("tab_noise");
    trigger("tab_runs");
    camera_.take("runs-empty");
    trigger("tab_train");
    trigger("show_model");
    camera_.take("model-empty");
    trigger("show_evaluation");
    camera_.take("evaluation-empty");
    hide_runs();
}

void Tour::datasets() {
    const QString slow = slow_dataset(folder_.path());
    window_.open_path(slow);
    until("the loading dataset", [this] { return find<QAbstractButton>("cancel_loading").isVisible(); });
    camera_.take("dataset-loading", nullptr, [&] {
        if (find<QAbstractButton>("cancel_loading").isVisible()) return;
        window_.open_path(slow);
        until("the loading dataset", [this] { return find<QAbstractButton>("cancel_loading").isVisible(); });
    });
    find<QAbstractButton>("cancel_loading").click();
    until("the end of loading", [this] { return !find<QAbstractButton>("cancel_loading").isVisible(); });
    QTest::qWait(100);
    window_.open_path(broken_dataset(folder_.path()));
    until("the error of the dataset", [this] { return window_.findChild<QFrame*>("message") != nullptr; });
    camera_.take("dataset-failed");
    dismiss_messages();
    for (auto* remove : window_.findChildren<QAbstractButton*>("remove_dataset"))
        if (remove->isVisible()) remove->click();
    trigger("use_glyphs");

    window_.open_path(folder_.path() + "/no such run.safetensors");
    until("the error of the model", [this] { return window_.findChild<QFrame*>("message") != nullptr; });
    trigger("tab_denoise");
    camera_.take("message-on-denoise");
    window_.open_path(folder_.path() + "/another run.safetensors");
    until("a second error", [this] { return window_.findChildren<QFrame*>("message").size() > 1; });
    trigger("show_evaluation");
    camera_.take("messages-on-a-low-page");
    hide_runs();
    dismiss_messages();
    trigger("tab_train");

    preparation();
    auto& more = find<QToolButton>("more_settings");
    more.click();
    QScrollArea* scroll = nullptr;
    for (QWidget* parent = more.parentWidget(); parent && !scroll; parent = parent->parentWidget())
        scroll = qobject_cast<QScrollArea*>(parent);
    camera_.take("setup-expanded", nullptr, [&more, scroll] {
        QTest::qWait(50);
        scroll->verticalScrollBar()->setValue(more.mapTo(scroll->widget(), QPoint()).y());
    });
    more.click();
    scroll->verticalScrollBar()->setValue(0);
}

void Tour::preparation() {
    find<QAbstractButton>("show_classes").click();
    camera_.take("classes");
    find<QAbstractButton>("show_classes").click();
    trigger("prepare_dataset");
    auto& dialog = find<QDialog>("prepare_dialog");
    until("the prepared images", [this] { return !find<QAbstractButton>("stop_preview").isVisible(); });
    camera_.take("prepare", &dialog);
    dialog.reject();
    QTest::qWait(50);
    take_preparation_states(window_, camera_, folder_.filePath("landscapes"));
    trigger("use_glyphs");
    until_idle("the glyphs again");
    dismiss_messages();
}

void Tour::training() {
    window_.editor().use_preset(find_preset("quick"));
    set("minutes", 60.0);
    set("preview_seconds", std::max(0.5, training_seconds_ / 12));
    set("save_every_minutes", std::max(0.01, training_seconds_ / 60 / 4));  // for the map of checkpoints
    trigger("train");
    until("the training", [this] { return step_ > 5 && previews_ > 0; });
    QTest::qWait(static_cast<int>(1000 * training_seconds_));
    camera_.take("training");
    find<QAbstractButton>("show_map").setChecked(true);
    camera_.take("loss-map");
    find<QAbstractButton>("show_map").setChecked(false);
    trigger("pause");
    until("the pause", [this] { return window_.link().state() == EngineState::paused; });
    camera_.take("paused");
    take_finding_states(window_, camera_);
    trigger("stop");
    until("the end of the run", [this] { return window_.link().can_resume(); });
    camera_.take("stopped");
}

void Tour::short_runs() {
    for (const double rate : {0.0005, 0.002, 0.008}) {
        trigger("new_run");
        window_.editor().use_preset(find_preset("tiny"));
        set("learning_rate", rate);
        set("steps", std::int64_t{60});
        set("preview_seconds", 0.5);
        step_ = 0;
        trigger("train");
        until("the end of a short run", [this] { return step_ >= 60 && window_.link().run()->completed; });
        until_idle("the end of a short run");
    }
    trigger("tab_train");
    camera_.take("finished");
}

void Tour::runs() {
    trigger("tab_runs");
    auto& view = find<QTreeView>("runs");
    until("the list of runs", [&] { return view.model()->rowCount() >= 4; });
    view.setCurrentIndex(view.model()->index(0, 0));
    camera_.take("runs-one-selected");
    view.selectAll();
    QTest::qWait(500);
    camera_.take("runs-several-selected");
    view.clearSelection();
    view.setCurrentIndex(view.model()->index(0, 0));
    hide_runs();
}

void Tour::queue() {
    trigger("show_queue");
    camera_.take("queue-empty");
    const QString vanishing = folder_.filePath("pictures of the holiday");
    write_photographs(vanishing);
    window_.open_path(vanishing);
    until("pictures for the queue",
          [this] { return window_.link().dataset() && window_.link().dataset()->class_names.size() == 2; });
    const auto add = [this](const char* preset, double minutes, std::int64_t steps) {
        trigger("new_run");
        window_.editor().use_preset(find_preset(preset));
        set("steps", steps);
        if (steps == 0) set("minutes", minutes);
        set("preview_seconds", 0.5);
        trigger("add_to_queue");
    };
    add("tiny", 0, 50);  // which fails
    QDir(vanishing).removeRecursively();
    trigger("use_glyphs");
    until_idle("the glyphs for the queue");
    add("tiny", 0, 40);
    add("quick", 5, 0);
    set("learning_rate", 0.002);
    add("quick", 10, 0);
    add("balanced", 360, 0);
    trigger("show_queue");
    auto& view = find<QTreeView>("queue");
    view.setCurrentIndex(view.model()->index(3, 0));
    camera_.take("queue");
    find<QAbstractButton>("queue_start").click();
    until("the third run of the queue", [this, &view] {
        return view.model()->index(1, 1).data().toString() == "Done" && step_ >= 1 &&
               window_.link().state() == EngineState::training &&
               window_.link().run()->config.training.steps == 0;
    });
    QTest::qWait(static_cast<int>(300 * training_seconds_));
    camera_.take("queue-running");
    dismiss_messages();
    view.setCurrentIndex(view.model()->index(0, 0));
    camera_.take("queue-failed");
    trigger("stop");
    until_idle("the end of the queue");
    dismiss_messages();
    while (view.model()->rowCount() > 0) {
        view.setCurrentIndex(view.model()->index(0, 0));
        for (auto* button : window_.findChildren<QAbstractButton*>())
            if (button->isVisible() && button->accessibleName() == "Remove") button->click();
        if (view.model()->rowCount() == 3) camera_.take("queue-removed");
    }
    hide_runs();
}

void Tour::denoise() {
    // From here on with the example, whose samples are worth looking at.
    window_.open_path(QString::fromStdString(ui::example_model().string()));
    until("the example as a model", [this] { return window_.link().model_path() == ui::example_model(); });
    until_idle("the example as a model");
    dismiss_messages();
    trigger("tab_denoise");
    results_ = 0;
    trigger("sample");
    until("a sample", [this] { return results_ == 1; });
    until_idle("a sample");
    for (int i = 0; i < 7; ++i) trigger("back");
    camera_.take("denoise");
    auto* frames = window_.findChild<ui::FrameView*>();
    Q_EMIT frames->image_chosen(3);
    camera_.take("denoise-one-image");
    results_ = 0;
    find<QAbstractButton>("branch").click();
    until("a branch", [this] { return results_ == 1; });
    until_idle("a branch");
    camera_.take("denoise-branch");
}

void Tour::compare() {
    trigger("compare_with");
    auto* page = window_.findChild<ui::ComparePage*>();
    const auto sample = [this, page] {
        find<QAbstractButton>("compare_sample", page).click();
        until("a comparison", [page] { return !page->is_running() && page->can_export(); });
        until_idle("a comparison");
        for (int i = 0; i < 8; ++i) trigger("back");
    };
    for (auto* box : page->findChild<QWidget*>("column_2")->findChildren<QComboBox*>())
        if (const int row = box->findText("DDIM"); row >= 0) box->setCurrentIndex(row);
    sample();
    camera_.take("compare-two");
    find<QComboBox>("view", page).setCurrentIndex(1);
    camera_.take("compare-difference");
    find<QComboBox>("view", page).setCurrentIndex(0);
    for (int i = 0; i < 2; ++i) find<QAbstractButton>("add", page).click();
    int steps = 20;
    for (int column = 2; column <= 4; ++column, steps /= 2) {
        auto* form = page->findChild<QWidget*>(QString("column_%1").arg(column));
        for (auto* box : form->findChildren<QSpinBox*>())
            if (box->accessibleName().contains("Steps")) box->setValue(steps);
    }
    sample();
    camera_.take("compare-four");
}

/// Of the longest run, which is the oldest one.
void Tour::map() {
    auto* page = window_.findChild<ui::ComparePage*>();
    find<QComboBox>("view", page).setCurrentIndex(2);
    auto* panel = window_.findChild<ui::MapPanel*>();
    auto& runs = find<QComboBox>("model", panel);
    runs.setCurrentIndex(runs.count() - 1);
    camera_.take("compare-map-empty");
    find<QAbstractButton>("compare_sample", page).click();
    until("a map", [page] { return !page->is_running() && page->can_export(); });
    until_idle("a map");
    camera_.take("compare-map");
    find<QComboBox>("view", page).setCurrentIndex(0);
}

void Tour::noise() {
    trigger("tab_noise");
    camera_.take("noise");
    for (auto* button : window_.findChildren<QAbstractButton*>())
        if (button->isVisible() && button->text() == "Compare schedules") button->click();
    camera_.take("noise-schedules");
    for (auto* button : window_.findChildren<QAbstractButton*>())
        if (button->isVisible() && button->text() == "Draw a schedule") button->click();
    camera_.take("noise-draw");
    find<QComboBox>("drawn_quantity").setCurrentIndex(1);
    find<QLineEdit>("schedule_name").setText("Gentle");
    find<QAbstractButton>("save_schedule").click();
    find<QAbstractButton>("train_with_schedule").click();
    camera_.take("noise-draw-saved");
    dismiss_messages();
    for (auto* button : window_.findChildren<QAbstractButton*>())
        if (button->isVisible() && button->text() == "One picture") button->click();
    take_dialog("export-noise", "export");
}

void Tour::model() {
    trigger("tab_train");
    trigger("show_model");
    camera_.take("model");
    trigger("show_evaluation");
    results_ = 0;
    find<QSpinBox>("evaluation_count").setValue(16);
    find<QAbstractButton>("evaluate").click();
    until("an evaluation", [this] { return results_ == 1; });
    until_idle("an evaluation");
    camera_.take("evaluation");
    find<QTabWidget>("runs_tabs").setCurrentIndex(4);
    camera_.take("log");
    hide_runs();
}

void Tour::dialogs() {
    trigger("tab_denoise");
    take_dialog("export", "export");
    take_dialog("preferences", "preferences");
    QTimer::singleShot(0, &window_, [this] { find<QTabWidget>("preferences_tabs").setCurrentIndex(1); });
    take_dialog("preferences-downloads", "preferences");
    QTimer::singleShot(0, &window_, [this] { find<QTabWidget>("preferences_tabs").setCurrentIndex(2); });
    take_dialog("preferences-cache", "preferences");
    take_crash_note_states(window_, camera_);
    take_dialog("shortcuts", "shortcuts");
    take_dialog("about", "about");
}

void Tour::take_dialog(const std::string& name, const char* action) {
    trigger(action);
    QDialog* dialog = nullptr;
    until(name.c_str(), [&] {
        for (auto* each : window_.findChildren<QDialog*>())
            if (each->isVisible()) dialog = each;
        return dialog != nullptr;
    });
    camera_.take(name, dialog);
    dialog->close();
    QTest::qWait(50);
}

void Tour::hide_runs() {
    find<QDockWidget>("runs_dock").hide();
    if (QWidget* next = QApplication::focusWidget()) next->clearFocus();  // which a person would not look at
}

void Tour::trigger(const char* action) {
    QAction* wanted = window_.actions()[action];
    until(action, [wanted] { return wanted->isEnabled(); });
    wanted->trigger();
}

void Tour::until(const char* what, const std::function<bool()>& condition) {
    if (!QTest::qWaitFor(condition, patience_ms))
        throw std::runtime_error(std::string("cannot reach ") + what);
}

void Tour::until_idle(const char* what) {
    until(what, [this] { return window_.link().state() == EngineState::idle; });
}

void Tour::set(const char* key, const SettingValue& value) {
    window_.editor().set_value(key, value);
}

void Tour::dismiss_messages() {
    for (auto* button : window_.findChildren<QAbstractButton*>("dismiss")) button->click();
    QTest::qWait(50);
}

template <class W>
W& Tour::find(const char* name, QWidget* within) {
    auto* found = (within ? within : &window_)->findChild<W*>(name);
    if (!found) throw std::runtime_error(std::string("the window has no ") + name);
    return *found;
}

}  // namespace denoise::gallery
