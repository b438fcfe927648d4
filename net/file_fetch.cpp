#include "net/file_fetch.h"

#include <QNetworkRequest>
#include <QSslSocket>
#include <QTimer>

namespace denoise::net {
namespace {

constexpr int most_redirects = 5;

int status_of(const QNetworkReply& reply) {
    return reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

/// The mark of a version that If-Range accepts: a strong ETag, or the date.
QByteArray version_of(const QNetworkReply& reply) {
    const QByteArray etag = reply.rawHeader("ETag");
    if (!etag.isEmpty() && !etag.startsWith("W/")) return etag;
    return reply.rawHeader("Last-Modified");
}

/// The expected beginning of "Content-Range: bytes 100-199/200".
bool continues_at(const QNetworkReply& reply, std::int64_t offset, std::int64_t total) {
    const QByteArray range = reply.rawHeader("Content-Range").simplified();
    return range == "bytes " + QByteArray::number(offset) + '-' + QByteArray::number(total - 1) + '/' +
                        QByteArray::number(total);
}

}  // namespace

FileFetch::FileFetch(QNetworkAccessManager& network, const PublishedFile& file, PartFile& part,
                     const QUrl& address, std::chrono::milliseconds timeout, QObject* parent)
    : QObject(parent), network_(network), file_(file), part_(part), address_(address), timeout_(timeout) {}

FileFetch::~FileFetch() {
    if (!reply_) return;
    reply_->disconnect(this);
    reply_->abort();
    reply_->deleteLater();
}

void FileFetch::start() {
    QTimer::singleShot(0, this, &FileFetch::ask);
}

void FileFetch::cancel() {
    finish(FetchEnd::cancelled, {});
}

void FileFetch::ask() {
    if (ended_) return;
    if (address_.scheme() == QLatin1String("https") && !QSslSocket::supportsSsl())
        return finish(FetchEnd::unreachable, tr("Qt found no TLS library, such as OpenSSL 3"));
    if (part_.size() >= file_.bytes) part_.remove();  // a wrong file of another version
    accepted_ = false;
    QNetworkRequest request(address_);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::NoLessSafeRedirectPolicy);
    request.setMaximumRedirectsAllowed(most_redirects);
    request.setTransferTimeout(static_cast<int>(timeout_.count()));
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setHeader(QNetworkRequest::UserAgentHeader, QStringLiteral("denoise-lab/" DENOISE_LAB_VERSION));
    // Otherwise Qt would ask for a compressed answer and unpack it.
    request.setRawHeader("Accept-Encoding", "identity");
    if (may_resume_ && part_.size() > 0) {
        request.setRawHeader("Range", "bytes=" + QByteArray::number(part_.size()) + '-');
        if (const QByteArray version = part_.version_from(address_.toString()); !version.isEmpty())
            request.setRawHeader("If-Range", version);
    }
    reply_ = network_.get(request);
    connect(reply_, &QNetworkReply::metaDataChanged, this, &FileFetch::look_at_headers);
    connect(reply_, &QNetworkReply::readyRead, this, &FileFetch::take_bytes);
    connect(reply_, &QNetworkReply::finished, this, &FileFetch::answer_ended);
}

/// Decides once, at the first bytes, what to do with them.
void FileFetch::look_at_headers() {
    const int status = status_of(*reply_);
    if (ended_ || accepted_ || (status != 200 && status != 206)) return;
    const bool has_length = reply_->header(QNetworkRequest::ContentLengthHeader).isValid();
    const std::int64_t length = reply_->header(QNetworkRequest::ContentLengthHeader).toLongLong();
    if (status == 206) {
        if (!may_resume_ || !continues_at(*reply_, part_.size(), file_.bytes)) {
            if (!may_resume_)
                return finish(FetchEnd::refused, tr("the server sent a part that was not asked for"));
            may_resume_ = false;  // once more, from the beginning
            reply_->disconnect(this);
            reply_->abort();
            reply_->deleteLater();
            reply_ = nullptr;
            return start();
        }
        if (!part_.resume()) return finish(FetchEnd::disk_error, part_.problem());
    } else {
        if (has_length && length != file_.bytes)
            return finish(FetchEnd::refused,
                          tr("the server has a file of %1 bytes instead of %2").arg(length).arg(file_.bytes));
        if (!part_.begin(address_.toString(), version_of(*reply_)))
            return finish(FetchEnd::disk_error, part_.problem());
        Q_EMIT advanced();
    }
    accepted_ = true;
}

void FileFetch::take_bytes() {
    if (ended_) return;
    look_at_headers();
    if (ended_ || !accepted_ || !reply_->isOpen()) return;  // it is closed after a timeout
    const QByteArray bytes = reply_->readAll();
    if (part_.size() + bytes.size() > file_.bytes) {
        part_.remove();
        return finish(FetchEnd::refused, tr("the server sends more than %1 bytes").arg(file_.bytes));
    }
    if (!part_.append(bytes)) return finish(FetchEnd::disk_error, part_.problem());
    if (!bytes.isEmpty()) Q_EMIT advanced();
}

void FileFetch::answer_ended() {
    take_bytes();
    if (ended_ || !reply_) return;
    const FetchResult result = result_of_answer();
    if (status_of(*reply_) == 416 && may_resume_) {  // there is nothing behind what has arrived
        may_resume_ = false;
        reply_->deleteLater();
        reply_ = nullptr;
        return start();
    }
    finish(result.end, result.why, result.offline);
}

FetchResult FileFetch::result_of_answer() const {
    const int status = status_of(*reply_);
    switch (reply_->error()) {
        case QNetworkReply::NoError:
            if (!accepted_) return {FetchEnd::refused, tr("the server answered %1").arg(status)};
            if (part_.size() == file_.bytes) return {FetchEnd::arrived, {}};
            return {FetchEnd::interrupted,
                    tr("the server sent only %1 of %2 bytes").arg(part_.size()).arg(file_.bytes)};
        case QNetworkReply::HostNotFoundError:
            return {FetchEnd::unreachable, tr("the server was not found"), true};
        case QNetworkReply::TemporaryNetworkFailureError:
        case QNetworkReply::NetworkSessionFailedError:
            return {FetchEnd::unreachable, tr("there is no network"), true};
        case QNetworkReply::OperationCanceledError:  // by the timeout
        case QNetworkReply::TimeoutError:
            return {FetchEnd::interrupted,
                    tr("the server sent nothing for %1 s").arg(static_cast<double>(timeout_.count()) / 1000)};
        case QNetworkReply::RemoteHostClosedError:
            return {FetchEnd::interrupted, tr("the connection was closed")};
        case QNetworkReply::TooManyRedirectsError:
            return {FetchEnd::refused, tr("the server redirects more than %1 times").arg(most_redirects)};
        case QNetworkReply::InsecureRedirectError:
            return {FetchEnd::refused, tr("the server redirects to an address without encryption")};
        default:
            break;
    }
    if (status >= 400) {
        const QString reason = reply_->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString();
        const QString why = tr("the server answered %1 %2").arg(status).arg(reason).trimmed();
        // 408, 429 and 5xx can pass.
        const bool passes = status == 408 || status == 429 || status >= 500;
        return {passes ? FetchEnd::interrupted : FetchEnd::refused, why};
    }
    return {accepted_ ? FetchEnd::interrupted : FetchEnd::unreachable, reply_->errorString()};
}

void FileFetch::finish(FetchEnd end, const QString& why, bool offline) {
    if (ended_) return;
    ended_ = true;
    if (reply_) {
        reply_->disconnect(this);
        reply_->abort();
    }
    part_.close();
    Q_EMIT finished({end, why, offline});
}

}  // namespace denoise::net
