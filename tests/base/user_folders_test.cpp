#include "engine/base/user_folders.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "engine/base/processors.h"
#include "engine/runs/run_list.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Sets environment variables and restores them afterwards.
class UserFolders : public testing::Test {
  protected:
    UserFolders() {
        for (Variable& variable : variables_)
            if (const char* value = std::getenv(variable.name)) variable.value = value;
        for (const Variable& variable : variables_) ::unsetenv(variable.name);
    }
    ~UserFolders() override {
        for (const Variable& variable : variables_) {
            ::unsetenv(variable.name);
            if (variable.value) ::setenv(variable.name, variable.value->c_str(), 1);
        }
    }
    static void set(const char* name, const char* value) { ::setenv(name, value, 1); }

  private:
    struct Variable {
        const char* name;
        std::optional<std::string> value = {};
    };
    Variable variables_[4] = {{"HOME"}, {"XDG_DATA_HOME"}, {"XDG_CACHE_HOME"}, {"DENOISE_LAB_RUNS"}};
};

TEST_F(UserFolders, AreThoseOfTheXdgVariables) {
    set("HOME", "/home/me");
    set("XDG_DATA_HOME", "/data");
    set("XDG_CACHE_HOME", "/cache");
    EXPECT_EQ(data_folder(), "/data/denoise-lab");
    EXPECT_EQ(default_cache_folder(), "/cache/denoise-lab");
    EXPECT_EQ(default_runs_folder(), "/data/denoise-lab/runs");
}

TEST_F(UserFolders, AreInTheHomeFolderByDefault) {
    set("HOME", "/home/me");
    EXPECT_EQ(data_folder(), "/home/me/.local/share/denoise-lab");
    EXPECT_EQ(default_cache_folder(), "/home/me/.cache/denoise-lab");
}

TEST_F(UserFolders, RelativeAndEmptyPathsAreIgnored) {
    set("HOME", "/home/me");
    for (const char* ignored : {"", "relative/folder", "./here", "~/data"}) {
        set("XDG_DATA_HOME", ignored);
        set("XDG_CACHE_HOME", ignored);
        EXPECT_EQ(data_folder(), "/home/me/.local/share/denoise-lab") << ignored;
        EXPECT_EQ(default_cache_folder(), "/home/me/.cache/denoise-lab") << ignored;
    }
}

TEST_F(UserFolders, WithoutHomeThePasswordDatabaseIsAsked) {
    const passwd* entry = ::getpwuid(::getuid());
    if (entry == nullptr || *entry->pw_dir != '/') GTEST_SKIP() << "this user has no home folder";
    const fs::path home = entry->pw_dir;
    for (const char* no_home : {static_cast<const char*>(nullptr), "", "relative"}) {
        ::unsetenv("HOME");
        if (no_home != nullptr) set("HOME", no_home);
        EXPECT_EQ(data_folder(), home / ".local/share/denoise-lab");
        EXPECT_EQ(default_cache_folder(), home / ".cache/denoise-lab");
    }
}

TEST_F(UserFolders, RunsHaveAVariableOfTheirOwn) {
    set("HOME", "/home/me");
    set("DENOISE_LAB_RUNS", "/runs");
    EXPECT_EQ(default_runs_folder(), "/runs");
    set("DENOISE_LAB_RUNS", "");
    EXPECT_EQ(default_runs_folder(), "/home/me/.local/share/denoise-lab/runs");
}

TEST(Processors, AreAtLeastTheirCores) {
    EXPECT_GE(processor_count(), 1);
    EXPECT_GE(physical_core_count(), 1);
    EXPECT_LE(physical_core_count(), processor_count());
}

TEST(Processors, TheDefaultIsOneThreadPerCoreOrWhatTheEnvironmentDemands) {
    ASSERT_EQ(::setenv("OMP_NUM_THREADS", "3", 1), 0);
    EXPECT_EQ(default_threads(), 3);
    ASSERT_EQ(::unsetenv("OMP_NUM_THREADS"), 0);
    EXPECT_EQ(default_threads(), physical_core_count());
}

}  // namespace
}  // namespace denoise
