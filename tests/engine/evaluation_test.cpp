#include <gmock/gmock.h>

#include <cmath>

#include "engine/base/cancelled.h"
#include "engine/evaluation/classifier.h"
#include "engine/evaluation/frechet.h"
#include "engine/evaluation/nearest.h"
#include "engine/evaluation/precision_recall.h"
#include "tests/engine/helpers.h"

namespace denoise {
namespace {

using test::error_of;
using test::glyphs;
using testing::HasSubstr;

torch::Tensor matrix(std::vector<double> values, std::int64_t side) {
    return torch::tensor(values, torch::kFloat64).view({side, side});
}

torch::Tensor column(std::vector<double> values) {
    return torch::tensor(values, torch::kFloat64).unsqueeze(1);
}

std::stop_token stopped() {
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

/// A feature that a person can compute.
FeatureExtractor mean_brightness() {
    return {"mean brightness",
            1,
            4,
            [](const torch::Tensor& images) { return images.to(torch::kFloat32).flatten(1).mean(1, true); },
            {}};
}

/// `levels.size()` images of one grey each.
ImageBatch plain_images(const std::vector<int>& levels, int side = 8) {
    ImageBatch images{static_cast<std::int64_t>(levels.size()), 1, side, side, {}};
    for (const int level : levels)
        images.pixels.insert(images.pixels.end(), images.image_size(), static_cast<std::uint8_t>(level));
    return images;
}

/// Dark images of class 0 and bright ones of class 1.
Dataset night_and_day() {
    std::vector<int> levels;
    Dataset dataset;
    for (int i = 0; i < 36; ++i) {
        levels.push_back(i % 2 == 0 ? i : 255 - i);
        dataset.labels.push_back(i % 2);
    }
    dataset.name = "Night and day";
    dataset.images = plain_images(levels);
    dataset.class_names = {"night", "day"};
    dataset.fingerprint = "0123456789abcdef";
    return dataset;
}

/// Glyphs at half their size, which a test can learn in seconds.
Dataset half_size_glyphs(std::int64_t count) {
    Dataset dataset = *glyphs(count);
    const auto full = tensor_over(dataset.images, 0, count).to(torch::kFloat32);
    const auto half = torch::avg_pool2d(full, 2).round().to(torch::kUInt8).contiguous();
    const auto* pixels = half.const_data_ptr<std::uint8_t>();
    dataset.images = {count, 1, 14, 14, {pixels, pixels + half.numel()}};
    return dataset;
}

// -------------------------------------------------------------------------------- Frechet distance

TEST(Frechet, OfGaussiansWithDiagonalCovariancesIsTheSumOverTheAxes) {
    const auto mean1 = torch::tensor({0.0, 1.0, 2.0}, torch::kFloat64);
    const auto mean2 = torch::tensor({3.0, 1.0, 0.0}, torch::kFloat64);
    const auto variances1 = torch::diag(torch::tensor({1.0, 4.0, 9.0}, torch::kFloat64));
    const auto variances2 = torch::diag(torch::tensor({16.0, 4.0, 1.0}, torch::kFloat64));
    EXPECT_NEAR(gaussian_frechet_distance(mean1, variances1, mean2, variances2), 13 + 9 + 0 + 4, 1e-12);
}

TEST(Frechet, OfCovariancesThatDoNotCommute) {
    // For 2x2 matrices tr M^(1/2) = sqrt(tr M + 2 sqrt(det M)).
    const auto mean = torch::zeros({2}, torch::kFloat64);
    const double expected = 4 + 5 - 2 * std::sqrt(10 + 2 * std::sqrt(12.0));
    const auto a = matrix({2, 1, 1, 2}, 2), b = matrix({1, 0, 0, 4}, 2);
    EXPECT_NEAR(gaussian_frechet_distance(mean, a, mean, b), expected, 1e-12);
    EXPECT_NEAR(gaussian_frechet_distance(mean, b, mean, a), expected, 1e-12);
}

TEST(Frechet, OfSingularCovariances) {
    // tr (u u^T v v^T)^(1/2) = |u . v|
    const auto mean = torch::zeros({3}, torch::kFloat64);
    const auto u = torch::tensor({1.0, 2.0, 2.0}, torch::kFloat64);
    const auto v = torch::tensor({3.0, 0.0, -4.0}, torch::kFloat64);
    const auto a = torch::outer(u, u), b = torch::outer(v, v);
    EXPECT_NEAR(gaussian_frechet_distance(mean, a, mean, b), 9 + 25 - 2 * 5, 1e-7);
    EXPECT_NEAR(gaussian_frechet_distance(mean, a, mean, torch::zeros_like(a)), 9, 1e-12);
}

TEST(Frechet, IsZeroForTheSameImagesAlsoWhenTheyAreFewerThanTheFeatures) {
    torch::manual_seed(1);
    for (const std::int64_t count : {5, 200}) {
        FeatureStatistics a(40), b(40);
        const auto features = torch::randn({count, 40});
        a.add(features);
        b.add(features.flip(0));
        const FrechetDistance result = frechet_distance(a, b, "noise");
        EXPECT_NEAR(result.distance, 0, 1e-9) << count;
        EXPECT_EQ(result.warning.empty(), count >= 40) << result.warning;
        EXPECT_EQ(result.features, "noise");
    }
}

TEST(Frechet, StatisticsDoNotDependOnTheBatchesAndKeepTheirDigitsFarFromZero) {
    torch::manual_seed(2);
    const auto features = torch::randn({101, 6}, torch::kFloat64) + 1e6;
    FeatureStatistics statistics(6);
    for (const auto& part : features.split(17)) statistics.add(part);
    EXPECT_EQ(statistics.count(), 101);
    EXPECT_TRUE(torch::allclose(statistics.mean(), features.mean(0), 1e-13, 0));
    EXPECT_TRUE(torch::allclose(statistics.covariance(), torch::cov(features.t()), 1e-8, 1e-9));
}

TEST(Frechet, NeedsTwoImagesOnEachSideAndFeaturesOfOneKind) {
    FeatureStatistics none(3), two(3), others(4);
    two.add(torch::eye(3));
    others.add(torch::eye(4));
    EXPECT_THAT(error_of([&] { frechet_distance(none, two, "x"); }).why, HasSubstr("at least 2"));
    EXPECT_THAT(error_of([&] { frechet_distance(two, others, "x"); }).why, HasSubstr("3 features"));
    two.add(torch::full({1, 3}, NAN));
    FeatureStatistics three(3);
    three.add(torch::eye(3));
    EXPECT_THAT(error_of([&] { frechet_distance(two, three, "x"); }).why, HasSubstr("finite"));
}

// ---------------------------------------------------------------------------- precision and recall

TEST(PrecisionRecall, OfPointsOnALine) {
    const auto real = column({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    // The balls of the real ones reach 1 to either side; those of the drawn ones cover 0, 1 and 2.
    PrecisionRecall result = precision_recall(column({0, 1, 50, 51}), real, 1);
    EXPECT_DOUBLE_EQ(result.precision, 0.5);
    EXPECT_DOUBLE_EQ(result.recall, 0.3);
    // With three neighbours the ball around 9 reaches to 6 and 12.
    result = precision_recall(column({11.9, 12.1, 12.2, 12.3}), real, 3);
    EXPECT_DOUBLE_EQ(result.precision, 0.25);
    EXPECT_DOUBLE_EQ(result.recall, 0);
}

TEST(PrecisionRecall, IsOneForEqualSetsAndSeesThatOneImageIsDrawnAgainAndAgain) {
    torch::manual_seed(3);
    const auto real = torch::randn({50, 20});
    const PrecisionRecall same = precision_recall(real.flip(0), real);
    EXPECT_DOUBLE_EQ(same.precision, 1);
    EXPECT_DOUBLE_EQ(same.recall, 1);
    const PrecisionRecall collapsed = precision_recall(real[7].expand({50, 20}), real);
    EXPECT_DOUBLE_EQ(collapsed.precision, 1);
    EXPECT_DOUBLE_EQ(collapsed.recall, 1.0 / 50);
}

TEST(PrecisionRecall, IsTheSameInBlocksAsByAllPairs) {
    torch::manual_seed(4);
    const auto real = torch::randn({2200, 5}, torch::kFloat64);
    const auto drawn = torch::randn({300, 5}, torch::kFloat64) * 1.6;
    const auto radius = std::get<0>(torch::cdist(real, real, 2, 2).topk(4, 1, false)).select(1, 3);
    const auto inside = (torch::cdist(drawn, real, 2, 2) <= radius).any(1);
    const PrecisionRecall result = precision_recall(drawn, real);
    EXPECT_DOUBLE_EQ(result.precision, inside.to(torch::kFloat64).mean().item<double>());
    EXPECT_GT(result.precision, 0.2);
    EXPECT_LT(result.precision, 0.9);
}

TEST(PrecisionRecall, RefusesFewerImagesThanNeighbours) {
    EXPECT_THAT(error_of([] { precision_recall(torch::eye(3), torch::eye(9)); }).remedy,
                HasSubstr("4 images"));
}

// ------------------------------------------------------------------------- nearest training images

TEST(Nearest, FindsACopyAndMeasuresByHowMuchOthersDiffer) {
    const ImageBatch training = plain_images({0, 102, 255, 102, 51});
    const Neighbours found = nearest_in_pixels(plain_images({102, 255}), training, 3);
    ASSERT_EQ(found.size(), 2u);
    ASSERT_EQ(found[0].size(), 3u);
    EXPECT_EQ(found[0][0].index, 1);
    EXPECT_EQ(found[0][0].distance, 0);
    EXPECT_EQ(found[0][1].index, 3);
    EXPECT_EQ(found[0][1].distance, 0);
    EXPECT_EQ(found[0][2].index, 4);
    EXPECT_DOUBLE_EQ(found[0][2].distance, 0.2);
    EXPECT_EQ(found[1][0].index, 2);
    EXPECT_DOUBLE_EQ(nearest_in_pixels(plain_images({255}), plain_images({0}), 5)[0][0].distance, 1);
}

TEST(Nearest, FindsAPlantedGlyphAmongManyInBothSpaces) {
    const auto dataset = glyphs(600);
    ImageBatch samples{2, 1, 28, 28, {}};
    for (const std::int64_t index : {599, 123}) {
        const std::uint8_t* image = dataset->images.image(index);
        samples.pixels.insert(samples.pixels.end(), image, image + 28 * 28);
    }
    samples.pixels[28 * 28 + 400] ^= 1;  // one pixel of the second differs by one level
    const Neighbours found = nearest_in_pixels(samples, dataset->images, 2);
    EXPECT_EQ(found[0][0].index, 599);
    EXPECT_EQ(found[0][0].distance, 0);
    EXPECT_EQ(found[1][0].index, 123);
    EXPECT_DOUBLE_EQ(found[1][0].distance, 1.0 / (255 * 28));
    EXPECT_GT(found[1][1].distance, 0.01);
    const Neighbours by_brightness = nearest_in_features(mean_brightness(), samples, dataset->images, 1);
    EXPECT_EQ(by_brightness[0][0].distance, 0);
}

TEST(Nearest, RefusesImagesOfAnotherSize) {
    const Error error = error_of([] { nearest_in_pixels(plain_images({1}, 9), plain_images({1}, 8), 1); });
    EXPECT_THAT(error.why, HasSubstr("size"));
}

// -------------------------------------------------------------------------------------- classifier

TEST(Classifier, LearnsTheGlyphs) {
    const Dataset dataset = half_size_glyphs(600);
    std::int64_t last = 0, total = 0;
    const Classifier classifier = train_classifier(dataset, [&](std::int64_t done, std::int64_t all) {
        EXPECT_GT(done, last);
        last = done;
        total = all;
    });
    EXPECT_EQ(last, total);
    EXPECT_EQ(classifier.facts().held_out, 100);
    EXPECT_GE(classifier.facts().accuracy, 0.9);
    EXPECT_THAT(classifier.name(), HasSubstr("classifier of Glyphs, "));
    EXPECT_THAT(classifier.name(), HasSubstr(" % on 100 held-out images"));
    // Images that it has not seen at all are told apart as well as it says.
    const Dataset more = half_size_glyphs(1000);
    const auto guesses = classifier.probabilities_of(more.images).argmax(1);
    const auto right = guesses.eq(torch::tensor(more.labels)).narrow(0, 600, 400);
    EXPECT_GE(right.to(torch::kFloat64).mean().item<double>(), 0.85);
}

TEST(Classifier, GivesProbabilitiesAndFeaturesOfAnySize) {
    Dataset dataset = night_and_day();
    dataset.images = {36, 3, 9, 70, std::vector<std::uint8_t>(36 * 3 * 9 * 70)};
    for (std::size_t i = 0; i < dataset.images.pixels.size(); ++i)
        dataset.images.pixels[i] = dataset.labels[i / dataset.images.image_size()] == 0 ? 20 : 220;
    const Classifier classifier = train_classifier(dataset);
    EXPECT_EQ(classifier.facts().accuracy, 1);
    const auto probabilities = classifier.probabilities_of(dataset.images);
    EXPECT_EQ(probabilities.sizes(), (std::vector<std::int64_t>{36, 2}));
    EXPECT_TRUE(torch::allclose(probabilities.sum(1), torch::ones({36})));
    const auto features = features_of(classifier.feature_extractor(), dataset.images);
    EXPECT_EQ(features.sizes(), (std::vector<std::int64_t>{36, Classifier::feature_count}));
    EXPECT_FALSE(features.requires_grad());
    const Error error = error_of([&] { classifier.probabilities_of(plain_images({1})); });
    EXPECT_THAT(error.why, HasSubstr("8x8 in 1 channel"));
}

TEST(Classifier, RepeatsItselfWithTheSameSeed) {
    const Dataset dataset = night_and_day();
    const auto features = [&](std::uint64_t seed) {
        return train_classifier(dataset, {}, {}, seed).features(tensor_over(dataset.images, 0, 36));
    };
    const auto first = features(5);
    torch::randn({100});  // chance that others use must not matter
    EXPECT_TRUE(torch::equal(first, features(5)));
    EXPECT_FALSE(torch::equal(first, features(6)));
}

TEST(Classifier, IsKeptForTheNextTimeAndMadeAgainWhenItsFileIsDamaged) {
    const test::TemporaryFolder folder;
    const Dataset dataset = night_and_day();
    const auto images = tensor_over(dataset.images, 0, 36);
    const CachedClassifier trained = cached_classifier(folder / "cache", dataset);
    EXPECT_TRUE(trained.was_trained);
    EXPECT_FALSE(trained.not_saved.has_value());
    const CachedClassifier read = cached_classifier(folder / "cache", dataset);
    EXPECT_FALSE(read.was_trained);
    EXPECT_EQ(read.classifier.name(), trained.classifier.name());
    EXPECT_TRUE(torch::equal(read.classifier.features(images), trained.classifier.features(images)));
    EXPECT_TRUE(
        torch::equal(read.classifier.probabilities(images), trained.classifier.probabilities(images)));

    const auto path = classifier_file(folder / "cache", dataset);
    const std::string good = test::read_bytes(path);
    const auto versioned = good.find("\\\"version\\\":1");
    ASSERT_NE(versioned, std::string::npos);
    std::string other_version = good;
    other_version[versioned + 12] = '0';
    for (const std::string& bad : {std::string(), good.substr(0, good.size() / 2), good + "x", other_version,
                                   std::string("rubbish")}) {
        test::write_bytes(path, bad);
        const CachedClassifier again = cached_classifier(folder / "cache", dataset);
        EXPECT_TRUE(again.was_trained);
        EXPECT_EQ(test::read_bytes(path), good);
    }
    Dataset renamed = dataset;
    renamed.class_names = {"dark", "light"};
    EXPECT_TRUE(cached_classifier(folder / "cache", renamed).was_trained);
}

TEST(Classifier, IsOfUseAlsoWhereItCannotBeKept) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "file", "not a folder");
    const CachedClassifier result = cached_classifier(folder / "file", night_and_day());
    EXPECT_TRUE(result.was_trained);
    ASSERT_TRUE(result.not_saved.has_value());
    EXPECT_THAT(result.not_saved->why, HasSubstr("file"));
}

TEST(Classifier, RefusesASetWithoutClasses) {
    Dataset dataset = night_and_day();
    dataset.class_names = {"all"};
    dataset.labels.assign(36, 0);
    const Error error = error_of([&] { train_classifier(dataset); });
    EXPECT_THAT(error.why, HasSubstr("no labels"));
    EXPECT_THAT(error.remedy, HasSubstr("InceptionV3"));
    dataset = night_and_day();
    dataset.labels.back() = 2;
    EXPECT_THAT(error_of([&] { train_classifier(dataset); }).why, HasSubstr("labels do not fit"));
}

TEST(Evaluation, EndsWhenItIsToldTo) {
    const Dataset dataset = night_and_day();
    EXPECT_THROW(train_classifier(dataset, {}, stopped()), Cancelled);
    EXPECT_THROW(statistics_of(mean_brightness(), dataset.images, {}, stopped()), Cancelled);
    EXPECT_THROW(precision_recall(torch::eye(9), torch::eye(9), 3, {}, stopped()), Cancelled);
    EXPECT_THROW(nearest_in_pixels(dataset.images, dataset.images, 1, {}, stopped()), Cancelled);
    EXPECT_THROW(nearest_in_features(mean_brightness(), dataset.images, dataset.images, 1, {}, stopped()),
                 Cancelled);
    const auto eye = torch::eye(2, torch::kFloat64);
    EXPECT_THROW(gaussian_frechet_distance(eye[0], eye, eye[0], eye, stopped()), Cancelled);
}

}  // namespace
}  // namespace denoise
