#pragma once

#include <cstdlib>
#include <optional>
#include <string>

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
    explicit SanitizerOptions(const std::string& options) {
        if (const char* value = std::getenv(variable)) before_ = value;
        setenv(variable, (before_ ? *before_ + ":" + options : options).c_str(), 1);
    }
    ~SanitizerOptions() {
        if (before_) {
            setenv(variable, before_->c_str(), 1);
        } else {
            unsetenv(variable);
        }
    }
    SanitizerOptions(const SanitizerOptions&) = delete;
    SanitizerOptions& operator=(const SanitizerOptions&) = delete;

  private:
    static constexpr const char* variable = "ASAN_OPTIONS";
    std::optional<std::string> before_;
};

}  // namespace denoise::test
