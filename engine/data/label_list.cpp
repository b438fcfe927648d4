#include "engine/data/label_list.h"

#include <algorithm>
#include <array>
#include <span>
#include <unordered_map>

#include "engine/base/error.h"
#include "engine/base/lower_case.h"
#include "engine/formats/picture_types.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 13> name_titles{
    "file_name", "filename", "file", "image_path", "image_name", "image_file", "filepath",
    "path",      "image",    "img",  "name",       "image_id",   "id"};  // the first one that is there
constexpr std::array<std::string_view, 6> label_titles{"label",    "class",  "category",
                                                       "class_id", "target", "class_name"};

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read the labels in " + path.filename().string(), path.string() + ": " + cause, remedy,
                "dataset"};
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const std::size_t last = text.find_last_not_of(blanks);
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// Splits a text into rows and cells.
class Table {
  public:
    Table(const fs::path& path, std::string_view text) : path_(path), text_(text) {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
        if (text_.find('\0') != std::string_view::npos)
            fail(path, "it is not a text in UTF-8", "Save it as CSV in UTF-8");
        const std::string_view first = text_.substr(0, text_.find('\n'));
        for (const char each : {'\t', ';', ','})
            if (first.find(each) != std::string_view::npos) separator_ = each;
    }

    /// The next line that is not empty. False at the end.
    bool next(std::vector<std::string>& cells) {
        do {
            if (text_.empty()) return false;
            separator_ == ' ' ? read_words(cells) : read_cells(cells);
        } while (cells.empty() || (cells.size() == 1 && cells.front().empty()));
        return true;
    }
    std::size_t line() const { return line_; }

  private:
    /// A name, which may contain spaces, and a last word.
    void read_words(std::vector<std::string>& cells) {
        const std::size_t end = std::min(text_.find('\n'), text_.size());
        const std::string_view row = trimmed(text_.substr(0, end));
        text_.remove_prefix(std::min(end + 1, text_.size()));
        ++line_;
        cells.clear();
        const std::size_t space = row.find_last_of(" \t");
        if (space == std::string_view::npos)
            cells.emplace_back(row);
        else
            cells = {std::string(trimmed(row.substr(0, space))), std::string(row.substr(space + 1))};
    }
    /// Cells as in RFC 4180: those in quotes may contain separators, line breaks and doubled quotes.
    void read_cells(std::vector<std::string>& cells) {
        cells.clear();
        std::string cell;
        bool quoted = false, was_quoted = false;
        const std::size_t start = ++line_;
        std::size_t i = 0;
        const auto finish = [&] {
            cells.push_back(was_quoted ? cell : std::string(trimmed(cell)));
            cell.clear();
            was_quoted = false;
        };
        for (; i < text_.size(); ++i) {
            const char c = text_[i];
            if (quoted) {
                if (c == '\n') ++line_;
                if (c != '"')
                    cell += c;
                else if (i + 1 < text_.size() && text_[i + 1] == '"')
                    cell += text_[++i];
                else
                    quoted = false;
            } else if (c == '"' && trimmed(cell).empty() && !was_quoted) {
                cell.clear();
                quoted = was_quoted = true;
            } else if (c == separator_) {
                finish();
            } else if (c == '\n') {
                break;
            } else if (!was_quoted) {
                cell += c;
            }
        }
        if (quoted)
            fail(path_, "a quotation mark of line " + std::to_string(start) + " is not closed",
                 "Correct this line");
        finish();
        text_.remove_prefix(std::min(i + 1, text_.size()));
    }

    const fs::path& path_;
    std::string_view text_;
    char separator_ = ' ';
    std::size_t line_ = 0;
};

struct Columns {
    std::size_t name = 0, label = 1;
    bool titles = false;
};

std::optional<Columns> columns_of(const std::vector<std::string>& first, const fs::path& path) {
    std::vector<std::string> titles;
    for (const std::string& cell : first) titles.push_back(lower_case(cell));
    std::optional<std::size_t> name;
    for (const std::string_view title : name_titles)
        if (const auto found = std::ranges::find(titles, title); found != titles.end() && !name)
            name = static_cast<std::size_t>(found - titles.begin());
    std::vector<std::size_t> labels;
    for (std::size_t i = 0; i < titles.size(); ++i)
        if (std::ranges::find(label_titles, std::string_view(titles[i])) != label_titles.end())
            labels.push_back(i);
    if (name && labels.size() > 1)
        fail(
            path,
            "it has several columns of labels, \"" + first[labels[0]] + "\" and \"" + first[labels[1]] + "\"",
            "Keep the one to use as the class");
    if (name && labels.size() == 1) return Columns{*name, labels.front(), true};
    if (first.size() == 2 && picture_type(first.front()).picture) return Columns{};
    return std::nullopt;
}

/// Pictures by their names and by parts of them.
class Index {
  public:
    Index(const std::vector<std::string>& pictures, const std::string& folder) {
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            if (!pictures[i].starts_with(folder)) continue;
            const std::string path = pictures[i].substr(folder.size());
            const std::array<std::string, 4> keys = keys_of(path);
            for (std::size_t k = 0; k < keys.size(); ++k) {
                const auto [place, added] = by_key_[k].emplace(keys[k], i);
                if (!added && place->second != i) place->second = several;
            }
        }
    }
    std::optional<std::size_t> find(const std::string& name) const {
        const std::array<std::string, 4> keys = keys_of(name.starts_with("./") ? name.substr(2) : name);
        for (std::size_t k = 0; k < keys.size(); ++k)
            if (const auto found = by_key_[k].find(keys[k]); found != by_key_[k].end()) return found->second;
        return std::nullopt;
    }
    static constexpr std::size_t several = ~std::size_t{0};

  private:
    static std::string without_extension(const std::string& name) {
        const std::size_t dot = name.rfind('.'), slash = name.rfind('/');
        return dot == std::string::npos || (slash != std::string::npos && dot < slash) ? name
                                                                                       : name.substr(0, dot);
    }
    /// The most exact one first.
    static std::array<std::string, 4> keys_of(const std::string& path) {
        const std::string name = path.substr(path.rfind('/') + 1);
        return {path, without_extension(path), name, without_extension(name)};
    }
    std::array<std::unordered_map<std::string, std::size_t>, 4> by_key_;
};

}  // namespace

bool is_label_table_name(const std::string& name) {
    const std::string small = lower_case(name);
    for (const char* stem : {"labels", "metadata"})
        for (const char* extension : {".csv", ".tsv", ".txt"})
            if (small == std::string(stem) + extension) return true;
    return false;
}

std::optional<LabelList> parse_label_table(const fs::path& path, std::string_view text) {
    Table table(path, text);
    std::vector<std::string> cells;
    if (!table.next(cells)) return std::nullopt;
    const std::optional<Columns> columns = columns_of(cells, path);
    if (!columns) return std::nullopt;
    LabelList list{path, {}, columns->titles};
    bool more = !columns->titles || table.next(cells);
    for (; more; more = table.next(cells)) {
        if (cells.size() <= std::max(columns->name, columns->label))
            fail(path, "line " + std::to_string(table.line()) + " has too few columns", "Correct this line");
        std::ranges::replace(cells[columns->name], '\\', '/');
        list.rows.push_back({cells[columns->name], cells[columns->label]});
    }
    return list;
}

MatchedLabels match_labels(const LabelList& list, const std::vector<std::string>& pictures,
                           const std::string& folder) {
    const Index index(pictures, folder);
    MatchedLabels matched{std::vector<std::optional<std::string>>(pictures.size()), {}};
    for (const LabelList::Row& row : list.rows) {
        const std::optional<std::size_t> found = index.find(row.name);
        if (!found) {
            matched.without_picture.push_back(row);
            continue;
        }
        if (*found == Index::several)
            fail(list.path, "\"" + row.name + "\" may be several pictures",
                 "Write the folders of the pictures, too");
        std::optional<std::string>& label = matched.labels[*found];
        if (label && *label != row.label)
            fail(list.path,
                 "it gives " + pictures[*found] + " two labels, \"" + *label + "\" and \"" + row.label + "\"",
                 "Remove one of the lines");
        label = row.label;
    }
    return matched;
}

std::vector<LabelList::Row> rows_without_picture(const LabelList& list,
                                                 const std::vector<std::string>& pictures,
                                                 const std::string& folder) {
    const Index index(pictures, folder);
    std::vector<LabelList::Row> rows;
    for (const LabelList::Row& row : list.rows)
        if (!index.find(row.name)) rows.push_back(row);
    return rows;
}

}  // namespace denoise
