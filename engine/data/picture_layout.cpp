#include "engine/data/picture_layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/grouped.h"
#include "engine/base/lower_case.h"
#include "engine/data/label_list.h"
#include "engine/data/natural_order.h"
#include "engine/formats/picture_types.h"

namespace denoise {
namespace {

constexpr std::size_t most_list_bytes = 256u << 20;

constexpr std::array<std::string_view, 2> training_names{"train", "training"};
constexpr std::array<std::string_view, 10> other_parts{"test", "testing", "val",   "valid",     "validation",
                                                       "dev",  "eval",    "extra", "unlabeled", "unlabelled"};

bool contains(const auto& list, std::string_view word) {
    return std::ranges::find(list, word) != std::end(list);
}

bool is_inner_archive(const std::string& name) {
    const std::string small = lower_case(name);
    constexpr std::array<std::string_view, 11> endings{".zip",    ".tar",     ".tar.gz",  ".tgz",
                                                       ".tar.xz", ".tar.zst", ".tar.bz2", ".7z",
                                                       ".rar",    ".npz",     ".parquet"};
    return std::ranges::any_of(endings, [&](std::string_view end) { return small.ends_with(end); });
}

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
    return grouped(static_cast<std::int64_t>(count)) + " " + (count == 1 ? one : many);
}

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

/// The first part of a path, or nothing if it has only one.
std::string_view first_folder(std::string_view name) {
    const std::size_t slash = name.find('/');
    return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

std::vector<std::string> names_of(const std::vector<TreeFile>& files) {
    std::vector<std::string> names;
    for (const TreeFile& file : files) names.push_back(file.name);
    return names;
}

/// Pictures of one part of the dataset. Names are relative to the tree.
class Finder {
  public:
    Finder(const FileTree& tree, TreeListing listing) : tree_(tree) {
        layout_.left_out = std::move(listing.left_out);
        for (TreeFile& file : listing.files) {
            const PictureType type = picture_type(file.name);
            if (!type.format.empty())
                pictures_.push_back(std::move(file));
            else if (type.picture)
                unreadable_.push_back({tree_.path_of(file.name), type.why_not});
            else if (is_inner_archive(file.name))
                archives_.push_back(file.name);
            else
                others_.push_back(std::move(file));
        }
        if (pictures_.empty()) refuse();
        for (const std::string& name : archives_)
            layout_.left_out.push_back({tree_.path_of(name), "it is an archive, which is not looked into"});
        std::ranges::move(unreadable_, std::back_inserter(layout_.left_out));
    }

    PictureLayout find() {
        pass_over_folders();
        const std::string whole = prefix_;
        choose_training_part();
        pass_over_folders();
        const std::optional<LabelList> list = find_list(whole);
        if (list && !list->rows.empty())
            label_by(*list);
        else
            label_by_folders(list.has_value());
        return std::move(layout_);
    }

  private:
    [[noreturn]] void refuse() const {
        const std::string place = tree_.path().string() + ": ";
        const std::string what = "Cannot load the pictures in " + tree_.path().filename().string();
        if (!unreadable_.empty())
            throw Error{what,
                        place + "none of its " + counted(unreadable_.size(), "picture", "pictures") +
                            " can be read; the first one is " + unreadable_.front().path.filename().string() +
                            ": " + unreadable_.front().why,
                        "Save the pictures as PNG or JPEG", "dataset"};
        if (!archives_.empty())
            throw Error{what, place + "it contains no pictures, but an archive, " + archives_.front(),
                        "Choose this archive", "dataset"};
        for (const TreeFile& file : others_)
            if (file.name.ends_with("data_batch_1") || file.name == "train")
                throw Error{what, place + "this is CIFAR's version for Python, which cannot be read",
                            "Download its binary version", "dataset"};
        if (!layout_.left_out.empty())
            throw Error{what,
                        place + "it contains no pictures that can be read; left out is " +
                            layout_.left_out.front().path.filename().string() + ": " +
                            layout_.left_out.front().why,
                        "Choose a folder with pictures", "dataset"};
        throw Error{what, place + "it contains no PNG, JPEG, BMP, GIF or WebP files",
                    "Choose a folder with pictures", "dataset"};
    }

    std::string_view relative(const TreeFile& file) const {
        return std::string_view(file.name).substr(prefix_.size());
    }

    /// A folder around all pictures is no class if there are folders in it.
    void pass_over_folders() {
        while (true) {
            const std::string folder(first_folder(relative(pictures_.front())));
            if (folder.empty()) return;
            bool deeper = false;
            for (const TreeFile& file : pictures_) {
                if (first_folder(relative(file)) != folder) return;
                if (relative(file).find('/', folder.size() + 1) == std::string_view::npos) return;
                deeper = true;
            }
            if (!deeper) return;
            prefix_ += folder + "/";
        }
    }

    void choose_training_part() {
        std::map<std::string, std::size_t> counts;  // of the folders, and of pictures outside of them
        for (const TreeFile& file : pictures_) ++counts[std::string(first_folder(relative(file)))];
        std::string training;
        std::vector<std::string> others;
        for (const auto& [name, count] : counts) {
            if (name.empty()) continue;
            if (contains(training_names, lower_case(name)) && training.empty())
                training = name;
            else if (contains(other_parts, lower_case(name)))
                others.push_back(counted(count, "picture", "pictures") + " in " + name + "/");
            else
                return;
        }
        if (training.empty() || others.empty()) return;
        layout_.notes.push_back(training + "/ with " + counted(counts[training], "picture", "pictures") +
                                " is used, without " + join(others));
        std::vector<TreeFile> kept;
        for (TreeFile& file : pictures_)
            if (const std::string_view folder = first_folder(relative(file)); folder == training)
                kept.push_back(std::move(file));
            else if (folder.empty())
                layout_.left_out.push_back(
                    {tree_.path_of(file.name), "it is outside of " + training + "/, which is used"});
            else
                elsewhere_.push_back(std::move(file));
        pictures_ = std::move(kept);
        prefix_ += training + "/";
    }

    /// The list of labels in the folder of the pictures, or else in one of those around it.
    std::optional<LabelList> find_list(const std::string& whole) {
        for (std::string folder = prefix_;;) {
            std::vector<LabelList> lists;
            for (const TreeFile& file : others_) {
                if (!file.name.starts_with(folder)) continue;
                const std::string name = file.name.substr(folder.size());
                std::optional<LabelList> list;
                if (name == "dataset.json")
                    list = parse_dataset_json(tree_.path_of(file.name), tree_.read(file, most_list_bytes));
                else if (is_label_table_name(name))
                    list = parse_label_table(tree_.path_of(file.name), tree_.read(file, most_list_bytes));
                else
                    continue;
                if (list)
                    lists.push_back(std::move(*list));
                else
                    layout_.notes.push_back(name +
                                            " is not used, because it has no names of pictures with labels");
            }
            if (lists.size() > 1)
                throw Error{"Cannot load the pictures in " + tree_.path().filename().string(),
                            tree_.path().string() + ": it has several lists of labels, " +
                                lists[0].path.filename().string() + " and " +
                                lists[1].path.filename().string(),
                            "Keep the one to use", "dataset"};
            if (!lists.empty()) {
                list_folder_ = folder;
                return std::move(lists.front());
            }
            if (folder.empty() || folder.size() < whole.size()) return std::nullopt;
            folder.pop_back();
            folder.resize(folder.rfind('/') + 1);  // 0 if there is none
        }
    }

    void label_by(const LabelList& list) {
        const std::string list_name = list.path.filename().string();
        const std::vector<std::string> names = names_of(pictures_);
        const MatchedLabels matched = match_labels(list, names, list_folder_);
        std::vector<TreeFile> labelled;
        std::vector<std::string> labels;
        std::vector<SkippedFile> without;
        for (std::size_t i = 0; i < pictures_.size(); ++i)
            if (const auto& label = matched.labels[i]; label && !label->empty()) {
                labelled.push_back(std::move(pictures_[i]));
                labels.push_back(*label);
            } else {
                without.push_back({tree_.path_of(names[i]), list_name + " has no label for it"});
            }
        if (labelled.empty() && !list.for_certain) {
            layout_.notes.push_back(list_name + " is not used, because it names none of the pictures");
            return label_by_folders(false);
        }
        if (labelled.empty())
            throw Error{"Cannot read the labels in " + list_name,
                        list.path.string() + ": it names none of the " +
                            counted(names.size(), "picture", "pictures") + "; its first name is \"" +
                            list.rows.front().name + "\"",
                        "Correct the names, or remove the file to use folders as classes", "dataset"};
        pictures_ = std::move(labelled);
        std::ranges::move(without, std::back_inserter(layout_.left_out));
        layout_.notes.push_back("The classes are those of " + list_name);
        // It may also name pictures of the other parts.
        const std::vector<LabelList::Row> missing =
            rows_without_picture({list.path, matched.without_picture}, names_of(elsewhere_), list_folder_);
        if (!missing.empty())
            layout_.notes.push_back(list_name + " names " + counted(missing.size(), "picture", "pictures") +
                                    " that cannot be found, such as " + missing.front().name);
        finish(labels);
    }

    void label_by_folders(bool without_labels) {
        if (without_labels)
            layout_.notes.emplace_back("dataset.json has no labels, so that all pictures are in one class");
        std::vector<std::string> labels;
        for (const TreeFile& file : pictures_) {
            const std::string_view folder =
                without_labels ? std::string_view() : first_folder(relative(file));
            labels.push_back(folder.empty() ? tree_.title() : std::string(folder));
        }
        finish(labels);
    }

    void finish(const std::vector<std::string>& labels) {
        std::map<std::string, std::size_t, bool (*)(std::string_view, std::string_view)> classes(
            natural_less);
        for (const std::string& label : labels) classes.emplace(label, 0);
        for (auto& [name, number] : classes) {
            number = layout_.class_names.size();
            layout_.class_names.push_back(name);
        }
        for (const std::string& label : labels) layout_.labels.push_back(classes.at(label));
        layout_.files = std::move(pictures_);
    }

    const FileTree& tree_;
    PictureLayout layout_;
    std::vector<TreeFile> pictures_, others_;
    std::vector<TreeFile> elsewhere_;  ///< pictures of other parts of the dataset
    std::vector<SkippedFile> unreadable_;
    std::vector<std::string> archives_;
    std::string prefix_;       ///< the folder of the pictures, "" or "train/"
    std::string list_folder_;  ///< of the list of labels
};

}  // namespace

PictureLayout lay_out_pictures(const FileTree& tree, const LoadProgress& progress,
                               const std::stop_token& stop) {
    return Finder(tree, tree.list(progress, stop)).find();
}

}  // namespace denoise
