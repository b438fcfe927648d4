// What a command writes: where it may be written is checked before the work, and a run stays whole.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <QImageReader>

#include "engine/formats/image_file.h"
#include "engine/formats/npy_file.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::cli;
using test::expect_error;
using test::ProgramResult;
using test::TemporaryFolder;
using test::TrainedRun;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Commands that write to `out`, of a model that does not exist: an error about the output comes first.
std::vector<std::vector<std::string>> commands_writing(const std::string& stem) {
    return {
        {"sample", "no-model", "--out", stem + ".png"},
        {"sample", "no-model", "--out", stem + ".gif"},
        {"sample", "no-model", "--out", stem + ".npz"},
        {"encode", "no-model", "no.png", "--out", stem + ".npy"},
        {"predict", "no-model", "--input", "no.npy", "--timestep", "0", "--out", stem + ".npy"},
        {"convert", "no-model", "--to", "safetensors", "--out", stem + ".safetensors"},
        {"convert", "no-model", "--to", "diffusers", "--out", stem},
        {"evaluate", "no-model", "--dataset", "no-set", "--metric", "nearest", "--out", stem + ".png"},
        {"noise", "no.png", "--out", stem + ".png"},
        {"train", "--dataset", "no-set", "--out", stem},
    };
}

TEST(Outputs, AreCheckedBeforeAnythingIsRead) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "file", "x");
    const std::string below_file = folder / "file/out", long_name = folder / std::string(300, 'n');
    for (const std::string& stem : {below_file, long_name})
        for (const std::vector<std::string>& command : commands_writing(stem)) {
            SCOPED_TRACE(command.front() + " " + command.back());
            expect_error(cli(command), stem);
        }
    EXPECT_THAT(folder.names(), ElementsAre("file"));
}

TEST(Outputs, AMissingFolderOrAnUnknownEndingIsFoundBeforeAnythingIsRead) {
    const TemporaryFolder folder;
    const std::string missing = folder / "missing/out";
    for (const std::vector<std::string>& command : commands_writing(missing)) {
        if (command.front() == "train" || command[3] == "diffusers") continue;  // these make the folder
        SCOPED_TRACE(command.front() + " " + command.back());
        expect_error(cli(command), missing);
    }
    expect_error(cli({"sample", "no-model", "--out", folder / "a.tiff"}), ".tiff");
    expect_error(cli({"encode", "no-model", "no.png", "--out", folder / "a.png"}), ".npy");
    expect_error(cli({"convert", "no-model", "--to", "safetensors", "--out", folder / "a.bin"}),
                 ".safetensors");
    expect_error(cli({"evaluate", "no-model", "--dataset", "no-set", "--out", folder / "a.png"}), "nearest");
    EXPECT_TRUE(folder.names().empty());
}

TEST(Outputs, DevicesPipesAndFoldersAreNotReplaced) {
    const TemporaryFolder folder;
    const std::string pipe = folder / "pipe.png";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    fs::create_directory(folder / "folder.npy");
    expect_error(cli({"sample", "no-model", "--out", pipe}), "pipe");
    expect_error(cli({"noise", "no.png", "--out", pipe}), "pipe");
    expect_error(cli({"encode", "no-model", "no.png", "--out", folder / "folder.npy"}), "directory");
    expect_error(cli({"sample", "no-model", "--out", "/dev/full"}), "/dev/full");
    EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(TrainedRun, PicturesThatAreTooLargeAreRefusedBeforeSampling) {
    for (const char* name : {"x.gif", "x.png", "x.webp"}) {
        const ProgramResult result =
            cli({"sample", run(), "--count", "4096", "--steps", "50", "--scale", "32", "-o", file(name)});
        expect_error(result, name);
        EXPECT_THAT(result.out, Not(HasSubstr("denoising")));
        EXPECT_FALSE(fs::exists(file(name)));
    }
    write_picture(test::pattern(64, 64, 1), file("p.png"));
    std::string timesteps = "0";
    for (int i = 0; i < 300; ++i) timesteps += ",0";
    const ProgramResult strip =
        cli({"noise", file("p.png"), "--timesteps", timesteps, "--out", file("strip.webp")});
    expect_error(strip, "16383");
    EXPECT_EQ(strip.out, "");
    expect_error(cli({"evaluate", run(), "--dataset", "glyphs", "--metric", "nearest", "--count", "100000",
                      "--out", file("pairs.png")}),
                 "64 megapixels");
}

TEST_F(TrainedRun, ARunIsNotOverwrittenByAnyCommand) {
    const auto contents = [] {
        std::vector<std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(run()))
            if (entry.is_regular_file())
                files.push_back(entry.path().string() + test::read_bytes(entry.path()));
        std::ranges::sort(files);
        return files;
    };
    const auto before = contents();
    fs::create_directory_symlink(run() + "/checkpoints", file("link"));
    fs::create_symlink(run() + "/checkpoints/00000020.safetensors", file("link.safetensors"));
    const std::string weights = "checkpoints/00000020.safetensors";
    for (const std::string& path :
         {run() + "/" + weights, run() + "/samples/../" + weights, file("link/00000020.safetensors"),
          file("link.safetensors"), file("link/new.safetensors")})
        expect_error(cli({"convert", run(), "--to", "safetensors", "--out", path}), "files of a run");
    for (const char* name : {"metrics.jsonl", "state.json", "changes.jsonl", "lock", "run.json"})
        for (const char* format : {"safetensors", "diffusers"})
            EXPECT_EQ(cli({"convert", run(), "--to", format, "--out", run() + "/" + name}).exit_code, 1);
    expect_error(cli({"sample", run(), "--out", run() + "/samples/00000020.png"}), "files of a run");
    expect_error(cli({"sample", run(), "--out", run() + "/checkpoints/"}), "files of a run");
    expect_error(cli({"sample", run(), "--out", run() + "/lock"}), "files of a run");
    write_picture(test::pattern(28, 28, 1), file("p.png"));
    expect_error(cli({"noise", file("p.png"), "--out", run() + "/samples/00000020.png"}), "files of a run");
    expect_error(cli({"encode", run(), file("p.png"), "--out", run() + "/samples/a.npy"}), "files of a run");
    expect_error(cli({"predict", run(), "--input", "x.npy", "--timestep", "0", "--out", file("link/a.npy")}),
                 "files of a run");
    expect_error(cli({"evaluate", run(), "--dataset", "glyphs", "--metric", "nearest", "--out",
                      run() + "/samples/a.png"}),
                 "files of a run");
    expect_error(cli({"train", "--dataset", "glyphs", "--out", run() + "/checkpoints/run"}),
                 "files of a run");
    EXPECT_EQ(contents(), before);
    EXPECT_EQ(cli({"sample", run(), "--count", "1", "--steps", "1", "--out", run() + "/mine.png"}).exit_code,
              0)
        << "other names in the folder of a run are free";
}

TEST_F(TrainedRun, ALongFilmSaysHowManyFramesItShows) {
    const auto film = [](const std::vector<std::string>& more) {
        std::vector<std::string> arguments = {"sample", run(),     "--count", "1",     "--sampler",
                                              "ddpm",   "--steps", "50",      "--out", file("film.gif")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const ProgramResult result = cli(arguments);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return result.out;
    };
    const auto frames = [] { return QImageReader(QString::fromStdString(file("film.gif"))).imageCount(); };
    EXPECT_THAT(film({}), Not(HasSubstr("frames")));
    EXPECT_EQ(frames(), 51);
    EXPECT_THAT(film({"--frames", "20"}), HasSubstr("20 of 51 frames"));
    EXPECT_EQ(frames(), 20);
    EXPECT_THAT(film({"--frames", "1"}), HasSubstr("--frames 51 shows all"));
    EXPECT_EQ(frames(), 1);
}

TEST_F(TrainedRun, NumbersOfInputFilesMustBeFinite) {
    std::vector<float> values(2 * 28 * 28);
    values[28 * 28 + 30] = std::numeric_limits<float>::quiet_NaN();
    write_npy(file("nan.npy"), {2, 1, 28, 28}, values);
    values[28 * 28 + 30] = std::numeric_limits<float>::infinity();
    write_npy(file("inf.npy"), {1, 2, 1, 28, 28}, values);
    const std::string out = file("none.npy");
    for (const ProgramResult& result :
         {cli({"sample", run(), "--initial-noise", file("nan.npy"), "--out", out}),
          cli({"predict", run(), "--input", file("nan.npy"), "--timestep", "0", "--out", out})})
        expect_error(result, "nan.npy: the value at [1, 0, 1, 2] is NaN");
    expect_error(cli({"sample", run(), "--count", "2", "--steps", "1", "--noise-per-step", file("inf.npy"),
                      "--out", out}),
                 "inf.npy: the value at [0, 1, 0, 1, 2] is infinite");
    EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace denoise
