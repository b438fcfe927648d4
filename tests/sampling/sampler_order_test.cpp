#include <gtest/gtest.h>

#include "tests/support/gaussian_toy.h"

namespace denoise {
namespace {

const std::vector<int> kSteps = {32, 64, 128};

struct Expected {
    std::string solver;
    double order;
    double tolerance = 0.1;
    double eta = 0;
};

void PrintTo(const Expected& expected, std::ostream* out) {
    *out << expected.solver << " eta " << expected.eta;
}

std::string test_name(const testing::TestParamInfo<Expected>& info) {
    std::string name = info.param.solver;
    std::erase(name, '-');
    return name + (info.param.eta > 0 ? "Noisy" : "");
}

class FlowOrder : public testing::TestWithParam<Expected> {};

TEST_P(FlowOrder, ErrorDecreasesWithTheOrderOfTheSampler) {
    const test::GaussianToy toy = test::fine_toy();
    std::vector<double> errors;
    for (const int steps : kSteps) errors.push_back(test::flow_error(toy, GetParam().solver, steps));
    EXPECT_NEAR(test::fitted_order(kSteps, errors), GetParam().order, GetParam().tolerance)
        << testing::PrintToString(errors);
    EXPECT_LT(errors.back(), 0.01);
}

INSTANTIATE_TEST_SUITE_P(All, FlowOrder,
                         testing::Values(Expected{"ddim", 1}, Expected{"euler", 1}, Expected{"heun", 2},
                                         Expected{"dpmpp-2m", 2},
                                         Expected{"unipc", 3},  // 2, and one more from the corrector
                                         Expected{"pndm", 2, 0.15}),
                         test_name);

class WeakOrder : public testing::TestWithParam<Expected> {};

TEST_P(WeakOrder, ErrorOfTheVarianceDecreasesWithTheOrderOfTheSampler) {
    const test::GaussianToy toy = test::fine_toy();
    std::vector<double> errors;
    for (const int steps : kSteps)
        errors.push_back(test::variance_error(toy, GetParam().solver, steps, GetParam().eta));
    EXPECT_NEAR(test::fitted_order(kSteps, errors), GetParam().order, GetParam().tolerance)
        << testing::PrintToString(errors);
    EXPECT_LT(errors.back(), 0.02);
}

INSTANTIATE_TEST_SUITE_P(All, WeakOrder,
                         testing::Values(Expected{"ddpm", 1}, Expected{"dpmpp-2m-sde", 2},
                                         Expected{"ddim", 1, 0.1, 1.0}),
                         test_name);

TEST(FittedOrder, IsTheSlopeOfAPowerLaw) {
    EXPECT_NEAR(test::fitted_order({1, 2, 4}, {3.0, 3.0 / 8, 3.0 / 64}), 3, 1e-12);
}

}  // namespace
}  // namespace denoise
