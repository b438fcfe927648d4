#include "engine/diffusion/noise_pairing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/diffusion/loss.h"

namespace denoise {
namespace {

double cost_of(const torch::Tensor& costs, const std::vector<std::int64_t>& columns) {
    double sum = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
        sum += costs[static_cast<std::int64_t>(i)][columns[i]].item<double>();
    return sum;
}

TEST(NoisePairing, TheAssignmentIsTheCheapestOfAll) {
    torch::manual_seed(1);
    for (int trial = 0; trial < 20; ++trial) {
        const torch::Tensor costs = trial % 2 == 0 ? torch::randn({6, 6}, torch::kFloat64)
                                                   : torch::randint(3, {6, 6}, torch::kFloat64);  // with ties
        std::vector<std::int64_t> order(6);
        std::iota(order.begin(), order.end(), 0);
        double least = cost_of(costs, order);
        while (std::ranges::next_permutation(order).found) least = std::min(least, cost_of(costs, order));
        std::vector<std::int64_t> found = cheapest_assignment(costs);
        EXPECT_NEAR(cost_of(costs, found), least, 1e-9);
        std::ranges::sort(found);
        for (std::int64_t i = 0; i < 6; ++i) EXPECT_EQ(found[static_cast<std::size_t>(i)], i);
    }
}

TEST(NoisePairing, IsTheSameNoiseInAnotherOrderNearerToTheImages) {
    torch::manual_seed(2);
    const torch::Tensor x0 = torch::rand({300, 1, 4, 4}) * 2 - 1, eps = torch::randn({300, 1, 4, 4});
    const torch::Tensor paired = paired_noise(x0, eps);
    EXPECT_TRUE(torch::equal(std::get<0>(paired.flatten().sort()), std::get<0>(eps.flatten().sort())));
    EXPECT_LT((paired - x0).square().sum().item<double>(), 0.95 * (eps - x0).square().sum().item<double>());
    EXPECT_TRUE(torch::equal(paired_noise(x0, eps), paired));
}

TEST(NoisePairing, TheLossUsesItAndTheSameRandomNumbers) {
    const NoiseSchedule schedule = make_schedule({});
    const torch::Tensor x0 = torch::linspace(-1, 1, 8 * 16).reshape({8, 1, 4, 4});
    const auto inputs = [&](NoisePairing pairing) {
        Objective objective;
        objective.noise_pairing = pairing;
        torch::Tensor seen, timesteps;
        at::Generator generator = at::detail::createCPUGenerator(7);
        Loss(schedule, objective)(
            [&](const torch::Tensor& x_t, const torch::Tensor& t, const torch::Tensor&) {
                seen = x_t;
                timesteps = t;
                return torch::zeros_like(x_t);
            },
            x0, {}, generator);
        return std::pair{seen, timesteps};
    };
    const auto independent = inputs(NoisePairing::independent), immiscible = inputs(NoisePairing::immiscible);
    EXPECT_TRUE(torch::equal(independent.second, immiscible.second)) << "the same timesteps";
    EXPECT_FALSE(torch::equal(independent.first, immiscible.first));
    EXPECT_TRUE(torch::equal(inputs(NoisePairing::immiscible).first, immiscible.first));
}

}  // namespace
}  // namespace denoise
