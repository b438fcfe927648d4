#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace denoise {

/// A flat JSON object of options in a file of another program. Missing options have the defaults of that
/// program. All errors contain the file and the option.
class JsonOptions {
  public:
    /// `source` is the file name and `what` the first part of errors. Throws Error if the text is not a JSON
    /// object or is nested too deeply.
    JsonOptions(std::string_view text, std::string source, std::string what);

    bool has(const std::string& key) const;       ///< present and not null
    bool has_null(const std::string& key) const;  ///< present and null
    bool boolean(const std::string& key, bool missing) const;
    /// Throws Error unless it is a whole number from `minimum` to `maximum`.
    std::int64_t integer(const std::string& key, std::int64_t missing, std::int64_t minimum,
                         std::int64_t maximum) const;
    /// Throws Error unless it is a finite number from `minimum` to `maximum`.
    double real(const std::string& key, double missing, double minimum, double maximum) const;
    std::string text(const std::string& key, const std::string& missing) const;
    std::vector<std::int64_t> integers(const std::string& key, std::vector<std::int64_t> missing,
                                       std::int64_t minimum, std::int64_t maximum) const;
    std::vector<std::string> texts(const std::string& key, std::vector<std::string> missing) const;
    std::vector<double> reals(const std::string& key) const;

    /// Keys that none of the functions above has read, without those that begin with "_".
    std::vector<std::string> unread() const;
    const nlohmann::json& value(const std::string& key) const;  ///< null if it is missing

    /// Throws Error: "<source>: <why>".
    [[noreturn]] void refuse(const std::string& why,
                             const std::string& remedy = "Choose a model without this option") const;
    /// Throws Error: "<source>: <key> = <value> <why>".
    [[noreturn]] void refuse_value(const std::string& key, const std::string& why) const;

  private:
    std::string source_, what_;
    nlohmann::json object_;
    mutable std::vector<std::string> read_;
};

/// A value as in the file, truncated if it is long.
std::string shown(const nlohmann::json& value);

}  // namespace denoise
