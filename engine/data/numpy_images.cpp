#include "engine/data/numpy_images.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/lower_case.h"
#include "engine/data/byte_reader.h"
#include "engine/data/loading.h"
#include "engine/data/natural_order.h"
#include "engine/formats/npy_file.h"
#include "engine/formats/picture_types.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t largest_side = 4096;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + cause, remedy, "dataset"};
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t side : shape) text += (text.empty() ? "" : ", ") + std::to_string(side);
    return "(" + text + ")";
}

/// A .npy file, of which the header has been read.
class ArrayReader {
  public:
    explicit ArrayReader(const fs::path& path) : path_(path), reader_(path) {
        start_.resize(std::min<std::uintmax_t>(npy_header_limit, reader_.most_bytes()));
        start_.resize(reader_.read(start_.data(), start_.size()));
        std::istringstream stream(start_);
        header_ = read_npy_header(stream, path, start_.size());
        used_ = static_cast<std::size_t>(stream.tellg());
    }
    const NpyHeader& header() const { return header_; }
    /// Throws Error if the file has fewer than `size` bytes left.
    void read(void* target, std::size_t size) {
        const std::size_t ready = std::min(size, start_.size() - used_);
        std::copy_n(start_.data() + used_, ready, static_cast<char*>(target));
        used_ += ready;
        if (ready < size && reader_.read(static_cast<char*>(target) + ready, size - ready) != size - ready)
            fail(path_, "it is cut short: its header indicates the shape " + shape_text(header_.shape),
                 "Download or copy the file again");
    }
    std::uintmax_t most_bytes() const { return reader_.most_bytes(); }
    bool has_more() {
        char next = 0;
        return used_ < start_.size() || reader_.read(&next, 1) > 0;
    }

  private:
    fs::path path_;
    ByteReader reader_;
    std::string start_;
    std::size_t used_ = 0;
    NpyHeader header_;
};

/// The words of a name in small letters: "x_test2" has "x" and "test".
std::vector<std::string> words_of(const std::string& name) {
    std::vector<std::string> words(1);
    for (const char c : name) {
        if (c >= 'a' && c <= 'z')
            words.back() += c;
        else
            words.emplace_back();
    }
    return words;
}

/// An array that may be chosen.
struct Candidate {
    fs::path path;
    std::string key;  ///< its name in small letters
    NpyHeader header;
    bool is_bytes() const { return header.type.ends_with("u1"); }
    bool has_images() const { return header.shape.size() == 3 || header.shape.size() == 4; }
    bool is_other_part() const {
        return std::ranges::any_of(words_of(key), [](const std::string& word) {
            return word == "test" || word == "val" || word == "valid" || word == "validation";
        });
    }
    std::int64_t count() const { return header.shape.empty() ? 0 : header.shape.front(); }
};

std::vector<Candidate> candidates_in(const std::vector<fs::path>& files) {
    std::vector<Candidate> candidates;
    for (const fs::path& path : files)
        candidates.push_back({path, lower_case(path.stem().string()), ArrayReader(path).header()});
    return candidates;
}

/// How the values are arranged.
struct Axes {
    std::int64_t count = 0;
    int height = 0, width = 0, channels = 0;
    bool planar = false;
};

Axes axes_of(const Candidate& array) {
    const std::vector<std::int64_t>& shape = array.header.shape;
    const auto is_channels = [](std::int64_t side) { return side == 1 || side == 3 || side == 4; };
    Axes axes{shape[0]};
    std::int64_t height = shape[1], width = shape[2], channels = 1;
    if (shape.size() == 4) {
        if (is_channels(shape[1]) && is_channels(shape[3]))
            fail(array.path,
                 "its shape is " + shape_text(shape) + ", so that both axis 1 and axis 3 may be the channels",
                 "Save it as [N,H,W,C] with more than four rows");
        axes.planar = is_channels(shape[1]);
        if (!axes.planar && !is_channels(shape[3]))
            fail(array.path,
                 "its shape is " + shape_text(shape) + ", in which no axis has 1, 3 or 4 channels",
                 "Save the images as [N,H,W,C] or [N,C,H,W]");
        channels = shape[axes.planar ? 1 : 3];
        if (axes.planar) height = shape[2], width = shape[3];
    }
    if (axes.count == 0) fail(array.path, "it contains no images", "Choose an array with images");
    if (height < 1 || width < 1 || height > largest_side || width > largest_side)
        fail(array.path,
             "its header indicates images of " + std::to_string(width) + " x " + std::to_string(height) +
                 " pixels",
             "Choose smaller images");
    axes.height = static_cast<int>(height);
    axes.width = static_cast<int>(width);
    axes.channels = static_cast<int>(channels);
    return axes;
}

/// The array with the images. Notes which others are left out.
const Candidate& choose_images(const std::vector<Candidate>& candidates, Dataset& dataset) {
    constexpr std::array<std::string_view, 11> known{"x_train",    "train_images", "images_train", "train_x",
                                                     "train_data", "images",       "image",        "imgs",
                                                     "x",          "data",         "arr_0"};
    std::vector<const Candidate*> arrays, others;
    for (const Candidate& each : candidates)
        if (each.has_images() && each.is_bytes()) (each.is_other_part() ? others : arrays).push_back(&each);
    if (arrays.empty()) std::swap(arrays, others);
    if (arrays.empty()) {
        const Candidate& first = *std::ranges::find_if(candidates, &Candidate::has_images);
        fail(first.path,
             "its type is \"" + first.header.type.substr(0, 16) + "\", but images have to be uint8",
             "Save them with numpy as uint8 from 0 to 255");
    }
    const Candidate* chosen = arrays.size() == 1 ? arrays.front() : nullptr;
    for (const std::string_view name : known)
        for (const Candidate* each : arrays)
            if (!chosen && each->key == name) chosen = each;
    if (!chosen)
        fail(arrays[0]->path.parent_path(),
             "it has several arrays of images, such as " + arrays[0]->key + " and " + arrays[1]->key,
             "Call the one to use \"images\"");
    for (const std::vector<const Candidate*>* list : {&arrays, &others})
        for (const Candidate* each : *list)
            if (each != chosen)
                dataset.notes.push_back(chosen->key + " is used, without " + each->key + " (" +
                                        std::to_string(each->count()) +
                                        (each->count() == 1 ? " image)" : " images)"));
    return *chosen;
}

/// Names of the labels for images of the name `key`, the most likely first.
std::vector<std::string> label_keys(const std::string& key) {
    std::vector<std::string> keys;
    for (const auto& [images, labels] :
         {std::pair("images", "labels"), std::pair("image", "label"), std::pair("imgs", "labels"),
          std::pair("data", "labels"), std::pair("data", "targets"), std::pair("x", "y"),
          std::pair("arr_0", "arr_1")})
        if (const std::size_t at = key.find(images); at != std::string::npos)
            keys.push_back(std::string(key).replace(at, std::string_view(images).size(), labels));
    for (const char* general : {"labels", "label", "targets", "y"}) keys.emplace_back(general);
    return keys;
}

std::optional<Candidate> find_labels(const Candidate& images, const std::vector<Candidate>& candidates) {
    for (const std::string& key : label_keys(images.key)) {
        for (const Candidate& each : candidates)
            if (each.key == key && each.path != images.path) return each;
        // A single file was chosen: its neighbour.
        if (candidates.size() > 1) continue;
        if (const fs::path path = images.path.parent_path() / (key + images.path.extension().string());
            path != images.path && is_readable_file(path))
            return candidates_in({path}).front();
    }
    return std::nullopt;
}

std::int64_t whole_number(const std::uint8_t* bytes, std::size_t size, bool is_signed, bool big_endian) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[big_endian ? i : size - 1 - i];
    const unsigned unused = static_cast<unsigned>(64 - 8 * size);
    return is_signed ? static_cast<std::int64_t>(value << unused) >> unused
                     : static_cast<std::int64_t>(value);
}

/// Fills in labels and classes, which are the numbers that occur.
void read_labels(const Candidate& array, std::int64_t images, Dataset& dataset) {
    const std::vector<std::int64_t>& shape = array.header.shape;
    if (shape.empty() || shape.size() > 2 || (shape.size() == 2 && shape[1] != 1))
        fail(array.path, "its shape is " + shape_text(shape) + ", but labels are one number for each image",
             "Save them as [N]");
    if (shape[0] != images)
        fail(array.path,
             "it has " + std::to_string(shape[0]) + " labels, but there are " + std::to_string(images) +
                 " images",
             "Save as many labels as images, or remove it");
    const std::string& type = array.header.type;
    const std::size_t size = type.size() == 3 ? static_cast<std::size_t>(type[2] - '0') : 0;
    if (type.size() != 3 || std::string_view("iub").find(type[1]) == std::string_view::npos ||
        (size != 1 && size != 2 && size != 4 && size != 8))
        fail(array.path, "its type is \"" + type.substr(0, 16) + "\", but labels have to be whole numbers",
             "Save them as int64");
    ArrayReader reader(array.path);
    require_memory(8.0 * static_cast<double>(images), array.path);
    std::map<std::int64_t, std::int64_t> classes;
    std::array<std::uint8_t, 8> bytes{};
    for (std::int64_t i = 0; i < images; ++i) {
        reader.read(bytes.data(), size);
        dataset.labels.push_back(whole_number(bytes.data(), size, type[1] == 'i', type[0] == '>'));
        classes.emplace(dataset.labels.back(), 0);
    }
    for (auto& [value, number] : classes) {
        number = static_cast<std::int64_t>(dataset.class_names.size());
        dataset.class_names.push_back(std::to_string(value));
    }
    for (std::int64_t& label : dataset.labels) label = classes.at(label);
}

/// Converts one image to planes; transparency is drawn on the background.
void to_planes(const std::vector<std::uint8_t>& source, const Axes& axes, int channels, Rgb background,
               std::uint8_t* target) {
    const std::array<int, 3> behind{background.red, background.green, background.blue};
    const std::size_t area = static_cast<std::size_t>(axes.height) * static_cast<std::size_t>(axes.width);
    const auto stored = static_cast<std::size_t>(axes.channels);
    const auto value = [&](std::size_t pixel, std::size_t c) {
        return source[axes.planar ? c * area + pixel : pixel * stored + c];
    };
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
        for (std::size_t i = 0; i < area; ++i) {
            const int alpha = stored == 4 ? value(i, 3) : 255;
            *target++ =
                static_cast<std::uint8_t>((value(i, c) * alpha + behind[c] * (255 - alpha) + 127) / 255);
        }
}

}  // namespace

std::vector<fs::path> find_numpy_arrays(const FileTree& tree) {
    const std::vector<std::string> names = tree.look_into("").files;
    const bool has_pictures =
        std::ranges::any_of(names, [](const std::string& name) { return picture_type(name).picture; });
    std::vector<fs::path> arrays;
    bool has_bytes = false, has_images = false;
    for (const std::string& name : names) {
        if (!name.ends_with(".npy") && !name.ends_with(".npz")) continue;
        std::vector<fs::path> files;
        try {
            const fs::path path = tree.path_of(name);
            if (name.ends_with(".npy"))
                files.push_back(path);
            else if (std::error_code code; fs::is_regular_file(path, code))
                files = find_numpy_arrays(*open_tree(path));
            for (const Candidate& each : candidates_in(files)) {
                if (has_pictures && each.header.shape.size() == 3) continue;  // such as their masks
                has_images = has_images || each.has_images();
                has_bytes = has_bytes || (each.has_images() && each.is_bytes());
                arrays.push_back(each.path);
            }
        } catch (const Error&) {  // another file may be good
        }
    }
    // Beside pictures, there may be arrays of other things.
    if (!has_images || (!has_bytes && !tree.look_into("").folders.empty())) return {};
    std::ranges::sort(
        arrays, [](const fs::path& a, const fs::path& b) { return natural_less(a.string(), b.string()); });
    return arrays;
}

bool is_npy_file(const fs::path& path) {
    try {
        constexpr std::string_view magic = "\x93NUMPY";
        std::string start(magic.size(), '\0');
        return ByteReader(path).read(start.data(), start.size()) == start.size() && start == magic;
    } catch (const Error&) {
        return false;
    }
}

Dataset load_numpy(const std::vector<fs::path>& files, const LoadProgress& progress,
                   const std::stop_token& stop, Rgb background) {
    const std::vector<Candidate> candidates = candidates_in(files);
    Dataset dataset;
    if (std::ranges::none_of(candidates, &Candidate::has_images))
        fail(files.front(),
             "its shape is " + shape_text(candidates.front().header.shape) +
                 ", but arrays of images have three or four axes",
             "Save the images as [N,H,W,C]");
    const Candidate& array = choose_images(candidates, dataset);
    if (array.header.fortran_order)
        fail(array.path, "it is in Fortran order",
             "Save the array in C order, with numpy.ascontiguousarray()");
    const Axes axes = axes_of(array);
    const int channels = axes.channels == 4 ? 3 : axes.channels;
    ImageBatch& images = dataset.images;
    images = {axes.count, channels, axes.height, axes.width, {}};
    const double bytes = static_cast<double>(axes.count) * axes.height * axes.width * axes.channels;
    ArrayReader reader(array.path);
    if (bytes > static_cast<double>(reader.most_bytes()))
        fail(array.path,
             "its header indicates the shape " + shape_text(array.header.shape) + ", but it has only " +
                 std::to_string(reader.most_bytes()) + " bytes",
             "Download or copy the file again");
    require_memory(bytes, array.path);
    std::vector<std::uint8_t> image(static_cast<std::size_t>(axes.channels) *
                                    static_cast<std::size_t>(axes.height) *
                                    static_cast<std::size_t>(axes.width));
    for (std::int64_t i = 0; i < axes.count; ++i) {
        if (i % 100 == 0) {
            if (stop.stop_requested()) throw Cancelled{};
            if (progress) progress(i, axes.count);
        }
        reader.read(image.data(), image.size());
        const std::size_t before = images.pixels.size();  // grows with what is there
        images.pixels.resize(before + images.image_size());
        to_planes(image, axes, channels, background, images.pixels.data() + before);
    }
    if (reader.has_more())
        fail(array.path, "it has more data than its header indicates", "Download or copy the file again");
    if (progress) progress(axes.count, axes.count);
    if (const std::optional<Candidate> labels = find_labels(array, candidates))
        read_labels(*labels, axes.count, dataset);
    else {
        dataset.labels.assign(static_cast<std::size_t>(axes.count), 0);
        dataset.class_names = {"all"};
    }
    const fs::path folder = array.path.parent_path();
    dataset.name = (folder.extension() == ".npz" ? folder : array.path).stem().string();
    return dataset;
}

}  // namespace denoise
