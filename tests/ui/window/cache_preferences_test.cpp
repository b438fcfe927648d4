#include "ui/window/cache_preferences.h"

#include <gmock/gmock.h>

#include <QTest>
#include <filesystem>

#include "engine/base/user_folders.h"
#include "engine/data/cached_images.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// With an own cache, in which there is a set of 1,000 images of 1,000 bytes.
class CachePage : public testing::Test {
  protected:
    void SetUp() override {
        home_ = fs::temp_directory_path() / ("cache-page-" + std::to_string(::getpid()));
        before_ = qgetenv("XDG_CACHE_HOME");
        qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(home_.string()));
        qunsetenv("DENOISE_LAB_DATASET_CACHE");
        const ImageCacheSettings settings = image_cache_settings();
        PictureDecoding decoding;
        decoding.source = "/pictures";
        decoding.problems.resize(1000);
        decoding.choose_shape = [](auto&, const auto&) { return ImageShape{1, 20, 50}; };
        decoding.decode = [](const ImageShape& shape, const std::vector<std::size_t>& indices, auto&,
                             const StoreImage& store, const auto&) {
            const std::vector<std::uint8_t> planes(shape.bytes(), 7);
            for (const std::size_t i : indices) store(i, planes.data(), false);
        };
        images_ = decode_through_cache(std::move(decoding), settings, std::string(32, 'b'), {}, {});
    }
    void TearDown() override {
        images_ = {};
        qputenv("XDG_CACHE_HOME", before_);
        fs::remove_all(home_);
    }
    static QString space(const ui::CachePreferences& page) {
        return page.findChild<QLabel*>("cache_space")->text();
    }

    fs::path home_;
    QByteArray before_;
    DecodedImages images_;
};

TEST_F(CachePage, ShowsTheSpaceAndFreesIt) {
    ui::CachePreferences page;
    auto* clear = page.findChild<QPushButton*>("clear_cache");
    EXPECT_EQ(space(page), "1 MB are used now");
    clear->click();
    EXPECT_EQ(space(page), "1 MB are in use and stay");
    images_ = {};
    clear->click();
    EXPECT_EQ(space(page), "Nothing is used now");
    EXPECT_FALSE(clear->isEnabled());
    EXPECT_TRUE(list_cache_entries(image_cache_settings().folder).empty());
}

TEST_F(CachePage, ALimitAppliesAtOnceAndToAllPrograms) {
    images_ = {};
    ui::CachePreferences page;
    auto* limit = page.findChild<QComboBox*>("cache_limit");
    EXPECT_EQ(limit->currentText(), "20 GB");
    QTest::keyClick(limit, Qt::Key_Down);
    EXPECT_EQ(limit->currentText(), "50 GB");
    EXPECT_EQ(image_cache_settings().limit_bytes, 50'000'000'000);
    QTest::keyClick(limit, Qt::Key_Home);
    EXPECT_EQ(image_cache_settings().limit_bytes, 0);
    EXPECT_EQ(space(page), "Nothing is used now");
    EXPECT_EQ(ui::CachePreferences().findChild<QComboBox*>("cache_limit")->currentIndex(), 0);
}

TEST_F(CachePage, ALimitFromTheEnvironmentCannotBeChanged) {
    qputenv("DENOISE_LAB_DATASET_CACHE", "1500 MB");
    ui::CachePreferences page;
    qunsetenv("DENOISE_LAB_DATASET_CACHE");
    auto* limit = page.findChild<QComboBox*>("cache_limit");
    EXPECT_FALSE(limit->isEnabled());
    EXPECT_THAT(limit->currentText().toStdString(), testing::StartsWith("1.5"));
}

}  // namespace
}  // namespace denoise
