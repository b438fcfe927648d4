#include "net/background_download.h"

namespace denoise::net {

BackgroundDownload::BackgroundDownload(const CatalogEntry& set, const DownloadOptions& options,
                                       QObject* parent)
    : QObject(parent), download_(new DatasetDownload(set, options)) {
    download_->moveToThread(&thread_);
    connect(&thread_, &QThread::started, download_, &DatasetDownload::start);
    connect(&thread_, &QThread::finished, download_, &QObject::deleteLater);
    connect(download_, &DatasetDownload::progress, this, &BackgroundDownload::progress);
    connect(download_, &DatasetDownload::finished, this, &BackgroundDownload::finished);
    thread_.setObjectName(QStringLiteral("download"));
    thread_.start();
}

BackgroundDownload::~BackgroundDownload() {
    download_->cancel();
    thread_.quit();
    thread_.wait();
}

}  // namespace denoise::net
