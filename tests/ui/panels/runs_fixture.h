#pragma once

#include <QAbstractItemModel>
#include <QTreeView>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/atomic_file.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "tests/support/run_header.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/panels/runs/runs_model.h"

namespace denoise::testing {

/// The window with runs in its folder and their list shown.
class RunsTest : public WindowTest {
  protected:
    void SetUp() override {
        WindowTest::SetUp();
        ASSERT_TRUE(data_.isValid());
        old_data_ = qgetenv("XDG_DATA_HOME");
        qputenv("XDG_DATA_HOME", data_.path().toUtf8());  // with the trash
    }
    void TearDown() override {
        WindowTest::TearDown();
        if (old_data_.isEmpty())
            qunsetenv("XDG_DATA_HOME");
        else
            qputenv("XDG_DATA_HOME", old_data_);
    }

    std::filesystem::path runs_folder() const { return folder_.path().toStdString(); }

    /// A stopped run with a checkpoint and its losses. Later ones are newer.
    std::filesystem::path add_run(const std::string& name, std::int64_t steps = 200, RunConfig config = {}) {
        RunHeader header = test::run_header(config);
        header.dataset_name = "Glyphs";
        header.created = "2026-11-24T08:13:" + std::to_string(10 + made_++);
        RunFolder run = RunFolder::create(runs_folder() / name, header);
        for (std::int64_t s = 1; s <= steps; ++s) run.append(make_metrics(s));
        run.flush_metrics();
        write_text_file(run.checkpoint_path(steps), "12345");
        run.set_status(RunStatus::stopped);
        return run.path();
    }

    /// Opens the window and waits for the list.
    void open_list() {
        open();
        window_->resize(1366, 768);  // wide enough for all buttons
        actions()["tab_runs"]->trigger();
        ASSERT_TRUE(QTest::qWaitFor([this] { return rows() == made_; }, 3000));
    }

    QTreeView* view() { return find<QTreeView>("runs"); }
    int rows() { return view()->model()->rowCount(); }
    QModelIndex row_of(const QString& name) {
        for (int i = 0; i < rows(); ++i)
            if (cell(i, ui::RunsModel::name).data().toString() == name) return cell(i, ui::RunsModel::name);
        return {};
    }
    QModelIndex cell(int row, int column) { return view()->model()->index(row, column); }
    QString text(const QString& run, int column) {
        return row_of(run).siblingAtColumn(column).data().toString();
    }
    QStringList names() {
        QStringList all;
        for (int i = 0; i < rows(); ++i) all << cell(i, ui::RunsModel::name).data().toString();
        return all;
    }
    void click(const QModelIndex& at, Qt::KeyboardModifiers keys = {}) {
        view()->scrollTo(at);
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, keys, view()->visualRect(at).center());
    }
    QStringList selected() {
        QStringList all;
        for (const QModelIndex& at : view()->selectionModel()->selectedRows()) all << at.data().toString();
        return all;
    }
    QAbstractButton* named(const char* accessible_name) {
        for (auto* each : window_->findChildren<QAbstractButton*>())
            if (each->accessibleName() == QLatin1String(accessible_name) && each->isVisible()) return each;
        return nullptr;
    }

    QTemporaryDir data_;
    QByteArray old_data_;
    int made_ = 0;
};

}  // namespace denoise::testing
