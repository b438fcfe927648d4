#pragma once

#include <QDialog>
#include <QTemporaryDir>
#include <filesystem>
#include <functional>
#include <string>

#include "tests/gallery/camera.h"
#include "ui/window/main_window.h"

namespace denoise::gallery {

/// Leads the real window through its states, from the first start on, and takes pictures of each.
class Tour {
  public:
    /// `training_seconds`: the length of the training that is shown.
    Tour(ui::MainWindow& window, Camera& camera, double training_seconds);

    /// Throws std::runtime_error with the name of a state that cannot be reached.
    void run();

  private:
    void first_start();
    void empty_rooms();
    void datasets();
    void preparation();
    void training();
    void short_runs();
    void runs();
    void queue();
    void denoise();
    void compare();
    void map();
    void noise();
    void model();
    void dialogs();

    void trigger(const char* action);
    void until(const char* what, const std::function<bool()>& condition);
    void until_idle(const char* what);
    void set(const char* key, const SettingValue& value);
    void dismiss_messages();
    void hide_runs();
    void take_dialog(const std::string& name, const char* action);
    template <class W>
    W& find(const char* name, QWidget* within = nullptr);

    ui::MainWindow& window_;
    Camera& camera_;
    double training_seconds_;
    QTemporaryDir folder_;  ///< of datasets
    int previews_ = 0;
    std::int64_t step_ = 0;
    int results_ = 0;  ///< of samples and evaluations
};

}  // namespace denoise::gallery
