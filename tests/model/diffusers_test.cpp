#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/model/diffusers_folder.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

std::string refusal_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return one_line(error);
    }
    return {};
}

/// The config.json of a small UNet2DModel with some keys replaced.
std::string config_json(const json& changes = json::object()) {
    json object = {{"_class_name", "UNet2DModel"},
                   {"sample_size", 8},
                   {"in_channels", 1},
                   {"out_channels", 1},
                   {"block_out_channels", {8, 16}},
                   {"down_block_types", {"DownBlock2D", "AttnDownBlock2D"}},
                   {"up_block_types", {"AttnUpBlock2D", "UpBlock2D"}},
                   {"layers_per_block", 1},
                   {"norm_num_groups", 4}};
    object.update(changes);
    return object.dump();
}

DiffusersNetwork read(const json& changes = json::object()) {
    return read_diffusers_config(config_json(changes), "config.json");
}
std::string refusal(const json& changes) {
    return refusal_of([&] { read(changes); });
}

TEST(DiffusersConfig, MissingKeysHaveTheDefaultsOfTheClass) {
    const UNetConfig config = read().config;
    EXPECT_EQ(config.downsample_padding, 1);
    EXPECT_EQ(config.norm_eps, 1e-5);
    EXPECT_TRUE(config.flip_sin_to_cos);
    EXPECT_EQ(config.freq_shift, 0);
    EXPECT_EQ(config.attention_head_channels, 8);
    EXPECT_TRUE(config.attention_after_each_block);
    EXPECT_FALSE(config.final_resnet_block);
    EXPECT_EQ(config.classes, 0);
    const DiffusersNetwork whole =
        read_diffusers_config(R"({"_class_name": "UNet2DModel", "sample_size": 32})", "config.json");
    EXPECT_EQ(whole.config.level_widths, std::vector<std::int64_t>{});
    EXPECT_EQ(whole.config.base_width, 224);
    EXPECT_EQ(whole.config.multipliers, (std::vector<std::int64_t>{1, 2, 3, 4}));
    EXPECT_EQ(whole.config.attention_levels, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(whole.channels, 3);
}

TEST(DiffusersConfig, TheCifarNetworkHasItsPublishedSize) {
    const DiffusersNetwork network = read_diffusers_config(R"({
        "_class_name": "UNet2DModel", "_diffusers_version": "0.0.4", "act_fn": "silu", "attention_head_dim": null,
        "block_out_channels": [128, 256, 256, 256], "center_input_sample": false,
        "down_block_types": ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
        "downsample_padding": 0, "flip_sin_to_cos": false, "freq_shift": 1, "in_channels": 3,
        "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-06, "norm_num_groups": 32,
        "out_channels": 3, "sample_size": 32, "time_embedding_type": "positional",
        "up_block_types": ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"]})",
                                                           "config.json");
    EXPECT_EQ(parameter_count(describe_unet(network.config, 3, 32, 32)), 35'746'307);
    std::size_t tensors = 0;
    for (const TensorPair& pair : diffusers_layout(network.config, 3)) tensors += pair.theirs.size();
    EXPECT_EQ(tensors, 328u);
    const UNetConfig paper{.base_width = 128,
                           .multipliers = {1, 2, 2, 2},
                           .attention_levels = {1},
                           .resnet_blocks = 2,
                           .groups = 32,
                           .attention_after_each_block = true,
                           .final_resnet_block = false};
    EXPECT_EQ(network.config, paper);  // the defaults of the details are those of the paper
}

TEST(DiffusersConfig, NamesOptionsThatAreNotSupported) {
    EXPECT_THAT(refusal({{"_class_name", "UNet2DConditionModel"}}),
                HasSubstr("config.json: it describes a UNet2DCond"));
    EXPECT_THAT(refusal({{"_class_name", nullptr}}), HasSubstr("not a diffusers model"));
    EXPECT_THAT(refusal({{"down_block_types", {"DownBlock2D", "CrossAttnDownBlock2D"}}}),
                HasSubstr("\"CrossAttnDownBlock2D\""));
    EXPECT_THAT(refusal({{"up_block_types", {"SkipUpBlock2D", "UpBlock2D"}}}),
                HasSubstr("\"SkipUpBlock2D\""));
    EXPECT_THAT(refusal({{"up_block_types", {"UpBlock2D"}}}), HasSubstr("names 1 blocks"));
    EXPECT_THAT(refusal({{"class_embed_type", "identity"}}), HasSubstr("class_embed_type is \"identity\""));
    EXPECT_THAT(refusal({{"resnet_time_scale_shift", "ada_group"}}),
                HasSubstr("\"ada_group\" is not one of"));
    EXPECT_THAT(refusal({{"act_fn", "tanh"}}), HasSubstr("act_fn = \"tanh\""));
    EXPECT_THAT(refusal({{"mid_block_type", "UNetMidBlock2DCrossAttn"}}), HasSubstr("mid_block_type"));
    EXPECT_THAT(refusal({{"encoder_hid_dim", 5}}), HasSubstr("the option encoder_hid_dim"));
    EXPECT_THAT(refusal({{"out_channels", 3}}), HasSubstr("out_channels is 3 and in_channels 1"));
    EXPECT_THAT(refusal({{"sample_size", nullptr}}), HasSubstr("sample_size is missing"));
    EXPECT_THAT(refusal({{"time_embedding_type", "learned"}}), HasSubstr("num_train_timesteps"));
    EXPECT_THAT(refusal({{"norm_num_groups", 3}}), HasSubstr("groups = 3 does not divide"));
    EXPECT_THAT(refusal({{"attention_head_dim", 5}}), HasSubstr("attention_head_channels = 5"));
    EXPECT_EQ(refusal({{"down_block_types", {"UNetResDownBlock2D", "UNetResAttnDownBlock2D"}}}), "");
}

TEST(DiffusersConfig, InvalidTextThrowsAnError) {
    const auto refuses = [](const std::string& text) {
        EXPECT_THAT(refusal_of([&] { read_diffusers_config(text, "config.json"); }), HasSubstr("config.json"))
            << text.substr(0, 80);
        EXPECT_THAT(refusal_of([&] { read_diffusers_scheduler(text, "config.json"); }),
                    HasSubstr("config.json"))
            << text.substr(0, 80);
    };
    for (const char* text :
         {"", "{", "[]", "null", "7", "\"UNet2DModel\"", "{\"_class_name\": 5}", "\xff\xfe"})
        refuses(text);
    refuses(std::string(100'000, '['));
    refuses("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
    const std::string huge = "1e400";
    for (const char* key :
         {"sample_size", "in_channels", "out_channels", "block_out_channels", "layers_per_block",
          "norm_num_groups", "norm_eps", "freq_shift", "attention_head_dim", "down_block_types", "dropout",
          "num_class_embeds", "time_embedding_dim", "flip_sin_to_cos", "act_fn", "add_attention",
          "mid_block_scale_factor"})
        for (const json& value : {json("text"), json(-1), json(1e300), json(std::int64_t{1} << 62),
                                  json({{"a", 1}}), json({1e18, 1e18}), json({json::array()}), json(0.5)}) {
            const std::string text = config_json({{key, value}});
            try {
                read_diffusers_config(text, "config.json");
            } catch (const Error& error) {
                EXPECT_THAT(error.why, HasSubstr("config.json")) << text;
            }
        }
}

/// Configurations that together change every option of UNet2DModel from its default.
std::vector<json> option_sets() {
    return {
        json::object(),
        {{"attention_head_dim", nullptr}, {"downsample_padding", 0}, {"sample_size", {12, 20}}},
        {{"attention_head_dim", 4}, {"in_channels", 3}, {"out_channels", 6}, {"block_out_channels", {8, 12}}},
        {{"num_class_embeds", 5}, {"act_fn", "mish"}, {"layers_per_block", 2}},
        {{"class_embed_type", "timestep"}, {"num_class_embeds", 7}, {"act_fn", "gelu"}},
        {{"resnet_time_scale_shift", "scale_shift"}, {"act_fn", "relu"}},
        {{"resnet_time_scale_shift", "scale_shift"},
         {"attn_norm_num_groups", 2},
         {"mid_block_scale_factor", 1.5}},
        {{"time_embedding_type", "fourier"}, {"dropout", 0.2}},
        {{"time_embedding_type", "learned"}, {"num_train_timesteps", 50}, {"time_embedding_dim", 20}},
        {{"downsample_type", "resnet"},
         {"upsample_type", "resnet"},
         {"down_block_types", {"AttnDownBlock2D", "DownBlock2D"}},
         {"up_block_types", {"AttnUpBlock2D", "AttnUpBlock2D"}}},
        {{"add_attention", false},
         {"center_input_sample", true},
         {"up_block_types", {"UpBlock2D", "UpBlock2D"}}},
        {{"mid_block_type", nullptr}, {"norm_eps", 1e-4}, {"flip_sin_to_cos", false}, {"freq_shift", 1}},
    };
}

class EachOptionSet : public testing::TestWithParam<json> {};
INSTANTIATE_TEST_SUITE_P(UNet2DModel, EachOptionSet, testing::ValuesIn(option_sets()));

TEST_P(EachOptionSet, ConfigIsRestoredFromItsExport) {
    const DiffusersNetwork network = read(GetParam());
    EXPECT_EQ(read_diffusers_config(write_diffusers_config(network), "again"), network);
}

TEST_P(EachOptionSet, TheLayoutListsTheRealNetworksParameters) {
    const DiffusersNetwork shape = read(GetParam());
    const UNet network(shape.config, shape.channels, shape.height, shape.width);
    std::map<std::string, std::vector<std::int64_t>> listed, real;
    for (const TensorPair& pair : diffusers_layout(shape.config, shape.channels))
        listed[pair.ours] = pair.shape;
    for (const auto& entry : network->named_parameters()) real[entry.key()] = entry.value().sizes().vec();
    EXPECT_EQ(listed, real);
}

// ---------------------------------------------------------------- folders

class DiffusersFolder : public testing::Test {
  protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }

    DiffusersModel small_model() {
        torch::manual_seed(1);
        DiffusersModel model;
        model.network = read({{"num_class_embeds", 3}});
        UNet network(model.network.config, 1, 8, 8);
        const torch::NoGradGuard no_grad;
        for (torch::Tensor& parameter : network->parameters()) parameter.normal_(0, 0.2);
        model.weights = weights_of(*network);
        model.scheduler = DiffusersScheduler{.prediction = PredictionType::v, .spacing = Spacing::trailing};
        return model;
    }

    /// Calls `change` for each tensor of a file and writes the file again.
    void rewrite_weights(const fs::path& path, const std::function<void(NamedTensor&)>& change) {
        const SafetensorsFile file(path);
        std::vector<NamedTensor> tensors = file.tensors();
        for (NamedTensor& tensor : tensors) change(tensor);
        write_safetensors(path, tensors, {});
    }

    const fs::path folder_ =
        fs::temp_directory_path() / ("denoise_interop_" + std::to_string(::getpid()) + "_" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    const fs::path weights_ = folder_ / "model" / "unet" / "diffusion_pytorch_model.safetensors";
};

TEST_F(DiffusersFolder, AnExportedModelIsReadBitForBit) {
    const DiffusersModel model = small_model();
    save_diffusers(folder_ / "model", model);
    ASSERT_TRUE(is_diffusers_folder(folder_ / "model"));
    const DiffusersModel again = load_diffusers(folder_ / "model");
    EXPECT_EQ(again.network, model.network);
    EXPECT_EQ(again.scheduler, model.scheduler);
    ASSERT_EQ(again.weights.size(), model.weights.size());
    for (const auto& [name, tensor] : model.weights)
        EXPECT_TRUE(torch::equal(tensor, again.weights.at(name))) << name;
    const auto x = torch::randn({2, 1, 8, 8});
    const auto t = torch::tensor({std::int64_t{3}, std::int64_t{700}}), labels = t.remainder(3);
    EXPECT_TRUE(torch::equal(make_network(model)(x, t, labels), make_network(again)(x, t, labels)));
    const DiffusersModel network_alone = load_diffusers(folder_ / "model" / "unet");
    EXPECT_EQ(network_alone.network, model.network);
    EXPECT_FALSE(network_alone.scheduler);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "a temporary folder was not removed";
}

TEST_F(DiffusersFolder, TheUnlabelledClassIsRestored) {
    DiffusersModel model = small_model();
    model.network.config.classes = 2;  // the third row
    model.network.config.unlabelled_class = true;
    save_diffusers(folder_ / "model", model);
    EXPECT_EQ(load_diffusers(folder_ / "model").network, model.network);
    const json config = json::parse(read_text_file(folder_ / "model" / "unet" / "config.json"));
    EXPECT_EQ(config.at("num_class_embeds"), 3);
}

TEST_F(DiffusersFolder, OldNamesAndConvolutionShapesGiveTheSameModel) {
    const DiffusersModel model = small_model();
    save_diffusers(folder_ / "model", model);
    int renamed = 0;
    rewrite_weights(weights_, [&](NamedTensor& tensor) {
        const std::string before = legacy_name(tensor.name);
        if (before == tensor.name) return;
        ++renamed;
        tensor.name = before;
        if (before.ends_with(".weight")) tensor.shape.insert(tensor.shape.end(), {1, 1});
    });
    EXPECT_EQ(renamed, 4 * 8);  // attention: one down, two up, one in the bottleneck
    const DiffusersModel again = load_diffusers(folder_ / "model");
    for (const auto& [name, tensor] : model.weights)
        EXPECT_TRUE(torch::equal(tensor, again.weights.at(name))) << name;
}

TEST_F(DiffusersFolder, HalfPrecisionIsWidenedExactly) {
    for (const auto& [type, stored] :
         {std::pair{torch::kHalf, TensorType::f16}, {torch::kBFloat16, TensorType::bf16}}) {
        const DiffusersModel model = small_model();
        fs::remove_all(folder_ / "model");
        save_diffusers(folder_ / "model", model);
        std::vector<torch::Tensor> kept;
        rewrite_weights(weights_, [&](NamedTensor& tensor) {
            kept.push_back(
                torch::from_blob(const_cast<std::byte*>(tensor.bytes.data()), tensor.shape, torch::kFloat32)
                    .to(type));
            tensor.type = stored;
            tensor.bytes = {static_cast<const std::byte*>(kept.back().const_data_ptr()),
                            static_cast<std::size_t>(kept.back().nbytes())};
        });
        const DiffusersModel again = load_diffusers(folder_ / "model");
        for (const auto& [name, tensor] : model.weights)
            EXPECT_TRUE(torch::equal(tensor.to(type).to(torch::kFloat32), again.weights.at(name))) << name;
    }
}

TEST_F(DiffusersFolder, NamesWrongWeights) {
    const fs::path path = folder_ / "model";
    const auto refusal_after = [&](const std::function<void(NamedTensor&)>& change) {
        fs::remove_all(path);
        save_diffusers(path, small_model());
        rewrite_weights(weights_, change);
        return refusal_of([&] { load_diffusers(path); });
    };
    const auto is = [](const NamedTensor& tensor) { return tensor.name == "mid_block.resnets.0.conv1.bias"; };
    EXPECT_THAT(refusal_after([&](NamedTensor& tensor) {
                    if (is(tensor)) tensor.name = "other";
                }),
                HasSubstr("lacks the tensors \"mid_block.resnets.0.conv1.bias\""));
    EXPECT_THAT(refusal_after([&](NamedTensor& tensor) {
                    if (is(tensor)) tensor.shape = {4, 4};
                }),
                HasSubstr("\"mid_block.resnets.0.conv1.bias\" is 4 x 4, but the network needs 16"));
    save_diffusers(folder_ / "wide", small_model());
    const fs::path config = folder_ / "wide" / "unet" / "config.json";
    json changed = json::parse(read_text_file(config));
    changed["num_class_embeds"] = nullptr;
    write_text_file(config, changed.dump());
    EXPECT_THAT(refusal_of([&] { load_diffusers(folder_ / "wide"); }),
                HasSubstr("not part of the network: \"class_embedding.weight\""));
}

TEST_F(DiffusersFolder, RefusesPickledAndShardedWeightsAndOtherPipelines) {
    const fs::path path = folder_ / "model";
    save_diffusers(path, small_model());
    fs::rename(weights_, folder_ / "aside");
    EXPECT_THAT(refusal_of([&] { load_diffusers(path); }),
                HasSubstr("there is no diffusion_pytorch_model.safetensors"));
    std::ofstream(path / "unet" / "diffusion_pytorch_model.bin") << "pickle";
    EXPECT_THAT(refusal_of([&] { load_diffusers(path); }), HasSubstr("safe_serialization=True"));
    std::ofstream(path / "unet" / "diffusion_pytorch_model.safetensors.index.json") << "{}";
    EXPECT_THAT(refusal_of([&] { load_diffusers(path); }), HasSubstr("max_shard_size"));
    write_text_file(path / "model_index.json",
                    R"({"_class_name": "LDMPipeline", "unet": ["diffusers", "UNet2DModel"],
                        "vqvae": ["diffusers", "VQModel"]})");
    EXPECT_THAT(refusal_of([&] { load_diffusers(path); }), HasSubstr("needs a \"vqvae\""));
    EXPECT_THAT(refusal_of([&] { load_diffusers(folder_ / "nothing"); }),
                HasSubstr("neither a model_index.json"));
}

TEST_F(DiffusersFolder, AFailedExportLeavesNothing) {
    DiffusersModel model = small_model();
    model.weights.erase("conv_out.weight");
    EXPECT_THAT(refusal_of([&] { save_diffusers(folder_ / "model", model); }), HasSubstr("conv_out.weight"));
    EXPECT_TRUE(fs::is_empty(folder_));
    model = small_model();
    save_diffusers(folder_ / "model", model);
    EXPECT_THAT(refusal_of([&] { save_diffusers(folder_ / "model", model); }), HasSubstr("exists already"));
}

TEST(DiffusersExport, NamesSettingsThatUNet2DModelDoesNotSupport) {
    const auto refusal_for = [](const std::function<void(UNetConfig&)>& change) {
        DiffusersNetwork network = read();
        change(network.config);
        return refusal_of([&] { write_diffusers_config(network); });
    };
    EXPECT_THAT(refusal_for([](UNetConfig& c) { c.patch_size = 2; }), HasSubstr("patch_size = 2"));
    EXPECT_THAT(refusal_for([](UNetConfig& c) { c.final_resnet_block = true; }),
                HasSubstr("final_resnet_block"));
    EXPECT_THAT(refusal_for([](UNetConfig& c) { c.attention_after_each_block = false; }),
                HasSubstr("attention once per stage"));
    EXPECT_THAT(refusal_for([](UNetConfig& c) {
                    c.multipliers = {2, 2};
                }),
                HasSubstr("first multiplier of 2"));
    const auto two_heads = [](UNetConfig& c) {
        c.attention_head_channels = 0;
        c.attention_heads = 2;
    };
    EXPECT_EQ(refusal_for(two_heads), "");
    EXPECT_THAT(refusal_for([&](UNetConfig& c) {
                    two_heads(c);
                    c.attention_levels = {0, 1};
                }),
                HasSubstr("2 attention heads at levels of different width"));
}

// ---------------------------------------------------------------- schedulers

DiffusersScheduler scheduler(const json& changes) {
    json object = {{"_class_name", "DDPMScheduler"}};
    object.update(changes);
    return read_diffusers_scheduler(object.dump(), "scheduler_config.json");
}
std::string scheduler_refusal(const json& changes) {
    return refusal_of([&] { scheduler(changes); });
}

TEST(DiffusersScheduler, MissingKeysHaveTheDefaultsOfTheirClass) {
    const DiffusersScheduler ddpm = scheduler(json::object());
    EXPECT_EQ(ddpm.schedule,
              (ScheduleConfig{.timesteps = 1000, .beta_start = 1e-4, .beta_end = 0.02, .scale_ends = false}));
    EXPECT_EQ(ddpm.variance, VarianceKind::beta_tilde);
    EXPECT_EQ(ddpm.clipping, Clipping::range);
    EXPECT_EQ(ddpm.spacing, Spacing::leading);
    const DiffusersScheduler heun = scheduler({{"_class_name", "HeunDiscreteScheduler"}});
    EXPECT_EQ(heun.schedule.beta_end, 0.012);
    EXPECT_EQ(heun.clipping, Clipping::none);
    EXPECT_EQ(heun.spacing, Spacing::linspace);
    EXPECT_EQ(heun.sampler, "heun");
    EXPECT_EQ(
        scheduler({{"_class_name", "DPMSolverMultistepScheduler"}, {"algorithm_type", "sde-dpmsolver++"}})
            .sampler,
        "dpmpp-2m-sde");
}

TEST(DiffusersScheduler, ConvertsTheValuesOfDiffusers) {
    EXPECT_EQ(scheduler({{"beta_schedule", "squaredcos_cap_v2"}}).schedule.schedule, ScheduleKind::cosine);
    EXPECT_EQ(scheduler({{"beta_schedule", "scaled_linear"}}).schedule.schedule, ScheduleKind::quadratic);
    EXPECT_EQ(scheduler({{"beta_schedule", "sigmoid"}}).schedule.schedule, ScheduleKind::sigmoid_beta);
    EXPECT_EQ(scheduler({{"prediction_type", "v_prediction"}}).prediction, PredictionType::v);
    EXPECT_EQ(scheduler({{"prediction_type", "sample"}}).prediction, PredictionType::x0);
    EXPECT_EQ(scheduler({{"variance_type", "fixed_large"}}).variance, VarianceKind::beta);
    EXPECT_TRUE(scheduler({{"variance_type", "learned_range"}}).learned_variance);
    EXPECT_EQ(scheduler({{"thresholding", true}}).clipping, Clipping::dynamic);
    EXPECT_EQ(scheduler({{"clip_sample", false}}).clipping, Clipping::none);
    EXPECT_TRUE(scheduler({{"rescale_betas_zero_snr", true}}).schedule.zero_terminal_snr);
    EXPECT_EQ(scheduler({{"steps_offset", 1}}).unused, std::vector<std::string>{"steps_offset = 1"});
}

TEST(DiffusersScheduler, NamesValuesThatAreNotSupported) {
    EXPECT_THAT(scheduler_refusal({{"_class_name", "FlowMatchEulerDiscreteScheduler"}}),
                HasSubstr("scheduler_config.json: the scheduler FlowMatchEulerDiscreteScheduler"));
    EXPECT_THAT(scheduler_refusal({{"beta_schedule", "exp"}}), HasSubstr("beta_schedule = \"exp\""));
    EXPECT_THAT(scheduler_refusal({{"beta_schedule", "laplace"}}), HasSubstr("laplace"));
    EXPECT_THAT(scheduler_refusal({{"prediction_type", "flow_prediction"}}), HasSubstr("flow_prediction"));
    EXPECT_THAT(scheduler_refusal({{"variance_type", "learned"}}), HasSubstr("variance_type"));
    EXPECT_THAT(scheduler_refusal({{"trained_betas", {0.1, 0.7, 0.2}}}), HasSubstr("trained_betas"));
    EXPECT_THAT(scheduler_refusal({{"trained_betas", json::array()}}), HasSubstr("trained_betas"));
    EXPECT_THAT(scheduler_refusal({{"clip_sample_range", 2}}), HasSubstr("clip_sample_range = 2"));
    EXPECT_THAT(scheduler_refusal({{"num_train_timesteps", 1e9}}), HasSubstr("num_train_timesteps"));
}

TEST(DiffusersScheduler, BetasOfEveryScheduleAreRestoredFromTheirExport) {
    for (const ScheduleKind kind :
         {ScheduleKind::linear, ScheduleKind::cosine, ScheduleKind::quadratic, ScheduleKind::sigmoid,
          ScheduleKind::sigmoid_beta, ScheduleKind::laplace, ScheduleKind::drawn})
        for (const bool zero : {false, true}) {
            const DiffusersScheduler before{
                .schedule = {
                    .schedule = kind, .timesteps = 300, .scale_ends = true, .zero_terminal_snr = zero}};
            const DiffusersScheduler after =
                read_diffusers_scheduler(write_diffusers_scheduler(before), "again");
            const std::vector<double> a = make_schedule(before.schedule).beta,
                                      b = make_schedule(after.schedule).beta;
            ASSERT_EQ(a.size(), b.size());
            for (std::size_t t = 0; t < a.size(); ++t)
                ASSERT_NEAR(a[t], b[t], 1e-12) << name_of(kind) << " " << t;
        }
}

TEST(DiffusersScheduler, AScheduleDrawnByHandIsAListOfBetasWithItsPoints) {
    const DiffusersScheduler before{.schedule = {.schedule = ScheduleKind::drawn,
                                                 .timesteps = 50,
                                                 .scale_ends = false,
                                                 .points = "0:9,0.3:5,0.4:-5,1:-9"}};
    const json written = json::parse(write_diffusers_scheduler(before));
    EXPECT_EQ(written.at("trained_betas").get<std::vector<double>>(), make_schedule(before.schedule).beta);
    EXPECT_EQ(read_diffusers_scheduler(written.dump(), "again").schedule, before.schedule);
    // Points that do not belong to the betas are not believed.
    json other = written;
    other["_schedule_points"] = "0:9,1:-9";
    EXPECT_THAT(scheduler_refusal(other), HasSubstr("trained_betas"));
    other["_schedule_points"] = "nonsense";
    EXPECT_THAT(scheduler_refusal(other), HasSubstr("nonsense"));
}

}  // namespace
}  // namespace denoise
