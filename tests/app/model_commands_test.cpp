#include <gmock/gmock.h>

#include <QImageReader>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/formats/npy_file.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

using nlohmann::json;
using test::cli;
using test::ProgramResult;
using test::TrainedRun;
using testing::HasSubstr;

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
    const ProgramResult late =
        cli({"predict", run(), "--input", file("x_t.npy"), "--timestep", "50", "--out", file("eps.npy")});
    EXPECT_EQ(late.exit_code, 1);
    EXPECT_THAT(late.err, HasSubstr("0 to 49"));
    write_npy(file("wrong.npy"), {1, 1, 9, 9}, std::vector<float>(81));
    const ProgramResult wrong =
        cli({"predict", run(), "--input", file("wrong.npy"), "--timestep", "7", "--out", file("eps.npy")});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_THAT(wrong.err, HasSubstr("[1, 1, 9, 9]"));
}

TEST_F(TrainedRun, ConvertsToACheckpointThatSamplesAlike) {
    const std::string checkpoint = run() + "/checkpoints/00000020.safetensors";
    const std::string before = test::read_bytes(checkpoint);
    expect_error(cli({"convert", run(), "--to", "safetensors", "--out", checkpoint}), "files of a run");
    EXPECT_EQ(test::read_bytes(checkpoint), before) << "the run can still be resumed";
    EXPECT_EQ(cli({"convert", run(), "--to", "safetensors", "--out", file("small.safetensors")}).exit_code,
              0);
    const auto sample = [](const std::string& model, const std::string& out) {
        return cli({"sample", model, "--count", "2", "--steps", "3", "--out", file(out)}).exit_code;
    };
    EXPECT_EQ(sample(run(), "a.npy"), 0);
    EXPECT_EQ(sample(file("small.safetensors"), "b.npy"), 0);
    EXPECT_EQ(read_npy(file("a.npy")), read_npy(file("b.npy")));
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
    EXPECT_FALSE(result.contains("ema_length"));
}

TEST_F(TrainedRun, IsEvaluatedWithAnotherEmaLength) {
    const auto evaluate = [](std::vector<std::string> more) {
        more.insert(more.begin(),
                    {"evaluate", run(), "--dataset", "glyphs", "--metric", "bits-per-dim", "--count", "2"});
        return cli(more);
    };
    const json shorter = json::parse(evaluate({"--ema-length", "0.05", "--json"}).out),
               longer = json::parse(evaluate({"--ema-length", "0.2", "--json"}).out);
    EXPECT_EQ(longer["ema_length"], 0.2);
    EXPECT_NE(longer["bits_per_dim"], shorter["bits_per_dim"]);
    EXPECT_THAT(evaluate({"--ema-length", "0.2"}).out, testing::HasSubstr("with an EMA length of 0.2\n"));
}

}  // namespace
}  // namespace denoise
