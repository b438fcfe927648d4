#pragma once

namespace denoise::cli {

/// Trains the waiting runs of the queue one after the other. Throws Error if one of them fails, after all
/// have ended, and Cancelled after Ctrl+C.
void run_queue(int threads);

}  // namespace denoise::cli
