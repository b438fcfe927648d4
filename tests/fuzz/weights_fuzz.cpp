// The readers that need LibTorch: checkpoints, the weights of InceptionV3, and measured speeds.

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include "engine/evaluation/inception.h"
#include "engine/formats/safetensors.h"
#include "engine/model/checkpoint.h"
#include "engine/model/timing_cache.h"
#include "engine/network/unet.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {
namespace {

/// The EMA weights of the smallest network.
std::string checkpoint() {
    Model model;
    RunHeader& header = model.header;
    header.dataset_name = "Glyphs";
    header.dataset_fingerprint = "0123456789abcdef";
    header.image_count = 100;
    header.channels = 1;
    header.height = header.width = 8;
    header.created = "2026-01-01T00:00:00";
    UNetConfig& unet = header.config.unet;
    unet.base_width = 4;
    unet.groups = 1;
    unet.multipliers = {1};
    unet.resnet_blocks = 1;
    unet.attention_levels = {};
    unet.bottleneck_attention = false;
    header.config.schedule.timesteps = 10;
    UNet network(unet, header.channels, header.height, header.width);
    model.weights = FlatParameters(*network).values().clone();
    model.step = 5;
    const auto path = input_file("seed.safetensors", "");
    save_weights(path, model);
    return read_all(path);
}

std::string tensors() {
    static const std::vector<float> numbers(16, 0.5f);
    const auto bytes = std::as_bytes(std::span(numbers));
    const auto path = input_file("seed.safetensors", "");
    write_safetensors(path,
                      {{"Conv2d_1a_3x3.conv.weight", TensorType::f32, {4, 4}, bytes},
                       {"Conv2d_1a_3x3.bn.weight", TensorType::f32, {16}, bytes}},
                      {});
    return read_all(path);
}

}  // namespace

/// The first byte selects the reader.
std::vector<std::string> seeds() {
    const auto file = input_file("timings.json", "");
    store_timings(file, "key", {{{}, 12.5}}, 3);
    const std::string timings = read_all(file);
    return {
        "0" + checkpoint(),
        "1" + tensors(),
        "1PK\x03\x04",
        "1\x80\x02}q.",
        "2" + timings,
        R"(2[{"key": "key", "cost": 2, "timings": [{"precision": "float32", "layout": "contiguous", "threads": 1,)"
        R"( "kernels": "fused", "images_per_second": 10.5}]}])"};
}

std::vector<std::string> tokens() {
    return {"\"dtype\":",
            "\"F32\"",
            "\"F16\"",
            "\"shape\":[",
            "\"data_offsets\":[",
            "__metadata__",
            "ema.",
            "model.",
            "optimizer.first_moment",
            "\\\"step\\\":",
            "\\\"base_width\\\":",
            "\\\"height\\\":",
            "\\\"multipliers\\\":",
            "\"timings\":",
            "\"threads\":",
            "4294967296",
            "18446744073709551616",
            "-1",
            "null",
            "PK\x03\x04",
            "\x80\x02"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::text_of(data, size).substr(1);
    switch (data[0] % 3) {
        case 0: {
            const auto file = fuzz::input_file("input.safetensors", bytes);
            fuzz::try_reading([&] {
                const Model model = load_model(file);
                fuzz::expect(all_finite(model.weights), "the weights of a model are finite");
            });
            fuzz::try_reading([&] { load_checkpoint(file); });
            break;
        }
        case 1: {
            const auto file = fuzz::input_file("input.safetensors", bytes);
            fuzz::try_reading([&] { Inception(read_tensor_file(file), "input"); });
            break;
        }
        default: {
            const auto file = fuzz::input_file("timings.json", bytes);
            find_timings(file, "key");
            speed_of_similar(file, "k", 2);
            store_timings(file, "other", {{{}, 1.5}}, 2);
            fuzz::expect(find_timings(file, "other").has_value(),
                         "a measurement can be stored beside anything");
        }
    }
    return 0;
}
