#pragma once

#include <cstdlib>
#include <string>

#include "tests/support/variable.h"

namespace denoise::test {

/// Whether the code is instrumented. Then it is optimized differently, and sums are rounded differently.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_instrumented = true;
#else
inline constexpr bool is_instrumented = false;
#endif

/// Adds options of the address sanitizer for the programs that are started during its lifetime.
class SanitizerOptions {
  public:
    explicit SanitizerOptions(const std::string& options) : variable_(name, with_those_before(options)) {}

  private:
    static constexpr const char* name = "ASAN_OPTIONS";
    static std::string with_those_before(const std::string& options) {
        const char* before = std::getenv(name);
        return before != nullptr ? std::string(before) + ":" + options : options;
    }

    Variable variable_;
};

}  // namespace denoise::test
