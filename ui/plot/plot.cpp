#include "ui/plot/plot.h"

#include <QChart>
#include <QEvent>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPointer>
#include <QResizeEvent>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/plot/plot_canvas.h"
#include "ui/plot/plot_exports.h"
#include "ui/plot/plot_table.h"
#include "ui/plot/thinning.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr double quiet_width = 1.5;
constexpr float quiet_opacity = 0.88F;  // still 4.5:1 on the panel, light and dark

struct Range {
    double low = 0, high = 1;
};

/// The range of the data with a margin of `air`. A range of zero, apart from rounding errors, is widened.
Range roomy(double low, double high, double air) {
    if (!(high - low > 1e-9 * std::max(std::abs(low), std::abs(high)))) {
        const double half = low == 0 ? 0.5 : std::abs(low) * 0.1;
        return {low - half, high + half};
    }
    return {low - (high - low) * air, high + (high - low) * air};
}

}  // namespace

struct Plot::Parts {
    struct Curve {
        PlotSeries info;
        std::vector<QPointF> points;
        QLineSeries* line = nullptr;
    };
    explicit Parts(const Theme& the_theme) : theme(the_theme) {}

    const Theme& theme;
    PlotCanvas* canvas = nullptr;
    std::vector<Curve> curves;
    std::optional<Range> fixed_x, fixed_y;
    bool log_y = false;
    std::unique_ptr<PlotExports> exports;
    QTimer redraw_timer;  ///< so that several calls of set_points() draw once

    bool empty() const {
        return std::ranges::all_of(curves, [](const Curve& curve) { return curve.points.empty(); });
    }

    QString name_of(const Curve& curve) const {
        if (!curve.info.name.isEmpty()) return curve.info.name;
        return curve.info.label.isEmpty() ? canvas->y_title() : curve.info.label;
    }

    Range x_range() const {
        if (fixed_x) return *fixed_x;
        Range range{HUGE_VAL, -HUGE_VAL};
        for (const Curve& curve : curves)
            if (!curve.points.empty()) {
                range.low = std::min(range.low, curve.points.front().x());
                range.high = std::max(range.high, curve.points.back().x());
            }
        return range.low > range.high ? Range{0, 1} : roomy(range.low, range.high, 0);
    }

    /// In values, not in logarithms.
    Range y_range(const Range& x) const {
        if (fixed_y && (!log_y || fixed_y->low > 0)) return *fixed_y;
        Range range{HUGE_VAL, -HUGE_VAL};
        for (const Curve& curve : curves)
            for (const QPointF& point : curve.points) {
                if (point.x() < x.low || point.x() > x.high || (log_y && point.y() <= 0)) continue;
                range.low = std::min(range.low, point.y());
                range.high = std::max(range.high, point.y());
            }
        if (range.low > range.high) return log_y ? Range{0.01, 1} : Range{0, 1};
        if (log_y) {
            const Range logs = roomy(std::log10(range.low), std::log10(range.high), 0.05);
            return {std::pow(10.0, logs.low), std::pow(10.0, logs.high)};
        }
        Range out = roomy(range.low, range.high, 0.06);
        // The axis starts at zero if that costs little resolution.
        if (range.low >= 0 && range.low < 0.6 * range.high) out.low = 0;
        return out;
    }

    void redraw() {
        const Range x = x_range(), y = y_range(x);
        canvas->set_ranges(x.low, x.high, y.low, y.high, log_y);
        const int columns = std::max(1, static_cast<int>(canvas->plot_area().width()));
        std::vector<PlotCanvas::EndLabel> labels;
        for (Curve& curve : curves) {
            const std::vector<QPointF> shown =
                cut(thinned(curve.points, x.low, x.high, columns), x.low, x.high);
            QList<QPointF> mapped;
            mapped.reserve(static_cast<qsizetype>(shown.size()));
            for (const QPointF& point : shown)
                if (!log_y || point.y() > 0)  // it has no logarithm
                    mapped.append({point.x(), log_y ? std::log10(point.y()) : point.y()});
            curve.line->replace(mapped);
            if (!mapped.isEmpty() && !curve.info.label.isEmpty())
                labels.push_back({curve.info.label, theme.series(curve.info.colour), mapped.back()});
        }
        canvas->set_end_labels(std::move(labels));
        canvas->set_empty(empty());
        canvas->viewport()->update();
    }

    void restyle() {
        for (Curve& curve : curves) {
            if (curve.info.quiet) {  // dashes of a dense curve would be noise
                QColor colour = theme.colour(Colour::muted);
                colour.setAlphaF(quiet_opacity);
                curve.line->setPen(QPen(colour, quiet_width, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
                continue;
            }
            curve.line->setPen(QPen(theme.series(curve.info.colour), curve.info.width,
                                    theme.series_style(curve.info.colour), Qt::FlatCap, Qt::RoundJoin));
        }
    }
};

Plot::Plot(const Theme& theme, QString x_title, QString y_title, QWidget* parent)
    : QWidget(parent), parts_(std::make_unique<Parts>(theme)) {
    parts_->canvas = new PlotCanvas(theme, std::move(x_title), std::move(y_title), this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(parts_->canvas);
    parts_->canvas->viewport()->installEventFilter(this);
    parts_->canvas->viewport()->setMouseTracking(true);
    parts_->redraw_timer.setSingleShot(true);
    parts_->redraw_timer.setInterval(0);
    connect(&parts_->redraw_timer, &QTimer::timeout, this, [this] {
        parts_->redraw();
        setAccessibleDescription(text_summary());
    });
    connect(&theme, &Theme::changed, this, [this] {
        parts_->restyle();
        parts_->redraw_timer.start();
    });
    setAccessibleName(tr("Chart: %1").arg(parts_->canvas->y_title()));
    parts_->exports = std::make_unique<PlotExports>(*this, contents(), theme);
    setMinimumSize(104, 84);
}

Plot::~Plot() = default;

int Plot::add_series(const PlotSeries& series) {
    auto* line = new QLineSeries;
    parts_->canvas->add(line, series.filled, series.colour);
    parts_->curves.push_back({series, {}, line});
    parts_->restyle();
    return static_cast<int>(parts_->curves.size()) - 1;
}

void Plot::set_label(int series, const QString& label) {
    parts_->curves.at(static_cast<std::size_t>(series)).info.label = label;
    parts_->redraw_timer.start();
}

void Plot::set_name(int series, const QString& name) {
    parts_->curves.at(static_cast<std::size_t>(series)).info.name = name;
    parts_->redraw_timer.start();  // for the accessible description
}

QString Plot::y_title() const {
    return parts_->canvas->y_title();
}

void Plot::set_x_title(const QString& title) {
    parts_->canvas->set_x_title(title);
    parts_->redraw_timer.start();
}

void Plot::set_points(int series, std::vector<QPointF> points) {
    std::erase_if(
        points, [](const QPointF& point) { return !std::isfinite(point.x()) || !std::isfinite(point.y()); });
    parts_->curves.at(static_cast<std::size_t>(series)).points = std::move(points);
    parts_->redraw_timer.start();
}

void Plot::set_empty_text(const QString& sentence) {
    parts_->canvas->set_empty_text(sentence);
}

void Plot::set_log_y(bool on) {
    parts_->log_y = on;
    parts_->redraw_timer.start();
}

bool Plot::log_y() const {
    return parts_->log_y;
}

void Plot::set_x_range(double first, double last) {
    parts_->fixed_x = roomy(first, last, 0);
    parts_->redraw_timer.start();
}

void Plot::set_y_range(double low, double high) {
    parts_->fixed_y = roomy(low, high, 0);
    parts_->redraw_timer.start();
}

void Plot::follow_data() {
    parts_->fixed_x.reset();
    parts_->fixed_y.reset();
    parts_->redraw_timer.start();
}

void Plot::set_cursor(std::optional<double> x) {
    parts_->canvas->set_cursor(x);
}
void Plot::set_marks(std::vector<double> xs) {
    parts_->canvas->set_marks(std::move(xs));
}

void Plot::set_flags(std::vector<PlotFlag> flags) {
    parts_->canvas->set_flags(std::move(flags));
    parts_->redraw_timer.start();  // for the accessible description
}

std::optional<double> Plot::value_at(int series, double x) const {
    const std::vector<QPointF>& points = parts_->curves.at(static_cast<std::size_t>(series)).points;
    if (points.empty()) return {};
    auto after = std::lower_bound(points.begin(), points.end(), x,
                                  [](const QPointF& point, double at) { return point.x() < at; });
    if (after == points.end()) return points.back().y();
    if (after != points.begin() && x - std::prev(after)->x() < after->x() - x) --after;
    return after->y();
}

QString Plot::text_summary() const {
    const QString y = y_title(), x = parts_->canvas->x_title();
    if (parts_->empty()) return tr("%1 over %2: no data.").arg(y, x);
    QStringList sentences;
    for (const Parts::Curve& curve : parts_->curves) {
        if (curve.points.empty()) continue;
        const auto [low, high] = std::ranges::minmax_element(curve.points, {}, &QPointF::y);
        const QString name = parts_->name_of(curve);
        sentences << tr("%1 over %2 from %3 to %4: lowest %5, highest %6, last %7.")
                         .arg(name, x, measure_text(curve.points.front().x()),
                              measure_text(curve.points.back().x()), measure_text(low->y()),
                              measure_text(high->y()), measure_text(curve.points.back().y()));
    }
    for (const PlotFlag& flag : parts_->canvas->flags())
        sentences << tr("At %1: %2.").arg(measure_text(flag.x), flag.text);
    return sentences.join(' ');
}

void Plot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    parts_->exports->place_button();
    parts_->redraw_timer.start();
}

void Plot::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        parts_->redraw_timer.start();
}

bool Plot::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Leave) Q_EMIT cursor_left();
    if (event->type() == QEvent::MouseMove || event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QRectF area = parts_->canvas->plot_area();
        if (area.width() > 0 && !parts_->empty()) {
            const double x = std::clamp(parts_->canvas->value_at(mouse->position().x()),
                                        parts_->canvas->first_x(), parts_->canvas->last_x());
            if (event->type() == QEvent::MouseMove && area.contains(mouse->position()))
                Q_EMIT cursor_moved(x);
            if (event->type() == QEvent::MouseButtonPress && mouse->button() == Qt::LeftButton)
                Q_EMIT clicked(x);
        }
    }
    if (event->type() == QEvent::MouseMove || event->type() == QEvent::MouseButtonPress)
        parts_->exports->follow_mouse(*static_cast<QMouseEvent*>(event));
    return QWidget::eventFilter(watched, event);
}

void Plot::contextMenuEvent(QContextMenuEvent* event) {
    parts_->exports->show_menu(event->globalPos());
}

ChartContents Plot::contents() {
    PlotCanvas* canvas = parts_->canvas;
    return {.title = canvas->y_title(),
            .size = [canvas] { return canvas->size(); },
            .draw =
                [this, canvas](QPainter& painter) {
                    parts_->redraw();
                    canvas->set_exporting(true);
                    canvas->render(&painter, canvas->rect(), canvas->rect());
                    canvas->set_exporting(false);
                },
            .table =
                [this, canvas] {
                    return parts_->empty() ? std::string() : csv_text(canvas->x_title(), columns());
                }};
}

PlotExports& Plot::exports() const {
    return *parts_->exports;
}

std::vector<PlotColumn> Plot::columns() const {
    std::vector<PlotColumn> columns;
    for (const Parts::Curve& curve : parts_->curves)
        if (!curve.points.empty()) columns.push_back({parts_->name_of(curve), curve.points});
    return columns;
}

}  // namespace denoise::ui
