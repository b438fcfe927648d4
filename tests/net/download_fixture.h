#pragma once

#include <gtest/gtest.h>

#include <QCryptographicHash>
#include <QEventLoop>
#include <QTimer>
#include <algorithm>
#include <optional>

#include "net/dataset_download.h"
#include "tests/net/http_server.h"
#include "tests/support/files.h"

namespace denoise::test {

inline std::string sha256(std::string_view bytes) {
    return QCryptographicHash::hash(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())),
                                    QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

/// Bytes without a pattern, so that a shifted part would show.
inline std::string noise_bytes(std::size_t size, unsigned seed) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
    return bytes;
}

/// Downloads of a small set with two files from servers in this process.
class DownloadTest : public ::testing::Test {
  protected:
    DownloadTest() {
        options_.folder = folder_ / "sets";
        options_.proxy = "none";
        options_.timeout = std::chrono::milliseconds(400);
        options_.pause = std::chrono::milliseconds(20);
        options_.free_bytes = [](const auto&) { return std::int64_t{1} << 40; };
    }

    PublishedFile published(const std::string& name, const std::string& content) const {
        return {name, static_cast<std::int64_t>(content.size()), sha256(content)};
    }
    /// The set, from the folder "/set/" of each server.
    CatalogEntry set(const std::vector<const HttpServer*>& servers) const {
        CatalogEntry entry{"tiny", "Tiny", "Two files.", "Copy them by hand.", false, Publication{}};
        entry.publication->files = {published("images.gz", images_), published("labels.gz", labels_)};
        for (const HttpServer* server : servers)
            entry.publication->addresses.push_back(server->address("/set/"));
        return entry;
    }
    /// A server that sends what was published.
    HttpAnswer good(const HttpRequest& request) const {
        const std::string* content = request.target.endsWith("/set/images.gz")   ? &images_
                                     : request.target.endsWith("/set/labels.gz") ? &labels_
                                                                                 : nullptr;
        return content ? serve(request, QByteArray::fromStdString(*content)) : HttpAnswer{404, {}, "no"};
    }
    HttpServer::Handler all_good() const {
        return [this](const HttpRequest& request) { return good(request); };
    }

    /// Qt repeats some requests whose connection broke, before the download asks for the rest.
    static bool was_asked_from(const HttpServer& server, qint64 offset) {
        return std::ranges::any_of(
            server.requests(), [offset](const HttpRequest& request) { return request.offset() == offset; });
    }

    net::DownloadResult run(const CatalogEntry& entry,
                            const std::function<void(net::DownloadProgress)>& watch = {}) {
        net::DatasetDownload download(entry, options_);
        running_ = &download;
        std::optional<net::DownloadResult> result;
        QEventLoop loop;
        QObject::connect(&download, &net::DatasetDownload::finished, &loop,
                         [&](const net::DownloadResult& end) {
                             EXPECT_FALSE(result) << "a download ends once";
                             result = end;
                             loop.quit();
                         });
        QObject::connect(&download, &net::DatasetDownload::progress, &loop,
                         [&](const net::DownloadProgress& now) {
                             EXPECT_LE(now.bytes, now.total);
                             if (watch) watch(now);
                         });
        QTimer::singleShot(20'000, &loop, &QEventLoop::quit);
        download.start();
        loop.exec();
        running_ = nullptr;
        EXPECT_TRUE(result) << "the download did not end";
        return result.value_or(net::DownloadResult{});
    }

    std::filesystem::path place(const std::string& name) const { return folder_ / "sets" / "tiny" / name; }
    bool is_complete() const {
        std::vector<std::string> names;
        for (const auto& each : std::filesystem::directory_iterator(place("")))
            names.push_back(each.path().filename().string());
        std::ranges::sort(names);
        return names == std::vector<std::string>{"images.gz", "labels.gz"} &&
               read_bytes(place("images.gz")) == images_ && read_bytes(place("labels.gz")) == labels_;
    }

    TemporaryFolder folder_;
    std::string images_ = noise_bytes(300'000, 1), labels_ = noise_bytes(700, 2);
    net::DownloadOptions options_;
    net::DatasetDownload* running_ = nullptr;
};

}  // namespace denoise::test
