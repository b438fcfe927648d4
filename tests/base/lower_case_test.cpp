#include "engine/base/lower_case.h"

#include <gtest/gtest.h>

namespace denoise {
namespace {

TEST(LowerCase, ChangesOnlyTheLettersFromAToZ) {
    EXPECT_EQ(lower_case("Train-Images@[`{ AZ09.IDX3"), "train-images@[`{ az09.idx3");
    EXPECT_EQ(lower_case("\u00c4\xe9"), "\u00c4\xe9") << "neither UTF-8 nor other bytes";
}

}  // namespace
}  // namespace denoise
