#pragma once

#include <QString>

class QVBoxLayout;
class QWidget;

namespace denoise::ui {

class Theme;

/// `label` above `field`, as the label of its accessible name and with its tooltip.
QVBoxLayout* labelled_field(const Theme& theme, const QString& label, QWidget* field,
                            const QString& tip = {});

}  // namespace denoise::ui
