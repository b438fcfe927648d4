#include "engine/formats/exif_orientation.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace denoise {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t most_exif_bytes = 1u << 20;  // a JPEG has at most 64 KiB
constexpr std::uint64_t png_signature = 8;
constexpr int most_chunks = 100'000;  // a hostile file may consist of empty ones

std::uint32_t number(Bytes bytes, std::size_t at, std::size_t size, bool big_endian) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + (big_endian ? i : size - 1 - i)];
    return value;
}

std::string_view name_at(Bytes bytes, std::size_t at) {
    return {reinterpret_cast<const char*>(bytes.data()) + at, 4};
}

/// The data of the first chunk called `wanted`. Both formats have chunks of a length and a name in eight
/// bytes, in another order.
std::vector<std::uint8_t> chunk_of(const ReadAt& read, std::uint64_t start, std::string_view wanted,
                                   bool png) {
    std::array<std::uint8_t, 8> head{};
    for (int i = 0; i < most_chunks && read(start, head) == head.size(); ++i) {
        const std::uint64_t length = number(head, png ? 0 : 4, 4, png);
        const std::string_view name = name_at(head, png ? 4 : 0);
        if (name == wanted) {
            std::vector<std::uint8_t> data(std::min<std::uint64_t>(length, most_exif_bytes));
            data.resize(read(start + head.size(), data));
            return data;
        }
        if (name == "IEND") break;
        start += head.size() + length + (png ? 4 : length % 2);  // a checksum, or padding
    }
    return {};
}

}  // namespace

int orientation_in_exif(Bytes exif) {
    constexpr std::string_view prefix("Exif\0\0", 6);  // as in JPEG; some programs keep it elsewhere
    constexpr std::uint32_t orientation_tag = 0x0112, short_type = 3;
    constexpr std::size_t entry_bytes = 12;
    if (exif.size() >= prefix.size() &&
        std::ranges::equal(exif.first(prefix.size()), prefix, {}, {},
                           [](char c) { return static_cast<std::uint8_t>(c); }))
        exif = exif.subspan(prefix.size());
    if (exif.size() < 8) return 1;
    const bool big_endian = exif[0] == 'M' && exif[1] == 'M';
    if ((!big_endian && (exif[0] != 'I' || exif[1] != 'I')) || number(exif, 2, 2, big_endian) != 42) return 1;
    const std::size_t directory = number(exif, 4, 4, big_endian);
    if (directory > exif.size() - 2) return 1;
    const std::size_t entries = number(exif, directory, 2, big_endian);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t at = directory + 2 + entry_bytes * i;
        if (at + entry_bytes > exif.size()) break;
        if (number(exif, at, 2, big_endian) != orientation_tag) continue;
        const std::uint32_t value = number(exif, at + 8, 2, big_endian);
        return number(exif, at + 2, 2, big_endian) == short_type && value >= 1 && value <= 8
                   ? static_cast<int>(value)
                   : 1;
    }
    return 1;
}

bool has_whole_png_chunks(const ReadAt& read, std::uint64_t size) {
    std::array<std::uint8_t, 8> head{};
    std::uint64_t start = png_signature;
    for (int i = 0; i < most_chunks && read(start, head) == head.size(); ++i) {
        if (name_at(head, 4) == "IDAT" || name_at(head, 4) == "IEND") return true;
        start += head.size() + number(head, 0, 4, true) + 4;
        if (start > size) return false;
    }
    return true;
}

bool is_baseline_jpeg(const ReadAt& read) {
    constexpr std::uint8_t baseline = 0xc0, extended = 0xc1, huffman_tables = 0xc4, arithmetic_tables = 0xcc;
    std::array<std::uint8_t, 4> head{};
    std::uint64_t at = 2;
    for (int i = 0; i < most_chunks && read(at, head) == head.size() && head[0] == 0xff; ++i) {
        const std::uint8_t marker = head[1];
        if (marker == 0xff) {  // padding
            ++at;
            continue;
        }
        if (marker == baseline || marker == extended) return true;
        const bool other_frame = marker >= 0xc2 && marker <= 0xcf && marker != huffman_tables &&
                                 marker != arithmetic_tables && marker != 0xc8;
        if (other_frame || marker == 0xda) return false;
        at += 2 + number(head, 2, 2, true);
    }
    return false;
}

int exif_orientation(PictureFormat format, const ReadAt& read) {
    constexpr std::uint64_t riff_header = 12;
    if (format == PictureFormat::png) return orientation_in_exif(chunk_of(read, png_signature, "eXIf", true));
    if (format == PictureFormat::webp) return orientation_in_exif(chunk_of(read, riff_header, "EXIF", false));
    return 1;
}

}  // namespace denoise
