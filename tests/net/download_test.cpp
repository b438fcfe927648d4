#include <gmock/gmock.h>

#include <QElapsedTimer>
#include <QLockFile>
#include <QNetworkProxy>

#include "engine/base/error.h"
#include "engine/data/known_sets.h"
#include "net/background_download.h"
#include "tests/net/download_fixture.h"

namespace denoise::test {
namespace {

namespace fs = std::filesystem;
using net::DownloadEnd;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(DownloadTest, PutsTheFilesOfTheSetIntoItsFolder) {
    const HttpServer server(all_good());
    std::int64_t most = 0;
    const auto result = run(set({&server}), [&](const net::DownloadProgress& now) { most = now.bytes; });
    EXPECT_EQ(result.end, DownloadEnd::done) << one_line(result.error);
    EXPECT_EQ(result.path, place("").parent_path());
    EXPECT_TRUE(is_complete());
    EXPECT_EQ(most, 300'700);
    EXPECT_EQ(server.requests().size(), 2u);
    EXPECT_EQ(server.requests()[0].header("accept-encoding"), "identity");
    EXPECT_TRUE(server.requests()[0].header("cookie").isEmpty());
}

TEST_F(DownloadTest, OfASetWithOneFileReturnsTheFile) {
    const HttpServer server(all_good());
    CatalogEntry entry = set({&server});
    entry.publication->files.pop_back();
    EXPECT_EQ(run(entry).path, place("images.gz"));
}

TEST_F(DownloadTest, AsksNobodyForASetThatIsHere) {
    HttpServer server(all_good());
    run(set({&server}));
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(DownloadTest, ReplacesADamagedFile) {
    const HttpServer server(all_good());
    std::string damaged = images_;
    damaged[1234] ^= 1;
    write_bytes(place("images.gz"), damaged);
    write_bytes(place("labels.gz"), labels_);
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(DownloadTest, ResumesAConnectionThatBreaks) {
    const HttpServer server([&](const HttpRequest& request) {
        HttpAnswer answer = good(request);
        if (answer.body.size() > 150'000) answer.cut_after = 100'000;
        return answer;
    });
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    EXPECT_TRUE(was_asked_from(server, 100'000));
    EXPECT_TRUE(was_asked_from(server, 200'000));
    for (const HttpRequest& request : server.requests())
        EXPECT_EQ(request.header("if-range"), request.offset() > 0 ? "\"1\"" : "");
}

TEST_F(DownloadTest, StartsAgainIfTheServerHasAnotherVersion) {
    int asked = 0;
    const HttpServer server([&](const HttpRequest& request) {
        if (!request.target.endsWith("images.gz")) return good(request);
        if (++asked > 1) return serve(request, QByteArray::fromStdString(images_), "\"2\"");
        HttpAnswer answer = serve(request, QByteArray(300'000, 'x'), "\"1\"");
        answer.cut_after = 100'000;
        return answer;
    });
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    EXPECT_TRUE(was_asked_from(server, 100'000));
}

TEST_F(DownloadTest, OfAServerThatIgnoresRangeStartsAgain) {
    int asked = 0;
    const HttpServer server([&](const HttpRequest& request) {
        HttpRequest whole = request;
        whole.headers.erase("range");
        HttpAnswer answer = good(whole);
        if (++asked == 1) answer.cut_after = 150'000;
        return answer;
    });
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    EXPECT_TRUE(was_asked_from(server, 150'000));
}

TEST_F(DownloadTest, DoesNotTakeAPartFromTheWrongPlace) {
    int asked = 0;
    const HttpServer server([&](const HttpRequest& request) {
        HttpAnswer answer = good(request);
        if (request.offset() > 0)  // one byte too early
            answer = {206, {"Content-Range: bytes 99999-299999/300000"}, answer.body};
        if (request.target.endsWith("images.gz") && request.offset() < 0 && asked++ == 0)
            answer.cut_after = 100'000;
        return answer;
    });
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
}

TEST_F(DownloadTest, ContinuesAfterACancelledOne) {
    const HttpServer server([&](const HttpRequest& request) {
        HttpAnswer answer = good(request);
        if (request.offset() < 0 && answer.body.size() > 200'000) {
            answer.cut_after = 200'000;
            answer.stalls = true;
        }
        return answer;
    });
    options_.timeout = std::chrono::seconds(10);
    const auto result = run(set({&server}), [&](const net::DownloadProgress& now) {
        if (now.bytes > 0) running_->cancel();
    });
    EXPECT_EQ(result.end, DownloadEnd::cancelled);
    EXPECT_FALSE(fs::exists(place("images.gz")));
    const auto part = static_cast<qint64>(fs::file_size(place("images.gz.part")));
    EXPECT_GT(part, 0);
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(was_asked_from(server, part));
    EXPECT_TRUE(is_complete());
}

TEST_F(DownloadTest, StartsAgainBehindAPartThatIsWrong) {
    const HttpServer server(all_good());
    write_bytes(place("images.gz.part"), noise_bytes(5000, 9));
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
}

TEST_F(DownloadTest, TakesAPartThatIsComplete) {
    const HttpServer server(all_good());
    write_bytes(place("images.gz.part"), images_);
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(DownloadTest, NeverKeepsWrongBytes) {
    const HttpServer server([&](const HttpRequest& request) {
        HttpAnswer answer = good(request);
        answer.body[7] = static_cast<char>(answer.body[7] ^ 1);
        return answer;
    });
    const auto result = run(set({&server}));
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_THAT(result.error.why, HasSubstr("SHA-256"));
    EXPECT_FALSE(fs::exists(place(""))) << "nothing is left";
}

TEST_F(DownloadTest, CutsOffAServerThatSendsMore) {
    for (const bool hides_length : {false, true}) {
        const HttpServer server([&](const HttpRequest&) {
            return HttpAnswer{200, {}, QByteArray(50'000'000, 'x'), -1, false, hides_length};
        });
        const auto result = run(set({&server}));
        EXPECT_EQ(result.end, DownloadEnd::failed);
        EXPECT_THAT(result.error.why, HasSubstr(hides_length ? "sends more than 300000 bytes"
                                                             : "50000000 bytes instead of 300000"));
        EXPECT_FALSE(fs::exists(place(""))) << "nothing is left";
    }
}

TEST_F(DownloadTest, TriesTheNextAddress) {
    const HttpServer missing([](const HttpRequest&) { return HttpAnswer{404, {}, "no"}; });
    const HttpServer busy([](const HttpRequest&) { return HttpAnswer{503, {}, "busy"}; });
    const HttpServer silent([](const HttpRequest&) { return HttpAnswer{200, {}, "", 0, true, true}; });
    const HttpServer server(all_good());
    const auto result = run(set({&missing, &busy, &silent, &server}));
    EXPECT_EQ(result.end, DownloadEnd::done) << one_line(result.error);
    EXPECT_TRUE(is_complete());
    EXPECT_EQ(missing.requests().size(), 2u) << "each file is asked for once";
}

TEST_F(DownloadTest, MirrorsComeFirst) {
    const HttpServer mirror([&](const HttpRequest& request) {
        HttpRequest moved = request;
        moved.target.replace("/lab/tiny/", "/set/");
        return good(moved);
    });
    const HttpServer server(all_good());
    options_.mirrors = {mirror.address("/lab/")};
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloadTest, AsksABusyServerAgain) {
    int asked = 0;
    const HttpServer server([&](const HttpRequest& request) {
        return ++asked < 3 ? HttpAnswer{503, {}, "busy"} : good(request);
    });
    EXPECT_EQ(run(set({&server})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
}

TEST_F(DownloadTest, OfServersThatFailSaysWhatEachAnswered) {
    const HttpServer missing([](const HttpRequest&) { return HttpAnswer{404, {}, "no"}; });
    const HttpServer silent([](const HttpRequest&) { return HttpAnswer{200, {}, "", 0, true, true}; });
    options_.rounds = 2;
    const auto result = run(set({&missing, &silent}));
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_EQ(result.error.what, "Cannot download Tiny");
    EXPECT_THAT(result.error.why, HasSubstr("404"));
    EXPECT_THAT(result.error.why, HasSubstr("sent nothing for 0.4 s"));
    EXPECT_THAT(result.error.remedy, HasSubstr("Copy them by hand"));
    EXPECT_EQ(missing.requests().size(), 1u);
    EXPECT_EQ(silent.requests().size(), 2u);
}

TEST_F(DownloadTest, FollowsRedirectsButNotInACircle) {
    const HttpServer server(all_good());
    const HttpServer door([&](const HttpRequest& request) {
        return HttpAnswer{
            302, {"Location: " + QByteArray::fromStdString(server.address()) + request.target.mid(1)}, {}};
    });
    EXPECT_EQ(run(set({&door})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    fs::remove_all(place(""));
    const HttpServer circle([](const HttpRequest& request) {
        return HttpAnswer{302, {"Location: " + request.target}, {}};
    });
    const auto result = run(set({&circle}));
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_THAT(result.error.why, HasSubstr("redirects"));
    EXPECT_LE(circle.requests().size(), 14u) << "five redirects, and what Qt repeats";
}

TEST_F(DownloadTest, ARedirectedPartContinues) {
    int cuts = 0;
    const HttpServer server([&](const HttpRequest& request) {
        HttpAnswer answer = good(request);
        if (cuts++ == 0) answer.cut_after = 100'000;
        return answer;
    });
    const HttpServer door([&](const HttpRequest& request) {
        return HttpAnswer{
            302, {"Location: " + QByteArray::fromStdString(server.address()) + request.target.mid(1)}, {}};
    });
    EXPECT_EQ(run(set({&door})).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    EXPECT_TRUE(was_asked_from(server, 100'000));
}

TEST_F(DownloadTest, WithoutTheInternetSaysSo) {
    CatalogEntry entry = set({});
    entry.publication->addresses = {"https://no-such-host.invalid/set/"};
    const auto result = run(entry);
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_THAT(result.error.why, StartsWith("this computer seems to be offline"));
    EXPECT_THAT(result.error.remedy, HasSubstr("Copy them by hand"));
}

TEST_F(DownloadTest, AServerThatIsNotThereIsNotTheLackOfANetwork) {
    auto server = std::make_unique<HttpServer>(all_good());
    const CatalogEntry entry = set({server.get()});
    server.reset();
    options_.rounds = 1;
    const auto result = run(entry);
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_THAT(result.error.why, HasSubstr("127.0.0.1"));
    EXPECT_THAT(result.error.why, testing::Not(HasSubstr("offline")));
}

TEST_F(DownloadTest, AsksNobodyIfTheDiskIsTooSmall) {
    const HttpServer server(all_good());
    options_.free_bytes = [](const auto&) { return std::int64_t{300'000}; };
    const auto result = run(set({&server}));
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_THAT(result.error.why, HasSubstr("0.3 MB free"));
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloadTest, AFolderThatCannotBeMadeIsNamed) {
    const HttpServer server(all_good());
    write_bytes(folder_ / "file", "");
    options_.folder = folder_ / "file";
    const auto result = run(set({&server}));
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_THAT(result.error.why, HasSubstr((folder_ / "file" / "tiny").string()));
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloadTest, TwoDoNotWriteTheSameFiles) {
    const HttpServer server(all_good());
    fs::create_directories(place(""));
    QLockFile other(QString::fromStdString(place(".download.lock").string()));
    ASSERT_TRUE(other.tryLock(0));
    const auto result = run(set({&server}));
    EXPECT_EQ(result.end, DownloadEnd::failed);
    EXPECT_THAT(result.error.why, HasSubstr("another window or program"));
}

TEST_F(DownloadTest, AnIntactCopyInTheFolderToLookInFirstNeedsNoNetwork) {
    const HttpServer server(all_good());
    options_.look_first = folder_ / "class room";
    write_bytes(folder_ / "class room/tiny/images.gz", images_);
    write_bytes(folder_ / "class room/tiny/labels.gz", labels_);
    const auto result = run(set({&server}));
    EXPECT_EQ(result.end, DownloadEnd::done);
    EXPECT_EQ(result.path, folder_ / "class room/tiny");
    EXPECT_TRUE(server.requests().empty());
    EXPECT_FALSE(fs::exists(options_.folder)) << "nothing is copied";
}

TEST_F(DownloadTest, ADamagedCopyInTheFolderToLookInFirstIsNotUsed) {
    const HttpServer server(all_good());
    options_.look_first = folder_ / "class room";
    std::string damaged = images_;
    damaged.back() ^= 1;
    write_bytes(folder_ / "class room/tiny/images.gz", damaged);
    write_bytes(folder_ / "class room/tiny/labels.gz", labels_);
    EXPECT_EQ(run(set({&server})).path, place("").parent_path());
    EXPECT_TRUE(is_complete());
}

TEST_F(DownloadTest, GoesThroughTheChosenProxy) {
    const HttpServer proxy(all_good());
    CatalogEntry entry = set({});
    entry.publication->addresses = {"http://no-such-host.invalid/set/"};
    options_.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    EXPECT_EQ(run(entry).end, DownloadEnd::done);
    EXPECT_TRUE(is_complete());
    ASSERT_FALSE(proxy.requests().empty());
    EXPECT_THAT(proxy.requests()[0].target.toStdString(), StartsWith("http://no-such-host.invalid/"));
}

TEST_F(DownloadTest, InTheBackgroundEndsAtOnceWhenItIsDestroyed) {
    const HttpServer server([&](const HttpRequest& request) {
        HttpAnswer answer = good(request);
        answer.cut_after = 1000;
        answer.stalls = true;
        return answer;
    });
    options_.timeout = std::chrono::seconds(60);
    QEventLoop loop;
    QTimer::singleShot(5000, &loop, &QEventLoop::quit);
    auto download = std::make_unique<net::BackgroundDownload>(set({&server}), options_);
    QObject::connect(download.get(), &net::BackgroundDownload::progress, &loop,
                     [&](const net::DownloadProgress& now) {
                         if (now.bytes > 0) loop.quit();
                     });
    loop.exec();
    QElapsedTimer clock;
    clock.start();
    download.reset();
    EXPECT_LT(clock.elapsed(), 2000);
    EXPECT_FALSE(fs::exists(place("images.gz")));
}

TEST(DownloadOptions, ProxiesAreAddressesOrWords) {
    for (const char* text :
         {"", "none", "http://proxy:3128", "http://me:word@proxy:3128", "socks5://10.0.0.1:1080"})
        EXPECT_TRUE(net::parse_proxy(text)) << text;
    for (const char* text : {"proxy", "proxy:3128", "ftp://proxy:21", "http://proxy", "http://:80"})
        EXPECT_THROW(net::parse_proxy(text), Error) << text;
    const auto proxies = net::parse_proxy("socks5://10.0.0.1:1080")->queryProxy();
    ASSERT_EQ(proxies.size(), 1);
    EXPECT_EQ(proxies[0].type(), QNetworkProxy::Socks5Proxy);
    EXPECT_EQ(proxies[0].hostName(), "10.0.0.1");
    EXPECT_EQ(proxies[0].port(), 1080);
}

TEST(DownloadOptions, MirrorsAreAddressesOfFolders) {
    EXPECT_THAT(net::parse_mirrors(" https://a.org/sets, http://10.0.0.1:8000/\nhttps://b.org "),
                testing::ElementsAre("https://a.org/sets/", "http://10.0.0.1:8000/", "https://b.org/"));
    EXPECT_TRUE(net::parse_mirrors("  ").empty());
    for (const char* text : {"a.org", "file:///etc", "https://", "https://a.org/?x=1"})
        EXPECT_THROW(net::parse_mirrors(text), Error) << text;
}

}  // namespace
}  // namespace denoise::test
