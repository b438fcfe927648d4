// The main job in the real window on the real engine, with clicks and keys, as a person does it.

#include <gtest/gtest.h>

#include <QComboBox>
#include <QDropEvent>
#include <QFrame>
#include <QImageReader>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <cmath>
#include <fstream>

#include "engine/session/engine.h"
#include "ui/denoise/denoise_page.h"
#include "ui/denoise/transport_bar.h"
#include "ui/export/export_dialog.h"
#include "ui/main_window.h"
#include "ui/picture/picture_view.h"
#include "ui/plot/plot.h"
#include "ui/setup/setting_field.h"
#include "ui/theme/theme.h"
#include "ui/worker/engine_link.h"

namespace denoise::testing {
namespace {

constexpr int patience_ms = 60'000;  // for a machine that does other things too; nothing here waits it out
constexpr int sampler_steps = 10;
constexpr int sampled_images = 4;

/// The program as it is, with a runs folder and settings of its own.
class RealEngineTest : public ::testing::Test {
  protected:
    void SetUp() override {
        QSettings().clear();
        ASSERT_TRUE(runs_.isValid());
        qputenv("DENOISE_LAB_RUNS", runs_.path().toUtf8());
    }
    void TearDown() override { window_.reset(); }

    void open() {
        window_ = std::make_unique<ui::MainWindow>(make_engine({.threads = 1, .yield = false}), theme_,
                                                   ui::load_preferences());
        QObject::connect(&link(), &ui::EngineLink::metrics, [this](const std::vector<StepMetrics>& steps) {
            steps_.insert(steps_.end(), steps.begin(), steps.end());
        });
        QObject::connect(&link(), &ui::EngineLink::preview_ready, [this] { ++previews_; });
        window_->show();
        window_->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
        ASSERT_TRUE(until([this] { return link().state() == EngineState::idle; }))
            << "the glyphs have loaded";
    }

    /// A small network on a few images, chosen in the form.
    void choose_something_quick() {
        auto* preset = find<QComboBox>("preset");
        preset->setFocus();
        QTest::keyClick(preset, Qt::Key_T);  // "Tiny"
        ASSERT_EQ(preset->currentText(), "Tiny");
        QTest::mouseClick(find<QToolButton>("more_settings"), Qt::LeftButton);
        type_setting("preview_seconds", "0.3");
        type_setting("image_limit", "200");
        ASSERT_TRUE(until([this] {
            return link().dataset()->count == 200 && link().state() == EngineState::idle;
        })) << "the smaller set is loaded by itself";
    }

    void type_setting(const char* key, const QString& text) {
        auto* line = find<QLineEdit>(key);
        ASSERT_TRUE(line) << key;
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
        QTest::keyClick(line, Qt::Key_Return);
    }

    void train() {
        QTest::mouseClick(train_button(), Qt::LeftButton);
        ASSERT_TRUE(until([this] { return link().state() == EngineState::training && !steps_.empty(); }));
    }

    /// Draws pictures with the open model and waits for the last frame.
    void sample() {
        key(Qt::Key_2, Qt::ControlModifier);
        denoise_spin_box("Steps")->setValue(sampler_steps);
        denoise_spin_box("Images")->setValue(sampled_images);
        QTest::mouseClick(denoise().findChild<QPushButton*>("sample"), Qt::LeftButton);
        ASSERT_TRUE(until([this] { return film() && film()->finished(); }));
    }

    ui::EngineLink& link() { return window_->link(); }
    QToolButton* train_button() { return find<QToolButton>("train_button"); }
    ui::DenoisePage& denoise() { return *window_->findChild<ui::DenoisePage*>(); }
    QSpinBox* denoise_spin_box(const QString& name) {
        for (auto* box : denoise().findChildren<QSpinBox*>())
            if (box->accessibleName() == name) return box;
        return nullptr;
    }
    const ui::Trajectory* film() {
        const int index = denoise().shown_sample();
        return index < 0 ? nullptr : &denoise().history().at(index).trajectory;
    }
    const ImageBatch& shown(int view) {
        return denoise().findChildren<ui::PictureView*>().at(view)->images();  // 0: x_t, 1: x_0
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(window_.get(), key, modifiers);
    }

    template <class W>
    W* find(const char* name) {
        return window_->findChild<W*>(name);
    }
    template <class Condition>
    static bool until(Condition condition) {
        return QTest::qWaitFor(condition, patience_ms);
    }
    QAbstractButton* button(const QString& text) {
        for (auto* each : window_->findChildren<QAbstractButton*>())
            if (each->text().remove('&') == text && each->isVisible()) return each;
        return nullptr;
    }
    bool shows_text(const QString& text) {
        for (auto* label : window_->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(text)) return true;
        return false;
    }

    QTemporaryDir runs_, exports_;
    ui::Theme theme_;
    std::vector<StepMetrics> steps_;  ///< everything that the window was told of
    int previews_ = 0;
    std::unique_ptr<ui::MainWindow> window_;
};

TEST_F(RealEngineTest, OneClickTrainsAndTheLossAndSamplesAppear) {
    open();
    choose_something_quick();
    auto* loss = find<ui::Plot>("loss_chart");
    EXPECT_FALSE(loss->value_at(0, 1));
    train();
    EXPECT_TRUE(shows_text("Training"));
    EXPECT_EQ(train_button()->text(), "Pause");
    ASSERT_TRUE(until([&] { return loss->value_at(0, 20).has_value(); }));
    EXPECT_NEAR(*loss->value_at(0, 1), steps_.front().loss, 1e-6) << "the chart shows what the engine said";
    auto* samples = find<ui::PictureView>("previews");
    ASSERT_TRUE(until([&] { return previews_ >= 1 && !samples->images().empty(); }));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        ASSERT_EQ(steps_[i].step, static_cast<std::int64_t>(i) + 1) << "no step is lost or told twice";
        ASSERT_TRUE(std::isfinite(steps_[i].loss));
    }
}

TEST_F(RealEngineTest, PauseStandsStillAndContinueGoesOn) {
    open();
    choose_something_quick();
    train();
    QTest::mouseClick(train_button(), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return link().state() == EngineState::paused; }));
    QTest::qWait(100);
    const std::size_t told = steps_.size();
    QTest::qWait(200);
    EXPECT_EQ(steps_.size(), told);
    key(Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(until([&] { return steps_.size() == told + 1; })) << "one step";
    ASSERT_TRUE(until([this] { return link().state() == EngineState::paused; }));
    ASSERT_EQ(train_button()->text(), "Continue");
    QTest::mouseClick(train_button(), Qt::LeftButton);
    ASSERT_TRUE(until([&] { return steps_.size() > told + 5; }));
    EXPECT_EQ(steps_.back().step, static_cast<std::int64_t>(steps_.size()));
}

TEST_F(RealEngineTest, SamplingWhileItTrainsFillsTheDenoisePageFrameByFrame) {
    open();
    choose_something_quick();
    train();
    std::vector<int> sizes;
    QObject::connect(&link(), &ui::EngineLink::sample_frame, &denoise(),
                     [&] { sizes.push_back(film()->size()); });
    const std::size_t told = steps_.size();
    sample();
    EXPECT_EQ(link().state(), EngineState::training);
    EXPECT_GT(steps_.size(), told) << "training went on meanwhile";
    ASSERT_EQ(sizes.size(), static_cast<std::size_t>(sampler_steps));
    EXPECT_EQ(sizes.front(), 1);
    EXPECT_EQ(sizes.back(), sampler_steps);
    EXPECT_EQ(film()->size(), sampler_steps + 1);
    EXPECT_EQ(film()->image_count(), sampled_images);

    // Scrubbing with the keys: both pictures follow.
    key(Qt::Key_Home);
    EXPECT_EQ(shown(0), film()->frame(0).x_t);
    EXPECT_EQ(shown(1), film()->frame(0).x0);
    for (int frame = 1; frame <= 3; ++frame) {
        const ImageBatch x_t = shown(0), x0 = shown(1);
        key(Qt::Key_Right);
        EXPECT_NE(shown(0), x_t);
        EXPECT_NE(shown(1), x0);
        EXPECT_EQ(shown(0), film()->frame(frame).x_t);
        EXPECT_EQ(shown(1), film()->frame(frame).x0);
    }
    key(Qt::Key_Left);
    EXPECT_EQ(shown(0), film()->frame(2).x_t);
    EXPECT_TRUE(denoise().findChild<ui::TransportBar*>()->readout().contains(
        QString("t = %1 ").arg(film()->frame(2).timestep)));
    key(Qt::Key_End);
    EXPECT_EQ(shown(0), film()->frame(sampler_steps).x_t);
}

TEST_F(RealEngineTest, WhatWasSampledIsExportedAndReadBack) {
    open();
    choose_something_quick();
    train();
    sample();
    key(Qt::Key_Home);
    for (int i = 0; i < 4; ++i) key(Qt::Key_Right);

    const auto save = [&](ui::ExportKind kind, int scale, const QString& name) {
        key(Qt::Key_E, Qt::ControlModifier);
        auto* dialog = window_->findChild<ui::ExportDialog*>();
        ASSERT_TRUE(dialog && dialog->isVisible());
        dialog->findChild<QComboBox*>("kind")->setCurrentIndex(static_cast<int>(kind));
        dialog->findChild<QComboBox*>("content")->setCurrentIndex(static_cast<int>(ui::ExportContent::x0));
        dialog->findChild<QSpinBox*>("scale")->setValue(scale);
        auto* path = dialog->findChild<QLineEdit*>("path");
        path->selectAll();
        QTest::keyClicks(path, exports_.filePath(name));
        QTest::mouseClick(dialog->findChild<QPushButton*>("export"), Qt::LeftButton);
        ASSERT_TRUE(until([&] { return shows_text("Saved " + exports_.filePath(name)); }));
        ASSERT_TRUE(until([this] { return !window_->findChild<ui::ExportDialog*>(); }));
        window_->activateWindow();  // what a desktop does when a dialog goes
        ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
    };
    save(ui::ExportKind::grid, 1, "grid.png");
    EXPECT_EQ(read_picture(exports_.filePath("grid.png").toStdString()),
              ui::picture_for(film()->frame(4), ui::ExportContent::x0, -1));
    save(ui::ExportKind::animation, 2, "film.gif");
    QImageReader film_file(exports_.filePath("film.gif"));
    ASSERT_EQ(film_file.imageCount(), sampler_steps + 1);
    for (int i = 0; i <= sampler_steps; ++i) {
        const QImage wanted = ui::to_image(ui::picture_for(film()->frame(i), ui::ExportContent::x0, -1));
        EXPECT_EQ(film_file.read().convertToFormat(QImage::Format_Grayscale8),
                  wanted.scaled(2 * wanted.size()))
            << "frame " << i << ", twice as large, " << film_file.errorString().toStdString();
    }
}

TEST_F(RealEngineTest, ClosingInTheMiddleSavesAndTheNextWindowGoesOnFromThere) {
    open();
    choose_something_quick();
    train();
    ASSERT_TRUE(until([this] { return steps_.size() >= 5; }));
    window_->close();
    auto* question = find<QMessageBox>("close_question");
    ASSERT_TRUE(question && question->isVisible());
    EXPECT_TRUE(window_->isVisible());
    QTest::mouseClick(button("Save and quit"), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return !window_->isVisible(); })) << "it closes by itself";
    const std::filesystem::path folder = link().run()->folder;
    const std::vector<StepMetrics> before = std::exchange(steps_, {});
    window_.reset();

    const RunSummary saved = read_run(folder);
    EXPECT_EQ(saved.state, RunState::stopped);
    EXPECT_EQ(saved.step, before.back().step) << "no step was lost";
    EXPECT_EQ(folder.parent_path(), std::filesystem::path(runs_.path().toStdString()));

    open();
    ASSERT_TRUE(until([this] { return button("Resume") != nullptr; })) << "the run is offered";
    EXPECT_TRUE(shows_text(QString::fromStdString(saved.name)));
    QTest::mouseClick(button("Resume"), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return link().state() == EngineState::training && steps_.size() >= 5; }));
    EXPECT_EQ(link().run()->folder, folder);
    EXPECT_EQ(link().run()->step, saved.step);
    EXPECT_EQ(steps_.front().step, saved.step + 1);
    EXPECT_FALSE(button("Resume")) << "the offer has lapsed";
    auto* loss = find<ui::Plot>("loss_chart");
    EXPECT_NEAR(*loss->value_at(0, 1), before.front().loss, 1e-4) << "the chart knows what came before";
}

TEST_F(RealEngineTest, ABadDatasetIsExplainedAndTheProgramGoesOn) {
    open();
    choose_something_quick();
    const QString path = exports_.filePath("train-images-idx3-ubyte");
    std::ofstream(path.toStdString(), std::ios::binary) << std::string("\0\0\x08\x03\0\0\0\x0a", 8);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &enter);
    QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &drop);
    const auto explained = [this]() -> QFrame* {
        for (auto* message : window_->findChildren<QFrame*>("message"))
            if (message->property("kind") == "failed" && message->isVisible()) return message;
        return nullptr;
    };
    ASSERT_TRUE(until([&] { return explained() != nullptr; }));
    QStringList lines;
    for (auto* label : explained()->findChildren<QLabel*>())
        if (!label->text().isEmpty()) lines << label->text();
    ASSERT_EQ(lines.size(), 3) << lines.join(" | ").toStdString();
    EXPECT_TRUE(lines[1].contains(path)) << "why, with the file: " << lines[1].toStdString();
    EXPECT_TRUE(lines[2].endsWith('.')) << "what to do: " << lines[2].toStdString();

    window_->actions().use_glyphs->trigger();
    ASSERT_TRUE(until([this] { return train_button()->isEnabled() && link().dataset()->name == "Glyphs"; }));
    train();
    EXPECT_EQ(link().state(), EngineState::training);
}

}  // namespace
}  // namespace denoise::testing
