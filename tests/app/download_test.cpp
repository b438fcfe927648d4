#include <gmock/gmock.h>

#include <QTcpServer>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/app/program.h"

namespace denoise::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Downloads of the command line. All go to a proxy on this computer, so that none reaches the internet.
class DownloadCommandTest : public ::testing::Test {
  protected:
    std::vector<std::string> download(const std::string& name, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments = {
            "datasets", "--download", name, "--folder", (folder_ / "sets").string(), "--proxy", proxy_};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    TemporaryFolder folder_;
    std::string proxy_ = "http://127.0.0.1:1";  // where nobody listens
};

TEST_F(DownloadCommandTest, TheListHasSizesLicencesAndHashes) {
    const json list = json::parse(cli({"datasets", "--json"}).out);
    for (const json& set : list) {
        if (set.at("name") != "mnist") continue;
        EXPECT_EQ(set.at("download").at("bytes"), 11'594'722);
        EXPECT_EQ(set.at("download").at("files").size(), 4u);
    }
    EXPECT_THAT(cli({"datasets"}).out, HasSubstr("datasets --download cifar-10\n"));
}

TEST_F(DownloadCommandTest, WithoutAConnectionSaysWhatToDoInstead) {
    const ProgramResult result = cli(download("mnist"));
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("Cannot download MNIST"));
    EXPECT_THAT(result.err, HasSubstr("storage.googleapis.com"));
    EXPECT_THAT(result.err, HasSubstr("Put its IDX files"));
}

TEST_F(DownloadCommandTest, StopsAtCtrlC) {
    QTcpServer silent;  // the system accepts connections for it
    ASSERT_TRUE(silent.listen(QHostAddress::LocalHost));
    proxy_ = "http://127.0.0.1:" + std::to_string(silent.serverPort());
    RunningProgram program(download("cifar-10"));
    ASSERT_TRUE(program.wait_until([&] { return std::filesystem::exists(folder_ / "sets/cifar-10"); }));
    program.send(SIGINT);
    EXPECT_EQ(program.wait().exit_code, 130);
}

TEST_F(DownloadCommandTest, AnUnknownSetAndAnUnreadableProxyAreRefused) {
    EXPECT_EQ(cli({"datasets", "--download", "imagenet"}).exit_code, 2);
    EXPECT_EQ(cli({"datasets", "--mirror", "https://a.org"}).exit_code, 2) << "nothing to download";
    proxy_ = "proxy";
    const ProgramResult result = cli(download("mnist"));
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("Cannot use the proxy"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "sets"));
}

TEST_F(DownloadCommandTest, TheNameOfASetThatWasNotDownloadedSaysHowToGetIt) {
    const ProgramResult result =
        cli({"train", "--dataset", "cifar-100", "--steps", "1", "--out", (folder_ / "run").string()});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("datasets --download cifar-100"));
}

TEST_F(DownloadCommandTest, ACopyInTheFolderToLookInNeedsNoConnection) {
    const auto mnist = mnist_folder();
    if (!mnist) GTEST_SKIP() << "no MNIST in ../shared/data";
    const ProgramResult result =
        cli(download("mnist", {"--look-in", mnist->parent_path().string(), "--json"}));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(json::parse(result.out).at("path"), mnist->string());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "sets"));
}

}  // namespace
}  // namespace denoise::test
