#pragma once

#include <QLockFile>
#include <QNetworkAccessManager>
#include <QObject>
#include <QTimer>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/data/catalog.h"
#include "net/download_options.h"
#include "net/file_fetch.h"

namespace denoise::net {

struct DownloadProgress {
    std::int64_t bytes = 0;  ///< of all files that are here
    std::int64_t total = 0;
    QString doing;  ///< such as "Checking"; empty: downloading
};

enum class DownloadEnd { done, cancelled, failed };

struct DownloadResult {
    DownloadEnd end = DownloadEnd::failed;
    std::filesystem::path path;  ///< of the set, to load it
    Error error;                 ///< if it has failed
};

/// Gets a published dataset: from the folder to look in first if it has an intact copy, otherwise from the
/// mirrors and published addresses. A file gets its name only after its hash was compared. What has arrived
/// when a download is cancelled or fails stays, and the next one continues there. It works in the thread in
/// which it lives, which needs an event loop, and reads and hashes files there.
class DatasetDownload : public QObject {
    Q_OBJECT
  public:
    DatasetDownload(CatalogEntry set, DownloadOptions options, QObject* parent = nullptr);
    ~DatasetDownload() override;

    /// Begins in the event loop, and ends with one finished().
    void start();
    /// May be called by any thread.
    void cancel();

  Q_SIGNALS:
    void progress(const denoise::net::DownloadProgress& progress);
    void finished(const denoise::net::DownloadResult& result);

  private:
    struct Address {
        QUrl url;  ///< of the folder
        QString why_not;
        bool offline = false, refused = false;
    };

    void begin();
    void prepare();
    void check_space();
    void next_file();
    void next_address();
    void fetch();
    void after_fetch(const FetchResult& result);
    void take_file();
    void report(const QString& doing = {}, bool now = false);
    std::int64_t bytes_here() const;
    const PublishedFile& file() const { return set_.publication->files[file_]; }
    [[noreturn]] void fail(const std::string& why, const std::string& remedy) const;
    [[noreturn]] void fail_without_address() const;
    /// Runs a step, and ends the download if it throws.
    template <class Step>
    void guarded(const Step& step);
    void finish(DownloadResult result);

    CatalogEntry set_;
    DownloadOptions options_;
    std::filesystem::path folder_;
    std::unique_ptr<QLockFile> lock_;
    std::unique_ptr<QNetworkAccessManager> network_;
    std::unique_ptr<PartFile> part_;
    FileFetch* fetch_ = nullptr;
    std::stop_source stop_;
    std::vector<char> has_file_;
    std::vector<Address> addresses_;
    std::size_t file_ = 0, address_ = 0;
    int round_ = 0;
    std::int64_t part_before_ = 0;  ///< size of the part before this attempt
    bool started_whole_ = false;    ///< this attempt began without a part
    qint64 reported_ = 0;
    QTimer report_timer_{this};  // a child, so that it moves to the thread of the download
    bool ended_ = false;
};

}  // namespace denoise::net
