#include "engine/runs/saved_schedules.h"

#include <gmock/gmock.h>

#include "engine/base/atomic_file.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SavedSchedules : public ::testing::Test {
  protected:
    test::TemporaryFolder folder_;
    std::filesystem::path file_ = folder_.path() / "new" / "schedules.json";
};

const SavedSchedule steep{"Steep", "0:9,0.4:5,0.6:-5,1:-9"};
const SavedSchedule late{"Late", "0:9,0.8:4,1:-9"};

TEST_F(SavedSchedules, AreKeptByName) {
    EXPECT_THAT(read_saved_schedules(file_), IsEmpty());
    save_schedule(file_, steep);
    save_schedule(file_, late);
    EXPECT_THAT(read_saved_schedules(file_), ElementsAre(late, steep));
    const SavedSchedule changed{"Late", "0:8,1:-8"};
    save_schedule(file_, changed);
    EXPECT_THAT(read_saved_schedules(file_), ElementsAre(changed, steep));
    delete_saved_schedule(file_, "Late");
    delete_saved_schedule(file_, "never there");
    EXPECT_THAT(read_saved_schedules(file_), ElementsAre(steep));
}

TEST_F(SavedSchedules, BadOnesAreRefusedAndChangeNothing) {
    save_schedule(file_, steep);
    EXPECT_EQ(error_of([&] { save_schedule(file_, {"", late.points}); }).why, "it has no name");
    EXPECT_THAT(error_of([&] {
                    save_schedule(file_, {std::string(61, 'x'), late.points});
                }).why,
                HasSubstr("too long"));
    EXPECT_EQ(error_of([&] { save_schedule(file_, {"Bad", "0:1,1:2"}); }).setting, "schedule_points");
    EXPECT_THAT(read_saved_schedules(file_), ElementsAre(steep));
}

TEST_F(SavedSchedules, WhatAnotherVersionWroteIsKept) {
    std::filesystem::create_directories(file_.parent_path());
    write_text_file(file_, R"({"Curve of 2030": {"points": [1, 2]}, "Not a curve": "x"})");
    EXPECT_THAT(read_saved_schedules(file_), IsEmpty());
    save_schedule(file_, steep);
    EXPECT_THAT(read_saved_schedules(file_), ElementsAre(steep));
    EXPECT_THAT(read_text_file(file_), HasSubstr("Curve of 2030"));
}

TEST_F(SavedSchedules, ADamagedFileIsNamedAndStays) {
    std::filesystem::create_directories(file_.parent_path());
    write_text_file(file_, "[1, 2");
    EXPECT_THAT(error_of([&] { read_saved_schedules(file_); }).why, HasSubstr(file_.string()));
    EXPECT_THAT(error_of([&] { save_schedule(file_, steep); }).why, HasSubstr(file_.string()));
    EXPECT_EQ(read_text_file(file_), "[1, 2");
}

}  // namespace
}  // namespace denoise
