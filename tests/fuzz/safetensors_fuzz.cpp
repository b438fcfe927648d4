#include "engine/formats/safetensors.h"

#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {

std::vector<std::string> seeds() {
    const std::vector<float> weights(12, 0.5f);
    const std::vector<std::int64_t> step{7};
    const auto path = input_file("seed.safetensors", "");
    std::vector<std::string> all;
    const auto keep = [&](const std::vector<NamedTensor>& tensors, const Metadata& metadata) {
        write_safetensors(path, tensors, metadata);
        all.push_back(read_all(path));
    };
    keep({}, {});
    keep({{"conv.weight", TensorType::f32, {3, 1, 2, 2}, std::as_bytes(std::span(weights))}},
         {{"format", "pt"}});
    keep({{"a", TensorType::f32, {12}, std::as_bytes(std::span(weights))},
          {"step", TensorType::i64, {}, std::as_bytes(std::span(step))},
          {"none", TensorType::bf16, {0, 4}, {}}},
         {{"denoise_lab", "{\"step\": 7}"}, {"e", "\xc3\xa9"}});
    return all;
}

std::vector<std::string> tokens() {
    return {"\"dtype\":",
            "\"shape\":",
            "\"data_offsets\":",
            "\"__metadata__\":",
            "\"F32\"",
            "\"F64\"",
            "\"BF16\"",
            "\"BOOL\"",
            "[0,0]",
            "{\"a\":",
            "[[[[[[[[",
            "18446744073709551615",
            "4294967296",
            "-1",
            "1e999",
            "\\u0000"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    fuzz::try_reading([&] {
        const SafetensorsFile file(fuzz::input_file("input.safetensors", fuzz::text_of(data, size)));
        std::size_t bytes = 0, sum = 0;
        for (const NamedTensor& tensor : file.tensors()) {
            bytes += tensor.bytes.size();
            for (const std::byte byte : tensor.bytes) sum += std::to_integer<std::size_t>(byte);
            fuzz::expect(file.find(tensor.name) == &tensor, "every tensor is found by its name");
        }
        fuzz::expect(bytes <= size && sum <= 255 * size, "the tensors are not larger than the file");
    });
    return 0;
}
