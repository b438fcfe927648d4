#include <QCryptographicHash>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QMimeData>
#include <QTabWidget>
#include <QToolButton>
#include <map>

#include "tests/net/http_server.h"
#include "tests/ui/support/application.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/panels/setup/dataset_card.h"
#include "ui/panels/setup/known_set_tile.h"
#include "ui/panels/setup/known_sets.h"
#include "ui/window/drop_highlight.h"
#include "ui/window/preferences_dialog.h"

namespace denoise::testing {
namespace {

using State = ui::KnownSetTile::State;
using test::HttpAnswer;
using test::HttpRequest;
using test::HttpServer;

/// The window with a catalogue of one small set on a server in this process.
class KnownSetsTest : public WindowTest {
  protected:
    KnownSetsTest() {
        for (int i = 0; i < 40'000; ++i) content_ += static_cast<char>(i * i % 251);
    }
    void open_with_server(HttpServer::Handler handler = {}) {
        if (!handler) handler = [this](const HttpRequest& request) { return serve(request, content_); };
        server_ = std::make_unique<HttpServer>(std::move(handler));
        ui::Preferences preferences;
        preferences.downloads.proxy = "none";
        ui::save_preferences(preferences);
        open();
        CatalogEntry entry{"tiny", "Tiny", "A file.", "Copy it by hand.", false, Publication{}};
        entry.publication->licence = "CC0";
        entry.publication->addresses = {server_->address("/set/")};
        entry.publication->files = {
            {"tiny.bin", content_.size(),
             QCryptographicHash::hash(content_, QCryptographicHash::Sha256).toHex().toStdString()}};
        known().set_catalog({entry});
    }
    ui::KnownSets& known() { return *window_->findChild<ui::KnownSets*>(); }
    ui::KnownSetTile& tile() { return *known().tile("tiny"); }
    bool wait_for(State state) {
        return QTest::qWaitFor([&] { return tile().state() == state; }, 8000);
    }
    void click_tile() { QTest::mouseClick(&tile(), Qt::LeftButton, {}, QPoint(12, 12)); }
    QString place() { return folder_.filePath("datasets/tiny/tiny.bin"); }
    ui::DatasetCard* card() {
        for (auto* each : window_->findChildren<ui::DatasetCard*>())
            if (each->path() == place() && each->isVisible()) return each;
        return nullptr;
    }

    QByteArray content_;
    std::unique_ptr<HttpServer> server_;
};

TEST_F(KnownSetsTest, TheSetsOfTheCatalogueHaveTilesWithSizeAndLicence) {
    open();
    for (const auto& [name, size, licence] : std::vector<std::tuple<const char*, const char*, const char*>>{
             {"mnist", "11.6 MB", "CC BY-SA 3.0"},
             {"fashion-mnist", "30.9 MB", "MIT"},
             {"cifar-10", "170 MB", "no licence is stated"},
             {"cifar-100", "169 MB", "no licence is stated"}}) {
        const ui::KnownSetTile* each = known().tile(name);
        ASSERT_TRUE(each) << name;
        EXPECT_TRUE(each->isVisibleTo(window_.get())) << name;
        EXPECT_EQ(each->state(), State::absent);
        EXPECT_EQ(each->caption(), size);
        EXPECT_TRUE(each->toolTip().contains(licence)) << each->toolTip().toStdString();
        EXPECT_TRUE(each->accessibleName().contains(each->text()));
    }
}

TEST_F(KnownSetsTest, OneClickDownloadsChoosesAndLoadsTheSet) {
    open_with_server();
    EXPECT_TRUE(server_->requests().empty()) << "the network is used only after a click";
    click_tile();
    EXPECT_EQ(tile().state(), State::working);
    ASSERT_TRUE(QTest::qWaitFor([&] { return card() != nullptr; }, 8000));
    settle();
    EXPECT_EQ(record_->all<LoadDataset>().back().config.dataset, place().toStdString());
    EXPECT_EQ(window_->editor().config().dataset.dataset, place().toStdString());
    EXPECT_TRUE(card()->isChecked());
    EXPECT_FALSE(tile().isVisibleTo(window_.get())) << "its card has replaced the tile";
    EXPECT_FALSE(known().isVisible());
    QFile file(place());
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(file.readAll(), content_);
}

TEST_F(KnownSetsTest, AfterItsCardIsRemovedTheDownloadedSetIsUsedAgainByAClick) {
    open_with_server();
    click_tile();
    ASSERT_TRUE(QTest::qWaitFor([&] { return card() != nullptr; }, 8000));
    settle();
    QTest::keyClick(card(), Qt::Key_Delete);
    settle();
    ASSERT_TRUE(tile().isVisibleTo(window_.get()));
    EXPECT_EQ(tile().state(), State::stored);
    EXPECT_EQ(tile().caption(), "Downloaded");
    const std::size_t asked = server_->requests().size();
    click_tile();
    settle();
    EXPECT_TRUE(card());
    EXPECT_EQ(server_->requests().size(), asked);
}

TEST_F(KnownSetsTest, ACancelledDownloadContinuesLater) {
    open_with_server([this](const HttpRequest& request) {
        HttpAnswer answer = serve(request, content_);
        if (request.offset() < 0) {
            answer.cut_after = 25'000;
            answer.stalls = true;
        }
        return answer;
    });
    click_tile();
    auto* cancel = tile().findChild<QToolButton*>("cancel_download");
    ASSERT_TRUE(cancel->isVisible());
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFileInfo(place() + ".part").size() == 25'000; }, 8000));
    QTest::mouseClick(cancel, Qt::LeftButton);
    ASSERT_TRUE(wait_for(State::begun));
    EXPECT_FALSE(cancel->isVisible());
    EXPECT_TRUE(tile().caption().contains(" of ")) << tile().caption().toStdString();
    EXPECT_TRUE(record_->all<LoadDataset>().back().config.dataset == "glyphs");
    click_tile();
    ASSERT_TRUE(QTest::qWaitFor([&] { return card() != nullptr; }, 8000));
    EXPECT_EQ(server_->requests().back().offset(), 25'000);
}

TEST_F(KnownSetsTest, EscapeCancels) {
    open_with_server([this](const HttpRequest& request) {
        HttpAnswer answer = serve(request, content_);
        answer.cut_after = 100;
        answer.stalls = true;
        return answer;
    });
    tile().setFocus();
    QTest::keyClick(&tile(), Qt::Key_Return);
    EXPECT_EQ(tile().state(), State::working);
    QTest::keyClick(&tile(), Qt::Key_Escape);
    EXPECT_TRUE(QTest::qWaitFor([&] { return tile().state() != State::working; }, 8000));
}

TEST_F(KnownSetsTest, AFailureIsExplainedAndTheNextAttemptWithdrawsIt) {
    bool works = false;
    open_with_server([&](const HttpRequest& request) {
        return works ? serve(request, content_) : HttpAnswer{404, {}, "no"};
    });
    click_tile();
    ASSERT_TRUE(wait_for(State::failed));
    EXPECT_TRUE(shows_text("404"));
    EXPECT_TRUE(shows_text("Copy it by hand"));
    EXPECT_TRUE(tile().toolTip().contains("404"));
    EXPECT_TRUE(tile().isVisible());
    works = true;
    click_tile();
    EXPECT_FALSE(shows_text("404"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return card() != nullptr; }, 8000));
}

TEST_F(KnownSetsTest, DuringARunTheSetBecomesACardForTheNextOne) {
    open_with_server();
    actions()["train"]->trigger();
    settle();
    click_tile();
    ASSERT_TRUE(QTest::qWaitFor([&] { return card() != nullptr; }, 8000));
    settle();
    EXPECT_FALSE(card()->isChecked());
    EXPECT_EQ(window_->editor().config().dataset.dataset, "glyphs");
    EXPECT_TRUE(shows_text("for the next run"));
}

TEST_F(KnownSetsTest, AnUnreadablePreferenceIsExplained) {
    open_with_server();
    ui::DownloadPreferences preferences;
    preferences.mirrors = "ftp://somewhere";
    known().set_preferences(preferences);
    click_tile();
    EXPECT_EQ(tile().state(), State::failed);
    EXPECT_TRUE(shows_text("ftp://somewhere"));
    EXPECT_TRUE(server_->requests().empty());
}

TEST_F(KnownSetsTest, ClosingTheWindowEndsTheDownload) {
    open_with_server([this](const HttpRequest& request) {
        HttpAnswer answer = serve(request, content_);
        answer.cut_after = 100;
        answer.stalls = true;
        return answer;
    });
    click_tile();
    ASSERT_TRUE(QTest::qWaitFor([&] { return QFileInfo(place() + ".part").size() == 100; }, 8000));
    window_.reset();
    EXPECT_FALSE(QFileInfo::exists(place()));
    EXPECT_TRUE(QFileInfo::exists(place() + ".part"));
}

TEST_F(KnownSetsTest, PreferencesOfDownloadsAreKept) {
    ui::Preferences preferences;
    preferences.downloads = {"/data/sets", "/srv/class", "https://mirror.example/sets", "http://proxy:3128"};
    ui::save_preferences(preferences);
    EXPECT_EQ(ui::load_preferences().downloads, preferences.downloads);
    const net::DownloadOptions options = ui::download_options(preferences.downloads);
    EXPECT_EQ(options.folder, "/data/sets");
    EXPECT_EQ(options.look_first, "/srv/class");
    EXPECT_EQ(options.mirrors, std::vector<std::string>{"https://mirror.example/sets/"});
}

TEST_F(WindowTest, ThePreferencesOfDownloadsAreEditedInATabThatFitsASmallScreen) {
    open();
    actions()["preferences"]->trigger();
    auto* dialog = window_->findChild<ui::PreferencesDialog*>();
    ASSERT_TRUE(dialog);
    EXPECT_LE(dialog->height(), 660);
    EXPECT_LE(dialog->minimumSizeHint().height(), 660);
    dialog->findChild<QTabWidget*>("preferences_tabs")->setCurrentIndex(1);
    const std::map<QString, QString> typed = {{"Datasets folder", "/data/sets"},
                                              {"Folder to look in first", "/srv/class"},
                                              {"Mirrors", "https://mirror.example"},
                                              {"Proxy", "none"}};
    for (auto* line : dialog->findChildren<QLineEdit*>())
        if (const auto found = typed.find(line->accessibleName()); found != typed.end()) {
            EXPECT_TRUE(line->isVisible()) << found->first.toStdString();
            QTest::keyClicks(line, found->second);
        }
    EXPECT_EQ(ui::load_preferences().downloads,
              (ui::DownloadPreferences{"/data/sets", "/srv/class", "https://mirror.example", "none"}));
    EXPECT_TRUE(nameless_widgets(*dialog).isEmpty()) << nameless_widgets(*dialog).join(", ").toStdString();
}

TEST_F(WindowTest, ADraggedFileIsAnnouncedWhereItGoes) {
    open();
    auto* highlight = find<ui::DropHighlight>("drop_highlight");
    const auto drag = [&](const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &enter);
    };
    EXPECT_FALSE(highlight->isVisible());
    drag(folder_.path());
    EXPECT_TRUE(highlight->isVisible());
    EXPECT_TRUE(highlight->words().contains("dataset"));
    EXPECT_LT(highlight->geometry().right(), window_->centralWidget()->geometry().left() + 4) << "over Setup";
    QDragLeaveEvent leave;
    QCoreApplication::sendEvent(window_.get(), &leave);
    EXPECT_FALSE(highlight->isVisible());
    drag("/somewhere/model.safetensors");
    EXPECT_TRUE(highlight->words().contains("model"));
    EXPECT_TRUE(highlight->geometry().contains(window_->centralWidget()->geometry().center()));
}

}  // namespace
}  // namespace denoise::testing
