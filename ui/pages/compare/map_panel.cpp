#include "ui/pages/compare/map_panel.h"

#include <QBoxLayout>
#include <QFontMetrics>
#include <QLabel>
#include <QProgressBar>
#include <algorithm>

#include "ui/pages/compare/column_form.h"
#include "ui/pages/compare/map_grid.h"
#include "ui/paths/dropped_path.h"
#include "ui/picture/picture_view.h"
#include "ui/text/format.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"

namespace denoise::ui {
namespace {

QString column_text(int timestep) {
    return timestep < 0 ? MapPanel::tr("result") : QString::number(timestep);
}

QString cell_text(std::int64_t step, int timestep) {
    const QString checkpoint = MapPanel::tr("Checkpoint of step %1").arg(count_text(step));
    return timestep < 0 ? MapPanel::tr("%1, result").arg(checkpoint)
                        : MapPanel::tr("%1, t = %2").arg(checkpoint).arg(timestep);
}

}  // namespace

MapPanel::MapPanel(CheckpointMap& map, const Theme& theme, QWidget* parent)
    : QWidget(parent),
      map_(map),
      theme_(theme),
      form_(new ColumnForm(theme)),
      progress_(new QProgressBar),
      state_(caption_label(theme, Qt::PlainText)),
      grid_(new MapGrid(theme)),
      large_(new PictureView(theme)),
      caption_(caption_label(theme, Qt::PlainText)) {
    lay_out();
    connect(form_, &ColumnForm::changed, &map_, &CheckpointMap::set_settings);
    connect(&map_, &CheckpointMap::choices_changed, this, &MapPanel::show_choices);
    connect(&map_, &CheckpointMap::settings_changed, this, &MapPanel::show_settings);
    connect(&map_, &CheckpointMap::rows_changed, this, &MapPanel::show_rows);
    connect(&map_, &CheckpointMap::running_changed, this, [this] {
        if (map_.is_running()) follow_ = true;
        show_state();
    });
    connect(grid_, &MapGrid::shown_changed, this, &MapPanel::show_cell);
    connect(grid_, &MapGrid::chosen_by_hand, this, [this] { follow_ = false; });
    show_choices();
    show_rows();
}

void MapPanel::lay_out() {
    form_->set_subject(tr("the map"));
    form_->set_one_class(true);
    progress_->setObjectName("map_progress");
    progress_->setAccessibleName(tr("Progress of the map"));
    progress_->setTextVisible(false);
    QSizePolicy kept = progress_->sizePolicy();
    kept.setRetainSizeWhenHidden(true);  // so that nothing moves when sampling starts and ends
    progress_->setSizePolicy(kept);
    state_->setObjectName("map_state");
    state_->setWordWrap(true);
    state_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    state_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    state_->setFixedHeight(2 * QFontMetrics(theme_.caption()).lineSpacing());
    large_->setObjectName("map_large");
    large_->setAccessibleName(tr("The shown picture of the map"));
    large_->set_empty_text(tr("Point at a picture to see it here."));
    // Its preferred height would be its minimum beside a label with several lines.
    large_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    large_->setMinimumSize(4 * space::target, 4 * space::target);
    caption_->setObjectName("map_caption");
    caption_->setAlignment(Qt::AlignCenter);
    caption_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* settings = new QVBoxLayout;
    auto* picture = new QVBoxLayout;
    for (QVBoxLayout* column : {settings, picture}) column->setSpacing(space::tight);
    settings->addWidget(form_);
    settings->addWidget(progress_);
    settings->addWidget(state_);
    picture->addWidget(large_, 1);
    picture->addWidget(caption_);
    rest_ = new QBoxLayout(QBoxLayout::TopToBottom);
    rest_->addLayout(settings);
    rest_->addLayout(picture, 1);
    whole_ = new QBoxLayout(QBoxLayout::LeftToRight, this);
    whole_->setContentsMargins(0, 0, 0, 0);
    whole_->setSpacing(space::group);
    whole_->addWidget(grid_);
    whole_->addLayout(rest_);
    arrange();
}

void MapPanel::arrange() {
    // Few rows are wide: the rest is then below the grid, if its cells are larger so.
    constexpr int labels = 2 * space::target;
    const auto rows = std::max(1, static_cast<int>(map_.rows().size()));
    const int pitch = (width() - labels) / CheckpointMap::most_columns;
    const int beside = std::min(width() * 7 / 10 / CheckpointMap::most_columns, height() / rows);
    const int height_below = std::min(height() * 6 / 10, labels + rows * pitch);
    const bool is_below = !map_.rows().empty() && std::min(pitch, (height_below - labels) / rows) > beside;
    whole_->setDirection(is_below ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    whole_->setStretch(0, is_below ? height_below : 7);
    whole_->setStretch(1, is_below ? height() - height_below : 3);
    rest_->setDirection(is_below ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    rest_->setSpacing(is_below ? space::group : space::tight);
    rest_->setStretch(0, is_below ? 1 : 0);
    rest_->setStretch(1, is_below ? 2 : 1);
    rest_->setAlignment(rest_->itemAt(0)->layout(), is_below ? Qt::AlignTop : Qt::Alignment());
}

void MapPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void MapPanel::set_noisy(bool noisy) {
    if (noisy == noisy_) return;
    noisy_ = noisy;
    show_rows();
}

void MapPanel::show_form(bool shown) {
    form_->setVisible(shown);
}

void MapPanel::move(int columns) {
    const QPoint from = grid_->chosen();
    const int last = static_cast<int>(map_.columns().size()) - 1;
    if (from.x() < 0 || last < 0) return;
    follow_ = false;
    grid_->choose({std::clamp(from.x() + columns, 0, last), from.y()});
}

void MapPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    show_rows();
}

void MapPanel::show_choices() {
    form_->set_choices(map_.choices().empty() ? std::vector<ModelChoice>{{{}, tr("No run with checkpoints")}}
                                              : map_.choices());
    show_settings();
}

void MapPanel::show_settings() {
    form_->show_settings(map_.settings(), map_.facts());
    show_state();
}

const ImageBatch* MapPanel::images(int row, int column) const {
    const TrajectoryFrame* frame = map_.frame(row, column);
    return !frame ? nullptr : noisy_ ? &frame->x_t : &frame->x0;
}

QString MapPanel::empty_text() const {
    if (map_.settings().model.empty())
        return tr(
            "The map shows how one image is denoised by each checkpoint of a run.\n\n"
            "Train a model first, or open a run: checkpoints are saved during the training.");
    if (map_.rows().empty()) return map_.obstacle();
    if (map_.rows().size() == 1)
        return tr("There is one checkpoint in this run, of step %1. More are saved while it is trained; the "
                  "newest %2 are kept (“Keep checkpoints” in Setup).\n\n"
                  "Press Sample to denoise one image with it.")
            .arg(count_text(map_.rows().front().step))
            .arg(map_.kept());
    return tr("Press Sample to denoise one image with each of %1 checkpoints, from step %2 to %3 of the "
              "training.\n\nThis run keeps its newest %4 checkpoints (“Keep checkpoints” in Setup).")
        .arg(map_.rows().size())
        .arg(count_text(map_.rows().front().step), count_text(map_.rows().back().step))
        .arg(map_.kept());
}

void MapPanel::show_rows() {
    show_state();
    if (!isVisible()) return;  // showEvent() does it
    arrange();
    std::vector<QString> steps, times;
    for (const MapRow& row : map_.rows()) steps.push_back(count_text(row.step));
    for (const int timestep : map_.columns()) times.push_back(column_text(timestep));
    const auto columns = static_cast<int>(times.size());
    grid_->set_empty_text(empty_text());
    grid_->set_labels(std::move(steps), std::move(times), tr("Step"),
                      tr("Timestep t, from noise to the result"));
    for (int row = 0; row < static_cast<int>(map_.rows().size()); ++row)
        for (int column = 0; column < columns; ++column) {
            const ImageBatch* shown = images(row, column);
            grid_->set_picture(row, column, shown ? picture_of(*shown, 0) : Picture());
        }
    follow_newest();
    show_cell();
}

void MapPanel::follow_newest() {
    if (!follow_ && grid_->chosen().x() >= 0) return;
    const auto columns = static_cast<int>(map_.columns().size());
    for (int row = static_cast<int>(map_.rows().size()) - 1; row >= 0; --row)
        for (int column = columns - 1; column >= 0; --column)
            if (map_.frame(row, column)) return grid_->choose({column, row});
}

void MapPanel::show_cell() {
    const QPoint cell = grid_->shown();
    const bool is_cell = cell.x() >= 0;
    const ImageBatch* shown = is_cell ? images(cell.y(), cell.x()) : nullptr;
    large_->set_border(noisy_ ? 0 : 1);
    grid_->set_mark(noisy_ ? 0 : 1);
    if (shown)
        large_->set_images(*shown);
    else
        large_->clear();
    large_->set_empty_text(is_cell ? tr("Not sampled yet.") : tr("Point at a picture to see it here."));
    caption_->setText(is_cell ? cell_text(map_.rows().at(static_cast<std::size_t>(cell.y())).step,
                                          map_.columns().at(static_cast<std::size_t>(cell.x())))
                              : QString());
    grid_->setAccessibleDescription(is_cell ? caption_->text() : empty_text());
}

void MapPanel::show_state() {
    const std::vector<MapRow>& rows = map_.rows();
    const auto all = static_cast<int>(rows.size());
    const auto complete = static_cast<int>(std::ranges::count_if(rows, &MapRow::complete));
    const auto active =
        std::ranges::find_if(rows, [](const MapRow& row) { return row.job != 0 && row.total > 0; });
    const auto failed = std::ranges::find_if(rows, [](const MapRow& row) { return row.problem.has_value(); });
    const bool running = map_.is_running();
    const bool is_problem = !running && failed != rows.end();
    QString text;
    if (running)
        text = active == rows.end() ? tr("Waiting")
                                    : tr("Step %1: %2 of %3 timesteps\n%4 of %5 checkpoints are done")
                                          .arg(count_text(active->step))
                                          .arg(active->done)
                                          .arg(active->total)
                                          .arg(complete)
                                          .arg(all);
    else if (is_problem)
        text = tr("Step %1: %2. %3")
                   .arg(count_text(failed->step), text_of(failed->problem->why),
                        text_of(failed->problem->remedy));
    else if (map_.is_stale())
        text = tr("The settings have changed.\nPress Sample for a new map.");
    else if (map_.has_pictures() && complete < all)
        text = tr("%1 of %2 checkpoints are done.\nPress Sample for the others.").arg(complete).arg(all);
    else if (all > 0)
        text = tr("%1 checkpoints").arg(all);
    state_->setText(text);
    state_->setToolTip(text);
    set_look(*state_, "role", is_problem ? "problem" : !running && map_.is_stale() ? "stale" : "caption");
    constexpr int parts = 1000;  // of a row
    progress_->setVisible(running);
    progress_->setRange(0, std::max(1, all * parts));
    progress_->setValue(complete * parts + (active == rows.end() || active->complete
                                                ? 0
                                                : active->done * parts / active->total));
}

CaptionedRow MapPanel::captioned() const {
    CaptionedRow row;
    std::vector<Picture> pictures;
    std::vector<SampleStarted> starts;
    CaptionedGrid grid;
    const std::vector<int> columns = map_.columns();
    for (int i = 0; i < static_cast<int>(map_.rows().size()); ++i) {
        const MapRow& each = map_.rows()[static_cast<std::size_t>(i)];
        if (!each.complete) continue;
        for (int column = 0; column < static_cast<int>(columns.size()); ++column)
            pictures.push_back(picture_of(*images(i, column), 0));
        grid.rows.push_back(count_text(each.step));
        starts.push_back(each.trajectory.start());
    }
    if (pictures.empty()) return row;
    for (const int timestep : columns) grid.columns.push_back(column_text(timestep));
    grid.picture = grid_of(batch_of(pictures), static_cast<int>(columns.size()));
    grid.side = tr("Step");
    grid.top = tr("Timestep t, from noise to the result");
    grid.caption = tr("Rows: checkpoints of %1. %2").arg(model_name(map_.settings().model), map_.describe());
    row.heading =
        tr("Seed %1 · %2").arg(map_.request().request.seed).arg(noisy_ ? tr("Noisy xₜ") : tr("Predicted x₀"));
    row.grids.push_back(std::move(grid));
    row.recipe = recipe_of(starts);
    return row;
}

}  // namespace denoise::ui
