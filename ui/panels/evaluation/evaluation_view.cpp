#include "ui/panels/evaluation/evaluation_view.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <cmath>

#include "ui/panels/evaluation/pairs_view.h"
#include "ui/plot/plot.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/scrolled.h"

namespace denoise::ui {
namespace {

constexpr int icon_side = 16;
constexpr int least_words = 176;
/// On a narrower view, the curves are one above the other.
constexpr int least_width_for_row = 22 * space::target;

/// Three pairs fit side by side, and the sentence above them takes few lines.
constexpr int least_width_for_pairs = 9 * space::target;

enum Beside { nothing, curves, pairs };

std::vector<QPointF> by_timestep(const std::vector<double>& values) {
    std::vector<QPointF> points;
    points.reserve(values.size());
    for (std::size_t t = 0; t < values.size(); ++t) points.emplace_back(static_cast<double>(t), values[t]);
    return points;
}

/// A low panel has no height to spare for a horizontal scroll bar, and the contents fit their width.
QScrollArea* scrolled_down(QWidget* content) {
    QScrollArea* area = scrolled(content);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    return area;
}

}  // namespace

EvaluationView::EvaluationView(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::group);
    layout->addWidget(build_words());
    pictures_ = new QStackedWidget(this);
    pictures_->addWidget(new QWidget);
    pictures_->addWidget(build_curves());
    pictures_->addWidget(build_pairs());
    layout->addWidget(pictures_, 1);
    const auto fit = [this] {
        // The titles of the curves are not cut; a narrow panel takes the room from the list of results.
        const QFontMetrics metrics(theme_.caption());
        for (Plot* plot : {terms_, errors_})
            plot->setMinimumWidth(metrics.horizontalAdvance(plot->y_title()) + space::group);
        caution_icon_->setPixmap(theme_.icon("denoise-warning", Colour::warn).pixmap(icon_side, icon_side));
    };
    connect(&theme, &Theme::changed, this, fit);
    fit();
}

QWidget* EvaluationView::build_words() {
    auto* words = new QWidget;
    auto* column = new QVBoxLayout(words);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    headline_ = new QLabel(words);
    headline_->setObjectName("evaluation_figure");
    headline_->setFont(theme_.page_title());
    model_ = new QLabel(words);
    details_ = new QLabel(words);
    details_->setObjectName("evaluation_details");
    details_->setProperty("role", "caption");
    for (QLabel* label : {headline_, model_, details_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        column->addWidget(label);
    }
    caution_ = new QWidget(words);
    auto* row = new QHBoxLayout(caution_);
    row->setContentsMargins(0, space::tight, 0, 0);
    row->setSpacing(space::control);
    caution_icon_ = new QLabel(caution_);
    caution_text_ = new QLabel(caution_);
    caution_text_->setObjectName("evaluation_caution");
    caution_text_->setWordWrap(true);
    caution_text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(caution_icon_, 0, Qt::AlignTop);
    row->addWidget(caution_text_, 1);
    column->addWidget(caution_);
    column->addStretch();
    QScrollArea* scroll = scrolled_down(words);  // in a low panel, the text is not cut
    scroll->setObjectName("evaluation_words");
    scroll->setMinimumWidth(least_words);
    return scroll;
}

Plot* EvaluationView::curve(const QString& title, const QString& empty_text, int colour) {
    auto* plot = new Plot(theme_, tr("Timestep t"), title);
    plot->set_log_y(true);
    plot->set_empty_text(empty_text);
    plot->add_series({.colour = colour});
    return plot;
}

QWidget* EvaluationView::build_curves() {
    auto* both = new QWidget;
    curves_ = new QBoxLayout(QBoxLayout::LeftToRight, both);
    curves_->setContentsMargins(0, 0, 0, 0);
    curves_->setSpacing(space::control);
    terms_ = curve(tr("Bits per dimension"), tr("The terms of the bound by timestep."), 0);
    terms_->setObjectName("bound_terms");
    errors_ = curve(tr("Squared error of ε"), tr("The mean squared error by timestep."), 0);
    errors_->setObjectName("bound_errors");
    for (Plot* plot : {terms_, errors_}) {
        auto* frame = new QFrame(both);
        frame->setProperty("role", "chart");
        auto* inside = new QVBoxLayout(frame);
        inside->setContentsMargins(space::control, space::control, space::control, space::tight);
        inside->addWidget(plot);
        curves_->addWidget(frame, 1);
        connect(plot, &Plot::cursor_moved, this, [this, plot](double t) {
            for (Plot* each : {terms_, errors_}) each->set_cursor(t);
            if (const auto value = plot->value_at(0, t))
                plot->setToolTip(tr("t = %1: %2").arg(count_text(std::llround(t)), measure_text(*value)));
        });
        connect(plot, &Plot::cursor_left, this, [this] {
            for (Plot* each : {terms_, errors_}) each->set_cursor(std::nullopt);
        });
    }
    return both;
}

QWidget* EvaluationView::build_pairs() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::control);
    auto* caption =
        new QLabel(tr("Each pair shows a sample, its nearest image of the dataset, and their distance. The "
                      "closest pair is first."));
    caption->setProperty("role", "caption");
    caption->setWordWrap(true);
    column->addWidget(caption);
    pairs_ = new PairsView(theme_);
    column->addWidget(scrolled_down(pairs_), 1);
    return page;
}

void EvaluationView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    curves_->setDirection(width() < least_width_for_row ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void EvaluationView::show_caution(const QString& text) {
    caution_->setVisible(!text.isEmpty());
    caution_text_->setText(text);
}

void EvaluationView::show_record(const EvaluationRecord& record) {
    headline_->setText(headline_of(record));
    model_->setText(model_text(record));
    details_->setText(details_of(record).join('\n'));
    show_caution(caution_of(record));
    const auto* bound = std::get_if<BitsPerDim>(&record.result.score);
    if (bound) {
        terms_->set_points(0, by_timestep(bound->terms));
        errors_->set_points(0, by_timestep(bound->mse));
        errors_->parentWidget()->setVisible(!bound->mse.empty());
    }
    const auto* nearest = std::get_if<NearestImages>(&record.result.score);
    if (nearest) pairs_->show_pairs(*nearest);
    pictures_->setCurrentIndex(bound ? curves : nearest ? pairs : nothing);
    pictures_->setMinimumWidth(nearest ? least_width_for_pairs : 0);
    // Without pictures, the text uses the whole width.
    pictures_->setVisible(bound || nearest);
}

}  // namespace denoise::ui
