#include <gtest/gtest.h>

#include "tests/engine/gaussian_toy.h"

namespace denoise {
namespace {

const std::vector<int> kSteps = {32, 64, 128};

struct Expected {
    SamplerKind kind;
    double order;
    double tolerance = 0.1;
    double eta = 0;
};

void PrintTo(const Expected& expected, std::ostream* out) {
    *out << sampler_of(expected.kind).name << " eta " << expected.eta;
}

std::string test_name(const testing::TestParamInfo<Expected>& info) {
    std::string name = sampler_of(info.param.kind).name;
    std::erase(name, '-');
    return name + (info.param.eta > 0 ? "Noisy" : "");
}

class FlowOrder : public testing::TestWithParam<Expected> {};

TEST_P(FlowOrder, ErrorFallsWithTheStepsAtTheSamplersOrder) {
    const test::GaussianToy toy = test::fine_toy();
    std::vector<double> errors;
    for (const int steps : kSteps) errors.push_back(test::flow_error(toy, GetParam().kind, steps));
    EXPECT_NEAR(test::fitted_order(kSteps, errors), GetParam().order, GetParam().tolerance)
        << testing::PrintToString(errors);
    EXPECT_LT(errors.back(), 0.01);
}

INSTANTIATE_TEST_SUITE_P(All, FlowOrder,
                         testing::Values(Expected{SamplerKind::ddim, 1}, Expected{SamplerKind::euler, 1},
                                         Expected{SamplerKind::heun, 2}, Expected{SamplerKind::dpmpp_2m, 2},
                                         Expected{SamplerKind::unipc, 3},  // 2 and one more by the corrector
                                         Expected{SamplerKind::pndm, 2, 0.15}),
                         test_name);

class WeakOrder : public testing::TestWithParam<Expected> {};

TEST_P(WeakOrder, ErrorOfTheVarianceFallsWithTheStepsAtTheSamplersOrder) {
    const test::GaussianToy toy = test::fine_toy();
    std::vector<double> errors;
    for (const int steps : kSteps)
        errors.push_back(test::variance_error(toy, GetParam().kind, steps, GetParam().eta));
    EXPECT_NEAR(test::fitted_order(kSteps, errors), GetParam().order, GetParam().tolerance)
        << testing::PrintToString(errors);
    EXPECT_LT(errors.back(), 0.02);
}

INSTANTIATE_TEST_SUITE_P(All, WeakOrder,
                         testing::Values(Expected{SamplerKind::ddpm, 1},
                                         Expected{SamplerKind::dpmpp_2m_sde, 2},
                                         Expected{SamplerKind::ddim, 1, 0.1, 1.0}),
                         test_name);

TEST(FittedOrder, IsTheSlopeOfAPowerLaw) {
    EXPECT_NEAR(test::fitted_order({1, 2, 4}, {3.0, 3.0 / 8, 3.0 / 64}), 3, 1e-12);
}

}  // namespace
}  // namespace denoise
