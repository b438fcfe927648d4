#include "tests/gallery/download_states.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QMimeData>
#include <QTest>
#include <QUrl>
#include <stdexcept>

#include "engine/data/known_sets.h"
#include "tests/net/http_server.h"
#include "ui/panels/setup/known_set_tile.h"
#include "ui/panels/setup/known_sets.h"

namespace denoise::gallery {
namespace {

using State = ui::KnownSetTile::State;

/// MNIST stops after two thirds, Fashion-MNIST is missing.
test::HttpAnswer answer(const test::HttpRequest& request) {
    if (!request.target.contains("/mnist/")) return {404, {}, {}};
    return {200, {}, QByteArray(9'912'422, 'x'), 7'000'000, true};
}

void leave_a_part_of(const CatalogEntry& set) {
    const QString folder = QString::fromStdString(folder_of(set, default_datasets_folder()).string());
    QDir().mkpath(folder);
    QFile part(folder + "/" + QString::fromStdString(set.publication->files[0].name) + ".part");
    part.open(QIODevice::WriteOnly);
    part.resize(61'000'000);
}

void wait_for(const char* what, const std::function<bool()>& condition) {
    if (!QTest::qWaitFor(condition, 30'000)) throw std::runtime_error(what);
}

}  // namespace

void take_download_states(ui::MainWindow& window, Camera& camera) {
    const test::HttpServer server(answer);
    std::vector<CatalogEntry> catalog = dataset_catalog();
    for (CatalogEntry& entry : catalog)
        if (entry.publication) entry.publication->addresses = {server.address("/" + entry.name + "/")};
    leave_a_part_of(*find_publication("cifar-10"));
    auto& known = *window.findChild<ui::KnownSets*>();
    ui::DownloadPreferences direct;
    direct.proxy = "none";
    known.set_preferences(direct);
    known.set_catalog(catalog);
    known.tile("fashion-mnist")->click();
    wait_for("a download that fails", [&] { return known.tile("fashion-mnist")->state() == State::failed; });
    known.tile("mnist")->click();
    wait_for("a download", [&] { return known.tile("mnist")->caption().startsWith("7"); });
    camera.take("downloads");
    Q_EMIT known.tile("mnist")->cancel_pressed();
    wait_for("the end of a download", [&] { return known.tile("mnist")->state() == State::begun; });

    // Nothing answers at this port.
    for (CatalogEntry& entry : catalog)
        if (entry.publication) entry.publication->addresses = {"http://127.0.0.1:9/" + entry.name + "/"};
    known.set_catalog(catalog);
    known.tile("cifar-100")->click();
    wait_for("a download without a network",
             [&] { return known.tile("cifar-100")->state() == State::failed; });
    camera.take("downloads-offline");
    known.set_catalog(dataset_catalog());

    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QDir::tempPath())});
    camera.take("dragged-folder", nullptr, [&] {
        QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
    });
    QDragLeaveEvent leave;
    QCoreApplication::sendEvent(&window, &leave);
}

}  // namespace denoise::gallery
