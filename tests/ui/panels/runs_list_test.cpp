#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>

#include "engine/base/atomic_file.h"
#include "engine/runs/run_folder.h"
#include "tests/ui/panels/runs_fixture.h"
#include "ui/panels/runs/run_details.h"
#include "ui/panels/runs/runs_panel.h"

namespace denoise::testing {
namespace {

using Column = ui::RunsModel;

TEST_F(RunsTest, TheRunInTrainingCountsAlong) {
    const std::filesystem::path path = add_run("mine");
    open_list();
    ASSERT_EQ(text("mine", Column::step), "200");
    record_->folder = path;
    record_->send_run(RunConfig{}, 200);
    record_->set_state(EngineState::training);
    settle();
    record_->train(150);
    EXPECT_TRUE(QTest::qWaitFor([this] { return text("mine", Column::step) == "350"; }, 3000))
        << text("mine", Column::step).toStdString();
    EXPECT_EQ(text("mine", Column::state), "Running");
    EXPECT_EQ(text("mine", Column::time), "1 min 45 s") << "0.3 s a step";
    double sum = 0;
    for (int s = 251; s <= 350; ++s) sum += make_metrics(s).loss;
    EXPECT_NEAR(text("mine", Column::loss).toDouble(), sum / 100, 1e-4) << "the mean as everywhere";
    EXPECT_EQ(read_run(path).step, 200) << "the files do not say so yet";
}

TEST_F(RunsTest, APausedRunIsSaidToBePaused) {
    record_->folder = add_run("mine");
    open_list();
    record_->send_run(RunConfig{}, 200);
    record_->set_state(EngineState::paused);
    EXPECT_TRUE(QTest::qWaitFor([this] { return text("mine", Column::state) == "Paused"; }, 3000));
}

TEST_F(RunsTest, DeleteAsksInTheListAndSelectsTheNextRun) {
    for (const char* name : {"a", "b", "c"}) add_run(name);
    open_list();
    EXPECT_EQ(names(), (QStringList{"c", "b", "a"}));
    click(row_of("b"));
    QTest::mouseClick(named("Delete"), Qt::LeftButton);
    auto* notice = find<QWidget>("runs_notice");
    ASSERT_TRUE(notice->isVisible());
    EXPECT_TRUE(find<QWidget>("runs_dock")->isAncestorOf(notice)) << "near the list";
    EXPECT_TRUE(shows_text("Move “b” with its 1 checkpoint to the trash?"));
    QTest::mouseClick(button("Move to trash"), Qt::LeftButton);
    EXPECT_EQ(names(), (QStringList{"c", "a"})) << "at once";
    EXPECT_EQ(selected(), QStringList{"a"});
    EXPECT_FALSE(std::filesystem::exists(runs_folder() / "b"));
    EXPECT_FALSE(std::filesystem::exists(runs_folder() / "b.deleted")) << "it is in the trash";
    QTest::mouseClick(button("Undo"), Qt::LeftButton);
    EXPECT_TRUE(QTest::qWaitFor([this] { return names() == QStringList{"c", "b", "a"}; }, 3000));
    EXPECT_FALSE(notice->isVisible());
}

TEST_F(RunsTest, SeveralRunsAreDeletedTogether) {
    for (const char* name : {"a", "b", "c"}) add_run(name);
    open_list();
    click(row_of("c"));
    click(row_of("b"), Qt::ControlModifier);
    QTest::keyClick(view(), Qt::Key_Delete);
    EXPECT_TRUE(shows_text("Move 2 runs to the trash?"));
    QTest::mouseClick(button("Keep"), Qt::LeftButton);
    EXPECT_EQ(rows(), 3);
    QTest::keyClick(view(), Qt::Key_Delete);
    QTest::mouseClick(button("Move to trash"), Qt::LeftButton);
    EXPECT_EQ(names(), QStringList{"a"});
}

TEST_F(RunsTest, ARenamedRunStaysSelected) {
    for (const char* name : {"a", "b", "c"}) add_run(name);
    open_list();
    record_->folder = runs_folder() / "b";
    record_->send_run(RunConfig{}, 200, false);
    settle();
    click(row_of("b"));
    QTest::mouseClick(named("Rename"), Qt::LeftButton);
    auto* editor = view()->viewport()->findChild<QLineEdit*>();
    ASSERT_TRUE(editor);
    editor->selectAll();
    QTest::keyClicks(editor, "best");
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_TRUE(QTest::qWaitFor([this] { return selected() == QStringList{"best"}; }, 2000));
    EXPECT_TRUE(window_->windowTitle().contains("best")) << "the open run has its new name";
    QTest::qWait(600);  // the folder has been read again
    EXPECT_EQ(selected(), QStringList{"best"});
    EXPECT_EQ(names(), (QStringList{"c", "best", "a"}));
}

TEST_F(RunsTest, AnOpenEditorSurvivesANewCheckpoint) {
    const std::filesystem::path path = add_run("a");
    open_list();
    click(row_of("a"));
    QTest::mouseClick(named("Rename"), Qt::LeftButton);
    QTest::keyClicks(view()->viewport()->findChild<QLineEdit*>(), "new name");
    write_text_file(path / "checkpoints" / "00000300.safetensors", "1");
    record_->send(CheckpointSaved{1, path / "checkpoints" / "00000300.safetensors", 300});
    EXPECT_TRUE(QTest::qWaitFor([this] { return text("a", Column::step) == "300"; }, 3000));
    ASSERT_TRUE(view()->viewport()->findChild<QLineEdit*>());
    EXPECT_EQ(view()->viewport()->findChild<QLineEdit*>()->text(), "new name");
}

TEST_F(RunsTest, SizesStandUnderSizeAndTimesUnderCreated) {
    add_run("a");
    open_list();
    const auto header = [this](int column) {
        return view()->model()->headerData(column, Qt::Horizontal).toString();
    };
    EXPECT_EQ(header(Column::size), "Size");
    EXPECT_EQ(header(Column::created), "Created");
    EXPECT_TRUE(text("a", Column::size).contains("5")) << "bytes of its checkpoint";
    EXPECT_TRUE(text("a", Column::created).contains("08:13") || text("a", Column::created).contains("8:13"));
    const QModelIndex checkpoint = view()->model()->index(0, 0, row_of("a"));
    EXPECT_EQ(checkpoint.siblingAtColumn(Column::created).data().toString(), "");
    EXPECT_EQ(checkpoint.siblingAtColumn(Column::size).data().toString(), text("a", Column::size));
}

TEST_F(RunsTest, AStarIsOneClickAndIsKept) {
    const std::filesystem::path path = add_run("a");
    open_list();
    click(row_of("a").siblingAtColumn(Column::star));
    EXPECT_TRUE(read_run_notes(path).starred);
    click(row_of("a").siblingAtColumn(Column::star));
    EXPECT_FALSE(read_run_notes(path).starred);
}

TEST_F(RunsTest, NotesAndTagsAreKeptWhileTyping) {
    const std::filesystem::path a = add_run("a"), b = add_run("b");
    open_list();
    click(row_of("a"));
    auto* tags = find<QLineEdit>("run_tags");
    tags->setFocus();
    QTest::keyClicks(tags, "good, ");
    EXPECT_TRUE(
        QTest::qWaitFor([&] { return read_run_notes(a).tags == std::vector<std::string>{"good"}; }, 3000));
    EXPECT_EQ(tags->text(), "good, ") << "what is being typed stays";
    QTest::keyClicks(tags, "night");
    QTest::keyClicks(find<QPlainTextEdit>("run_notes"), "Sharp edges.");
    click(row_of("b"));
    EXPECT_EQ(read_run_notes(a).tags, (std::vector<std::string>{"good", "night"}));
    EXPECT_EQ(read_run_notes(a).text, "Sharp edges.");
    EXPECT_EQ(read_run_notes(b), RunNotes{});
    EXPECT_EQ(find<QPlainTextEdit>("run_notes")->toPlainText(), "");
    EXPECT_EQ(text("a", Column::tags), "good, night");
}

TEST_F(RunsTest, NotesThatCannotBeWrittenAreReported) {
    const std::filesystem::path path = add_run("a");
    open_list();
    std::filesystem::create_directory(path / run_file::notes);  // as good as a read-only medium
    click(row_of("a").siblingAtColumn(Column::star));
    settle();
    EXPECT_TRUE(shows_text(QString::fromStdString((path / run_file::notes).string())));
    EXPECT_FALSE(view()
                     ->model()
                     ->data(row_of("a").siblingAtColumn(Column::star), Qt::ToolTipRole)
                     .toString()
                     .startsWith("Starred"));
}

TEST(RunDetails, OfAReadOnlyRunAreShownAndSayThatTheyAreFixed) {
    ui::Theme theme;
    ui::RunDetails details(theme);
    RunSummary run;
    run.folder = "/cdrom/runs/a";
    run.name = "a";
    run.notes.text = "From the lecture";
    run.writable = false;
    details.set_run(run, {});
    details.show();
    const auto* text = details.findChild<QPlainTextEdit*>("run_notes");
    EXPECT_EQ(text->toPlainText(), "From the lecture");
    EXPECT_TRUE(text->isReadOnly());
    const auto* locked = details.findChild<QLabel*>("notes_locked");
    EXPECT_TRUE(locked->isVisible());
    EXPECT_TRUE(locked->text().contains("read-only"));
}

TEST_F(RunsTest, TheFilterFindsNamesTagsAndStars) {
    write_run_notes(add_run("night run"), {.starred = true, .tags = {"low noise"}});
    write_run_notes(add_run("day run"), {.tags = {"good"}});
    open_list();
    auto* search = find<QLineEdit>("runs_search");
    const auto found = [&](const QString& words) {
        search->setText(words);
        return names();
    };
    EXPECT_EQ(found("NOISE"), QStringList{"night run"});
    EXPECT_EQ(found("starred"), QStringList{"night run"});
    EXPECT_EQ(found("run good"), QStringList{"day run"});
    EXPECT_EQ(found("glyphs").size(), 2);
    EXPECT_TRUE(found("starred good").isEmpty());
    EXPECT_TRUE(shows_text("No run matches the filter."));
    EXPECT_EQ(found("").size(), 2);
}

TEST_F(RunsTest, AClickOnAColumnSortsByItsNumbers) {
    add_run("a", 1000);
    add_run("b", 99);
    add_run("c", 200);
    open_list();
    view()->sortByColumn(Column::step, Qt::AscendingOrder);
    EXPECT_EQ(names(), (QStringList{"b", "c", "a"}));
    view()->sortByColumn(Column::step, Qt::DescendingOrder);
    EXPECT_EQ(names(), (QStringList{"a", "c", "b"}));
}

TEST_F(RunsTest, DuplicateAsNewRunSetsUpItsSettings) {
    RunConfig config;
    config.training.batch_size = 77;
    add_run("a", 200, config);
    open_list();
    click(row_of("a"));
    QTest::mouseClick(named("Duplicate as new run"), Qt::LeftButton);
    settle();
    EXPECT_EQ(find<QLineEdit>("batch_size")->text(), "77");
    EXPECT_TRUE(record_->all<StartTraining>().empty()) << "it is not started yet";
    actions()["train"]->trigger();
    settle();
    ASSERT_EQ(record_->all<StartTraining>().size(), 1u);
    EXPECT_EQ(record_->all<StartTraining>()[0].config.training.batch_size, 77);
    EXPECT_FALSE(named("Duplicate as new run")->isEnabled())
        << "while a run is open, Setup shows its settings";
    EXPECT_TRUE(named("Duplicate as new run")->toolTip().contains("Stop the run first"));
}

TEST_F(RunsTest, RunsThatWereOpenedAreOfferedAgain) {
    const std::filesystem::path path = add_run("a");
    open_list();
    click(row_of("a"));
    QTest::mouseClick(named("Open"), Qt::LeftButton);
    settle();
    auto* recent = find<QMenu>("recent_models");
    Q_EMIT recent->aboutToShow();
    ASSERT_EQ(recent->actions().size(), 1);
    EXPECT_EQ(recent->actions().front()->text(), "a");
    recent->actions().front()->trigger();
    settle();
    EXPECT_EQ(record_->all<OpenModel>().size(), 2u);
    EXPECT_EQ(record_->all<OpenModel>().back().path, path);
}

TEST_F(RunsTest, AnEvaluationIsKeptAsTheScoreOfItsRun) {
    const std::filesystem::path path = add_run("a");
    open_list();
    click(row_of("a"));
    QTest::mouseClick(named("Open"), Qt::LeftButton);
    settle();
    actions()["show_evaluation"]->trigger();
    QTest::mouseClick(button("Evaluate"), Qt::LeftButton);
    settle();
    ASSERT_EQ(read_run_notes(path).scores.size(), 1u);
    actions()["tab_runs"]->trigger();
    EXPECT_TRUE(QTest::qWaitFor([this] { return !text("a", Column::score).isEmpty(); }, 3000));
}

TEST(RunsModel, KeepsItsRowsWhenTheListIsReadAgain) {
    ui::Theme theme;
    ui::RunsModel model(theme);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto run = [](const std::string& name, std::vector<std::int64_t> steps) {
        RunSummary summary;
        summary.folder = "/runs/" + name;
        summary.name = name;
        for (const std::int64_t step : steps)
            summary.checkpoints.push_back({summary.folder / std::to_string(step), step, 5});
        return summary;
    };
    model.set_runs({run("c", {2, 1}), run("b", {3, 1}), run("a", {1})});
    const QPersistentModelIndex b = model.index(1, 0), old_checkpoint = model.index(1, 0, b);
    model.set_runs({run("d", {}), run("b", {7, 3, 1}), run("a", {})});
    EXPECT_EQ(b.row(), 1);
    EXPECT_EQ(model.run_at(b)->name, "b");
    EXPECT_EQ(model.checkpoint_at(old_checkpoint)->step, 1);
    EXPECT_EQ(old_checkpoint.parent(), b);
    model.set_runs({run("a", {}), run("b", {1}), run("d", {})});  // in another order
    EXPECT_EQ(model.run_at(model.index(0, 0))->name, "a");
    EXPECT_EQ(model.run_at(model.index(2, 0))->name, "d");
    model.set_runs({});
    EXPECT_EQ(model.rowCount(), 0);
}

}  // namespace
}  // namespace denoise::testing
