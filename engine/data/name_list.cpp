#include "engine/data/name_list.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "engine/base/error.h"
#include "engine/base/escaped_text.h"

namespace denoise {
namespace {

constexpr std::string_view blanks = " \t\r\n";

class Parser {
  public:
    Parser(std::string_view text, const std::string& setting) : text_(text), setting_(setting) {}

    std::vector<std::string> parse() {
        std::vector<std::string> names;
        do {
            skip_blanks();
            std::string name = at('"') ? quoted() : plain();
            if (!name.empty()) names.push_back(std::move(name));
        } while (take(','));
        return names;
    }

  private:
    bool at(char c) const { return i_ < text_.size() && text_[i_] == c; }
    bool take(char c) {
        if (!at(c)) return false;
        ++i_;
        return true;
    }
    void skip_blanks() { i_ = std::min(text_.find_first_not_of(blanks, i_), text_.size()); }

    std::string plain() {
        const std::size_t end = std::min(text_.find(',', i_), text_.size());
        std::string_view name = text_.substr(i_, end - i_);
        i_ = end;
        const std::size_t last = name.find_last_not_of(blanks);
        return std::string(name.substr(0, last == std::string_view::npos ? 0 : last + 1));
    }

    std::string quoted() {
        ++i_;
        std::string name;
        while (!take('"')) {
            if (i_ == text_.size()) fail("a quotation mark is not closed");
            const char c = text_[i_++];
            name += c == '\\' && i_ < text_.size() ? escape() : c;
        }
        skip_blanks();
        if (i_ < text_.size() && !at(',')) fail("a comma is missing after the name \"" + name + "\"");
        return name;
    }

    char escape() {
        const char c = text_[i_++];
        if (c != 'x' || i_ + 2 > text_.size()) return c;
        unsigned value = 0;
        const char* end = text_.data() + i_ + 2;
        if (std::from_chars(text_.data() + i_, end, value, 16).ptr != end) return c;
        i_ += 2;
        return static_cast<char>(value);
    }

    [[noreturn]] void fail(const std::string& cause) const {
        throw Error{"Cannot read the list of names", setting_ + ": " + cause,
                    "Write the names with commas between them, and those with a comma in quotation marks",
                    setting_};
    }

    std::string_view text_;
    const std::string& setting_;
    std::size_t i_ = 0;
};

bool is_control(char c) {
    return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F;
}

std::string in_quotes(const std::string& name) {
    constexpr std::string_view digits = "0123456789abcdef";
    const bool valid = is_utf8(name);
    std::string text = "\"";
    for (const char c : name) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (is_control(c) || (!valid && byte >= 0x80))
            (text += "\\x").append({digits[byte >> 4], digits[byte & 15]});
        else if (c == '"' || c == '\\')
            text.append({'\\', c});
        else
            text += c;
    }
    return text + '"';
}

}  // namespace

std::vector<std::string> parse_name_list(std::string_view text, const std::string& setting) {
    return Parser(text, setting).parse();
}

std::string format_name_list(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        const bool plain = !name.empty() && name.find_first_of(",\"") == std::string::npos &&
                           blanks.find(name.front()) == std::string_view::npos &&
                           blanks.find(name.back()) == std::string_view::npos &&
                           std::ranges::none_of(name, is_control) && is_utf8(name);
        text += (text.empty() ? "" : ", ") + (plain ? name : in_quotes(name));
    }
    return text;
}

}  // namespace denoise
