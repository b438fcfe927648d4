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

/// The headers of this project that a file may include. The first rule whose `user` is a prefix of the file's
/// path applies.
struct Rule {
    std::string_view user;
    std::vector<std::string_view> may_include;
    bool torch;  ///< whether torch, ATen and c10 headers are allowed
    std::string_view words;
};

/// The rule for a module, and the modules that it may include besides itself.
Rule room(std::string_view user, std::vector<std::string_view> may_include, bool torch,
          std::string_view words) {
    may_include.push_back(user);
    return {user, std::move(may_include), torch, words};
}

constexpr std::string_view base = "engine/base/", device = "engine/device/",
                           distributed = "engine/distributed/", formats = "engine/formats/",
                           data = "engine/data/", schedule = "engine/schedule/",
                           description = "engine/network/description/", network = "engine/network/",
                           diffusion = "engine/diffusion/", sampling = "engine/sampling/",
                           runs = "engine/runs/", diffusers = "engine/diffusers/", model = "engine/model/",
                           training = "engine/training/", evaluation = "engine/evaluation/",
                           jobs = "engine/jobs/", scheduler = "engine/scheduler/",
                           session = "engine/session/", net = "net/";

const std::vector<Rule>& rules() {
    // Modules without LibTorch that the window and the command line may include.
    static const std::vector<std::string_view> free_of_torch = {base,     formats,     data,
                                                                schedule, description, runs};
    static const std::vector<Rule> table = [] {
        std::vector<std::string_view> of_app = free_of_torch;
        of_app.push_back(session);
        of_app.push_back(net);
        const bool torch = true, no_torch = false;
        std::vector<Rule> rules = {
            room(base, {}, no_torch, "base/ must not include other modules"),
            room(device, {base}, torch, "device/ may only include base/"),
            room(distributed, {base}, no_torch, "distributed/ may only include base/"),
            room(formats, {base}, no_torch, "formats/ may only include base/"),
            room(data, {base, formats}, no_torch, "data/ may only include base/ and formats/"),
            room(schedule, {base}, no_torch, "schedule/ may only include base/"),
            room(description, {base}, no_torch, "network/description/ may only include base/"),
            room(network, {base, device}, torch, "network/ may only include base/ and device/"),
            room(diffusion, {base, device, schedule}, torch,
                 "diffusion/ may only include base/, device/ and schedule/"),
            room(sampling, {base, device, schedule, diffusion}, torch,
                 "sampling/ may only include base/, device/, schedule/ and diffusion/"),
            room(runs, {base, formats, data, schedule, description}, no_torch,
                 "runs/ may only include base/, formats/, data/, schedule/ and network/description/"),
            room(diffusers, {base, formats, schedule, description}, no_torch,
                 "diffusers/ may only include base/, formats/, schedule/ and network/description/"),
            room(model, {base, device, formats, schedule, network, diffusion, runs, diffusers}, torch,
                 "model/ may only include base/, device/, formats/, schedule/, network/, diffusion/, runs/ "
                 "and "
                 "diffusers/"),
            room(training,
                 {base, device, distributed, formats, data, schedule, network, diffusion, runs, model}, torch,
                 "training/ may only include base/, device/, distributed/, formats/, data/, schedule/, "
                 "network/, "
                 "diffusion/, runs/ and model/"),
            room(evaluation, {base, device, formats, data, network, training}, torch,
                 "evaluation/ may only include base/, device/, formats/, data/, network/ and training/"),
            room(jobs,
                 {base, device, distributed, formats, data, schedule, network, diffusion, sampling, runs,
                  model, training, evaluation},
                 torch, "jobs/ must not include diffusers/, scheduler/ or session/"),
            {scheduler, {"engine/"}, torch, "scheduler/ may only include engine/"},
            {session, {"engine/"}, no_torch, "session/ may only include engine/"},
            room(net, {base, data}, no_torch, "net/ may only include base/ and data/"),
            room("ui/", of_app, no_torch,
                 "ui/ may only include session/, base/, distributed/, formats/, data/, schedule/, "
                 "network/description/, "
                 "runs/ and net/"),
        };
        of_app.push_back("ui/");
        of_app.push_back(distributed);
        rules.push_back(room("app/", of_app, no_torch,
                             "app/ may only include ui/, distributed/ and what ui/ may include"));
        return rules;
    }();
    return table;
}

bool any_starts(std::string_view text, const std::vector<std::string_view>& starts) {
    return std::ranges::any_of(starts, [text](std::string_view start) { return text.starts_with(start); });
}

bool is_torch(std::string_view target) {
    return any_starts(target, {"torch/", "ATen/", "c10/", "caffe2/"});
}

bool is_ours(std::string_view target) {
    return any_starts(target, {"engine/", "net/", "ui/", "app/", "tests/"});
}

/// Headers generated by the build: the output of moc and uic.
bool is_generated(std::string_view target) {
    return target.ends_with(".moc") || target.starts_with("moc_") || target.starts_with("ui_");
}

std::string place(const Include& include) {
    const char* quotes = include.quoted ? "\"\"" : "<>";
    return include.file + ":" + std::to_string(include.line) + ": includes " + quotes[0] + include.target +
           quotes[1];
}

/// The text with comments replaced by spaces. Line breaks are kept. "//" in a string literal does not start a
/// comment.
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

/// The folder of a path in the search for cycles.
std::string folder_of(std::string_view path) {
    std::string_view folder = path.substr(0, path.rfind('/'));
    if (folder.starts_with("engine/")) folder = folder.substr(0, folder.find('/', 7));  // modules as a whole
    return std::string(folder == "ui" || folder == "app" ? path.substr(0, path.rfind('.')) : folder);
}

using Graph = std::map<std::string, std::map<std::string, const Include*>>;

/// Depth-first search. `path` leads from the start to `folder`. Returns true if a cycle was found, which is
/// then in `path`.
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
    for (const char* folder : {"engine", "net", "ui", "app"}) {
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
            findings.push_back(place(include) + ": the folder has no rule; add one in " + __FILE__);
        } else if (is_torch(include.target)) {
            if (!rule->torch)
                findings.push_back(place(include) + ": " + std::string(rule->user) +
                                   " must not include LibTorch");
        } else if (is_ours(include.target) && !any_starts(include.target, rule->may_include)) {
            findings.push_back(place(include) + ": " + std::string(rule->words));
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
                               ": headers of this project are included by their path from the root, others "
                               "in angle brackets");
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
