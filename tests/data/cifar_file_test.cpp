#include "engine/data/cifar_file.h"

#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::IsEmpty;

/// A record whose planes are red, green and blue of one value each.
std::string record(const std::string& labels, int red, int green, int blue) {
    std::string bytes = labels;
    for (const int value : {red, green, blue}) bytes += std::string(32 * 32, static_cast<char>(value));
    return bytes;
}

std::string label(int value) {
    return std::string(1, static_cast<char>(value));
}

class CifarFile : public testing::Test {
  protected:
    fs::path file(const std::string& name, std::string_view bytes) {
        test::write_bytes(folder_ / name, bytes);
        return folder_ / name;
    }
    Dataset load(DatasetConfig config = {}) {
        config.dataset = folder_.path().string();
        return load_dataset(config);
    }
    void expect_refused(const fs::path& path, const std::string& cause) {
        EXPECT_THAT(error_of([&] { load_cifar({path}); }), is_error_about(path, cause));
    }
    TemporaryFolder folder_;
};

TEST_F(CifarFile, AFolderOfBatchesIsOneSetInTheirOrder) {
    file("data_batch_10.bin", record(label(9), 7, 8, 9));
    file("data_batch_2.bin", record(label(3), 4, 5, 6));
    file("data_batch_1.bin", record(label(0), 1, 2, 3) + record(label(3), 250, 251, 252));
    file("test_batch.bin", record(label(1), 0, 0, 0));
    const Dataset dataset = load();
    EXPECT_EQ(dataset.name, "CIFAR-10");
    EXPECT_THAT(dataset.labels, ElementsAre(0, 3, 3, 9));
    EXPECT_THAT(dataset.class_names, testing::SizeIs(10));
    const ImageBatch& images = dataset.images;
    EXPECT_THAT(std::vector({images.channels, images.height, images.width}), ElementsAre(3, 32, 32));
    EXPECT_EQ(images.image(1)[0], 250);
    EXPECT_EQ(images.image(1)[1023], 250);
    EXPECT_EQ(images.image(1)[1024], 251);
    EXPECT_EQ(images.image(1)[3071], 252);
    EXPECT_EQ(images.image(3)[0], 7);
}

TEST_F(CifarFile, ClassesGetTheNamesBesideThem) {
    file("data_batch_1.bin", record(label(1), 1, 2, 3));
    std::string names = "airplane\r\nautomobile\n";
    EXPECT_EQ(load().class_names[1], "1");
    file("batches.meta.txt", names);  // too few to be this set's
    EXPECT_EQ(load().class_names[1], "1");
    for (int i = 2; i < 10; ++i) names += "name " + std::to_string(i) + "\n";
    file("batches.meta.txt", names + "\n");
    EXPECT_EQ(load().class_names[1], "automobile");
    EXPECT_EQ(load().class_names[9], "name 9");
}

TEST_F(CifarFile, OfCifar100TheFineLabelsAreTheClasses) {
    file("train.bin", record(label(19) + label(99), 1, 2, 3) + record(label(0) + label(4), 5, 6, 7));
    file("test.bin", record(label(0) + label(0), 0, 0, 0));
    std::string names;
    for (int i = 0; i < 100; ++i) names += "fine" + std::to_string(i) + "\n";
    file("fine_label_names.txt", names);
    const Dataset dataset = load();
    EXPECT_EQ(dataset.name, "CIFAR-100");
    EXPECT_THAT(dataset.labels, ElementsAre(99, 4));
    EXPECT_EQ(dataset.class_names[99], "fine99");
    EXPECT_EQ(dataset.images.image(1)[0], 5);
}

TEST_F(CifarFile, AFileAloneIsASetToo) {
    const auto load_file = [](const fs::path& path) { return load_dataset({.dataset = path.string()}); };
    EXPECT_EQ(load_file(file("test_batch.bin", record(label(1), 1, 2, 3))).name, "CIFAR-10 (test images)");
    EXPECT_EQ(load_file(file("test.bin", record("ab", 1, 2, 3))).name, "CIFAR-100 (test images)");
    EXPECT_EQ(load_file(file("renamed.bin", record(label(1), 1, 2, 3))).name, "CIFAR-10");
    EXPECT_EQ(load_file(file("renamed.bin", record(label(0) + label(1), 1, 2, 3))).name, "CIFAR-100");
    EXPECT_EQ(load_file(file("data_batch_1.bin.gz", test::gzip(record(label(1), 1, 2, 3)))).images.count, 1);
    EXPECT_THAT(error_of([&] { load_file(file("weights.bin", "12345")); }),
                is_error_about(folder_ / "weights.bin", "5 bytes is not a multiple of the record size"));
}

TEST_F(CifarFile, HugeFilesAreRefusedBeforeTheyAreRead) {
    constexpr std::uintmax_t terabyte = std::uintmax_t{1} << 40;
    const fs::path path = file("weights.bin", "");
    fs::resize_file(path, terabyte);  // without taking space on the disk
    expect_refused(path, "is not a multiple of the record size");
    fs::resize_file(path, terabyte / 3073 * 3073);
    expect_refused(path, "its images require");
}

TEST_F(CifarFile, AFolderOffersItsTrainingFilesFirst) {
    EXPECT_THAT(find_cifar_files(*open_tree(folder_.path())), IsEmpty());
    EXPECT_THAT(find_cifar_files(*open_tree(folder_ / "none")), IsEmpty());
    file("cifar-10-batches-bin/data_batch_1.bin", "");  // as the archive unpacks
    EXPECT_THAT(find_cifar_files(*open_tree(folder_.path())),
                ElementsAre(folder_ / "cifar-10-batches-bin" / "data_batch_1.bin"));
    file("test_batch.bin", "");
    EXPECT_THAT(find_cifar_files(*open_tree(folder_.path())), ElementsAre(folder_ / "test_batch.bin"));
    file("data_batch_2.bin.gz", "");
    file("data_batch_2.bin", "");
    file("data_batch_1.bin", "");
    EXPECT_THAT(find_cifar_files(*open_tree(folder_.path())),
                ElementsAre(folder_ / "data_batch_1.bin", folder_ / "data_batch_2.bin"));
}

TEST_F(CifarFile, ASizeThatIsNoMultipleOfTheRecordIsRefused) {
    const std::string two = record(label(1), 1, 2, 3) + record(label(2), 1, 2, 3);
    expect_refused(file("data_batch_1.bin", two + "x"), "ends within record 2");
    expect_refused(file("data_batch_1.bin", two.substr(0, two.size() - 1)), "ends within record 1");
    expect_refused(file("data_batch_1.bin", ""), "no images");
    expect_refused(file("train.bin", two), "ends within record 1; a record of CIFAR-100 has 3074 bytes");
    expect_refused(file("data_batch_1.bin.gz", test::gzip(two).substr(0, 40)), "cut short");
}

TEST_F(CifarFile, ALabelThatNoClassHasIsRefused) {
    expect_refused(file("data_batch_1.bin", record(label(9), 0, 0, 0) + record(label(10), 0, 0, 0)),
                   "record 1 has the label 10");
    expect_refused(file("train.bin", record(label(0) + label(100), 0, 0, 0)), "record 0 has the label 100");
}

TEST_F(CifarFile, GreyIsBrightnessAndALimitIsSpread) {
    std::string records;
    for (int i = 0; i < 10; ++i) records += record(label(i), 10 * i, 0, 255);
    file("data_batch_1.bin", records);
    const Dataset dataset = load({.image_limit = 2, .colour = DatasetConfig::Colour::grey});
    EXPECT_THAT(dataset.labels, ElementsAre(0, 5));
    EXPECT_EQ(dataset.images.channels, 1);
    ASSERT_EQ(dataset.images.pixels.size(), 2u * 1024);
    EXPECT_EQ(dataset.images.image(0)[0], 29);          // .114 * 255
    EXPECT_EQ(dataset.images.image(1)[1023], 29 + 15);  // .299 * 50 + .114 * 255
}

TEST_F(CifarFile, ProgressReachesTheTotalAndAStopIsFollowed) {
    std::string records;
    for (int i = 0; i < 1200; ++i) records += record(label(i % 10), i % 256, 0, 0);
    const fs::path path = file("data_batch_1.bin", records);
    std::int64_t last = 0, total = 0;
    load_cifar({path}, [&](std::int64_t done, std::int64_t all) {
        EXPECT_GE(done, last);
        last = done;
        total = all;
    });
    EXPECT_EQ(last, 1200);
    EXPECT_EQ(total, 1200);
    std::stop_source source;
    EXPECT_THROW(load_cifar(
                     {path}, [&](std::int64_t, std::int64_t) { source.request_stop(); }, source.get_token()),
                 Cancelled);
}

}  // namespace
}  // namespace denoise
