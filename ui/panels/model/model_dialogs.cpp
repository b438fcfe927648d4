#include "ui/panels/model/model_dialogs.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QLocale>

#include "ui/paths/dropped_path.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ModelDialogs", text);
}

QFileDialog* make_dialog(QWidget* parent, const QString& title, const char* name) {
    auto* dialog = new QFileDialog(parent, title);
    dialog->setObjectName(name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    return dialog;
}

/// "Safetensors file (*.safetensors)"
QString filter_of(ModelFormat format, const char* pattern) {
    QString title = QString::fromUtf8(entry_of(format).title);
    title[0] = title[0].toUpper();
    return QStringLiteral("%1 (%2)").arg(title, QLatin1String(pattern));
}

}  // namespace

void choose_model(QWidget* parent, const std::function<void(const QString& path)>& then) {
    // A folder is chosen by a file in it, so that one dialog can open all kinds of models.
    auto* dialog = make_dialog(parent, tr("Choose a checkpoint, or the description file of a model folder"),
                               "model_dialog");
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("Models (*.safetensors model_index.json config.json run.json)"), tr("All files (*)")});
    QObject::connect(dialog, &QFileDialog::fileSelected, parent,
                     [then](const QString& path) { then(model_of_path(path)); });
    dialog->open();
}

void choose_export(QWidget* parent, const QString& folder, const QString& name, double ema_length,
                   const std::function<void(const ConvertModel& command)>& then) {
    const QString as_folder = filter_of(ModelFormat::diffusers, "*");
    const QString as_file = filter_of(ModelFormat::safetensors, "*.safetensors");
    const QString length = QLocale().toString(ema_length, 'g', 3);
    auto* dialog = make_dialog(parent,
                               ema_length == 0 ? tr("Export the model")
                                               : tr("Export the model with an EMA length of %1").arg(length),
                               "export_model_dialog");
    dialog->setDirectory(folder);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setNameFilters({as_folder, as_file});
    dialog->setLabelText(QFileDialog::Accept, tr("Export"));
    dialog->selectFile(ema_length == 0 ? name : QStringLiteral("%1-ema-%2").arg(name).arg(ema_length));
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog, as_file](const QString& filter) {
        dialog->setDefaultSuffix(filter == as_file ? QStringLiteral("safetensors") : QString());
    });
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [=](const QString& path) {
        const bool file = dialog->selectedNameFilter() == as_file;
        then({file ? ModelFormat::safetensors : ModelFormat::diffusers, path.toStdString(), ema_length});
    });
    dialog->open();
}

}  // namespace denoise::ui
