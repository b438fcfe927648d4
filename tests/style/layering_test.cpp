#include "tests/style/layering.h"

#include <gmock/gmock.h>

namespace denoise::style {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const SourceTree& our_code() {
    static const SourceTree tree = read_source_tree(DENOISE_LAB_SOURCE_DIR);
    return tree;
}

std::string one_a_line(const std::vector<std::string>& findings) {
    std::string text;
    for (const std::string& finding : findings) text += "\n  " + finding;
    return text;
}

/// The findings for a file with a single include.
std::vector<std::string> said_of(const std::string& file, const std::string& line) {
    return forbidden_includes(includes_of(file, line + "\n"));
}

TEST(Layering, IncludesFollowTheRules) {
    ASSERT_THAT(our_code().files, Not(IsEmpty()));
    const std::vector<std::string> findings = forbidden_includes(our_code().includes);
    EXPECT_TRUE(findings.empty()) << one_a_line(findings);
}

TEST(Layering, IncludesArePathsFromTheRoot) {
    const std::vector<std::string> findings = unknown_includes(our_code());
    EXPECT_TRUE(findings.empty()) << one_a_line(findings);
}

TEST(Layering, FoldersHaveNoCycle) {
    const std::vector<std::string> circle = circle_among_folders(our_code().includes);
    EXPECT_TRUE(circle.empty()) << one_a_line(circle);
}

TEST(LayeringRules, ABrokenRuleIsReportedWithFileLineAndRule) {
    const std::string text = "#pragma once\n\n#include <vector>\n#include \"engine/network/unet.h\"\n";
    EXPECT_THAT(
        forbidden_includes(includes_of("engine/diffusion/loss.h", text)),
        ElementsAre(AllOf(StartsWith("engine/diffusion/loss.h:4: "), HasSubstr("\"engine/network/unet.h\""),
                          HasSubstr("may only include base/, device/ and schedule/"))));
}

TEST(LayeringRules, ForbiddenIncludesAreReported) {
    for (const auto& [file, target] : std::vector<std::pair<std::string, std::string>>{
             {"engine/base/error.h", "engine/data/dataset.h"},
             {"engine/formats/safetensors.cpp", "engine/data/dataset.h"},
             {"engine/data/dataset.cpp", "engine/runs/run_config.h"},
             {"engine/network/unet.cpp", "engine/schedule/noise_schedule.h"},
             {"engine/diffusion/loss.cpp", "engine/sampling/sampler.h"},
             {"engine/training/trainer.h", "engine/jobs/events.h"},
             {"engine/jobs/train_job.h", "engine/session/events.h"},
             {"engine/session/engine.h", "ui/window/main_window.h"},
             {"ui/pages/train/train_page.cpp", "engine/training/trainer.h"},
             {"ui/pages/train/train_page.cpp", "engine/network/unet.h"},
             {"ui/pages/train/train_page.cpp", "engine/scheduler/mailbox.h"},
             {"net/dataset_download.cpp", "engine/session/engine.h"},
             {"net/dataset_download.cpp", "ui/text/format.h"},
             {"engine/jobs/train_job.cpp", "net/dataset_download.h"},
             {"engine/distributed/together.cpp", "engine/runs/run_config.h"},
             {"ui/pages/train/train_page.cpp", "engine/distributed/communicator.h"},
             {"app/denoise_lab.cpp", "engine/model/checkpoint.h"}}) {
        EXPECT_THAT(said_of(file, "#include \"" + target + "\""), ElementsAre(StartsWith(file + ":1: ")));
        EXPECT_THAT(said_of(file, "#include <" + target + ">"), ElementsAre(StartsWith(file + ":1: ")))
            << "the rules also apply to angle brackets";
    }
}

TEST(LayeringRules, AllowedIncludesAreNotReported) {
    for (const auto& [file, target] : std::vector<std::pair<std::string, std::string>>{
             {"engine/data/dataset.cpp", "engine/formats/image_file.h"},
             {"engine/training/trainer.cpp", "engine/network/unet.h"},
             {"engine/scheduler/scheduler.cpp", "engine/training/trainer.h"},
             {"ui/pages/noise/noise_page.cpp", "engine/schedule/noise_schedule.h"},
             {"ui/pages/noise/noise_page.cpp", "engine/network/description/unet_config.h"},
             {"ui/panels/setup/setup_panel.cpp", "engine/session/commands.h"},
             {"net/dataset_download.cpp", "engine/data/catalog.h"},
             {"ui/panels/setup/known_sets.cpp", "net/background_download.h"},
             {"app/cli/datasets_command.cpp", "net/dataset_download.h"},
             {"app/cli/train_command.cpp", "engine/distributed/launch.h"},
             {"engine/training/trainer.cpp", "engine/distributed/communicator.h"},
             {"app/denoise_lab.cpp", "ui/window/main_window.h"}})
        EXPECT_THAT(said_of(file, "#include \"" + target + "\""), IsEmpty());
}

TEST(LayeringRules, LibTorchIsAllowedOnlyInModulesThatNeedIt) {
    for (const char* file : {"ui/plot/plot.cpp", "app/denoise_lab_cli.cpp", "engine/base/picture.h",
                             "engine/data/dataset.cpp", "engine/formats/safetensors.h",
                             "engine/network/description/unet_config.h", "engine/session/engine.h"})
        for (const char* line :
             {"#include <torch/torch.h>", "#  include <ATen/ATen.h>", "#include \"c10/core/Device.h\""})
            EXPECT_THAT(said_of(file, line), ElementsAre(HasSubstr("must not include LibTorch"))) << file;
    for (const char* file :
         {"engine/scheduler/scheduler.cpp", "engine/jobs/job.cpp", "engine/training/trainer.h",
          "engine/sampling/sampler.h", "engine/network/unet.h"})
        EXPECT_THAT(said_of(file, "#include <torch/torch.h>"), IsEmpty()) << file;
}

TEST(LayeringRules, AFolderWithoutARuleIsReported) {
    EXPECT_THAT(said_of("engine/somewhere/file.h", "#include <vector>"),
                ElementsAre(HasSubstr("has no rule")));
}

TEST(LayeringRules, CommentsAndStringsAreIgnored) {
    const std::string text =
        "// #include \"a.h\"\n"
        "/* \"\n"
        "#include \"b.h\"\n"
        "*/ #include \"c.h\"  // <d.h>\n"
        "const char* url = \"http://x\"; /* */\n"
        "#include <e.h>\n";
    const std::vector<Include> includes = includes_of("x.h", text);
    ASSERT_EQ(includes.size(), 2u);
    EXPECT_EQ(includes[0].target, "c.h");
    EXPECT_EQ(includes[0].line, 4);
    EXPECT_TRUE(includes[0].quoted);
    EXPECT_EQ(includes[1].target, "e.h");
    EXPECT_EQ(includes[1].line, 6);
}

TEST(LayeringRules, ACycleIsReportedWithEachOfItsIncludes) {
    std::vector<Include> includes = {
        {"ui/window/main_window.cpp", 9, "ui/pages/train/train_page.h", true},
        {"ui/pages/train/train_page.h", 3, "ui/pages/page.h", true},
        {"ui/pages/train/train_page.cpp", 4, "ui/plot/plot.h", true},
        {"ui/plot/plot.cpp", 5, "ui/theme/theme.h", true},
        {"ui/pages/train/train_page.cpp", 5, "ui/pages/train/grid.h", true},
    };
    EXPECT_THAT(circle_among_folders(includes), IsEmpty());
    includes.push_back({"ui/theme/theme.cpp", 7, "ui/pages/train/grid.h", true});
    EXPECT_THAT(
        circle_among_folders(includes),
        testing::UnorderedElementsAre(HasSubstr("ui/theme/theme.cpp:7: "), HasSubstr("ui/plot/plot.cpp:5: "),
                                      HasSubstr("ui/pages/train -> ui/plot")));
}

TEST(LayeringRules, AnIncludeOfAnUnknownFileIsReported) {
    SourceTree tree{{"ui/pages/page.h", "ui/pages/train/train_page.cpp"}, {}};
    tree.includes =
        includes_of("ui/pages/train/train_page.cpp",
                    "#include \"ui/pages/page.h\"\n#include \"train_page.h\"\n#include \"train_page.moc\"\n");
    EXPECT_THAT(unknown_includes(tree), ElementsAre(HasSubstr("ui/pages/train/train_page.cpp:2: ")));
}

}  // namespace
}  // namespace denoise::style
