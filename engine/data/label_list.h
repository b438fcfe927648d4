#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace denoise {

/// Names of pictures with their classes, from a file beside them.
struct LabelList {
    struct Row {
        std::string name;   ///< of the picture, relative to the folder of the list, with or without extension
        std::string label;  ///< the name or number of the class
    };
    std::filesystem::path path;
    std::vector<Row> rows;
    bool for_certain = false;  ///< it can be nothing but a list of labels
};

/// Whether a file of this name may be a list of labels: "labels" or "metadata" with .csv, .tsv or .txt.
bool is_label_table_name(const std::string& name);

/// Reads a table with one picture in each line: a file name and a label, between commas, semicolons, tabs or
/// spaces. If the first line has titles, the columns are found by them: "file_name", "filename", "file",
/// "image", "path", "name", "id" and "label", "class", "category", "target". Empty if it is another table.
/// Throws Error if it has several columns of labels, or is damaged.
std::optional<LabelList> parse_label_table(const std::filesystem::path& path, std::string_view text);

/// Reads dataset.json of the tools of StyleGAN and EDM: {"labels": [["00000/img00000000.png", 3], ...]}.
/// Empty if it has no "labels"; no rows if they are null. Throws Error if it is damaged, or a label is not a
/// whole number or a text.
std::optional<LabelList> parse_dataset_json(const std::filesystem::path& path, std::string_view text);

/// The rows of a list matched with pictures.
struct MatchedLabels {
    std::vector<std::optional<std::string>> labels;  ///< of each picture
    std::vector<LabelList::Row> without_picture;
};

/// Finds the picture of each row by its path relative to `folder` ("" or "train/"), then by its file name, in
/// both cases with or without the extension. Throws Error if a row fits several pictures, or if two rows give
/// a picture different labels.
MatchedLabels match_labels(const LabelList& list, const std::vector<std::string>& pictures,
                           const std::string& folder);

/// The rows for which match_labels() finds no picture.
std::vector<LabelList::Row> rows_without_picture(const LabelList& list,
                                                 const std::vector<std::string>& pictures,
                                                 const std::string& folder);

}  // namespace denoise
