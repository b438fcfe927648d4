#pragma once

#include <QString>

class QVBoxLayout;
class QWidget;

namespace denoise::ui {

class Theme;

/// `label` above `field`; it is also the accessible name of `field`. Both get the tooltip `tip`.
QVBoxLayout* labelled_field(const Theme& theme, const QString& label, QWidget* field,
                            const QString& tip = {});

}  // namespace denoise::ui
