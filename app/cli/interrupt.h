#pragma once

namespace denoise::cli {

/// From now on the first Ctrl+C or SIGTERM makes interrupted() true, and the second ends the program at once.
void catch_interrupts();

bool interrupted();

}  // namespace denoise::cli
