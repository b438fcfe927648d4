#pragma once

#include <QNetworkProxyFactory>
#include <QStringList>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"

namespace denoise::net {

/// Where downloads come from and go to.
struct DownloadOptions {
    std::filesystem::path folder;      ///< of sets; each gets a folder with its name in it
    std::filesystem::path look_first;  ///< a folder of sets that are used without the network; empty: none
    /// Addresses of folders of sets, "https://host/sets/", which are tried before the published addresses.
    std::vector<std::string> mirrors;
    std::string proxy;  ///< see parse_proxy()

    std::chrono::milliseconds timeout{30'000};  ///< without a single byte
    int rounds = 3;                             ///< how often all addresses are tried
    std::chrono::milliseconds pause{1'500};     ///< between two rounds
    /// Bytes free for this user on the disk of a folder; negative: unknown.
    std::function<std::int64_t(const std::filesystem::path&)> free_bytes;
};

/// A proxy for all addresses: "" is that of the system (the desktop's settings, and variables such as
/// https_proxy), "none" is no proxy, and others are "http://host:port" or "socks5://host:port", with
/// "user:password@" before the host if necessary. Throws Error for other texts.
std::unique_ptr<QNetworkProxyFactory> parse_proxy(const std::string& text);

/// The addresses in a text in which spaces, commas or lines separate them, each with a "/" at its end. Throws
/// Error if one is not an HTTP or HTTPS address.
std::vector<std::string> parse_mirrors(const std::string& text);

}  // namespace denoise::net
