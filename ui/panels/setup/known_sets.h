#pragma once

#include <QWidget>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/catalog.h"
#include "net/background_download.h"
#include "ui/paths/download_preferences.h"

class QGridLayout;
class QLabel;

namespace denoise::ui {

class KnownSetTile;
class Theme;

/// The datasets that can be downloaded and are not among the cards: a tile for each. Nothing uses the network
/// before a click on a tile.
class KnownSets : public QWidget {
    Q_OBJECT
  public:
    explicit KnownSets(const Theme& theme, QWidget* parent = nullptr);
    ~KnownSets() override;

    void set_preferences(const DownloadPreferences& preferences);
    /// Another catalogue, for tests.
    void set_catalog(const std::vector<CatalogEntry>& catalog);
    /// The paths of the cards, whose sets have no tile.
    void set_cards(const QStringList& paths);
    KnownSetTile* tile(const std::string& name) const;

  Q_SIGNALS:
    void stored(const QString& path);  ///< a set that a person wants to use is here
    void failed(const denoise::Error& error);
    void problem_over(const denoise::Error& error);  ///< it is tried again

  private:
    struct Entry {
        CatalogEntry set;
        KnownSetTile* tile = nullptr;
        std::unique_ptr<net::BackgroundDownload> download;
        std::optional<Error> problem;
        std::filesystem::path path;  ///< of the copy that was found or downloaded last
    };

    void want(Entry& entry);
    void end(Entry& entry, const net::DownloadResult& result);
    void fail(Entry& entry, const Error& error);
    void show_state(Entry& entry);
    bool has_card(const Entry& entry) const;
    void arrange();

    const Theme& theme_;
    DownloadPreferences preferences_;
    std::vector<std::unique_ptr<Entry>> entries_;
    QStringList cards_;
    QLabel* title_ = nullptr;
    QGridLayout* grid_ = nullptr;
};

}  // namespace denoise::ui
