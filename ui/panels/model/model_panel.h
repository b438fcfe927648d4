#pragma once

#include <QLabel>
#include <QWidget>

#include "engine/session/events.h"

class QStackedWidget;

namespace denoise::ui {

class EngineLink;
class ModelTree;
class Theme;

/// The open model, from a run or imported: its properties and all parts of its network.
class ModelPanel : public QWidget {
    Q_OBJECT
  public:
    ModelPanel(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

  private:
    void show_facts();
    void show_run(const RunOpened& run);

    EngineLink& link_;
    QStackedWidget* stack_ = nullptr;
    QLabel *name_ = nullptr, *facts_ = nullptr;
    ModelTree* tree_ = nullptr;
};

}  // namespace denoise::ui
