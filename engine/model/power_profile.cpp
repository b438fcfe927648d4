#include "engine/model/power_profile.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace denoise {
namespace {

/// The weight of the squared factors, as a fraction of the square of the wanted profile. About the relative
/// error of numbers in half precision.
constexpr double preference_for_small = 1e-5;

}  // namespace

double gamma_of_length(double length) {
    double low = 0, high = 1e6;  // the length decreases with gamma
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (length_of_gamma(middle) > length ? low : high) = middle;
    }
    return (low + high) / 2;
}

double power_decay(double gamma, double before, double after) {
    return std::pow(before / after, gamma + 1);
}

double product(const PowerProfile& a, const PowerProfile& b) {
    // With t_a <= t_b, (gamma_a + 1) (gamma_b + 1) (t_a / t_b)^gamma_b / ((gamma_a + gamma_b + 1) t_b)
    const PowerProfile &first = a.t <= b.t ? a : b, &last = a.t <= b.t ? b : a;
    return (a.gamma + 1) * (b.gamma + 1) * std::pow(first.t / last.t, last.gamma) /
           ((a.gamma + b.gamma + 1) * last.t);
}

Combination combine(const std::vector<PowerProfile>& profiles, const PowerProfile& wanted) {
    const auto n = static_cast<std::int64_t>(profiles.size());
    const double square = product(wanted, wanted);
    // The minimum of |sum x_i p_i - p|^2 + preference |x|^2 with sum x_i = 1, by a Lagrange multiplier.
    torch::Tensor matrix = torch::zeros({n + 1, n + 1}, torch::kFloat64);
    torch::Tensor right = torch::zeros({n + 1}, torch::kFloat64);
    auto A = matrix.accessor<double, 2>();
    auto b = right.accessor<double, 1>();
    for (std::int64_t i = 0; i < n; ++i) {
        for (std::int64_t j = 0; j < n; ++j) A[i][j] = product(profiles[i], profiles[j]) / square;
        A[i][i] += preference_for_small;
        A[i][n] = A[n][i] = 1;
        b[i] = product(profiles[i], wanted) / square;
    }
    b[n] = 1;
    const torch::Tensor solution = torch::linalg_solve(matrix, right);
    const auto x = solution.accessor<double, 1>();
    Combination combination;
    double error = 1;
    for (std::int64_t i = 0; i < n; ++i) {
        combination.factors.push_back(x[i]);
        error -= 2 * x[i] * b[i] + preference_for_small * x[i] * x[i];
        for (std::int64_t j = 0; j < n; ++j) error += x[i] * x[j] * A[i][j];
    }
    combination.error = std::sqrt(std::max(error, 0.0));
    return combination;
}

}  // namespace denoise
