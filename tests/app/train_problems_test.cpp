// Training when checkpoints cannot be written: a file takes the place of their folder, which stops even root.

#include <gmock/gmock.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "engine/runs/run_list.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::ProgramResult;
using test::RunningProgram;
using test::training;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TrainingWithProblems : public testing::Test {
  protected:
    std::string run() const { return folder_ / "run"; }

    void block_checkpoints() const {
        fs::rename(folder_ / "run" / "checkpoints", folder_ / "aside");
        test::write_bytes(folder_ / "run" / "checkpoints", "in the way");
    }
    void allow_checkpoints() const {
        fs::remove(folder_ / "run" / "checkpoints");
        fs::rename(folder_ / "aside", folder_ / "run" / "checkpoints");
    }

  private:
    test::TemporaryFolder folder_;
};

TEST_F(TrainingWithProblems, WarnsOfACheckpointThatCannotBeWrittenAndGoesOn) {
    RunningProgram program(training(run(), 1'000'000, {"--set", "save_every_steps=5"}));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    block_checkpoints();
    ASSERT_TRUE(program.wait_for_errors("  do:  "));
    allow_checkpoints();
    program.send(SIGINT);
    const ProgramResult result = program.wait();
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_THAT(result.err, HasSubstr("warning: "));
    EXPECT_THAT(result.err, HasSubstr("checkpoints"));
    EXPECT_THAT(result.err, Not(HasSubstr("error: ")));
    EXPECT_EQ(read_run(run()).step, read_metrics(run(), 1'000'000).back().step);
}

TEST_F(TrainingWithProblems, ReportsThemAsJson) {
    RunningProgram program(training(run(), 1'000'000, {"--set", "save_every_steps=5", "--json"}));
    ASSERT_TRUE(program.wait_for_output("\"checkpoint\""));
    block_checkpoints();
    ASSERT_TRUE(program.wait_for_output("\"problem\""));
    allow_checkpoints();
    program.send(SIGINT);
    const ProgramResult result = program.wait();
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_THAT(result.err, Not(HasSubstr("warning: ")));
    const std::size_t begin = result.out.rfind('\n', result.out.find("\"problem\"")) + 1;
    const auto problem =
        nlohmann::json::parse(result.out.substr(begin, result.out.find('\n', begin) - begin));
    EXPECT_EQ(problem.at("event"), "problem");
    EXPECT_THAT(problem.at("why").get<std::string>(), HasSubstr("checkpoints"));
    EXPECT_THAT(problem.at("what").get<std::string>(), Not(IsEmpty()));
    EXPECT_THAT(problem.at("remedy").get<std::string>(), Not(IsEmpty()));
}

TEST_F(TrainingWithProblems, EndsWithAnErrorWhenItCannotBeSavedAfterAnInterrupt) {
    RunningProgram program(training(run(), 1'000'000));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    block_checkpoints();
    program.send(SIGINT);
    test::expect_error(program.wait(), "checkpoints");
}

TEST_F(TrainingWithProblems, EndsWithAnErrorWhenItCannotBeSavedAtTheEndOfItsBudget) {
    RunningProgram program(training(run(), 100));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    block_checkpoints();
    test::expect_error(program.wait(), "checkpoints");
}

}  // namespace
}  // namespace denoise
