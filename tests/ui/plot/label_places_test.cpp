#include "ui/plot/label_places.h"

#include <gmock/gmock.h>

#include <cmath>

namespace denoise::ui {
namespace {

using testing::ElementsAre;

TEST(LabelPlaces, LabelsAreBesideTheirLinesWhereThereIsRoom) {
    EXPECT_THAT(place_labels({50, 80}, 10, 0, 100), ElementsAre(45, 75));
    EXPECT_THAT(place_labels({2}, 10, 0, 100), ElementsAre(0)) << "not above the chart";
}

TEST(LabelPlaces, LinesThatEndAtTheBottomHaveTheirLabelsAboveTheAxis) {
    EXPECT_THAT(place_labels({96, 97, 98}, 10, 0, 100), ElementsAre(70, 80, 90));
    EXPECT_THAT(place_labels({50, 51, 30}, 10, 0, 100), ElementsAre(45, 55, 25))
        << "in the order of the lines";
}

TEST(LabelPlaces, InALowChartTheFirstLabelsStay) {
    const std::vector<double> places = place_labels({5, 20, 24}, 10, 0, 25);
    EXPECT_EQ(places[0], 0);
    EXPECT_EQ(places[1], 15);
    EXPECT_TRUE(std::isnan(places[2]));
}

}  // namespace
}  // namespace denoise::ui
