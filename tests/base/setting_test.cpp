#include "engine/base/setting.h"

#include "engine/schedule/noise_schedule.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using testing::HasSubstr;

const SettingInfo& info(std::string_view key) {
    return find_setting(schedule_settings(), key).info;
}

/// A list of whole numbers, each at most 9.
SettingInfo integers_from(double minimum) {
    SettingInfo list;
    list.key = "list";
    list.kind = SettingKind::integers;
    list.minimum = minimum;
    list.maximum = 9;
    return list;
}

TEST(Setting, ReadsWhatAPersonTypes) {
    EXPECT_EQ(parse_setting(info("timesteps"), " 250 "), SettingValue(std::int64_t{250}));
    EXPECT_EQ(parse_setting(info("beta_start"), "1e-4"), SettingValue(1e-4));
    EXPECT_EQ(parse_setting(info("schedule"), "cosine"), SettingValue(std::string("cosine")));
    for (const char* yes : {"yes", "true", "on", "1"})
        EXPECT_EQ(parse_setting(info("scale_ends"), yes), SettingValue(true));
    for (const char* no : {"no", "false", "off", "0"})
        EXPECT_EQ(parse_setting(info("scale_ends"), no), SettingValue(false));
    const SettingInfo list = integers_from(1);
    EXPECT_EQ(parse_setting(list, "1,2, 9"), SettingValue(std::vector<std::int64_t>{1, 2, 9}));
    EXPECT_EQ(parse_setting(list, ""), SettingValue(std::vector<std::int64_t>{}));
}

TEST(Setting, RefusesWhatIsNoNumberOrOutOfRange) {
    for (const char* text : {"", "x", "12x", "1.5", "1", "10001", "99999999999999999999", "-3"})
        EXPECT_THROW(parse_setting(info("timesteps"), text), Error) << text;
    for (const char* text : {"", "nan", "inf", "-1", "0.51", "0,1"})
        EXPECT_THROW(parse_setting(info("beta_start"), text), Error) << text;
    EXPECT_THROW(parse_setting(info("scale_ends"), "maybe"), Error);
    const SettingInfo list = integers_from(1);
    for (const char* text : {"0", "1,,2", "1,10", "a"})
        EXPECT_THROW(parse_setting(list, text), Error) << text;
}

TEST(Setting, AnErrorNamesTheSettingTheValueAndTheRange) {
    const Error range = test::error_of([] { parse_setting(info("timesteps"), "1"); });
    EXPECT_THAT(range.what, HasSubstr("\"1\""));
    EXPECT_THAT(range.why, HasSubstr("timesteps takes a whole number from 2 to 10000"));
    const Error choice = test::error_of([] { parse_setting(info("schedule"), "cosinus"); });
    EXPECT_THAT(choice.why, HasSubstr("linear, cosine, quadratic, sigmoid, sigmoid_beta, laplace or drawn"));
}

TEST(Setting, AnErrorCarriesTheKeyOfItsSetting) {
    EXPECT_EQ(test::error_of([] { parse_setting(info("timesteps"), "x"); }).setting, "timesteps");
    EXPECT_EQ(test::error_of([] { parse_setting(info("timesteps"), "1"); }).setting, "timesteps");
    EXPECT_EQ(test::error_of([] { parse_setting(info("schedule"), "cosinus"); }).setting, "schedule");
    EXPECT_EQ(test::error_of([] { parse_setting(integers_from(1), "0"); }).setting, "list");
    EXPECT_EQ(test::error_of([] { check_setting(info("scale_ends"), 1.0); }).setting, "scale_ends");
    EXPECT_EQ(test::error_of([] { find_setting(schedule_settings(), "timestep"); }).setting, "timestep");
}

TEST(Setting, AListSaysHowItIsWritten) {
    EXPECT_EQ(describe_range(integers_from(1)), "whole numbers from 1 to 9, separated by commas");
}

TEST(Setting, ParsingUndoesFormatting) {
    const SettingInfo list = integers_from(-9);
    const SettingValue numbers = std::vector<std::int64_t>{-1, 2, 9};
    EXPECT_EQ(parse_setting(list, format_setting(numbers)), numbers);
    for (const double value : {1e-8, 0.1, 1.0 / 3, 0.3 - 0.1})
        EXPECT_EQ(parse_setting(info("beta_start"), format_setting(value)), SettingValue(value));
    for (const bool flag : {true, false})
        EXPECT_EQ(parse_setting(info("scale_ends"), format_setting(flag)), SettingValue(flag));
}

TEST(Setting, EveryDefaultOfTheScheduleIsValidAndSurvivesText) {
    const ScheduleConfig defaults;
    for (const auto& setting : schedule_settings()) {
        const SettingValue value = setting.get(defaults);
        EXPECT_NO_THROW(check_setting(setting.info, value)) << setting.info.key;
        EXPECT_EQ(parse_setting(setting.info, format_setting(value)), value) << setting.info.key;
    }
}

TEST(Setting, AValueOfTheWrongKindIsRefused) {
    EXPECT_THROW(check_setting(info("timesteps"), 10.0), Error);
    EXPECT_THROW(check_setting(info("schedule"), std::int64_t{0}), Error);
    EXPECT_THROW(check_setting(info("scale_ends"), std::string("yes")), Error);
}

TEST(Setting, AChoiceIsHeldByItsNameWhateverTheOrder) {
    ScheduleConfig config;
    find_setting(schedule_settings(), "schedule").set(config, std::string("sigmoid"));
    EXPECT_EQ(config.schedule, ScheduleKind::sigmoid);
    EXPECT_EQ(find_setting(schedule_settings(), "schedule").get(config),
              SettingValue(std::string("sigmoid")));
}

TEST(Setting, AChoiceHasTheNamesOfItsEnum) {
    const std::vector<Choice>& choices = info("schedule").choices;
    ASSERT_EQ(choices.size(), names_of<ScheduleKind>.size());
    for (std::size_t i = 0; i < choices.size(); ++i) {
        EXPECT_EQ(choices[i].value, names_of<ScheduleKind>[i].name);
        EXPECT_EQ(choices[i].title, names_of<ScheduleKind>[i].title);
        EXPECT_EQ(choices[i].help, names_of<ScheduleKind>[i].help);
    }
}

TEST(Setting, AnUnknownKeyIsAnsweredWithTheNearest) {
    const Error slip = test::error_of([] { find_setting(schedule_settings(), "timestep"); });
    EXPECT_THAT(slip.why, HasSubstr("\"timesteps\""));
    const Error nonsense = test::error_of([] { find_setting(schedule_settings(), "qqqqqqqqqqqq"); });
    EXPECT_THAT(nonsense.why, HasSubstr("no setting has a similar name"));
    EXPECT_EQ(nearest_key("betastart", {"beta_end", "beta_start", "schedule"}), "beta_start");
    EXPECT_EQ(nearest_key("", {}), "");
}

TEST(Setting, ALiftedTableReachesTheMember) {
    struct Outer {
        ScheduleConfig schedule;
    };
    const auto table = lift(&Outer::schedule, schedule_settings());
    Outer outer;
    find_setting(table, "timesteps").set(outer, std::int64_t{77});
    EXPECT_EQ(outer.schedule.timesteps, 77);
    EXPECT_EQ(find_setting(table, "timesteps").get(outer), SettingValue(std::int64_t{77}));
}

}  // namespace
}  // namespace denoise
