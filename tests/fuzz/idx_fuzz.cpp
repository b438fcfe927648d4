#include "engine/data/idx_file.h"

#include <zlib.h>

#include "tests/fuzz/dataset_checks.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {
namespace {

std::string big_endian(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
    return bytes;
}

std::string images() {
    return big_endian(0x803) + big_endian(3) + big_endian(2) + big_endian(2) + "abcdefghijkl";
}

std::string gzipped(const std::string& bytes) {
    z_stream stream{};
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string packed(bytes.size() + 128, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace

/// The first byte selects whether the others are images or the labels of three images.
std::vector<std::string> seeds() {
    const std::string labels = big_endian(0x801) + big_endian(3) + std::string("\2\0\1", 3);
    return {"i" + images(), "i" + gzipped(images()), "l" + labels, "l" + gzipped(labels)};
}

std::vector<std::string> tokens() {
    return {big_endian(0x803), big_endian(0x801), big_endian(0xffffffff), big_endian(1u << 31),
            big_endian(4096),  big_endian(0),     "\x1f\x8b\x08"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data, size).substr(1);
    const bool labels = data[0] % 2 == 0;  // 'l'
    const auto file = fuzz::input_file(labels ? "a-images-idx3-ubyte" : "b-images-idx3-ubyte",
                                       labels ? std::string_view(fuzz::images()) : bytes);
    if (labels) fuzz::input_file("a-labels-idx1-ubyte", bytes);
    fuzz::try_reading([&] { fuzz::expect_consistent(load_idx(file)); });
    return 0;
}
