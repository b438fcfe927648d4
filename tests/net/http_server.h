#pragma once

// A small HTTP server in the test process, which behaves as badly as a test wants.

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace denoise::test {

struct HttpRequest {
    QByteArray target;                         ///< "/mnist/a.gz"; of a proxy "http://host/mnist/a.gz"
    std::map<QByteArray, QByteArray> headers;  ///< names in lower case

    QByteArray header(const char* name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? QByteArray() : found->second;
    }
    /// The first byte that is asked for with Range; -1: all.
    qint64 offset() const {
        const QByteArray range = header("range");
        return range.startsWith("bytes=") ? range.mid(6, range.indexOf('-') - 6).toLongLong() : -1;
    }
};

struct HttpAnswer {
    int status = 200;
    std::vector<QByteArray> headers = {};
    QByteArray body = {};
    qint64 cut_after = -1;  ///< bytes of the body after which the connection is closed; negative: sends all
    bool stalls = false;    ///< keeps the connection open then instead
    bool hides_length = false;  ///< no Content-Length
};

/// `content` as a server sends it that supports Range and If-Range.
inline HttpAnswer serve(const HttpRequest& request, const QByteArray& content,
                        const QByteArray& etag = "\"1\"") {
    const qint64 offset = request.offset();
    const bool same = request.header("if-range").isEmpty() || request.header("if-range") == etag;
    if (offset < 0 || !same) return {200, {"ETag: " + etag}, content};
    if (offset >= content.size()) return {416, {}, {}};
    return {206,
            {"ETag: " + etag, "Content-Range: bytes " + QByteArray::number(offset) + '-' +
                                  QByteArray::number(content.size() - 1) + '/' +
                                  QByteArray::number(content.size())},
            content.mid(offset)};
}

class HttpServer {
  public:
    using Handler = std::function<HttpAnswer(const HttpRequest&)>;

    explicit HttpServer(Handler handler) : handler_(std::move(handler)) {
        server_.listen(QHostAddress::LocalHost);
        QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] {
            while (QTcpSocket* socket = server_.nextPendingConnection())
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(*socket); });
        });
    }

    std::string address(const std::string& path = "/") const {
        return "http://127.0.0.1:" + std::to_string(server_.serverPort()) + path;
    }
    quint16 port() const { return server_.serverPort(); }
    void set_handler(Handler handler) { handler_ = std::move(handler); }
    const std::vector<HttpRequest>& requests() const { return requests_; }

  private:
    void read(QTcpSocket& socket) {
        QByteArray text = socket.property("text").toByteArray() + socket.readAll();
        const qsizetype end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            socket.setProperty("text", text);
            return;
        }
        socket.setProperty("text", text.mid(end + 4));
        HttpRequest request;
        const QList<QByteArray> lines = text.left(end).split('\n');
        request.target = lines.front().split(' ').value(1);
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const qsizetype colon = lines[i].indexOf(':');
            request.headers[lines[i].left(colon).toLower()] = lines[i].mid(colon + 1).trimmed();
        }
        requests_.push_back(request);
        answer(socket, handler_(request));
    }

    static void answer(QTcpSocket& socket, const HttpAnswer& answer) {
        QByteArray head =
            "HTTP/1.1 " + QByteArray::number(answer.status) + " Reason\r\nConnection: close\r\n";
        for (const QByteArray& header : answer.headers) head += header + "\r\n";
        if (!answer.hides_length)
            head += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
        socket.write(head + "\r\n" +
                     (answer.cut_after < 0 ? answer.body : answer.body.left(answer.cut_after)));
        if (answer.stalls) return;
        if (answer.cut_after < 0) return socket.disconnectFromHost();
        // Later, so that what was sent arrives before the end of the connection.
        QTimer::singleShot(60, &socket, [&socket] { socket.disconnectFromHost(); });
    }

    QTcpServer server_;
    Handler handler_;
    std::vector<HttpRequest> requests_;
};

}  // namespace denoise::test
