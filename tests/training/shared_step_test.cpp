// Several processes, here threads, that train together.

#include "engine/training/shared_step.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/distributed/together.h"
#include "engine/network/stop_check.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"
#include "tests/support/thread_group.h"

namespace denoise {
namespace {

using test::glyphs;
using test::run_with_everything;
using test::small_run;
using test::ThreadGroup;

struct Course {
    std::vector<double> losses, norms, held_out;
    TrainingState state;
};

Course course_of(Trainer& trainer, int steps) {
    Course course;
    for (int i = 0; i < steps; ++i) {
        const TrainStep step = trainer.step(static_cast<double>(i) / steps);
        course.losses.push_back(step.loss);
        course.norms.push_back(step.gradient_norm);
        if (trainer.held_out_due()) {
            const HeldOutLosses losses = trainer.held_out_losses();
            course.held_out.insert(course.held_out.end(), {losses.held_out, losses.training});
        }
    }
    course.state = trainer.state();
    return course;
}

/// Of each of `size` processes with a batch of 12 / size images.
std::vector<Course> train(RunConfig config, int size, int steps) {
    config.training.batch_size = 12 / size;
    std::vector<std::unique_ptr<Trainer>> trainers;
    for (int rank = 0; rank < size; ++rank)
        trainers.push_back(std::make_unique<Trainer>(config, glyphs(), Execution{.threads = 1}));
    std::vector<Course> courses(static_cast<std::size_t>(size));
    ThreadGroup(size).run([&](Communicator& group) {
        const auto rank = static_cast<std::size_t>(group.rank());
        trainers[rank]->train_with(group);
        courses[rank] = course_of(*trainers[rank], steps);
    });
    return courses;
}

Course alone(RunConfig config, int steps, int parts = 1) {
    config.training.batch_size = 12;
    config.training.batch_parts = parts;
    Trainer trainer(config, glyphs(), {.threads = 1});
    return course_of(trainer, steps);
}

void expect_close(const std::vector<double>& a, const std::vector<double>& b, double difference) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        ASSERT_EQ(std::isnan(a[i]), std::isnan(b[i])) << "at " << i;  // timesteps without a loss yet
        if (std::isnan(a[i])) continue;
        EXPECT_NEAR(a[i], b[i], difference) << "at " << i;
    }
}

RunConfig with_everything() {
    RunConfig config = run_with_everything();
    config.training.flip = true;
    config.training.gradient_clip = 0.5;
    return config;
}

RunConfig with_muon() {
    RunConfig config = small_run();
    config.training.optimizer = OptimizerKind::muon;
    config.training.timestep_sampling = TimestepSampling::log_snr;
    config.training.held_out = 0.25;
    config.training.ema_snapshots = 2;
    return config;
}

TEST(SharedStep, ProcessesHaveTheLossesOfOneWithAllImages) {
    for (const RunConfig& config : {with_everything(), with_muon()}) {
        const Course one = alone(config, 30);
        for (const int size : {2, 3}) {
            const std::vector<Course> courses = train(config, size, 30);
            expect_close(courses[0].losses, one.losses, 1e-5);
            expect_close(courses[0].norms, one.norms, 1e-4);
            expect_close(courses[0].held_out, one.held_out, 1e-5);
            expect_close(courses[0].state.timestep_losses, one.state.timestep_losses, 1e-5);
            EXPECT_TRUE(std::ranges::all_of(one.losses, [](double loss) { return std::isfinite(loss); }));
        }
    }
}

/// With three processes also, because these threads add up the gradients in the order of the parts.
TEST(SharedStep, OneProcessWithPartsHasExactlyTheStepsOfProcesses) {
    for (const RunConfig& config : {with_everything(), with_muon()}) {
        for (const int size : {2, 3}) {
            const Course one = alone(config, 16, size);
            const std::vector<Course> courses = train(config, size, 16);
            EXPECT_EQ(courses[0].losses, one.losses);
            EXPECT_EQ(courses[0].norms, one.norms);
            EXPECT_TRUE(torch::equal(courses[0].state.values, one.state.values));
            EXPECT_TRUE(torch::equal(courses[0].state.ema, one.state.ema));
            expect_close(courses[0].held_out, one.held_out, 1e-5);
        }
        RunConfig in_parts = config;
        in_parts.training.batch_parts = 2;
        const std::vector<double> of_two = train(in_parts, 2, 6)[0].losses,
                                  of_one = alone(config, 6, 4).losses;
        EXPECT_EQ(of_two.front(), of_one.front());
        expect_close(of_two, of_one, 1e-6);
    }
}

TEST(SharedStep, AllProcessesHaveTheSameWeights) {
    for (const RunConfig& config : {with_everything(), with_muon()}) {
        const std::vector<Course> courses = train(config, 3, 12);
        for (const Course& course : courses) {
            EXPECT_TRUE(torch::equal(course.state.values, courses[0].state.values));
            EXPECT_TRUE(torch::equal(course.state.ema, courses[0].state.ema));
            EXPECT_EQ(course.state.step, 12);
            if (course.state.loss_history.defined()) {
                EXPECT_TRUE(torch::equal(course.state.loss_history, courses[0].state.loss_history));
                EXPECT_GT(course.state.losses_seen.sum().item<float>(), 0);
            }
        }
    }
}

TEST(SharedStep, GoesOnFromTheStateOfProcess0) {
    const RunConfig config = with_muon();
    RunConfig half = config;
    half.training.batch_size = 6;
    Trainer first(half, glyphs(), {.threads = 1}), second(half, glyphs(), {.threads = 1});
    for (int i = 0; i < 5; ++i) first.step(0.1);
    ThreadGroup(2).run([&](Communicator& group) {
        Trainer& trainer = group.rank() == 0 ? first : second;
        trainer.train_with(group);
        EXPECT_EQ(trainer.state().step, 5);
        trainer.step(0.2);
        EXPECT_EQ(trainer.images_per_step(), 12);
    });
    EXPECT_TRUE(torch::equal(first.state().values, second.state().values));
    EXPECT_TRUE(first.state().tracked_emas[0].defined());
    EXPECT_FALSE(second.state().tracked_emas[0].defined()) << "process 0 keeps them";
}

/// As if the machine of process 1 rounded differently.
TEST(SharedStep, WeightsThatDriftApartAreTakenFromProcess0) {
    const RunConfig config = with_everything();
    Trainer first(config, glyphs(), {.threads = 1}), second(config, glyphs(), {.threads = 1});
    std::array<bool, 2> equal{};
    ThreadGroup(2).run([&](Communicator& group) {
        Trainer& trainer = group.rank() == 0 ? first : second;
        trainer.train_with(group);
        TrainingState state = trainer.state();
        state.step = 498;
        if (group.rank() == 1) state.values = state.values + 1e-6;
        trainer.restore(state);
        for (bool& after_step : equal) {
            trainer.step(0.5);
            group.sum(0);  // waits for the other
            if (group.rank() == 0)
                after_step = torch::equal(first.state().values, second.state().values) &&
                             torch::equal(first.state().ema, second.state().ema);
            group.sum(0);
        }
    });
    EXPECT_EQ(equal, (std::array<bool, 2>{false, true})) << "after steps 499 and 500";
}

TEST(SharedStep, AProblemOfOneProcessLeavesTheStateOfAll) {
    RunConfig config = small_run();
    std::vector<std::unique_ptr<Trainer>> trainers;
    for (int rank = 0; rank < 2; ++rank)
        trainers.push_back(std::make_unique<Trainer>(config, glyphs(), Execution{.threads = 1}));
    ThreadGroup(2).run([&](Communicator& group) {
        Trainer& trainer = *trainers[static_cast<std::size_t>(group.rank())];
        trainer.train_with(group);
        trainer.step(0.1);
        const torch::Tensor before = trainer.state().values.clone();
        if (group.rank() == 0) {
            EXPECT_THROW(trainer.step(0.1), Error);
            leave(group);
        } else {
            follow(
                group,
                [] {
                    throw Error{"Cannot compute", "no memory", "Buy some"};
                },
                StopScope::asked);
        }
        EXPECT_TRUE(torch::equal(trainer.state().values, before));
        EXPECT_EQ(trainer.state().step, 1);
    });
}

TEST(SharedStep, SharesOfABatchAreDisjoint) {
    ThreadGroup(3).run([](Communicator& group) {
        const ProcessShare share = process_share(group, 4);
        EXPECT_EQ(share.total, 12);
        EXPECT_EQ(share.first, 4 * group.rank());
    });
}

}  // namespace
}  // namespace denoise
