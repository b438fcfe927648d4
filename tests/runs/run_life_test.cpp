#include "engine/runs/run_life.h"

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/host_name.h"
#include "engine/runs/run_list.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::run_header;
using test::TemporaryFolder;

TEST(RunLife, IsKnownFromTheLockWhereItCanBeSeen) {
    TrainerSign sign{.locked = true, .status = RunStatus::stopped, .host = "there"};
    EXPECT_EQ(life_of(sign, "here"), RunLife::training);
    sign = {.status = RunStatus::running, .host = "here", .quiet = std::chrono::seconds(1)};
    EXPECT_EQ(life_of(sign, "here"), RunLife::idle) << "its process has ended without saying so";
    sign.host.clear();  // of an older version, as it was taken before
    EXPECT_EQ(life_of(sign, "here"), RunLife::idle);
}

TEST(RunLife, OfAnotherMachineIsTakenFromTheLastTimeThatItWrote) {
    TrainerSign sign{.status = RunStatus::running, .host = "there", .quiet = std::chrono::seconds(20)};
    EXPECT_EQ(life_of(sign, "here"), RunLife::training);
    sign.quiet = long_silence;
    EXPECT_EQ(life_of(sign, "here"), RunLife::unknown);
    sign.status = RunStatus::finished;
    EXPECT_EQ(life_of(sign, "here"), RunLife::idle);
}

TEST(RunLife, ARunOnAnotherMachineIsListedAsRunningAndNotDeleted) {
    const TemporaryFolder folder;
    RunFolder::create(folder / "a", run_header());
    const auto say_host = [&](const std::string& host) {
        write_text_file(folder / "a" / run_file::state,
                        nlohmann::json{{"status", "running"}, {"host", host}}.dump());
    };
    say_host(host_name());
    EXPECT_EQ(read_run(folder / "a").state, RunState::interrupted);
    say_host("another machine");
    EXPECT_EQ(read_run(folder / "a").state, RunState::running);
    EXPECT_THAT(test::error_of([&] { delete_run(folder / "a"); }),
                test::is_error_about(folder / "a", "being trained"));
    fs::last_write_time(folder / "a" / run_file::state,
                        fs::file_time_type::clock::now() - std::chrono::minutes(10));
    EXPECT_EQ(read_run(folder / "a").state, RunState::interrupted);
}

}  // namespace
}  // namespace denoise
