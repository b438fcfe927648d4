#include "ui/run_offers.h"

#include <algorithm>

#include "ui/format.h"
#include "ui/message_bar.h"

namespace denoise::ui {
namespace {

const QString key = QStringLiteral("run_offer");

}  // namespace

RunOffers::RunOffers(MessageBar& messages, QObject* parent) : QObject(parent), messages_(messages) {}

void RunOffers::make(const std::vector<RunSummary>& runs) {
    if (made_) return;
    made_ = true;
    const auto interrupted = [](const RunSummary& run) {
        return run.state == RunState::interrupted && !run.checkpoints.empty();
    };
    const auto count = std::ranges::count_if(runs, interrupted);
    if (count > 0) {
        const RunSummary run = *std::ranges::find_if(runs, interrupted);
        QString text = tr("The training “%1” was interrupted. Its last checkpoint is at step %2.")
                           .arg(text_of(run.name), count_text(run.step));
        std::vector<MessageAction> actions = {
            {tr("Resume"), [this, folder = run.folder] { Q_EMIT resume_wanted(folder); }}};
        if (count > 1) {
            text += QStringLiteral(" ") +
                    tr("Interrupted too: %n more run(s).", nullptr, static_cast<int>(count - 1));
            actions.push_back({tr("Show runs"), [this] { Q_EMIT list_wanted(); }});
        }
        messages_.show_offer(key, text, actions);
        return;
    }
    if (runs.empty() || runs.front().checkpoints.empty()) return;
    const RunSummary& last = runs.front();
    const MessageAction open{tr("Open"), [this, folder = last.folder] { Q_EMIT open_wanted(folder); }};
    if (last.state == RunState::stopped)
        messages_.show_offer(
            key,
            tr("The last run, “%1”, stands at step %2 and can go on.")
                .arg(text_of(last.name), count_text(last.step)),
            {{tr("Resume"), [this, folder = last.folder] { Q_EMIT resume_wanted(folder); }}, open});
    else if (last.state == RunState::finished)
        messages_.show_offer(
            key, tr("The last run, “%1”, is finished and ready for sampling.").arg(text_of(last.name)),
            {open});
}

void RunOffers::withdraw() {
    made_ = true;
    messages_.withdraw(key);
}

}  // namespace denoise::ui
