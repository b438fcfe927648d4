#include "engine/formats/npy_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/base/regular_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t alignment = 64;  // of the data in the file
constexpr std::uint64_t longest_header = 1u << 16;
constexpr std::size_t most_sides = 64;  // NumPy's own limit

[[noreturn]] void fail(const fs::path& path, const std::string& cause,
                       const std::string& remedy = "Save the array with numpy.save() again") {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + cause, remedy};
}

// ------------------------------------------------------------------ the header, a Python dict

/// Parses the subset of Python literals that headers consist of.
class HeaderParser {
  public:
    HeaderParser(std::string_view text, const fs::path& path) : text_(text), path_(path) {}

    NpyHeader parse() {
        std::optional<std::string> type;
        std::optional<bool> order;
        std::optional<std::vector<std::int64_t>> shape;
        expect('{');
        while (!accept('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr")
                type = described_type();
            else if (key == "fortran_order")
                order = boolean();
            else if (key == "shape")
                shape = tuple();
            else
                malformed();
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skip_spaces();
        if (!text_.empty() || !type || !order || !shape) malformed();
        return NpyHeader{*type, *order, *shape};
    }

  private:
    [[noreturn]] void malformed() const { fail(path_, "its header is malformed"); }

    void skip_spaces() { text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size())); }
    bool accept(char c) {
        skip_spaces();
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    void expect(char c) {
        if (!accept(c)) malformed();
    }
    std::string quoted() {
        const char quote = accept('"') ? '"' : '\'';
        if (quote == '\'') expect('\'');
        const std::size_t end = text_.find(quote);
        if (end == std::string_view::npos) malformed();
        std::string word(text_.substr(0, end));
        text_.remove_prefix(end + 1);
        return word;
    }
    std::string described_type() {
        if (accept('[')) fail(path_, "it contains records, not numbers", "Save an array of float32");
        return quoted();
    }
    bool boolean() {
        skip_spaces();
        for (const auto& [word, value] : {std::pair("True", true), std::pair("False", false)})
            if (text_.starts_with(word)) {
                text_.remove_prefix(std::string_view(word).size());
                return value;
            }
        malformed();
    }
    std::vector<std::int64_t> tuple() {
        std::vector<std::int64_t> sides;
        expect('(');
        while (!accept(')')) {
            skip_spaces();
            std::int64_t side = 0;
            const auto [end, code] = std::from_chars(text_.data(), text_.data() + text_.size(), side);
            if (code != std::errc{} || side < 0 || sides.size() == most_sides)
                fail(path_, "its header has an invalid shape");
            text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
            sides.push_back(side);
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        return sides;
    }

    std::string_view text_;
    const fs::path& path_;
};

void read_exactly(std::istream& stream, const fs::path& path, void* target, std::size_t size) {
    stream.read(static_cast<char*>(target), static_cast<std::streamsize>(size));
    if (stream.gcount() != static_cast<std::streamsize>(size)) fail(path, "it is cut short");
}

/// Reads float64 numbers in blocks.
void read_doubles(std::istream& stream, const fs::path& path, std::vector<float>& values) {
    std::array<double, 4096> piece;
    for (std::size_t done = 0; done < values.size();) {
        const std::size_t count = std::min(piece.size(), values.size() - done);
        read_exactly(stream, path, piece.data(), count * sizeof(double));
        for (std::size_t i = 0; i < count; ++i) values[done + i] = static_cast<float>(piece[i]);
        done += count;
    }
}

/// "[0, 2, 27, 3]" for the value at `position` in row-major order.
std::string index_text(std::int64_t position, const std::vector<std::int64_t>& shape) {
    std::string text;
    for (auto side = shape.rbegin(); side != shape.rend(); position /= *side++)
        text = std::to_string(position % *side) + (text.empty() ? "" : ", ") + text;
    return "[" + text + "]";
}

// ------------------------------------------------------------------ writing

template <class T>
void write_array(const fs::path& path, const char* type, const std::vector<std::int64_t>& shape,
                 std::span<const T> values) {
    if (value_count(shape) != values.size())
        throw Error{
            "Cannot write " + path.filename().string(),
            path.string() + ": its shape does not match its " + std::to_string(values.size()) + " values",
            "Report this as a bug in Denoise Lab"};
    const std::string header = npy_header(type, shape);
    AtomicFile file(path);
    file.write(header.data(), header.size());
    file.write(values.data(), values.size_bytes());
    file.commit();
}

}  // namespace

std::optional<std::uint64_t> value_count(const std::vector<std::int64_t>& shape) {
    if (std::ranges::find(shape, 0) != shape.end()) return 0;
    std::int64_t count = 1;
    for (const std::int64_t side : shape)
        if (side < 0 || __builtin_mul_overflow(count, side, &count)) return std::nullopt;
    return static_cast<std::uint64_t>(count);
}

std::string npy_header(const char* type, const std::vector<std::int64_t>& shape) {
    std::string dict = std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (";
    for (std::size_t i = 0; i < shape.size(); ++i)
        dict += std::to_string(shape[i]) + (shape.size() == 1 ? "," : i + 1 < shape.size() ? ", " : "");
    dict += "), }";
    const std::size_t before = magic.size() + 4;  // version and length
    const std::size_t whole = (before + dict.size() + 1 + alignment - 1) / alignment * alignment;
    dict.resize(whole - before - 1, ' ');
    dict += '\n';
    std::string text(magic);
    text += {'\x01', '\0', static_cast<char>(dict.size()), static_cast<char>(dict.size() >> 8)};
    return text + dict;
}

NpyHeader read_npy_header(std::istream& stream, const fs::path& path, std::uint64_t size) {
    std::array<char, 8> start{};
    if (size == 0) fail(path, "the file is empty");
    if (size < start.size() + 2) fail(path, "it is too short for a .npy file");
    read_exactly(stream, path, start.data(), start.size());
    if (std::string_view(start.data(), magic.size()) != magic)
        fail(path, "it does not begin like a .npy file", "Choose a file written by numpy.save()");
    const int version = static_cast<unsigned char>(start[6]);
    if (version < 1 || version > 3)
        fail(path, "its format version is " + std::to_string(version) +
                       ", but only versions 1, 2 and 3 are supported");
    std::uint32_t length = 0;
    read_exactly(stream, path, &length, version == 1 ? 2 : 4);
    const auto left = size - static_cast<std::uint64_t>(stream.tellg());
    if (length > left || length > longest_header)
        fail(path, "the length of its header is " + std::to_string(length) + " bytes, but " +
                       (length > left ? "only " + std::to_string(left) + " are left"
                                      : "the limit is " + std::to_string(longest_header)));
    std::string text(length, '\0');
    read_exactly(stream, path, text.data(), text.size());
    return HeaderParser(text, path).parse();
}

FloatArray read_npy(std::istream& stream, const fs::path& path) {
    stream.seekg(0, std::ios::end);
    const auto size = static_cast<std::uint64_t>(std::max<std::streamoff>(stream.tellg(), 0));
    stream.seekg(0);
    NpyHeader header = read_npy_header(stream, path, size);
    if (header.fortran_order)
        fail(path, "it is in Fortran order", "Save the array in C order, with numpy.ascontiguousarray()");
    if (header.type != "<f4" && header.type != "<f8")
        fail(path,
             "its type is \"" + header.type.substr(0, 16) + "\", but only float32 and float64 are supported",
             "Save the array as float32");
    const std::uint64_t width = header.type == "<f4" ? 4 : 8;
    const auto count = value_count(header.shape);
    const std::uint64_t left = size - static_cast<std::uint64_t>(stream.tellg());
    if (!count || *count > left / width)
        fail(path, "its header indicates more values than its " + std::to_string(left) +
                       " bytes of data contain; it is cut short");
    if (*count * width != left)
        fail(path, "it has " + std::to_string(left) + " bytes of data, but its header indicates " +
                       std::to_string(*count * width));
    FloatArray array{std::move(header.shape), std::vector<float>(static_cast<std::size_t>(*count))};
    if (width == 4)
        read_exactly(stream, path, array.values.data(), 4 * array.values.size());
    else
        read_doubles(stream, path, array.values);
    return array;
}

FloatArray read_npy(const fs::path& path) {
    require_regular_file(path, "Choose a .npy file");
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        fail(path, std::strerror(errno != 0 ? errno : ENOENT), "Check the file name and the permissions");
    return read_npy(stream, path);
}

void require_finite(const FloatArray& array, const fs::path& path) {
    const auto found = std::ranges::find_if(array.values, [](float value) { return !std::isfinite(value); });
    if (found == array.values.end()) return;
    fail(path,
         std::string("the value at ") + index_text(found - array.values.begin(), array.shape) + " is " +
             (std::isnan(*found) ? "NaN" : "infinite, or too large for float32"),
         "Replace it by a finite number; indices count from 0");
}

void write_npy(const fs::path& path, const std::vector<std::int64_t>& shape, std::span<const float> values) {
    write_array(path, "<f4", shape, values);
}

void write_npy(const fs::path& path, const std::vector<std::int64_t>& shape,
               std::span<const std::uint8_t> values) {
    write_array(path, "|u1", shape, values);
}

}  // namespace denoise
