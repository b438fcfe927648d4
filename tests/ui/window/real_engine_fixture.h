#pragma once

#include <gtest/gtest.h>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <memory>
#include <vector>

#include "engine/session/engine.h"
#include "ui/link/engine_link.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/picture/picture_view.h"
#include "ui/picture/trajectory.h"
#include "ui/theme/theme.h"
#include "ui/window/main_window.h"

namespace denoise::testing {

/// The real window on the real engine, with a runs folder and settings of its own. What a person does step by
/// step returns whether it led to what it should.
class RealEngineTest : public ::testing::Test {
  protected:
    static constexpr int patience_ms = 60'000;  // for a busy machine; a test that passes does not need it
    static constexpr int sampler_steps = 10;
    static constexpr int sampled_images = 4;

    void SetUp() override {
        QSettings().clear();
        ASSERT_TRUE(runs_.isValid());
        qputenv("DENOISE_LAB_RUNS", runs_.path().toUtf8());
    }
    void TearDown() override { window_.reset(); }

    /// Until the built-in dataset is loaded.
    [[nodiscard]] bool open() {
        window_.reset();
        steps_.clear();
        window_ = std::make_unique<ui::MainWindow>(make_engine({.threads = 1, .yield = false}), theme_,
                                                   ui::load_preferences());
        record_events();
        window_->show();
        window_->activateWindow();
        return QTest::qWaitForWindowActive(window_.get()) && reaches(EngineState::idle);
    }

    /// Chooses a small network and few images in the form, until the images are loaded.
    [[nodiscard]] bool choose_something_quick() {
        auto* preset = find<QComboBox>("preset");
        preset->setFocus();
        QTest::keyClick(preset, Qt::Key_T);
        QTest::mouseClick(find<QToolButton>("more_settings"), Qt::LeftButton);
        return preset->currentText() == "Tiny" && type_setting("preview_seconds", "0.3") &&
               type_setting("image_limit", "200") &&
               until([this] { return link().dataset()->count == 200; }) && reaches(EngineState::idle);
    }

    [[nodiscard]] bool type_setting(const char* key, const QString& text) {
        auto* line = find<QLineEdit>(key);
        if (!line) return false;
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
        QTest::keyClick(line, Qt::Key_Return);
        return true;
    }

    /// Starts a run, until its first step is done.
    [[nodiscard]] bool train() {
        QTest::mouseClick(train_button(), Qt::LeftButton);
        return until([this] { return link().state() == EngineState::training && !steps_.empty(); });
    }
    [[nodiscard]] bool open_and_train() { return open() && choose_something_quick() && train(); }

    /// Samples images on the Denoise page, until the result is there.
    [[nodiscard]] bool sample() {
        key(Qt::Key_2, Qt::ControlModifier);
        denoise_spin_box("Steps")->setValue(sampler_steps);
        denoise_spin_box("Images")->setValue(sampled_images);
        film_ = {};
        QTest::mouseClick(sample_button(), Qt::LeftButton);
        return until([this] { return film_.ended(); }) && film_.size() == sampler_steps + 1;
    }

    ui::EngineLink& link() { return window_->link(); }
    QAction* action(const char* name) { return window_->actions()[name]; }
    QToolButton* train_button() { return find<QToolButton>("train_button"); }
    ui::DenoisePage& denoise() { return *window_->findChild<ui::DenoisePage*>(); }
    QPushButton* sample_button() { return denoise().findChild<QPushButton*>("sample"); }
    QSpinBox* denoise_spin_box(const QString& name) {
        for (auto* box : denoise().findChildren<QSpinBox*>())
            if (box->accessibleName() == name) return box;
        return nullptr;
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
    [[nodiscard]] static bool until(Condition condition) {
        return QTest::qWaitFor(condition, patience_ms);
    }
    [[nodiscard]] bool reaches(EngineState state) {
        return until([this, state] { return link().state() == state; });
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
    // What the window was told
    std::vector<StepMetrics> steps_;
    int previews_ = 0;
    ui::Trajectory film_;                  ///< of the last sampling job
    std::vector<JobId> begun_, answered_;  ///< jobs that reported progress, and that gave a result
    std::vector<JobEnded> ended_;
    std::unique_ptr<ui::MainWindow> window_;

  private:
    void record_events() {
        const auto on = [this](auto signal, auto record) { QObject::connect(&link(), signal, record); };
        on(&ui::EngineLink::metrics, [this](const std::vector<StepMetrics>& steps) {
            steps_.insert(steps_.end(), steps.begin(), steps.end());
        });
        on(&ui::EngineLink::preview_ready, [this] { ++previews_; });
        on(&ui::EngineLink::sample_started,
           [this](const SampleStarted& start) { film_ = ui::Trajectory(start); });
        on(&ui::EngineLink::sample_frame, [this](const SampleFrame& frame) { film_.add(frame); });
        on(&ui::EngineLink::sample_result, [this](const SampleResult& result) {
            film_.add(result);
            answered_.push_back(result.job);
        });
        on(&ui::EngineLink::evaluation_result,
           [this](const EvaluationResult& result) { answered_.push_back(result.job); });
        on(&ui::EngineLink::dataset_ready,
           [this](const DatasetReady& dataset) { answered_.push_back(dataset.job); });
        on(&ui::EngineLink::job_progress,
           [this](const JobProgress& progress) { begun_.push_back(progress.job); });
        on(&ui::EngineLink::job_ended, [this](const JobEnded& end) {
            ended_.push_back(end);
            if (end.job == film_.job()) film_.end();
        });
    }
};

}  // namespace denoise::testing
