#include "engine/runs/saved_schedules.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "engine/runs/queue_file.h"
#include "tests/app/program.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

using test::cli;
using test::expect_error;
using test::ProgramResult;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;

const std::string points = "0:8,0.5:1,1:-9";

/// The program with saved schedules and a queue of its own.
class SavedScheduleOption : public testing::Test {
  protected:
    TemporaryFolder folder_;
    std::string data_before_, runs_before_;

    static std::string exchanged(const char* name, const std::string& value) {
        const char* before = std::getenv(name);
        const std::string kept = before ? before : "";
        value.empty() ? ::unsetenv(name) : ::setenv(name, value.c_str(), 1);
        return kept;
    }
    void SetUp() override {
        data_before_ = exchanged("XDG_DATA_HOME", (folder_.path() / "data").string());
        runs_before_ = exchanged("DENOISE_LAB_RUNS", (folder_.path() / "runs").string());
        save_schedule(saved_schedules_file(), {"Gentle start", points});
    }
    void TearDown() override {
        exchanged("XDG_DATA_HOME", data_before_);
        exchanged("DENOISE_LAB_RUNS", runs_before_);
    }
    static ProgramResult add(const std::string& schedule) {
        return cli({"queue", "add", "--dataset", "glyphs", "--preset", "tiny", "--steps", "3", "--set",
                    "schedule=" + schedule});
    }
};

TEST_F(SavedScheduleOption, ASavedScheduleIsUsedByItsName) {
    const ProgramResult result = add("Gentle start");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const RunQueue queue = QueueFile(default_queue_file()).queue();
    ASSERT_EQ(queue.runs.size(), 1u);
    EXPECT_EQ(queue.runs.front().config.schedule.schedule, ScheduleKind::drawn);
    EXPECT_EQ(queue.runs.front().config.schedule.points, points);
}

TEST_F(SavedScheduleOption, AnUnknownNameIsRefusedWithThoseThatExist) {
    expect_error(add("Gentle"), "Gentle start");
    EXPECT_THAT(add("Gentle").err, AllOf(HasSubstr("no noise schedule \"Gentle\""), HasSubstr("cosine")));
    EXPECT_EQ(add("cosine").exit_code, 0) << "the kinds of schedules are still there";
}

TEST_F(SavedScheduleOption, TheNoiseCommandTakesItToo) {
    const std::string out = (folder_.path() / "a.png").string();
    const auto noise = [&](const std::string& schedule) {
        return cli({"noise", out, "--points", schedule, "--timesteps", "0,999", "--out",
                    (folder_.path() / "strip.png").string()});
    };
    test::write_bytes(out, test::encoded(test::qt_image(test::pattern(20, 10, 3)), "PNG"));
    const ProgramResult by_name = noise("Gentle start"), by_points = noise(points);
    EXPECT_EQ(by_name.exit_code, 0) << by_name.err;
    EXPECT_EQ(by_name.out, by_points.out);
    EXPECT_NE(noise("Gentle").exit_code, 0);
}

}  // namespace
}  // namespace denoise
