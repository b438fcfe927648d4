#include "engine/data/duplicates.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/data/left_out.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using Duplicates = DatasetConfig::Duplicates;
using test::pattern;
using testing::Each;
using testing::ElementsAre;

std::vector<std::int64_t> originals(const ImageBatch& images, Duplicates kind) {
    return find_duplicates(images, kind).originals;
}

Picture mirrored(const Picture& picture) {
    Picture result = picture;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x)
            for (int c = 0; c < picture.channels; ++c)
                result.pixels[static_cast<std::size_t>((y * picture.width + x) * picture.channels + c)] =
                    picture.pixels[static_cast<std::size_t>(
                        (y * picture.width + picture.width - 1 - x) * picture.channels + c)];
    return result;
}

TEST(FindDuplicates, IdenticalImagesAreThoseOfTheSamePixels) {
    Picture other = pattern(16, 16, 3, 1);
    other.pixels[100] ^= 1;
    const ImageBatch images = batch_of(
        {pattern(16, 16, 3, 1), pattern(16, 16, 3, 2), other, pattern(16, 16, 3, 1), pattern(16, 16, 3, 2)});
    EXPECT_THAT(originals(images, Duplicates::identical), ElementsAre(-1, -1, -1, 0, 1));
    EXPECT_THAT(originals(images, Duplicates::similar), ElementsAre(-1, -1, 0, 0, 1));
    EXPECT_THAT(originals(images, Duplicates::keep), Each(-1));
}

/// A picture without edges, like a photo out of focus.
Picture smooth(int seed) {
    Picture picture{64, 64, 3, {}};
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x)
            for (int c = 0; c < 3; ++c)
                picture.pixels.push_back(static_cast<std::uint8_t>(
                    128 + 60 * std::sin(0.1 * x * (1 + seed % 3) + c) + 60 * std::cos(0.08 * y + seed)));
    return picture;
}

TEST(FindDuplicates, CopiesThatWereSavedAgainOrScaledAreSimilar) {
    std::vector<Picture> pictures;
    for (int seed = 0; seed < 6; ++seed) pictures.push_back(smooth(seed));
    const auto add_copy = [&](const QImage& image) {
        const QImage rgb = image.convertToFormat(QImage::Format_RGB888);
        Picture picture{64, 64, 3, {}};
        for (int y = 0; y < 64; ++y)
            picture.pixels.insert(picture.pixels.end(), rgb.constScanLine(y), rgb.constScanLine(y) + 192);
        pictures.push_back(std::move(picture));
    };
    QImage jpeg;
    const std::string bytes = test::encoded(test::qt_image(pictures[2]), "jpeg", 60);
    jpeg.loadFromData(reinterpret_cast<const uchar*>(bytes.data()), static_cast<int>(bytes.size()));
    add_copy(jpeg);
    add_copy(test::qt_image(pictures[4])
                 .scaled(48, 48, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                 .scaled(64, 64, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    const std::vector<std::int64_t> found = originals(batch_of(pictures), Duplicates::similar);
    EXPECT_THAT(found, ElementsAre(-1, -1, -1, -1, -1, -1, 2, 4));
    EXPECT_THAT(originals(batch_of(pictures), Duplicates::identical), Each(-1));
}

TEST(FindDuplicates, ImagesOfAnySizeAreCompared) {
    for (const auto& [width, height] :
         {std::pair(1, 1), std::pair(3, 7), std::pair(9, 1), std::pair(100, 5)}) {
        const ImageBatch images = batch_of({pattern(width, height, 1, 1), pattern(width, height, 1, 1)});
        EXPECT_THAT(originals(images, Duplicates::similar), ElementsAre(-1, 0)) << width << " x " << height;
    }
}

TEST(FindDuplicates, AStopEndsTheSearch) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(find_duplicates(batch_of({pattern(8, 8, 1)}), Duplicates::similar, {}, source.get_token()),
                 Cancelled);
}

TEST(FindDuplicates, MirroredCopiesAreFoundIfTheyAreWanted) {
    Picture brighter = mirrored(smooth(2));
    for (std::uint8_t& value : brighter.pixels) value = static_cast<std::uint8_t>(value + value % 2);
    const ImageBatch images = batch_of(
        {smooth(1), smooth(2), mirrored(smooth(1)), brighter, smooth(1), mirrored(smooth(1)), smooth(5)});
    const FoundDuplicates found = find_duplicates(images, Duplicates::mirrored);
    EXPECT_THAT(found.originals, ElementsAre(-1, -1, 0, 1, 0, 0, -1));
    EXPECT_THAT(found.is_mirrored, ElementsAre(false, false, true, true, false, true, false));
    EXPECT_THAT(originals(images, Duplicates::similar), ElementsAre(-1, -1, -1, -1, 0, 2, -1));
    for (const auto& [width, height] :
         {std::pair(1, 1), std::pair(7, 3), std::pair(28, 28), std::pair(100, 5)}) {
        const Picture one = pattern(width, height, 1, 1);
        EXPECT_THAT(originals(batch_of({one, mirrored(one)}), Duplicates::mirrored), ElementsAre(-1, 0))
            << width << " x " << height;
    }
}

TEST(FindDuplicates, APictureLikeItsMirrorImageIsNoMirroredCopy) {
    Picture picture = pattern(16, 16, 1, 3);
    const Picture other = mirrored(picture);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i)
        picture.pixels[i] = static_cast<std::uint8_t>((picture.pixels[i] + other.pixels[i]) / 2);
    EXPECT_EQ(picture, mirrored(picture));
    EXPECT_THAT(find_duplicates(batch_of({picture, picture}), Duplicates::mirrored).is_mirrored, Each(false));
}

/// What find_duplicates() should find, by comparing two images at a time.
FoundDuplicates found_one_by_one(const std::vector<Picture>& pictures, Duplicates kind) {
    FoundDuplicates all{std::vector<std::int64_t>(pictures.size(), -1), std::vector<bool>(pictures.size())};
    for (std::size_t i = 0; i < pictures.size(); ++i)
        for (std::size_t other = 0; other < i && all.originals[i] < 0; ++other) {
            if (all.originals[other] >= 0) continue;
            const FoundDuplicates two = find_duplicates(batch_of({pictures[other], pictures[i]}), kind);
            if (two.originals[1] < 0) continue;
            all.originals[i] = static_cast<std::int64_t>(other);
            all.is_mirrored[i] = two.is_mirrored[1];
        }
    return all;
}

TEST(FindDuplicates, ManyImagesAtOnceGiveTheResultOfTwoAtATime) {
    std::mt19937 random(1);
    std::vector<Picture> bases(6, {8, 8, 1, {}}), pictures;
    for (Picture& base : bases)
        for (int i = 0; i < 64; ++i) base.pixels.push_back(static_cast<std::uint8_t>(random() % 120));
    // In chains of similar images, it depends on the order which one is an original.
    for (int i = 0; i < 250; ++i) {
        Picture picture = bases[random() % bases.size()];
        for (std::uint8_t& value : picture.pixels)
            value = static_cast<std::uint8_t>(value + static_cast<unsigned>(random() % 6));
        pictures.push_back(random() % 3 == 0 ? mirrored(picture) : picture);
    }
    for (const Duplicates kind : {Duplicates::similar, Duplicates::mirrored}) {
        const FoundDuplicates found = find_duplicates(batch_of(pictures), kind);
        const FoundDuplicates expected = found_one_by_one(pictures, kind);
        EXPECT_EQ(found.originals, expected.originals);
        EXPECT_EQ(found.is_mirrored, expected.is_mirrored);
        const auto count = std::ranges::count_if(found.originals, [](std::int64_t i) { return i >= 0; });
        EXPECT_GT(count, 100);
        EXPECT_LT(count, 220) << "more originals than patterns";
    }
}

TEST(LeftOut, SaysWhichDuplicatesAreMirrored) {
    LeftOut left_out;
    left_out.duplicates = {{"b.png", "a.png", true}};
    EXPECT_THAT(describe(left_out), ElementsAre("1 duplicate is left out: b.png is like a.png, mirrored"));
    left_out.duplicates.push_back({"c.png", "a.png", false});
    EXPECT_THAT(describe(left_out),
                ElementsAre("2 duplicates are left out, 1 of them mirrored, the first: b.png "
                            "is like a.png, mirrored"));
}

}  // namespace
}  // namespace denoise
