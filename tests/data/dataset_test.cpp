#include "engine/data/dataset.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <atomic>
#include <ranges>
#include <set>

#include "engine/data/catalog.h"
#include "engine/data/dataset_formats.h"
#include "engine/data/file_tree.h"
#include "engine/data/loading.h"
#include "engine/formats/image_file.h"
#include "tests/data/idx_bytes.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using Colour = DatasetConfig::Colour;

TEST(Dataset, GlyphsAreTheDefault) {
    const Dataset dataset = load_dataset({.image_limit = 64});
    EXPECT_EQ(dataset.name, "Glyphs");
    EXPECT_EQ(dataset.images.count, 64);
    EXPECT_EQ(load_dataset({}).images.count, 20'000);
}

TEST(Dataset, ColourRgbRepeatsGrey) {
    const Dataset grey = load_dataset({.image_limit = 3}),
                  rgb = load_dataset({.image_limit = 3, .colour = Colour::rgb});
    ASSERT_EQ(rgb.images.channels, 3);
    for (std::int64_t i = 0; i < 3; ++i)
        for (std::size_t c = 0; c < 3; ++c)
            EXPECT_TRUE(
                std::equal(grey.images.image(i), grey.images.image(i) + 784, rgb.images.image(i) + c * 784));
}

TEST(Dataset, AFingerprintIs16HexDigitsThatDependOnEverything) {
    const std::string fingerprint = load_dataset({.image_limit = 40}).fingerprint;
    EXPECT_THAT(fingerprint, testing::MatchesRegex("[0-9a-f]+"));
    EXPECT_EQ(fingerprint.size(), 16u);
    EXPECT_EQ(load_dataset({.image_limit = 40}).fingerprint, fingerprint);
    EXPECT_NE(load_dataset({.image_limit = 41}).fingerprint, fingerprint);
    EXPECT_NE(load_dataset({.image_limit = 40, .colour = Colour::rgb}).fingerprint, fingerprint);

    const TemporaryFolder folder;
    const auto write = [&](const std::string& pixels, const std::string& labels) {
        test::write_bytes(folder / "train-images-idx3-ubyte", test::idx_images(3, 1, 3, pixels));
        test::write_bytes(folder / "train-labels-idx1-ubyte", test::idx_labels(3, labels));
        return load_dataset({.dataset = folder.path().string()}).fingerprint;
    };
    const std::set<std::string> all{write("abcdefghi", "012"), write("abcdefghj", "012"),
                                    write("bbcdefghi", "012"), write("abcdefghi", "021")};
    EXPECT_EQ(all.size(), 4u);
}

TEST(Dataset, ALimitIsSpreadOverAnIdxSet) {
    const TemporaryFolder folder;
    std::string pixels, labels;
    for (int i = 0; i < 100; ++i) {
        pixels += static_cast<char>(i);
        labels += static_cast<char>(i / 50);
    }
    test::write_bytes(folder / "train-images-idx3-ubyte", test::idx_images(100, 1, 1, pixels));
    test::write_bytes(folder / "train-labels-idx1-ubyte", test::idx_labels(100, labels));
    const Dataset dataset = load_dataset({.dataset = folder.path().string(), .image_limit = 4});
    EXPECT_THAT(dataset.images.pixels, ElementsAre(0, 25, 50, 75));
    EXPECT_THAT(dataset.labels, ElementsAre(0, 0, 1, 1));
    EXPECT_EQ(load_dataset({.dataset = folder.path().string(), .image_limit = 1000}).images.count, 100);
}

TEST(Dataset, WhatIsNoDatasetIsNamedWithAWayOut) {
    const TemporaryFolder folder;
    EXPECT_THAT(error_of([&] { load_dataset({.dataset = (folder / "none").string()}); }),
                is_error_about(folder / "none", "no such file"));
    EXPECT_THAT(error_of([&] { load_dataset({.dataset = folder.path().string()}); }),
                is_error_about(folder.path(), "no PNG, JPEG"));
    EXPECT_THAT(error_of([] { load_dataset({.dataset = ""}); }).why, HasSubstr("no dataset is chosen"));
    for (const std::string& path : {std::string(), folder.path().string(), (folder / "none").string()})
        EXPECT_EQ(error_of([&] { load_dataset({.dataset = path}); }).setting, "dataset") << path;
    write_picture(test::pattern(4, 4, 1), folder / "a.png");
    EXPECT_THAT(error_of([&] { load_dataset({.dataset = (folder / "a.png").string()}); }),
                is_error_about(folder / "a.png", "single picture"));
    test::write_bytes(folder / "set.tar.xz", "x");
    EXPECT_THAT(error_of([&] { load_dataset({.dataset = (folder / "set.tar.xz").string()}); }),
                is_error_about(folder / "set.tar.xz", "archive"));
    test::write_bytes(folder / "notes", "just text");
    EXPECT_THAT(error_of([&] { load_dataset({.dataset = (folder / "notes").string()}); }),
                is_error_about(folder / "notes", "first four bytes"));
}

TEST(Dataset, SettingsOutOfRangeAreRefused) {
    EXPECT_EQ(error_of([] { load_dataset({.image_limit = -1}); }).setting, "image_limit");
    EXPECT_EQ(error_of([] { load_dataset({.image_size = 100'000}); }).setting, "image_size");
}

TEST(Dataset, EverySettingSurvivesText) {
    const DatasetConfig config{"a folder/with, commas", 500, 48, Colour::grey};
    DatasetConfig copy;
    for (const auto& setting : dataset_settings())
        setting.set(copy, parse_setting(setting.info, format_setting(setting.get(config))));
    EXPECT_EQ(copy, config);
}

TEST(Dataset, AStopBeforeTheStartCancels) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(load_dataset({}, {}, source.get_token()), Cancelled);
}

TEST(Dataset, AStopWhileGlyphsAreDrawnCancels) {
    std::stop_source source;
    EXPECT_THROW(load_dataset(
                     {.image_limit = 200'000}, [&](std::int64_t, std::int64_t) { source.request_stop(); },
                     source.get_token()),
                 Cancelled);
}

TEST(Thumbnails, AreSpreadOverClassesAndSet) {
    Dataset dataset;
    dataset.class_names = {"a", "b", "empty", "c"};
    for (int i = 0; i < 30; ++i) dataset.labels.push_back(i < 10 ? 0 : i < 20 ? 1 : 3);
    dataset.images = {30, 1, 1, 1, {}};
    for (int i = 0; i < 30; ++i) dataset.images.pixels.push_back(static_cast<std::uint8_t>(i));
    EXPECT_THAT(thumbnails_of(dataset, 6).pixels, ElementsAre(0, 10, 20, 5, 15, 25));
    EXPECT_THAT(thumbnails_of(dataset, 2).pixels, ElementsAre(0, 10));
    EXPECT_EQ(thumbnails_of(dataset, 0).count, 0);
    const ImageBatch all = thumbnails_of(dataset, 99);
    EXPECT_EQ(all.count, 30);
    EXPECT_EQ(std::set(all.pixels.begin(), all.pixels.end()).size(), 30u);
}

TEST(Thumbnails, ARareClassGivesWhatItHas) {
    Dataset dataset;
    dataset.class_names = {"rare", "common"};
    dataset.labels = {0, 1, 1, 1, 1, 1};
    dataset.images = {6, 1, 1, 1, {0, 1, 2, 3, 4, 5}};
    EXPECT_THAT(thumbnails_of(dataset, 4).pixels, testing::UnorderedElementsAre(0, 1, 2, 4));
}

TEST(Thumbnails, AnEmptyDatasetHasNone) {
    EXPECT_EQ(thumbnails_of({}, 24).count, 0);
}

TEST(SpreadIndices, CoverTheRange) {
    EXPECT_THAT(spread_indices(10, 3), ElementsAre(0, 3, 6));
    EXPECT_THAT(spread_indices(3, 0), ElementsAre(0, 1, 2));
    EXPECT_THAT(spread_indices(3, 5), ElementsAre(0, 1, 2));
    EXPECT_TRUE(spread_indices(0, 5).empty());
}

TEST(ParallelFor, VisitsEachIndexOnceAndRethrows) {
    std::vector<std::atomic<int>> visits(1000);
    parallel_for(1000, [&](std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; }, {}, {});
    for (const auto& count : visits) EXPECT_EQ(count, 1);
    EXPECT_THROW(parallel_for(1000,
                              [](std::int64_t i) {
                                  if (i == 500) throw Error{"a", "b", "c"};
                              },
                              {}, {}),
                 Error);
}

TEST(Catalog, BeginsWithTheBuiltInSet) {
    ASSERT_FALSE(dataset_catalog().empty());
    EXPECT_EQ(dataset_catalog().front().name, "glyphs");
    for (const CatalogEntry& entry : dataset_catalog()) {
        EXPECT_FALSE(entry.title.empty());
        EXPECT_FALSE(entry.sentence.empty());
        EXPECT_FALSE(entry.how.empty());
    }
}

TEST(Catalog, BuiltInSetsAreLoadedByTheirNames) {
    for (const CatalogEntry& entry : dataset_catalog() | std::views::filter(&CatalogEntry::built_in))
        EXPECT_NO_THROW(load_dataset({.dataset = entry.name, .image_limit = 1})) << entry.name;
}

TEST(DatasetFormats, AreListedWithOrBeforeTheLast) {
    const std::string list = list_of_formats(&DatasetFormat::title);
    EXPECT_THAT(list, testing::StartsWith(dataset_formats().front().title));
    EXPECT_THAT(list, testing::EndsWith(std::string(" or ") + dataset_formats().back().title));
}

TEST(DatasetFormats, AreNamedInTheHelpOfTheDataset) {
    const std::string& help = find_setting(dataset_settings(), "dataset").info.help;
    for (const DatasetFormat& format : dataset_formats()) EXPECT_THAT(help, HasSubstr(format.description));
}

TEST(DatasetFormats, FindNothingInAnEmptyFolderAndDoNotRecogniseText) {
    const TemporaryFolder folder;
    for (const DatasetFormat& format : dataset_formats())
        EXPECT_TRUE(format.find(*open_tree(folder.path())).empty());
    test::write_bytes(folder / "notes", "just text");
    for (const DatasetFormat& format : dataset_formats()) {
        EXPECT_FALSE(format.recognises(folder / "notes")) << format.title;
        EXPECT_FALSE(format.recognises(folder / "none")) << format.title;
    }
}

TEST(Mnist, IsReadWhole) {
    const auto folder = test::mnist_folder();
    if (!folder) GTEST_SKIP() << "../shared/data/mnist is not on this machine";
    const Dataset dataset = load_dataset({.dataset = folder->string()});
    EXPECT_EQ(dataset.name, "MNIST");
    EXPECT_EQ(dataset.images.count, 60'000);
    EXPECT_EQ(dataset.images.height, 28);
    EXPECT_EQ(dataset.images.width, 28);
    EXPECT_THAT(dataset.class_names, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    // The first ten labels and the class sizes that every description of MNIST gives.
    EXPECT_THAT(std::vector(dataset.labels.begin(), dataset.labels.begin() + 10),
                ElementsAre(5, 0, 4, 1, 9, 2, 1, 3, 1, 4));
    EXPECT_EQ(std::ranges::count(dataset.labels, 1), 6742);
    EXPECT_EQ(std::ranges::count(dataset.labels, 5), 5421);
}

TEST(Mnist, UnpackedTrainingImagesHaveTheKnownSum) {
    const auto folder = test::mnist_folder();
    if (!folder) GTEST_SKIP() << "../shared/data/mnist is not on this machine";
    const ImageBatch images = load_dataset({.dataset = folder->string()}).images;
    QCryptographicHash hash(QCryptographicHash::Md5);
    hash.addData(QByteArray::fromStdString(test::idx_images(60'000, 28, 28, "")));
    hash.addData(QByteArray::fromRawData(reinterpret_cast<const char*>(images.pixels.data()),
                                         static_cast<qsizetype>(images.pixels.size())));
    EXPECT_EQ(hash.result().toHex().toStdString(), "6bbc9ace898e44ae57da46a324031adb");
}

}  // namespace
}  // namespace denoise
