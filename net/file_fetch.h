#pragma once

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QObject>
#include <QPointer>
#include <QUrl>
#include <chrono>

#include "engine/data/catalog.h"
#include "net/part_file.h"

namespace denoise::net {

enum class FetchEnd {
    arrived,      ///< all bytes are in the part file; nobody has compared the hash
    interrupted,  ///< the connection broke or was too slow; the part can be resumed
    refused,      ///< this address does not have the file
    unreachable,  ///< there was no connection
    disk_error,   ///< the part cannot be written
    cancelled,
};

struct FetchResult {
    FetchEnd end = FetchEnd::cancelled;
    QString why;           ///< the cause: "the server answered 404 Not Found"
    bool offline = false;  ///< the name of the server was not found, as without the internet
};

/// One attempt to get a file from one address. Resumes what is in the part file if the server can. Never
/// writes more bytes than the file has.
class FileFetch : public QObject {
    Q_OBJECT
  public:
    FileFetch(QNetworkAccessManager& network, const PublishedFile& file, PartFile& part, const QUrl& address,
              std::chrono::milliseconds timeout, QObject* parent = nullptr);
    ~FileFetch() override;

    /// finished() follows, never during this call.
    void start();
    void cancel();

  Q_SIGNALS:
    void advanced();  ///< the part file has grown, or is empty again
    void finished(const denoise::net::FetchResult& result);

  private:
    void ask();
    void look_at_headers();
    void take_bytes();
    void answer_ended();
    FetchResult result_of_answer() const;
    void finish(FetchEnd end, const QString& why, bool offline = false);

    QNetworkAccessManager& network_;
    const PublishedFile& file_;
    PartFile& part_;
    QUrl address_;
    std::chrono::milliseconds timeout_;
    QPointer<QNetworkReply> reply_;  ///< destroyed with the QNetworkAccessManager, at the latest
    bool may_resume_ = true, accepted_ = false, ended_ = false;
};

}  // namespace denoise::net
