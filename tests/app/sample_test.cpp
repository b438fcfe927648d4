#include <gmock/gmock.h>

#include <QImageReader>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/formats/image_file.h"
#include "engine/formats/npy_file.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::cli;
using test::expect_error;
using test::ProgramResult;
using test::TrainedRun;
using testing::HasSubstr;
using testing::IsSupersetOf;

TEST_F(TrainedRun, SamplesIntoAGrid) {
    const ProgramResult outcome =
        cli({"sample", run() + "/", "--count", "4", "--steps", "3", "--out", file("grid.png")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    QImageReader reader(QString::fromStdString(file("grid.png")));
    EXPECT_EQ(reader.size(), QSize(2 * 28 + 6, 2 * 28 + 6));
    const json recipe = json::parse(reader.text("denoise-lab").toStdString());
    EXPECT_EQ(recipe.at("seed"), 0);
    EXPECT_EQ(recipe.at("model"), "run");
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
    const ProgramResult again = cli({"sample", run(), "--out", file("folder/")});
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

/// The names between the braces of the message that lists them.
std::vector<std::string> sampler_names() {
    const std::string message = cli({"sample", "run", "--sampler", "magic", "--out", "x.png"}).err;
    const std::size_t begin = message.find('{') + 1;
    std::istringstream list(message.substr(begin, message.find('}') - begin));
    std::vector<std::string> names;
    for (std::string name; std::getline(list, name, ',');) names.push_back(name);
    return names;
}

TEST_F(TrainedRun, EverySamplerDrawsFromGivenNoiseAndRepeatsItself) {
    const std::vector<std::string> names = sampler_names();
    EXPECT_THAT(names,
                IsSupersetOf({"ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde", "unipc", "heun", "euler", "pndm"}));
    for (const std::string& name : names) {
        const std::vector<std::string> arguments = {
            "sample", run(), "--sampler", name, "--steps", "4", "--count", "2", "--out", file(name + ".npy")};
        EXPECT_EQ(cli(arguments).exit_code, 0) << name;
        const FloatArray first = read_npy(file(name + ".npy"));
        EXPECT_EQ(cli(arguments).exit_code, 0);
        EXPECT_EQ(read_npy(file(name + ".npy")), first) << name;
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
    const ProgramResult unknown = sample("unicorn", "x.npy");
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
    ASSERT_EQ(x0.shape, (std::vector<std::int64_t>{2, 1, 28, 28}));
    for (std::size_t row = 0; row < 2 * 28; ++row)
        for (std::size_t column = 0; column < 14; ++column)
            EXPECT_NEAR(x0.values[28 * row + column], 1, 1e-4) << row << ", " << column;
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

TEST_F(TrainedRun, BranchesGoOnFromAStepOfOneImage) {
    const auto branches = [](const std::string& seed, const std::string& out) {
        return cli({"sample", run(), "--count", "3", "--steps", "6", "--branch", "5", "2", "--branch-seed",
                    seed, "--out", file(out)});
    };
    EXPECT_EQ(branches("7", "seven.npy").exit_code, 0);
    EXPECT_EQ(branches("7", "again.npy").exit_code, 0);
    EXPECT_EQ(branches("8", "eight.npy").exit_code, 0);
    const FloatArray seven = read_npy(file("seven.npy"));
    EXPECT_EQ(seven.shape, (std::vector<std::int64_t>{3, 1, 28, 28}));
    EXPECT_EQ(seven, read_npy(file("again.npy")));
    EXPECT_NE(seven, read_npy(file("eight.npy")));

    EXPECT_EQ(branches("7", "film.gif").exit_code, 0);
    EXPECT_EQ(QImageReader(QString::fromStdString(file("film.gif"))).imageCount(), 4 + 1) << "from step 2 on";
    EXPECT_EQ(branches("7", "grid.png").exit_code, 0);
    QImageReader reader(QString::fromStdString(file("grid.png")));
    const json recipe = json::parse(reader.text("denoise-lab").toStdString());
    EXPECT_EQ(recipe.at("branches"), json::parse(R"([{"image": 5, "step": 2, "seed": 7}])"));
}

TEST_F(TrainedRun, BadInputForSamplingEndsWithAnErrorAndNoFile) {
    const auto sample = [](std::vector<std::string> more, const std::string& steps = "4") {
        more.insert(more.begin(),
                    {"sample", run(), "--count", "2", "--steps", steps, "--out", file("none/")});
        return cli(more);
    };
    write_npy(file("small.npy"), {2, 1, 9, 9}, std::vector<float>(2 * 9 * 9));
    expect_error(sample({"--initial-noise", file("small.npy")}), "[2, 1, 9, 9]");
    expect_error(sample({"--sampler", "ddpm", "--noise-per-step", file("small.npy")}), "[2, 1, 9, 9]");
    expect_error(sample({"--branch", "0", "4"}), "0 to 3");
    expect_error(sample({"--branch", "2147483647", "0"}), "0 to 4095");
    expect_error(sample({}, "51"), "50");
    expect_error(sample({"--inpaint", file("small.npy")}), "--mask");
    EXPECT_FALSE(fs::exists(file("none")));
}

}  // namespace
}  // namespace denoise
