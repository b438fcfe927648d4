#pragma once

#include <filesystem>
#include <vector>

#include "ui/window/command_part.h"

namespace denoise {
struct RunConfig;
}

namespace denoise::ui {

class EngineLink;
class MessageBar;
class PageTabs;
class PostedJobs;
class RunOffers;
class RunsDock;
struct EvaluationRecord;

/// The commands of the dock with the runs, and what can be done with a run in its list.
class RunCommands : public CommandPart {
    Q_OBJECT
  public:
    RunCommands(EngineLink& link, PostedJobs& jobs, RunsDock& dock, PageTabs& pages, MessageBar& messages);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;
    /// Says in the list of runs why none can be resumed, and on the evaluation why it cannot start.
    void update(const Situation& now) override;

    /// At this start, nothing else is offered about the last run.
    void make_no_offer();
    void resume(const std::filesystem::path& run);

  Q_SIGNALS:
    void open_wanted(const std::filesystem::path& model);
    void settings_wanted(const denoise::RunConfig& config);  ///< for a new run

  private:
    void connect_list();
    void connect_offers();
    void connect_engine(EngineLink& link);
    void compare(const std::vector<std::filesystem::path>& models);
    void keep_score(const EvaluationRecord& record);

    EngineLink& link_;
    PostedJobs& jobs_;
    RunsDock& dock_;
    PageTabs& pages_;
    MessageBar& messages_;
    RunOffers* offers_;
    bool watches_ = false;  ///< the open run, which another program trains
};

}  // namespace denoise::ui
