#include "ui/pages/denoise/example_note.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/theme/theme.h"
#include "ui/widgets/icon_button.h"

namespace denoise::ui {
namespace {

// Where the noise hides everything, and where it can hardly be seen any more.
constexpr double first_trace = 0.02;
constexpr double nearly_clean = 0.95;

struct Words {
    QString title, text;
};

Words words_of(ExampleNote::Stage stage) {
    switch (stage) {
        case ExampleNote::Stage::noise:
            return {ExampleNote::tr("The noise"), ExampleNote::tr("At first, x<sub>t</sub> is random.")};
        case ExampleNote::Stage::guess:
            return {ExampleNote::tr("The guess"),
                    ExampleNote::tr("x<sub>0</sub> is the picture that the network sees in x<sub>t</sub>. "
                                    "Each step moves x<sub>t</sub> towards it.")};
        case ExampleNote::Stage::picture:
            return {ExampleNote::tr("The picture"),
                    ExampleNote::tr("At the end no noise is left, and x<sub>t</sub> is a new picture.")};
    }
    return {};
}

}  // namespace

ExampleNote::Stage example_stage(double alpha_bar, bool is_result) {
    if (is_result || alpha_bar > nearly_clean) return ExampleNote::Stage::picture;
    return alpha_bar < first_trace ? ExampleNote::Stage::noise : ExampleNote::Stage::guess;
}

ExampleNote::ExampleNote(const Theme& theme, QWidget* parent) : QFrame(parent), theme_(theme) {
    setObjectName("example_note");
    setProperty("role", "message");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::control + space::tight, space::tight, space::tight, space::tight);
    row->setSpacing(space::group);
    title_ = make_label();
    row->addWidget(title_, 1, Qt::AlignTop);
    for (const Stage stage : {Stage::noise, Stage::guess, Stage::picture}) {
        QLabel* caption = make_label();
        captions_[static_cast<std::size_t>(stage)] = caption;
        row->addWidget(caption, 1, Qt::AlignTop);
    }
    auto* close = icon_button(theme_.icon("denoise-close", Colour::muted), tr("Close the example"));
    close->setObjectName("close_example");
    connect(close, &QToolButton::clicked, this, &ExampleNote::close_pressed);
    row->addWidget(close, 0, Qt::AlignTop);
    connect(&theme_, &Theme::changed, this, &ExampleNote::update_captions);
    update_captions();
}

QLabel* ExampleNote::make_label() {
    auto* label = new QLabel;
    label->setTextFormat(Qt::RichText);
    label->setWordWrap(true);
    label->setFont(theme_.caption());
    return label;
}

void ExampleNote::set_compact(bool compact) {
    if (compact == is_compact_) return;
    is_compact_ = compact;
    const int air = compact ? 0 : space::tight;
    layout()->setContentsMargins(space::control + space::tight, air, space::tight, air);
    for (QLabel* label : captions_) {
        label->setWordWrap(!compact);
        label->setSizePolicy(compact ? QSizePolicy::Ignored : QSizePolicy::Preferred, QSizePolicy::Preferred);
        layout()->setAlignment(label, compact ? Qt::AlignVCenter : Qt::AlignTop);
    }
    update_captions();
}

void ExampleNote::show_stage(Stage stage) {
    if (stage == stage_) return;
    stage_ = stage;
    update_captions();
}

QString ExampleNote::in_colours(const QString& between, const QString& title, Colour title_colour,
                                const QString& text, Colour text_colour) const {
    return QStringLiteral(
               "<span style='color:%1; font-weight:600'>%2</span>%3<span style='color:%4'>%5</span>")
        .arg(theme_.colour(title_colour).name(), title, between, theme_.colour(text_colour).name(), text);
}

void ExampleNote::update_captions() {
    const QString line_break = QStringLiteral("<br>");
    title_->setVisible(!is_compact_);
    title_->setText(in_colours(line_break, tr("Example"), Colour::text,
                               tr("A small model, trained with this program on its glyphs."), Colour::text));
    for (const Stage stage : {Stage::noise, Stage::guess, Stage::picture}) {
        const Words words = words_of(stage);
        const bool is_shown = stage == stage_;
        QLabel* caption = captions_[static_cast<std::size_t>(stage)];
        caption->setVisible(is_shown || !is_compact_);
        caption->setText(in_colours(is_compact_ ? QStringLiteral(" &nbsp;") : line_break, words.title,
                                    is_shown ? Colour::accent : Colour::muted, words.text,
                                    is_shown ? Colour::text : Colour::muted));
    }
}

}  // namespace denoise::ui
