#pragma once

namespace denoise::cli {

/// From now on the first Ctrl+C, SIGTERM or SIGHUP makes interrupted() true. A Ctrl+C or SIGTERM that follows
/// at least a second later ends the program at once; earlier ones, and every SIGHUP, belong to the first.
/// Output to a pipe that nobody reads any more makes interrupted() true, too. A SIGHUP that is ignored
/// (nohup) stays ignored.
void catch_interrupts();

bool interrupted();

}  // namespace denoise::cli
