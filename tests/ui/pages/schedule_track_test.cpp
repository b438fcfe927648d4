#include "ui/pages/denoise/schedule_track.h"

#include "tests/ui/support/application.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

std::vector<double> falling(int timesteps, double last) {
    std::vector<double> alpha_bar;
    for (int t = 0; t < timesteps; ++t) alpha_bar.push_back(1 - (1 - last) * t / timesteps);
    return alpha_bar;
}

std::vector<int> stops(int timesteps) {
    std::vector<int> all;
    for (int t = timesteps - 1; t >= 0; --t) all.push_back(t);
    return all;
}

/// A track as it looks when it is drawn for the first time.
QImage fresh(const Theme& theme, const QSize& size, double last, int position) {
    ScheduleTrack track(theme, TimeDirection::denoising);
    track.resize(size);
    track.set_schedule(falling(300, last));
    track.set_stops(stops(300), 300);
    track.set_position(position);
    return track.grab().toImage();
}

TEST(ScheduleTrack, IsDrawnAgainWhenSomethingChanges) {
    Theme theme;
    theme.set_appearance(Appearance::light);
    ScheduleTrack track(theme, TimeDirection::denoising);
    track.resize(400, 100);
    track.set_schedule(falling(300, 0));
    track.set_stops(stops(300), 300);
    EXPECT_EQ(track.grab().toImage(), fresh(theme, {400, 100}, 0, 0));
    track.set_position(200);
    EXPECT_EQ(track.grab().toImage(), fresh(theme, {400, 100}, 0, 200));
    track.set_schedule(falling(300, 0.5));
    EXPECT_EQ(track.grab().toImage(), fresh(theme, {400, 100}, 0.5, 200));
    track.resize(500, 80);
    EXPECT_EQ(track.grab().toImage(), fresh(theme, {500, 80}, 0.5, 200));
    theme.set_appearance(Appearance::dark);
    EXPECT_EQ(track.grab().toImage(), fresh(theme, {500, 80}, 0.5, 200));
}

}  // namespace
}  // namespace denoise::ui
