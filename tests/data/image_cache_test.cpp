// The cache with folders and archives of pictures, as a person uses it.

#include "engine/data/image_cache.h"

#include <chrono>
#include <set>
#include <thread>

#include "engine/data/dataset.h"
#include "engine/data/picture_key.h"
#include "engine/data/spilled_images.h"
#include "tests/data/archive_bytes.h"
#include "tests/support/cache_fixture.h"
#include "tests/support/full_disk.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ImageCache : public testing::Test {
  protected:
    void add(const std::string& name, const Picture& picture) {
        test::write_bytes(folder_ / name, test::encoded(test::qt_image(picture), "png"));
    }
    void add_some() {
        for (int i = 0; i < 12; ++i)
            add((i % 2 ? "cat/" : "dog/") + std::to_string(i) + ".png", test::pattern(20, 16, 3, i));
        test::write_bytes(folder_ / "cat/broken.png", "no picture");
    }
    DatasetConfig config() const { return {.dataset = folder_.path().string()}; }
    static Dataset load_uncached(const DatasetConfig& config) {
        const test::Variable off("DENOISE_LAB_DATASET_CACHE", "off");
        return load_dataset(config);
    }
    static void expect_same(const Dataset& a, const Dataset& b) {
        EXPECT_EQ(a.images, b.images);
        EXPECT_EQ(a.labels, b.labels);
        EXPECT_EQ(a.class_names, b.class_names);
        EXPECT_EQ(a.names, b.names);
        EXPECT_EQ(a.notes, b.notes);
        EXPECT_EQ(a.fingerprint, b.fingerprint);
        ASSERT_EQ(a.skipped.size(), b.skipped.size());
        for (std::size_t i = 0; i < a.skipped.size(); ++i) {
            EXPECT_EQ(a.skipped[i].path, b.skipped[i].path);
            EXPECT_EQ(a.skipped[i].why, b.skipped[i].why);
        }
    }

    test::OwnCache cache_;
    test::TemporaryFolder folder_;
};

TEST_F(ImageCache, ADatasetIsTheSameWithAndWithoutIt) {
    add_some();
    using Colour = DatasetConfig::Colour;
    std::vector<DatasetConfig> configs(6, config());
    configs[1].image_size = 8;
    configs[2].colour = Colour::grey;
    configs[3].fit = DatasetConfig::Fit::pad;
    configs[4].exclude_classes = "cat";
    configs[5].image_limit = 5;
    std::size_t sets = 0;
    for (const DatasetConfig& each : configs) {
        const Dataset expected = load_uncached(each);
        EXPECT_FALSE(expected.images.pixels.is_shared());
        expect_same(load_dataset(each), expected);
        EXPECT_THAT(cache_.entries(), SizeIs(++sets));
        const Dataset again = load_dataset(each);
        expect_same(again, expected);
        EXPECT_TRUE(again.images.pixels.is_shared());
        EXPECT_THAT(cache_.entries(), SizeIs(sets));
    }
    DatasetConfig without_duplicates = config();
    without_duplicates.duplicates = DatasetConfig::Duplicates::identical;
    expect_same(load_dataset(without_duplicates), load_uncached(without_duplicates));
    EXPECT_THAT(cache_.entries(), SizeIs(sets)) << "it is applied to the cached images";
}

TEST_F(ImageCache, GreySetsHaveOneChannel) {
    for (int i = 0; i < 5; ++i) add(std::to_string(i) + ".png", test::pattern(8, 8, 1, i));
    const Dataset expected = load_uncached(config());
    EXPECT_EQ(expected.images.channels, 1);
    expect_same(load_dataset(config()), expected);
    expect_same(load_dataset(config()), expected);
}

TEST_F(ImageCache, ChangedFilesAreDecodedAgain) {
    add_some();
    const fs::path file = folder_ / "cat/0.bmp";  // the first
    const auto write = [&](std::uint8_t grey) {
        const Picture picture{20, 16, 1, std::vector<std::uint8_t>(320, grey)};
        test::write_bytes(file, test::encoded(test::qt_image(picture), "bmp"));
    };
    const auto first_pixel = [&] { return int{load_dataset(config()).images.image(0)[0]}; };
    write(10);
    EXPECT_EQ(first_pixel(), 10);
    EXPECT_EQ(first_pixel(), 10);
    const fs::file_time_type time = fs::last_write_time(file);
    const auto size = fs::file_size(file);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the system's times are no finer than 4 ms
    write(200);
    fs::last_write_time(file, time);
    ASSERT_EQ(fs::file_size(file), size);
    EXPECT_EQ(first_pixel(), 200) << "even if somebody sets the time back";
    EXPECT_THAT(cache_.entries(), SizeIs(2));
    fs::remove(folder_ / "dog/0.png");
    EXPECT_EQ(load_dataset(config()).images.count, 12);
    EXPECT_EQ(load_dataset(config()).images.count, 12);
}

TEST_F(ImageCache, EverySettingThatChangesPixelsIsInTheKey) {
    add_some();
    const auto key_of = [&](const DatasetConfig& each) {
        const auto tree = open_tree(folder_.path());
        return identify_pictures(*tree, tree->list({}, {}).files, each, {}).key;
    };
    const std::string before = key_of(config());
    EXPECT_EQ(key_of(config()), before);
    std::set<std::string> unchanged;
    for (const Setting<DatasetConfig>& setting : dataset_settings()) {
        DatasetConfig each = config();
        const SettingValue value = setting.get(each);
        if (setting.info.kind == SettingKind::choice)
            setting.set(each, setting.info.choices.back().value);
        else if (setting.info.kind == SettingKind::integer)
            setting.set(each, std::get<std::int64_t>(value) + 16);
        else if (setting.info.kind == SettingKind::boolean)
            setting.set(each, !std::get<bool>(value));
        else
            setting.set(each, std::get<std::string>(value) + "x");
        if (key_of(each) == before) unchanged.insert(setting.info.key);
    }
    EXPECT_THAT(unchanged, testing::UnorderedElementsAre("dataset", "image_limit", "exclude_classes",
                                                         "exclude_images", "duplicates"))
        << "the path and the names of the files are in the key, and duplicates are removed afterwards";
}

TEST_F(ImageCache, ArchivesAreCachedToo) {
    std::vector<test::ArchivedFile> files;
    for (int i = 0; i < 6; ++i)
        files.push_back({(i < 3 ? "a/" : "b/") + std::to_string(i) + ".png",
                         test::encoded(test::qt_image(test::pattern(8, 8, 3, i)), "png")});
    const fs::path path = folder_ / "set.tar.gz";
    test::write_archive(path, "tar.gz", files);
    const DatasetConfig each{.dataset = path.string()};
    const Dataset expected = load_uncached(each);
    expect_same(load_dataset(each), expected);
    expect_same(load_dataset(each), expected);
    EXPECT_THAT(cache_.entries(), SizeIs(1));
    EXPECT_EQ(cache_.entries()[0].source, path.string());
}

TEST_F(ImageCache, AFingerprintIsKeptWithTheEntryAndNotTrustedWhenDamaged) {
    add_some();
    const std::string expected = load_uncached(config()).fingerprint;
    EXPECT_EQ(load_dataset(config()).fingerprint, expected);
    const fs::path file = cache_entry_folder(cache_.path(), cache_.entries()[0].key) / "fingerprint";
    const std::string good = test::read_bytes(file);
    ASSERT_THAT(good, HasSubstr(expected));
    for (std::size_t at = 0; at < good.size(); at += 7) {
        std::string damaged = good;
        damaged[at] = damaged[at] == '0' ? '1' : '0';
        test::write_bytes(file, damaged);
        EXPECT_EQ(load_dataset(config()).fingerprint, expected);
        EXPECT_EQ(test::read_bytes(file), good);
    }
    fs::rename(folder_ / "dog", folder_ / "wolf");  // other names, the same pixels and labels
    EXPECT_EQ(load_dataset(config()).fingerprint, expected);
}

TEST_F(ImageCache, SelectionsOfSetsLargerThanTheMemoryGoToTheDisk) {
    add_some();
    const Dataset dataset = load_dataset(config());
    const std::vector<std::int64_t> indices = {0, 3, 11};
    const ImageBatch selected = images_on_disk(dataset.images, indices, cache_.path());
    EXPECT_TRUE(selected.pixels.is_shared());
    EXPECT_EQ(selected, images_at(dataset.images, indices));
    EXPECT_THAT(cache_.entries(), SizeIs(1)) << "the file has no name";
    const test::FullDisk full(1000);
    EXPECT_THAT(test::error_of([&] { images_on_disk(dataset.images, indices, cache_.path()); }),
                test::is_error_about(cache_.path(), "File too large"));
}

TEST_F(ImageCache, SmallSetsAreNotWorthIt) {
    fs::remove(cache_.path() / "settings.json");
    add_some();
    EXPECT_FALSE(load_dataset(config()).images.pixels.is_shared());
    EXPECT_THAT(cache_.entries(), IsEmpty());
    EXPECT_GT(decoding_seconds(50'000, 50'000 * 1000), ImageCacheSettings().least_seconds) << "CIFAR as JPEG";
    EXPECT_LT(decoding_seconds(10'000, 10'000 * 1000), ImageCacheSettings().least_seconds);
    EXPECT_GT(decoding_seconds(200, 200 * 4'000'000), ImageCacheSettings().least_seconds) << "photos";
}

TEST_F(ImageCache, AFullDiskIsOnlyTold) {
    add_some();
    const Dataset expected = load_uncached(config());
    const auto expect_note = [&](const std::string& why) {
        Dataset dataset = load_dataset(config());
        ASSERT_THAT(dataset.notes, SizeIs(1));
        EXPECT_THAT(dataset.notes[0], HasSubstr("The decoded images are not cached: "));
        EXPECT_THAT(dataset.notes[0], HasSubstr(why));
        dataset.notes.clear();
        expect_same(dataset, expected);
    };
    {
        const test::FullDisk full(100);
        expect_note("File too large");
    }
    {
        const test::Variable limit("DENOISE_LAB_DATASET_CACHE", "1kB");
        expect_note("more than the limit of the cache");
    }
}

TEST_F(ImageCache, TheLimitIsReadAndStored) {
    EXPECT_EQ(parse_cache_limit("20GB"), 20'000'000'000);
    EXPECT_EQ(parse_cache_limit("1.5 tb"), 1'500'000'000'000);
    EXPECT_EQ(parse_cache_limit("500 MB"), 500'000'000);
    EXPECT_EQ(parse_cache_limit("1000"), 1000);
    EXPECT_EQ(parse_cache_limit("off"), 0);
    for (const char* bad : {"", "GB", "-1", "5 GiB!", "nan", "inf", "1e30", "99999999999 TB"})
        EXPECT_EQ(parse_cache_limit(bad), std::nullopt) << bad;

    EXPECT_EQ(image_cache_settings().limit_bytes, 20'000'000'000);
    set_image_cache_limit(5'000'000'000);
    EXPECT_EQ(image_cache_settings().limit_bytes, 5'000'000'000);
    EXPECT_EQ(image_cache_settings().least_seconds, 0) << "other settings stay";
    EXPECT_FALSE(is_cache_limit_from_environment());
    const test::Variable limit("DENOISE_LAB_DATASET_CACHE", "7 MB");
    EXPECT_EQ(image_cache_settings().limit_bytes, 7'000'000);
    EXPECT_TRUE(is_cache_limit_from_environment());
    add_some();
    load_dataset(config());
    EXPECT_THAT(cache_.entries(), SizeIs(1));
    set_image_cache_limit(0);
    EXPECT_THAT(cache_.entries(), IsEmpty()) << "a smaller limit removes entries at once";
}

}  // namespace
}  // namespace denoise
