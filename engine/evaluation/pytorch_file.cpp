#include "engine/evaluation/pytorch_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/formats/pickle.h"
#include "engine/formats/safetensors.h"
#include "engine/formats/zip_archive.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using Kind = PickleValue::Kind;

/// Text for an Error's cause; the file is named where it is caught.
struct Unusable {
    std::string cause;
};

struct StorageKind {
    std::string_view name;
    torch::Dtype type;
};
constexpr std::array<StorageKind, 9> storage_kinds{{{"torch FloatStorage", torch::kFloat32},
                                                    {"torch DoubleStorage", torch::kFloat64},
                                                    {"torch HalfStorage", torch::kFloat16},
                                                    {"torch BFloat16Storage", torch::kBFloat16},
                                                    {"torch LongStorage", torch::kInt64},
                                                    {"torch IntStorage", torch::kInt32},
                                                    {"torch ShortStorage", torch::kInt16},
                                                    {"torch CharStorage", torch::kInt8},
                                                    {"torch ByteStorage", torch::kUInt8}}};

/// A tensor as the pickle describes it.
struct Description {
    std::string storage;
    torch::Dtype type = torch::kFloat32;
    std::int64_t offset = 0;
    std::vector<std::int64_t> sizes, strides;
};

const PickleValue& part_of(const PickleValue& value, std::size_t index, Kind kind) {
    if (!value.parts || index >= value.parts->size() || !(*value.parts)[index].is(kind))
        throw Unusable{"its description of a tensor is malformed"};
    return (*value.parts)[index];
}

std::vector<std::int64_t> numbers_of(const PickleValue& tuple) {
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < tuple.parts->size(); ++i)
        numbers.push_back(part_of(tuple, i, Kind::integer).integer);
    return numbers;
}

/// The tensor behind a value, or nothing if it is something else (a number, an optimizer's state ...).
std::optional<Description> describe(const PickleValue& value, int depth = 0) {
    if (!value.is(Kind::call)) return std::nullopt;
    const std::string_view function = part_of(value, 0, Kind::global).text;
    const PickleValue& arguments = part_of(value, 1, Kind::tuple);
    if (function == "torch._utils _rebuild_parameter" && depth == 0)
        return describe(part_of(arguments, 0, Kind::call), 1);
    if (function != "torch._utils _rebuild_tensor_v2") return std::nullopt;
    Description description;
    const PickleValue& identity = part_of(part_of(arguments, 0, Kind::stored), 0, Kind::tuple);
    if (part_of(identity, 0, Kind::text).text != "storage")
        throw Unusable{"a tensor's data is not kept as this program knows it"};
    const std::string_view name = part_of(identity, 1, Kind::global).text;
    const auto kind = std::ranges::find(storage_kinds, name, &StorageKind::name);
    if (kind == storage_kinds.end())
        throw Unusable{"a tensor is kept as \"" + std::string(name) + "\", which this program does not read"};
    description.type = kind->type;
    description.storage = part_of(identity, 2, Kind::text).text;
    if (identity.parts->size() > 5 && !(*identity.parts)[5].is(Kind::none))
        throw Unusable{"it was written by a PyTorch older than 0.4"};
    description.offset = part_of(arguments, 1, Kind::integer).integer;
    description.sizes = numbers_of(part_of(arguments, 2, Kind::tuple));
    description.strides = numbers_of(part_of(arguments, 3, Kind::tuple));
    return description;
}

/// The tensors of a state dict, or of the "state_dict" in a checkpoint.
std::map<std::string, Description> describe_all(const PickleValue& saved) {
    const PickleValue* dict = &saved;
    if (const PickleValue* inner = saved.find("state_dict")) dict = inner;
    if (!dict->is(Kind::dict)) throw Unusable{"it holds no state dict but another object"};
    std::map<std::string, Description> all;
    for (std::size_t i = 0; i + 1 < dict->parts->size(); i += 2) {
        const PickleValue& name = (*dict->parts)[i];
        if (!name.is(Kind::text)) continue;
        if (auto description = describe((*dict->parts)[i + 1]))
            all.insert_or_assign(std::string(name.text), std::move(*description));
    }
    return all;
}

/// A copy of the described tensor out of its storage's bytes.
torch::Tensor tensor_in(const Description& description, std::string_view storage) {
    const Unusable beyond{"a tensor's description reaches beyond its data"};
    const auto element = static_cast<std::int64_t>(torch::elementSize(description.type));
    const auto elements = static_cast<std::int64_t>(storage.size()) / element;
    if (description.sizes.size() != description.strides.size() || description.offset < 0) throw beyond;
    std::int64_t last = description.offset, count = 1;
    for (std::size_t i = 0; i < description.sizes.size(); ++i) {
        const std::int64_t size = description.sizes[i], stride = description.strides[i];
        std::int64_t reach = 0;
        if (size < 0 || stride < 0 || __builtin_mul_overflow(count, size, &count) || count > elements)
            throw beyond;
        if (size > 0 &&
            (__builtin_mul_overflow(size - 1, stride, &reach) || __builtin_add_overflow(last, reach, &last)))
            throw beyond;
    }
    if (count == 0) return torch::empty(description.sizes, description.type);
    if (last >= elements) throw beyond;
    const auto* first = storage.data() + description.offset * element;
    // The bytes need not be aligned in the file; the copy is.
    std::vector<char> aligned;
    if (reinterpret_cast<std::uintptr_t>(first) % static_cast<std::uintptr_t>(element) != 0) {
        aligned.assign(first, storage.data() + (last + 1) * element);
        first = aligned.data();
    }
    return torch::from_blob(const_cast<char*>(first), description.sizes, description.strides,
                            description.type)
        .clone(torch::MemoryFormat::Contiguous);
}

TensorMap tensors_of(const std::map<std::string, Description>& descriptions,
                     const std::function<std::string_view(const std::string&)>& storage) {
    TensorMap tensors;
    for (const auto& [name, description] : descriptions)
        tensors[name] = tensor_in(description, storage(description.storage));
    return tensors;
}

TensorMap read_zip(std::string_view bytes) {
    const auto entries = zip_entries(bytes);
    const auto pickle_entry =
        std::ranges::find_if(entries, [](const auto& entry) { return entry.first.ends_with("/data.pkl"); });
    if (pickle_entry == entries.end()) throw Unusable{"it is a zip archive, but not one of torch.save()"};
    const std::string& name = pickle_entry->first;
    const std::string folder = name.substr(0, name.size() - std::strlen("data.pkl"));
    const auto order = entries.find(folder + "byteorder");
    if (order != entries.end() && order->second != "little")
        throw Unusable{"it was written on a big-endian machine"};
    const Pickle pickle(pickle_entry->second);
    return tensors_of(describe_all(pickle.value()), [&](const std::string& key) {
        const auto found = entries.find(folder + "data/" + key);
        if (found == entries.end()) throw Unusable{"the data of a tensor is missing"};
        return found->second;
    });
}

/// The older format: five pickles (a magic number, a version, the machine, the object, the storages' keys),
/// then the storages one after the other, each with its length before it.
TensorMap read_legacy(std::string_view bytes) {
    constexpr std::string_view magic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
    const auto next = [&bytes]() {
        auto pickle = std::make_unique<Pickle>(bytes);
        bytes.remove_prefix(pickle->size());
        return pickle;
    };
    if (next()->value().text != magic) throw Unusable{"it is a pickle, but not one of torch.save()"};
    if (next()->value().integer != 1001) throw Unusable{"it has another version of PyTorch's format"};
    const auto machine = next();
    const PickleValue* little = machine->value().find("little_endian");
    if (little && little->integer == 0) throw Unusable{"it was written on a big-endian machine"};
    const auto object = next();
    const auto descriptions = describe_all(object->value());
    const auto keys = next();
    if (!keys->value().is(Kind::list)) throw Unusable{"its list of data is missing"};
    std::map<std::string, torch::Dtype> types;
    for (const auto& [name, description] : descriptions) types[description.storage] = description.type;
    std::map<std::string, std::string_view> storages;
    for (std::size_t i = 0; i < keys->value().parts->size(); ++i) {
        const std::string key(part_of(keys->value(), i, Kind::text).text);
        std::uint64_t count = 0;
        if (bytes.size() < sizeof count) throw Unusable{"it is cut short"};
        std::memcpy(&count, bytes.data(), sizeof count);
        bytes.remove_prefix(sizeof count);
        if (!types.contains(key)) throw Unusable{"it holds data that no tensor of a state dict uses"};
        const std::uint64_t element = torch::elementSize(types[key]);
        if (count > bytes.size() / element) throw Unusable{"it is cut short"};
        storages[key] = bytes.substr(0, static_cast<std::size_t>(count * element));
        bytes.remove_prefix(static_cast<std::size_t>(count * element));
    }
    return tensors_of(descriptions, [&](const std::string& key) {
        const auto found = storages.find(key);
        if (found == storages.end()) throw Unusable{"the data of a tensor is missing"};
        return found->second;
    });
}

[[noreturn]] void refuse(const fs::path& path, const std::string& cause) {
    throw Error{
        "Cannot read the weights in " + path.filename().string(), path.string() + ": " + cause,
        "Download the file again, or convert it in Python: `import torch, safetensors.torch as s` and "
        "`s.save_file({k: v.contiguous() for k, v in torch.load(\"" +
            path.filename().string() + "\").items()}, \"weights.safetensors\")`"};
}

torch::Dtype torch_type(TensorType type) {
    switch (type) {
        case TensorType::f64:
            return torch::kFloat64;
        case TensorType::f32:
            return torch::kFloat32;
        case TensorType::f16:
            return torch::kFloat16;
        case TensorType::bf16:
            return torch::kBFloat16;
        case TensorType::i64:
            return torch::kInt64;
        case TensorType::i32:
            return torch::kInt32;
        case TensorType::i16:
            return torch::kInt16;
        case TensorType::i8:
            return torch::kInt8;
        case TensorType::u8:
            return torch::kUInt8;
        case TensorType::boolean:
            return torch::kBool;
    }
    return torch::kFloat32;
}

TensorMap read_safetensors(const fs::path& path) {
    const SafetensorsFile file(path);
    TensorMap tensors;
    for (const NamedTensor& tensor : file.tensors()) {
        if (tensor.bytes.empty()) continue;  // its shape may be one that no tensor can have
        const auto copy = torch::empty(tensor.shape, torch_type(tensor.type));
        std::memcpy(copy.mutable_data_ptr(), tensor.bytes.data(), tensor.bytes.size());
        tensors[tensor.name] = copy;
    }
    return tensors;
}

bool is_pickle(std::string_view bytes) {
    return bytes.size() > 1 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
}

}  // namespace

TensorMap read_pytorch_file(const fs::path& path) {
    constexpr std::size_t largest = std::size_t{4} << 30;
    const std::string bytes = read_text_file(path, largest);
    try {
        if (is_zip(bytes)) return read_zip(bytes);
        if (is_pickle(bytes)) return read_legacy(bytes);
        throw Unusable{bytes.empty() ? "the file is empty" : "it is not a file of torch.save()"};
    } catch (const Unusable& error) {
        refuse(path, error.cause);
    } catch (const PickleError& error) {
        refuse(path, error.cause);
    } catch (const ZipError& error) {
        refuse(path, error.cause);
    } catch (const c10::Error&) {
        refuse(path, "a tensor has an impossible shape");
    }
}

TensorMap read_tensor_file(const fs::path& path) {
    std::string start(4, '\0');
    std::ifstream stream(path, std::ios::binary);
    stream.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, stream.gcount())));
    // A safetensors file starts with its header's length, whose low bytes could look like a pickle's by
    // chance; its ninth byte, the header's first, is a brace.
    std::string rest(5, '\0');
    stream.read(rest.data(), static_cast<std::streamsize>(rest.size()));
    const bool brace = stream.gcount() == 5 && rest[4] == '{';
    if (is_zip(start) || (is_pickle(start) && !brace)) return read_pytorch_file(path);
    return read_safetensors(path);
}

}  // namespace denoise
