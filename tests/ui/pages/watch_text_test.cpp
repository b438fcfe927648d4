#include "ui/pages/train/watch_text.h"

#include <gtest/gtest.h>

#include "tests/ui/support/application.h"
#include "ui/link/run_watch.h"

namespace denoise::ui {
namespace {

WatchReport training_on(const char* host) {
    WatchReport report;
    report.phase = WatchPhase::watching;
    report.folder = "/mnt/runs/birds";
    report.sign = {.status = RunStatus::running, .host = host};
    report.step = 12'345;
    report.total_steps = 800'000;
    report.seconds_since_step = 4;
    report.model_step = 12'000;
    return report;
}

std::string title(const WatchReport& report) {
    return describe_watch(report).title.toStdString();
}
std::string details(const WatchReport& report) {
    return describe_watch(report).details.toStdString();
}

TEST(WatchText, SaysWhatIsWatchedWhoTrainsItAndWhenTheLastStepArrived) {
    WatchReport report = training_on("node17");
    EXPECT_EQ(title(report), "Watching “birds”, which the machine node17 trains");
    EXPECT_EQ(details(report),
              "Step 12,345 of 800,000 arrived just now. Samples are drawn here with the checkpoint of step "
              "12,000.");
    EXPECT_FALSE(describe_watch(report).is_warning);
    report.is_here = true;
    report.total_steps = 0;
    report.seconds_since_step = 65;
    EXPECT_EQ(title(report), "Watching “birds”, which another program on this machine trains");
    EXPECT_TRUE(describe_watch(report).details.startsWith("Step 12,345 arrived 1 min ago."))
        << details(report);
    report.is_here = false;
    report.sign.host.clear();  // of an older version
    EXPECT_EQ(title(report), "Watching “birds”, which another program trains");
}

TEST(WatchText, SaysThatNoStepArrives) {
    WatchReport report = training_on("node17");
    report.seconds_since_step = 179;
    EXPECT_FALSE(describe_watch(report).is_warning);
    report.seconds_since_step = 185;
    EXPECT_TRUE(describe_watch(report).is_warning);
    EXPECT_TRUE(describe_watch(report).details.startsWith("No new step for 3 min.")) << details(report);
    report.seconds_per_step = 60;  // of which five are waited for
    EXPECT_FALSE(describe_watch(report).is_warning);
    report.is_uncertain = true;
    report.seconds_since_step = 3 * 3600;
    EXPECT_TRUE(describe_watch(report).details.startsWith(
        "No new step for 3 h. Whether the training still goes on there cannot be seen from this machine."))
        << details(report);
}

TEST(WatchText, SaysThatTheFolderOrTheDriveIsAway) {
    WatchReport report = training_on("node17");
    report.seconds_unreachable = 5;
    report.problem = "No such file or directory";
    EXPECT_TRUE(describe_watch(report).is_warning);
    EXPECT_TRUE(describe_watch(report).details.startsWith(
        "The folder cannot be read now: No such file or directory. It is tried again"))
        << details(report);
    report.seconds_without_answer = 32;
    EXPECT_TRUE(describe_watch(report).details.startsWith("The drive has not answered for 30 s."))
        << details(report);
}

TEST(WatchText, SaysHowItEnded) {
    WatchReport report = training_on("node17");
    report.phase = WatchPhase::ended;
    report.sign.status = RunStatus::finished;
    EXPECT_EQ(title(report), "The training of “birds” is finished");
    report.sign.status = RunStatus::stopped;
    EXPECT_EQ(title(report), "The training of “birds” was stopped");
    EXPECT_EQ(details(report), "It ended at step 12,345 and can be resumed on this machine.");
    report.sign.status = RunStatus::running;
    EXPECT_EQ(title(report), "The training of “birds” ended unexpectedly");
    EXPECT_EQ(details(report),
              "Its last step was 12,345. It can be resumed on this machine, from the checkpoint of step "
              "12,000.");
    EXPECT_TRUE(describe_watch(report).is_warning);
}

TEST(WatchText, AgesDoNotChangeEverySecond) {
    EXPECT_EQ(age_text(0), "just now");
    EXPECT_EQ(age_text(9), "just now");
    EXPECT_EQ(age_text(47), "40 s ago");
    EXPECT_EQ(age_text(200), "3 min ago");
    EXPECT_EQ(age_text(3 * 3600 + 5), "3 h ago");
    EXPECT_EQ(age_text(3 * 24 * 3600), "3 days ago");
}

}  // namespace
}  // namespace denoise::ui
