#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTreeView>
#include <fstream>

#include "tests/ui/support/window_fixture.h"
#include "ui/pages/denoise/sample_controls.h"
#include "ui/panels/evaluation/evaluation_card.h"
#include "ui/panels/evaluation/evaluation_record.h"
#include "ui/panels/evaluation/pairs_view.h"
#include "ui/panels/runs/runs_panel.h"
#include "ui/paths/dropped_path.h"
#include "ui/plot/plot.h"
#include "ui/text/format.h"

namespace denoise::testing {
namespace {

/// The window with the evaluation shown.
class EvaluationTest : public WindowTest {
  protected:
    void open_evaluation(Manner manner = Manner::instant) {
        open();
        record_->manner = manner;  // the dataset is there by now
        actions()["show_evaluation"]->trigger();
        settle();
        button_ = find<QPushButton>("evaluate");
        ASSERT_TRUE(button_ && button_->isVisible());
    }
    void open_model(const RunConfig& config = {}) {
        record_->send_run(config, 2000, false);
        record_->set_state(EngineState::idle);
        settle();
    }
    void choose(Metric metric) { find<QComboBox>("metric")->setCurrentIndex(static_cast<int>(metric)); }
    /// Evaluates and returns the request that was posted.
    Evaluate evaluate(Metric metric) {
        choose(metric);
        record_->posted.clear();
        QTest::mouseClick(button_, Qt::LeftButton);
        settle();
        const auto posted = record_->all<Evaluate>();
        EXPECT_EQ(posted.size(), 1u);
        return posted.empty() ? Evaluate{} : posted.back();
    }
    QString text(const char* label) { return find<QLabel>(label)->text(); }
    void answer_dialog(const char* name, const QString& path) {
        auto* dialog = find<QFileDialog>(name);
        ASSERT_TRUE(dialog);
        Q_EMIT dialog->fileSelected(path);
        dialog->close();
        settle();
    }

    QPushButton* button_ = nullptr;
};

TEST_F(EvaluationTest, WithoutAModelNothingCanBeMeasuredOrExportedAndItSaysWhy) {
    open_evaluation();
    EXPECT_FALSE(button_->isEnabled());
    EXPECT_EQ(button_->toolTip(), "Train a model or open a run first.");
    EXPECT_FALSE(actions()["export_model"]->isEnabled());
    EXPECT_EQ(actions()["export_model"]->toolTip(), "Train a model or open a run first.");
    open_model();
    EXPECT_TRUE(button_->isEnabled());
    EXPECT_TRUE(actions()["export_model"]->isEnabled());
}

TEST_F(EvaluationTest, MeasuresOnTheSetThatTheModelWasTrainedOnUnlessToldOtherwise) {
    open_evaluation();
    RunConfig config;
    config.dataset = {"/data/mnist", 500, 28, DatasetConfig::Colour::grey};
    open_model(config);
    const Evaluate command = evaluate(Metric::bits_per_dim);
    EXPECT_EQ(command.dataset, config.dataset);
    EXPECT_EQ(command.metric, Metric::bits_per_dim);
    EXPECT_EQ(command.count, 64);

    QTest::mouseClick(find<QAbstractButton>("browse_dataset"), Qt::LeftButton);
    answer_dialog("dataset_dialog", "/data/mnist test");
    const Evaluate other = evaluate(Metric::bits_per_dim);
    EXPECT_EQ(other.dataset.dataset, "/data/mnist test");
    EXPECT_EQ(other.dataset.image_limit, 0);
    EXPECT_EQ(other.dataset.image_size, 28);

    open_model(RunConfig{});  // the next model is measured on the same images
    EXPECT_EQ(evaluate(Metric::bits_per_dim).dataset, other.dataset);
}

TEST_F(EvaluationTest, TellsAtOnceThatItRuns) {
    open_evaluation(Manner::slow);
    open_model();
    QSignalSpy changes(window_->findChild<ui::EvaluationCard*>(), &ui::EvaluationCard::running_changed);
    QTest::mouseClick(button_, Qt::LeftButton);
    EXPECT_EQ(changes.count(), 1) << "before the engine answers";
    EXPECT_TRUE(window_->situation().is_evaluating);
}

TEST_F(EvaluationTest, SamplesAreDrawnWithSensibleDefaultsAndEachMetricKeepsItsCount) {
    open_evaluation();
    open_model();
    const Evaluate frechet = evaluate(Metric::frechet);
    EXPECT_EQ(frechet.metric, Metric::frechet);
    EXPECT_EQ(frechet.count, 1000);
    EXPECT_EQ(frechet.features, FeatureSpace::classifier);
    EXPECT_EQ(frechet.samples.sampler, SampleRequest{}.sampler);
    EXPECT_EQ(frechet.samples.steps, SampleRequest{}.steps);
    EXPECT_EQ(frechet.samples.label, -1);
    EXPECT_EQ(frechet.samples.guidance_scale, 1);
    find<QSpinBox>("evaluation_count")->setValue(256);
    EXPECT_EQ(evaluate(Metric::nearest).count, 16);
    EXPECT_EQ(evaluate(Metric::frechet).count, 256);
}

TEST_F(EvaluationTest, GuidanceIsOfferedForModelsThatWereTrainedForItAlone) {
    open_evaluation();
    open_model();
    choose(Metric::frechet);
    auto* guidance = find<QDoubleSpinBox>("evaluation_guidance");
    EXPECT_FALSE(guidance->isVisible());
    RunConfig config;
    config.unet.classes = 10;
    config.unet.unlabelled_class = true;
    open_model(config);
    ASSERT_TRUE(guidance->isVisible());
    guidance->setValue(2.5);
    EXPECT_EQ(evaluate(Metric::frechet).samples.guidance_scale, 2.5);
}

TEST_F(EvaluationTest, AnotherEmaLengthIsMeasuredAndNamedInTheResult) {
    open_evaluation();
    open_model();
    auto* length = find<QDoubleSpinBox>("evaluation_ema_length");
    ASSERT_TRUE(length && length->isEnabled());
    EXPECT_EQ(evaluate(Metric::frechet).samples.ema_length, 0) << "that of the run";
    EXPECT_FALSE(shows_text("EMA 0.12"));
    length->setValue(0.12);
    EXPECT_EQ(evaluate(Metric::frechet).samples.ema_length, 0.12);
    EXPECT_TRUE(shows_text("glyphs, step 2,000, EMA 0.12"));
    EXPECT_EQ(find<QTreeView>("evaluations")->model()->index(0, 0).data().toString(),
              "2026-11-24 glyphs · 2,000 · EMA 0.12");
    EXPECT_EQ(evaluate(Metric::bits_per_dim).samples.ema_length, 0.12) << "of the bound, too";
    EXPECT_TRUE(shows_text("glyphs, step 2,000, EMA 0.12"));

    record_->no_ema_lengths = "The run kept no snapshots of its EMA";
    open_model();
    EXPECT_FALSE(length->isEnabled());
    EXPECT_EQ(length->toolTip(), "The run kept no snapshots of its EMA");
    EXPECT_EQ(evaluate(Metric::frechet).samples.ema_length, 0);
}

TEST(EvaluationRecords, ScoresOfAnotherEmaLengthNameIt) {
    ui::EvaluationRecord record;
    record.request.metric = Metric::frechet;
    record.result.score = FrechetScore{};
    const QString plain = ui::score_text(record);
    EXPECT_FALSE(plain.contains("EMA"));
    record.request.samples.ema_length = 0.1;
    EXPECT_EQ(ui::score_text(record), plain + " (EMA 0.1)");
}

TEST_F(EvaluationTest, BitsPerDimensionShowWhatTheyConsistOf) {
    open_evaluation();
    open_model();
    evaluate(Metric::bits_per_dim);
    const BitsPerDim expected = make_bits_per_dim(64);
    EXPECT_EQ(text("evaluation_figure"), QString("%1 bits/dim").arg(ui::measure_text(expected.total)));
    const QString details = text("evaluation_details");
    for (const char* part : {"L_T: 0.0004", "L_999: ", "L_0: 1.2", "64 images of Glyphs"})
        EXPECT_TRUE(details.contains(part)) << part << " in " << details.toStdString();
    for (const auto& [name, values] :
         {std::pair{"bound_terms", expected.terms}, {"bound_errors", expected.mse}}) {
        auto* plot = find<ui::Plot>(name);
        ASSERT_TRUE(plot && plot->isVisible()) << name;
        EXPECT_TRUE(plot->log_y());
        EXPECT_EQ(plot->value_at(0, 500), values[500]);
    }
}

TEST_F(EvaluationTest, TheTitlesOfTheCurvesAreWholeInASmallWindow) {
    open_evaluation();
    open_model();
    evaluate(Metric::bits_per_dim);
    window_->resize(1024, 700);
    settle();
    const QFontMetrics metrics(theme_.caption());
    for (const auto& [name, title] :
         {std::pair{"bound_terms", "Bits per dimension"}, {"bound_errors", "Squared error of ε"}}) {
        const int air = ui::space::control;  // left and right of it
        EXPECT_GE(find<ui::Plot>(name)->width(), metrics.horizontalAdvance(title) + air) << name;
    }
}

TEST_F(EvaluationTest, AFrechetDistanceNamesItsFeatureSpaceAndItsCaution) {
    open_evaluation();
    open_model();
    evaluate(Metric::frechet);
    EXPECT_EQ(text("evaluation_figure"), "Frechet distance 12.34");
    EXPECT_TRUE(text("evaluation_details").contains("64 features of a classifier of Glyphs"));
    EXPECT_TRUE(text("evaluation_details").contains("95.3 %"));
    EXPECT_TRUE(text("evaluation_details").contains("With images of the dataset instead of samples: 1.25"));
    EXPECT_TRUE(find<QLabel>("evaluation_caution")->isVisible());
    EXPECT_TRUE(text("evaluation_caution").contains("Fewer samples"));
    evaluate(Metric::precision_recall);
    EXPECT_EQ(text("evaluation_figure"), "Precision 0.812, recall 0.64");
    EXPECT_FALSE(find<QLabel>("evaluation_caution")->isVisible());
}

TEST_F(EvaluationTest, NearestImagesAreShownWithTheirSamplesTheClosestFirst) {
    open_evaluation();
    open_model();
    evaluate(Metric::nearest);
    auto* pairs = find<ui::PairsView>("pairs");
    ASSERT_TRUE(pairs && pairs->isVisible());
    // 3 + sin(i) is least for i = 11.
    EXPECT_EQ(pairs->accessibleDescription(), "Sample 12 and image 1,107 of the dataset, distance 2");
    EXPECT_FALSE(pairs->grab().isNull());
}

TEST_F(EvaluationTest, TheButtonStopsWhatItStarted) {
    open_evaluation(Manner::slow);
    open_model();
    evaluate(Metric::frechet);
    EXPECT_EQ(button_->text(), "Stop");
    EXPECT_EQ(text("evaluation_doing"), "Drawing samples: 250 of 1,000");
    EXPECT_TRUE(record_->all<Cancel>().empty());
    QTest::mouseClick(button_, Qt::LeftButton);
    EXPECT_EQ(button_->text(), "Stopping") << "until the job has ended";
    EXPECT_FALSE(button_->isEnabled());
    settle();
    ASSERT_EQ(record_->all<Cancel>().size(), 1u);
    EXPECT_EQ(record_->all<Cancel>()[0].job, record_->last_job);
    EXPECT_EQ(button_->text(), "Evaluate");
    EXPECT_TRUE(button_->isEnabled());
    EXPECT_EQ(find<QTreeView>("evaluations")->model()->rowCount(), 0);
}

TEST_F(EvaluationTest, StopInTheToolBarEndsAnEvaluationToo) {
    open_evaluation(Manner::slow);
    open_model();
    evaluate(Metric::bits_per_dim);
    EXPECT_TRUE(shows_text("Evaluating"));
    EXPECT_EQ(actions()["sample"]->toolTip(), "The model is being evaluated.");
    ASSERT_TRUE(actions()["stop"]->isEnabled());
    actions()["stop"]->trigger();
    ASSERT_EQ(record_->all<Cancel>().size(), 1u);
    EXPECT_EQ(record_->all<Cancel>()[0].job, record_->last_job);
}

TEST_F(EvaluationTest, OtherJobsLeaveTheEvaluationInProgressAlone) {
    open_evaluation(Manner::slow);
    open_model();
    evaluate(Metric::frechet);
    const JobId job = record_->last_job, other = job + 1;
    record_->send(JobProgress{other, 1, 2, "something else"});
    record_->send(make_evaluation(other, Evaluate{}));
    record_->send(JobEnded{other, Outcome::failed, fake_error});
    settle();
    EXPECT_EQ(text("evaluation_doing"), "Drawing samples: 250 of 1,000");
    EXPECT_EQ(button_->text(), "Stop");
    EXPECT_EQ(find<QTreeView>("evaluations")->model()->rowCount(), 0);
    record_->send(JobProgress{job, 3, 0});
    settle();
    EXPECT_EQ(text("evaluation_doing"), "Loading the dataset");
    record_->end_job(job, Outcome::cancelled);
    settle();
    EXPECT_EQ(button_->text(), "Evaluate");
}

TEST_F(EvaluationTest, EveryMetricAndFeatureSpaceIsOffered) {
    open_evaluation();
    EXPECT_EQ(find<QComboBox>("metric")->count(), static_cast<int>(names_of<Metric>.size()));
    EXPECT_EQ(find<QComboBox>("features")->count(), static_cast<int>(names_of<FeatureSpace>.size()));
    for (const auto& metric : names_of<Metric>) {
        choose(metric.value);
        EXPECT_TRUE(text("evaluation_doing").startsWith(ui::help_of(metric.value))) << metric.name;
    }
}

TEST_F(EvaluationTest, AnErrorIsShownAndLeavesTheButtonUsable) {
    open_evaluation();
    open_model();
    record_->manner = Manner::throwing;
    evaluate(Metric::bits_per_dim);
    EXPECT_TRUE(shows_text("the gzip stream ends early"));
    EXPECT_EQ(button_->text(), "Evaluate");
    EXPECT_TRUE(button_->isEnabled());
}

TEST_F(EvaluationTest, InceptionNeedsItsWeightsWhichAreRemembered) {
    open_evaluation();
    open_model();
    choose(Metric::frechet);
    find<QComboBox>("features")->setCurrentIndex(static_cast<int>(FeatureSpace::inception));
    EXPECT_FALSE(button_->isEnabled());
    EXPECT_TRUE(button_->toolTip().contains("weights")) << button_->toolTip().toStdString();
    const QString weights = folder_.filePath("inception.safetensors");
    std::ofstream(weights.toStdString()) << "weights";
    QTest::mouseClick(find<QPushButton>("weights"), Qt::LeftButton);
    answer_dialog("weights_dialog", weights);
    ASSERT_TRUE(button_->isEnabled());
    const Evaluate command = evaluate(Metric::frechet);
    EXPECT_EQ(command.features, FeatureSpace::inception);
    EXPECT_EQ(command.weights, weights.toStdString());

    window_.reset();
    open();
    EXPECT_EQ(find<QPushButton>("weights")->toolTip(), weights);
}

TEST_F(EvaluationTest, ResultsStayListedAndCanBeCopied) {
    open_evaluation();
    open_model();
    evaluate(Metric::bits_per_dim);
    evaluate(Metric::frechet);
    auto* table = find<QTreeView>("evaluations");
    ASSERT_EQ(table->model()->rowCount(), 2);
    const auto cell = [&](int row, int column) {
        return table->model()->index(row, column).data().toString();
    };
    EXPECT_EQ(cell(0, 0), "2026-11-24 glyphs · 2,000");
    EXPECT_EQ(cell(0, 1), "Frechet");
    EXPECT_EQ(cell(0, 2), "12.34");
    EXPECT_EQ(cell(1, 1), "Bits/dim");

    table->setCurrentIndex(table->model()->index(1, 0));
    EXPECT_TRUE(text("evaluation_figure").contains("bits/dim"));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
    const QString copied = QApplication::clipboard()->text();
    EXPECT_TRUE(copied.contains("Bits per dimension") && copied.contains("step 2,000"))
        << copied.toStdString();
    EXPECT_FALSE(copied.contains("Frechet"));
}

TEST_F(EvaluationTest, AnImportedModelIsMeasuredOnWhatIsLoadedAndHasItsFoldersName) {
    QTemporaryDir parent;
    const QString folder = parent.filePath("ddpm-cifar10-32");
    QDir().mkpath(folder);
    std::ofstream((folder + "/model_index.json").toStdString()) << "{}";
    record_->config.dataset.dataset = "/nobody/knows";
    open_evaluation();
    window_->open_path(folder);
    settle();
    EXPECT_EQ(evaluate(Metric::bits_per_dim).dataset.dataset, "glyphs");
    EXPECT_TRUE(window_->windowTitle().startsWith("ddpm-cifar10-32"));
    EXPECT_TRUE(
        find<QTreeView>("evaluations")->model()->index(0, 0).data().toString().startsWith("ddpm-cifar10-32"));
}

TEST(ModelNames, ComeFromTheRunNotFromTheFileInIt) {
    EXPECT_EQ(ui::model_name("/runs/glyphs"), "glyphs");
    EXPECT_EQ(ui::model_name("/runs/glyphs/"), "glyphs");
    EXPECT_EQ(ui::model_name("/runs/glyphs/checkpoints/00000500.safetensors"), "glyphs");
    EXPECT_EQ(ui::model_name("/models/cat/unet"), "cat");
    EXPECT_EQ(ui::model_name("/models/mine.safetensors"), "mine.safetensors");
}

TEST_F(EvaluationTest, TheOpenModelIsExportedToWhereItWasAskedFor) {
    open_evaluation();
    open_model();
    actions()["export_model"]->trigger();
    const QString folder = folder_.filePath("exported");
    answer_dialog("export_model_dialog", folder);
    ASSERT_EQ(record_->all<ConvertModel>().size(), 1u);
    EXPECT_EQ(record_->all<ConvertModel>()[0].format, ModelFormat::diffusers);
    EXPECT_EQ(record_->all<ConvertModel>()[0].path, folder.toStdString());
    EXPECT_TRUE(shows_text("exported to " + folder));
}

TEST_F(EvaluationTest, TheModelIsExportedWithTheEmaLengthOfThePageDenoise) {
    open_evaluation();
    open_model();
    auto* length = window_->findChild<ui::SampleControls*>()->findChild<QDoubleSpinBox*>("ema_length");
    ASSERT_TRUE(length);
    length->setValue(0.12);
    actions()["export_model"]->trigger();
    EXPECT_EQ(find<QFileDialog>("export_model_dialog")->windowTitle(),
              "Export the model with an EMA length of 0.12");
    answer_dialog("export_model_dialog", folder_.filePath("exported"));
    ASSERT_EQ(record_->all<ConvertModel>().size(), 1u);
    EXPECT_EQ(record_->all<ConvertModel>()[0].ema_length, 0.12);
}

TEST_F(EvaluationTest, ARunIsOpenedBeforeItIsExported) {
    open_evaluation();
    open_model();
    auto* runs = window_->findChild<ui::RunsPanel*>();
    ASSERT_TRUE(runs);
    Q_EMIT runs->export_wanted("/runs/other");
    EXPECT_FALSE(find<QFileDialog>("export_model_dialog"));
    settle();
    ASSERT_EQ(record_->all<OpenModel>().size(), 1u);
    EXPECT_EQ(record_->all<OpenModel>()[0].path, "/runs/other");
    answer_dialog("export_model_dialog", folder_.filePath("other"));
    EXPECT_EQ(record_->all<ConvertModel>().size(), 1u);
}

TEST_F(EvaluationTest, ARunThatCannotBeOpenedIsNotExported) {
    open_evaluation();
    open_model();
    record_->manner = Manner::throwing;
    Q_EMIT window_->findChild<ui::RunsPanel*>()->export_wanted("/runs/broken");
    settle();
    record_->manner = Manner::instant;
    open_model();
    EXPECT_FALSE(find<QFileDialog>("export_model_dialog"));
    EXPECT_TRUE(record_->all<ConvertModel>().empty());
}

TEST_F(EvaluationTest, TheModelPageListsThePartsOfTheOpenModelWithTheirSums) {
    open();
    actions()["show_model"]->trigger();
    EXPECT_TRUE(shows_text("Train a model or open a run"));
    RunConfig config;
    config.unet.base_width = 32;
    config.unet.multipliers = {1, 2, 4};
    record_->send_run(config, 2000, false);
    settle();
    auto* tree = find<QTreeView>("open_model_tree");
    ASSERT_TRUE(tree && tree->isVisible());
    const auto parts = describe_unet(config.unet, 1, 28, 28);
    const QAbstractItemModel& model = *tree->model();
    QStringList stages;
    for (int i = 0; i < model.rowCount(); ++i) {
        const QString stage = model.index(i, 0).data().toString();
        stages << stage;
        std::int64_t parameters = 0, work = 0;
        int count = 0;
        for (const UNetPart& part : parts) {
            if (ui::text_of(part.stage) != stage && stage != "Whole network") continue;
            parameters += part.parameters;
            work += part.multiply_adds;
            ++count;
        }
        EXPECT_EQ(model.index(i, 2).data().toString(), ui::count_text(parameters)) << stage.toStdString();
        EXPECT_EQ(model.index(i, 3).data().toString(), ui::count_text(work)) << stage.toStdString();
        const int listed = model.rowCount(model.index(i, 0));
        EXPECT_EQ(listed, stage == "Whole network" ? 0 : count) << stage.toStdString();
    }
    for (const char* stage : {"Time embedding", "Down 3", "Bottleneck", "Up 1", "Output", "Whole network"})
        EXPECT_TRUE(stages.contains(stage)) << stage << " in " << stages.join(", ").toStdString();
}

}  // namespace
}  // namespace denoise::testing
