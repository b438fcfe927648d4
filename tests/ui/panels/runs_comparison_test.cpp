#include <QComboBox>
#include <QStandardItemModel>

#include "tests/ui/panels/runs_fixture.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/panels/runs/loss_curves.h"
#include "ui/panels/runs/run_differences.h"
#include "ui/panels/runs/runs_comparison.h"
#include "ui/plot/plot.h"
#include "ui/plot/plot_table.h"
#include "ui/text/setting_text.h"

namespace denoise::testing {
namespace {

class RunsComparisonTest : public RunsTest {
  protected:
    ui::Plot& chart() { return *find<ui::Plot>("runs_chart"); }
    std::vector<ui::PlotColumn> curves(std::size_t count) {
        EXPECT_TRUE(QTest::qWaitFor([&] { return chart().columns().size() == count; }, 3000));
        return chart().columns();
    }
    const QStandardItemModel& table() { return find<ui::RunsComparison>("runs_comparison")->table(); }
    QStringList line(const QString& title) {
        for (int row = 0; row < table().rowCount(); ++row) {
            if (table().item(row)->text() != title) continue;
            QStringList values;
            for (int column = 1; column < table().columnCount(); ++column)
                values << table().item(row, column)->text();
            return values;
        }
        return {};
    }
};

TEST_F(RunsComparisonTest, SelectedRunsAreInOneChartWithTheMeanLossAsEverywhere) {
    add_run("short", 50);
    add_run("long", 300);
    add_run("other", 20);
    open_list();
    click(row_of("short"));
    click(row_of("long"), Qt::ControlModifier);
    const auto columns = curves(2);
    EXPECT_EQ(columns[0].title, "long");
    EXPECT_EQ(columns[1].title, "short");
    ASSERT_EQ(columns[0].points.size(), 300u);
    EXPECT_EQ(columns[0].points.back().x(), 300);
    EXPECT_NEAR(columns[0].points.back().y(), read_run(runs_folder() / "long").loss, 1e-12);
    EXPECT_EQ(line("Loss")[0], text("long", ui::RunsModel::loss)) << "as in the list";
}

TEST_F(RunsComparisonTest, TheAxisIsStepsTimeOrImages) {
    RunConfig config;
    config.training.batch_size = 64;
    add_run("a", 100, config);
    add_run("b", 100);
    open_list();
    view()->selectAll();
    auto* axis = find<QComboBox>("runs_axis");
    EXPECT_EQ(curves(2)[1].points.back().x(), 100);
    axis->setCurrentText("By time");
    EXPECT_NEAR(curves(2)[1].points.back().x(), 100 * 0.3 / 60, 1e-12) << "in minutes";
    axis->setCurrentText("By images");
    EXPECT_EQ(curves(2)[1].points.back().x(), 6400);
    EXPECT_TRUE(
        QTest::qWaitFor([this] { return chart().accessibleDescription().contains("over Images"); }, 2000));
}

TEST_F(RunsComparisonTest, TheTableHasOnlyTheSettingsThatDiffer) {
    RunConfig config;
    config.training.batch_size = 64;
    config.training.threads = 2;
    add_run("a", 100, config);
    add_run("b", 100);
    open_list();
    view()->selectAll();
    EXPECT_EQ(line("Batch size"), (QStringList{"32 images", "64 images"}));
    EXPECT_EQ(line("Threads"), (QStringList{"automatic", "2"}));
    EXPECT_TRUE(line("Learning rate").isEmpty()) << "it is the same";
    EXPECT_EQ(line("Images"),
              (QStringList{QString::fromUtf8("3.20\u202Fk"), QString::fromUtf8("6.40\u202Fk")}));
    EXPECT_EQ(table().horizontalHeaderItem(1)->text(), "b");
    EXPECT_FALSE(table().horizontalHeaderItem(1)->icon().isNull()) << "the legend of the chart";
}

TEST_F(RunsComparisonTest, EqualSettingsAreSaidToBeEqual) {
    add_run("a");
    add_run("b");
    open_list();
    view()->selectAll();
    EXPECT_EQ(table().item(table().rowCount() - 1)->text(), "All settings are the same.");
}

TEST_F(RunsComparisonTest, TheCurveOfTheRunInTrainingGrows) {
    record_->folder = add_run("a", 200);
    add_run("b", 100);
    open_list();
    view()->selectAll();
    EXPECT_EQ(curves(2)[1].points.back().x(), 200);
    record_->send_run(RunConfig{}, 200);
    settle();
    record_->train(60);
    EXPECT_TRUE(QTest::qWaitFor([this] { return curves(2)[1].points.back().x() == 260; }, 3000));
    EXPECT_EQ(curves(2)[1].points.size(), 260u) << "without a gap";
}

TEST(RunColours, AreDifferentAndTheirDashesToo) {
    ui::Theme theme;
    for (const auto appearance : {ui::Appearance::light, ui::Appearance::dark}) {
        theme.set_appearance(appearance);
        for (int i = 0; i < ui::Theme::series_count; ++i)
            for (int j = 0; j < i; ++j) {
                const int a = ui::series_of_run(i), b = ui::series_of_run(j);
                EXPECT_NE(theme.series(a), theme.series(b));
                if (i < 4) {
                    EXPECT_NE(theme.series_style(a), theme.series_style(b)) << "for a print in grey";
                }
            }
    }
    theme.set_appearance(ui::Appearance::system);
}

TEST(SettingText, IsWhatAPersonReads) {
    const auto text = [](const char* key, const SettingValue& value) {
        return ui::setting_text(find_setting(run_settings(), key).info, value);
    };
    EXPECT_EQ(text("threads", std::int64_t{0}), "automatic");
    EXPECT_EQ(text("threads", std::int64_t{4}), "4");
    EXPECT_EQ(text("steps", std::int64_t{0}), "by time");
    EXPECT_EQ(text("minutes", 10.0), "10 min");
    EXPECT_EQ(text("flip", true), "yes");
    EXPECT_EQ(text("schedule", std::string("cosine")), "Cosine");
    EXPECT_EQ(text("gradient_clip", 0.0), "off");
}

TEST(SettingText, HasAWordForEveryZeroThatTheHelpExplains) {
    for (const Setting<RunConfig>& setting : run_settings()) {
        const SettingInfo& info = setting.info;
        if (info.kind == SettingKind::choice || info.kind == SettingKind::boolean) continue;
        if (info.help.find("; 0: ") == std::string::npos && info.help.find(". 0: ") == std::string::npos)
            continue;
        if (info.key == "downsample_padding" || info.key == "freq_shift") continue;  // these are amounts
        const SettingValue zero =
            info.kind == SettingKind::real ? SettingValue(0.0) : SettingValue(std::int64_t{0});
        EXPECT_FALSE(ui::setting_text(info, zero).startsWith('0')) << info.key;
    }
}

TEST_F(RunsComparisonTest, CompareSamplesFromEachOfTheSelectedRuns) {
    std::vector<std::filesystem::path> runs;
    for (const char* name : {"a", "b", "c", "d", "e"}) runs.push_back(add_run(name));
    write_text_file(runs[1] / "checkpoints" / "00000100.safetensors", "12345");
    std::filesystem::remove_all(runs[4] / "checkpoints");
    open_list();
    click(row_of("a"));
    EXPECT_FALSE(named("Compare")->isEnabled());
    EXPECT_EQ(named("Compare")->toolTip(), "Select two to four runs or checkpoints first.");
    click(row_of("e"), Qt::ControlModifier);
    EXPECT_EQ(named("Compare")->toolTip(), "e has no checkpoint yet.");
    click(row_of("e"), Qt::ControlModifier);
    for (const char* name : {"c", "d"}) click(row_of(name), Qt::ControlModifier);
    ASSERT_TRUE(named("Compare")->isEnabled());
    QTest::mouseClick(named("Compare"), Qt::LeftButton);
    settle();
    auto* page = window_->findChild<ui::ComparePage*>();
    EXPECT_TRUE(page->isVisible());
    actions()["sample"]->trigger();
    settle();
    ASSERT_EQ(record_->all<Sample>().size(), 3u) << "a column for each run";
    // In the order of the list, the newest run first, with the same settings
    EXPECT_EQ(record_->all<Sample>()[0].model, runs[3]);
    EXPECT_EQ(record_->all<Sample>()[1].model, runs[2]);
    EXPECT_EQ(record_->all<Sample>()[2].model, runs[0]);
    EXPECT_EQ(record_->all<Sample>()[0].request, record_->all<Sample>()[2].request);

    // Checkpoints, too
    EXPECT_FALSE(view()->isVisible()) << "the columns have its room";
    actions()["tab_runs"]->trigger();
    settle();
    view()->expand(row_of("b").siblingAtColumn(0));
    click(row_of("a"));
    const QModelIndex run = row_of("b").siblingAtColumn(0);
    click(view()->model()->index(1, ui::RunsModel::name, run), Qt::ControlModifier);
    QTest::mouseClick(named("Compare"), Qt::LeftButton);
    actions()["sample"]->trigger();
    settle();
    ASSERT_EQ(record_->all<Sample>().size(), 5u);
    EXPECT_EQ(record_->all<Sample>()[3].model, runs[1] / "checkpoints" / "00000100.safetensors");
    EXPECT_EQ(record_->all<Sample>()[4].model, runs[0]);
}

}  // namespace
}  // namespace denoise::testing
