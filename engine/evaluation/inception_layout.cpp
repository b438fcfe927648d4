#include "engine/evaluation/inception.h"

namespace denoise {
namespace {

/// Collects the convolutions of one network, block by block.
class Layout {
  public:
    /// A square filter.
    void square(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t side,
                std::int64_t stride = 1, std::int64_t padding = 0) {
        all_.push_back({name, in, out, side, side, stride, padding, padding});
    }
    /// 1 x `length`.
    void row(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t length) {
        all_.push_back({name, in, out, 1, length, 1, 0, length / 2});
    }
    /// `length` x 1.
    void column(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t length) {
        all_.push_back({name, in, out, length, 1, 1, length / 2, 0});
    }

    void stem() {
        square("Conv2d_1a_3x3", 3, 32, 3, 2);
        square("Conv2d_2a_3x3", 32, 32, 3);
        square("Conv2d_2b_3x3", 32, 64, 3, 1, 1);
        square("Conv2d_3b_1x1", 64, 80, 1);
        square("Conv2d_4a_3x3", 80, 192, 3);
    }

    void block_a(const std::string& block, std::int64_t in, std::int64_t pool) {
        square(block + ".branch1x1", in, 64, 1);
        square(block + ".branch5x5_1", in, 48, 1);
        square(block + ".branch5x5_2", 48, 64, 5, 1, 2);
        square(block + ".branch3x3dbl_1", in, 64, 1);
        square(block + ".branch3x3dbl_2", 64, 96, 3, 1, 1);
        square(block + ".branch3x3dbl_3", 96, 96, 3, 1, 1);
        square(block + ".branch_pool", in, pool, 1);
    }

    void block_b(const std::string& block, std::int64_t in) {
        square(block + ".branch3x3", in, 384, 3, 2);
        square(block + ".branch3x3dbl_1", in, 64, 1);
        square(block + ".branch3x3dbl_2", 64, 96, 3, 1, 1);
        square(block + ".branch3x3dbl_3", 96, 96, 3, 2);
    }

    void block_c(const std::string& block, std::int64_t hidden) {
        constexpr std::int64_t in = 768, out = 192;
        square(block + ".branch1x1", in, out, 1);
        square(block + ".branch7x7_1", in, hidden, 1);
        row(block + ".branch7x7_2", hidden, hidden, 7);
        column(block + ".branch7x7_3", hidden, out, 7);
        square(block + ".branch7x7dbl_1", in, hidden, 1);
        column(block + ".branch7x7dbl_2", hidden, hidden, 7);
        row(block + ".branch7x7dbl_3", hidden, hidden, 7);
        column(block + ".branch7x7dbl_4", hidden, hidden, 7);
        row(block + ".branch7x7dbl_5", hidden, out, 7);
        square(block + ".branch_pool", in, out, 1);
    }

    void block_d(const std::string& block, std::int64_t in) {
        square(block + ".branch3x3_1", in, 192, 1);
        square(block + ".branch3x3_2", 192, 320, 3, 2);
        square(block + ".branch7x7x3_1", in, 192, 1);
        row(block + ".branch7x7x3_2", 192, 192, 7);
        column(block + ".branch7x7x3_3", 192, 192, 7);
        square(block + ".branch7x7x3_4", 192, 192, 3, 2);
    }

    void block_e(const std::string& block, std::int64_t in) {
        square(block + ".branch1x1", in, 320, 1);
        square(block + ".branch3x3_1", in, 384, 1);
        row(block + ".branch3x3_2a", 384, 384, 3);
        column(block + ".branch3x3_2b", 384, 384, 3);
        square(block + ".branch3x3dbl_1", in, 448, 1);
        square(block + ".branch3x3dbl_2", 448, 384, 3, 1, 1);
        row(block + ".branch3x3dbl_3a", 384, 384, 3);
        column(block + ".branch3x3dbl_3b", 384, 384, 3);
        square(block + ".branch_pool", in, 192, 1);
    }

    std::vector<InceptionConvolution> take() { return std::move(all_); }

  private:
    std::vector<InceptionConvolution> all_;
};

}  // namespace

const std::vector<InceptionConvolution>& inception_convolutions() {
    static const std::vector<InceptionConvolution> all = [] {
        Layout layout;
        layout.stem();
        layout.block_a("Mixed_5b", 192, 32);
        layout.block_a("Mixed_5c", 256, 64);
        layout.block_a("Mixed_5d", 288, 64);
        layout.block_b("Mixed_6a", 288);
        layout.block_c("Mixed_6b", 128);
        layout.block_c("Mixed_6c", 160);
        layout.block_c("Mixed_6d", 160);
        layout.block_c("Mixed_6e", 192);
        layout.block_d("Mixed_7a", 768);
        layout.block_e("Mixed_7b", 1280);
        layout.block_e("Mixed_7c", 2048);
        return layout.take();
    }();
    return all;
}

}  // namespace denoise
