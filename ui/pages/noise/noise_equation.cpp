#include "ui/pages/noise/noise_equation.h"

#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <cmath>

#include "ui/picture/picture_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"

namespace denoise::ui {
namespace {

enum Series { x_t_series = 0, x_0_series = 1, eps_series = 2 };

}  // namespace

NoiseEquation::NoiseEquation(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      x_t_(new PictureView(theme)),
      x_0_(new PictureView(theme)),
      eps_(new PictureView(theme)),
      x_t_caption_(caption_label(theme, Qt::RichText)),
      x_0_caption_(caption_label(theme, Qt::RichText)),
      eps_caption_(caption_label(theme, Qt::RichText)),
      signal_(operator_label()),
      noise_(operator_label()),
      formula_(new QLabel) {
    x_t_->set_border(x_t_series);
    x_0_->set_border(x_0_series);
    eps_->set_border(eps_series);
    x_t_->setAccessibleName(tr("x_t, the picture with noise"));
    x_0_->setAccessibleName(tr("x_0, the picture"));
    eps_->setAccessibleName(tr("epsilon, the noise"));
    eps_->setToolTip(
        tr("Gaussian noise for each pixel and channel; values outside -1 to 1 are shown clipped"));
    formula_->setTextFormat(Qt::RichText);
    formula_->setFont(theme.tabular());
    formula_->setAlignment(Qt::AlignCenter);
    formula_->setWordWrap(true);
    formula_->setObjectName("formula");
    formula_->setAccessibleName(tr("Equation of the forward process"));

    auto* row = new QHBoxLayout;
    row->setSpacing(space::control);
    row->addLayout(pane(x_t_, x_t_caption_), 1);
    row->addWidget(signal_);
    row->addLayout(pane(x_0_, x_0_caption_), 1);
    row->addWidget(noise_);
    row->addLayout(pane(eps_, eps_caption_), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::control);
    column->addLayout(row, 1);
    column->addWidget(formula_);

    const auto inspect = [this](PictureView* view, const QString& title) {
        connect(view, &PictureView::double_clicked, this, [this, view, title] {
            Q_EMIT inspected(picture_of(view->images(), 0),
                             title.contains("%1") ? title.arg(timestep_) : title);
        });
    };
    inspect(x_t_, tr("x_t at t = %1"));
    inspect(x_0_, tr("x_0"));
    inspect(eps_, tr("Epsilon"));
    connect(&theme_, &Theme::changed, this, &NoiseEquation::update_text);
    update_text();
}

QLayout* NoiseEquation::pane(PictureView* view, QLabel* caption) {
    auto* column = new QVBoxLayout;
    column->setSpacing(space::tight);
    column->addWidget(caption);
    column->addWidget(view, 1);
    return column;
}

QLabel* NoiseEquation::operator_label() {
    auto* label = new QLabel;
    label->setFont(theme_.group_title());
    label->setAlignment(Qt::AlignCenter);
    label->setMinimumWidth(QFontMetrics(theme_.group_title()).horizontalAdvance(QStringLiteral("+ 0.000 ×")) +
                           space::tight);
    return label;
}

QString NoiseEquation::coloured(int series, const QString& symbol) const {
    return QString("<span style='color:%1'>%2</span>").arg(theme_.series(series).name(), symbol);
}

void NoiseEquation::set_picture(const NoisedPicture& noised) {
    noised_ = noised;
    x_0_->set_picture(noised_.x0());
    eps_->set_picture(noised_.eps());
    x_t_->set_picture(noised_.x_t(alpha_bar_));
}

void NoiseEquation::set_time(int timestep, double alpha_bar) {
    timestep_ = timestep;
    alpha_bar_ = alpha_bar;
    if (!noised_.x0().empty()) x_t_->set_picture(noised_.x_t(alpha_bar));
    update_text();
}

QSize NoiseEquation::picture_room() const {
    return x_t_->room();
}

void NoiseEquation::set_empty_text(const QString& sentence) {
    x_t_->set_empty_text(sentence);
}

void NoiseEquation::update_text() {
    const QString signal = QString::number(std::sqrt(alpha_bar_), 'f', 3);
    const QString noise = QString::number(std::sqrt(1 - alpha_bar_), 'f', 3);
    const QString x_t = coloured(x_t_series, "x<sub>t</sub>");
    const QString x_0 = coloured(x_0_series, "x<sub>0</sub>");
    const QString eps = coloured(eps_series, "ε");
    x_t_caption_->setText(tr("%1 at t = %2").arg(x_t).arg(timestep_));
    x_0_caption_->setText(tr("%1, the picture").arg(x_0));
    eps_caption_->setText(tr("%1, the noise").arg(eps));
    signal_->setText(QStringLiteral("= %1 ×").arg(signal));
    noise_->setText(QStringLiteral("+ %1 ×").arg(noise));
    formula_->setText(QString("%1 = √ᾱ<sub>t</sub> %2 + √(1 − ᾱ<sub>t</sub>) %3 &nbsp;=&nbsp; %4 %2 + %5 %3 "
                              "&nbsp;&nbsp;with ᾱ<sub>t</sub> = %6")
                          .arg(x_t, x_0, eps, signal, noise, QString::number(alpha_bar_, 'f', 4)));
}

}  // namespace denoise::ui
