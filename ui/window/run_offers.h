#pragma once

#include <QObject>
#include <filesystem>
#include <vector>

#include "engine/runs/run_list.h"
#include "ui/window/message_bar.h"

namespace denoise::ui {

/// Offers at start to recover an interrupted run or to resume or open the last one. The offer is withdrawn
/// when a run is opened.
class RunOffers : public QObject {
    Q_OBJECT
  public:
    RunOffers(MessageBar& messages, QObject* parent);

    void make(const std::vector<RunSummary>& runs);  ///< only the first call makes an offer
    void withdraw();

  Q_SIGNALS:
    void resume_wanted(const std::filesystem::path& run);
    void open_wanted(const std::filesystem::path& run);
    void list_wanted();

  private:
    void offer_recovery(const RunSummary& run, int more);  ///< `more` other runs are interrupted
    void offer_last(const RunSummary& run);
    MessageAction resume_action(const RunSummary& run);

    MessageBar& messages_;
    bool made_ = false;
};

}  // namespace denoise::ui
