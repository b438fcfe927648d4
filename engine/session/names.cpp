#include "engine/session/events.h"
#include "engine/session/runs.h"

namespace denoise {

const char* name_of(EngineState state) {
    switch (state) {
        case EngineState::empty:
            return "empty";
        case EngineState::idle:
            return "idle";
        case EngineState::preparing:
            return "preparing";
        case EngineState::training:
            return "training";
        case EngineState::pausing:
            return "pausing";
        case EngineState::paused:
            return "paused";
        case EngineState::sampling:
            return "sampling";
        case EngineState::error:
            return "error";
        case EngineState::diverged:
            return "diverged";
    }
    return "";
}

const char* name_of(RunState state) {
    switch (state) {
        case RunState::finished:
            return "finished";
        case RunState::stopped:
            return "stopped";
        case RunState::running:
            return "running";
        case RunState::interrupted:
            return "interrupted";
        case RunState::unreadable:
            return "unreadable";
    }
    return "";
}

}  // namespace denoise
