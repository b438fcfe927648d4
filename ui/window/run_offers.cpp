#include "ui/window/run_offers.h"

#include <algorithm>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

const QString key = QStringLiteral("run_offer");

bool is_recoverable(const RunSummary& run) {
    return run.state == RunState::interrupted && !run.checkpoints.empty();
}

}  // namespace

RunOffers::RunOffers(MessageBar& messages, QObject* parent) : QObject(parent), messages_(messages) {}

void RunOffers::make(const std::vector<RunSummary>& runs) {
    if (made_) return;
    made_ = true;
    const auto count = std::ranges::count_if(runs, is_recoverable);
    if (count > 0)
        offer_recovery(*std::ranges::find_if(runs, is_recoverable), static_cast<int>(count) - 1);
    else if (!runs.empty() && !runs.front().checkpoints.empty())
        offer_last(runs.front());
}

void RunOffers::offer_recovery(const RunSummary& run, int more) {
    QString text = tr("The run “%1” was interrupted. Its last checkpoint is at step %2.")
                       .arg(text_of(run.name), count_text(run.step));
    std::vector<MessageAction> actions = {resume_action(run)};
    if (more > 0) {
        text += QStringLiteral(" ") + tr("Also interrupted: %n more run(s).", nullptr, more);
        actions.push_back({tr("Show runs"), [this] { Q_EMIT list_wanted(); }});
    }
    messages_.show_offer(key, text, actions);
}

void RunOffers::offer_last(const RunSummary& run) {
    const MessageAction open{tr("Open"), [this, folder = run.folder] { Q_EMIT open_wanted(folder); }};
    if (run.state == RunState::stopped)
        messages_.show_offer(key,
                             tr("The last run, “%1”, was stopped at step %2 and can be resumed.")
                                 .arg(text_of(run.name), count_text(run.step)),
                             {resume_action(run), open});
    else if (run.state == RunState::finished)
        messages_.show_offer(
            key, tr("The last run, “%1”, is finished and ready for sampling.").arg(text_of(run.name)),
            {open});
}

MessageAction RunOffers::resume_action(const RunSummary& run) {
    return {tr("Resume"), [this, folder = run.folder] { Q_EMIT resume_wanted(folder); }};
}

void RunOffers::withdraw() {
    made_ = true;
    messages_.withdraw(key);
}

}  // namespace denoise::ui
