#include "ui/panels/setup/known_sets.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/data/known_sets.h"
#include "net/part_file.h"
#include "ui/panels/setup/known_set_tile.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int columns = 2;

/// The bytes that an earlier download has left.
std::int64_t bytes_begun(const CatalogEntry& set, const std::filesystem::path& folder) {
    std::int64_t bytes = 0;
    std::error_code code;
    for (const PublishedFile& file : set.publication->files)
        bytes += std::filesystem::exists(folder / file.name, code) ? file.bytes
                                                                   : net::PartFile(folder / file.name).size();
    return std::min(bytes, bytes_of(*set.publication));
}

}  // namespace

KnownSets::KnownSets(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::tight);
    title_ = new QLabel(tr("To download"), this);
    title_->setProperty("role", "caption");
    title_->setFont(theme.caption());
    layout->addWidget(title_);
    grid_ = new QGridLayout;
    grid_->setSpacing(space::control);
    for (int i = 0; i < columns; ++i) grid_->setColumnStretch(i, 1);
    layout->addLayout(grid_);
    set_catalog(dataset_catalog());
}

KnownSets::~KnownSets() {
    for (const auto& entry : entries_)
        if (entry->download) entry->download->disconnect(this);
}

void KnownSets::set_catalog(const std::vector<CatalogEntry>& catalog) {
    for (const auto& entry : entries_) delete entry->tile;
    entries_.clear();
    for (const CatalogEntry& set : catalog) {
        if (!set.publication) continue;
        auto& entry = *entries_.emplace_back(std::make_unique<Entry>());
        entry.set = set;
        entry.tile = new KnownSetTile(theme_, set, this);
        connect(entry.tile, &KnownSetTile::wanted, this, [this, &entry] { want(entry); });
        connect(entry.tile, &KnownSetTile::cancel_pressed, this, [&entry] {
            if (entry.download) entry.download->cancel();
        });
    }
    for (const auto& entry : entries_) show_state(*entry);
    arrange();
}

void KnownSets::set_preferences(const DownloadPreferences& preferences) {
    if (preferences == preferences_) return;
    preferences_ = preferences;
    for (const auto& entry : entries_)
        if (!entry->download && !entry->problem) show_state(*entry);
    arrange();
}

void KnownSets::set_cards(const QStringList& paths) {
    cards_ = paths;
    for (const auto& entry : entries_)
        if (!entry->download && !entry->problem) show_state(*entry);
    arrange();
}

KnownSetTile* KnownSets::tile(const std::string& name) const {
    for (const auto& entry : entries_)
        if (entry->set.name == name) return entry->tile;
    return nullptr;
}

void KnownSets::show_state(Entry& entry) {
    const std::filesystem::path datasets = datasets_folder(preferences_);
    if (datasets.empty()) return entry.tile->set_state(KnownSetTile::State::absent);
    const std::filesystem::path folder = folder_of(entry.set, datasets);
    if (has_all_files(entry.set, folder)) {
        entry.path = path_in(entry.set, folder);
        return entry.tile->set_state(KnownSetTile::State::stored);
    }
    const std::int64_t begun = bytes_begun(entry.set, folder);
    entry.tile->set_state(begun > 0 ? KnownSetTile::State::begun : KnownSetTile::State::absent, begun);
}

bool KnownSets::has_card(const Entry& entry) const {
    return std::ranges::any_of(cards_, [&](const QString& card) {
        const std::filesystem::path path = card.toStdString();
        const CatalogEntry* known = known_set_at(path);
        return path == entry.path || (known && known->name == entry.set.name);
    });
}

void KnownSets::arrange() {
    int place = 0;
    for (const auto& entry : entries_) {
        const bool shown = entry->download || !has_card(*entry);
        grid_->removeWidget(entry->tile);
        entry->tile->setVisible(shown);
        if (!shown) continue;
        grid_->addWidget(entry->tile, place / columns, place % columns);
        ++place;
    }
    setVisible(place > 0);
}

void KnownSets::want(Entry& entry) {
    if (entry.download) return;
    if (entry.problem) Q_EMIT problem_over(*entry.problem);
    entry.problem.reset();
    if (entry.tile->state() == KnownSetTile::State::stored)
        return Q_EMIT stored(text_of(entry.path.string()));
    try {
        entry.download = std::make_unique<net::BackgroundDownload>(entry.set, download_options(preferences_));
    } catch (const Error& error) {
        return fail(entry, error);
    }
    entry.tile->set_state(KnownSetTile::State::working);
    connect(entry.download.get(), &net::BackgroundDownload::progress, this,
            [&entry](const net::DownloadProgress& now) { entry.tile->set_progress(now.bytes, now.doing); });
    connect(entry.download.get(), &net::BackgroundDownload::finished, this,
            [this, &entry](const net::DownloadResult& result) { end(entry, result); });
}

void KnownSets::end(Entry& entry, const net::DownloadResult& result) {
    entry.download.release()->deleteLater();  // it is the sender
    if (result.end == net::DownloadEnd::failed) return fail(entry, result.error);
    show_state(entry);
    if (result.end == net::DownloadEnd::done) {
        entry.path = result.path;
        Q_EMIT stored(text_of(result.path.string()));
    }
    arrange();
}

void KnownSets::fail(Entry& entry, const Error& error) {
    entry.problem = error;
    entry.tile->set_problem(text_of(one_line(error)));
    Q_EMIT failed(error);
}

}  // namespace denoise::ui
