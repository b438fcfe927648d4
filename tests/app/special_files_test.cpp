// Pipes, folders and devices that have the names of files of a run: named or warned of, and never waited for.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "engine/runs/run_list.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::cli;
using test::ProgramResult;
using testing::HasSubstr;

class SpecialFiles : public test::TrainedRun {
  protected:
    void SetUp() override { fs::copy(run(), file("copy"), fs::copy_options::recursive); }
    void TearDown() override { fs::remove_all(file("copy")); }

    static std::string copy() { return file("copy"); }
    static void replace(const std::string& name) {
        fs::remove(copy() + "/" + name);
        ASSERT_EQ(::mkfifo((copy() + "/" + name).c_str(), 0600), 0);
    }
};

TEST_F(SpecialFiles, OfARunAreWarnedOfWhenItIsUsed) {
    for (const char* name : {"metrics.jsonl", "state.json"}) {
        replace(name);
        const ProgramResult result = cli({"info", copy()});
        EXPECT_EQ(result.exit_code, 0);
        EXPECT_THAT(result.err, HasSubstr("warning: "));
        EXPECT_THAT(result.err, HasSubstr(name));
    }
    EXPECT_EQ(read_run(copy()).state, RunState::stopped);
    test::expect_error(cli({"train", "--resume", copy(), "--steps", "30"}), "it is not an ordinary file");
}

TEST_F(SpecialFiles, InThePlaceOfTheLockAreNamed) {
    replace("lock");
    EXPECT_EQ(cli({"info", copy()}).exit_code, 0);
    test::expect_error(cli({"train", "--resume", copy(), "--steps", "30"}), "lock");
}

TEST_F(SpecialFiles, InThePlaceOfWeightsAreNamed) {
    ASSERT_EQ(::mkfifo((copy() + "/weights.safetensors").c_str(), 0600), 0);
    test::expect_error(cli({"evaluate", run(), "--dataset", "glyphs", "--metric", "frechet", "--features",
                            "inception", "--weights", copy() + "/weights.safetensors"}),
                       "weights.safetensors");
}

}  // namespace
}  // namespace denoise
