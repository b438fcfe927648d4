#include "engine/data/idx_file.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "engine/base/lower_case.h"
#include "engine/data/byte_reader.h"
#include "engine/data/loading.h"
#include "engine/data/natural_order.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t images_magic = 0x00000803;  // unsigned bytes in three dimensions
constexpr std::uint32_t labels_magic = 0x00000801;  // unsigned bytes in one dimension
constexpr std::uint32_t largest_side = 4096;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + cause, remedy};
}

constexpr const char* get_again = "Download or copy the file again";

std::uint32_t read_number(ByteReader& reader, const fs::path& path) {
    std::array<std::uint8_t, 4> b{};
    if (reader.read(b.data(), b.size()) != b.size())
        fail(path, "it is too short for the header of an IDX file", get_again);
    return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

void expect_magic(ByteReader& reader, const fs::path& path, std::uint32_t expected) {
    const std::uint32_t magic = read_number(reader, path);
    if (magic == expected) return;
    if (magic == labels_magic)
        fail(path, "it contains labels, not images", "Choose the images file (with \"idx3\" in its name)");
    if (magic == images_magic)
        fail(path, "it contains images, not labels", "Replace it with the labels file");
    char text[128];
    std::snprintf(text, sizeof text,
                  "its first four bytes are 0x%08x, but those of an IDX file of %s are 0x%08x", magic,
                  expected == images_magic ? "images" : "labels", expected);
    fail(path, text, "Choose a file in MNIST's IDX format");
}

/// Reads the number of bytes that the header indicates. Throws Error if the file has more or fewer. Allocates
/// memory only for the data that is there, because the header may be wrong.
std::vector<std::uint8_t> read_body(ByteReader& reader, const fs::path& path, std::uint64_t expected,
                                    const LoadProgress& progress, const std::stop_token& stop) {
    constexpr std::uint64_t piece = 4u << 20;
    const auto too_short = [&](std::uint64_t bytes, const char* words) {
        fail(path,
             "its header indicates " + std::to_string(expected) + " bytes of data, but it has " + words +
                 std::to_string(bytes),
             get_again);
    };
    if (expected > reader.most_bytes()) too_short(reader.most_bytes(), "at most ");
    require_memory(static_cast<double>(expected), path);
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < expected) {
        if (stop.stop_requested()) throw Cancelled{};
        const std::size_t filled = bytes.size();
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece, expected - filled));
        if (bytes.capacity() < filled + wanted)
            bytes.reserve(static_cast<std::size_t>(
                std::min<std::uint64_t>(expected, std::max<std::uint64_t>(2 * filled, filled + wanted))));
        bytes.resize(filled + wanted);
        const std::size_t got = reader.read(bytes.data() + filled, wanted);
        if (got < wanted) too_short(filled + got, "only ");
        if (progress) progress(static_cast<std::int64_t>(bytes.size()), static_cast<std::int64_t>(expected));
    }
    // Reading to the end also makes zlib verify the checksum of a gzip file.
    std::uint8_t extra = 0;
    if (reader.read(&extra, 1) != 0)
        fail(path,
             "it has more data than the " + std::to_string(expected) + " bytes that its header indicates",
             get_again);
    return bytes;
}

ImageBatch read_images(const fs::path& path, const LoadProgress& progress, const std::stop_token& stop) {
    ByteReader reader(path, stop);
    expect_magic(reader, path, images_magic);
    const std::uint32_t count = read_number(reader, path);
    const std::uint32_t height = read_number(reader, path);
    const std::uint32_t width = read_number(reader, path);
    if (count == 0) fail(path, "it contains no images", "Choose a file with images");
    if (height == 0 || width == 0 || height > largest_side || width > largest_side)
        fail(path,
             "its header indicates images of " + std::to_string(width) + " x " + std::to_string(height) +
                 " pixels",
             get_again);
    const std::uint64_t image_bytes = std::uint64_t{height} * width;
    LoadProgress in_images;
    if (progress)
        in_images = [&](std::int64_t done, std::int64_t) {
            progress(done / static_cast<std::int64_t>(image_bytes), count);
        };
    ImageBatch images{count, 1, static_cast<int>(height), static_cast<int>(width), {}};
    images.pixels = read_body(reader, path, count * image_bytes, in_images, stop);
    return images;
}

std::vector<std::int64_t> read_labels(const fs::path& path, const fs::path& images_file, std::int64_t images,
                                      const std::stop_token& stop) {
    ByteReader reader(path, stop);
    expect_magic(reader, path, labels_magic);
    const std::uint32_t count = read_number(reader, path);
    if (count != images)
        fail(path,
             "it has " + std::to_string(count) + " labels, but " + images_file.filename().string() + " has " +
                 std::to_string(images) + " images",
             "Replace it with the labels file for these images, or remove it");
    const std::vector<std::uint8_t> bytes = read_body(reader, path, count, {}, stop);
    return {bytes.begin(), bytes.end()};
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

/// Sets the name of the dataset. The files of several datasets have the same names, such as
/// "train-images-idx3-ubyte".
void name_known_set(Dataset& dataset, const fs::path& images_file) {
    const fs::path folder = fs::absolute(images_file).lexically_normal().parent_path();
    const std::string folder_name = lower_case(folder.filename().string());
    const std::string file_name = lower_case(images_file.filename().string());
    const ImageBatch& images = dataset.images;
    const bool like_mnist = images.height == 28 && images.width == 28 && dataset.class_names.size() == 10 &&
                            (images.count == 60'000 || images.count == 10'000);
    if (like_mnist && contains(folder_name, "fashion")) {
        dataset.name = "Fashion-MNIST";
        dataset.class_names = {"T-shirt", "Trousers", "Pullover", "Dress", "Coat",
                               "Sandal",  "Shirt",    "Sneaker",  "Bag",   "Ankle boot"};
    } else if (like_mnist && (contains(folder_name, "kmnist") || contains(folder_name, "kuzushiji"))) {
        dataset.name = "Kuzushiji-MNIST";
    } else if (like_mnist && !contains(file_name, "emnist")) {
        dataset.name = "MNIST";
    } else {
        dataset.name = folder.filename().string();
    }
    if (like_mnist && file_name.starts_with("t10k")) dataset.name += " (test images)";
}

}  // namespace

std::optional<fs::path> find_idx_images(const FileTree& tree) {
    std::vector<std::string> names;
    for (const std::string& name : tree.look_into("").files)
        if (contains(lower_case(name), "images") && contains(lower_case(name), "idx3")) names.push_back(name);
    if (names.empty()) return std::nullopt;
    const auto rank = [](const std::string& name) {
        return name.starts_with("train") ? 0 : contains(lower_case(name), "train") ? 1 : 2;
    };
    return tree.path() / *std::ranges::min_element(names, [&](const std::string& a, const std::string& b) {
               return rank(a) != rank(b) ? rank(a) < rank(b) : natural_less(a, b);
           });
}

std::optional<fs::path> find_idx_labels(const fs::path& images_file) {
    std::string name = images_file.filename().string();
    const std::size_t images = name.rfind("images");
    if (images == std::string::npos) return std::nullopt;
    name.replace(images, 6, "labels");
    if (const std::size_t idx = name.rfind("idx3"); idx != std::string::npos) name.replace(idx, 4, "idx1");
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    std::vector<std::string> spellings{name};
    if (const std::size_t idx = name.rfind("idx1"); idx != std::string::npos && idx > 0) {
        name[idx - 1] = name[idx - 1] == '.' ? '-' : '.';
        spellings.push_back(name);
    }
    for (const std::string& spelling : spellings)
        for (const char* ending : {"", ".gz"})
            if (const fs::path path = images_file.parent_path() / (spelling + ending); is_readable_file(path))
                return path;
    return std::nullopt;
}

bool is_idx_file(const fs::path& path) {
    try {
        ByteReader reader(path);
        const std::uint32_t magic = read_number(reader, path);
        return magic == images_magic || magic == labels_magic;
    } catch (const Error&) {
        return false;
    }
}

Dataset load_idx(const fs::path& images_file, const LoadProgress& progress, const std::stop_token& stop) {
    Dataset dataset;
    dataset.images = read_images(images_file, progress, stop);
    if (const auto labels_file = find_idx_labels(images_file)) {
        dataset.labels = read_labels(*labels_file, images_file, dataset.images.count, stop);
        const std::int64_t classes = *std::ranges::max_element(dataset.labels) + 1;
        for (std::int64_t i = 0; i < classes; ++i) dataset.class_names.push_back(std::to_string(i));
    } else {
        dataset.labels.assign(static_cast<std::size_t>(dataset.images.count), 0);
        dataset.class_names = {"all"};
    }
    name_known_set(dataset, images_file);
    return dataset;
}

}  // namespace denoise
