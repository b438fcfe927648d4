#include "ui/pages/train/watch_banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/link/run_watch.h"
#include "ui/pages/train/watch_text.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int icon_side = 16;
constexpr int least_width_for_row = 20 * space::target;

}  // namespace

WatchBanner::WatchBanner(RunWatch& watch, const Theme& theme, QWidget* parent)
    : QFrame(parent), watch_(watch), theme_(theme) {
    setObjectName("watch_banner");
    setProperty("role", "message");
    setProperty("kind", "offer");
    icon_ = new QLabel(this);
    icon_->setFixedSize(icon_side, icon_side);
    title_ = new QLabel(this);
    title_->setObjectName("watch_title");
    title_->setFont(theme.group_title());
    details_ = new QLabel(this);
    details_->setObjectName("watch_details");
    for (QLabel* label : {title_, details_}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    resume_ = new QPushButton(tr("Resume here"), this);
    resume_->setObjectName("resume_here");
    stop_ = new QPushButton(tr("Stop watching"), this);
    stop_->setObjectName("stop_watching");
    stop_->setToolTip(tr("Shows no further steps. The training goes on where it is."));

    auto* words = new QVBoxLayout;
    words->setSpacing(space::tight / 2);
    words->addWidget(title_);
    words->addWidget(details_);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::control);
    buttons->addWidget(resume_);
    buttons->addWidget(stop_);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::control);
    line->addWidget(icon_, 0, Qt::AlignTop);
    line->addLayout(words, 1);
    row_ = new QHBoxLayout(this);
    row_->setContentsMargins(space::control + space::tight, space::control, space::control, space::control);
    row_->setSpacing(space::control);
    row_->addLayout(line, 1);
    row_->addLayout(buttons);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(resume_, &QPushButton::clicked, this, &WatchBanner::resume_wanted);
    connect(stop_, &QPushButton::clicked, &watch_, &RunWatch::stop);
    connect(&watch_, &RunWatch::changed, this, &WatchBanner::show_report);
    connect(&theme_, &Theme::changed, this, &WatchBanner::show_report);
    show_report();
}

void WatchBanner::set_resume_blocked(const QString& reason) {
    resume_blocked_ = reason;
    show_report();
}

void WatchBanner::show_report() {
    const WatchReport& report = watch_.report();
    if (report.phase == WatchPhase::off) return hide();
    const WatchText text = describe_watch(report);
    title_->setText(text.title);
    details_->setText(text.details);
    setAccessibleName(text.title + QStringLiteral(". ") + text.details);
    icon_->setPixmap((text.is_warning ? theme_.icon("denoise-warning", Colour::warn)
                                      : theme_.icon("denoise-info", Colour::accent))
                         .pixmap(icon_side, icon_side));
    resume_->setVisible(report.phase == WatchPhase::ended && report.sign.status != RunStatus::finished);
    resume_->setEnabled(resume_blocked_.isEmpty());
    resume_->setToolTip(resume_blocked_.isEmpty()
                            ? tr("Resumes the training on this machine, from the newest checkpoint.")
                            : resume_blocked_);
    stop_->setText(report.phase == WatchPhase::ended ? tr("Close") : tr("Stop watching"));
    stop_->setToolTip(report.phase == WatchPhase::ended
                          ? tr("Closes this message. The run stays open.")
                          : tr("Shows no further steps. The training goes on where it is."));
    show();
}

void WatchBanner::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    // On a narrow page, the buttons are below the text.
    row_->setDirection(width() < least_width_for_row ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

}  // namespace denoise::ui
