#include "engine/data/fingerprint.h"

#include <xxhash.h>

#include <cstdio>
#include <cstring>
#include <fstream>

#include "engine/data/cache_files.h"
#include "engine/data/image_cache.h"
#include "engine/data/intact_images.h"

namespace denoise {
namespace {

constexpr std::size_t digits_of_hash = 16;

std::string hexadecimal(std::uint64_t number) {
    char digits[digits_of_hash + 1];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
    return digits;
}

std::string hash_text(const void* bytes, std::size_t size) {
    return hexadecimal(XXH3_64bits(bytes, size));
}

/// FNV-1a on words of eight bytes with a final mix. Fast, but not cryptographic.
class Fingerprint {
  public:
    void add(std::uint64_t word) { hash_ = (hash_ ^ word) * 0x100000001B3u ^ (hash_ >> 29); }
    void add(const PixelBuffer& bytes) {
        const std::uint8_t* data = bytes.data();
        std::size_t i = 0;
        for (; i + 8 <= bytes.size(); i += 8) {
            std::uint64_t word;
            std::memcpy(&word, data + i, 8);
            add(word);
        }
        for (; i < bytes.size(); ++i) add(std::uint64_t{data[i]});
    }
    std::string text() const {
        std::uint64_t z = hash_;
        z = (z ^ (z >> 33)) * 0xFF51AFD7ED558CCDu;
        z = (z ^ (z >> 33)) * 0xC4CEB9FE1A85EC53u;
        return hexadecimal(z ^ (z >> 33));
    }

  private:
    std::uint64_t hash_ = 0xCBF29CE484222325u;
};

}  // namespace

std::string fingerprint_of(const Dataset& dataset) {
    const ImageBatch& images = dataset.images;
    Fingerprint fingerprint;
    for (const std::int64_t number : {images.count, std::int64_t{images.channels},
                                      std::int64_t{images.height}, std::int64_t{images.width}})
        fingerprint.add(static_cast<std::uint64_t>(number));
    fingerprint.add(images.pixels);
    require_intact(images);
    for (const std::int64_t label : dataset.labels) fingerprint.add(static_cast<std::uint64_t>(label));
    return fingerprint.text();
}

std::string fingerprint_of_cached(const Dataset& dataset, const std::filesystem::path& entry) {
    // The index has the checksums of all images, so its hash stands for them.
    const auto index = read_cache_file(entry / cache_index_file);
    if (!index) return fingerprint_of(dataset);
    const std::string images_and_labels =
        hash_text(index->data(), index->size()) +
        hash_text(dataset.labels.data(), dataset.labels.size() * sizeof(std::int64_t));
    const std::filesystem::path file = entry / "fingerprint";
    if (const auto text = read_cache_file(file); text && text->size() == 4 * digits_of_hash &&
                                                 text->starts_with(images_and_labels) &&
                                                 text->ends_with(hash_text(text->data(), 3 * digits_of_hash)))
        return text->substr(2 * digits_of_hash, digits_of_hash);
    const std::string fingerprint = fingerprint_of(dataset);
    const std::string line = images_and_labels + fingerprint;
    // Not with AtomicFile, which can leave a temporary file behind: an incomplete one is noticed above, and
    // the fingerprint is then computed again.
    std::ofstream(file, std::ios::binary) << line << hash_text(line.data(), line.size());
    return fingerprint;
}

}  // namespace denoise
