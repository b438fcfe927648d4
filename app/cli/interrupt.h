#pragma once

namespace denoise::cli {

/// From now on the first Ctrl+C, SIGTERM or SIGHUP makes interrupted() true, and the second ends the program
/// at once. So does output to a pipe that nobody reads any more. A SIGHUP that is ignored (nohup) stays
/// ignored.
void catch_interrupts();

bool interrupted();

}  // namespace denoise::cli
