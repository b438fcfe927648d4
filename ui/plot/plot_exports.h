#pragma once

#include <QObject>
#include <QPoint>
#include <QSize>
#include <QString>
#include <functional>
#include <memory>
#include <optional>
#include <string>

class QImage;
class QMenu;
class QMimeData;
class QMouseEvent;
class QPainter;
class QTemporaryDir;
class QToolButton;
class QWidget;

namespace denoise::ui {

class Theme;

/// What other programs get of a chart.
struct ChartContents {
    QString title;
    std::function<QSize()> size;
    std::function<void(QPainter&)> draw;  ///< in this size, without a background
    std::function<std::string()> table;   ///< as comma-separated values; empty: it has no values yet
};

/// Takes a chart to other programs: as a picture, a vector graphic or a table, by a button with a menu and by
/// dragging it out of the window.
class PlotExports : public QObject {
    Q_OBJECT
  public:
    PlotExports(QWidget& chart, ChartContents contents, const Theme& theme);
    ~PlotExports() override;

    /// The chart with its axes, with two pixels per device independent pixel.
    QImage picture() const;
    void copy_picture() const;
    // Throw Error if the file cannot be written.
    void save_png(const QString& path) const;
    void save_svg(const QString& path) const;
    void save_csv(const QString& path) const;
    /// What a drag carries: the picture, and a file with it for programs that take only files.
    std::unique_ptr<QMimeData> dragged();

    void show_menu(const QPoint& global);
    void place_button();  ///< at the bottom left, where the axes leave a corner
    static constexpr int button_side = 24;
    /// Starts a drag when the pressed mouse leaves its place.
    void follow_mouse(const QMouseEvent& mouse);

  private:
    using Save = void (PlotExports::*)(const QString& path) const;
    void add_button();
    void draw(QPainter& painter) const;
    void fill(QMenu& menu);
    void choose_file(const QString& title, const QString& filter, const QString& extension, Save save);
    void save_to(const QString& path, Save save);
    QString file_name() const;

    QWidget& chart_;
    ChartContents contents_;
    const Theme& theme_;
    QToolButton* button_ = nullptr;
    std::optional<QPoint> pressed_;
    std::unique_ptr<QTemporaryDir> drag_folder_;
};

}  // namespace denoise::ui
