#pragma once

#include <QString>
#include <functional>

#include "engine/session/commands.h"

class QWidget;

namespace denoise::ui {

/// Opens a dialog to choose a model; `then` is called with its file or folder.
void choose_model(QWidget* parent, const std::function<void(const QString& path)>& then);

/// Opens a dialog to choose where and in which format to export a model; it suggests `name` in `folder`.
/// `ema_length` is that of the weights, as in ConvertModel, which the dialog says.
void choose_export(QWidget* parent, const QString& folder, const QString& name, double ema_length,
                   const std::function<void(const ConvertModel& command)>& then);

}  // namespace denoise::ui
