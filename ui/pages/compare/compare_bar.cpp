#include "ui/pages/compare/compare_bar.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QRandomGenerator>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>
#include <limits>
#include <utility>

#include "ui/pages/compare/checkpoint_map.h"
#include "ui/pages/compare/compare_session.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/icon_button.h"

namespace denoise::ui {
namespace {

constexpr int most_images = 64;
constexpr int random_seeds = 1'000'000;  // short enough to be read and typed

enum Content { predicted_x0, noisy_x_t };
enum View { all_columns, two_columns, checkpoint_map };

}  // namespace

CompareBar::CompareBar(CompareSession& session, CheckpointMap& map, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      session_(session),
      map_(map),
      theme_(theme),
      seed_(new QSpinBox),
      dice_(icon_button(theme.icon("roll"), tr("Random seed"))),
      count_(new QSpinBox),
      content_(new QComboBox),
      view_(new QComboBox),
      add_(icon_button(theme.icon("list-add"), tr("Add a column"))),
      form_(icon_button(theme.icon("configure"), tr("Show the settings"))),
      button_(new QPushButton) {
    set_up_fields();
    make_row();
    connect(seed_, &QSpinBox::valueChanged, this, [this](int seed) { session_.set_seed(seed); });
    connect(dice_, &QToolButton::clicked, this,
            [this] { seed_->setValue(static_cast<int>(QRandomGenerator::global()->bounded(random_seeds))); });
    connect(count_, &QSpinBox::valueChanged, this, [this](int count) { session_.set_count(count); });
    for (QComboBox* box : {content_, view_})
        connect(box, &QComboBox::currentIndexChanged, this, &CompareBar::view_changed);
    connect(add_, &QToolButton::clicked, &session_, &CompareSession::add_column);
    connect(form_, &QToolButton::toggled, this, &CompareBar::form_toggled);
    connect(button_, &QPushButton::clicked, this, [this] {
        if (is_running())
            stop();
        else
            sample();
    });
    connect(this, &CompareBar::view_changed, this, &CompareBar::update_buttons);
    for (const auto signal :
         {&CheckpointMap::settings_changed, &CheckpointMap::rows_changed, &CheckpointMap::running_changed})
        connect(&map_, signal, this, &CompareBar::update_buttons);
    for (const auto signal : {&CompareSession::columns_changed, &CompareSession::settings_changed})
        connect(&session_, signal, this, &CompareBar::show_settings);
    connect(&session_, &CompareSession::running_changed, this, &CompareBar::update_buttons);
    connect(&session_, &CompareSession::column_changed, this, &CompareBar::update_buttons);
    show_settings();
}

void CompareBar::set_up_fields() {
    seed_->setObjectName("seed");
    seed_->setRange(0, std::numeric_limits<int>::max());
    seed_->setPrefix(tr("Seed "));
    seed_->setToolTip(tr("All columns, or all rows of the map, start from the noise of this seed"));
    seed_->setAccessibleName(tr("Seed"));
    seed_->setFixedWidth(7 * space::target / 2);
    dice_->setObjectName("dice");
    count_->setObjectName("count");
    count_->setRange(1, most_images);
    count_->setSuffix(tr(" images"));
    count_->setToolTip(tr("The number of images in each column"));
    count_->setAccessibleName(tr("Images in each column"));
    count_->setFixedWidth(3 * space::target - space::tight);
    for (QSpinBox* box : {seed_, count_}) {
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        box->setKeyboardTracking(false);
    }
    content_->setObjectName("content");
    content_->addItems({tr("Predicted x₀"), tr("Noisy xₜ")});
    content_->setAccessibleName(tr("Pictures that are shown"));
    content_->setToolTip(
        tr("Predicted x₀: the network's estimate of the clean image; xₜ: the input of the network"));
    view_->setObjectName("view");
    view_->addItems({tr("All columns"), tr("Two columns"), tr("Checkpoints")});
    view_->setAccessibleName(tr("View"));
    view_->setToolTip(
        tr("All columns side by side, the difference between two of them, or one image at the checkpoints of "
           "a run"));
    // So that the bar takes one row in a window of 1024 pixels
    for (QToolButton* button : {dice_, add_, form_}) button->setProperty("narrow", true);
    add_->setObjectName("add");
    form_->setObjectName("show_settings");
    form_->setCheckable(true);
    form_->setChecked(true);
    button_->setObjectName("compare_sample");
    button_->setProperty("primary", true);
}

void CompareBar::make_row() {
    auto* fields = new FlowLayout(space::tight, space::tight);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{seed_, dice_, count_, content_, view_, add_, form_})
        fields->addWidget(widget);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::control);
    row->addLayout(fields, 1);
    row->addWidget(button_, 0, Qt::AlignTop);
    // Wide enough for both of the button's texts, so that it keeps its size.
    for (const QString& text : {tr("Stop"), tr("Sample")}) {
        button_->setText(text);
        button_->setIcon(theme_.icon("media-playback-start", Colour::accent_text));
        button_->setMinimumWidth(std::max(button_->minimumWidth(), button_->sizeHint().width()));
    }
}

bool CompareBar::event(QEvent* event) {
    const bool done = QWidget::event(event);
    // In a narrow page the fields take several rows, which the smallest height of the page has to include.
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)
        setMinimumHeight(heightForWidth(width()));
    return done;
}

bool CompareBar::shows_noisy() const {
    return content_->currentIndex() == noisy_x_t;
}

bool CompareBar::shows_pair() const {
    return view_->currentIndex() == two_columns;
}

bool CompareBar::shows_map() const {
    return view_->currentIndex() == checkpoint_map;
}

void CompareBar::show_columns() {
    view_->setCurrentIndex(all_columns);
}

void CompareBar::sample() {
    if (is_running()) return;
    if (shows_map())
        map_.sample();
    else
        session_.sample();
}

bool CompareBar::is_running() const {
    return session_.is_running() || map_.is_running();
}

void CompareBar::stop() {
    session_.stop();
    map_.stop();
}

QString CompareBar::obstacle() const {
    return shows_map() ? map_.obstacle() : obstacle_to_sample(session_.comparison());
}

void CompareBar::show_settings() {
    const QSignalBlocker seed_blocker(seed_), count_blocker(count_);
    const Comparison& comparison = session_.comparison();
    seed_->setValue(static_cast<int>(comparison.seed));
    count_->setValue(comparison.count);
    update_buttons();
}

void CompareBar::update_buttons() {
    const bool running = is_running();
    const QString reason = obstacle();
    button_->setText(running ? tr("Stop") : tr("Sample"));
    button_->setIcon(
        theme_.icon(running ? "media-playback-stop" : "media-playback-start", Colour::accent_text));
    button_->setEnabled(running || reason.isEmpty());
    button_->setToolTip(running             ? tr("Stops; the frames so far are kept")
                        : !reason.isEmpty() ? reason
                        : shows_map()       ? tr("Samples one image at every checkpoint (Ctrl+G)")
                                            : tr("Samples the columns whose settings have changed (Ctrl+G)"));
    if (std::exchange(reported_, reason) != reason) Q_EMIT obstacle_changed();
    count_->setVisible(!shows_map());
    add_->setVisible(!shows_map());
    const bool room = session_.comparison().size() < Comparison::most;
    add_->setEnabled(room);
    add_->setToolTip(room ? tr("Add a column") : tr("There are at most %1 columns").arg(Comparison::most));
}

}  // namespace denoise::ui
