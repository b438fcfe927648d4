// Errors of commands with --json: an object on stdout for scripts, and the text on stderr for people.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/app/trained_run.h"

namespace denoise {
namespace {

using nlohmann::json;
using test::cli;
using test::ProgramResult;
using testing::HasSubstr;

std::string last_line(const std::string& text) {
    std::istringstream lines(text);
    std::string last;
    for (std::string line; std::getline(lines, line);) last = line;
    return last;
}

void expect_json_error(const ProgramResult& result, int exit_code, const std::string& part) {
    EXPECT_EQ(result.exit_code, exit_code);
    const json error = json::parse(last_line(result.out)).at("error");
    EXPECT_THAT(error.at("why").get<std::string>(), HasSubstr(part));
    for (const char* key : {"what", "why", "remedy"}) {
        const std::string text = error.at(key).get<std::string>();
        EXPECT_NE(text, "") << key;
        EXPECT_THAT(result.err, HasSubstr(text)) << "the same for people";
    }
}

TEST(JsonErrors, AreOneObjectOnStdout) {
    const test::TemporaryFolder folder;
    const std::string none = folder / "none";
    expect_json_error(cli({"evaluate", none, "--dataset", "glyphs", "--json"}), 1, none);
    expect_json_error(cli({"train", "--dataset", none, "--json", "--out", folder / "run"}), 1, none);
    expect_json_error(cli({"train", "--json"}), 1, "--dataset");
    const ProgramResult info = cli({"info", "--json", none});
    EXPECT_EQ(info.exit_code, 1);
    EXPECT_EQ(json::parse(info.out).size(), 1u) << "stdout has nothing else";
}

TEST(JsonErrors, OfACommandLineThatCannotBeParsedToo) {
    expect_json_error(cli({"info", "--json"}), 2, "MODEL");
    expect_json_error(cli({"info", "quick", "--jsn", "--json"}), 2, "--jsn");
    expect_json_error(cli({"train", "--json", "--steps", "0"}), 2, "greater than 0");
    expect_json_error(cli({"--json"}), 2, "subcommand");
    EXPECT_THAT(cli({"evaluate", "--json"}).err, HasSubstr("denoise-lab-cli evaluate --help"));
}

TEST(JsonErrors, WithoutJsonStdoutStaysEmpty) {
    EXPECT_EQ(cli({"info", "/no/such/model"}).out, "");
    EXPECT_EQ(cli({"train", "--steps", "0"}).out, "");
    EXPECT_THAT(cli({"train", "--help"}).out, HasSubstr("\"remedy\"}}"));
}

TEST(JsonErrors, BytesThatAreNotUtf8AreReplaced) {
    const ProgramResult result = cli({"info", "caf\xe9", "--json"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(json::parse(result.out)["error"]["what"].get<std::string>(), HasSubstr("caf\xef\xbf\xbd"));
}

}  // namespace
}  // namespace denoise
