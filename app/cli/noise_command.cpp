#include "app/cli/commands.h"
#include "engine/session/pictures.h"
#include "engine/training/run_config.h"

namespace denoise::cli {
namespace {

struct NoiseOptions {
    std::string image, out, schedule = "linear";
    std::vector<int> timesteps = {0, 250, 500, 999};
    int total = 1000, size = 256;
    std::uint64_t seed = 0;
};

int noise(const NoiseOptions& options) {
    RunConfig config;
    set_from_text(config, "schedule", options.schedule);
    set_from_text(config, "timesteps", std::to_string(options.total));
    const NoiseSchedule schedule = make_schedule(config.schedule);
    for (const int t : options.timesteps)
        if (t < 0 || t >= options.total)
            throw Error{"There is no timestep " + std::to_string(t),
                        "the schedule has the timesteps 0 to " + std::to_string(options.total - 1),
                        "Choose timesteps in this range, or a larger --total"};
    const NoisedPicture noised(read_picture(options.image, options.size), options.seed);
    std::vector<Picture> pictures;
    for (const int t : options.timesteps) {
        pictures.push_back(noised.x_t(schedule.alpha_bar[static_cast<std::size_t>(t)]));
        std::printf("t = %4d   alpha_bar = %.6g   signal to noise = %.4g\n", t,
                    schedule.alpha_bar[static_cast<std::size_t>(t)], schedule.snr(t));
    }
    write_picture(grid_of(batch_of(pictures), static_cast<int>(pictures.size())), options.out);
    return 0;
}

}  // namespace

void add_noise(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<NoiseOptions>();
    CLI::App* command =
        app.add_subcommand("noise", "Show a picture at several timesteps of the forward process.");
    command->add_option("IMAGE", options->image, "A PNG, JPEG, BMP, GIF or WebP file")->required();
    command->add_option("--out", options->out, "The strip: .png, .jpg, .bmp or .webp")
        ->required()
        ->type_name("strip.png");
    command->add_option("--schedule", options->schedule, "linear, cosine, quadratic or sigmoid")
        ->capture_default_str();
    command->add_option("--timesteps", options->timesteps, "Timesteps to show")
        ->delimiter(',')
        ->type_name("T,T,...")
        ->capture_default_str();
    command->add_option("--total", options->total, "Timesteps of the schedule")->capture_default_str();
    command->add_option("--size", options->size, "Longest side of a picture in pixels")
        ->check(CLI::Range(8, 4096))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of the noise")->capture_default_str();
    command->callback([options, &exit_code] { exit_code = noise(*options); });
}

}  // namespace denoise::cli
