#pragma once

namespace denoise {

/// Thrown when a long job was ended by its stop token.
struct Cancelled {};

}  // namespace denoise
