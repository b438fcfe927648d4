#pragma once

#include <QThread>

#include "net/dataset_download.h"

namespace denoise::net {

/// A DatasetDownload in a thread of its own, so that the window never waits for the disk. The signals arrive
/// in the thread of this object. Its destructor cancels, and waits for a moment.
class BackgroundDownload : public QObject {
    Q_OBJECT
  public:
    BackgroundDownload(const CatalogEntry& set, const DownloadOptions& options, QObject* parent = nullptr);
    ~BackgroundDownload() override;

    void cancel() { download_->cancel(); }

  Q_SIGNALS:
    void progress(const denoise::net::DownloadProgress& progress);
    void finished(const denoise::net::DownloadResult& result);

  private:
    QThread thread_;
    DatasetDownload* download_;
};

}  // namespace denoise::net
