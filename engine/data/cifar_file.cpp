#include "engine/data/cifar_file.h"

#include <algorithm>
#include <sstream>

#include "engine/data/byte_reader.h"
#include "engine/data/loading.h"
#include "engine/data/natural_order.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr int side = 32;
constexpr std::size_t pixel_bytes = 3 * side * side;

/// The differences between the two datasets.
struct Layout {
    const char* name;
    std::size_t label_bytes;  ///< the last of them is the class
    int classes;
    const char* names_file;
    std::size_t record_bytes() const { return label_bytes + pixel_bytes; }
};
constexpr Layout cifar10{"CIFAR-10", 1, 10, "batches.meta.txt"};
constexpr Layout cifar100{"CIFAR-100", 2, 100, "fine_label_names.txt"};

constexpr const char* get_again = "Download or extract the file again";

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + cause, remedy};
}

std::string without_gz(const fs::path& path) {
    std::string name = path.filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    return name;
}

bool is_training(const std::string& name) {
    return name == "train.bin" || (name.starts_with("data_batch_") && name.ends_with(".bin"));
}

bool is_testing(const std::string& name) {
    return name == "test.bin" || name == "test_batch.bin";
}

bool is_cifar10(const std::string& name) {
    return name.starts_with("data_batch_") || name == "test_batch.bin";
}

/// The number of bytes that can be read from the file, for which a compressed one must be read.
std::uintmax_t content_size(const fs::path& path, const std::stop_token& stop) {
    ByteReader reader(path, stop);
    if (!reader.is_compressed()) return reader.most_bytes();
    std::vector<char> piece(1u << 16);
    std::uintmax_t size = 0;
    while (const std::size_t got = reader.read(piece.data(), piece.size())) {
        if (stop.stop_requested()) throw Cancelled{};
        size += got;
    }
    return size;
}

/// Determines the layout from the name, or else from the size of the content.
const Layout& layout_of(const fs::path& path, const std::stop_token& stop) {
    const std::string name = without_gz(path);
    if (is_cifar10(name)) return cifar10;
    if (name == "train.bin" || name == "test.bin") return cifar100;
    const std::uintmax_t size = content_size(path, stop);
    for (const Layout* layout : {&cifar10, &cifar100})
        if (size > 0 && size % layout->record_bytes() == 0) return *layout;
    fail(path,
         "its size of " + std::to_string(size) +
             " bytes is not a multiple of the record size of CIFAR-10 (3073) or CIFAR-100 (3074)",
         "Choose a file of CIFAR's binary version, or IDX files");
}

void append_records(const fs::path& path, const Layout& layout, Dataset& dataset,
                    const std::function<void()>& report, const std::stop_token& stop) {
    constexpr std::size_t records_at_a_time = 100;
    ByteReader reader(path, stop);
    const std::size_t record_bytes = layout.record_bytes();
    std::vector<std::uint8_t> piece(records_at_a_time * record_bytes);
    ImageBatch& images = dataset.images;
    const std::int64_t before = images.count;
    for (std::size_t got = piece.size(); got == piece.size();) {
        if (stop.stop_requested()) throw Cancelled{};
        got = reader.read(piece.data(), piece.size());
        if (got % record_bytes != 0)
            fail(path,
                 "it ends within record " +
                     std::to_string(images.count - before + static_cast<std::int64_t>(got / record_bytes)) +
                     "; a record of " + layout.name + " has " + std::to_string(record_bytes) + " bytes",
                 get_again);
        require_memory(static_cast<double>(images.pixels.size() + got), path);
        for (std::size_t start = 0; start < got; start += record_bytes) {
            const std::uint8_t* record = piece.data() + start;
            const std::uint8_t* pixels = record + layout.label_bytes;
            const int label = pixels[-1];
            if (label >= layout.classes)
                fail(path,
                     "record " + std::to_string(images.count - before) + " has the label " +
                         std::to_string(label) + ", but " + layout.name + " has only " +
                         std::to_string(layout.classes) + " classes",
                     get_again);
            dataset.labels.push_back(label);
            images.pixels.insert(images.pixels.end(), pixels, pixels + pixel_bytes);
            ++images.count;
        }
        report();
    }
    if (images.count == before) fail(path, "it contains no images", get_again);
}

/// The names in the text file, one per line. Numbers if the file is missing or has another number of names.
std::vector<std::string> class_names(const fs::path& folder, const Layout& layout) {
    std::vector<std::string> names;
    if (const fs::path file = folder / layout.names_file; is_readable_file(file)) {
        std::istringstream lines(read_small_file(file, 1u << 16));
        for (std::string line; std::getline(lines, line);) {
            while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
            if (!line.empty()) names.push_back(line);
        }
    }
    if (names.size() == static_cast<std::size_t>(layout.classes)) return names;
    names.clear();
    for (int i = 0; i < layout.classes; ++i) names.push_back(std::to_string(i));
    return names;
}

/// The number of images in the files, or 0 if a file is compressed.
std::int64_t images_in(const std::vector<fs::path>& files, const Layout& layout) {
    std::uintmax_t bytes = 0;
    for (const fs::path& path : files) {
        const ByteReader reader(path);
        if (reader.is_compressed()) return 0;
        bytes += reader.most_bytes();
    }
    return static_cast<std::int64_t>(bytes / layout.record_bytes());
}

}  // namespace

std::vector<fs::path> find_cifar_files(const FileTree& tree) {
    for (const char* place : {"", "cifar-10-batches-bin", "cifar-100-binary"}) {
        std::vector<std::string> training, testing;
        for (const std::string& file : tree.look_into(place).files) {
            if (is_training(without_gz(file))) training.push_back(file);
            if (is_testing(without_gz(file))) testing.push_back(file);
        }
        std::vector<std::string>& names = training.empty() ? testing : training;
        if (names.empty()) continue;
        std::ranges::sort(names, natural_less);
        // Only files of one dataset, and only one of a compressed and an uncompressed file of the same name.
        const bool first_kind = is_cifar10(names.front());
        std::vector<fs::path> files;
        for (const std::string& name : names)
            if (is_cifar10(name) == first_kind &&
                (files.empty() || without_gz(files.back()) != without_gz(name)))
                files.push_back(tree.path() / place / name);
        return files;
    }
    return {};
}

bool is_cifar_name(const fs::path& path) {
    return without_gz(path).ends_with(".bin");
}

Dataset load_cifar(const std::vector<fs::path>& files, const LoadProgress& progress,
                   const std::stop_token& stop) {
    if (files.empty())
        throw Error{"Cannot load the dataset", "there are no files of CIFAR's binary version",
                    "Choose the folder with data_batch_1.bin"};
    const Layout& layout = layout_of(files.front(), stop);
    const std::int64_t total = images_in(files, layout);
    require_memory(static_cast<double>(total) * static_cast<double>(pixel_bytes), files.front());
    Dataset dataset;
    dataset.name = layout.name;
    dataset.images = {0, 3, side, side, {}};
    dataset.class_names = class_names(files.front().parent_path(), layout);
    for (const fs::path& path : files)
        append_records(
            path, layout, dataset,
            [&] {
                if (progress) progress(dataset.images.count, total);
            },
            stop);
    if (is_testing(without_gz(files.front()))) dataset.name += " (test images)";
    return dataset;
}

}  // namespace denoise
