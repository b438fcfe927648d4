#include "ui/panels/runs/run_details.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "ui/panels/runs/run_cells.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {
namespace {

constexpr int keep_ms = 800;

QString tags_text(const RunNotes& notes) {
    QStringList tags;
    for (const std::string& tag : notes.tags) tags << text_of(tag);
    return tags.join(", ");
}

}  // namespace

RunDetails::RunDetails(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    build();
    keep_timer_.setSingleShot(true);
    keep_timer_.setInterval(keep_ms);
    connect(&keep_timer_, &QTimer::timeout, this, &RunDetails::keep);
    const auto typed = [this] {
        typed_ = true;
        keep_timer_.start();
    };
    connect(tags_, &QLineEdit::textEdited, this, typed);
    connect(tags_, &QLineEdit::editingFinished, this, &RunDetails::keep);
    connect(text_, &QPlainTextEdit::textChanged, this, [this, typed] {
        if (!text_->signalsBlocked()) typed();
    });
}

RunDetails::~RunDetails() = default;

void RunDetails::build() {
    setObjectName("run_details");
    name_ = new ElidedLabel(this);
    name_->setFont(theme_.group_title());
    name_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    facts_ = caption_label(theme_, Qt::PlainText);
    facts_->setWordWrap(true);
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    picture_ = new QLabel(this);
    picture_->setAccessibleName(tr("Newest samples"));
    locked_ = caption_label(theme_, Qt::PlainText);
    locked_->setObjectName("notes_locked");
    locked_->setWordWrap(true);
    tags_ = new QLineEdit(this);
    tags_->setObjectName("run_tags");
    tags_->setPlaceholderText(tr("Tags, separated by commas"));
    tags_->setAccessibleName(tr("Tags of the run"));
    text_ = new QPlainTextEdit(this);
    text_->setObjectName("run_notes");
    text_->setPlaceholderText(tr("Notes about this run"));
    text_->setAccessibleName(tr("Notes about the run"));
    text_->setTabChangesFocus(true);
    text_->setMinimumHeight(space::target + space::control);

    auto* words = new QVBoxLayout;
    words->setSpacing(space::tight / 2);
    words->addWidget(name_);
    words->addWidget(facts_);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::control);
    top->addWidget(picture_, 0, Qt::AlignTop);
    top->addLayout(words, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::control + space::tight, space::control, space::control + space::tight,
                               space::control);
    column->setSpacing(space::tight);
    column->addLayout(top);
    column->addWidget(tags_);
    column->addWidget(text_, 1);
    column->addWidget(locked_);
}

void RunDetails::set_run(const RunSummary& run, const QPixmap& thumbnail) {
    const bool same = run_ && run_->folder == run.folder;
    if (!same) keep();
    run_ = run;
    picture_->setPixmap(thumbnail);
    picture_->setVisible(!thumbnail.isNull());
    show_facts();
    // What is being typed stays, such as the comma before the next tag.
    const bool editing = typed_ || tags_->hasFocus() || text_->hasFocus();
    if (!same || !editing) show_notes();
}

void RunDetails::show_facts() {
    name_->setText(text_of(run_->name));
    if (run_->state == RunState::unreadable) return facts_->setText(text_of(run_->problem));
    QStringList facts = {
        tr("%1 parameters").arg(compact_text(static_cast<double>(run_->parameters))),
        tr("%1 images").arg(compact_text(static_cast<double>(run_->step) * run_->config.training.batch_size)),
        tr("loss %1").arg(measure_text(run_->loss))};
    if (!run_->notes.scores.empty())
        facts << tr("%1 at step %2").arg(score_text(*run_), count_text(run_->notes.scores.back().step));
    facts_->setText(facts.join(QStringLiteral(" · ")));
}

void RunDetails::show_notes() {
    const bool fixed = !run_->writable || !run_->notes_problem.empty();
    const QString tags = tags_text(run_->notes), text = text_of(run_->notes.text);
    if (tags_->text() != tags) tags_->setText(tags);
    if (text_->toPlainText() != text) {
        const QSignalBlocker quiet(text_);
        text_->setPlainText(text);
    }
    tags_->setReadOnly(fixed);
    text_->setReadOnly(fixed);
    locked_->setText(!run_->notes_problem.empty() ? text_of(run_->notes_problem) + '.'
                     : fixed ? tr("The folder of this run is read-only, so its notes cannot be changed.")
                             : QString());
    locked_->setVisible(fixed);
}

void RunDetails::keep() {
    keep_timer_.stop();
    if (!typed_ || !run_) return;
    typed_ = false;
    RunNotes notes = run_->notes;
    notes.tags = tags_in(tags_->text().toStdString());
    notes.text = text_->toPlainText().toStdString();
    if (notes == run_->notes) return;
    run_->notes = notes;
    const std::filesystem::path folder = run_->folder;  // another run may be shown in the meantime
    Q_EMIT notes_edited(folder, notes);
}

}  // namespace denoise::ui
