#include "app/cli/commands.h"

int main(int argc, char** argv) {
    return denoise::cli::run(argc, argv);
}
