#include "engine/network/attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/network/inference.h"

namespace denoise {
namespace {

const Execution with_products{.bfloat16 = true, .threads = 1, .attention = AttentionKernel::products};

struct Inputs {
    torch::Tensor q, k, v;
};

Inputs random_inputs(std::int64_t tokens, torch::ScalarType type) {
    torch::manual_seed(7);
    const auto draw = [&] { return torch::randn({2, 3, tokens, 16}, torch::kFloat64).to(type); };
    return {draw(), draw(), draw()};
}

/// softmax(q k^T / sqrt(d)) v, written out.
torch::Tensor formula(const Inputs& in) {
    const auto scores = torch::einsum("bhid,bhjd->bhij", {in.q, in.k}) / std::sqrt(in.q.size(3));
    const auto weights = scores.exp() / scores.exp().sum(-1, true);
    return torch::einsum("bhij,bhjd->bhid", {weights, in.v});
}

double largest(const torch::Tensor& x) {
    return x.abs().max().item<double>();
}

class AttentionKernels : public testing::TestWithParam<AttentionKernel> {
  protected:
    AttentionKernels() : before_(use_attention(GetParam())) {}
    ~AttentionKernels() override { use_attention(before_); }

  private:
    AttentionKernel before_;
};

TEST_P(AttentionKernels, ComputeTheFormulaOfVaswani) {
    const Inputs exact = random_inputs(20, torch::kFloat64);
    EXPECT_LT(largest(attend(exact.q, exact.k, exact.v) - formula(exact)), 1e-12);

    const Inputs rounded = random_inputs(20, torch::kBFloat16);
    const Inputs same{rounded.q.to(torch::kFloat64), rounded.k.to(torch::kFloat64),
                      rounded.v.to(torch::kFloat64)};
    const auto error = attend(rounded.q, rounded.k, rounded.v).to(torch::kFloat64) - formula(same);
    EXPECT_LT(largest(error), 0.02) << "bfloat16 has 8 significant bits";
}

TEST_P(AttentionKernels, HaveTheGradientsOfTheFormula) {
    const auto gradients = [](auto&& f) {
        Inputs in = random_inputs(12, torch::kFloat64);
        for (torch::Tensor* x : {&in.q, &in.k, &in.v}) x->requires_grad_();
        return torch::autograd::grad({f(in).pow(2).sum()}, {in.q, in.k, in.v});
    };
    const auto expected = gradients(formula);
    const auto actual = gradients([](const Inputs& in) { return attend(in.q, in.k, in.v); });
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_LT(largest(actual[i] - expected[i]), 1e-12) << "input " << i;
}

INSTANTIATE_TEST_SUITE_P(Both, AttentionKernels,
                         testing::Values(AttentionKernel::flash, AttentionKernel::products),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(Attention, ProductsNeedBfloat16AndFusedKernelsOnTheProcessor) {
    EXPECT_TRUE(can_use_attention_products(with_products));
    Execution execution = with_products;
    execution.bfloat16 = false;
    EXPECT_FALSE(can_use_attention_products(execution));
    execution = with_products;
    execution.kernels = Kernels::plain;
    EXPECT_FALSE(can_use_attention_products(execution));
    execution = with_products;
    execution.device = ComputeDevice::cuda;
    EXPECT_FALSE(can_use_attention_products(execution));
}

TEST(Attention, AScopeSelectsTheKernelAndRestoresTheOneBefore) {
    const auto kernel = [] {
        const AttentionKernel in_use = use_attention(AttentionKernel::flash);
        use_attention(in_use);
        return in_use;
    };
    {
        const ExecutionScope scope(with_products);
        EXPECT_EQ(kernel(), AttentionKernel::products);
        Execution float32 = with_products;
        float32.bfloat16 = false;
        const ExecutionScope inner(float32);
        EXPECT_EQ(kernel(), AttentionKernel::flash) << "not possible in float32";
    }
    EXPECT_EQ(kernel(), AttentionKernel::flash);
}

TEST(Attention, ManyPositionsNeverNeedMemoryForAllPairs) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    const auto x = torch::randn({1, 1, most_tokens_in_products + 1, 8}).to(torch::kBFloat16);
    const auto flash = attend(x, x, x);
    const AttentionKernel before = use_attention(AttentionKernel::products);
    EXPECT_TRUE(torch::equal(attend(x, x, x), flash));
    const auto fewer = x.narrow(2, 0, most_tokens_in_products);
    const auto products = attend(fewer, fewer, fewer);
    use_attention(AttentionKernel::flash);
    EXPECT_FALSE(torch::equal(products, attend(fewer, fewer, fewer))) << "the kernels round differently";
    use_attention(before);
}

}  // namespace
}  // namespace denoise
