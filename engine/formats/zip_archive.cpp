#include "engine/formats/zip_archive.h"

#include <cstdint>
#include <cstring>

namespace denoise {
namespace {

constexpr std::string_view end_mark("PK\5\6", 4), end64_mark("PK\6\6", 4), locator_mark("PK\6\7", 4);
constexpr std::string_view entry_mark("PK\1\2", 4), local_mark("PK\3\4", 4);
constexpr std::uint64_t in_zip64 = 0xFFFFFFFF;

[[noreturn]] void fail(const std::string& cause) {
    throw ZipError{cause};
}

std::string_view part(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset)
        fail("the zip archive is cut short or damaged");
    return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

template <class T>
std::uint64_t number(std::string_view bytes, std::uint64_t offset) {
    T value;
    std::memcpy(&value, part(bytes, offset, sizeof value).data(), sizeof value);
    return value;
}

void expect(std::string_view bytes, std::uint64_t offset, std::string_view mark) {
    if (part(bytes, offset, mark.size()) != mark) fail("the zip archive is damaged");
}

struct Directory {
    std::uint64_t offset = 0, count = 0;
};

Directory find_directory(std::string_view bytes) {
    const std::size_t end = bytes.rfind(end_mark);
    if (end == std::string_view::npos) fail("the zip archive is cut short: it has no list of its entries");
    part(bytes, end,
         22 + number<std::uint16_t>(bytes, end + 20));  // the mark is not the last of what there is
    const Directory directory{number<std::uint32_t>(bytes, end + 16), number<std::uint16_t>(bytes, end + 10)};
    constexpr std::size_t locator_size = 20;
    if (end < locator_size || part(bytes, end - locator_size, 4) != locator_mark) return directory;
    const std::uint64_t end64 = number<std::uint64_t>(bytes, end - locator_size + 8);
    expect(bytes, end64, end64_mark);
    return {number<std::uint64_t>(bytes, end64 + 48), number<std::uint64_t>(bytes, end64 + 32)};
}

/// Replaces sizes and offset that did not fit into 32 bits by those in the entry's extra fields.
void read_zip64(std::string_view extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t& offset) {
    for (std::uint64_t at = 0; at + 4 <= extra.size();) {
        const std::uint64_t kind = number<std::uint16_t>(extra, at);
        const std::string_view field = part(extra, at + 4, number<std::uint16_t>(extra, at + 2));
        at += 4 + field.size();
        if (kind != 1) continue;
        std::uint64_t next = 0;
        for (std::uint64_t* value : {&size, &packed, &offset})
            if (*value == in_zip64) {
                *value = number<std::uint64_t>(field, next);
                next += 8;
            }
    }
}

}  // namespace

bool is_zip(std::string_view bytes) {
    return bytes.starts_with(local_mark);
}

std::map<std::string, std::string_view> zip_entries(std::string_view bytes) {
    const Directory directory = find_directory(bytes);
    std::map<std::string, std::string_view> entries;
    std::uint64_t at = directory.offset;
    for (std::uint64_t i = 0; i < directory.count; ++i) {
        expect(bytes, at, entry_mark);
        const std::uint64_t method = number<std::uint16_t>(bytes, at + 10);
        std::uint64_t packed = number<std::uint32_t>(bytes, at + 20);
        std::uint64_t size = number<std::uint32_t>(bytes, at + 24);
        std::uint64_t offset = number<std::uint32_t>(bytes, at + 42);
        const std::uint64_t name_size = number<std::uint16_t>(bytes, at + 28);
        const std::uint64_t extra_size = number<std::uint16_t>(bytes, at + 30);
        const std::uint64_t comment_size = number<std::uint16_t>(bytes, at + 32);
        const std::string name(part(bytes, at + 46, name_size));
        read_zip64(part(bytes, at + 46 + name_size, extra_size), size, packed, offset);
        at += 46 + name_size + extra_size + comment_size;
        if (method != 0 || packed != size) fail("the zip archive's entry \"" + name + "\" is compressed");
        expect(bytes, offset, local_mark);
        const std::uint64_t local_names =
            number<std::uint16_t>(bytes, offset + 26) + number<std::uint16_t>(bytes, offset + 28);
        entries[name] = part(bytes, offset + 30 + local_names, size);
    }
    return entries;
}

}  // namespace denoise
