#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace denoise {

enum class PictureFormat { png, jpeg, bmp, gif, webp };

/// What is wrong with the bytes of a picture file as a whole, in words, or an empty string. Decoders fill up
/// what a cut file lacks with grey or black and call it a success, or complain on stderr: this looks first.
std::string damage_in(PictureFormat format, std::span<const std::uint8_t> bytes);

}  // namespace denoise
