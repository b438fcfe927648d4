#include "tests/app/trained_run.h"

#include <gmock/gmock.h>

namespace denoise::test {

std::vector<std::string> training(const std::string& run, int steps, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "train",   "--dataset",           "glyphs",  "--preset", "tiny",      "--out", run,
        "--steps", std::to_string(steps), "--batch", "8",        "--threads", "1"};
    for (const char* setting :
         {"base_width=8", "groups=4", "image_limit=200", "preview_seconds=0", "timesteps=50"}) {
        arguments.emplace_back("--set");
        arguments.emplace_back(setting);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

void expect_error(const ProgramResult& result, const std::string& part) {
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, testing::HasSubstr("error: "));
    EXPECT_THAT(result.err, testing::Not(testing::HasSubstr("warning: ")));
    EXPECT_THAT(result.err, testing::HasSubstr("  why: "));
    EXPECT_THAT(result.err, testing::HasSubstr("  do:  "));
    EXPECT_THAT(result.err, testing::HasSubstr(part));
}

void TrainedRun::train(const std::vector<std::string>& more) {
    folder_ = new TemporaryFolder;
    ASSERT_EQ(cli(training(run(), 20, more)).exit_code, 0);
}

void TrainedRun::TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
}

}  // namespace denoise::test
