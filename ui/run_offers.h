#pragma once

#include <QObject>
#include <filesystem>
#include <vector>

#include "engine/session/runs.h"

namespace denoise::ui {

class MessageBar;

/// At start: offers to recover what a dead process left behind, or to go on with the last run. The offers
/// lapse as soon as a run is open.
class RunOffers : public QObject {
    Q_OBJECT
  public:
    RunOffers(MessageBar& messages, QObject* parent);

    void make(const std::vector<RunSummary>& runs);  ///< once, with the first list
    void withdraw();

  Q_SIGNALS:
    void resume_wanted(const std::filesystem::path& run);
    void open_wanted(const std::filesystem::path& run);
    void list_wanted();

  private:
    MessageBar& messages_;
    bool made_ = false;
};

}  // namespace denoise::ui
