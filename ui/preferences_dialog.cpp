#include "ui/preferences_dialog.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/session/runs.h"
#include "ui/format.h"

namespace denoise::ui {
namespace {

void add_field(QVBoxLayout* layout, const QString& title, QWidget* editor, const QString& note = {}) {
    auto* label = new QLabel(title);
    label->setBuddy(editor->focusProxy() ? editor->focusProxy() : editor);
    layout->addWidget(label);
    layout->addWidget(editor);
    if (!note.isEmpty()) {
        auto* caption = new QLabel(note);
        caption->setProperty("role", "caption");
        caption->setWordWrap(true);
        layout->addWidget(caption);
    }
    layout->addSpacing(space::control);
}

}  // namespace

PreferencesDialog::PreferencesDialog(const Theme& theme, const Preferences& preferences, QWidget* parent)
    : QDialog(parent), preferences_(preferences) {
    setWindowTitle(tr("Preferences"));
    setMinimumWidth(460);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::page, space::page, space::page, space::group);
    layout->setSpacing(space::tight);
    auto* title = new QLabel(tr("Preferences"), this);
    title->setFont(theme.page_title());
    layout->addWidget(title);
    layout->addSpacing(space::group);

    auto* appearance = new QComboBox(this);
    appearance->setObjectName("appearance");
    appearance->setAccessibleName(tr("Appearance"));
    appearance->addItems({tr("As the desktop"), tr("Light"), tr("Dark")});
    appearance->setCurrentIndex(static_cast<int>(preferences.appearance));
    connect(appearance, &QComboBox::activated, this, [this](int index) {
        preferences_.appearance = static_cast<Appearance>(index);
        tell();
    });
    add_field(layout, tr("Appearance"), appearance);

    auto* threads = new QComboBox(this);
    threads->setObjectName("threads");
    threads->setAccessibleName(tr("Processor threads"));
    threads->addItem(tr("Automatic (%n thread(s))", nullptr, default_threads()), 0);
    for (int n = 1; n <= default_threads() + 1; ++n) threads->addItem(tr("%n thread(s)", nullptr, n), n);
    threads->setCurrentIndex(std::max(0, threads->findData(preferences.threads)));
    connect(threads, &QComboBox::activated, this, [this, threads] {
        preferences_.threads = threads->currentData().toInt();
        tell();
    });
    add_field(layout, tr("Processor threads"), threads,
              tr("Automatic leaves one core to the rest of the desktop. It counts for runs that start from "
                 "now on."));

    add_field(
        layout, tr("Runs folder"),
        folder_row(tr("Runs folder"), text_of(default_runs_folder().string()), &Preferences::runs_folder),
        tr("Each training is a folder in it, with its settings, figures, checkpoints and samples."));
    add_field(layout, tr("Export folder"),
              folder_row(tr("Export folder"), default_pictures_folder(), &Preferences::export_folder));

    layout->addStretch();
    auto* buttons = new QDialogButtonBox(this);
    QPushButton* done = buttons->addButton(tr("Done"), QDialogButtonBox::AcceptRole);
    done->setDefault(true);
    done->setAccessibleName(tr("Done"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    layout->addWidget(buttons);
}

QWidget* PreferencesDialog::folder_row(const QString& name, const QString& empty_text,
                                       QString Preferences::*field) {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    auto* line = new QLineEdit(preferences_.*field, row);
    line->setAccessibleName(name);
    line->setPlaceholderText(empty_text);
    line->setClearButtonEnabled(true);
    auto* choose = new QPushButton(tr("Choose…"), row);
    choose->setAccessibleName(tr("Choose the folder: %1").arg(name));
    choose->setAutoDefault(false);
    layout->addWidget(line, 1);
    layout->addWidget(choose);
    row->setFocusProxy(line);
    connect(line, &QLineEdit::textChanged, this, [this, field](const QString& text) {
        preferences_.*field = text.trimmed();
        tell();
    });
    connect(choose, &QPushButton::clicked, this, [this, name, line] {
        auto* dialog =
            new QFileDialog(this, name, line->text().isEmpty() ? line->placeholderText() : line->text());
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, line, &QLineEdit::setText);
        dialog->open();
    });
    return row;
}

void PreferencesDialog::tell() {
    Q_EMIT changed(preferences_);
}

}  // namespace denoise::ui
