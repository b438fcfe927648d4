#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace denoise::cli {

/// The layout of --help: "-o,--out PATH (required)" on the left, and a description that is broken into lines
/// on the right.
class HelpFormatter : public CLI::Formatter {
  public:
    HelpFormatter();
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace denoise::cli
