#include "engine/diffusers/diffusers_config.h"
#include "engine/diffusers/diffusers_scheduler.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {

/// config.json of a network, or scheduler_config.json.
std::vector<std::string> seeds() {
    UNetConfig config;
    config.attention_after_each_block = true;
    config.final_resnet_block = false;
    UNetConfig other = config;
    other.classes = 10;
    other.attention_head_channels = 8;
    other.downsampling = other.upsampling = ResamplingKind::resnet;
    other.time_scale_shift = TimeScaleShift::scale_shift;
    return {write_diffusers_config({config, 1, 28, 28}),
            write_diffusers_config({other, 3, 32, 48}),
            write_diffusers_scheduler({}),
            write_diffusers_scheduler({.prediction = PredictionType::v, .clipping = Clipping::dynamic}),
            R"({"_class_name": "UNet2DModel"})",
            R"({"_class_name": "DDIMScheduler", "trained_betas": [0.1, 0.2, 0.3]})"};
}

std::vector<std::string> tokens() {
    return {"\"_class_name\":",
            "\"UNet2DModel\"",
            "\"sample_size\":",
            "\"block_out_channels\":",
            "\"AttnDownBlock2D\"",
            "\"DownBlock2D\"",
            "\"UpBlock2D\"",
            "\"down_block_types\":",
            "\"up_block_types\":",
            "\"norm_num_groups\":",
            "\"attention_head_dim\":",
            "\"class_embed_type\":",
            "\"num_class_embeds\":",
            "\"time_embedding_type\":",
            "\"fourier\"",
            "\"learned\"",
            "\"mid_block_type\":",
            "\"act_fn\":",
            "\"beta_schedule\":",
            "\"trained_betas\":",
            "\"num_train_timesteps\":",
            "\"prediction_type\":",
            "\"variance_type\":",
            "\"timestep_spacing\":",
            "\"rescale_betas_zero_snr\":",
            "\"laplace\"",
            "\"DPMSolverMultistepScheduler\"",
            "null",
            "1e999",
            "-1",
            "18446744073709551616",
            "[[[[[[",
            "{\"a\":",
            "\xff"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    const std::string_view text = fuzz::text_of(data, size);
    fuzz::try_reading([&] {
        const DiffusersNetwork network = read_diffusers_config(text, "config.json");
        fuzz::expect(read_diffusers_config(write_diffusers_config(network), "again") == network,
                     "a network that was read can be written and read again");
    });
    fuzz::try_reading([&] {
        const DiffusersScheduler scheduler = read_diffusers_scheduler(text, "scheduler_config.json");
        make_schedule(scheduler.schedule);
    });
    return 0;
}
