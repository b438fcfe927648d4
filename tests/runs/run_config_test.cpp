#include "engine/runs/run_config.h"

#include <functional>
#include <set>

#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using testing::HasSubstr;

TEST(RunConfigJson, KeepsEverySetting) {
    RunConfig config = find_preset("tiny").config;
    config.training.prediction = PredictionType::x0;
    config.training.timestep_sampling = TimestepSampling::loss_second_moment;
    config.training.adam_beta2 = 0.95;
    config.unet.multipliers = {1, 3};
    config.unet.time_scale_shift = TimeScaleShift::scale_shift;
    config.dataset.colour = DatasetConfig::Colour::rgb;
    config.schedule.schedule = ScheduleKind::sigmoid_beta;
    EXPECT_EQ(run_config_from_json(run_config_to_json(config)), config);
}

TEST(RunConfigJson, NamesABadValue) {
    const Error range = error_of([] { run_config_from_json(R"({"batch_size": -4})"); });
    EXPECT_THAT(range.why, HasSubstr("batch_size takes a whole number from 1 to 4096"));
    EXPECT_EQ(range.setting, "batch_size");
    const Error type = error_of([] { run_config_from_json(R"({"schedule": 7})"); });
    EXPECT_THAT(type.why, HasSubstr("linear, cosine, quadratic, sigmoid, sigmoid_beta, laplace or drawn"));
    EXPECT_EQ(type.setting, "schedule");
}

TEST(RunConfigJson, UnknownKeysAreIgnoredAndMissingOnesKeepTheirDefaults) {
    const RunConfig config = run_config_from_json(R"({"batch_size": 7, "of_a_later_version": [1]})");
    RunConfig expected;
    expected.training.batch_size = 7;
    EXPECT_EQ(config, expected);
}

TEST(RunSettings, HaveOneKeyEachAndDefaultsInRange) {
    std::set<std::string> keys;
    for (const Setting<RunConfig>& setting : run_settings()) {
        EXPECT_TRUE(keys.insert(setting.info.key).second) << setting.info.key;
        EXPECT_FALSE(setting.info.title.empty() || setting.info.help.empty() || setting.info.group.empty())
            << setting.info.key;
        for (const Preset& preset : presets())
            EXPECT_NO_THROW(check_setting(setting.info, setting.get(preset.config))) << setting.info.key;
    }
}

TEST(RunSettings, HelpConsistsOfSentences) {
    for (const Setting<RunConfig>& setting : run_settings())
        EXPECT_TRUE(setting.info.help.ends_with('.')) << setting.info.key << ": " << setting.info.help;
}

TEST(RunSettings, AnUnknownKeyNamesTheNearest) {
    RunConfig config;
    EXPECT_THAT(error_of([&] { set_from_text(config, "lerning_rate", "1"); }).why,
                HasSubstr("learning_rate"));
}

TEST(Presets, AreFoundByTheirNames) {
    for (const Preset& preset : presets()) EXPECT_EQ(find_preset(preset.name).config, preset.config);
    EXPECT_THAT(error_of([] { find_preset("huge"); }).why, HasSubstr(preset_names()));
}

/// Ho et al. 2020, appendix B, for CIFAR-10.
TEST(Presets, ThoseForGraphicsCardsHaveTheConstantsOfHoEtAl) {
    for (const char* name : {"ho-cifar10", "photos-64"}) {
        const Preset& preset = find_preset(name);
        const RunConfig& config = preset.config;
        const TrainingConfig& training = config.training;
        EXPECT_EQ(training.steps, 800'000) << name;
        EXPECT_EQ(training.batch_size, 128) << name;
        EXPECT_EQ(training.optimizer, OptimizerKind::adamw) << name << ": Adam, because there is no decay";
        EXPECT_EQ(training.weight_decay, 0) << name;
        EXPECT_DOUBLE_EQ(training.adam_beta2, 0.999) << name << ": that of Adam in their code";
        EXPECT_DOUBLE_EQ(training.learning_rate, 2e-4) << name;
        EXPECT_FALSE(training.anneal) << name;
        EXPECT_DOUBLE_EQ(training.warmup * 800'000, 5'000) << name;
        EXPECT_DOUBLE_EQ(1 - 1 / (training.ema_share * 800'000), 0.9999) << name;
        EXPECT_DOUBLE_EQ(training.gradient_clip, 1) << name;
        EXPECT_TRUE(training.flip) << name;
        EXPECT_EQ(training.held_out, 0) << name;
        EXPECT_EQ(training.prediction, PredictionType::eps) << name;
        EXPECT_EQ(training.loss, LossKind::mse) << name;
        EXPECT_EQ(training.timestep_sampling, TimestepSampling::uniform) << name;
        EXPECT_EQ(training.variance, VarianceKind::beta) << name;
        EXPECT_EQ(config.schedule.schedule, ScheduleKind::linear) << name;
        EXPECT_EQ(config.schedule.timesteps, 1000) << name;
        EXPECT_DOUBLE_EQ(config.unet.dropout, 0.1) << name;
        EXPECT_EQ(config.unet.base_width, 128) << name;
        EXPECT_EQ(config.unet.resnet_blocks, 2) << name;
        EXPECT_EQ(config.unet.groups, 32) << name;
        EXPECT_THAT(preset.help, HasSubstr("For a graphics card or a cluster"));
    }
}

TEST(Presets, TheirNetworksHaveThePublishedSizes) {
    EXPECT_EQ(parameter_count(describe_unet(find_preset("ho-cifar10").config.unet, 3, 32, 32)), 35'746'307);
    // The network for CelebA of Song et al. 2021, and attention at 16 x 16 alone
    const UNetConfig& photos = find_preset("photos-64").config.unet;
    EXPECT_EQ(photos.multipliers, (std::vector<std::int64_t>{1, 2, 2, 2, 4}));
    EXPECT_EQ(photos.attention_levels, std::vector<std::int64_t>{2});
    EXPECT_EQ(parameter_count(describe_unet(photos, 3, 64, 64)), 78'700'803);
}

TEST(WithClasses, SetsTheClassesOfTheNetwork) {
    RunConfig config;
    config.training.class_labels = true;
    config.training.class_dropout = 0.1;
    EXPECT_EQ(with_classes(config, 10).unet.classes, 10);
    EXPECT_TRUE(with_classes(config, 10).unet.unlabelled_class);
    EXPECT_EQ(with_classes(config, 1).unet.classes, 0);
    config.training.class_dropout = 0;
    EXPECT_FALSE(with_classes(config, 10).unet.unlabelled_class);
    config.training.class_labels = false;
    EXPECT_EQ(with_classes(config, 10).unet.classes, 0);
}

/// The setting that check_run() complains about after a change of the preset "tiny", for 100 grey images of
/// 28 x 28.
std::string guilty(const std::function<void(RunConfig&)>& change) {
    RunConfig config = find_preset("tiny").config;
    change(config);
    return error_of([&] { check_run(config, 100, 1, 28, 28); }).setting;
}

TEST(CheckRun, AcceptsEveryPresetThatFitsTheImages) {
    for (const char* name : {"quick", "balanced", "classic", "tiny", "annotated"})
        EXPECT_NO_THROW(check_run(find_preset(name).config, 60'000, 1, 28, 28)) << name;
    for (const char* name : {"ho-cifar10", "ddpm-cifar10-32"})
        EXPECT_NO_THROW(check_run(find_preset(name).config, 50'000, 3, 32, 32)) << name;
    EXPECT_NO_THROW(check_run(find_preset("photos-64").config, 50'000, 3, 64, 64));
}

TEST(CheckRun, NamesTheSettingOutOfRange) {
    EXPECT_EQ(guilty([](RunConfig& c) { c.training.batch_size = 0; }), "batch_size");
    EXPECT_EQ(guilty([](RunConfig& c) { c.training.adam_beta2 = 1; }), "adam_beta2");
    EXPECT_EQ(guilty([](RunConfig& c) { c.dataset.image_limit = -1; }), "image_limit");
    EXPECT_EQ(guilty([](RunConfig& c) { c.schedule.timesteps = 1; }), "timesteps");
}

TEST(CheckRun, NamesTheSettingThatDoesNotFitTheOthers) {
    EXPECT_EQ(guilty([](RunConfig& c) { c.training.batch_size = 101; }), "batch_size");
    EXPECT_EQ(guilty([](RunConfig& c) {
                  c.schedule.zero_terminal_snr = true;
                  c.training.prediction = PredictionType::eps;
              }),
              "zero_terminal_snr");
    EXPECT_EQ(guilty([](RunConfig& c) {
                  c.unet.time_embedding = TimeEmbeddingKind::learned;
                  c.unet.learned_timesteps = 10;
              }),
              "learned_timesteps");
    EXPECT_EQ(guilty([](RunConfig& c) {
                  c.unet.time_embedding = TimeEmbeddingKind::fourier;
                  c.training.weight_decay = 0.1;
              }),
              "weight_decay");
}

TEST(CheckRun, NamesTheSettingThatTheNetworkCannotHave) {
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.groups = 7; }), "groups");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.base_width = 15; }), "base_width");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.level_widths = {15, 16}; }), "level_widths");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.multipliers = {}; }), "multipliers");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.multipliers = {1, 1, 1, 1, 1, 1}; }), "multipliers");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.attention_levels = {5}; }), "attention_levels");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.up_attention_levels = {-1, 1}; }), "up_attention_levels");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.attention_heads = 3; }), "attention_heads");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.attention_head_channels = 5; }), "attention_head_channels");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.attention_norm_groups = 5; }), "attention_norm_groups");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.patch_size = 3; }), "patch_size");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.unlabelled_class = true; }), "unlabelled_class");
    EXPECT_EQ(guilty([](RunConfig& c) { c.unet.architecture = Architecture::annotated; }), "patch_size");
}

TEST(RunConfig, OfARunBeforeMuonKeepsItsMethod) {
    const RunConfig config = run_config_from_json(R"({"learning_rate": 0.002, "schedule": "cosine"})");
    EXPECT_EQ(config.training.optimizer, OptimizerKind::adamw);
    EXPECT_EQ(config.training.timestep_sampling, TimestepSampling::uniform);
}

}  // namespace
}  // namespace denoise
