// Random moves in the real window on the real engine, and what has to hold after each of them. It goes on for
// DENOISE_LAB_MONKEY_SECONDS; DENOISE_LAB_MONKEY_SEED makes other moves.

#include <QElapsedTimer>
#include <QFrame>
#include <QSet>
#include <cmath>
#include <cstdio>
#include <map>

#include "engine/runs/metrics.h"
#include "engine/runs/run_changes.h"
#include "tests/ui/window/monkey.h"
#include "tests/ui/window/real_engine_fixture.h"
#include "ui/text/format.h"
#include "ui/window/page_tabs.h"

namespace denoise::testing {
namespace {

const std::map<EngineState, const char*> state_names = {
    {EngineState::empty, "No dataset"},  {EngineState::idle, "Ready"},
    {EngineState::training, "Training"}, {EngineState::paused, "Paused"},
    {EngineState::diverged, "Diverged"},
};

class RealMonkeyTest : public RealEngineTest {
  protected:
    void watch() {
        QObject::connect(&link(), &ui::EngineLink::run_opened,
                         [this](const RunOpened& run) { history_ = run.history; });
        QObject::connect(&link(), &ui::EngineLink::metrics, [this](const std::vector<StepMetrics>& steps) {
            while (!history_.empty() && history_.back().step >= steps.front().step) history_.pop_back();
            history_.insert(history_.end(), steps.begin(), steps.end());
        });
    }
    QString text_of_label(const char* accessible_name) {
        for (auto* label : window_->findChildren<QLabel*>())
            if (label->accessibleName() == accessible_name) return label->text();
        return {};
    }

    void expect_order() {
        EXPECT_TRUE(window_->isVisible());
        EXPECT_FALSE(QApplication::activeModalWidget());
        const ui::Situation now = window_->situation();
        for (const QAction* each : window_->actions().all())
            EXPECT_EQ(each->isEnabled(), window_->actions().reason_against(each->objectName(), now).isEmpty())
                << each->objectName().toStdString();
        if (const auto name = state_names.find(link().state());
            name != state_names.end() && !now.is_closing) {
            EXPECT_EQ(text_of_label("State").toStdString(), name->second);
        }
        expect_a_way_on(now);
        expect_messages_with_remedies();
        expect_setup_of_the_run();
    }
    /// A person can always train, go on, stop, start anew or choose data, or waits for something that ends.
    void expect_a_way_on(const ui::Situation& now) {
        bool any = now.state == EngineState::preparing || now.state == EngineState::sampling;
        for (const char* name : {"train", "resume", "pause", "stop", "new_run", "use_glyphs"})
            any = any || action(name)->isEnabled();
        EXPECT_TRUE(any) << "a dead end in the state " << name_of(now.state);
    }
    void expect_messages_with_remedies() {
        for (auto* message : window_->findChildren<QFrame*>("message"))
            if (message->isVisible() && message->property("kind") == "failed") {
                const QString text = message->accessibleName();
                EXPECT_GE(text.split('\n', Qt::SkipEmptyParts).size(), 2) << text.toStdString();
                seen_errors_.insert(text);
            }
    }
    /// Setup shows the settings of the open run, or says that its settings are for the next one.
    void expect_setup_of_the_run() {
        auto* note = find<QLabel>("run_note_text");
        if (!link().run() || !note->text().startsWith("Settings of the open run")) return;
        EXPECT_TRUE(same_fixed_settings(window_->editor().config(), link().run()->config))
            << note->text().toStdString();
    }
    /// The loss beside the chart is that of the list of runs and of the command line.
    void expect_one_loss() {
        auto& pages = *find<ui::PageTabs>("pages");
        if (pages.currentIndex() != 0 || history_.empty() || link().state() == EngineState::training) return;
        QTest::qWait(250);
        if (history_.empty() || pages.currentIndex() != 0 || link().state() == EngineState::training) return;
        const double loss = current_loss(history_);
        if (!std::isfinite(loss)) return;
        const QString expected = QString("loss %1 (mean of %2)")
                                     .arg(ui::measure_text(loss))
                                     .arg(std::min<std::int64_t>(100, history_.back().step));
        bool found = false;
        for (auto* label : window_->findChildren<QLabel*>())
            if (label->text().startsWith("loss ")) {
                found = true;
                EXPECT_EQ(label->text().toStdString(), expected.toStdString());
            }
        EXPECT_TRUE(found);
    }

    std::vector<StepMetrics> history_;
    QSet<QString> seen_errors_;
};

TEST_F(RealMonkeyTest, AnyMoveLeavesTheWindowInOrder) {
    ASSERT_TRUE(open() && choose_something_quick());
    watch();
    Monkey monkey(*window_);
    QElapsedTimer timer;
    timer.start();
    const double seconds = monkey_seconds(6);
    while (timer.elapsed() < 1000 * seconds && !HasFailure()) {
        monkey.move();
        SCOPED_TRACE("seed " + std::to_string(monkey_seed()) + "\n" + monkey.story());
        expect_order();
        if (monkey.number(40) == 0) expect_one_loss();
    }
    // Nothing waits for ever.
    for (const char* name : {"stop", "stop"})
        if (action(name)->isEnabled()) action(name)->trigger();
    for (auto* cancel : window_->findChildren<QAbstractButton*>("cancel_loading"))
        if (cancel->isVisible()) cancel->click();
    EXPECT_TRUE(until([this] {
        return link().state() != EngineState::preparing && link().state() != EngineState::sampling;
    })) << monkey.story();
    std::string errors;
    for (const QString& text : seen_errors_) errors += text.toStdString() + "\n";
    RecordProperty("moves", static_cast<int>(monkey.moves()));
    std::printf("%zu moves; messages:\n%s", monkey.moves(), errors.c_str());
}

}  // namespace
}  // namespace denoise::testing
