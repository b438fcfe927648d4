#include <xxhash.h>

#include <cstring>

#include "engine/data/cache_files.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {
namespace {

const CacheIndex index{"/a", "pixels", 4, {3, 2, 2}, {{1, "damaged"}}, {7, 8, 9}};
const CacheBegin begin{"/b", 5, {1, 4, 4}, {{0, "empty"}, {4, "no picture"}}};

void append(std::string& bytes, std::uint64_t number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

/// The index and the progress of an entry of the cache.
std::vector<std::string> seeds() {
    std::string progress = encode(begin);
    for (const std::uint32_t i : {1u, 2u}) {
        const CacheRecord record = make_record(i, true, 5);
        progress.append(reinterpret_cast<const char*>(&record), sizeof record);
    }
    return {encode(index), progress};
}

std::vector<std::string> tokens() {
    return {std::string(8, '\0'), std::string(8, '\xff'), std::string("\x01\0\0\0\0\0\0\0", 8), "pixels"};
}

/// The block at the beginning with a right checksum, behind which the readers would see nothing otherwise.
std::string with_checksum(std::string bytes) {
    std::uint64_t size = 0;
    if (bytes.size() < 32) return bytes;
    std::memcpy(&size, bytes.data() + 8, sizeof size);
    if (size > bytes.size() - 24) size = bytes.size() - 24;
    std::memcpy(bytes.data() + 8, &size, sizeof size);
    std::string checksum;
    append(checksum, XXH3_64bits(bytes.data() + 16, size));
    return bytes.replace(16 + size, 8, checksum);
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    const std::string bytes(fuzz::text_of(data, size));
    for (const std::string& each : {bytes, fuzz::with_checksum(bytes)})
        fuzz::try_reading([&] {
            if (const auto index = decode_index(each)) {
                fuzz::expect(index->checksums.size() + index->problems.size() == index->pictures,
                             "each picture is an image or a problem");
                fuzz::expect(decode_index(encode(*index)) == index, "it stays the same");
            }
            if (const auto progress = decode_progress(each))
                for (const CacheRecord& record : progress->records)
                    fuzz::expect(record.index < progress->begin.pictures, "it is a picture of the set");
        });
    return 0;
}
