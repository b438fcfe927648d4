#pragma once

#include <QLabel>
#include <QSlider>
#include <QWidget>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/session/events.h"
#include "engine/session/runs.h"

namespace denoise::ui {

class PictureView;
class Theme;

/// The samples that a run draws now and then from the same noise: all of them, with a slider through the
/// history. At its end it follows the newest.
class PreviewPanel : public QWidget {
    Q_OBJECT
  public:
    explicit PreviewPanel(const Theme& theme, QWidget* parent = nullptr);

    void clear();
    void set_kept(const std::vector<KeptPreview>& previews);  ///< from the run's folder, read when shown
    void add(const PreviewReady& preview);
    /// Shows the newest one of at most `step`, without moving the choice; nothing: the chosen one again.
    void peek(std::optional<double> step);
    void choose(double step);
    void move(int delta);
    std::vector<double> steps() const;
    Picture picture() const;

  Q_SIGNALS:
    void shown_step(std::optional<double> step);  ///< chosen with the slider; none while it follows

  private:
    struct Entry {
        std::int64_t step = 0;
        std::optional<ImageBatch> images;
        std::filesystem::path path;
        Picture grid;
    };
    int index_at(double step) const;
    void insert(Entry entry);
    void show(int index);
    void update_slider(bool follow);

    PictureView* view_ = nullptr;
    QSlider* slider_ = nullptr;
    QLabel* caption_ = nullptr;
    std::vector<Entry> entries_;
    int shown_ = -1;
};

}  // namespace denoise::ui
