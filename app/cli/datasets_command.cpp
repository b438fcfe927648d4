#include <QEventLoop>
#include <QTimer>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "app/cli/json_output.h"
#include "app/cli/path_option.h"
#include "engine/base/cancelled.h"
#include "engine/data/known_sets.h"
#include "engine/session/datasets.h"
#include "net/dataset_download.h"

namespace denoise::cli {
namespace {

constexpr int interrupt_poll_ms = 50;

struct DatasetsOptions {
    bool as_json = false;
    std::string download, folder, look_in, proxy;
    std::vector<std::string> mirrors;
};

std::string megabytes(std::int64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
    return text;
}

std::vector<std::string> names_of_publications() {
    std::vector<std::string> names;
    for (const CatalogEntry& entry : dataset_catalog())
        if (entry.publication) names.push_back(entry.name);
    return names;
}

nlohmann::json json_of(const Publication& publication) {
    nlohmann::json files = nlohmann::json::array();
    for (const PublishedFile& file : publication.files)
        files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
    return {{"bytes", bytes_of(publication)},
            {"licence", publication.licence},
            {"page", publication.page},
            {"addresses", publication.addresses},
            {"files", files}};
}

void print_as_json() {
    nlohmann::json list = nlohmann::json::array();
    for (const CatalogEntry& entry : dataset_catalog()) {
        list.push_back({{"name", entry.name},
                        {"title", entry.title},
                        {"description", entry.sentence},
                        {"how", entry.how},
                        {"built_in", entry.built_in}});
        if (entry.publication) list.back()["download"] = json_of(*entry.publication);
    }
    print_json(list, true);
}

void print_text() {
    for (const CatalogEntry& entry : dataset_catalog()) {
        std::printf("%s\n  %s\n  %s\n", entry.title.c_str(), entry.sentence.c_str(), entry.how.c_str());
        if (entry.publication)
            std::printf("  Or download it (%s; licence: %s): denoise-lab-cli datasets --download %s\n",
                        megabytes(bytes_of(*entry.publication)).c_str(), entry.publication->licence.c_str(),
                        entry.name.c_str());
        std::printf("\n");
    }
}

net::DownloadOptions download_options(const DatasetsOptions& options) {
    net::DownloadOptions download;
    download.folder =
        options.folder.empty() ? default_datasets_folder() : std::filesystem::path(options.folder);
    download.look_first = options.look_in;
    for (const std::string& mirror : options.mirrors)
        for (std::string& address : net::parse_mirrors(mirror))
            download.mirrors.push_back(std::move(address));
    download.proxy = options.proxy;
    net::parse_proxy(options.proxy);
    return download;
}

/// Waits for the download, and throws what ended it early.
std::filesystem::path wait_for(net::DatasetDownload& download, ProgressLine* line) {
    std::optional<net::DownloadResult> result;
    QEventLoop loop;
    QObject::connect(&download, &net::DatasetDownload::finished, &loop, [&](const net::DownloadResult& end) {
        result = end;
        loop.quit();
    });
    if (line)
        QObject::connect(&download, &net::DatasetDownload::progress, &loop,
                         [&](const net::DownloadProgress& now) {
                             if (!now.doing.isEmpty()) return line->show(-1, now.doing.toStdString(), {});
                             line->show(static_cast<double>(now.bytes) / static_cast<double>(now.total),
                                        "Downloading", megabytes(now.bytes) + " of " + megabytes(now.total));
                         });
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &loop, [&] {
        if (interrupted()) download.cancel();
    });
    poll.start(interrupt_poll_ms);
    download.start();
    loop.exec();
    if (line) line->clear();
    if (result->end == net::DownloadEnd::failed) throw result->error;
    if (result->end == net::DownloadEnd::cancelled) throw Cancelled{};
    return result->path;
}

void download_set(const DatasetsOptions& options) {
    const CatalogEntry& set = *find_publication(options.download);
    net::DatasetDownload download(set, download_options(options));
    std::optional<ProgressLine> line;
    if (!options.as_json) line.emplace();
    const std::string path = wait_for(download, line ? &*line : nullptr).string();
    if (options.as_json)
        return print_json({{"name", set.name}, {"path", path}, {"licence", set.publication->licence}});
    line->say(set.title + " is in " + path);
    line->say("Licence: " + set.publication->licence + ". About it: " + set.publication->page);
    line->say("Train on it with `denoise-lab-cli train --dataset " +
              (options.folder.empty() && options.look_in.empty() ? set.name : "'" + path + "'") + "`");
}

}  // namespace

void add_datasets(CLI::App& app) {
    auto options = std::make_shared<DatasetsOptions>();
    CLI::App* command = app.add_subcommand(
        "datasets", "List the datasets that a model can be trained on, or download one of them.");
    CLI::Option* download =
        command
            ->add_option("--download", options->download,
                         "Download this dataset, or continue to. Each file is compared with its SHA-256")
            ->check(CLI::IsMember(names_of_publications()))
            ->type_name("NAME");
    add_path(*command, "--folder", options->folder,
             "Folder for downloaded datasets (default: ~/.local/share/denoise-lab/datasets, or that of "
             "DENOISE_LAB_DATASETS)")
        ->needs(download);
    add_path(*command, "--look-in", options->look_in,
             "Folder with copies, in subfolders with the names of the datasets. One that is intact is used "
             "instead of a download")
        ->needs(download);
    command
        ->add_option(
            "--mirror", options->mirrors,
            "Address of such a folder on a server, to try before the publishers' addresses. Can be repeated")
        ->type_name("URL")
        ->needs(download);
    command
        ->add_option("--proxy", options->proxy,
                     "http://host:port, socks5://host:port or none (default: that of the system, such as "
                     "https_proxy)")
        ->type_name("URL")
        ->needs(download);
    command->add_flag("--json", options->as_json, std::string("Print JSON") + json_error_help);
    command->callback([options] {
        if (!options->download.empty()) return download_set(*options);
        options->as_json ? print_as_json() : print_text();
    });
}

}  // namespace denoise::cli
