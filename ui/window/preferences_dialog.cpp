#include "ui/window/preferences_dialog.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/base/processors.h"
#include "engine/runs/run_list.h"
#include "ui/paths/folders.h"
#include "ui/text/format.h"

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

    add_field(layout, tr("Appearance"), make_appearance_box());
    add_field(layout, tr("Pictures"), make_pictures_box());
    add_field(layout, tr("Processor threads"), make_threads_box(),
              tr("Automatic leaves one core free for other programs. A change applies to new runs."));
    add_field(layout, tr("Memory for samples"), make_memory_box(),
              tr("Holds the steps of samples in full precision, so that a branch starts at once. Used after "
                 "a restart."));
    add_field(
        layout, tr("Runs folder"),
        folder_row(tr("Runs folder"), text_of(default_runs_folder().string()), &Preferences::runs_folder),
        tr("Each run has a folder here with its settings, metrics, checkpoints and samples."));
    add_field(layout, tr("Export folder"),
              folder_row(tr("Export folder"), default_pictures_folder(), &Preferences::export_folder));
    layout->addStretch();

    auto* buttons = new QDialogButtonBox(this);
    QPushButton* done = buttons->addButton(tr("Done"), QDialogButtonBox::AcceptRole);
    done->setDefault(true);
    done->setAccessibleName(tr("Done"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    layout->addWidget(buttons);
    // The height that the wrapped texts need at this width, with the paddings of the style sheet.
    for (QWidget* widget : findChildren<QWidget*>()) widget->ensurePolished();
    resize(minimumWidth(), layout->totalHeightForWidth(minimumWidth()));
}

QComboBox* PreferencesDialog::make_appearance_box() {
    auto* box = new QComboBox(this);
    box->setObjectName("appearance");
    box->setAccessibleName(tr("Appearance"));
    box->addItems({tr("Follow the desktop"), tr("Light"), tr("Dark")});
    box->setCurrentIndex(static_cast<int>(preferences_.appearance));
    connect(box, &QComboBox::activated, this, [this](int index) {
        preferences_.appearance = static_cast<Appearance>(index);
        notify();
    });
    return box;
}

QComboBox* PreferencesDialog::make_pictures_box() {
    auto* box = new QComboBox(this);
    box->setObjectName("smooth_pictures");
    box->setAccessibleName(tr("Pictures"));
    box->addItems({tr("Each pixel a square"), tr("Smooth")});
    box->setCurrentIndex(preferences_.smooth_pictures ? 1 : 0);
    connect(box, &QComboBox::activated, this, [this](int index) {
        preferences_.smooth_pictures = index == 1;
        notify();
    });
    return box;
}

QComboBox* PreferencesDialog::make_threads_box() {
    auto* box = new QComboBox(this);
    box->setObjectName("threads");
    box->setAccessibleName(tr("Processor threads"));
    box->addItem(tr("Automatic (%n thread(s))", nullptr, default_threads()), 0);
    for (int n = 1; n <= processor_count(); ++n) box->addItem(tr("%n thread(s)", nullptr, n), n);
    box->setCurrentIndex(std::max(0, box->findData(preferences_.threads)));
    connect(box, &QComboBox::activated, this, [this, box] {
        preferences_.threads = box->currentData().toInt();
        notify();
    });
    return box;
}

QComboBox* PreferencesDialog::make_memory_box() {
    auto* box = new QComboBox(this);
    box->setObjectName("trajectory_megabytes");
    box->setAccessibleName(tr("Memory for samples"));
    for (const int megabytes : {128, 256, 512, 1024, 2048, 4096})
        box->addItem(megabytes < 1024 ? tr("%1 MB").arg(megabytes) : tr("%1 GB").arg(megabytes / 1024),
                     megabytes);
    if (box->findData(preferences_.trajectory_megabytes) < 0)
        box->addItem(tr("%1 MB").arg(preferences_.trajectory_megabytes), preferences_.trajectory_megabytes);
    box->setCurrentIndex(box->findData(preferences_.trajectory_megabytes));
    connect(box, &QComboBox::activated, this, [this, box] {
        preferences_.trajectory_megabytes = box->currentData().toInt();
        notify();
    });
    return box;
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
        notify();
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

void PreferencesDialog::notify() {
    Q_EMIT changed(preferences_);
}

}  // namespace denoise::ui
