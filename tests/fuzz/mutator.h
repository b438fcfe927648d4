#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace denoise::fuzz {

/// Changes inputs at random. The same seed gives the same changes on every machine.
class Mutator {
  public:
    Mutator(std::uint64_t seed, std::vector<std::string> tokens) : state_(seed), tokens_(std::move(tokens)) {}

    /// Returns one of `inputs` with a few changes, which may insert parts of the others.
    std::string mutation(const std::vector<std::string>& inputs);

  private:
    std::uint64_t random();
    std::size_t below(std::size_t limit);  ///< in [0, limit); 0 when limit is 0
    void change(std::string& input, const std::vector<std::string>& inputs);
    void change_number(std::string& input);

    std::uint64_t state_;
    std::vector<std::string> tokens_;
};

}  // namespace denoise::fuzz
