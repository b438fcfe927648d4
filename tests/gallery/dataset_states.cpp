#include "tests/gallery/dataset_states.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLinearGradient>
#include <QPainter>
#include <QTabWidget>
#include <QTest>
#include <stdexcept>

namespace denoise::gallery {
namespace {

constexpr int patience_ms = 60'000;

void until(const char* what, const std::function<bool()>& condition) {
    if (!QTest::qWaitFor(condition, patience_ms))
        throw std::runtime_error(std::string("cannot reach ") + what);
}

/// A landscape: sky, a sun and hills.
QImage photograph(int seed) {
    QImage image(160, 96, QImage::Format_RGB32);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    QLinearGradient sky(0, 0, 0, 96);
    sky.setColorAt(0, QColor::fromHsv(200 + seed * 13 % 60, 160, 230));
    sky.setColorAt(1, QColor::fromHsv(30 + seed * 7 % 30, 90, 250));
    painter.fillRect(image.rect(), sky);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(255, 240, 190));
    painter.drawEllipse(QPointF(20 + seed * 31 % 120, 18 + seed * 11 % 30), 9, 9);
    for (int hill = 0; hill < 3; ++hill) {
        painter.setBrush(QColor::fromHsv(90 + seed * 17 % 50, 120 + 40 * hill, 150 - 35 * hill));
        painter.drawEllipse(QPointF((seed * 53 + hill * 67) % 160, 96 + 6 * hill), 70, 46 - 8 * hill);
    }
    return image;
}

}  // namespace

void write_photographs(const QString& folder) {
    const auto add = [&folder](const QString& name, int seed) {
        const QString path = folder + "/" + name + ".png";
        QDir().mkpath(QFileInfo(path).path());
        if (!photograph(seed).save(path)) throw std::runtime_error("cannot write " + path.toStdString());
    };
    for (int i = 0; i < 24; ++i) add(QString("hills near the coast/%1").arg(i), i);
    for (int i = 0; i < 3; ++i) add(QString("lakes/%1").arg(i), 40 + i);
    for (int i = 0; i < 4; ++i) add(QString("hills near the coast/%1 copy").arg(i), i);
    QFile broken(folder + "/lakes/broken.png");
    broken.open(QIODevice::WriteOnly);
    broken.write("no picture");
}

void take_preparation_states(ui::MainWindow& window, Camera& camera, const QString& folder) {
    write_photographs(folder);
    window.open_path(folder);
    until("the photographs", [&] {
        const auto& dataset = window.link().dataset();
        return dataset && dataset->class_names.size() == 2;
    });
    QTest::qWait(100);
    camera.take("pictures-with-classes");
    window.actions()["prepare_dataset"]->trigger();
    auto* dialog = window.findChild<QDialog*>("prepare_dialog");
    const auto is_complete = [dialog] {
        QTest::qWait(400);  // changes are tried after a moment
        return !dialog->findChild<QAbstractButton*>("stop_preview")->isVisible();
    };
    until("the prepared photographs", is_complete);
    auto* duplicates = dialog->findChild<QComboBox*>("duplicates");
    if (duplicates) {
        duplicates->setCurrentIndex(duplicates->count() - 1);
        Q_EMIT duplicates->activated(duplicates->currentIndex());
    }
    until("the photographs without duplicates", is_complete);
    camera.take("prepare-duplicates", dialog);
    dialog->findChild<QTabWidget*>()->setCurrentIndex(1);
    camera.take("prepare-left-out", dialog);
    dialog->reject();
    QTest::qWait(50);
}

}  // namespace denoise::gallery
