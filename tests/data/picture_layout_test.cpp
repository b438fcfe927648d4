#include "engine/data/picture_layout.h"

#include "engine/data/image_folder.h"
#include "tests/data/archive_bytes.h"
#include "tests/data/flat_pictures.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::brightness;
using test::error_of;
using test::flat_png;
using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

class Layout : public testing::Test {
  protected:
    void add(const std::string& name, std::uint8_t grey) {
        test::write_bytes(folder_ / name, flat_png(grey));
    }
    void text(const std::string& name, const std::string& content) {
        test::write_bytes(folder_ / name, content);
    }
    Dataset load() { return load_pictures(*open_folder(folder_.path()), {}); }
    /// The class of the image of this brightness.
    static std::string class_of(const Dataset& dataset, int grey) {
        for (std::int64_t i = 0; i < dataset.images.count; ++i)
            if (dataset.images.image(i)[0] == grey)
                return dataset
                    .class_names[static_cast<std::size_t>(dataset.labels[static_cast<std::size_t>(i)])];
        return "missing";
    }
    static std::string all_notes(const Dataset& dataset) {
        std::string text;
        for (const std::string& note : dataset.notes) text += note + "\n";
        return text;
    }
    TemporaryFolder folder_;
};

// ------------------------------------------------------------------ splits

TEST_F(Layout, OtherPartsAreCountedAndNotLoaded) {
    add("train/cat/1.png", 10);
    add("train/dog/1.png", 20);
    for (const char* name : {"valid/cat/1.png", "valid/dog/1.png", "test/1.png"}) add(name, 90);
    const Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("cat", "dog"));
    EXPECT_THAT(brightness(dataset), ElementsAre(10, 20));
    EXPECT_THAT(dataset.notes, ElementsAre("train/ with 2 pictures is used, without 1 picture in test/, 2 "
                                           "pictures in valid/"));
    EXPECT_TRUE(dataset.skipped.empty());
}

TEST_F(Layout, PartsWithoutClassesAreParts) {
    add("Training/1.png", 10);
    add("validation/1.png", 20);
    const Dataset dataset = load();
    EXPECT_THAT(brightness(dataset), ElementsAre(10));
    EXPECT_THAT(dataset.class_names, ElementsAre(folder_.path().filename().string()));
}

TEST_F(Layout, PartsInsideOfAFolderAreParts) {
    add("set/images/train/cat/1.png", 10);
    add("set/images/val/cat/1.png", 20);
    text("set/README.md", "words");
    EXPECT_THAT(brightness(load()), ElementsAre(10));
}

TEST_F(Layout, APictureBesideThePartsIsNamed) {
    add("train/1.png", 10);
    add("test/1.png", 20);
    add("preview.png", 30);
    const Dataset dataset = load();
    EXPECT_THAT(brightness(dataset), ElementsAre(10));
    ASSERT_EQ(dataset.skipped.size(), 1u);
    EXPECT_EQ(dataset.skipped[0].path, folder_ / "preview.png");
    EXPECT_THAT(dataset.skipped[0].why, HasSubstr("outside of train/"));
}

TEST_F(Layout, AFolderAroundTheClassesIsNoClass) {
    add("set/cat/1.png", 10);
    add("set/dog/1.png", 20);
    EXPECT_THAT(load().class_names, ElementsAre("cat", "dog"));
}

// ------------------------------------------------------------------ what is left out

TEST_F(Layout, PicturesInOtherFormatsAreCountedAndNamed) {
    add("a/1.png", 10);
    for (const char* name : {"a/2.cr2", "a/3.svg", "b/4.NEF"}) text(name, "content");
    text("a/notes.txt", "not a picture");
    const Dataset dataset = load();
    EXPECT_EQ(dataset.images.count, 1);
    ASSERT_EQ(dataset.skipped.size(), 3u);
    EXPECT_EQ(dataset.skipped[0].path, folder_ / "a/2.cr2");
    EXPECT_THAT(dataset.skipped[0].why, HasSubstr("raw photos"));
    EXPECT_THAT(dataset.skipped[1].why, HasSubstr("vector graphics"));
    EXPECT_THAT(dataset.skipped[2].why, HasSubstr("raw photos"));
}

TEST_F(Layout, OnlyPicturesInOtherFormatsAreAnErrorThatCountsThem) {
    text("a/2.cr2", "content");
    text("a/3.cr2", "content");
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "none of its 2 pictures"));
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "2.cr2"));
}

TEST_F(Layout, AnArchiveInAFolderIsPointedOut) {
    text("set.zip", "content");
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "set.zip"));
    add("1.png", 10);
    ASSERT_EQ(load().skipped.size(), 1u);
    EXPECT_EQ(load().skipped[0].path, folder_ / "set.zip");
}

// ------------------------------------------------------------------ links

TEST_F(Layout, LinkedClassesAndPicturesAreLoaded) {
    const TemporaryFolder elsewhere;
    test::write_bytes(elsewhere / "dogs/1.png", flat_png(20));
    test::write_bytes(elsewhere / "3.png", flat_png(30));
    add("cat/1.png", 10);
    fs::create_directory_symlink(elsewhere / "dogs", folder_ / "dog");
    fs::create_symlink(elsewhere / "3.png", folder_ / "cat/3.png");
    const Dataset dataset = load();
    EXPECT_EQ(class_of(dataset, 10), "cat");
    EXPECT_EQ(class_of(dataset, 20), "dog");
    EXPECT_EQ(class_of(dataset, 30), "cat");
    EXPECT_TRUE(dataset.skipped.empty());
}

TEST_F(Layout, APictureThatIsReachedTwiceIsLoadedOnce) {
    add("zebra/1.png", 10);
    add("zebra/2.png", 20);
    fs::create_directory_symlink(folder_ / "zebra", folder_ / "all");  // before its target in any order
    fs::create_directories(folder_ / "best");
    fs::create_symlink(folder_ / "zebra/2.png", folder_ / "best/2.png");
    const Dataset dataset = load();
    EXPECT_EQ(dataset.images.count, 2);
    EXPECT_EQ(class_of(dataset, 20), "zebra");
    ASSERT_EQ(dataset.skipped.size(), 1u);
    EXPECT_EQ(dataset.skipped[0].path, folder_ / "best/2.png");
}

TEST_F(Layout, LinksInCirclesAndToNothingAreNoTrouble) {
    add("a/1.png", 10);
    fs::create_directory_symlink(folder_.path(), folder_ / "a/up");
    fs::create_directory_symlink(folder_ / "two", folder_ / "one");
    fs::create_directory_symlink(folder_ / "one", folder_ / "two");
    fs::create_symlink(folder_ / "none.png", folder_ / "a/lost.png");
    fs::create_symlink("/dev/zero", folder_ / "a/zero.png");
    const Dataset dataset = load();
    EXPECT_EQ(dataset.images.count, 1);
    ASSERT_EQ(dataset.skipped.size(), 2u);
    EXPECT_THAT(dataset.skipped[0].path.filename(), "zero.png");
    EXPECT_THAT(dataset.skipped[1].why, HasSubstr("leads nowhere"));
}

// ------------------------------------------------------------------ labels in files

TEST_F(Layout, DatasetJsonGivesTheLabels) {
    add("00000/img00000000.png", 10);
    add("00000/img00000001.png", 20);
    add("00001/img00001000.png", 30);
    text(
        "dataset.json",
        R"({"x": [1], "labels": [["00000/img00000000.png", 3], ["00000\\img00000001.png", 10], ["00001/img00001000.png", 3]]})");
    const Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("3", "10"));
    EXPECT_EQ(class_of(dataset, 10), "3");
    EXPECT_EQ(class_of(dataset, 20), "10");
    EXPECT_EQ(class_of(dataset, 30), "3");
}

TEST_F(Layout, DatasetJsonWithoutLabelsMakesOneClass) {
    add("00000/a.png", 10);
    add("00001/b.png", 20);
    text("dataset.json", R"({"labels": null})");
    EXPECT_EQ(load().class_names.size(), 1u);
    text("dataset.json", R"({"name": "something else"})");
    const Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("00000", "00001"));
    EXPECT_THAT(all_notes(dataset), HasSubstr("dataset.json is not used"));
}

TEST_F(Layout, PicturesThatDatasetJsonDoesNotNameAreLeftOut) {
    add("a.png", 10);
    add("b.png", 20);
    text("dataset.json", R"({"labels": [["a.png", 1], ["c.png", 1]]})");
    const Dataset dataset = load();
    EXPECT_THAT(brightness(dataset), ElementsAre(10));
    ASSERT_EQ(dataset.skipped.size(), 1u);
    EXPECT_EQ(dataset.skipped[0].path, folder_ / "b.png");
    EXPECT_THAT(all_notes(dataset), HasSubstr("names 1 picture that cannot be found, such as c.png"));
}

TEST_F(Layout, DamagedDatasetJsonIsRefused) {
    add("a.png", 10);
    for (const char* json :
         {"", "{", R"({"labels": [["a.png", 1])", R"({"labels": [["a.png", 0.5]]})", "[1, 2]",
          R"({"labels": [["a.png"]]})", R"({"labels": [["a.png", [1, 2]]]})", R"({"labels": [3]})",
          R"({"labels": 3})", R"({"labels": [[1, "a.png"]]})", R"({"labels": [["a.png", 1, 2]]})",
          R"({"labels": [["a.png", null]]})", R"({"labels": [["other.png", 1]]})",
          R"({"labels": [["a.png", 1], ["a.png", 2]]})"}) {
        text("dataset.json", json);
        EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_ / "dataset.json", "")) << json;
    }
    text("dataset.json", std::string(1'000'000, '['));
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_ / "dataset.json", ""));
}

TEST_F(Layout, ATableGivesTheLabels) {
    add("1.png", 10);
    add("with space.png", 20);
    add("sub/3.png", 30);
    const std::vector<std::pair<const char*, std::string>> tables{
        {"labels.csv", "file_name,label\n1.png,cat\nwith space.png,dog\nsub/3.png,cat\n"},
        {"labels.csv",
         "\xef\xbb\xbf"
         "1.png,cat\r\nwith space.png,dog\r\nsub/3.png,cat\r\n"},
        {"labels.csv", "id;size;class\n1;7;cat\n\nwith space;8;dog\n3;9;cat"},
        {"metadata.csv",
         "\"label\",\"file_name\"\n\"cat\",\"1.png\"\n\"dog\",\"with space.png\"\ncat,./sub/3.png\n"},
        {"labels.tsv", "1.png\tcat\nwith space.png\tdog\n3.png\tcat\n"},
        {"labels.txt", "1.png cat\nwith space.png   dog\nsub/3.png cat\n"}};
    for (const auto& [name, table] : tables) {
        text(name, table);
        const Dataset dataset = load();
        EXPECT_EQ(class_of(dataset, 10), "cat") << table;
        EXPECT_EQ(class_of(dataset, 20), "dog") << table;
        EXPECT_EQ(class_of(dataset, 30), "cat") << table;
        EXPECT_THAT(all_notes(dataset), HasSubstr(name));
        fs::remove(folder_ / name);
    }
}

TEST_F(Layout, AmbiguousTablesAreRefused) {
    add("a/1.png", 10);
    add("b/1.png", 20);
    for (const char* table : {"file_name,label\n1.png,cat\n", "file_name,label\na/1.png,cat\na/1.png,dog\n",
                              "file_name,label,class\na/1.png,cat,0\n", "file_name,label\n\"a/1.png,cat\n",
                              "file_name,label\na/1.png\n", "file_name,label\nnone.png,cat\n"}) {
        text("labels.csv", table);
        EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_ / "labels.csv", "")) << table;
    }
    text("labels.csv", std::string("file_name,label\na/1.png,\0\n", 26));
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_ / "labels.csv", "UTF-8"));
    text("labels.csv", "a/1.png,cat\nb/1.png,dog\n");
    text("labels.txt", "a/1.png cat\n");
    EXPECT_THAT(error_of([&] { load(); }), is_error_about(folder_.path(), "labels.txt"));
}

TEST_F(Layout, AListOfClassNamesIsNoTable) {
    add("a/1.png", 10);
    add("b/1.png", 20);
    text("labels.txt", "a\nb\n");
    const Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("a", "b"));
    EXPECT_THAT(all_notes(dataset), HasSubstr("labels.txt is not used"));
}

TEST_F(Layout, ATableBesideThePartsLabelsTheTrainingPart) {
    add("train/1.png", 10);
    add("train/2.png", 20);
    add("test/3.png", 30);
    add("test/2.png", 40);
    text("labels.csv", "path,label\ntrain/1.png,x\n2,y\ntest/3.png,x\n");
    Dataset dataset = load();
    EXPECT_THAT(dataset.class_names, ElementsAre("x", "y"));
    EXPECT_THAT(all_notes(dataset), testing::Not(HasSubstr("cannot be found")));
    fs::rename(folder_ / "labels.csv", folder_ / "train/metadata.csv");
    text("train/metadata.csv", "file_name,label\n1.png,p\n2.png,q\n");
    EXPECT_THAT(load().class_names, ElementsAre("p", "q"));
}

}  // namespace
}  // namespace denoise
