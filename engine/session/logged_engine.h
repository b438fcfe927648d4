#pragma once

#include <memory>

#include "engine/session/engine.h"

namespace denoise {

/// An engine that passes everything on to `engine`. It writes the commands, and what becomes of them, to the
/// log (engine/base/log.h), and the run in training to the crash note (engine/base/crash_note.h).
std::unique_ptr<Engine> with_log(std::unique_ptr<Engine> engine);

}  // namespace denoise
