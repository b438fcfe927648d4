// The part of label_list.h for dataset.json.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/data/label_list.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

[[noreturn]] void fail(const fs::path& path, const std::string& cause) {
    throw Error{"Cannot read the labels in dataset.json", path.string() + ": " + cause,
                "Make it again, or remove it to use folders as classes", "dataset"};
}

/// Collects the rows while the file is parsed: a tree of a million rows would need a gigabyte.
class Rows : public nlohmann::json_sax<json> {
  public:
    explicit Rows(LabelList& list) : list_(list) {}

    bool found_labels() const { return found_; }

    bool key(string_t& name) override {
        if (depth_ == 1) in_labels_ = name == "labels";
        if (depth_ == 2 && in_labels_) name_ = name;
        return true;
    }
    bool null() override {
        if (depth_ == 1 && in_labels_) found_ = true;
        return depth_ < 2 || !in_labels_ || value("null");
    }
    bool boolean(bool) override { return !in_labels_ || value("a truth value"); }
    bool number_integer(number_integer_t number) override { return whole(std::to_string(number)); }
    bool number_unsigned(number_unsigned_t number) override { return whole(std::to_string(number)); }
    bool number_float(number_float_t, const string_t& text) override { return !in_labels_ || value(text); }
    bool string(string_t& text) override {
        if (!in_labels_) return true;
        if (pairs_ && depth_ == 3 && !name_) {
            name_ = text;
            return true;
        }
        return whole(text);
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(false); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(true); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        fail(list_.path, "it is damaged or cut short at byte " + std::to_string(position));
    }

  private:
    /// Depth 1: the whole object, 2: all labels, 3: the pair of a picture.
    bool open(bool array) {
        ++depth_;
        if (depth_ == 1 && array) fail(list_.path, "it is a list, not an object with \"labels\"");
        if (!in_labels_) return true;
        if (depth_ == 2) {
            found_ = true;
            pairs_ = array;
        } else if (depth_ == 3 && pairs_ && array) {
            name_.reset();
            complete_ = false;
        } else {
            value("a list");
        }
        return true;
    }
    bool close() {
        if (in_labels_ && depth_ == 3 && pairs_ && !complete_)
            fail(list_.path,
                 "entry " + std::to_string(list_.rows.size()) + " of its labels is no picture with a label");
        --depth_;
        if (depth_ == 1) in_labels_ = false;
        return true;
    }
    bool whole(const std::string& label) {
        if (!in_labels_) return true;
        if (depth_ != (pairs_ ? 3 : 2) || !name_ || (pairs_ && complete_)) return value(label);
        std::ranges::replace(*name_, '\\', '/');
        list_.rows.push_back({*name_, label});
        name_.reset();
        complete_ = true;
        return true;
    }
    [[noreturn]] bool value(const std::string& text) {
        fail(list_.path, "entry " + std::to_string(list_.rows.size()) +
                             " of its labels is not a picture with one whole number: " + text);
    }

    LabelList& list_;
    int depth_ = 0;
    bool in_labels_ = false, found_ = false, pairs_ = false, complete_ = false;
    std::optional<std::string> name_;
};

}  // namespace

std::optional<LabelList> parse_dataset_json(const fs::path& path, std::string_view text) {
    LabelList list{path, {}, true};
    Rows rows(list);
    json::sax_parse(text.begin(), text.end(), &rows);
    if (!rows.found_labels()) return std::nullopt;
    return list;
}

}  // namespace denoise
