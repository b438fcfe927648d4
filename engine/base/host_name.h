#pragma once

#include <string>

namespace denoise {

/// The name of this machine in its network. Empty if the system does not tell it.
std::string host_name();

}  // namespace denoise
