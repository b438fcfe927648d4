#include "ui/window/preferences_dialog.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/base/log.h"
#include "engine/base/processors.h"
#include "engine/runs/run_list.h"
#include "ui/paths/folders.h"
#include "ui/text/format.h"
#include "ui/widgets/enum_box.h"
#include "ui/window/cache_preferences.h"

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
    layout->addSpacing(space::control);
    auto* tabs = new QTabWidget(this);
    tabs->setObjectName("preferences_tabs");
    tabs->tabBar()->setAccessibleName(tr("Groups of preferences"));
    tabs->addTab(make_general_page(), tr("General"));
    tabs->addTab(make_downloads_page(), tr("Downloads"));
    tabs->addTab(make_cache_page(), tr("Cache"));
    tabs->addTab(make_log_page(), tr("Log"));
    layout->addWidget(tabs);

    auto* buttons = new QDialogButtonBox(this);
    QPushButton* done = buttons->addButton(tr("Done"), QDialogButtonBox::AcceptRole);
    done->setDefault(true);
    done->setAccessibleName(tr("Done"));
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    layout->addWidget(buttons);
    // The height that the wrapped texts need at this width, with the paddings of the style sheet.
    for (QWidget* widget : findChildren<QWidget*>()) widget->ensurePolished();
    int page_height = 0;
    for (int i = 0; i < tabs->count(); ++i)
        page_height = std::max(
            page_height, tabs->widget(i)->layout()->totalHeightForWidth(minimumWidth() - 2 * space::page));
    for (int i = 0; i < tabs->count(); ++i) tabs->widget(i)->setMinimumHeight(page_height);
    resize(minimumWidth(), minimumSizeHint().height());
}

QWidget* PreferencesDialog::make_general_page() {
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, space::group, 0, 0);
    layout->setSpacing(space::tight);
    add_field(layout, tr("Appearance"), make_appearance_box());
    add_field(layout, tr("Pictures"), make_pictures_box());
    add_field(
        layout, tr("Processor threads"), make_threads_box(),
        tr("Automatic uses all cores, with a lower priority than other programs. A change applies to new "
           "runs."));
    add_field(layout, tr("Memory for samples"), make_memory_box(),
              tr("Holds the steps of samples in full precision, so that a branch starts at once. Used after "
                 "a restart."));
    add_field(
        layout, tr("Runs folder"),
        folder_row(tr("Runs folder"), text_of(default_runs_folder().string()), preferences_.runs_folder),
        tr("Each run has a folder here with its settings, metrics, checkpoints and samples."));
    add_field(layout, tr("Export folder"),
              folder_row(tr("Export folder"), default_pictures_folder(), preferences_.export_folder));
    layout->addStretch();
    return page;
}

QWidget* PreferencesDialog::make_downloads_page() {
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, space::group, 0, 0);
    layout->setSpacing(space::tight);
    DownloadPreferences& downloads = preferences_.downloads;
    add_field(layout, tr("Datasets folder"),
              folder_row(tr("Datasets folder"), text_of(datasets_folder({}).string()), downloads.folder),
              tr("Each downloaded dataset has a folder here."));
    add_field(
        layout, tr("Folder to look in first"),
        folder_row(tr("Folder to look in first"), tr("None"), downloads.look_first),
        tr("A shared folder, such as that of a classroom, with subfolders mnist, fashion-mnist, cifar-10 "
           "and cifar-100. Intact copies are used from there, without a download."));
    add_field(
        layout, tr("Mirrors"), text_line(tr("Mirrors"), tr("None"), downloads.mirrors),
        tr("Addresses of servers with such a folder, separated by spaces. They are tried before those of the "
           "publishers. HTTP is safe here, because each file is compared with its SHA-256."));
    add_field(
        layout, tr("Proxy"), text_line(tr("Proxy"), tr("System proxy"), downloads.proxy),
        tr("http://host:port, socks5://host:port, or “none” for a direct connection. The network is used "
           "only for a download that you start."));
    layout->addStretch();
    return page;
}

QWidget* PreferencesDialog::make_log_page() {
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, space::group, 0, 0);
    layout->setSpacing(space::tight);
    auto* box = new QComboBox(page);
    box->setObjectName("log_level");
    box->setAccessibleName(tr("Log file"));
    add_values<LogLevel>(*box);
    box->setCurrentIndex(static_cast<int>(preferences_.log_level));
    connect(box, &QComboBox::activated, this, [this, box] {
        preferences_.log_level = chosen_value<LogLevel>(*box);
        notify();
    });
    add_field(layout, tr("Log file"), box,
              tr("The program writes what it does to %1, including paths of files. Nothing is sent over the "
                 "network. A change applies after a restart.")
                  .arg(log_folder().empty() ? tr("no file, as there is no home folder")
                                            : text_of((log_folder() / "denoise-lab.log").string())));
    layout->addStretch();
    return page;
}

QWidget* PreferencesDialog::make_cache_page() {
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, space::group, 0, 0);
    layout->setSpacing(space::tight);
    add_field(layout, tr("Space for decoded datasets"), new CachePreferences(this),
              tr("Sets of many or large pictures are decoded once, and the images are kept on the disk for "
                 "all runs. When the space is used up, those that have not been used for the longest time "
                 "are removed."));
    layout->addStretch();
    return page;
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

QWidget* PreferencesDialog::folder_row(const QString& name, const QString& empty_text, QString& field) {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    QLineEdit* line = text_line(name, empty_text, field);
    auto* choose = new QPushButton(tr("Choose…"), row);
    choose->setAccessibleName(tr("Choose the folder: %1").arg(name));
    choose->setAutoDefault(false);
    layout->addWidget(line, 1);
    layout->addWidget(choose);
    row->setFocusProxy(line);
    connect(choose, &QPushButton::clicked, this, [this, name, line] {
        const QString start = line->text().isEmpty() ? line->placeholderText() : line->text();
        auto* dialog = new QFileDialog(this, name, QDir::isAbsolutePath(start) ? start : QDir::homePath());
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, line, &QLineEdit::setText);
        dialog->open();
    });
    return row;
}

QLineEdit* PreferencesDialog::text_line(const QString& name, const QString& empty_text, QString& field) {
    auto* line = new QLineEdit(field, this);
    line->setAccessibleName(name);
    line->setPlaceholderText(empty_text);
    line->setClearButtonEnabled(true);
    connect(line, &QLineEdit::textChanged, this, [this, &field](const QString& text) {
        field = text.trimmed();
        notify();
    });
    return line;
}

void PreferencesDialog::notify() {
    Q_EMIT changed(preferences_);
}

}  // namespace denoise::ui
