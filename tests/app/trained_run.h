#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/program.h"
#include "tests/support/files.h"

namespace denoise::test {

/// The arguments of a small training on glyphs.
std::vector<std::string> training(const std::string& run, int steps,
                                  const std::vector<std::string>& more = {});

/// A part of the output of a training after its first step.
inline constexpr const char* first_step = " left  ";

/// The command has ended with nothing but an error in three parts, one of which contains `part`.
void expect_error(const ProgramResult& result, const std::string& part);

/// A run of 20 steps that is trained once for all tests that only read it.
class TrainedRun : public testing::Test {
  protected:
    static void SetUpTestSuite() { train({}); }
    static void TearDownTestSuite();

    static void train(const std::vector<std::string>& more);
    static std::string run() { return file("run"); }
    /// A file beside the run.
    static std::string file(const std::string& name) { return (*folder_ / name).string(); }
    /// The names of everything beside the run.
    static std::vector<std::string> names() { return folder_->names(); }

  private:
    static inline TemporaryFolder* folder_ = nullptr;
};

}  // namespace denoise::test
