#include "engine/data/cache_files.h"

#include <xxhash.h>

#include <cstring>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"

namespace denoise {
namespace {

constexpr char index_magic[] = "DLabIdx", progress_magic[] = "DLabPrg";  // eight bytes each
constexpr std::size_t most_bytes = std::size_t{1} << 30;

/// A block of bytes: magic, length, content, checksum of the content.
class Writer {
  public:
    void number(std::uint64_t value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
    void text(const std::string& value) {
        number(value.size());
        bytes_ += value;
    }
    void problems(const NumberedProblems& list) {
        number(list.size());
        for (const auto& [index, why] : list) {
            number(index);
            text(why);
        }
    }
    void shape(const ImageShape& value) {
        for (const int side : {value.channels, value.height, value.width})
            number(static_cast<std::uint64_t>(side));
    }
    std::string block(const char (&magic)[8]) const {
        Writer all;
        all.bytes_.assign(magic, sizeof magic);
        all.text(bytes_);
        all.number(XXH3_64bits(bytes_.data(), bytes_.size()));
        return all.bytes_;
    }

  private:
    std::string bytes_;
};

struct Damaged {};

class Reader {
  public:
    explicit Reader(const char* begin, std::size_t size) : next_(begin), left_(size) {}

    std::uint64_t number() {
        std::uint64_t value;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }
    std::string text() {
        const std::uint64_t size = number();
        return {take(size), size};
    }
    NumberedProblems problems() {
        NumberedProblems list;
        for (std::uint64_t count = number(); count > 0; --count) {
            const auto index = static_cast<std::uint32_t>(number());
            list.emplace_back(index, text());
        }
        return list;
    }
    ImageShape shape() {
        constexpr std::uint64_t most = 1 << 16;
        ImageShape value;
        for (int* side : {&value.channels, &value.height, &value.width}) {
            const std::uint64_t number_read = number();
            if (number_read == 0 || number_read > most) throw Damaged{};
            *side = static_cast<int>(number_read);
        }
        return value;
    }
    /// The content of a block.
    Reader block(const char (&magic)[8]) {
        if (std::memcmp(take(sizeof magic), magic, sizeof magic) != 0) throw Damaged{};
        const std::uint64_t size = number();
        const char* content = take(size);
        if (number() != XXH3_64bits(content, size)) throw Damaged{};
        return Reader(content, size);
    }
    const char* take(std::uint64_t size) {
        if (size > left_) throw Damaged{};
        const char* taken = next_;
        next_ += size;
        left_ -= size;
        return taken;
    }
    std::size_t left() const { return left_; }

  private:
    const char* next_;
    std::size_t left_;
};

std::uint64_t checksum_of(const CacheRecord& record) {
    return XXH3_64bits_withSeed(&record, offsetof(CacheRecord, own_checksum), cache_format);
}

}  // namespace

std::uint64_t image_checksum(const std::uint8_t* image, std::uint64_t bytes, std::uint64_t position) {
    return XXH3_64bits_withSeed(image, bytes, position);
}

std::string encode(const CacheIndex& index) {
    Writer writer;
    writer.number(cache_format);
    writer.text(index.source);
    writer.text(index.data_file);
    writer.number(index.pictures);
    writer.shape(index.shape);
    writer.problems(index.problems);
    writer.number(index.checksums.size());
    for (const std::uint64_t checksum : index.checksums) writer.number(checksum);
    return writer.block(index_magic);
}

std::optional<CacheIndex> decode_index(const std::string& bytes) try {
    Reader reader = Reader(bytes.data(), bytes.size()).block(index_magic);
    if (reader.number() != cache_format) return std::nullopt;
    CacheIndex index;
    index.source = reader.text();
    index.data_file = reader.text();
    index.pictures = reader.number();
    index.shape = reader.shape();
    index.problems = reader.problems();
    const std::uint64_t images = reader.number();
    if (images > reader.left() / sizeof(std::uint64_t)) return std::nullopt;
    index.checksums.resize(images);
    for (std::uint64_t& checksum : index.checksums) checksum = reader.number();
    if (images + index.problems.size() != index.pictures) return std::nullopt;
    for (const auto& problem : index.problems)
        if (problem.first >= index.pictures) return std::nullopt;
    return index;
} catch (const Damaged&) {
    return std::nullopt;
}

std::string encode(const CacheBegin& begin) {
    Writer writer;
    writer.number(cache_format);
    writer.text(begin.source);
    writer.number(begin.pictures);
    writer.shape(begin.shape);
    writer.problems(begin.problems);
    return writer.block(progress_magic);
}

CacheRecord make_record(std::uint32_t index, bool is_coloured, std::uint64_t checksum) {
    CacheRecord record{index, is_coloured ? 1u : 0u, checksum, 0};
    record.own_checksum = checksum_of(record);
    return record;
}

std::optional<CacheProgress> decode_progress(const std::string& bytes) try {
    Reader all(bytes.data(), bytes.size());
    Reader reader = all.block(progress_magic);
    if (reader.number() != cache_format) return std::nullopt;
    CacheProgress progress;
    progress.begin.source = reader.text();
    progress.begin.pictures = reader.number();
    progress.begin.shape = reader.shape();
    progress.begin.problems = reader.problems();
    for (const auto& problem : progress.begin.problems)
        if (problem.first >= progress.begin.pictures) return std::nullopt;
    while (all.left() >= sizeof(CacheRecord)) {
        CacheRecord record;
        std::memcpy(&record, all.take(sizeof record), sizeof record);
        if (record.own_checksum == checksum_of(record) && record.index < progress.begin.pictures)
            progress.records.push_back(record);
    }
    return progress;
} catch (const Damaged&) {
    return std::nullopt;
}

std::optional<std::string> read_cache_file(const std::filesystem::path& path) try {
    return read_text_file(path, most_bytes);
} catch (const Error&) {
    return std::nullopt;
}

}  // namespace denoise
