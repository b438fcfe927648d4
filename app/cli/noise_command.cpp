#include <cstdio>
#include <memory>

#include "app/cli/choice_option.h"
#include "app/cli/commands.h"
#include "app/cli/number_checks.h"
#include "app/cli/output_check.h"
#include "app/cli/path_option.h"
#include "app/cli/saved_schedule.h"
#include "engine/formats/picture_limits.h"
#include "engine/runs/run_config.h"
#include "engine/session/pictures.h"

namespace denoise::cli {
namespace {

struct NoiseOptions {
    std::string image, out;
    ScheduleKind schedule = ScheduleKind::linear;
    std::string points;
    std::vector<int> timesteps = {0, 250, 500, 999};
    int total = 1000, size = 256;
    std::int64_t seed = 0;
};

NoiseSchedule schedule_of(const NoiseOptions& options) {
    RunConfig config;
    config.schedule.schedule = options.schedule;
    if (!options.points.empty()) {
        config.schedule.schedule = ScheduleKind::drawn;
        config.schedule.points = saved_schedule_points(options.points).value_or(options.points);
    }
    set_from_text(config, "timesteps", std::to_string(options.total));
    return make_schedule(config.schedule);
}

void check_timesteps(const NoiseOptions& options) {
    for (const int t : options.timesteps)
        if (t < 0 || t >= options.total)
            throw Error{"There is no timestep " + std::to_string(t),
                        "the schedule has the timesteps 0 to " + std::to_string(options.total - 1),
                        "Choose timesteps in this range, or a larger --total"};
}

void noise(const NoiseOptions& options) {
    const NoiseSchedule schedule = schedule_of(options);
    check_timesteps(options);
    check_output_file(options.out);
    const Picture picture = read_picture(options.image, options.size);
    const int count = static_cast<int>(options.timesteps.size());
    const GridSize strip = grid_size(count, picture.width, picture.height, count);
    check_picture(options.out, strip.width, strip.height);
    const NoisedPicture noised(picture, static_cast<std::uint64_t>(options.seed));
    std::vector<Picture> pictures;
    for (const int t : options.timesteps) {
        const double alpha_bar = schedule.alpha_bar[static_cast<std::size_t>(t)];
        pictures.push_back(noised.x_t(alpha_bar));
        std::printf("t = %4d   alpha_bar = %.6g   signal to noise = %.4g\n", t, alpha_bar, schedule.snr(t));
    }
    write_picture(grid_of(batch_of(pictures), count), options.out);
}

}  // namespace

void add_noise(CLI::App& app) {
    auto options = std::make_shared<NoiseOptions>();
    CLI::App* command =
        app.add_subcommand("noise", "Show a picture at several timesteps of the forward process.");
    add_path(*command, "IMAGE", options->image, "A picture, such as a PNG, JPEG or HEIC file")->required();
    add_path(*command, "-o,--out", options->out, "The strip of noised pictures: .png, .jpg, .bmp or .webp")
        ->required()
        ->type_name("strip.png");
    add_choice(*command, "--schedule", options->schedule, "Noise schedule:");
    command
        ->add_option(
            "--points", options->points,
            "A schedule drawn by hand instead: the name it was saved by on the Noise page of the window, "
            "or its points as position:log SNR, separated by commas")
        ->type_name("NAME|POINTS");
    command->add_option("--timesteps", options->timesteps, "Timesteps to show")
        ->delimiter(',')
        ->type_name("T,T,...")
        ->check(not_negative<int>())
        ->capture_default_str();
    command->add_option("--total", options->total, "Number of timesteps of the schedule")
        ->type_name("T")
        ->check(positive<int>())
        ->capture_default_str();
    command->add_option("--size", options->size, "Longest side of a picture in pixels")
        ->check(in_range(8, 4096))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of the noise")
        ->check(whole_number())
        ->capture_default_str();
    command->callback([options] { noise(*options); });
}

}  // namespace denoise::cli
