#pragma once

namespace denoise {

/// Thrown by a long operation when its stop token requests a stop.
struct Cancelled {};

}  // namespace denoise
