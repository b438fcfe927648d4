#include "engine/base/host_name.h"

#include <unistd.h>

#include <array>

namespace denoise {

std::string host_name() {
    std::array<char, 256> name{};
    // A name that is too long is cut off and need not end with a zero.
    if (::gethostname(name.data(), name.size() - 1) != 0) return {};
    return name.data();
}

}  // namespace denoise
