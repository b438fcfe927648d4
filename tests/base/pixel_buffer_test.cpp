#include "engine/base/pixel_buffer.h"

#include <gmock/gmock.h>

namespace denoise {
namespace {

using testing::ElementsAre;

class Bytes : public SharedBytes {
  public:
    explicit Bytes(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {
        data_ = bytes_.data();
        size_ = bytes_.size();
    }
    bool intact() const override { return true; }

  private:
    std::vector<std::uint8_t> bytes_;
};

TEST(PixelBuffer, SharedBytesAreCopiedBeforeTheFirstChange) {
    const auto bytes = std::make_shared<const Bytes>(std::vector<std::uint8_t>{1, 2, 3});
    const PixelBuffer shared(bytes);
    PixelBuffer changed = shared;
    EXPECT_TRUE(changed.is_shared());
    EXPECT_EQ(changed, shared);
    changed[1] = 9;
    changed.push_back(4);
    EXPECT_FALSE(changed.is_shared());
    EXPECT_THAT(changed, ElementsAre(1, 9, 3, 4));
    EXPECT_THAT(shared, ElementsAre(1, 2, 3));
    EXPECT_EQ(shared.data(), bytes->data());
}

TEST(PixelBuffer, HasTheFunctionsOfAVector) {
    PixelBuffer buffer{1, 2};
    const std::vector<std::uint8_t> more{7, 8};
    buffer.insert(buffer.end(), more.begin(), more.end());
    buffer.insert(buffer.begin(), 2, std::uint8_t{5});
    EXPECT_THAT(buffer, ElementsAre(5, 5, 1, 2, 7, 8));
    buffer.resize(3);
    EXPECT_EQ(buffer, (std::vector<std::uint8_t>{5, 5, 1}));
    EXPECT_NE(buffer, PixelBuffer{});
    EXPECT_THROW(static_cast<void>(buffer.at(3)), std::out_of_range);
}

}  // namespace
}  // namespace denoise
