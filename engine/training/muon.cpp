#include "engine/training/muon.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace denoise {
namespace {

constexpr double beta = 0.95;

bool is_inner_matrix(const FlatParameters::Slice& slice) {
    if (slice.shape.size() < 2 || slice.shape[0] == 1 || slice.size == slice.shape[0]) return false;
    for (const char* other : {"conv_in.", "conv_out.", "class_embedding.", "time_"})
        if (slice.name.find(other) != std::string::npos) return false;
    return true;
}

}  // namespace

Muon::Muon(const std::vector<FlatParameters::Slice>& slices) {
    std::map<std::int64_t, std::vector<Matrix>> by_shorter;
    for (const FlatParameters::Slice& slice : slices) {
        if (is_inner_matrix(slice)) {
            const Matrix matrix{slice.offset, slice.shape[0], slice.size / slice.shape[0]};
            by_shorter[matrix.shorter()].push_back(matrix);
        } else {
            rest_.push_back({slice.offset, slice.size});
        }
    }
    for (auto& [shorter, matrices] : by_shorter) groups_.push_back(std::move(matrices));
}

void Muon::step(const torch::Tensor& values, const torch::Tensor& gradients, const torch::Tensor& momentum,
                double learning_rate, double weight_decay) const {
    const torch::NoGradGuard no_grad;
    for (const std::vector<Matrix>& group : groups_)
        for (const Matrix& matrix : group) matrix.in(momentum).lerp_(matrix.in(gradients), 1 - beta);
    const auto directions = gradients.lerp(momentum, beta);  // Nesterov
    for (const std::vector<Matrix>& group : groups_) {
        const std::int64_t R = group.front().shorter(), N = static_cast<std::int64_t>(group.size());
        const auto gram = torch::empty({N, R, R}, values.device());
        for (std::int64_t i = 0; i < N; ++i) {
            const auto x = group[i].tall() ? group[i].in(directions).t() : group[i].in(directions);
            auto target = gram[i];
            torch::mm_out(target, x, x.t());
        }
        const auto q = orthogonalizers(gram);
        for (std::int64_t i = 0; i < N; ++i) {
            const Matrix& matrix = group[i];
            const auto longer = static_cast<double>(std::max(matrix.rows, matrix.columns));
            const auto direction = matrix.in(directions);
            matrix.in(values).addmm_(matrix.tall() ? direction : q[i], matrix.tall() ? q[i] : direction,
                                     1 - learning_rate * weight_decay,
                                     -learning_rate * 0.2 * std::sqrt(longer));
        }
    }
}

torch::Tensor orthogonalizers(const torch::Tensor& gram) {
    // With G = X X^T, a step multiplies X by P = a + b G + c G^2, and G by P^2. All of these commute.
    constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
    constexpr int steps = 5;
    const auto squared_norms = gram.diagonal(0, 1, 2).sum(1).clamp_min(1e-30).view({-1, 1, 1});
    const auto identity = torch::eye(gram.size(1), gram.device());
    auto G = gram / squared_norms;
    torch::Tensor Q;
    for (int i = 0; i < steps; ++i) {
        const auto P = G.bmm(G).mul_(c).add_(G, b).add_(identity, a);
        if (i + 1 < steps) G = P.bmm(G).bmm(P);
        Q = Q.defined() ? P.bmm(Q) : P;
    }
    return Q / squared_norms.sqrt();
}

}  // namespace denoise
