#include "ui/pages/train/preview_panel.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/session/pictures.h"
#include "ui/picture/picture_view.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int most_pixels = 4096;  // a side of a grid

}  // namespace

PreviewPanel::PreviewPanel(const Theme& theme, QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::control);
    auto* title = new QLabel(tr("Samples"), this);
    title->setFont(theme.group_title());
    layout->addWidget(title);
    view_ = new PictureView(theme, this);
    view_->setObjectName("previews");
    view_->setAccessibleName(tr("Samples of the model in training"));
    view_->set_empty_text(tr("Samples of the model are shown here during training."));
    view_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    layout->addWidget(view_, 1);
    slider_ = new QSlider(Qt::Horizontal, this);
    slider_->setObjectName("preview_history");
    slider_->setAccessibleName(tr("History of the samples"));
    slider_->setToolTip(tr("The samples of this run over time, all from the same noise"));
    layout->addWidget(slider_);
    caption_ = new QLabel(this);
    caption_->setProperty("role", "caption");
    caption_->setFont(theme.caption());
    caption_->setWordWrap(true);
    layout->addWidget(caption_);
    connect(slider_, &QSlider::valueChanged, this, [this](int value) {
        show(value);
        if (value == slider_->maximum())
            Q_EMIT shown_step(std::nullopt);
        else
            Q_EMIT shown_step(static_cast<double>(entries_[static_cast<std::size_t>(value)].step));
    });
    clear();
}

void PreviewPanel::clear() {
    entries_.clear();
    view_->clear();
    shown_ = -1;
    update_slider(true);
}

void PreviewPanel::set_kept(const std::vector<KeptPreview>& previews) {
    const bool follow = slider_->value() == slider_->maximum();
    for (const KeptPreview& preview : previews) {
        const auto same = std::ranges::find(entries_, preview.step, &Entry::step);
        if (same != entries_.end())
            same->problem.clear();  // its drive may be back
        else
            insert({preview.step, {}, preview.path, {}, {}});
    }
    update_slider(follow);
}

void PreviewPanel::add(const PreviewReady& preview) {
    const bool follow = slider_->value() == slider_->maximum();
    // A resumed run repeats the steps after its checkpoint.
    std::erase_if(entries_, [&](const Entry& entry) { return entry.step >= preview.step; });
    insert({preview.step, preview.images, {}, {}, {}});
    update_slider(follow);
}

void PreviewPanel::insert(Entry entry) {
    const auto place = std::ranges::lower_bound(entries_, entry.step, {}, &Entry::step);
    entries_.insert(place, std::move(entry));
    shown_ = -1;  // the indices have changed
}

int PreviewPanel::index_at(double step) const {
    const auto after = std::ranges::upper_bound(entries_, step, {},
                                                [](const Entry& e) { return static_cast<double>(e.step); });
    return std::max(0, static_cast<int>(after - entries_.begin()) - 1);
}

void PreviewPanel::peek(std::optional<double> step) {
    if (!entries_.empty()) show(step ? index_at(*step) : slider_->value());
}

void PreviewPanel::choose(double step) {
    if (entries_.empty()) return;
    slider_->setValue(index_at(step));
    show(slider_->value());
}

void PreviewPanel::move(int delta) {
    slider_->setValue(slider_->value() + delta);
}

std::vector<double> PreviewPanel::steps() const {
    std::vector<double> out;
    for (const Entry& entry : entries_) out.push_back(static_cast<double>(entry.step));
    return out;
}

Picture PreviewPanel::picture() const {
    if (shown_ < 0) return {};
    const Entry& entry = entries_[static_cast<std::size_t>(shown_)];
    return entry.images ? grid_of(*entry.images) : entry.grid;
}

void PreviewPanel::show(int index) {
    if (index < 0 || index >= static_cast<int>(entries_.size()) || index == shown_) return;
    shown_ = index;
    show_entry();
}

void PreviewPanel::show_entry() {
    const Entry& entry = entries_[static_cast<std::size_t>(shown_)];
    if (entry.images)
        view_->set_images(*entry.images);
    else if (!entry.grid.empty())
        view_->set_picture(entry.grid);
    else if (!entry.problem.isEmpty())
        view_->clear();
    else
        return read(entry);  // what was shown before stays until then
    caption_->setText(!entry.problem.isEmpty()
                          ? entry.problem
                          : tr("Step %1, %2 of %3, from the same noise")
                                .arg(count_text(entry.step), count_text(shown_ + 1),
                                     count_text(static_cast<std::int64_t>(entries_.size()))));
    view_->setAccessibleDescription(caption_->text());
}

void PreviewPanel::read(const Entry& entry) {
    if (reading_) return;  // the one that is shown then follows
    reading_ = true;
    QThreadPool::globalInstance()->start([panel = QPointer(this), path = entry.path] {
        Picture grid;
        QString problem;
        try {
            grid = read_picture(path, most_pixels);
        } catch (const Error& error) {
            problem = text_of(one_line(error));
        }
        QMetaObject::invokeMethod(QCoreApplication::instance(), [panel, path, grid, problem] {
            if (panel) panel->take(path, grid, problem);
        });
    });
}

void PreviewPanel::take(const std::filesystem::path& path, const Picture& grid, const QString& problem) {
    reading_ = false;
    const auto entry = std::ranges::find(entries_, path, &Entry::path);
    if (entry != entries_.end()) {
        entry->grid = grid;
        entry->problem = problem;
    }
    if (shown_ >= 0 && shown_ < static_cast<int>(entries_.size())) show_entry();
    Q_EMIT any_changed();
}

void PreviewPanel::update_slider(bool follow) {
    const int last = std::max(0, static_cast<int>(entries_.size()) - 1);
    {
        const QSignalBlocker quiet(slider_);
        slider_->setRange(0, last);
        if (follow) slider_->setValue(last);
    }
    slider_->setEnabled(entries_.size() > 1);
    if (entries_.empty())
        caption_->setText(tr("All samples start from the same noise."));
    else
        show(slider_->value());
    Q_EMIT any_changed();
}

}  // namespace denoise::ui
