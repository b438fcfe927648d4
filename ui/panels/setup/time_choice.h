#pragma once

#include <QWidget>
#include <vector>

class QButtonGroup;

namespace denoise::ui {

class ConfigEditor;

/// How much time there is for the training, as buttons. Each chooses a preset and the budget; what to expect
/// stands in the forecast below.
class TimeChoice : public QWidget {
    Q_OBJECT
  public:
    explicit TimeChoice(ConfigEditor& editor, QWidget* parent = nullptr);

  private:
    void show_config();

    ConfigEditor& editor_;
    QButtonGroup* buttons_;
};

}  // namespace denoise::ui
