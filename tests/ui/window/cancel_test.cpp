// Cancelling every kind of job in every state of a run, on the real engine and through the window.

#include <algorithm>
#include <array>
#include <tuple>

#include "engine/runs/run_list.h"
#include "tests/ui/window/real_engine_fixture.h"

namespace denoise::testing {
namespace {

enum class Kind { load, sample, evaluation };
constexpr int many_steps = 900;
constexpr std::array kind_names = {"Load", "Sample", "Evaluation"};

class RealCancelTest : public RealEngineTest {
  protected:
    /// Trains a model and brings its run into `state`; idle: it is closed.
    [[nodiscard]] bool bring_to(EngineState state) {
        if (!open_and_train()) return false;
        if (state == EngineState::idle) action("stop")->trigger();
        if (state == EngineState::paused) action("pause")->trigger();
        return reaches(state);
    }
    /// A request that takes far longer than a test.
    static Command long_request(Kind kind, const DatasetConfig& loaded) {
        switch (kind) {
            case Kind::load:
                return LoadDataset{{.dataset = "glyphs", .image_limit = 200'000}};
            case Kind::sample:
                return Sample{{.sampler = "ddpm", .count = 64, .steps = 0}};
            case Kind::evaluation:
                return Evaluate{loaded, 200};
        }
        return {};
    }
    JobId post(Kind kind) { return link().post(long_request(kind, link().dataset()->config)); }

    [[nodiscard]] bool begins(JobId job) {
        return until([this, job] { return std::ranges::count(begun_, job) > 0; });
    }
    int ends_of(JobId job) {
        return static_cast<int>(std::ranges::count(ended_, job, [](const JobEnded& end) { return end.job; }));
    }
    [[nodiscard]] bool ends(JobId job) {
        return until([this, job] { return ends_of(job) > 0; });
    }
    Outcome outcome_of(JobId job) {
        return std::ranges::find(ended_, job, [](const JobEnded& end) { return end.job; })->outcome;
    }
    /// Whether the engine still does what it is asked to.
    [[nodiscard]] bool samples() {
        const JobId job = link().post(Sample{{.count = 1, .steps = 2}});
        return ends(job) && outcome_of(job) == Outcome::done;
    }
};

class CancelEachTest : public RealCancelTest,
                       public ::testing::WithParamInterface<std::tuple<Kind, EngineState>> {};

TEST_P(CancelEachTest, EndsTheJobOnceAndNothingElse) {
    const auto [kind, state] = GetParam();
    ASSERT_TRUE(bring_to(state));
    const JobId job = post(kind);
    ASSERT_TRUE(begins(job));
    const std::size_t steps = steps_.size();
    link().post(Cancel{job});
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(outcome_of(job), Outcome::cancelled);
    ASSERT_TRUE(reaches(state));
    link().post(Cancel{job});  // has ended already
    ASSERT_TRUE(samples());
    EXPECT_EQ(ends_of(job), 1);
    EXPECT_EQ(std::ranges::count(answered_, job), 0) << "a cancelled job has no result";
    ASSERT_TRUE(reaches(state));
    EXPECT_EQ(link().dataset()->count, 200) << "the dataset is still the one before";
    const std::size_t more_steps = state == EngineState::training ? 3 : 0;
    EXPECT_TRUE(until([&] { return steps_.size() >= steps + more_steps; })) << "training continues";
}

TEST_P(CancelEachTest, GivesUpAJobThatHasNotBegun) {
    const auto [kind, state] = GetParam();
    ASSERT_TRUE(bring_to(state));
    const JobId job = post(kind);
    link().post(Cancel{job});
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(outcome_of(job), Outcome::cancelled);
    ASSERT_TRUE(reaches(state));
    EXPECT_TRUE(samples());
}

std::string name_of_case(const ::testing::TestParamInfo<CancelEachTest::ParamType>& info) {
    return std::string(kind_names[static_cast<std::size_t>(std::get<0>(info.param))]) + "_" +
           name_of(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(InEveryState, CancelEachTest,
                         ::testing::Combine(::testing::Values(Kind::load, Kind::sample, Kind::evaluation),
                                            ::testing::Values(EngineState::idle, EngineState::paused,
                                                              EngineState::training)),
                         name_of_case);

TEST_F(RealCancelTest, OneOfTwoJobsIsCancelledAndTheOtherOneGoesOn) {
    ASSERT_TRUE(bring_to(EngineState::idle));
    const JobId cancelled = post(Kind::evaluation);
    const JobId other = link().post(Sample{{.count = 1, .steps = 20}});
    link().post(Cancel{cancelled});
    ASSERT_TRUE(ends(cancelled) && ends(other));
    EXPECT_EQ(outcome_of(cancelled), Outcome::cancelled);
    EXPECT_EQ(outcome_of(other), Outcome::done);
}

TEST_F(RealCancelTest, ATrainingIsCancelledWhileItsDatasetLoadsAndSavedWhileItTrains) {
    ASSERT_TRUE(open_and_train());
    action("stop")->trigger();
    ASSERT_TRUE(reaches(EngineState::idle));
    RunConfig config = window_->editor().config();
    config.dataset.image_limit = 200'000;
    const JobId waiting = link().post(StartTraining{config, {}});
    ASSERT_TRUE(begins(waiting));
    link().post(Cancel{waiting});
    ASSERT_TRUE(ends(waiting));
    EXPECT_EQ(outcome_of(waiting), Outcome::cancelled);
    ASSERT_TRUE(reaches(EngineState::idle));

    steps_.clear();
    const JobId trains = link().post(StartTraining{window_->editor().config(), {}});
    ASSERT_TRUE(until([this] { return steps_.size() >= 3; }));
    link().post(Cancel{trains});
    ASSERT_TRUE(ends(trains));
    const RunSummary saved = read_run(link().run()->folder);
    EXPECT_EQ(saved.state, RunState::stopped);
    EXPECT_EQ(saved.step, steps_.back().step);
}

// The same with the commands of the window

TEST_F(RealCancelTest, StopEndsALoad) {
    ASSERT_TRUE(open());
    QTest::mouseClick(find<QToolButton>("more_settings"), Qt::LeftButton);
    ASSERT_TRUE(type_setting("image_limit", "200000"));
    ASSERT_TRUE(reaches(EngineState::preparing));
    action("stop")->trigger();
    ASSERT_TRUE(reaches(EngineState::idle));
    EXPECT_EQ(ended_.back().outcome, Outcome::cancelled);
    EXPECT_NE(link().dataset()->count, 200'000);
}

class StopTest : public RealCancelTest, public ::testing::WithParamInterface<EngineState> {};

TEST_P(StopTest, EndsSamplingWhoseFramesAreKept) {
    ASSERT_TRUE(bring_to(GetParam()));
    denoise_spin_box("Steps")->setValue(many_steps);
    denoise_spin_box("Images")->setValue(64);
    action("sample")->trigger();
    ASSERT_TRUE(until([this] { return film_.size() >= 2; }));
    ASSERT_TRUE(reaches(EngineState::sampling));
    action("stop")->trigger();
    ASSERT_TRUE(until([this] { return film_.ended(); }));
    ASSERT_TRUE(reaches(GetParam()));
    EXPECT_LT(film_.size(), many_steps);
    EXPECT_EQ(sample_button()->text(), "Sample");
    key(Qt::Key_Home);
    EXPECT_EQ(shown(0), film_.frame(0).x_t);
}

TEST_P(StopTest, EndsAnEvaluation) {
    ASSERT_TRUE(bring_to(GetParam()));
    action("show_evaluation")->trigger();
    begun_.clear();
    QTest::mouseClick(find<QPushButton>("evaluate"), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return !begun_.empty(); }));
    ASSERT_TRUE(reaches(EngineState::sampling));
    action("stop")->trigger();
    ASSERT_TRUE(reaches(GetParam()));
    EXPECT_EQ(outcome_of(begun_.back()), Outcome::cancelled);
    EXPECT_EQ(find<QPushButton>("evaluate")->text(), "Evaluate");
}

std::string name_of_state(const ::testing::TestParamInfo<EngineState>& info) {
    return name_of(info.param);
}

INSTANTIATE_TEST_SUITE_P(WithoutTraining, StopTest, ::testing::Values(EngineState::idle, EngineState::paused),
                         name_of_state);

TEST_F(RealCancelTest, BesideATrainingTheButtonOfThePageEndsItsJobAndStopEndsTheRun) {
    ASSERT_TRUE(bring_to(EngineState::training));
    denoise_spin_box("Steps")->setValue(many_steps);
    action("sample")->trigger();
    ASSERT_TRUE(until([this] { return film_.size() >= 2; }));
    QTest::mouseClick(sample_button(), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return film_.ended(); }));

    action("show_evaluation")->trigger();
    begun_.clear();
    QTest::mouseClick(find<QPushButton>("evaluate"), Qt::LeftButton);
    ASSERT_TRUE(until([this] { return !begun_.empty(); }));
    QTest::mouseClick(find<QPushButton>("evaluate"), Qt::LeftButton);
    ASSERT_TRUE(ends(begun_.back()));
    EXPECT_EQ(outcome_of(begun_.back()), Outcome::cancelled);
    EXPECT_EQ(link().state(), EngineState::training);

    action("stop")->trigger();
    ASSERT_TRUE(reaches(EngineState::idle));
}

}  // namespace
}  // namespace denoise::testing
