#include "engine/data/known_sets.h"

#include <gmock/gmock.h>

#include <set>

#include "engine/base/cancelled.h"
#include "tests/support/files.h"

namespace denoise::test {
namespace {

namespace fs = std::filesystem;

bool is_hash(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

TEST(KnownSets, TheFactsOfTheCatalogueAreComplete) {
    std::set<std::string> names;
    for (const CatalogEntry& entry : dataset_catalog()) {
        if (!entry.publication) continue;
        names.insert(entry.name);
        EXPECT_FALSE(entry.publication->licence.empty()) << entry.name;
        ASSERT_FALSE(entry.publication->addresses.empty()) << entry.name;
        for (const std::string& address : entry.publication->addresses) {
            EXPECT_TRUE(address.starts_with("https://")) << address;
            EXPECT_TRUE(address.ends_with("/")) << address;
        }
        for (const PublishedFile& file : entry.publication->files) {
            EXPECT_GT(file.bytes, 0);
            EXPECT_TRUE(is_hash(file.sha256)) << file.name;
            EXPECT_TRUE(file.content_sha256.empty() || is_hash(file.content_sha256)) << file.name;
        }
    }
    EXPECT_THAT(names, testing::ElementsAre("cifar-10", "cifar-100", "fashion-mnist", "mnist"));
    EXPECT_EQ(bytes_of(*find_publication("mnist")->publication), 11'594'722);
    EXPECT_EQ(find_publication("glyphs"), nullptr);
}

/// FIPS 180-4 has the hash of "abc".
TEST(KnownSets, HashesFiles) {
    const TemporaryFolder folder;
    write_bytes(folder / "abc", "abc");
    EXPECT_EQ(sha256_of_file(folder / "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_THROW(sha256_of_file(folder / "nothing"), Error);
    EXPECT_THROW(sha256_of_file(folder.path()), Error);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(sha256_of_file(folder / "abc", stop.get_token()), Cancelled);
}

class CopiesTest : public ::testing::Test {
  protected:
    /// The published hash is that of another compression of "abc", or none.
    CopiesTest() {
        PublishedFile file{"abc.gz", 3, std::string(64, '0'),
                           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
        set_.publication = Publication{"", "", {}, {file, file}};
        set_.publication->files[1].name = "also.gz";
    }
    TemporaryFolder folder_;
    CatalogEntry set_{"tiny", "Tiny", "", "", false, {}};
};

TEST_F(CopiesTest, OneThatWasCompressedAgainOrNotIsIntact) {
    write_bytes(folder_ / "tiny/abc.gz", gzip("abc"));
    EXPECT_FALSE(find_intact_copy(set_, folder_.path())) << "a file is missing";
    write_bytes(folder_ / "tiny/also", "abc");
    EXPECT_EQ(find_intact_copy(set_, folder_.path()), folder_ / "tiny");
    EXPECT_EQ(find_intact_copy(set_, folder_ / "tiny"), folder_ / "tiny") << "the folder of the set itself";
    write_bytes(folder_ / "tiny/also", "abd");
    EXPECT_FALSE(find_intact_copy(set_, folder_.path()));
    write_bytes(folder_ / "tiny/also", gzip("abc").substr(0, 10));
    EXPECT_FALSE(find_intact_copy(set_, folder_.path()));
    EXPECT_FALSE(find_intact_copy(set_, {}));
}

TEST_F(CopiesTest, ASetIsKnownByTheSizesOfItsFiles) {
    const CatalogEntry& cifar = *find_publication("cifar-10");
    const fs::path archive = folder_ / "cifar-10-binary.tar.gz";
    EXPECT_EQ(path_in(cifar, folder_.path()), archive);
    EXPECT_EQ(known_set_at(archive), nullptr);
    write_bytes(archive, "cut short");
    EXPECT_EQ(known_set_at(archive), nullptr);
    fs::resize_file(archive,
                    static_cast<std::uintmax_t>(cifar.publication->files[0].bytes));  // takes no space
    ASSERT_NE(known_set_at(archive), nullptr);
    EXPECT_EQ(known_set_at(archive)->name, "cifar-10");
    EXPECT_FALSE(find_intact_copy(cifar, folder_.path())) << "it has only zeros";
}

/// The files in ../shared/data were compressed again, so that only their contents are the published ones.
TEST(KnownSets, RecognisesTheRealMnist) {
    const auto folder = mnist_folder();
    if (!folder) GTEST_SKIP() << "no MNIST in ../shared/data";
    EXPECT_EQ(find_intact_copy(*find_publication("mnist"), folder->parent_path()), *folder);
    EXPECT_FALSE(find_intact_copy(*find_publication("fashion-mnist"), *folder));
}

}  // namespace
}  // namespace denoise::test
