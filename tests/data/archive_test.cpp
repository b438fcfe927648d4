#include <atomic>

#include "engine/base/cancelled.h"
#include "engine/data/archive_reader.h"
#include "engine/data/byte_reader.h"
#include "engine/data/dataset.h"
#include "engine/data/file_tree.h"
#include "tests/data/archive_bytes.h"
#include "tests/data/flat_pictures.h"
#include "tests/data/idx_bytes.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::ArchivedFile;
using test::brightness;
using test::error_of;
using test::flat_png;
using test::is_error_about;
using test::TemporaryFolder;
using test::write_archive;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::array formats{"zip", "tar", "tar.gz", "tar.xz", "tar.zst", "tar.bz2"};

class Archive : public testing::Test {
  protected:
    fs::path write(const std::string& format, const std::vector<ArchivedFile>& files,
                   const std::string& password = {}) {
        const fs::path path = folder_ / ("set." + format);
        write_archive(path, format, files, password);
        return path;
    }
    static Dataset load(const fs::path& path) { return load_dataset({.dataset = path.string()}); }
    TemporaryFolder folder_;
};

TEST_F(Archive, EveryFormatLoadsLikeTheFolder) {
    const std::vector<ArchivedFile> files{
        {"set/train/dog/10.png", flat_png(30)}, {"set/train/dog/2.png", flat_png(20)},
        {"set/train/cat/1.png", flat_png(10)},  {"set/test/cat/1.png", flat_png(90)},
        {"set/train/cat/bad.png", "broken"},    {"set/README", "words"}};
    for (const ArchivedFile& file : files) test::write_bytes(folder_ / "disk" / file.name, file.bytes);
    const Dataset expected = load(folder_ / "disk");
    EXPECT_THAT(expected.class_names, ElementsAre("cat", "dog"));
    for (const char* format : formats) {
        const Dataset dataset = load(write(format, files));
        EXPECT_THAT(brightness(dataset), ElementsAre(10, 20, 30)) << format;
        EXPECT_EQ(dataset.images, expected.images) << format;
        EXPECT_EQ(dataset.labels, expected.labels) << format;
        EXPECT_EQ(dataset.class_names, expected.class_names) << format;
        EXPECT_EQ(dataset.notes, expected.notes) << format;
        EXPECT_EQ(dataset.fingerprint, expected.fingerprint) << format;
        EXPECT_EQ(dataset.name, "set") << format;
        ASSERT_EQ(dataset.skipped.size(), 1u) << format;
        EXPECT_EQ(dataset.skipped[0].path.filename(), "bad.png");
        EXPECT_EQ(dataset.skipped[0].why, expected.skipped[0].why);
    }
}

TEST_F(Archive, DatasetJsonInsideGivesTheLabels) {
    for (const char* format : formats) {
        const Dataset dataset = load(
            write(format, {{"00000/a.png", flat_png(10)},
                           {"00001/b.png", flat_png(20)},
                           {"dataset.json", R"({"labels": [["00000/a.png", 7], ["00001/b.png", 7]]})"}}));
        EXPECT_THAT(dataset.class_names, ElementsAre("7")) << format;
    }
}

TEST_F(Archive, IdxFilesInsideAreRead) {
    const std::string images = test::idx_images(3, 1, 2, "abcdef"),
                      labels = test::idx_labels(3, std::string("\2\0\1", 3));
    for (const char* format : formats)
        for (const bool zipped : {false, true}) {
            const std::string end = zipped ? ".gz" : "";
            const Dataset dataset = load(write(
                format, {{"MNIST/raw/train-images-idx3-ubyte" + end, zipped ? test::gzip(images) : images},
                         {"MNIST/raw/train-labels-idx1-ubyte" + end, zipped ? test::gzip(labels) : labels},
                         {"MNIST/raw/t10k-images-idx3-ubyte" + end, "never read"}}));
            EXPECT_THAT(dataset.images.pixels, ElementsAre('a', 'b', 'c', 'd', 'e', 'f')) << format;
            EXPECT_THAT(dataset.labels, ElementsAre(2, 0, 1)) << format;
        }
    const std::string packed = test::gzip(images);
    EXPECT_THAT(error_of([&] {
                    load(write("zip", {{"train-images-idx3-ubyte.gz", packed.substr(0, packed.size() - 6)}}));
                }),
                is_error_about(folder_ / "set.zip/train-images-idx3-ubyte.gz", "ends early"));
}

TEST_F(Archive, BytesBehindGzipDataAreIgnoredAsOnDisk) {
    const std::string images = test::idx_images(2, 4, 4, std::string(32, 'p'));
    for (const std::string& more : {std::string("garbage"), std::string(3, '\0'), std::string("\x1f")}) {
        const std::string packed = test::gzip(images) + more;
        test::write_bytes(folder_ / "disk/train-images-idx3-ubyte.gz", packed);
        const Dataset on_disk = load(folder_ / "disk");
        EXPECT_EQ(load(write("zip", {{"train-images-idx3-ubyte.gz", packed}})).images, on_disk.images);
    }
    const std::string two = test::gzip(images.substr(0, 20)) + test::gzip(images.substr(20));
    EXPECT_EQ(load(write("tar", {{"train-images-idx3-ubyte.gz", two}})).images.count, 2)
        << "members belong together";
}

TEST_F(Archive, AStopCancelsTheReadingOfALateEntry) {
    const fs::path path =
        write("tar.xz", {{"first.bin", std::string(1u << 20, 'x')}, {"labels.csv", "file,label\n"}});
    std::stop_source stop;
    const std::unique_ptr<FileTree> tree = open_tree(path, {}, stop.get_token());
    const TreeListing listing = tree->list({}, {});
    stop.request_stop();
    // Small lists are kept in memory.
    const TreeFile& late =
        listing.files.front().name == "first.bin" ? listing.files.front() : listing.files.back();
    EXPECT_THROW(tree->read(late, 1u << 24), Cancelled);
    EXPECT_THROW(ByteReader(path / "labels.csv", stop.get_token()), Cancelled);
}

TEST_F(Archive, CifarFilesInsideAreRead) {
    const auto record = [](int label, int grey) {
        return std::string(1, static_cast<char>(label)) + std::string(3072, static_cast<char>(grey));
    };
    for (const char* format : formats) {
        const Dataset dataset = load(
            write(format, {{"cifar-10-batches-bin/data_batch_2.bin", record(2, 20)},
                           {"cifar-10-batches-bin/data_batch_1.bin", record(1, 10)},
                           {"cifar-10-batches-bin/test_batch.bin", record(1, 90)},
                           {"cifar-10-batches-bin/batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n"}}));
        EXPECT_EQ(dataset.name, "CIFAR-10") << format;
        EXPECT_THAT(brightness(dataset), ElementsAre(10, 20)) << format;
        EXPECT_EQ(dataset.class_names[9], "j") << format;
    }
}

TEST_F(Archive, NamesThatLeadOutAreLeftOutAndNothingIsWritten) {
    for (const char* format : {"zip", "tar"}) {
        const Dataset dataset = load(write(format, {{"../up.png", flat_png(1)},
                                                    {"a/../../up.png", flat_png(2)},
                                                    {"/top/abs.png", flat_png(3)},
                                                    {"./b//4.png", flat_png(4)},
                                                    {"__MACOSX/b/._4.png", "fork"},
                                                    {".hidden/5.png", flat_png(5)}}));
        EXPECT_THAT(brightness(dataset), testing::UnorderedElementsAre(3, 4)) << format;
        ASSERT_EQ(dataset.skipped.size(), 2u) << format;
        EXPECT_THAT(dataset.skipped[0].why, HasSubstr("leads out")) << format;
    }
    EXPECT_EQ(folder_.names().size(), 2u);
}

TEST_F(Archive, ANameThatOccursTwiceIsLoadedOnce) {
    for (const char* format : {"zip", "tar", "tar.gz"}) {
        const Dataset dataset = load(
            write(format, {{"a/1.png", flat_png(1)}, {"a/1.png", flat_png(2)}, {"b/2.png", flat_png(3)}}));
        EXPECT_THAT(brightness(dataset), ElementsAre(1, 3)) << format;
        ASSERT_EQ(dataset.skipped.size(), 1u) << format;
        EXPECT_THAT(dataset.skipped[0].why, HasSubstr("more than one file of this name")) << format;
    }
}

TEST_F(Archive, LinksInsideAreNamed) {
    const Dataset dataset =
        load(write("tar", {{"a/1.png", flat_png(1)}, {"a/2.png", "", "1.png"}, {"b", "", "a"}}));
    EXPECT_EQ(dataset.images.count, 1);
    ASSERT_EQ(dataset.skipped.size(), 2u);
    EXPECT_THAT(dataset.skipped[0].why, HasSubstr("a link"));
}

TEST_F(Archive, AnEncryptedOneIsRefusedByItsName) {
    const fs::path path = write("zip", {{"a/1.png", flat_png(1)}, {"a/2.png", flat_png(2)}}, "secret");
    EXPECT_THAT(error_of([&] { load(path); }), is_error_about(path, "password"));
}

TEST_F(Archive, AnEmptyOneIsRefused) {
    for (const char* format : formats) {
        const fs::path path = write(format, {});
        EXPECT_THAT(error_of([&] { load(path); }), is_error_about(path, "")) << format;
    }
    EXPECT_THAT(error_of([&] {
                    load(write("zip", {{"words.txt", "x"}}));
                }),
                is_error_about(folder_ / "set.zip", "no PNG, JPEG"));
}

TEST_F(Archive, OneThatIsCutShortIsRefusedWhereverItIsCut) {
    std::vector<ArchivedFile> files;
    for (int i = 0; i < 20; ++i)
        files.push_back({"a/" + std::to_string(i) + ".png", flat_png(static_cast<std::uint8_t>(i))});
    for (const char* format : formats) {
        const fs::path path = write(format, files);
        const std::string whole = test::read_bytes(path);
        for (const double share : {0.1, 0.5, 0.8}) {
            test::write_bytes(path,
                              std::string_view(whole).substr(
                                  0, static_cast<std::size_t>(share * static_cast<double>(whole.size()))));
            EXPECT_THAT(error_of([&] { load(path); }), is_error_about(path, "")) << format << " " << share;
        }
    }
}

TEST_F(Archive, ADamagedPictureInAZipDoesNotStopTheOthers) {
    std::vector<ArchivedFile> files;
    for (int i = 0; i < 30; ++i)
        files.push_back({"a/" + std::to_string(i) + ".png",
                         test::encoded(test::qt_image(test::pattern(32, 32, 3, i)), "png")});
    const fs::path path = write("zip", files);
    std::string bytes = test::read_bytes(path);
    for (const int damaged : {5, 6, 20})
        bytes.replace(bytes.find("a/" + std::to_string(damaged) + ".png") + 200, 40, std::string(40, '\xff'));
    test::write_bytes(path, bytes);
    const Dataset dataset = load(path);
    EXPECT_EQ(dataset.images.count, 27);
    EXPECT_EQ(dataset.skipped.size(), 3u);
}

TEST_F(Archive, NamesInOtherScriptsAreKept) {
    for (const char* format : {"zip", "tar"}) {
        const Dataset dataset =
            load(write(format, {{"größe/äpfel/1.png", flat_png(1)}, {"größe/桜/2.png", flat_png(2)}}));
        EXPECT_THAT(dataset.class_names, testing::UnorderedElementsAre("äpfel", "桜")) << format;
    }
}

TEST_F(Archive, ABombIsAPictureThatCannotBeRead) {
    const std::string zeros(257u << 20, '\0');
    const fs::path path = write("zip", {{"bomb.png", zeros}, {"1.png", flat_png(1)}});
    EXPECT_LT(fs::file_size(path), 1u << 20);
    const Dataset dataset = load(path);
    EXPECT_EQ(dataset.images.count, 1);
    ASSERT_EQ(dataset.skipped.size(), 1u);
    EXPECT_EQ(dataset.skipped[0].path.filename(), "bomb.png");
}

TEST_F(Archive, AStopInTheMiddleCancels) {
    std::vector<ArchivedFile> files;
    for (int i = 0; i < 300; ++i) files.push_back({std::to_string(i) + ".png", flat_png(1)});
    for (const char* format : {"zip", "tar", "tar.gz"}) {
        const fs::path path = write(format, files);
        const auto tree = open_tree(path);
        const TreeListing listing = tree->list({}, {});
        std::stop_source source;
        std::atomic<int> done = 0;
        EXPECT_THROW(tree->for_each(
                         listing.files,
                         [&](std::size_t, const TreeContent&) {
                             if (++done == 10) source.request_stop();
                         },
                         {}, source.get_token()),
                     Cancelled)
            << format;
        EXPECT_LT(done, 300) << format;
    }
}

TEST_F(Archive, AnExceptionOfTheWorkEndsTheLoop) {
    std::vector<ArchivedFile> files;
    for (int i = 0; i < 3000; ++i) files.push_back({std::to_string(i) + ".png", "x"});
    const auto tree = open_tree(write("zip", files));
    EXPECT_THROW(tree->for_each(tree->list({}, {}).files,
                                [](std::size_t i, const TreeContent&) {
                                    if (i == 7) throw std::bad_alloc();
                                },
                                {}, {}),
                 std::bad_alloc);
}

TEST_F(Archive, AFileThatOnlyHasTheNameOfOneIsNamed) {
    for (const char* name : {"a.zip", "a.tar.gz", "a.tgz", "a.7z", "a.npz"}) {
        test::write_bytes(folder_ / name, "just text");
        EXPECT_THAT(error_of([&] { load(folder_ / name); }), is_error_about(folder_ / name, "archive"));
    }
    EXPECT_FALSE(is_archive(folder_ / "none.zip"));
    EXPECT_FALSE(is_archive(folder_.path()));
    EXPECT_FALSE(is_archive("/dev/zero"));
}

}  // namespace
}  // namespace denoise
