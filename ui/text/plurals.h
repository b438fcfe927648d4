#pragma once

#include <QCoreApplication>

namespace denoise::ui {

/// Installs the plural forms of the English source texts: "%n file(s)" becomes "1 file" or "3 files".
/// Translations that are installed later take precedence.
void install_plurals(QCoreApplication& application);

}  // namespace denoise::ui
