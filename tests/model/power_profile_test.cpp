#include "engine/model/power_profile.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/runs/ema_snapshots.h"

namespace denoise {
namespace {

double value_at(const PowerProfile& profile, double tau) {
    return tau > profile.t
               ? 0
               : (profile.gamma + 1) * std::pow(tau, profile.gamma) / std::pow(profile.t, profile.gamma + 1);
}

/// The integral of f from 0 to 1 by the midpoint rule.
template <class F>
double integral(const F& f) {
    constexpr int points = 200'000;
    double sum = 0;
    for (int i = 0; i < points; ++i) sum += f((i + 0.5) / points);
    return sum / points;
}

TEST(PowerProfile, TheLengthIsTheRelativeStandardDeviation) {
    for (const double length : {0.03, 0.05, 0.1, 0.2}) {
        const PowerProfile profile{gamma_of_length(length), 1};
        const double mean = integral([&](double tau) { return tau * value_at(profile, tau); });
        const double variance =
            integral([&](double tau) { return (tau - mean) * (tau - mean) * value_at(profile, tau); });
        EXPECT_NEAR(std::sqrt(variance), length, 1e-5);
        EXPECT_NEAR(length_of_gamma(profile.gamma), length, 1e-12);
    }
    EXPECT_NEAR(gamma_of_length(0.10), 6.94, 0.01);  // Karras et al. 2024, sec. 3.1
    EXPECT_NEAR(gamma_of_length(0.05), 16.97, 0.01);
}

TEST(PowerProfile, ProductsAreIntegrals) {
    const PowerProfile a{17, 1}, b{7, 0.8}, c{3, 0.5};
    for (const auto& [left, right] : {std::pair{a, a}, {a, b}, {b, a}, {b, c}, {c, a}})
        EXPECT_NEAR(product(left, right),
                    integral([&](double tau) { return value_at(left, tau) * value_at(right, tau); }), 1e-3);
}

TEST(PowerProfile, AnEmaWithItsDecayHasTheProfile) {
    // Of weights that are tau itself, whose mean is (gamma + 1) / (gamma + 2).
    const double gamma = 7;
    double ema = 0;
    for (int step = 1; step <= 10'000; ++step) {
        const double decay = power_decay(gamma, step - 1, step);
        ema = decay * ema + (1 - decay) * step;
    }
    EXPECT_NEAR(ema / 10'000, (gamma + 1) / (gamma + 2), 1e-4);
}

/// The tracked profiles at the last of `steps` and at the snapshots that a run keeps.
std::vector<PowerProfile> profiles_after(std::int64_t steps, int keep) {
    std::vector<CheckpointFile> files;
    for (std::int64_t step = 1; step < steps; ++step)
        if (snapshot_number(step)) {
            files.insert(files.begin(), {{}, step});
            for (const CheckpointFile& surplus : surplus_snapshots(files, keep))
                std::erase_if(files, [&](const CheckpointFile& file) { return file.step == surplus.step; });
        }
    files.insert(files.begin(), {{}, steps});
    std::vector<PowerProfile> profiles;
    for (const CheckpointFile& file : files)
        for (const double length : tracked_ema_lengths)
            profiles.push_back(
                {gamma_of_length(length), static_cast<double>(file.step) / static_cast<double>(steps)});
    return profiles;
}

TEST(PowerProfile, OfOtherLengthsAreCombinedFromSnapshotsWithTheStatedError) {
    struct Stated {
        double length, error;
    };
    for (const auto& [length, error] : {Stated{0.03, 0.07},
                                        {0.045, 0.01},
                                        {0.05, 0.001},
                                        {0.07, 0.01},
                                        {0.12, 0.01},
                                        {0.15, 0.03},
                                        {0.20, 0.08}})
        for (const std::int64_t steps : {400, 1'000, 3'540, 20'000}) {
            const Combination found = combine(profiles_after(steps, 7), {gamma_of_length(length), 1});
            EXPECT_LT(found.error, error) << length << " after " << steps;
            double sum = 0;
            for (const double factor : found.factors) {
                sum += factor;
                EXPECT_LT(std::abs(factor), 5);
            }
            EXPECT_NEAR(sum, 1, 1e-9);
        }
}

TEST(PowerProfile, OneOfTheProfilesIsFoundAgain) {
    const std::vector<PowerProfile> profiles = {{17, 1}, {7, 1}, {17, 0.8}, {7, 0.8}};
    const Combination found = combine(profiles, {7, 1});
    EXPECT_LT(found.error, 1e-3);
    EXPECT_NEAR(found.factors[1], 1, 0.01);
}

}  // namespace
}  // namespace denoise
