#include "engine/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace denoise {
namespace {

std::vector<std::int64_t> labels_in_turn(std::int64_t count, std::int64_t classes) {
    std::vector<std::int64_t> labels;
    for (std::int64_t i = 0; i < count; ++i) labels.push_back(i % classes);
    return labels;
}

std::map<std::int64_t, int> sizes(const std::vector<std::int64_t>& indices,
                                  const std::vector<std::int64_t>& labels) {
    std::map<std::int64_t, int> count;
    for (const std::int64_t i : indices) ++count[labels[static_cast<std::size_t>(i)]];
    return count;
}

TEST(Split, HoldsOutTheFractionOfEachClass) {
    std::vector<std::int64_t> labels = labels_in_turn(1000, 2);
    labels.resize(1500, 2);  // a third class, as large as both others
    const DatasetSplit split = split_dataset(labels, 0.05, 0);
    EXPECT_EQ(split.held_out.size(), 75u);
    EXPECT_EQ(sizes(split.held_out, labels), (std::map<std::int64_t, int>{{0, 25}, {1, 25}, {2, 25}}));
    EXPECT_EQ(split.training.size() + split.held_out.size(), labels.size());
    std::vector<std::int64_t> all;
    std::ranges::merge(split.training, split.held_out, std::back_inserter(all));
    std::vector<std::int64_t> expected(labels.size());
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(all, expected) << "each image is in one of the two parts, in order";
}

TEST(Split, RoundsOverTheClassesTogether) {
    const std::vector<std::int64_t> labels = labels_in_turn(160, 16);  // half an image of each class
    const DatasetSplit split = split_dataset(labels, 0.05, 0);
    EXPECT_EQ(split.held_out.size(), 8u);
    for (const auto& [label, count] : sizes(split.held_out, labels)) EXPECT_EQ(count, 1) << label;
}

TEST(Split, DependsOnlyOnTheSeed) {
    const std::vector<std::int64_t> labels = labels_in_turn(500, 10);
    EXPECT_EQ(split_dataset(labels, 0.1, 3), split_dataset(labels, 0.1, 3));
    EXPECT_NE(split_dataset(labels, 0.1, 3), split_dataset(labels, 0.1, 4));
    // The same on every computer, and in every version: the images that a run has never seen must stay so.
    std::vector<std::int64_t> first = split_dataset(labels, 0.1, 3).held_out;
    first.resize(5);
    EXPECT_EQ(first, (std::vector<std::int64_t>{10, 12, 14, 36, 38}));
}

TEST(Split, HoldsOutNothingOfATinySetOrAtZero) {
    EXPECT_TRUE(split_dataset(labels_in_turn(500, 10), 0, 0).held_out.empty());
    EXPECT_TRUE(split_dataset(labels_in_turn(159, 1), 0.05, 0).held_out.empty()) << "7 images";
    EXPECT_EQ(split_dataset(labels_in_turn(160, 1), 0.05, 0).held_out.size(), 8u);
    EXPECT_EQ(split_dataset(labels_in_turn(159, 1), 0.05, 0).training.size(), 159u);
    EXPECT_TRUE(split_dataset({}, 0.05, 0).training.empty());
}

TEST(Split, NeverTakesAClassAway) {
    const std::vector<std::int64_t> labels = labels_in_turn(40, 40);  // one image of each class
    EXPECT_TRUE(split_dataset(labels, 0.5, 0).held_out.empty());
    const std::vector<std::int64_t> pairs = labels_in_turn(80, 40);
    const DatasetSplit split = split_dataset(pairs, 0.5, 0);
    EXPECT_EQ(split.held_out.size(), 40u);
    EXPECT_EQ(sizes(split.training, pairs).size(), 40u);
}

TEST(Split, ComparesImagesOfTheSameClasses) {
    std::vector<std::int64_t> labels = labels_in_turn(400, 4);
    labels.resize(410, 4);  // a class of ten images
    const DatasetSplit split = split_dataset(labels, 0.05, 1);
    const ComparedImages images = images_to_compare(split, labels, 16);
    ASSERT_EQ(images.held_out.size(), 16u);
    ASSERT_EQ(images.training.size(), 16u);
    for (std::size_t k = 0; k < 16; ++k) {
        EXPECT_EQ(labels[images.held_out[k]], labels[images.training[k]]);
        EXPECT_TRUE(std::ranges::binary_search(split.held_out, images.held_out[k]));
        EXPECT_TRUE(std::ranges::binary_search(split.training, images.training[k]));
    }
    EXPECT_EQ(std::set(images.training.begin(), images.training.end()).size(), 16u);
}

TEST(Split, RepeatsTheImagesToCompareIfThereAreFewer) {
    const std::vector<std::int64_t> labels = labels_in_turn(160, 1);
    const ComparedImages images = images_to_compare(split_dataset(labels, 0.05, 1), labels, 32);
    EXPECT_EQ(images.held_out.size(), 32u);
    EXPECT_EQ(std::set(images.held_out.begin(), images.held_out.end()).size(), 8u);
    EXPECT_TRUE(images_to_compare(split_dataset(labels, 0, 1), labels, 32).held_out.empty());
}

}  // namespace
}  // namespace denoise
