#include <gmock/gmock.h>

#include <cmath>

#include "engine/evaluation/classifier.h"
#include "engine/evaluation/frechet.h"
#include "engine/evaluation/nearest.h"
#include "engine/evaluation/precision_recall.h"
#include "tests/support/small_run.h"

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

/// A feature that is easy to compute by hand.
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

/// Glyphs at half their size, so that training takes only seconds.
Dataset half_size_glyphs(std::int64_t count) {
    Dataset dataset = *glyphs(count);
    const auto full = tensor_over(dataset.images, 0, count).to(torch::kFloat32);
    const auto half = torch::avg_pool2d(full, 2).round().to(torch::kUInt8).contiguous();
    const auto* pixels = half.const_data_ptr<std::uint8_t>();
    dataset.images = {count, 1, 14, 14, std::vector(pixels, pixels + half.numel())};
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

TEST(Frechet, IsZeroForTheSameImagesEvenIfThereAreFewerThanFeatures) {
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

TEST(Frechet, StatisticsDoNotDependOnTheBatchesAndAreAccurateFarFromZero) {
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
    // The balls of the real points have the radius 1; those of the samples cover 0, 1 and 2.
    PrecisionRecall result = finish(precision_recall(column({0, 1, 50, 51}), real, 1));
    EXPECT_DOUBLE_EQ(result.precision, 0.5);
    EXPECT_DOUBLE_EQ(result.recall, 0.3);
    // With three neighbours, the ball around 9 extends from 6 to 12.
    result = finish(precision_recall(column({11.9, 12.1, 12.2, 12.3}), real, 3));
    EXPECT_DOUBLE_EQ(result.precision, 0.25);
    EXPECT_DOUBLE_EQ(result.recall, 0);
}

TEST(PrecisionRecall, IsOneForEqualSetsAndRecallIsLowForARepeatedImage) {
    torch::manual_seed(3);
    const auto real = torch::randn({50, 20});
    const PrecisionRecall same = finish(precision_recall(real.flip(0), real));
    EXPECT_DOUBLE_EQ(same.precision, 1);
    EXPECT_DOUBLE_EQ(same.recall, 1);
    const PrecisionRecall collapsed = finish(precision_recall(real[7].expand({50, 20}), real));
    EXPECT_DOUBLE_EQ(collapsed.precision, 1);
    EXPECT_DOUBLE_EQ(collapsed.recall, 1.0 / 50);
}

TEST(PrecisionRecall, InBlocksMatchesAllPairs) {
    torch::manual_seed(4);
    const auto real = torch::randn({2200, 5}, torch::kFloat64);
    const auto drawn = torch::randn({300, 5}, torch::kFloat64) * 1.6;
    const auto radius = std::get<0>(torch::cdist(real, real, 2, 2).topk(4, 1, false)).select(1, 3);
    const auto inside = (torch::cdist(drawn, real, 2, 2) <= radius).any(1);
    const PrecisionRecall result = finish(precision_recall(drawn, real));
    EXPECT_DOUBLE_EQ(result.precision, inside.to(torch::kFloat64).mean().item<double>());
    EXPECT_GT(result.precision, 0.2);
    EXPECT_LT(result.precision, 0.9);
}

TEST(PrecisionRecall, RefusesFewerImagesThanNeighbours) {
    EXPECT_THAT(error_of([] { finish(precision_recall(torch::eye(3), torch::eye(9))); }).remedy,
                HasSubstr("4 images"));
}

// --------------------------------------------------------------------------------- nearest images

TEST(Nearest, IsTheFirstOfTheNearestReferencesInAnyBatch) {
    // 102 is in both batches.
    const ImageBatch references = plain_images({0, 102, 51, 204, 102, 255});
    const Neighbours nearest =
        finish(nearest_in_features(mean_brightness(), plain_images({102, 255, 0, 60, 200}), references));
    EXPECT_EQ(nearest.indices, (std::vector<std::int64_t>{1, 5, 0, 2, 3}));
    EXPECT_EQ(nearest.distances, (std::vector<double>{0, 0, 0, 9, 4}));
}

TEST(Nearest, IsTheGlyphOfWhichTheSampleIsACopy) {
    const auto dataset = glyphs(600);
    FeatureExtractor pixels = mean_brightness();
    pixels.dimension = 28 * 28;
    pixels.features = [](const torch::Tensor& images) { return images.to(torch::kFloat32).flatten(1); };
    ImageBatch samples = images_at(dataset->images, {599, 123});
    samples.pixels[28 * 28 + 400] ^= 1;  // one pixel of the second differs by one level
    const Neighbours nearest = finish(nearest_in_features(pixels, samples, dataset->images));
    EXPECT_EQ(nearest.indices, (std::vector<std::int64_t>{599, 123}));
    EXPECT_EQ(nearest.distances[0], 0);
    EXPECT_NEAR(nearest.distances[1], 1, 1e-6);
}

TEST(Nearest, NeedsImagesOnBothSides) {
    const ImageBatch none, one = plain_images({1});
    EXPECT_THAT(error_of([&] { finish(nearest_in_features(mean_brightness(), none, one)); }).why,
                HasSubstr("no samples"));
    EXPECT_THAT(error_of([&] { finish(nearest_in_features(mean_brightness(), one, none)); }).why,
                HasSubstr("no images to compare with"));
}

// -------------------------------------------------------------------------------------- classifier

TEST(Classifier, LearnsTheGlyphs) {
    const torch::NoGradGuard no_grad;  // as in a job
    const Dataset dataset = half_size_glyphs(600);
    std::int64_t last = 0, total = 0;
    const std::function<void(const Progress&)> grows = [&](const Progress& progress) {
        EXPECT_GT(progress.done, last);
        last = progress.done;
        total = progress.total;
    };
    const Classifier classifier = finish(train_classifier(dataset), grows);
    EXPECT_EQ(last, total);
    EXPECT_EQ(classifier.facts().held_out, 100);
    EXPECT_GE(classifier.facts().accuracy, 0.9);
    EXPECT_THAT(classifier.name(), HasSubstr("classifier of Glyphs, "));
    EXPECT_THAT(classifier.name(), HasSubstr(" % on 100 held-out images"));
    // Its accuracy on other images is similar.
    const Dataset more = half_size_glyphs(1000);
    const auto guesses = finish(classifier.probabilities_of(more.images)).argmax(1);
    const auto correct = guesses.eq(torch::tensor(more.labels)).narrow(0, 600, 400);
    EXPECT_GE(correct.to(torch::kFloat64).mean().item<double>(), 0.85);
}

TEST(Classifier, GivesProbabilitiesAndFeaturesOfAnySize) {
    Dataset dataset = night_and_day();
    dataset.images = {36, 3, 9, 70, std::vector<std::uint8_t>(36 * 3 * 9 * 70)};
    for (std::size_t i = 0; i < dataset.images.pixels.size(); ++i)
        dataset.images.pixels[i] = dataset.labels[i / dataset.images.image_size()] == 0 ? 20 : 220;
    const Classifier classifier = finish(train_classifier(dataset));
    EXPECT_EQ(classifier.facts().accuracy, 1);
    const auto probabilities = finish(classifier.probabilities_of(dataset.images));
    EXPECT_EQ(probabilities.sizes(), (std::vector<std::int64_t>{36, 2}));
    EXPECT_TRUE(torch::allclose(probabilities.sum(1), torch::ones({36})));
    const auto features = finish(features_of(classifier.feature_extractor(), dataset.images));
    EXPECT_EQ(features.sizes(), (std::vector<std::int64_t>{36, Classifier::feature_count}));
    EXPECT_FALSE(features.requires_grad());
    const Error error = error_of([&] { finish(classifier.probabilities_of(plain_images({1}))); });
    EXPECT_THAT(error.why, HasSubstr("8x8 in 1 channel"));
}

TEST(Classifier, IsTheSameForTheSameSeed) {
    const Dataset dataset = night_and_day();
    const auto features = [&](std::uint64_t seed) {
        return finish(train_classifier(dataset, seed)).features(tensor_over(dataset.images, 0, 36));
    };
    const auto first = features(5);
    torch::randn({100});  // the global generator must not matter
    EXPECT_TRUE(torch::equal(first, features(5)));
    EXPECT_FALSE(torch::equal(first, features(6)));
}

TEST(Classifier, IsCachedAndTrainedAgainIfItsFileIsDamaged) {
    const test::TemporaryFolder folder;
    const Dataset dataset = night_and_day();
    const auto images = tensor_over(dataset.images, 0, 36);
    const CachedClassifier trained = finish(cached_classifier(folder / "cache", dataset));
    EXPECT_TRUE(trained.was_trained);
    EXPECT_FALSE(trained.not_saved.has_value());
    const CachedClassifier loaded = finish(cached_classifier(folder / "cache", dataset));
    EXPECT_FALSE(loaded.was_trained);
    EXPECT_EQ(loaded.classifier.name(), trained.classifier.name());
    EXPECT_TRUE(torch::equal(loaded.classifier.features(images), trained.classifier.features(images)));
    EXPECT_TRUE(
        torch::equal(loaded.classifier.probabilities(images), trained.classifier.probabilities(images)));

    const auto path = classifier_file(folder / "cache", dataset);
    const std::string good = test::read_bytes(path);
    const auto versioned = good.find("\\\"version\\\":1");
    ASSERT_NE(versioned, std::string::npos);
    std::string other_version = good;
    other_version[versioned + 12] = '0';
    for (const std::string& bad : {std::string(), good.substr(0, good.size() / 2), good + "x", other_version,
                                   std::string("invalid")}) {
        test::write_bytes(path, bad);
        const CachedClassifier again = finish(cached_classifier(folder / "cache", dataset));
        EXPECT_TRUE(again.was_trained);
        EXPECT_EQ(test::read_bytes(path), good);
    }
    Dataset renamed = dataset;
    renamed.class_names = {"dark", "light"};
    EXPECT_TRUE(finish(cached_classifier(folder / "cache", renamed)).was_trained);
}

TEST(Classifier, IsReturnedEvenIfItCannotBeSaved) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "file", "not a folder");
    const CachedClassifier result = finish(cached_classifier(folder / "file", night_and_day()));
    EXPECT_TRUE(result.was_trained);
    ASSERT_TRUE(result.not_saved.has_value());
    EXPECT_THAT(result.not_saved->why, HasSubstr("file"));
}

TEST(Classifier, RefusesADatasetWithoutClasses) {
    Dataset dataset = night_and_day();
    dataset.class_names = {"all"};
    dataset.labels.assign(36, 0);
    const Error error = error_of([&] { finish(train_classifier(dataset)); });
    EXPECT_THAT(error.why, HasSubstr("no labels"));
    EXPECT_THAT(error.remedy, HasSubstr("InceptionV3"));
    dataset = night_and_day();
    dataset.labels.back() = 2;
    EXPECT_THAT(error_of([&] { finish(train_classifier(dataset)); }).why, HasSubstr("labels do not fit"));
}

// ------------------------------------------------------------------------------------------- steps

TEST(Evaluation, StopsWhenItsWorkIsDestroyed) {
    const test::TemporaryFolder folder;
    const Dataset dataset = night_and_day();
    const FeatureExtractor extractor = mean_brightness();
    const auto eye = torch::eye(9);
    const auto begin = [](auto work, int steps) {
        for (int i = 0; i < steps; ++i) EXPECT_TRUE(work.step()) << i;
    };
    for (const int steps : {0, 1, 2}) {
        begin(features_of(extractor, dataset.images), steps);
        begin(statistics_of(extractor, dataset.images), steps);
        begin(nearest_in_features(extractor, dataset.images, dataset.images), steps);
        begin(precision_recall(eye, eye), steps);
        begin(cached_classifier(folder.path(), dataset), steps);
    }
    EXPECT_TRUE(folder.names().empty());
}

TEST(Evaluation, TakesOneStepPerBatchOfImages) {
    const FeatureExtractor extractor = mean_brightness();
    const ImageBatch images = plain_images({1, 2, 3, 4, 5, 6, 7, 8, 9});
    std::vector<std::int64_t> done;
    const std::function<void(const Progress&)> note = [&](const Progress& progress) {
        EXPECT_EQ(progress.total, 9);
        EXPECT_EQ(progress.doing, "counting");
        done.push_back(progress.done);
    };
    const auto features = finish(features_of(extractor, images, "counting"), note);
    EXPECT_EQ(done, (std::vector<std::int64_t>{0, 4, 8, 9}));
    EXPECT_TRUE(torch::equal(features, torch::arange(1, 10, torch::kFloat32).unsqueeze(1)));
}

}  // namespace
}  // namespace denoise
