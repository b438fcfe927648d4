#include "engine/training/muon.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "engine/network/unet.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsSupersetOf;

torch::Tensor orthogonalized(const torch::Tensor& x) {
    return orthogonalizers(x.bmm(x.transpose(1, 2))).bmm(x);
}

TEST(Orthogonalizers, MoveAllSingularValuesCloseToOne) {
    torch::manual_seed(1);
    for (const auto& [rows, columns] : {std::pair{48, 432}, {30, 200}, {96, 96}}) {
        const auto x = torch::randn({3, rows, columns}) * torch::tensor({1e-6, 1.0, 1e3}).view({3, 1, 1});
        const auto values = torch::linalg_svdvals(orthogonalized(x), std::nullopt);
        EXPECT_LT(values.max().item<double>(), 1.25);
        EXPECT_GT(values.median().item<double>(), 0.65);
        // A square random matrix has a few singular values near 0, which need more steps.
        if (rows != columns) {
            EXPECT_GT(values.min().item<double>(), 0.65);
        }
    }
}

TEST(Orthogonalizers, DoTheStepsOfTheDefinition) {
    torch::manual_seed(5);
    const auto x = torch::randn({2, 16, 40}, torch::kFloat64);
    auto y = x / x.norm(2, {1, 2}, true);
    for (int i = 0; i < 5; ++i) {  // Jordan et al. 2024
        const auto yy = y.bmm(y.transpose(1, 2));
        y = 3.4445 * y - 4.7750 * yy.bmm(y) + 2.0315 * yy.bmm(yy).bmm(y);
    }
    EXPECT_LT((orthogonalized(x.to(torch::kFloat32)) - y).abs().max().item<double>(), 1e-5);
}

TEST(Orthogonalizers, OfZeroAreFinite) {
    EXPECT_EQ(orthogonalized(torch::zeros({1, 4, 6})).abs().max().item<double>(), 0);
}

std::vector<std::string> left_to_adamw(const RunConfig& config) {
    UNet network(config.unet, 1, 28, 28);
    const FlatParameters parameters(*network);
    const std::vector<BufferRange> rest = Muon(parameters.slices()).rest();
    std::vector<std::string> names;
    for (const FlatParameters::Slice& slice : parameters.slices())
        if (std::ranges::find(rest, BufferRange{slice.offset, slice.size}) != rest.end() &&
            slice.shape.size() > 1)
            names.push_back(slice.name);
    return names;
}

TEST(Muon, TrainsAllMatricesInsideTheNetwork) {
    RunConfig config = with_classes(find_preset("quick").config, 10);
    EXPECT_THAT(left_to_adamw(config), Each(AnyOf("conv_in.weight", "conv_out.weight",
                                                  "class_embedding.weight", HasSubstr("time_"))));
    EXPECT_THAT(left_to_adamw(config),
                IsSupersetOf({"conv_in.weight", "conv_out.weight", "class_embedding.weight",
                              "time_embedding.linear_1.weight", "down_0_resnet_0.time_emb_proj.weight"}));
    config.unet.time_embedding = TimeEmbeddingKind::learned;
    EXPECT_THAT(left_to_adamw(config), Contains("time_proj.weight"));
    config = find_preset("annotated").config;
    EXPECT_THAT(left_to_adamw(config), Contains("annotated.conv_in.weight"));
    EXPECT_THAT(left_to_adamw(config),
                Each(AnyOf(HasSubstr(".conv_in."), HasSubstr(".conv_out."), HasSubstr("time_"))));
}

TEST(Muon, ChangesEachMatrixByTheLearningRate) {
    const std::vector<FlatParameters::Slice> slices = {{"a.weight", {32, 64}, 0, 2048},
                                                       {"a.bias", {32}, 2048, 32}};
    torch::manual_seed(4);
    const auto values = torch::randn({2080}), before = values.clone(), momentum = torch::zeros({2080});
    const Muon muon(slices);
    EXPECT_EQ(muon.rest(), (std::vector<BufferRange>{{2048, 32}}));
    muon.step(values, torch::randn({2080}) * 1e-3, momentum, 0.01, 0);
    const auto change = (values - before).narrow(0, 0, 2048);
    EXPECT_NEAR(change.square().mean().sqrt().item<double>(), 0.002, 0.0004);
    EXPECT_TRUE(torch::equal(values.narrow(0, 2048, 32), before.narrow(0, 2048, 32)));
    EXPECT_EQ(momentum.narrow(0, 2048, 32).abs().max().item<double>(), 0);

    const auto decayed = before.clone();
    muon.step(decayed, torch::zeros({2080}), torch::zeros({2080}), 0.5, 0.1);
    EXPECT_TRUE(torch::allclose(decayed.narrow(0, 0, 2048), before.narrow(0, 0, 2048) * 0.95));
}

TEST(Muon, TreatsTallMatricesLikeWideOnes) {
    torch::manual_seed(6);
    const auto wide = torch::randn({8, 20}), values = torch::zeros({160}), transposed = torch::zeros({160});
    Muon({{"a", {8, 20}, 0, 160}}).step(values, wide.flatten(), torch::zeros({160}), 0.1, 0);
    Muon({{"a", {20, 8}, 0, 160}}).step(transposed, wide.t().flatten(), torch::zeros({160}), 0.1, 0);
    EXPECT_GT(values.abs().max().item<double>(), 0.01);
    EXPECT_TRUE(torch::allclose(values.view({8, 20}), transposed.view({20, 8}).t(), 1e-4, 1e-6));
}

TEST(Muon, LearnsFasterThanAdamW) {
    const auto loss_after_training = [](OptimizerKind optimizer) {
        RunConfig config = test::small_run();
        config.training.optimizer = optimizer;
        Trainer trainer(config, test::glyphs(), {.threads = 1});
        double last = 0;
        for (int i = 0; i < 200; ++i) {
            const double loss = trainer.step(0.05).loss;
            if (i >= 150) last += loss / 50;
        }
        return last;
    };
    EXPECT_LT(loss_after_training(OptimizerKind::muon), 0.97 * loss_after_training(OptimizerKind::adamw));
}

}  // namespace
}  // namespace denoise
