#pragma once

#include <QLabel>
#include <QSlider>
#include <QWidget>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/runs/run_list.h"
#include "engine/session/events.h"

namespace denoise::ui {

class PictureView;
class Theme;

/// The samples that a run draws at intervals from the same noise, with a slider through their history. At the
/// end of the slider, the newest are always shown.
class PreviewPanel : public QWidget {
    Q_OBJECT
  public:
    explicit PreviewPanel(const Theme& theme, QWidget* parent = nullptr);

    void clear();
    void set_kept(
        const std::vector<KeptPreview>& previews);  ///< from the folder of the run; read when they are shown
    void add(const PreviewReady& preview);
    /// Shows the samples at `step`, or the last ones before, without moving the slider; nullopt: those at the
    /// slider.
    void peek(std::optional<double> step);
    void choose(double step);  ///< like peek(), and moves the slider
    void move(int delta);      ///< moves the slider
    std::vector<double> steps() const;
    Picture picture() const;
    QString caption() const { return caption_->text(); }  ///< of picture()

  Q_SIGNALS:
    void shown_step(std::optional<double> step);  ///< at the slider; nullopt at its end
    void any_changed();                           ///< whether picture() is empty

  private:
    struct Entry {
        std::int64_t step = 0;
        std::optional<ImageBatch> images;
        std::filesystem::path path;
        Picture grid;
        QString problem = {};  ///< why the file cannot be read; empty: it can, or has not been yet
    };
    int index_at(double step) const;
    void insert(Entry entry);
    void show(int index);
    void show_entry();
    /// Reads the picture of an entry in another thread, because its drive may be slow.
    void read(const Entry& entry);
    void take(const std::filesystem::path& path, const Picture& grid, const QString& problem);
    void update_slider(bool follow);

    PictureView* view_ = nullptr;
    QSlider* slider_ = nullptr;
    QLabel* caption_ = nullptr;
    std::vector<Entry> entries_;
    int shown_ = -1;
    bool reading_ = false;
};

}  // namespace denoise::ui
