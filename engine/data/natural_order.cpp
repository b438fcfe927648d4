#include "engine/data/natural_order.h"

#include <cctype>

namespace denoise {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The digits at the front of `text`, which are taken off, without leading zeros.
std::string_view take_number(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && is_digit(text[end])) ++end;
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
    return number;
}

int rank(char c) {
    return c == '/' ? -1 : std::tolower(static_cast<unsigned char>(c));
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
    const std::string_view whole_a = a, whole_b = b;
    while (!a.empty() && !b.empty()) {
        if (is_digit(a.front()) && is_digit(b.front())) {
            const std::string_view number_a = take_number(a), number_b = take_number(b);
            if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
            if (number_a != number_b) return number_a < number_b;
            continue;
        }
        if (rank(a.front()) != rank(b.front())) return rank(a.front()) < rank(b.front());
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    if (a.empty() != b.empty()) return a.empty();
    return whole_a < whole_b;
}

}  // namespace denoise
