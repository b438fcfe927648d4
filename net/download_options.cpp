#include "net/download_options.h"

#include <QNetworkProxy>
#include <QRegularExpression>
#include <QUrl>

namespace denoise::net {
namespace {

class SystemProxy : public QNetworkProxyFactory {
  public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery& query) override {
        return systemProxyForQuery(query);
    }
};

class FixedProxy : public QNetworkProxyFactory {
  public:
    explicit FixedProxy(const QNetworkProxy& proxy) : proxy_(proxy) {}
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery&) override { return {proxy_}; }

  private:
    QNetworkProxy proxy_;
};

}  // namespace

std::unique_ptr<QNetworkProxyFactory> parse_proxy(const std::string& text) {
    const QString trimmed = QString::fromStdString(text).trimmed();
    if (trimmed.isEmpty()) return std::make_unique<SystemProxy>();
    if (trimmed == QLatin1String("none")) return std::make_unique<FixedProxy>(QNetworkProxy::NoProxy);
    const QUrl url(trimmed, QUrl::StrictMode);
    const bool is_http = url.scheme() == QLatin1String("http"),
               is_socks = url.scheme() == QLatin1String("socks5");
    if (!url.isValid() || (!is_http && !is_socks) || url.host().isEmpty() || url.port() <= 0)
        throw Error{"Cannot use the proxy", "\"" + text + "\" is not the address of a proxy",
                    "Write it as http://host:port or socks5://host:port, \"none\" for no proxy, or leave it "
                    "empty for "
                    "the proxy of the system"};
    return std::make_unique<FixedProxy>(
        QNetworkProxy(is_http ? QNetworkProxy::HttpProxy : QNetworkProxy::Socks5Proxy, url.host(),
                      static_cast<quint16>(url.port()), url.userName(), url.password()));
}

std::vector<std::string> parse_mirrors(const std::string& text) {
    static const QRegularExpression separators(QStringLiteral("[\\s,]+"));
    std::vector<std::string> mirrors;
    for (QString address : QString::fromStdString(text).split(separators, Qt::SkipEmptyParts)) {
        if (!address.endsWith('/')) address += '/';
        const QUrl url(address, QUrl::StrictMode);
        if (!url.isValid() ||
            (url.scheme() != QLatin1String("https") && url.scheme() != QLatin1String("http")) ||
            url.host().isEmpty() || url.hasQuery() || url.hasFragment())
            throw Error{"Cannot use the mirror",
                        "\"" + address.toStdString() + "\" is not the address of a folder",
                        "Write it as https://host/folder/"};
        mirrors.push_back(address.toStdString());
    }
    return mirrors;
}

}  // namespace denoise::net
