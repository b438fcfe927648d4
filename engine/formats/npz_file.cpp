// The .npz part of npy_file.h: a zip file is another matter than the array in it.

#include <zlib.h>

#include <array>
#include <new>
#include <string>
#include <string_view>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/formats/npy_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t zip_limit = 0xFFFFFFFF;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot write " + path.filename().string(), path.string() + ": " + cause, remedy};
}

using Pieces = std::array<std::string_view, 2>;  ///< header and data of an array

/// Calls `visit(bytes, count)` with parts short enough for zlib's 32-bit counts.
template <class Visit>
void in_parts(const Pieces& pieces, Visit visit) {
    constexpr std::size_t longest = 1u << 30;
    for (std::string_view piece : pieces)
        for (bool last = false; !last;) {
            const std::string_view part = piece.substr(0, longest);
            piece.remove_prefix(part.size());
            last = piece.empty();
            visit(reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(part.size()));
        }
}

std::uint32_t check_sum(const Pieces& pieces) {
    uLong sum = crc32(0, nullptr, 0);
    in_parts(pieces, [&](const Bytef* bytes, uInt count) {
        if (count > 0) sum = crc32(sum, bytes, count);
    });
    return static_cast<std::uint32_t>(sum);
}

/// Raw deflate data, as zip files hold it.
std::string deflated(const Pieces& pieces, const fs::path& path) {
    const auto no_memory = [&] {
        fail(path, "there is not enough memory to pack it", "Close other programs and try again");
    };
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        no_memory();
    std::string packed;
    std::array<Bytef, 1u << 15> out;
    const auto run = [&](const Bytef* bytes, uInt count, int flush) {
        stream.next_in = const_cast<Bytef*>(bytes);
        stream.avail_in = count;
        do {
            stream.next_out = out.data();
            stream.avail_out = static_cast<uInt>(out.size());
            deflate(&stream, flush);
            packed.append(reinterpret_cast<const char*>(out.data()), out.size() - stream.avail_out);
        } while (stream.avail_out == 0);
    };
    try {
        in_parts(pieces, [&](const Bytef* bytes, uInt count) { run(bytes, count, Z_NO_FLUSH); });
        run(nullptr, 0, Z_FINISH);
    } catch (const std::bad_alloc&) {
        deflateEnd(&stream);
        no_memory();
    }
    deflateEnd(&stream);
    return packed;
}

/// Little-endian numbers one after the other, as zip's records are made of.
class Record {
  public:
    Record& u16(std::uint32_t value) { return number(value, 2); }
    Record& u32(std::uint64_t value) { return number(value, 4); }
    const std::string& bytes() const { return bytes_; }

  private:
    Record& number(std::uint64_t value, int count) {
        for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> (8 * i));
        return *this;
    }
    std::string bytes_;
};

}  // namespace

void write_npz(const fs::path& path, const std::vector<std::int64_t>& shape,
               std::span<const std::uint8_t> values, NpzPacking packing) {
    constexpr std::string_view name = "arr_0.npy";
    constexpr std::uint32_t version = 20, made_on_unix = 3 << 8, first_of_1980 = 0x21;
    constexpr std::uint64_t ordinary_file = std::uint64_t{0100644} << 16;
    if (value_count(shape) != values.size())
        fail(path, "its shape does not fit its " + std::to_string(values.size()) + " values",
             "Report this: the program made a wrong array");
    const std::string header = npy_header("|u1", shape);
    const Pieces pieces{header, {reinterpret_cast<const char*>(values.data()), values.size()}};
    const std::uint64_t size = header.size() + values.size();
    const auto check_size = [&](std::uint64_t bytes) {
        constexpr std::uint64_t records = 256;  // more than zip's own records take
        if (bytes + records > zip_limit)
            fail(path, "the array has more than the 4 GB that a zip file can hold",
                 "Make fewer images at a time");
    };
    check_size(size);
    const bool deflate_it = packing == NpzPacking::deflated;
    const std::string packed = deflate_it ? deflated(pieces, path) : std::string();
    const std::uint64_t stored_size = deflate_it ? packed.size() : size;
    check_size(stored_size);

    // What both of an entry's headers say of it.
    Record entry;
    entry.u16(version).u16(0).u16(deflate_it ? 8 : 0).u16(0).u16(first_of_1980);
    entry.u32(check_sum(pieces)).u32(stored_size).u32(size).u16(name.size()).u16(0);
    const std::string local = Record().u32(0x04034b50).bytes() + entry.bytes() + std::string(name);
    const std::string directory =
        Record().u32(0x02014b50).u16(made_on_unix | version).bytes() + entry.bytes() +
        Record().u16(0).u16(0).u16(0).u32(ordinary_file).u32(0).bytes() + std::string(name);
    const std::string end = Record()
                                .u32(0x06054b50)
                                .u16(0)
                                .u16(0)
                                .u16(1)
                                .u16(1)
                                .u32(directory.size())
                                .u32(local.size() + stored_size)
                                .u16(0)
                                .bytes();
    AtomicFile file(path);
    const auto write = [&](std::string_view bytes) { file.write(bytes.data(), bytes.size()); };
    write(local);
    if (deflate_it)
        write(packed);
    else
        for (const std::string_view piece : pieces) write(piece);
    write(directory);
    write(end);
    file.commit();
}

}  // namespace denoise
