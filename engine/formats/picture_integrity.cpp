#include "engine/formats/picture_integrity.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace denoise {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr const char* cut_short = "the file is cut short";

std::uint32_t big_endian(Bytes bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[at + i];
    return value;
}

std::uint32_t little_endian(Bytes bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[at + i];
    return value;
}

/// Checks that all chunks up to IEND are complete, and the checksums of critical chunks.
std::string damage_in_png(Bytes bytes) {
    constexpr std::size_t signature = 8, frame = 12;  // length, type and checksum of a chunk
    for (std::size_t at = signature; at + frame <= bytes.size();) {
        const std::size_t length = big_endian(bytes, at);
        if (length > bytes.size() - at - frame) return cut_short;
        const bool critical = (bytes[at + 4] & 0x20) == 0;
        const auto sum = crc32(0, bytes.data() + at + 4, static_cast<uInt>(length + 4));
        if (critical && sum != big_endian(bytes, at + 8 + length))
            return "the picture data is damaged: a checksum is wrong";
        constexpr std::array<std::uint8_t, 4> end{'I', 'E', 'N', 'D'};
        if (std::ranges::equal(bytes.subspan(at + 4, 4), end)) return {};
        at += frame + length;
    }
    return cut_short;
}

/// Looks for the end marker after the start of the scan. A thumbnail before it may have its own end marker.
std::string damage_in_jpeg(Bytes bytes) {
    std::size_t at = 2;
    while (at + 4 <= bytes.size() && bytes[at] == 0xff && bytes[at + 1] != 0xda)
        at += bytes[at + 1] == 0xff ? 1 : 2 + (std::size_t{bytes[at + 2]} << 8 | std::size_t{bytes[at + 3]});
    if (at >= bytes.size()) return cut_short;
    constexpr std::array<std::uint8_t, 2> end{0xff, 0xd9};
    return std::ranges::search(bytes.subspan(at), end).empty() ? cut_short : "";
}

/// Looks for the trailer, after which some programs add padding.
std::string damage_in_gif(Bytes bytes) {
    constexpr std::size_t padding = 64;
    const Bytes tail = bytes.last(std::min(bytes.size(), padding));
    return std::ranges::find(tail, ';') == tail.end() ? cut_short : "";
}

/// Checks that there are enough bytes for the size in the header.
std::string damage_in_bmp(Bytes bytes) {
    constexpr std::size_t old_header = 12, new_header_end = 54, run_length_8 = 1, run_length_4 = 2;
    if (bytes.size() < 26) return cut_short;
    if (little_endian(bytes, 14, 4) == old_header) return {};
    if (bytes.size() < new_header_end) return cut_short;
    const std::uint64_t compression = little_endian(bytes, 30, 4);
    if (compression == run_length_8 || compression == run_length_4)
        return little_endian(bytes, 2, 4) > bytes.size() ? cut_short : "";
    const auto height =
        static_cast<std::int32_t>(little_endian(bytes, 22, 4));  // negative: from top to bottom
    const std::uint64_t row =
        (std::uint64_t{little_endian(bytes, 18, 4)} * little_endian(bytes, 28, 2) + 31) / 32 * 4;
    const std::uint64_t start = std::min<std::uint64_t>(bytes.size(), little_endian(bytes, 10, 4));
    const auto rows = static_cast<std::uint64_t>(std::max<std::int64_t>(std::abs(std::int64_t{height}), 1));
    return row > (bytes.size() - start) / rows ? cut_short : "";
}

std::string damage_in_webp(Bytes bytes) {
    return bytes.size() < 12 || little_endian(bytes, 4, 4) > bytes.size() - 8 ? cut_short : "";
}

}  // namespace

std::string damage_in(PictureFormat format, Bytes bytes) {
    switch (format) {
        case PictureFormat::png:
            return damage_in_png(bytes);
        case PictureFormat::jpeg:
            return damage_in_jpeg(bytes);
        case PictureFormat::bmp:
            return damage_in_bmp(bytes);
        case PictureFormat::gif:
            return damage_in_gif(bytes);
        case PictureFormat::webp:
            return damage_in_webp(bytes);
    }
    return {};
}

}  // namespace denoise
