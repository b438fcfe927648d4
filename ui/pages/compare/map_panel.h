#pragma once

#include <QWidget>

#include "ui/export/captioned_row.h"
#include "ui/pages/compare/checkpoint_map.h"

class QBoxLayout;
class QLabel;
class QProgressBar;

namespace denoise::ui {

class ColumnForm;
class MapGrid;
class PictureView;
class Theme;

/// How one image is denoised at the checkpoints of a run: the settings, a map to drag through, and the cell
/// under the pointer enlarged.
class MapPanel : public QWidget {
    Q_OBJECT
  public:
    MapPanel(CheckpointMap& map, const Theme& theme, QWidget* parent = nullptr);

    void set_noisy(bool noisy);  ///< shows x_t, and not the predicted x_0
    void show_form(bool shown);
    /// Chooses another column of the chosen row.
    void move(int columns);
    /// The complete rows as one picture, with the steps and timesteps beside it. Empty grids: there are none.
    CaptionedRow captioned() const;

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void lay_out();
    void arrange();
    void show_choices();
    void show_settings();
    void show_rows();
    void show_state();
    void show_cell();
    void follow_newest();
    QString empty_text() const;
    const ImageBatch* images(int row, int column) const;  ///< null: none yet

    CheckpointMap& map_;
    const Theme& theme_;
    bool noisy_ = false;
    bool follow_ = true;  ///< shows the newest frame as it arrives
    ColumnForm* form_;
    QProgressBar* progress_;
    QLabel* state_;
    MapGrid* grid_;
    PictureView* large_;
    QLabel* caption_;
    QBoxLayout* whole_;  ///< the grid, and beside or below it the rest
    QBoxLayout* rest_;
};

}  // namespace denoise::ui
