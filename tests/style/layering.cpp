#include "tests/style/layering.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>

namespace denoise::style {
namespace {

/// Who may include what of ours, by the start of the paths. A file obeys the first rule that fits it.
struct Rule {
    std::string_view user;
    std::vector<std::string_view> may_include;
    bool torch;  ///< whether torch, ATen and c10 headers are allowed
    std::string_view words;
};

const std::vector<Rule>& rules() {
    static const std::vector<Rule> table = {
        {"engine/base/", {"engine/base/"}, false, "engine/base/ knows no other folder"},
        {"engine/formats/", {"engine/formats/", "engine/base/"}, false, "formats/ knows base/ alone"},
        {"engine/data/",
         {"engine/data/", "engine/base/", "engine/formats/"},
         false,
         "data/ knows base/ and formats/ alone"},
        {"engine/diffusion/",
         {"engine/diffusion/", "engine/base/"},
         true,
         "diffusion/ knows base/ alone: no network and no file"},
        {"engine/network/",
         {"engine/network/", "engine/base/"},
         true,
         "network/ knows base/ alone: no schedule and no data"},
        {"engine/training/",
         {"engine/training/", "engine/base/", "engine/formats/", "engine/data/", "engine/diffusion/",
          "engine/network/"},
         true,
         "training/ knows the folders that it joins, not session/ nor the programs"},
        {"engine/evaluation/",
         {"engine/evaluation/", "engine/base/", "engine/formats/", "engine/data/", "engine/training/"},
         true,
         "evaluation/ looks at images: it knows no diffusion model"},
        {"engine/interop/",
         {"engine/interop/", "engine/base/", "engine/formats/", "engine/diffusion/", "engine/network/"},
         true,
         "interop/ knows networks, schedules and files: no training and no data"},
        {"engine/session/", {"engine/"}, true, "session/ knows engine/ alone"},
        {"ui/",
         {"ui/", "engine/session/", "engine/base/", "engine/diffusion/noise_schedule.h",
          "engine/training/run_config.h", "engine/network/unet_config.h", "engine/data/dataset.h"},
         false,
         "ui/ knows the engine by session/, base/ and the torch-free headers noise_schedule.h, run_config.h, "
         "unet_config.h and dataset.h alone"},
        {"app/",
         {"app/", "ui/", "engine/session/", "engine/base/", "engine/diffusion/noise_schedule.h",
          "engine/training/run_config.h", "engine/network/unet_config.h", "engine/data/dataset.h"},
         false,
         "app/ knows ui/ and what ui/ may know of the engine alone"},
    };
    return table;
}

bool any_starts(std::string_view text, const std::vector<std::string_view>& starts) {
    return std::ranges::any_of(starts, [text](std::string_view start) { return text.starts_with(start); });
}

bool is_torch(std::string_view target) {
    return any_starts(target, {"torch/", "ATen/", "c10/", "caffe2/"});
}

bool is_ours(std::string_view target) {
    return any_starts(target, {"engine/", "ui/", "app/", "tests/"});
}

/// What the build writes: moc's output beside a source file and forms' headers.
bool is_generated(std::string_view target) {
    return target.ends_with(".moc") || target.starts_with("moc_") || target.starts_with("ui_");
}

/// Headers right in session/ are the door to the engine; those in folders inside it are its own affair.
bool is_door(std::string_view path) {
    return path.starts_with("engine/session/") && path.ends_with(".h") && std::ranges::count(path, '/') == 2;
}

std::string place(const Include& include) {
    const char* quotes = include.quoted ? "\"\"" : "<>";
    return include.file + ":" + std::to_string(include.line) + ": includes " + quotes[0] + include.target +
           quotes[1];
}

/// The text with every comment made blank, lines kept. String literals are left alone, so that "//" in one
/// of them starts nothing.
std::string without_comments(std::string_view text) {
    std::string result(text);
    enum { code, line_comment, block_comment, literal } state = code;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const std::string_view two = text.substr(i, 2);
        const char c = text[i];
        if (state == code) {
            if (two == "//") state = line_comment;
            if (two == "/*") state = block_comment;
            if (c == '"') state = literal;
        } else if (c == '\n') {
            if (state != block_comment) state = code;
        } else if (state == literal) {
            if (c == '\\') ++i;
            if (c == '"') state = code;
        } else if (state == block_comment && two == "*/") {
            result[i] = result[i + 1] = ' ';
            ++i;
            state = code;
            continue;
        }
        if (c != '\n' && (state == line_comment || state == block_comment)) result[i] = ' ';
    }
    return result;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    return text;
}

/// The folder that a path counts for in the search for circles.
std::string folder_of(std::string_view path) {
    std::string_view folder = path.substr(0, path.rfind('/'));
    if (folder.starts_with("engine/")) folder = folder.substr(0, folder.find('/', 7));  // rooms as a whole
    return std::string(folder == "ui" || folder == "app" ? path.substr(0, path.rfind('.')) : folder);
}

using Graph = std::map<std::string, std::map<std::string, const Include*>>;

/// Depth first: `path` is the way from the start to `folder`. True when it was closed to a circle, which is
/// then what `path` holds.
bool find_circle(const Graph& graph, const std::string& folder, std::set<std::string>& finished,
                 std::vector<const Include*>& path) {
    const auto edges = graph.find(folder);
    if (edges != graph.end() && !finished.contains(folder)) {
        for (const auto& [next, include] : edges->second) {
            const auto start = std::ranges::find_if(
                path, [&next](const Include* step) { return folder_of(step->file) == next; });
            const bool closed = start != path.end() || next == folder;
            if (closed) path.erase(path.begin(), start);
            path.push_back(include);
            if (closed || find_circle(graph, next, finished, path)) return true;
            path.pop_back();
        }
    }
    finished.insert(folder);
    return false;
}

}  // namespace

std::vector<Include> includes_of(const std::string& file, std::string_view text) {
    const std::string code = without_comments(text);
    std::vector<Include> includes;
    int number = 0;
    for (std::size_t begin = 0; begin < code.size();) {
        const std::size_t end = std::min(code.find('\n', begin), code.size());
        std::string_view line = trimmed(std::string_view(code).substr(begin, end - begin));
        begin = end + 1;
        ++number;
        if (!line.starts_with('#')) continue;
        line = trimmed(line.substr(1));
        if (!line.starts_with("include")) continue;
        line = trimmed(line.substr(7));
        if (line.empty() || (line.front() != '"' && line.front() != '<')) continue;
        const bool quoted = line.front() == '"';
        const std::size_t close = line.find(quoted ? '"' : '>', 1);
        if (close == std::string_view::npos) continue;
        includes.push_back({file, number, std::string(line.substr(1, close - 1)), quoted});
    }
    return includes;
}

SourceTree read_source_tree(const std::filesystem::path& root) {
    SourceTree tree;
    for (const char* folder : {"engine", "ui", "app"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            const std::string extension = entry.path().extension().string();
            if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
            tree.files.push_back(std::filesystem::relative(entry.path(), root).generic_string());
        }
    }
    std::ranges::sort(tree.files);
    for (const std::string& file : tree.files) {
        std::ifstream stream(root / file, std::ios::binary);
        if (!stream) throw std::runtime_error("cannot read " + file);
        const std::string text(std::istreambuf_iterator<char>(stream), {});
        std::ranges::move(includes_of(file, text), std::back_inserter(tree.includes));
    }
    return tree;
}

std::vector<std::string> forbidden_includes(const std::vector<Include>& includes) {
    std::vector<std::string> findings;
    for (const Include& include : includes) {
        const auto rule = std::ranges::find_if(
            rules(), [&include](const Rule& r) { return include.file.starts_with(r.user); });
        if (rule == rules().end()) {
            findings.push_back(place(include) + ": the folder has no rule; give it one in " + __FILE__);
        } else if (is_torch(include.target)) {
            if (is_door(include.file))
                findings.push_back(place(include) + ": session/'s headers are free of LibTorch");
            else if (!rule->torch)
                findings.push_back(place(include) + ": " + std::string(rule->user) + " is free of LibTorch");
        } else if (is_ours(include.target) && !any_starts(include.target, rule->may_include)) {
            findings.push_back(place(include) + ": " + std::string(rule->words));
        } else if (!include.file.starts_with("engine/") && include.target.starts_with("engine/session/") &&
                   !is_door(include.target)) {
            findings.push_back(place(include) + ": folders inside session/ are its own affair");
        }
    }
    return findings;
}

std::vector<std::string> unknown_includes(const SourceTree& tree) {
    std::vector<std::string> findings;
    for (const Include& include : tree.includes)
        if (include.quoted && !is_generated(include.target) &&
            !std::ranges::binary_search(tree.files, include.target))
            findings.push_back(place(include) +
                               ": our headers are named from the root, other people's in angle brackets");
    return findings;
}

std::vector<std::string> circle_among_folders(const std::vector<Include>& includes) {
    Graph graph;
    for (const Include& include : includes) {
        if (!is_ours(include.target)) continue;
        const std::string from = folder_of(include.file);
        const std::string to = folder_of(include.target);
        if (from != to) graph[from].emplace(to, &include);
    }
    std::set<std::string> finished;
    for (const auto& [folder, edges] : graph) {
        std::vector<const Include*> path;
        if (!find_circle(graph, folder, finished, path)) continue;
        std::vector<std::string> lines;
        for (const Include* step : path)
            lines.push_back(place(*step) + ": " + folder_of(step->file) + " -> " + folder_of(step->target));
        return lines;
    }
    return {};
}

}  // namespace denoise::style
