#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QImageReader>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "engine/session/pictures.h"
#include "engine/session/runs.h"
#include "tests/app/program.h"
#include "tests/base/helpers.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::cli;
using test::Outcome;
using test::TemporaryFolder;
using testing::HasSubstr;

std::vector<std::string> training(const std::string& run, int steps, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "train",   "--dataset",           "glyphs",  "--preset", "tiny",      "--out", run,
        "--steps", std::to_string(steps), "--batch", "8",        "--threads", "1"};
    for (const char* setting :
         {"base_width=8", "groups=4", "image_limit=200", "preview_seconds=0", "timesteps=50"}) {
        arguments.push_back("--set");
        arguments.push_back(setting);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

/// A run that is trained once for all tests that only read it.
class TrainedRun : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = new TemporaryFolder;
        ASSERT_EQ(cli(training((*folder_ / "run").string(), 20)).exit_code, 0);
    }
    static void TearDownTestSuite() {
        delete folder_;
        folder_ = nullptr;
    }
    static std::string run() { return (*folder_ / "run").string(); }
    static std::string file(const std::string& name) { return (*folder_ / name).string(); }

  private:
    static inline TemporaryFolder* folder_ = nullptr;
};

TEST_F(TrainedRun, SamplesIntoAGrid) {
    const Outcome outcome = cli({"sample", run(), "--count", "4", "--steps", "3", "--out", file("grid.png")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    QImageReader reader(QString::fromStdString(file("grid.png")));
    EXPECT_EQ(reader.size(), QSize(2 * 28 + 6, 2 * 28 + 6));
    EXPECT_THAT(reader.text("denoise-lab").toStdString(), HasSubstr("\"seed\":0"));
}

TEST_F(TrainedRun, SamplesIntoAFolderOfPicturesAndNothingElse) {
    EXPECT_EQ(cli({"sample", run(), "--count", "5", "--sampler", "ddpm", "--out", file("folder/")}).exit_code,
              0);
    int pictures = 0;
    for (const auto& entry : fs::directory_iterator(file("folder"))) {
        EXPECT_EQ(QImageReader(QString::fromStdString(entry.path().string())).size(), QSize(28, 28));
        ++pictures;
    }
    EXPECT_EQ(pictures, 5);
    const Outcome again = cli({"sample", run(), "--out", file("folder/")});
    EXPECT_EQ(again.exit_code, 1);
    EXPECT_THAT(again.err, HasSubstr("not empty"));
}

TEST_F(TrainedRun, SamplesIntoNumPysFiles) {
    EXPECT_EQ(cli({"sample", run(), "--count", "3", "--steps", "2", "--out", file("x0.npy")}).exit_code, 0);
    const FloatArray x0 = read_npy(file("x0.npy"));
    EXPECT_EQ(x0.shape, (std::vector<std::int64_t>{3, 1, 28, 28}));
    for (const float value : x0.values) {
        EXPECT_GE(value, -1);
        EXPECT_LE(value, 1);
    }
    EXPECT_EQ(cli({"sample", run(), "--count", "3", "--steps", "2", "--out", file("s.npz")}).exit_code, 0);
    EXPECT_GT(fs::file_size(file("s.npz")), 100u);
}

TEST_F(TrainedRun, EverySamplerDrawsFromGivenNoiseAndRepeatsItself) {
    for (const SamplerInfo& info : sampler_infos()) {
        const std::vector<std::string> arguments = {
            "sample", run(),     "--sampler", info.name, "--steps",
            "4",      "--count", "2",         "--out",   file(info.name + ".npy")};
        EXPECT_EQ(cli(arguments).exit_code, 0) << info.name;
        const FloatArray first = read_npy(file(info.name + ".npy"));
        EXPECT_EQ(cli(arguments).exit_code, 0);
        EXPECT_EQ(read_npy(file(info.name + ".npy")), first) << info.name;
    }
}

TEST_F(TrainedRun, AClassCanBeChosenByNumberOrName) {
    const auto sample = [](const std::string& label, const std::string& out) {
        return cli({"sample", run(), "--class", label, "--guidance", "2", "--steps", "3", "--count", "4",
                    "--out", file(out)});
    };
    EXPECT_EQ(sample("1", "by_number.npy").exit_code, 0);
    const json info = json::parse(cli({"info", run(), "--json"}).out);
    const auto names = info["class_names"].get<std::vector<std::string>>();
    ASSERT_GT(names.size(), 2u);
    EXPECT_EQ(sample(names[1], "by_name.npy").exit_code, 0);
    EXPECT_EQ(read_npy(file("by_name.npy")), read_npy(file("by_number.npy")));
    EXPECT_EQ(sample("2", "other.npy").exit_code, 0);
    EXPECT_NE(read_npy(file("other.npy")), read_npy(file("by_number.npy")));
    const Outcome unknown = sample("unicorn", "x.npy");
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_THAT(unknown.err, HasSubstr("the model's classes are"));
}

TEST_F(TrainedRun, AllClassesFillARowEach) {
    const json info = json::parse(cli({"info", run(), "--json"}).out);
    const int classes = static_cast<int>(info["class_names"].size());
    EXPECT_EQ(cli({"sample", run(), "--class", "all", "--count", std::to_string(classes + 1), "--steps", "2",
                   "--out", file("all.png")})
                  .exit_code,
              0);
    EXPECT_EQ(QImageReader(QString::fromStdString(file("all.png"))).size(),
              QSize(classes * 30 + 2, 2 * 30 + 2));
}

TEST_F(TrainedRun, EncodesAPictureAndComesBackToIt) {
    EXPECT_EQ(cli({"sample", run(), "--count", "1", "--steps", "25", "--out", file("one/")}).exit_code, 0);
    const std::string picture = file("one/00000.png");
    ASSERT_EQ(
        cli({"encode", run(), picture, "--steps", "50", "--class", "0", "--out", file("x_T.npy")}).exit_code,
        0);
    ASSERT_EQ(cli({"sample", run(), "--initial-noise", file("x_T.npy"), "--steps", "50", "--class", "0",
                   "--clip", "none", "--out", file("back.npy")})
                  .exit_code,
              0);
    const FloatArray back = read_npy(file("back.npy"));
    const QImage original = QImageReader(QString::fromStdString(picture)).read();
    double error = 0;
    for (int i = 0; i < 28 * 28; ++i)
        error += std::abs(back.values[static_cast<std::size_t>(i)] -
                          (qGray(original.pixel(i % 28, i / 28)) / 127.5 - 1)) /
                 (28 * 28);
    EXPECT_LT(error, 0.1);
}

TEST_F(TrainedRun, PredictAnswersOneCallOfTheNetwork) {
    write_npy(file("x_t.npy"), {2, 1, 28, 28}, std::vector<float>(2 * 28 * 28, 0.25f));
    EXPECT_EQ(cli({"predict", run(), "--input", file("x_t.npy"), "--timestep", "7", "--out", file("eps.npy")})
                  .exit_code,
              0);
    EXPECT_EQ(read_npy(file("eps.npy")).shape, (std::vector<std::int64_t>{2, 1, 28, 28}));
    const Outcome late =
        cli({"predict", run(), "--input", file("x_t.npy"), "--timestep", "50", "--out", file("eps.npy")});
    EXPECT_EQ(late.exit_code, 1);
    EXPECT_THAT(late.err, HasSubstr("0 to 49"));
    write_npy(file("wrong.npy"), {1, 1, 9, 9}, std::vector<float>(81));
    const Outcome wrong =
        cli({"predict", run(), "--input", file("wrong.npy"), "--timestep", "7", "--out", file("eps.npy")});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_THAT(wrong.err, HasSubstr("[1, 1, 9, 9]"));
}

TEST_F(TrainedRun, InpaintingKeepsWhatTheMaskCovers) {
    // The left half of a white picture is kept.
    Picture white{28, 28, 1, std::vector<std::uint8_t>(28 * 28, 255)}, mask = white;
    for (int y = 0; y < 28; ++y)
        for (int x = 14; x < 28; ++x) mask.pixels[static_cast<std::size_t>(y * 28 + x)] = 0;
    write_picture(white, file("white.png"));
    write_picture(mask, file("mask.png"));
    ASSERT_EQ(cli({"sample", run(), "--inpaint", file("white.png"), "--mask", file("mask.png"), "--steps",
                   "5", "--count", "2", "--out", file("inpainted.npy")})
                  .exit_code,
              0);
    const FloatArray x0 = read_npy(file("inpainted.npy"));
    for (std::size_t i = 0; i < x0.values.size(); ++i)
        if (i % 28 < 14) {
            EXPECT_NEAR(x0.values[i], 1, 1e-4) << i;
        }
}

TEST_F(TrainedRun, ConvertsToACheckpointThatSamplesAlike) {
    EXPECT_EQ(cli({"convert", run(), "--to", "safetensors", "--out", file("small.safetensors")}).exit_code,
              0);
    const auto sample = [](const std::string& model, const std::string& out) {
        return cli({"sample", model, "--count", "2", "--steps", "3", "--out", file(out)}).exit_code;
    };
    EXPECT_EQ(sample(run(), "a.npy"), 0);
    EXPECT_EQ(sample(file("small.safetensors"), "b.npy"), 0);
    EXPECT_EQ(read_npy(file("a.npy")), read_npy(file("b.npy")));
}

TEST_F(TrainedRun, SamplesIntoAFilmWithAFramePerStep) {
    EXPECT_EQ(cli({"sample", run(), "--count", "2", "--steps", "6", "--out", file("film.gif")}).exit_code, 0);
    EXPECT_EQ(QImageReader(QString::fromStdString(file("film.gif"))).imageCount(), 7);
}

TEST_F(TrainedRun, TheSameSeedGivesTheSameFileAndAnotherDoesNot) {
    const auto draw = [&](const char* seed, const char* name) {
        EXPECT_EQ(cli({"sample", run(), "--count", "2", "--steps", "4", "--eta", "1", "--seed", seed, "--out",
                       file(name)})
                      .exit_code,
                  0);
        return test::read_bytes(file(name));
    };
    const std::string first = draw("3", "a.png");
    EXPECT_EQ(first, draw("3", "b.png"));
    EXPECT_NE(first, draw("4", "c.png"));
}

TEST_F(TrainedRun, IsDescribedForScripts) {
    const json info = json::parse(cli({"info", run(), "--json"}).out);
    EXPECT_EQ(info["step"], 20);
    EXPECT_EQ(info["width"], 28);
    EXPECT_GT(info["parameters"], 1000);
    EXPECT_EQ(info["config"]["base_width"], 8);
}

TEST_F(TrainedRun, IsEvaluatedForScripts) {
    const json result = json::parse(
        cli({"evaluate", run(), "--dataset", "glyphs", "--metric", "bits-per-dim", "--count", "2", "--json"})
            .out);
    EXPECT_GT(result["bits_per_dim"], 0.1);
    EXPECT_EQ(result["terms"].size(), 50u);
}

TEST_F(TrainedRun, OfAUsedUpBudgetGoesOnWithAnother) {
    const Outcome refused = cli({"train", "--resume", run()});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("budget of 20 steps is used up"));
    EXPECT_EQ(cli({"train", "--resume", run(), "--steps", "24"}).exit_code, 0);
    EXPECT_EQ(read_run(run()).step, 24);
}

TEST(Cli, TrainReportsEachStepAsJson) {
    const TemporaryFolder folder;
    const Outcome outcome = cli(training((folder / "run").string(), 5, {"--json"}));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    int steps = 0;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);)
        steps += json::parse(line).at("event") == "step" ? 1 : 0;
    EXPECT_EQ(steps, 5);
}

TEST(Cli, InterruptSavesAndSaysHowToGoOn) {
    const TemporaryFolder folder;
    const pid_t process = test::start_cli(training((folder / "run").string(), 1'000'000));
    while (!fs::exists(folder / "run" / "metrics.jsonl"))
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::kill(process, SIGINT);
    EXPECT_EQ(test::wait_for(process), 130);
    const RunSummary run = read_run(folder / "run");
    EXPECT_EQ(run.state, RunState::stopped);
    EXPECT_GT(run.step, 0);
}

std::vector<double> losses_of(const fs::path& run) {
    std::vector<double> losses;
    for (const StepMetrics& metrics : read_metrics(run, 1'000'000)) losses.push_back(metrics.loss);
    return losses;
}

/// DENOISE_LAB_KILLS sets how often; the measured claim in the notes was made with 10.
TEST(Cli, KilledAtRandomMomentsARunRepeatsOneThatNeverWas) {
    const char* wished = std::getenv("DENOISE_LAB_KILLS");
    const int kills = wished != nullptr ? std::atoi(wished) : 3;
    constexpr int save_interval = 15, steps = 300;
    const TemporaryFolder folder;
    const std::vector<std::string> saving = {"--set", "save_every_steps=15"};
    ASSERT_EQ(cli(training((folder / "whole").string(), steps, saving)).exit_code, 0);

    const fs::path run = folder / "killed";
    std::mt19937 random(std::random_device{}());
    pid_t process = test::start_cli(training(run.string(), steps, saving));
    int done = 0;
    while (done < kills) {
        while (!fs::exists(run / "run.json")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        std::this_thread::sleep_for(std::chrono::milliseconds(500 + random() % 600));
        if (read_run(run).state == RunState::finished) break;  // faster than it could be killed
        ::kill(process, SIGKILL);
        ASSERT_EQ(test::wait_for(process), 128 + SIGKILL);
        const RunSummary dead = read_run(run);
        ASSERT_EQ(dead.state, RunState::interrupted);
        const auto reached = losses_of(run).size();
        std::printf("killed after %zu steps, resumes at %lld\n", reached, static_cast<long long>(dead.step));
        EXPECT_LE(static_cast<std::int64_t>(reached) - dead.step, save_interval);
        ++done;
        process = test::start_cli({"train", "--resume", run.string(), "--threads", "1"});
    }
    EXPECT_EQ(test::wait_for(process), 0);
    EXPECT_GT(done, 0);
    EXPECT_EQ(losses_of(run), losses_of(folder / "whole"));
}

// -----------------------------------------------------------------------------------------------------------
// bad input

/// What went wrong, on stderr in three parts, and an exit code of 1.
void expect_error(const Outcome& outcome, const std::string& part) {
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("error: "));
    EXPECT_THAT(outcome.err, HasSubstr("  why: "));
    EXPECT_THAT(outcome.err, HasSubstr("  do:  "));
    EXPECT_THAT(outcome.err, HasSubstr(part));
}

TEST(CliErrors, NameWhatIsWrong) {
    const TemporaryFolder folder;
    const std::string none = (folder / "none").string(), out = (folder / "out.png").string();
    expect_error(cli({"train", "--dataset", none}), none);
    expect_error(cli({"train"}), "--dataset");
    expect_error(cli({"train", "--dataset", "glyphs", "--preset", "huge"}), "quick");
    expect_error(cli({"train", "--dataset", "glyphs", "--set", "batch=3"}), "batch_size");
    expect_error(cli({"train", "--dataset", "glyphs", "--set", "groups=7"}), "groups = 7 does not divide");
    expect_error(cli({"train", "--dataset", "glyphs", "--set", "image_limit=10"}),
                 "batch_size is 32 and the set has 10 images");
    expect_error(cli({"train", "--dataset", "glyphs", "--out", "/proc/nowhere"}), "/proc/nowhere");
    expect_error(cli({"train", "--resume", none}), none);
    expect_error(cli({"sample", none, "--out", out}), none);
    expect_error(cli({"noise", none, "--out", out}), none);
    expect_error(cli({"info", none}), none);
    test::write_bytes(folder / "empty.safetensors", "");
    expect_error(cli({"sample", (folder / "empty.safetensors").string(), "--out", out}), "empty.safetensors");
    EXPECT_FALSE(fs::exists(out));
}

TEST(CliErrors, ANotFiniteLossEndsWithAnErrorAndAGoodCheckpoint) {
    const TemporaryFolder folder;
    const std::string run = (folder / "run").string();
    expect_error(cli(training(run, 2000,
                              {"--set", "learning_rate=10", "--set", "weight_decay=1", "--set", "warmup=0"})),
                 "NaN");
    EXPECT_EQ(
        cli({"sample", run, "--count", "1", "--steps", "2", "--out", (folder / "a.png").string()}).exit_code,
        0);
}

TEST(CliErrors, ACommandLineThatCannotBeReadEndsWithTwo) {
    EXPECT_EQ(cli({}).exit_code, 2);
    EXPECT_EQ(cli({"train", "--stepz", "3"}).exit_code, 2);
    EXPECT_EQ(cli({"sample", "x", "--sampler", "magic", "--out", "x.png"}).exit_code, 2);
    EXPECT_EQ(cli({"train", "--dataset", "glyphs", "--steps", "3", "--minutes", "1"}).exit_code, 2);
}

TEST(Cli, HelpListsEverySetting) {
    const Outcome help = cli({"train", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    for (const Setting<RunConfig>& setting : run_settings())
        EXPECT_THAT(help.out, HasSubstr(setting.info.key));
    for (const char* command : {"train", "sample", "noise", "info", "datasets", "evaluate"})
        EXPECT_THAT(cli({"--help"}).out, HasSubstr(command));
}

TEST(Cli, NoiseDrawsAStripOfTheForwardProcess) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "a.png", test::encoded(test::qt_image(test::pattern(20, 10, 3)), "PNG"));
    const Outcome outcome = cli({"noise", (folder / "a.png").string(), "--timesteps", "0,999", "--schedule",
                                 "cosine", "--out", (folder / "strip.png").string()});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(QImageReader(QString::fromStdString((folder / "strip.png").string())).size(),
              QSize(2 * 20 + 6, 14));
    expect_error(cli({"noise", (folder / "a.png").string(), "--timesteps", "1000", "--out", "x.png"}),
                 "0 to 999");
}

TEST(Cli, ListsDatasetsAndPresets) {
    EXPECT_EQ(json::parse(cli({"datasets", "--json"}).out).at(0).at("name"), "glyphs");
    EXPECT_EQ(
        json::parse(cli({"info", "quick", "--json", "--size", "32", "--channels", "3"}).out).at("width"), 32);
}

}  // namespace
}  // namespace denoise
