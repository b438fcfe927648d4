#include "engine/runs/run_files.h"

#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

class FilesOfARun : public testing::Test {
  protected:
    FilesOfARun() {
        test::write_bytes(run_ / "run.json", "{}");
        test::write_bytes(run_ / "checkpoints/00000020.safetensors", "weights");
        fs::create_directories(run_ / "samples");
        fs::create_directories(folder_ / "other/checkpoints");
    }
    test::TemporaryFolder folder_;
    const fs::path run_ = folder_ / "run";
};

TEST_F(FilesOfARun, AreKnownByName) {
    for (const char* name :
         {"run.json", "state.json", "metrics.jsonl", "changes.jsonl", "lock", "notes.json", "checkpoints",
          "samples", "checkpoints/new.safetensors", "samples/a.png", "samples/new/folder/a.png"})
        EXPECT_TRUE(belongs_to_run(run_ / name)) << name;
    for (const char* name : {"grid.png", "model.safetensors", "pictures/run.json", "pictures/samples/a.png"})
        EXPECT_FALSE(belongs_to_run(run_ / name)) << name;
    for (const char* name : {"run.json", "checkpoints/a.safetensors", "samples/a.png", "lock"})
        EXPECT_FALSE(belongs_to_run(folder_ / "other" / name)) << name << " in a folder that is not a run";
}

TEST_F(FilesOfARun, AreKnownInEverySpelling) {
    for (const char* name : {"run/./state.json", "run/checkpoints/../state.json", "other/../run/lock",
                             "run//lock", "run/samples/", "run/new/../checkpoints/a"})
        EXPECT_TRUE(belongs_to_run(folder_ / name)) << name;
    const fs::path before = fs::current_path();
    fs::current_path(run_ / "checkpoints");
    EXPECT_TRUE(belongs_to_run("new.safetensors"));
    EXPECT_TRUE(belongs_to_run("../lock"));
    EXPECT_FALSE(belongs_to_run("../grid.png"));
    fs::current_path(before);
}

TEST_F(FilesOfARun, AreKnownThroughSymbolicLinks) {
    fs::create_directory_symlink("run/checkpoints", folder_ / "weights");
    fs::create_symlink("run/checkpoints/00000020.safetensors", folder_ / "newest.safetensors");
    fs::create_symlink("run/state.json", folder_ / "missing.json");  // does not exist yet
    fs::create_directory_symlink("run", folder_ / "alias");
    for (const char* name : {"weights/a.safetensors", "newest.safetensors", "missing.json", "alias/lock"})
        EXPECT_TRUE(belongs_to_run(folder_ / name)) << name;
    fs::create_symlink("../grid.png", folder_ / "run/link.png");
    EXPECT_FALSE(belongs_to_run(run_ / "link.png"));
}

TEST_F(FilesOfARun, AreRefusedWithTheirPath) {
    EXPECT_THAT(test::error_of([&] { require_outside_runs(run_ / "lock"); }),
                test::is_error_about(run_ / "lock", "files of a run"));
    require_outside_runs(run_ / "grid.png");
    require_outside_runs("x.png");
}

}  // namespace
}  // namespace denoise
