#include "app/cli/commands.h"
#include "app/openmp_waiting.h"

int main(int argc, char** argv) {
    denoise::restart_with_short_waits(argv);
    return denoise::cli::run(argc, argv);
}
