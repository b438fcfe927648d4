#include "engine/formats/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/base/regular_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

struct TypeEntry {
    TensorType type;
    const char* name;
    std::size_t bytes;
};
constexpr std::array<TypeEntry, 10> types{{{TensorType::f64, "F64", 8},
                                           {TensorType::f32, "F32", 4},
                                           {TensorType::f16, "F16", 2},
                                           {TensorType::bf16, "BF16", 2},
                                           {TensorType::i64, "I64", 8},
                                           {TensorType::i32, "I32", 4},
                                           {TensorType::i16, "I16", 2},
                                           {TensorType::i8, "I8", 1},
                                           {TensorType::u8, "U8", 1},
                                           {TensorType::boolean, "BOOL", 1}}};

const TypeEntry& entry_of(TensorType type) {
    return *std::ranges::find(types, type, &TypeEntry::type);
}

constexpr std::size_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // the limit of the format
constexpr const char* metadata_key = "__metadata__";

[[noreturn]] void fail(const fs::path& path, const std::string& cause) {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + cause,
                "Choose another checkpoint, or copy the file again"};
}

std::ifstream open(const fs::path& path, std::uint64_t& size) {
    require_regular_file(path, "Choose a .safetensors file");
    std::error_code code;
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    size = stream ? fs::file_size(path, code) : 0;
    if (!stream || code)
        throw Error{"Cannot read " + path.filename().string(),
                    path.string() + ": " + std::strerror(errno != 0 ? errno : ENOENT),
                    "Check the file name and the permissions"};
    return stream;
}

void read_exactly(std::ifstream& stream, const fs::path& path, void* target, std::size_t size) {
    stream.read(static_cast<char*>(target), static_cast<std::streamsize>(size));
    if (stream.gcount() != static_cast<std::streamsize>(size))
        fail(path, "it ended unexpectedly while reading");
}

/// Reads the text of the header. Checks its length before allocating memory for it.
std::string read_header(std::ifstream& stream, const fs::path& path, std::uint64_t file_size) {
    if (file_size == 0) fail(path, "the file is empty");
    std::uint64_t length = 0;
    if (file_size < length_bytes) fail(path, "it is too short for a safetensors file");
    read_exactly(stream, path, &length, length_bytes);
    if (length > file_size - length_bytes)
        fail(path, "the length of its header is " + std::to_string(length) +
                       " bytes, but the file has only " + std::to_string(file_size) +
                       "; it is cut short or not a safetensors file");
    if (length > longest_header)
        fail(path, "the length of its header, " + std::to_string(length) +
                       " bytes, exceeds the limit of the format");
    std::string header(static_cast<std::size_t>(length), '\0');
    read_exactly(stream, path, header.data(), header.size());
    return header;
}

/// Parses the header. Rejects duplicate names, and nesting deeper than that of a valid header, which would
/// need far more memory than the size of the file.
json parse_header(const std::string& text, const fs::path& path) {
    constexpr int deepest = 3;
    std::set<std::string> names;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > deepest) fail(path, "its header is nested too deeply");
        if (depth == 1 && event == json::parse_event_t::key &&
            !names.insert(parsed.get<std::string>()).second)
            fail(path, "its header contains " + parsed.dump() + " twice");
        return true;
    };
    try {
        json header = json::parse(text, watch);
        if (!header.is_object()) fail(path, "its header is not a JSON object");
        return header;
    } catch (const json::exception&) {
        fail(path, "its header is not valid JSON");
    }
}

Metadata read_metadata(const json& header, const fs::path& path) {
    Metadata metadata;
    const auto found = header.find(metadata_key);
    if (found == header.end()) return metadata;
    if (!found->is_object()) fail(path, "its metadata is not a JSON object");
    for (const auto& [key, value] : found->items()) {
        if (!value.is_string()) fail(path, "its metadata entry \"" + key + "\" is not a string");
        metadata[key] = value.get<std::string>();
    }
    return metadata;
}

/// Computes the size of a tensor. Returns false if a dimension is negative or the size exceeds 64 bits.
bool byte_count(TensorType type, const std::vector<std::int64_t>& shape, std::uint64_t& bytes) {
    bytes = bytes_per_element(type);
    bool empty = false, overflow = false;
    for (const std::int64_t side : shape) {
        if (side < 0) return false;
        empty = empty || side == 0;
        overflow = overflow || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(side), &bytes);
    }
    if (empty) bytes = 0;
    return empty || !overflow;
}

/// A tensor with the position of its bytes.
struct Placed {
    NamedTensor tensor;
    std::uint64_t begin = 0, end = 0;
};

std::vector<std::uint64_t> unsigned_numbers(const json& description, const char* key) {
    const json& list = description.at(key);
    std::vector<std::uint64_t> numbers;
    if (!list.is_array()) throw std::invalid_argument(key);
    for (const json& number : list) {
        if (!number.is_number_unsigned()) throw std::invalid_argument(key);
        numbers.push_back(number.get<std::uint64_t>());
    }
    return numbers;
}

Placed read_description(const std::string& name, const json& description, const fs::path& path) {
    const auto refuse = [&](const std::string& cause) { fail(path, "tensor \"" + name + "\" " + cause); };
    if (!description.is_object()) refuse("is not described by a JSON object");
    Placed placed;
    placed.tensor.name = name;
    try {
        const auto type = description.at("dtype").get<std::string>();
        const auto entry =
            std::ranges::find_if(types, [&](const TypeEntry& known) { return type == known.name; });
        if (entry == types.end()) refuse("has the unsupported type \"" + type + "\"");
        placed.tensor.type = entry->type;
        for (const std::uint64_t side : unsigned_numbers(description, "shape"))
            placed.tensor.shape.push_back(static_cast<std::int64_t>(side));
        const std::vector<std::uint64_t> offsets = unsigned_numbers(description, "data_offsets");
        if (offsets.size() != 2) throw std::invalid_argument("data_offsets");
        placed.begin = offsets[0];
        placed.end = offsets[1];
    } catch (const json::exception&) {
        refuse("has no valid dtype, shape or data_offsets");
    } catch (const std::invalid_argument& key) {
        refuse(std::string("has an invalid ") + key.what());
    }
    std::uint64_t bytes = 0;
    if (!byte_count(placed.tensor.type, placed.tensor.shape, bytes)) refuse("has a shape that is too large");
    if (placed.end < placed.begin || placed.end - placed.begin != bytes)
        refuse("needs " + std::to_string(bytes) + " bytes, but its offsets are " +
               std::to_string(placed.begin) + " and " + std::to_string(placed.end));
    return placed;
}

/// The tensors in the order of their bytes, which must cover 0 to `size` without gaps and overlaps.
std::vector<Placed> read_descriptions(const json& header, std::uint64_t size, const fs::path& path) {
    std::vector<Placed> placed;
    for (const auto& [name, description] : header.items())
        if (name != metadata_key) placed.push_back(read_description(name, description, path));
    std::ranges::sort(placed, [](const Placed& a, const Placed& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t position = 0;
    for (const Placed& next : placed) {
        if (next.end > size)
            fail(path, "tensor \"" + next.tensor.name + "\" ends at byte " + std::to_string(next.end) +
                           " of " + std::to_string(size) + "; the file is cut short");
        if (next.begin != position)
            fail(path, "tensor \"" + next.tensor.name + "\" " +
                           (next.begin < position ? "overlaps the previous one"
                                                  : "leaves a gap after the previous one"));
        position = next.end;
    }
    if (position != size)
        fail(path, std::to_string(size - position) + " bytes at its end belong to no tensor");
    return placed;
}

[[noreturn]] void fail_writing(const fs::path& path, const std::string& cause) {
    throw Error{"Cannot write " + path.filename().string(), path.string() + ": " + cause,
                "Report this as a bug in Denoise Lab"};
}

}  // namespace

NamedTensor float_tensor(std::string name, std::vector<std::int64_t> shape, const float* values) {
    std::size_t count = 1;
    for (const std::int64_t side : shape) count *= static_cast<std::size_t>(side);
    return {std::move(name), TensorType::f32, std::move(shape), std::as_bytes(std::span(values, count))};
}

std::size_t bytes_per_element(TensorType type) {
    return entry_of(type).bytes;
}

SafetensorsFile::SafetensorsFile(const fs::path& path) : path_(path) {
    std::uint64_t file_size = 0;
    std::ifstream stream = open(path, file_size);
    const std::string text = read_header(stream, path, file_size);
    const json header = parse_header(text, path);
    const std::uint64_t data_size = file_size - length_bytes - text.size();
    metadata_ = read_metadata(header, path);
    std::vector<Placed> placed = read_descriptions(header, data_size, path);
    data_.resize(static_cast<std::size_t>(data_size));
    read_exactly(stream, path, data_.data(), data_.size());
    tensors_.reserve(placed.size());
    for (Placed& next : placed) {
        next.tensor.bytes = std::span(data_).subspan(static_cast<std::size_t>(next.begin),
                                                     static_cast<std::size_t>(next.end - next.begin));
        tensors_.push_back(std::move(next.tensor));
    }
}

const NamedTensor* SafetensorsFile::find(std::string_view name) const {
    const auto found = std::ranges::find(tensors_, name, &NamedTensor::name);
    return found == tensors_.end() ? nullptr : &*found;
}

const NamedTensor& SafetensorsFile::at(std::string_view name) const {
    if (const NamedTensor* tensor = find(name)) return *tensor;
    fail(path_, "it has no tensor \"" + std::string(name) + "\"");
}

void write_safetensors(const fs::path& path, const std::vector<NamedTensor>& tensors,
                       const Metadata& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header[metadata_key] = metadata;
    std::uint64_t position = 0;
    for (const NamedTensor& tensor : tensors) {
        std::uint64_t bytes = 0;
        if (!byte_count(tensor.type, tensor.shape, bytes) || bytes != tensor.bytes.size())
            fail_writing(path, "the size of tensor \"" + tensor.name + "\" does not match its shape");
        if (tensor.name == metadata_key || header.contains(tensor.name))
            fail_writing(path, "there are two tensors named \"" + tensor.name + "\"");
        header[tensor.name] = {{"dtype", entry_of(tensor.type).name},
                               {"shape", tensor.shape},
                               {"data_offsets", {position, position + bytes}}};
        position += bytes;
    }
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');

    AtomicFile file(path);
    const std::uint64_t length = text.size();
    file.write(&length, length_bytes);
    file.write(text.data(), text.size());
    for (const NamedTensor& tensor : tensors) file.write(tensor.bytes.data(), tensor.bytes.size());
    file.commit();
}

}  // namespace denoise
