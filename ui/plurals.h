#pragma once

#include <QCoreApplication>

namespace denoise::ui {

/// Makes the English source texts read well: "%n file(s)" becomes "1 file" or "3 files". Translations into
/// other languages, installed later, win over it.
void install_plurals(QCoreApplication& application);

}  // namespace denoise::ui
