#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <array>

namespace denoise::fuzz {
namespace {

constexpr std::size_t longest = 1u << 16;

// Limits of ranges, where readers tend to fail.
constexpr std::array<std::uint64_t, 14> edges{
    0,    1, 2, 3, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff,
    ~0ull};

}  // namespace

/// SplitMix64.
std::uint64_t Mutator::random() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

std::size_t Mutator::below(std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::size_t>(random() % limit);
}

std::string Mutator::mutation(const std::vector<std::string>& inputs) {
    std::string input = inputs[below(inputs.size())];
    for (std::size_t changes = 1 + below(5); changes > 0; --changes) change(input, inputs);
    if (input.size() > longest) input.resize(longest);
    return input;
}

void Mutator::change(std::string& input, const std::vector<std::string>& inputs) {
    const std::size_t at = below(input.size() + 1),
                      length = 1 + below(std::min<std::size_t>(input.size(), 64));
    switch (below(9)) {
        case 0:
            if (at < input.size()) input[at] = static_cast<char>(input[at] ^ 1 << below(8));
            break;
        case 1:
            if (at < input.size()) input[at] = static_cast<char>(random());
            break;
        case 2:
            input.erase(at, length);
            break;
        case 3:
            input.insert(at, input.substr(below(input.size()), length));
            break;
        case 4:
            input.insert(at, length, static_cast<char>(random()));
            break;
        case 5:
            change_number(input);
            break;
        case 6:
        case 7:
            if (tokens_.empty()) break;
            if (random() % 2 == 0)
                input.insert(at, tokens_[below(tokens_.size())]);
            else
                input.replace(at, length, tokens_[below(tokens_.size())]);
            break;
        default: {
            const std::string& other = inputs[below(inputs.size())];
            const std::size_t from = below(other.size());
            input.replace(at, std::string::npos, other, from, std::string::npos);
        }
    }
}

/// Replaces bytes or digits that may be a number by a value near the limit of a range.
void Mutator::change_number(std::string& input) {
    const std::uint64_t value = edges[below(edges.size())] + below(3) - 1;
    const std::size_t at = below(input.size());
    if (const std::size_t digit = input.find_first_of("0123456789", at);
        digit != std::string::npos && random() % 2 == 0) {
        const std::size_t end = std::min(input.find_first_not_of("0123456789", digit), input.size());
        input.replace(digit, end - digit, std::to_string(value));
        return;
    }
    const std::size_t width = std::size_t{1} << below(4);
    const bool big_endian = random() % 2 == 0;
    for (std::size_t i = 0; i < width && at + i < input.size(); ++i)
        input[at + i] = static_cast<char>(value >> 8 * (big_endian ? width - 1 - i : i));
}

}  // namespace denoise::fuzz
