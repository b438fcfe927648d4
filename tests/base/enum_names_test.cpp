#include "engine/base/enum_names.h"

#include <set>

#include "engine/data/dataset.h"
#include "engine/formats/picture_integrity.h"
#include "engine/jobs/requests.h"
#include "engine/network/description/unet_config.h"
#include "engine/runs/run_config.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "engine/schedule/kinds.h"
#include "engine/schedule/noise_schedule.h"
#include "engine/schedule/spacing.h"
#include "engine/session/events.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

template <class Enum>
class EnumNames : public testing::Test {};

using NamedEnums =
    testing::Types<ScheduleKind, Spacing, Clipping, PredictionType, LossKind, TimestepSampling, LossWeighting,
                   VarianceKind, Precision, DatasetConfig::Colour, TimeEmbeddingKind, ClassEmbeddingKind,
                   TimeScaleShift, ResamplingKind, Architecture, Activation, RunStatus, RunState,
                   PictureFormat, ModelFormat, Metric, FeatureSpace, EngineState>;
TYPED_TEST_SUITE(EnumNames, NamedEnums);

TYPED_TEST(EnumNames, EveryNameLeadsBackToItsValue) {
    for (const NamedValue<TypeParam>& entry : names_of<TypeParam>) {
        EXPECT_STREQ(name_of(entry.value), entry.name);
        EXPECT_EQ(value_named<TypeParam>(entry.name), entry.value) << entry.name;
    }
    EXPECT_EQ(value_named<TypeParam>(""), std::nullopt);
    EXPECT_EQ(value_named<TypeParam>("no such name"), std::nullopt);
}

TYPED_TEST(EnumNames, NamesAndTitlesAreUnique) {
    const auto& entries = names_of<TypeParam>;
    std::set<std::string> names, titles;
    for (const NamedValue<TypeParam>& entry : entries) {
        names.insert(entry.name);
        titles.insert(*entry.title == '\0' ? entry.name : entry.title);
    }
    EXPECT_EQ(names.size(), entries.size());
    EXPECT_EQ(titles.size(), entries.size());
    EXPECT_FALSE(names.contains(""));
}

TYPED_TEST(EnumNames, StandInTheOrderOfTheEnumerators) {
    for (std::size_t i = 0; i < names_of<TypeParam>.size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(names_of<TypeParam>[i].value), i) << names_of<TypeParam>[i].name;
}

TYPED_TEST(EnumNames, HelpIsOneLineWithoutAFullStop) {
    for (const NamedValue<TypeParam>& entry : names_of<TypeParam>) {
        const std::string help = entry.help;
        EXPECT_FALSE(help.ends_with('.')) << help;
        EXPECT_EQ(help.find('\n'), std::string::npos) << help;
    }
}

TEST(EnumNames, ListsOfNamesKeepTheirOrder) {
    EXPECT_EQ(list_of_names<Spacing>(), "leading, linspace, trailing, karras");
    EXPECT_THAT(all_names<Spacing>(), testing::ElementsAre("leading", "linspace", "trailing", "karras"));
}

/// Files that people have contain these names, so they must never change.
TEST(EnumNames, AreThoseOfTheFirstRelease) {
    EXPECT_EQ(list_of_names<ScheduleKind>(),
              "linear, cosine, quadratic, sigmoid, sigmoid_beta, laplace, drawn");
    EXPECT_EQ(list_of_names<Spacing>(), "leading, linspace, trailing, karras");
    EXPECT_EQ(list_of_names<Clipping>(), "none, range, dynamic");
    EXPECT_EQ(list_of_names<PredictionType>(), "eps, x0, v");
    EXPECT_EQ(list_of_names<LossKind>(), "mse, huber, l1");
    EXPECT_EQ(list_of_names<TimestepSampling>(), "uniform, loss_second_moment, log_snr");
    EXPECT_EQ(list_of_names<LossWeighting>(), "uniform, min_snr");
    EXPECT_EQ(list_of_names<VarianceKind>(), "beta, beta_tilde");
    EXPECT_EQ(list_of_names<Precision>(), "automatic, float32, bfloat16");
    EXPECT_EQ(list_of_names<DatasetConfig::Colour>(), "automatic, grey, rgb");
    EXPECT_EQ(list_of_names<TimeEmbeddingKind>(), "positional, fourier, learned");
    EXPECT_EQ(list_of_names<ClassEmbeddingKind>(), "label, timestep");
    EXPECT_EQ(list_of_names<TimeScaleShift>(), "default, scale_shift");
    EXPECT_EQ(list_of_names<ResamplingKind>(), "conv, resnet");
    EXPECT_EQ(list_of_names<Architecture>(), "standard, annotated");
    EXPECT_EQ(list_of_names<Activation>(), "silu, mish, gelu, relu");
    EXPECT_EQ(list_of_names<RunStatus>(), "running, stopped, finished");
}

}  // namespace
}  // namespace denoise
