// The cache with pictures that take no files: what is written, continued, damaged, shared and removed.

#include "engine/data/cached_images.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "engine/data/loading.h"
#include "engine/data/prefetch.h"
#include "tests/support/cache_fixture.h"
#include "tests/support/full_disk.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const std::string key(32, 'a');

/// `count` pictures of 2 x 3 pixels in three colours that are made instead of read, of which number 5 cannot
/// be read if there is a `bad` one.
struct Pictures {
    std::size_t count = 40;
    bool bad = false, coloured = true;
    std::chrono::microseconds delay{0};
    std::function<void(int)> after_each = [](int) {};
    const test::SharedCounter* decoded = nullptr;
    std::stop_token stop = {};

    static std::uint8_t value(std::size_t picture, std::size_t byte) {
        return static_cast<std::uint8_t>(picture * 7 + byte % 18 * 31);
    }
    PictureDecoding decoding() const {
        PictureDecoding decoding;
        decoding.source = "/pictures";
        decoding.problems.resize(count);
        decoding.grey_if_none_is_coloured = true;
        decoding.choose_shape = [](auto&, const auto&) { return ImageShape{3, 2, 3}; };
        decoding.decode = [*this](const ImageShape& shape, const std::vector<std::size_t>& indices,
                                  std::vector<std::string>& problems, const StoreImage& store,
                                  const LoadProgress& progress) {
            parallel_for(
                std::ssize(indices),
                [&](std::int64_t k) {
                    const std::size_t i = indices[static_cast<std::size_t>(k)];
                    if (delay > 0us) std::this_thread::sleep_for(delay);
                    if (bad && i == 5) {
                        problems[i] = "it is damaged";
                        return;
                    }
                    std::vector<std::uint8_t> planes(shape.bytes());
                    for (std::size_t b = 0; b < planes.size(); ++b) planes[b] = value(i, b);
                    store(i, planes.data(), coloured && i == 3);
                    if (decoded) after_each(++**decoded);
                },
                progress, stop);
        };
        return decoding;
    }
};

class CachedImages : public testing::Test {
  protected:
    DecodedImages load(const Pictures& pictures) {
        return decode_through_cache(pictures.decoding(), settings_, key, {}, pictures.stop);
    }
    static DecodedImages uncached(const Pictures& pictures) {
        return decode_into_memory(pictures.decoding(), {}, {});
    }
    static bool same(const DecodedImages& a, const DecodedImages& b) {
        return a.shape == b.shape && a.pixels == b.pixels && a.problems == b.problems;
    }
    fs::path entry() const { return cache_entry_folder(settings_.folder, key); }
    std::vector<CacheEntry> entries() const { return list_cache_entries(settings_.folder); }
    /// Runs `work` in another process. Exits with 0 if it returns true.
    template <class Work>
    static pid_t fork_with(Work work) {
        const pid_t child = ::fork();
        if (child == 0) {
            int status = 2;
            try {
                status = work() ? 0 : 1;
            } catch (...) {
            }
            ::_exit(status);
        }
        return child;
    }
    static int status_of(pid_t child) {
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }

    test::TemporaryFolder folder_;
    test::SharedCounter decoded_;
    ImageCacheSettings settings_{.folder = folder_ / "cache"};
};

TEST_F(CachedImages, AreEqualToThoseDecodedIntoMemory) {
    for (const bool bad : {false, true})
        for (const bool coloured : {false, true}) {
            const Pictures pictures{.bad = bad, .coloured = coloured};
            const DecodedImages expected = uncached(pictures);
            ASSERT_EQ(expected.pixels.size(), (bad ? 39u : 40u) * (coloured ? 18 : 6));
            ASSERT_EQ(expected.pixels[6], coloured ? Pictures::value(0, 6) : Pictures::value(1, 0));
            EXPECT_TRUE(same(load(pictures), expected));
            const DecodedImages again = load(pictures);
            EXPECT_TRUE(same(again, expected));
            EXPECT_TRUE(again.pixels.is_shared()) << "a map of the file";
            EXPECT_EQ(clear_image_cache(settings_.folder), 0) << "it is in use";
            EXPECT_THAT(entries(), SizeIs(1));
            settings_.folder = folder_ / ("cache" + std::to_string(2 * bad + coloured));
        }
}

TEST_F(CachedImages, AreDecodedOnlyOnce) {
    const Pictures pictures{.bad = true, .decoded = &decoded_};
    load(pictures);
    EXPECT_EQ(*decoded_, 39);
    EXPECT_EQ(load(pictures).problems[5], "it is damaged");
    EXPECT_EQ(*decoded_, 39);
    const std::vector<CacheEntry> all = entries();
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].source, "/pictures");
    EXPECT_EQ(all[0].images, 39u);
    EXPECT_TRUE(all[0].is_complete);
    EXPECT_FALSE(all[0].is_in_use);
    EXPECT_GT(clear_image_cache(settings_.folder), 0);
    EXPECT_THAT(entries(), IsEmpty());
    EXPECT_TRUE(fs::is_empty(settings_.folder));
}

TEST_F(CachedImages, ACancelledLoadContinuesWhereItStopped) {
    std::stop_source stop;
    Pictures pictures{.count = 200, .decoded = &decoded_, .stop = stop.get_token()};
    pictures.after_each = [&](int done) {
        if (done == 100) stop.request_stop();
    };
    EXPECT_THROW(load(pictures), Cancelled);
    ASSERT_LT(*decoded_, 200);
    std::ofstream(entry() / cache_progress_file, std::ios::app) << "half a record";
    EXPECT_FALSE(entries()[0].is_complete);
    EXPECT_TRUE(same(load({.count = 200, .decoded = &decoded_}), uncached({.count = 200})));
    EXPECT_EQ(*decoded_, 200);
}

TEST_F(CachedImages, SurviveTwentyKillsAtRandomMoments) {
    const Pictures pictures{.count = 1000, .bad = true, .delay = 200us, .decoded = &decoded_};
    std::mt19937 random(7);
    int kills = 0;
    for (int i = 0; i < 200 && kills < 20; ++i) {
        const pid_t child = fork_with([&] { return load(pictures).pixels.is_shared(); });
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 12'000));
        ::kill(child, SIGKILL);
        const int status = status_of(child);
        kills += WIFSIGNALED(status);
        if (WIFEXITED(status)) {  // it was faster: begin again
            EXPECT_EQ(WEXITSTATUS(status), 0);
            clear_image_cache(settings_.folder);
            *decoded_ = 0;
        }
    }
    EXPECT_EQ(kills, 20);
    EXPECT_TRUE(same(load(pictures), uncached({.count = 1000, .bad = true})));
    // Each kill costs at most the pictures that were being decoded.
    EXPECT_LE(*decoded_, 999 + kills * 64);
    EXPECT_THAT(entries(), SizeIs(1));
}

TEST_F(CachedImages, DamagedEntriesAreMadeAgain) {
    const Pictures pictures{.decoded = &decoded_};
    const DecodedImages expected = uncached({});
    for (const char* file : {cache_index_file, cache_pixels_file}) {
        load(pictures);
        const std::string good = test::read_bytes(entry() / file);
        std::vector<std::string> damaged = {"", good.substr(0, good.size() - 1), good + "x"};
        for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 40) {
            damaged.push_back(good);
            damaged.back()[at] = static_cast<char>(damaged.back()[at] ^ 4);
        }
        for (const std::string& bytes : damaged) {
            *decoded_ = 0;
            fs::remove(entry() / file);  // a new file, because maps of the old one must not change
            test::write_bytes(entry() / file, bytes);
            EXPECT_TRUE(same(load(pictures), expected));
            if (file == cache_pixels_file || bytes.size() <= good.size()) {
                EXPECT_EQ(*decoded_, 40) << file << " of " << bytes.size() << " bytes";
            }
        }
        fs::remove(entry() / file);
        EXPECT_TRUE(same(load(pictures), expected));
    }
}

TEST_F(CachedImages, ImagesThatChangedPlacesAreDamaged) {
    load({});
    std::string bytes = test::read_bytes(entry() / cache_pixels_file);
    std::swap_ranges(bytes.begin(), bytes.begin() + 18, bytes.begin() + 18);
    test::write_bytes(entry() / cache_pixels_file, bytes);
    EXPECT_TRUE(same(load({}), uncached({})));
}

TEST_F(CachedImages, ADamagedPartIsDecodedAgain) {
    Pictures pictures{.count = 100, .decoded = &decoded_};
    const pid_t child = fork_with([&] {
        Pictures killed = pictures;
        killed.after_each = [](int done) {
            if (done == 90) ::kill(::getpid(), SIGKILL);
            if (done > 90) ::pause();  // other threads must not finish the rest before the signal
        };
        return load(killed).pixels.is_shared();
    });
    ASSERT_TRUE(WIFSIGNALED(status_of(child)));
    std::fstream file(entry() / cache_pixels_file, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(18 * 10 + 4).put('!');
    file.close();
    *decoded_ = 0;
    EXPECT_TRUE(same(load(pictures), uncached({.count = 100})));
    EXPECT_GE(*decoded_, 2) << "the damaged picture, and the last one";
    EXPECT_LE(*decoded_, 11) << "those that the killed process has not decoded, and the damaged one";
}

TEST_F(CachedImages, ADamagedEntryThatAnotherUsesIsReplacedAndNotWaitedFor) {
    const DecodedImages before = load({});
    const fs::path file = entry() / cache_index_file;
    fs::resize_file(file, fs::file_size(file) - 1);
    const DecodedImages after = load({});
    EXPECT_TRUE(same(after, before));
    EXPECT_NE(after.pixels.data(), before.pixels.data());
}

TEST_F(CachedImages, SeveralProcessesDecodeTogetherOnce) {
    const Pictures pictures{.count = 300, .delay = 500us, .decoded = &decoded_};
    const DecodedImages expected = uncached({.count = 300});
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) children.push_back(fork_with([&] { return same(load(pictures), expected); }));
    for (const pid_t child : children) EXPECT_EQ(status_of(child), 0);
    EXPECT_EQ(*decoded_, 300);
}

TEST_F(CachedImages, WaitingForAnotherProcessCanBeCancelled) {
    fs::create_directories(settings_.folder);
    const auto other = CacheLock::take(cache_entry_lock(settings_.folder, key), CacheLock::Kind::exclusive);
    ASSERT_TRUE(other);
    std::stop_source stop;
    const auto cancel = [&](std::int64_t, std::int64_t) { stop.request_stop(); };
    EXPECT_THROW(decode_through_cache(Pictures().decoding(), settings_, key, cancel, stop.get_token()),
                 Cancelled);
}

TEST_F(CachedImages, AFullDiskLeavesNothingBehind) {
    const auto why_not = [&](const Pictures& pictures) -> std::string {
        try {
            load(pictures);
        } catch (const CacheUnavailable& problem) {
            return problem.why;
        }
        return "";
    };
    {
        const test::FullDisk full(500);
        EXPECT_THAT(why_not({}), HasSubstr("File too large"));
    }
    EXPECT_THAT(entries(), IsEmpty());
    {
        std::optional<test::FullDisk> full;  // after a while
        Pictures pictures{.count = 1000, .decoded = &decoded_};
        pictures.after_each = [&](int done) {
            if (done == 100) full.emplace(1000);
        };
        EXPECT_THAT(why_not(pictures), HasSubstr("File too large"));
    }
    EXPECT_THAT(entries(), IsEmpty());
    EXPECT_TRUE(same(load({}), uncached({})));
}

TEST_F(CachedImages, AFileInThePlaceOfTheCacheIsTheReasonToGoOnWithoutIt) {
    test::write_bytes(settings_.folder, "a file");
    try {
        load({});
        ADD_FAILURE();
    } catch (const CacheUnavailable& problem) {
        EXPECT_THAT(problem.why, HasSubstr(settings_.folder.string()));
    }
}

TEST_F(CachedImages, TheLimitRemovesWhatWasNotUsedForTheLongestTime) {
    const Pictures pictures{.count = 10'000};  // 180 kB
    const auto load_key = [&](char digit) {
        return decode_through_cache(pictures.decoding(), settings_, std::string(32, digit), {}, {});
    };
    const auto keys = [&] {
        std::string digits;
        for (const CacheEntry& each : entries()) digits += each.key[0];
        return digits;
    };
    load_key('a');
    const std::int64_t size = bytes_of(entries());
    EXPECT_NEAR(static_cast<double>(size), 180e3 + 80e3, 20e3) << "images and checksums";
    settings_.limit_bytes = size * 5 / 2;
    std::this_thread::sleep_for(10ms);
    load_key('b');
    std::this_thread::sleep_for(10ms);
    load_key('a');  // used again
    std::this_thread::sleep_for(10ms);
    EXPECT_EQ(keys(), "ab");
    load_key('c');
    EXPECT_EQ(keys(), "ca");
    EXPECT_LE(bytes_of(entries()), settings_.limit_bytes);

    const DecodedImages in_use = load_key('a');
    std::this_thread::sleep_for(10ms);
    load_key('c');
    std::this_thread::sleep_for(10ms);
    load_key('d');
    EXPECT_EQ(keys(), "da") << "a was used before c, but it is in use";
    settings_.limit_bytes = size * 3 / 2;
    EXPECT_THROW(load_key('e'), CacheUnavailable);
    EXPECT_TRUE(same(in_use, uncached(pictures)));
}

TEST_F(CachedImages, AShortenedFileIsNoticedBeforeItIsRead) {
    const DecodedImages images = load({});
    EXPECT_TRUE(images.pixels.intact());
    fs::resize_file(entry() / cache_pixels_file, 10);
    EXPECT_FALSE(images.pixels.intact());
}

TEST_F(CachedImages, ReadingAShortenedFileIsAnErrorAndTheNextLoadRepairsIt) {
    const Pictures pictures{.count = 2000};  // nine pages
    DecodedImages images = load(pictures);
    const ImageBatch batch{2000, 3, 2, 3, std::move(images.pixels)};
    EXPECT_EQ(images_at(batch, {1999}).pixels[0], Pictures::value(1999, 0));
    fs::resize_file(entry() / cache_pixels_file, 10);
    EXPECT_THAT(test::error_of([&] { images_at(batch, {0, 1999}); }).why, HasSubstr("shortened"));
    EXPECT_TRUE(same(load(pictures), uncached(pictures)));
}

TEST_F(CachedImages, WhatAFailedProgramLeftBehindIsRemoved) {
    const std::string gone(32, 'b'), partial(32, 'c');
    test::write_bytes(entry() / ".tmp-0123456789abcdef", "an index");
    test::write_bytes(cache_entry_lock(settings_.folder, gone), "");
    test::write_bytes(cache_entry_lock(settings_.folder, partial), "");
    test::write_bytes(cache_entry_folder(settings_.folder, partial) / "compact",
                      "of an entry without an index");
    EXPECT_TRUE(same(load({}), uncached({})));
    EXPECT_FALSE(fs::exists(entry() / ".tmp-0123456789abcdef"));
    EXPECT_FALSE(fs::exists(cache_entry_lock(settings_.folder, gone)));
    EXPECT_FALSE(fs::exists(cache_entry_lock(settings_.folder, partial)));
    EXPECT_FALSE(fs::exists(cache_entry_folder(settings_.folder, partial)));
    EXPECT_THAT(entries(), SizeIs(1));
}

TEST_F(CachedImages, ArePrefetchedFromTheDisk) {
    const Pictures pictures{.count = 2000};  // nine pages
    load(pictures);
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const int file = ::open((entry() / cache_pixels_file).c_str(), O_RDONLY);
    ::fsync(file);
    DecodedImages images = load(pictures);
    ASSERT_EQ(::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED), 0);
    ::close(file);
    const ImageBatch batch{2000, 3, 2, 3, std::move(images.pixels)};
    prefetch(batch, {0, 1999});
    const auto in_memory = [&](std::size_t offset) {
        unsigned char state = 0;
        const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(batch.image(0)) + offset;
        ::mincore(reinterpret_cast<void*>(address / page * page), 1, &state);
        return (state & 1) != 0;
    };
    for (const std::size_t offset : {std::size_t{0}, std::size_t{1999 * 18}}) {
        for (int i = 0; i < 200 && !in_memory(offset); ++i) std::this_thread::sleep_for(10ms);
        EXPECT_TRUE(in_memory(offset));
    }
}

TEST_F(CachedImages, CanBeUsedWhenTheCacheIsDeleted) {
    const DecodedImages images = load({});
    fs::remove_all(settings_.folder);
    EXPECT_TRUE(images.pixels.intact());
    EXPECT_TRUE(same(images, uncached({})));
    EXPECT_TRUE(same(load({}), images));
}

}  // namespace
}  // namespace denoise
