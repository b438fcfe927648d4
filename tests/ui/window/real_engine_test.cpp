// The main job in the real window on the real engine, with clicks and keys, as a person does it.

#include <QDropEvent>
#include <QFrame>
#include <QImageReader>
#include <QMessageBox>
#include <QMimeData>
#include <cmath>
#include <fstream>

#include "engine/runs/run_list.h"
#include "engine/session/pictures.h"
#include "tests/ui/window/real_engine_fixture.h"
#include "ui/export/export_dialog.h"
#include "ui/picture/conversion.h"
#include "ui/plot/plot.h"

namespace denoise::testing {
namespace {

TEST_F(RealEngineTest, OneClickTrainsAndTheLossAndSamplesAppear) {
    ASSERT_TRUE(open());
    ASSERT_TRUE(choose_something_quick());
    auto* loss = find<ui::Plot>("loss_chart");
    EXPECT_FALSE(loss->value_at(0, 1));
    ASSERT_TRUE(train());
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

TEST_F(RealEngineTest, APausedRunStandsStillAndContinues) {
    ASSERT_TRUE(open_and_train());
    QTest::mouseClick(train_button(), Qt::LeftButton);
    ASSERT_TRUE(reaches(EngineState::paused));
    QTest::qWait(100);
    const std::size_t told = steps_.size();
    QTest::qWait(200);
    EXPECT_EQ(steps_.size(), told);
    key(Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(until([&] { return steps_.size() == told + 1; })) << "one step";
    ASSERT_TRUE(reaches(EngineState::paused));
    ASSERT_EQ(train_button()->text(), "Resume");
    QTest::mouseClick(train_button(), Qt::LeftButton);
    ASSERT_TRUE(until([&] { return steps_.size() > told + 5; }));
    EXPECT_EQ(steps_.back().step, static_cast<std::int64_t>(steps_.size()));
}

TEST_F(RealEngineTest, AStoppedRunContinuesWithALearningRateOfItsOwn) {
    ASSERT_TRUE(open_and_train());
    ASSERT_TRUE(until([this] { return steps_.size() >= 5; }));
    window_->actions()["stop"]->trigger();
    ASSERT_TRUE(reaches(EngineState::idle));
    const std::int64_t stopped = steps_.back().step;
    ASSERT_EQ(train_button()->text(), "Resume") << "Setup shows the run, whose set has classes";
    ASSERT_TRUE(type_setting("learning_rate", "0.0003"));
    QTest::mouseClick(train_button(), Qt::LeftButton);
    ASSERT_TRUE(until([&] { return steps_.back().step > stopped; }));
    EXPECT_EQ(list_runs(runs_.path().toStdString()).size(), 1u) << "no new run";
    const std::vector<SettingChange>& changes = link().run()->changes;
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0], (SettingChange{stopped, "learning_rate", "0.002", "0.0003"}));
}

TEST_F(RealEngineTest, SamplingWhileItTrainsFillsTheDenoisePageFrameByFrame) {
    ASSERT_TRUE(open_and_train());
    std::vector<int> sizes;
    QObject::connect(&link(), &ui::EngineLink::sample_frame, &denoise(),
                     [&] { sizes.push_back(film_.size()); });
    const std::size_t told = steps_.size();
    ASSERT_TRUE(sample());
    EXPECT_EQ(link().state(), EngineState::training);
    EXPECT_GT(steps_.size(), told) << "training continued meanwhile";
    ASSERT_EQ(sizes.size(), static_cast<std::size_t>(sampler_steps));
    EXPECT_EQ(sizes.front(), 1);
    EXPECT_EQ(sizes.back(), sampler_steps);
    EXPECT_EQ(film_.image_count(), sampled_images);

    // Scrubbing with the keys: both pictures follow.
    key(Qt::Key_Home);
    EXPECT_EQ(shown(0), film_.frame(0).x_t);
    EXPECT_EQ(shown(1), film_.frame(0).x0);
    for (int frame = 1; frame <= 3; ++frame) {
        const ImageBatch x_t = shown(0), x0 = shown(1);
        key(Qt::Key_Right);
        EXPECT_NE(shown(0), x_t);
        EXPECT_NE(shown(1), x0);
        EXPECT_EQ(shown(0), film_.frame(frame).x_t);
        EXPECT_EQ(shown(1), film_.frame(frame).x0);
    }
    key(Qt::Key_Left);
    EXPECT_EQ(shown(0), film_.frame(2).x_t);
    const QString readout = denoise().findChild<QLabel*>("readout")->text();
    EXPECT_TRUE(readout.contains(QString("t = %1 ").arg(film_.frame(2).timestep))) << readout.toStdString();
    key(Qt::Key_End);
    EXPECT_EQ(shown(0), film_.frame(sampler_steps).x_t);
}

class RealExportTest : public RealEngineTest {
  protected:
    /// Exports what the Denoise page shows as x_0, until the file is saved and the dialog is closed.
    [[nodiscard]] bool save(ui::ExportKind kind, int scale, const QString& path) {
        key(Qt::Key_E, Qt::ControlModifier);
        auto* dialog = window_->findChild<ui::ExportDialog*>();
        if (!dialog || !dialog->isVisible()) return false;
        dialog->findChild<QComboBox*>("kind")->setCurrentIndex(static_cast<int>(kind));
        dialog->findChild<QComboBox*>("content")->setCurrentIndex(static_cast<int>(ui::ExportContent::x0));
        dialog->findChild<QSpinBox*>("scale")->setValue(scale);
        auto* line = dialog->findChild<QLineEdit*>("path");
        line->selectAll();
        QTest::keyClicks(line, path);
        QTest::mouseClick(dialog->findChild<QPushButton*>("export"), Qt::LeftButton);
        const bool saved = until([&] { return shows_text("Saved " + path); }) &&
                           until([this] { return !window_->findChild<ui::ExportDialog*>(); });
        window_->activateWindow();  // as a desktop does when a dialog is closed
        return saved && QTest::qWaitForWindowActive(window_.get());
    }
};

TEST_F(RealExportTest, WhatWasSampledIsExportedAndReadBack) {
    ASSERT_TRUE(open_and_train());
    ASSERT_TRUE(sample());
    key(Qt::Key_Home);
    for (int i = 0; i < 4; ++i) key(Qt::Key_Right);
    const QString grid = exports_.filePath("grid.png"), film = exports_.filePath("film.gif");
    ASSERT_TRUE(save(ui::ExportKind::grid, 1, grid));
    EXPECT_EQ(read_picture(grid.toStdString()), ui::picture_for(film_.frame(4), ui::ExportContent::x0, -1));
    ASSERT_TRUE(save(ui::ExportKind::animation, 2, film));
    QImageReader film_file(film);
    ASSERT_EQ(film_file.imageCount(), sampler_steps + 1);
    for (int i = 0; i <= sampler_steps; ++i) {
        const QImage wanted = ui::to_image(ui::picture_for(film_.frame(i), ui::ExportContent::x0, -1));
        EXPECT_EQ(film_file.read().convertToFormat(QImage::Format_Grayscale8),
                  wanted.scaled(2 * wanted.size()))
            << "frame " << i << ", twice as large, " << film_file.errorString().toStdString();
    }
}

TEST_F(RealEngineTest, ClosingInTheMiddleSavesAndTheNextWindowContinuesFromThere) {
    ASSERT_TRUE(open_and_train());
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

    ASSERT_TRUE(open());
    ASSERT_TRUE(until([this] { return button("Resume") != nullptr; })) << "the run is offered";
    EXPECT_TRUE(shows_text(QString::fromStdString(saved.name)));
    QTest::mouseClick(button("Resume"), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return link().state() == EngineState::training && steps_.size() >= 5; }));
    EXPECT_EQ(link().run()->folder, folder);
    EXPECT_EQ(steps_.front().step, saved.step + 1);
    EXPECT_FALSE(button("Resume")) << "the offer is withdrawn";
    auto* loss = find<ui::Plot>("loss_chart");
    EXPECT_NEAR(*loss->value_at(0, 1), before.front().loss, 1e-4) << "the chart shows the steps before";
}

class RealErrorTest : public RealEngineTest {
  protected:
    void drop(const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window_.get(), &enter);
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(window_.get(), &drop);
    }
    /// The lines of the error message that is shown; empty: none is.
    QStringList error_lines() {
        QStringList lines;
        for (auto* message : window_->findChildren<QFrame*>("message")) {
            if (message->property("kind") != "failed" || !message->isVisible()) continue;
            for (auto* label : message->findChildren<QLabel*>())
                if (!label->text().isEmpty()) lines << label->text();
        }
        return lines;
    }
};

TEST_F(RealErrorTest, ABadDatasetIsExplainedAndTheProgramContinues) {
    ASSERT_TRUE(open());
    ASSERT_TRUE(choose_something_quick());
    const QString path = exports_.filePath("train-images-idx3-ubyte");
    std::ofstream(path.toStdString(), std::ios::binary) << std::string("\0\0\x08\x03\0\0\0\x0a", 8);
    drop(path);
    ASSERT_TRUE(until([this] { return !error_lines().isEmpty(); }));
    const QStringList lines = error_lines();
    ASSERT_EQ(lines.size(), 3) << lines.join(" | ").toStdString();
    EXPECT_TRUE(lines[1].contains(path)) << "why, with the file: " << lines[1].toStdString();
    EXPECT_TRUE(lines[2].endsWith('.')) << "what to do: " << lines[2].toStdString();

    action("use_glyphs")->trigger();
    ASSERT_TRUE(until([this] { return train_button()->isEnabled() && link().dataset()->name == "Glyphs"; }));
    ASSERT_TRUE(train());
}

}  // namespace
}  // namespace denoise::testing
