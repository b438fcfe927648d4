#include "net/dataset_download.h"

#include <QDateTime>
#include <QStorageInfo>
#include <algorithm>
#include <system_error>

#include "engine/base/cancelled.h"
#include "engine/data/known_sets.h"

namespace denoise::net {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t disk_reserve = 16 << 20;
constexpr int report_interval_ms = 100;
/// Bytes of an attempt after which the same address is asked again at once.
constexpr std::int64_t worth_resuming = 64 << 10;

std::int64_t free_bytes_on_disk(const fs::path& folder) {
    const QStorageInfo disk(QString::fromStdString(folder.string()));
    return disk.isValid() ? disk.bytesAvailable() : -1;
}

/// "11.6 MB"
std::string megabytes(std::int64_t bytes) {
    return QString::number(static_cast<double>(bytes) / 1e6, 'f', 1).toStdString() + " MB";
}

std::string without_full_stop(std::string text) {
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

DatasetDownload::DatasetDownload(CatalogEntry set, DownloadOptions options, QObject* parent)
    : QObject(parent), set_(std::move(set)), options_(std::move(options)) {
    report_timer_.setSingleShot(true);
    report_timer_.setInterval(report_interval_ms);
    connect(&report_timer_, &QTimer::timeout, this, [this] {
        if (!ended_) report({}, true);
    });
}

DatasetDownload::~DatasetDownload() {
    delete fetch_;
}

void DatasetDownload::start() {
    QTimer::singleShot(0, this, &DatasetDownload::begin);
}

void DatasetDownload::cancel() {
    stop_.request_stop();
    // Queued, because the caller may handle a signal of a step that is not finished.
    QMetaObject::invokeMethod(
        this,
        [this] {
            finish({DownloadEnd::cancelled, {}, {}});
        },
        Qt::QueuedConnection);
}

template <class Step>
void DatasetDownload::guarded(const Step& step) {
    if (ended_) return;
    try {
        if (stop_.stop_requested()) throw Cancelled{};
        step();
    } catch (const Cancelled&) {
        finish({DownloadEnd::cancelled, {}, {}});
    } catch (const Error& error) {
        finish({DownloadEnd::failed, {}, error});
    } catch (const std::exception& exception) {
        finish({DownloadEnd::failed, {}, {"Cannot download " + set_.title, exception.what(), "Try again"}});
    }
}

void DatasetDownload::begin() {
    guarded([this] {
        if (!set_.publication || set_.publication->files.empty() ||
            (set_.publication->addresses.empty() && options_.mirrors.empty()))
            fail("nobody offers it", set_.how);
        if (!options_.look_first.empty()) {
            report(tr("Looking for a copy"), true);
            if (const auto copy = find_intact_copy(set_, options_.look_first, stop_.get_token()))
                return finish({DownloadEnd::done, *copy, {}});
        }
        prepare();
        check_space();
        next_file();
    });
}

void DatasetDownload::prepare() {
    folder_ = folder_of(set_, options_.folder);
    std::error_code code;
    fs::create_directories(folder_, code);
    if (code) fail(folder_.string() + ": " + code.message(), "Choose another folder for datasets");
    lock_ = std::make_unique<QLockFile>(QString::fromStdString((folder_ / ".download.lock").string()));
    lock_->setStaleLockTime(0);
    if (!lock_->tryLock(0)) {
        if (lock_->error() == QLockFile::LockFailedError)
            fail("another window or program is downloading it", "Wait until it has finished");
        fail(folder_.string() + ": the folder cannot be written to", "Choose another folder for datasets");
    }
    report(tr("Checking"), true);
    for (const PublishedFile& each : set_.publication->files)
        has_file_.push_back(is_intact(folder_ / each.name, each, stop_.get_token()));

    const auto proxy = parse_proxy(options_.proxy).release();
    network_ = std::make_unique<QNetworkAccessManager>();
    network_->setProxyFactory(proxy);  // owns it
    for (const std::string& mirror : options_.mirrors)
        addresses_.push_back({QUrl(QString::fromStdString(mirror + set_.name + "/")), {}, false, false});
    for (const std::string& address : set_.publication->addresses)
        addresses_.push_back({QUrl(QString::fromStdString(address)), {}, false, false});
}

void DatasetDownload::check_space() {
    const std::int64_t needed = bytes_of(*set_.publication) - bytes_here();
    const std::int64_t free =
        options_.free_bytes ? options_.free_bytes(folder_) : free_bytes_on_disk(folder_);
    if (needed > 0 && free >= 0 && free < needed + disk_reserve)
        fail("the disk of " + folder_.string() + " has " + megabytes(free) + " free, and " +
                 megabytes(needed + disk_reserve) + " are needed",
             "Free some space, or choose another folder for datasets");
}

std::int64_t DatasetDownload::bytes_here() const {
    std::int64_t bytes = 0;
    const auto& files = set_.publication->files;
    for (std::size_t i = 0; i < files.size(); ++i)
        bytes += has_file_[i]          ? files[i].bytes
                 : part_ && i == file_ ? part_->size()
                                       : std::min(PartFile(folder_ / files[i].name).size(), files[i].bytes);
    return bytes;
}

void DatasetDownload::next_file() {
    part_.reset();
    const auto missing = std::ranges::find(has_file_, 0);
    if (missing == has_file_.end()) {
        report({}, true);
        lock_->unlock();
        return finish({DownloadEnd::done, path_in(set_, folder_), {}});
    }
    file_ = static_cast<std::size_t>(missing - has_file_.begin());
    part_ = std::make_unique<PartFile>(folder_ / file().name);
    address_ = 0;
    round_ = 0;
    for (Address& address : addresses_) address.refused = false;
    started_whole_ = false;
    if (part_->size() == file().bytes) return take_file();  // it ended before the comparison
    fetch();
}

void DatasetDownload::fetch() {
    while (address_ < addresses_.size() && addresses_[address_].refused) ++address_;
    if (address_ == addresses_.size()) {
        const bool hopeless =
            std::ranges::all_of(addresses_, [](const Address& each) { return each.refused || each.offline; });
        if (hopeless || ++round_ == options_.rounds) fail_without_address();
        address_ = 0;
        QTimer::singleShot(options_.pause, this, [this] { guarded([this] { fetch(); }); });
        return;
    }
    part_before_ = part_->size();
    started_whole_ = part_before_ == 0;
    const QUrl url = addresses_[address_].url.resolved(QUrl(QString::fromStdString(file().name)));
    fetch_ = new FileFetch(*network_, file(), *part_, url, options_.timeout, this);
    connect(fetch_, &FileFetch::advanced, this, [this] { report(); });
    connect(fetch_, &FileFetch::finished, this, [this](const FetchResult& result) {
        fetch_->deleteLater();  // it is the sender
        fetch_ = nullptr;
        guarded([&] { after_fetch(result); });
    });
    report();
    fetch_->start();
}

void DatasetDownload::after_fetch(const FetchResult& result) {
    Address& address = addresses_[address_];
    switch (result.end) {
        case FetchEnd::arrived:
            return take_file();
        case FetchEnd::cancelled:
            throw Cancelled{};
        case FetchEnd::disk_error:
            fail(part_->path().string() + ": " + result.why.toStdString(),
                 "Free some space, or choose another folder for datasets");
        case FetchEnd::refused:
            address.refused = true;
            break;
        case FetchEnd::interrupted:
        case FetchEnd::unreachable:
            break;
    }
    address.why_not = result.why;
    address.offline = result.offline;
    // A connection that breaks after some bytes is taken up again at once.
    if (result.end == FetchEnd::interrupted && part_->size() >= part_before_ + worth_resuming) return fetch();
    next_address();
}

void DatasetDownload::next_address() {
    ++address_;
    fetch();
}

/// Gives a part its name if it is the right file. Otherwise it is removed.
void DatasetDownload::take_file() {
    report(tr("Checking"), true);
    const bool is_right = sha256_of_file(part_->path(), stop_.get_token()) == file().sha256;
    if (!is_right) {
        part_->remove();
        Address& address = addresses_[address_];
        address.why_not = tr("the file is not the right one: its SHA-256 differs");
        // Of a part that was resumed, an old beginning may be wrong.
        if (!started_whole_) return fetch();
        address.refused = true;
        return next_address();
    }
    if (!part_->resume() || !part_->sync())
        fail(part_->path().string() + ": " + part_->problem().toStdString(), "Check the disk");
    part_->close();
    std::error_code code;
    fs::rename(part_->path(), folder_ / file().name, code);
    if (code) fail((folder_ / file().name).string() + ": " + code.message(), "Check the folder");
    part_->remove();  // its mark
    has_file_[file_] = 1;
    next_file();
}

void DatasetDownload::report(const QString& doing, bool now) {
    const qint64 time = QDateTime::currentMSecsSinceEpoch();
    if (!now && time - reported_ < report_interval_ms) {
        if (!report_timer_.isActive()) report_timer_.start();
        return;
    }
    report_timer_.stop();
    reported_ = time;
    const bool knows = has_file_.size() == set_.publication->files.size();
    Q_EMIT progress({knows ? bytes_here() : 0, bytes_of(*set_.publication), doing});
}

void DatasetDownload::fail(const std::string& why, const std::string& remedy) const {
    throw Error{"Cannot download " + set_.title, why, without_full_stop(remedy)};
}

void DatasetDownload::fail_without_address() const {
    std::string reasons;
    for (const Address& address : addresses_)
        reasons += (reasons.empty() ? "" : "; ") + address.url.host().toStdString() + ": " +
                   address.why_not.toStdString();
    if (std::ranges::all_of(addresses_, [](const Address& each) { return each.offline; }))
        fail("this computer seems to be offline (" + reasons + ")",
             "Connect to the internet and try again, or download it on another computer. " + set_.how);
    fail(reasons, "Try again later, or get it in another way. " + set_.how);
}

void DatasetDownload::finish(DownloadResult result) {
    if (ended_) return;
    ended_ = true;
    if (fetch_) {
        fetch_->disconnect(this);
        fetch_->cancel();
        fetch_->deleteLater();
        fetch_ = nullptr;
    }
    part_.reset();
    if (lock_) lock_->unlock();
    std::error_code not_empty;
    if (lock_) fs::remove(folder_, not_empty);  // only a folder without files
    Q_EMIT finished(result);
}

}  // namespace denoise::net
