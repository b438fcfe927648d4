#include "ui/pages/denoise/sample_history.h"

#include <gtest/gtest.h>

#include "tests/ui/support/application.h"
#include "tests/ui/support/marked_frames.h"

namespace denoise::ui {
namespace {

using denoise::testing::branch_start;
using denoise::testing::marked_frame;
using denoise::testing::marked_start;

constexpr int steps = denoise::testing::marked_steps;

TEST(SampleHistory, ThinsBeforeItDropsAndNeverDropsWhatIsShown) {
    const std::size_t of_a_frame = 2 * 4 * 16;
    SampleHistory history(8 * of_a_frame);
    for (int job = 1; job <= 2; ++job) {
        history.add(marked_start(job));
        for (int i = 0; i < steps; ++i) history.at(job - 1).trajectory.add(marked_frame(job, i));
    }
    EXPECT_EQ(history.make_room(1), 0);
    EXPECT_EQ(history.size(), 2);
    EXPECT_GT(history.at(0).trajectory.stride() * history.at(1).trajectory.stride(), 1);
    SampleHistory narrow(1);
    for (int job = 1; job <= 3; ++job) {
        narrow.add(marked_start(job));
        narrow.at(job - 1).trajectory.add(marked_frame(job, 0));
    }
    EXPECT_EQ(narrow.make_room(2), 2);
    ASSERT_EQ(narrow.size(), 1);
    EXPECT_EQ(narrow.total(), 3);
    EXPECT_EQ(narrow.at(0).trajectory.job(), 3);
}

TEST(SampleHistory, ABranchStartsAtItsFirstStepWhenItsOriginIsGone) {
    SampleHistory history;
    history.add(marked_start(1));
    for (int i = 0; i < steps; ++i) history.at(0).trajectory.add(marked_frame(1, i));
    const int with_origin = history.add(branch_start(2, 1, 0, 4));
    EXPECT_EQ(history.at(with_origin).trajectory.first_step(), 0);
    EXPECT_EQ(history.at(with_origin).frame()->step, 3) << "the last step of its origin";
    const int without = history.add(branch_start(4, 3, 0, 4));
    EXPECT_EQ(history.at(without).trajectory.first_step(), 4);
    EXPECT_EQ(history.at(without).frame(), nullptr);
}

TEST(SampleHistory, DescribesASampleWithItsRunItsClassAndItsBranches) {
    SampleHistory history;
    const auto described = [&history](const SampleStarted& start, const QString& run) {
        return describe(history.at(history.add(start, run)));
    };
    EXPECT_EQ(described(marked_start(7), {}),
              "model step 0 · DPM-Solver++ 2M SDE, 10 steps · 4 images · seed 7");
    SampleStarted guided = marked_start(8);
    guided.class_names = {"zero", "one", "two"};
    guided.model_step = 1200;
    EXPECT_TRUE(described(guided, "Digits").startsWith("Digits, step 1,200 · all classes · DPM"));
    guided.request.label = 2;
    guided.request.guidance_scale = 2.5;
    EXPECT_TRUE(
        described(guided, "Digits").startsWith("Digits, step 1,200 · class two · guidance 2.5 · DPM"));
    SampleStarted branch = branch_start(9, 7, 2, 4);
    branch.branches.push_back({0, 6, 1});
    branch.class_names = guided.class_names;
    const QString text = described(branch, "the open run");
    EXPECT_TRUE(text.endsWith("branch of image 3 at step 5, image 1 at step 7")) << text.toStdString();
    EXPECT_TRUE(text.contains("class two")) << "that of image 3 of three classes in turn";
    EXPECT_FALSE(text.contains("the open run")) << "it is a branch of a sample of another model";
}

}  // namespace
}  // namespace denoise::ui
