#include "ui/window/page_commands.h"

#include <QApplication>
#include <QClipboard>
#include <algorithm>
#include <array>
#include <iterator>

#include "ui/pages/compare/compare_page.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/noise/noise_page.h"
#include "ui/paths/dropped_path.h"
#include "ui/picture/conversion.h"
#include "ui/window/front_list.h"
#include "ui/window/message_bar.h"
#include "ui/window/page_tabs.h"

namespace denoise::ui {
namespace {

constexpr int many_steps = 10;

/// The tooltip while the list of runs is in front, with the name of what is selected there.
std::function<QString(const Situation&)> hint_for_list(const char* text) {
    return [text](const Situation& now) {
        return now.listed_model.isEmpty() ? QString() : PageCommands::tr(text).arg(now.listed_model);
    };
}

}  // namespace

PageCommands::PageCommands(PageTabs& pages, const FrontList& list, MessageBar& messages)
    : pages_(pages), list_(list), messages_(messages) {
    connect(&list, &FrontList::changed, this, &PageCommands::situation_changed);
    connect(&pages.denoise(), &DenoisePage::compare_wanted, this, &PageCommands::compare);
    connect(&pages, &PageTabs::capabilities_changed, this, &PageCommands::situation_changed);
}

std::vector<ActionRow> PageCommands::rows() {
    std::vector<ActionRow> all;
    for (std::vector<ActionRow>& rows : std::array{chart_rows(), picture_rows(), frame_rows(), tab_rows()})
        std::ranges::move(rows, std::back_inserter(all));
    return all;
}

std::vector<ActionRow> PageCommands::picture_rows() {
    using namespace obstacle;
    return {
        {.name = "sample",
         .text = tr("Sample"),
         .icon = "denoise-noise",
         .hint = tr("Samples new images on the current page, or on the Denoise page, also during training"),
         .hint_now =
             hint_for_list(QT_TR_NOOP("Samples images from “%1”, which is selected in the list of runs")),
         .keys = {"Ctrl+G"},
         .group = ActionGroup::pictures,
         .unless = {closing, sampling, already_sampling, nothing_to_sample},
         .does = [this] { sample(); }},
        {.name = "compare_with",
         .text = tr("Compare with…"),
         .icon = "view-split-left-right",
         .hint = tr("Shows the settings of the Denoise page beside others, on the Compare page"),
         .keys = {"Ctrl+Shift+G"},
         .group = ActionGroup::pictures,
         .unless = {closing},
         .does = [this] { compare(); }},
        {.name = "export",
         .text = tr("Export"),
         .icon = "document-export",
         .hint = tr("Saves what the current page shows: images, frames or an animation"),
         .hint_now =
             hint_for_list(QT_TR_NOOP("Exports the model “%1”, which is selected in the list of runs")),
         .keys = {"Ctrl+E"},
         .group = ActionGroup::pictures,
         .unless = {nothing_to_export},
         .does = [this] { export_pictures(); }},
        {.name = "copy_image",
         .text = tr("Copy image"),
         .icon = "edit-copy",
         .hint = tr("Copies the current picture to the clipboard"),
         .keys = {"Ctrl+Shift+C"},
         .group = ActionGroup::pictures,
         .does = [this] { copy_image(); }},
    };
}

std::vector<ActionRow> PageCommands::chart_rows() {
    const auto row = [](const char* name, const QString& text, const QString& hint, const char* key,
                        std::function<void()> does) {
        return ActionRow{.name = name,
                         .text = text,
                         .hint = hint,
                         .keys = {key},
                         .group = ActionGroup::training,
                         .does = std::move(does)};
    };
    return {
        row("log", tr("Logarithmic loss axis"), tr("Switches the loss axis between linear and logarithmic"),
            "L", [this] { pages_.current().toggle_log_axis(); }),
        row("less_smooth", tr("Smooth the loss less"), tr("Averages the loss over fewer steps"), "[",
            [this] { pages_.current().change_smoothing(-1); }),
        row("more_smooth", tr("Smooth the loss more"), tr("Averages the loss over more steps"), "]",
            [this] { pages_.current().change_smoothing(1); }),
    };
}

std::vector<ActionRow> PageCommands::frame_rows() {
    const auto row = [](const char* name, const QString& text, const QString& hint, const char* key,
                        Obstacle obstacle, std::function<void()> does) {
        return ActionRow{.name = name,
                         .text = text,
                         .hint = hint,
                         .keys = {key},
                         .group = ActionGroup::pictures,
                         .unless = {obstacle},
                         .does = std::move(does)};
    };
    const auto step = [this](int frames) { return [this, frames] { pages_.current().step(frames); }; };
    using namespace obstacle;
    return {
        row("play", tr("Play or pause"), tr("Plays the frames of the current page, or pauses them"), "Space",
            nothing_to_play, [this] { pages_.current().play_or_pause(); }),
        row("back", tr("One step back"), tr("Goes one frame back"), "Left", no_frames, step(-1)),
        row("forward", tr("One step forward"), tr("Goes one frame forward"), "Right", no_frames, step(1)),
        row("back_ten", tr("Ten steps back"), tr("Goes ten frames back"), "Shift+Left", no_frames,
            step(-many_steps)),
        row("forward_ten", tr("Ten steps forward"), tr("Goes ten frames forward"), "Shift+Right", no_frames,
            step(many_steps)),
        row("to_start", tr("To the start"), tr("Goes to the first frame"), "Home", no_frames,
            [this] { pages_.current().go_to_start(); }),
        row("to_end", tr("To the end"), tr("Goes to the last frame"), "End", no_frames,
            [this] { pages_.current().go_to_end(); }),
    };
}

std::vector<ActionRow> PageCommands::tab_rows() {
    std::vector<ActionRow> rows;
    for (const PageTab& tab : pages_.tabs())
        rows.push_back({.name = tab.command,
                        .text = tr("Tab: %1").arg(tab.title),
                        .hint = tab.hint,
                        .keys = {tab.key},
                        .does = [this, page = tab.page] { pages_.show_page(*page); }});
    return rows;
}

void PageCommands::describe(Situation& now) const {
    now.is_sampling = pages_.denoise().is_running() || pages_.compare().is_running();
    now.shows_comparison = &pages_.current() == &pages_.compare();
    now.comparison_problem = pages_.compare().obstacle();
    now.page_can_play = pages_.current().can_play();
    now.page_can_step = pages_.current().can_step();
    now.can_export_pictures = pages_.current().can_export();
    now.shows_noise = &pages_.current() == &pages_.noise();
    if (const std::filesystem::path model = list_.model(); !model.empty())
        now.listed_model = model_name(model);
}

void PageCommands::sample() {
    if (const std::filesystem::path model = list_.model(); !model.empty()) return Q_EMIT sample_wanted(model);
    if (&pages_.current() == &pages_.compare()) return pages_.compare().sample();
    if (&pages_.current() == &pages_.noise()) return pages_.noise().new_noise();
    pages_.show_page(pages_.denoise());
    pages_.denoise().sample();
}

void PageCommands::compare() {
    const Sample settings = pages_.denoise().settings();
    pages_.compare().begin_with(settings.request, settings.model);
    pages_.show_page(pages_.compare());
}

void PageCommands::export_pictures() {
    if (const std::filesystem::path model = list_.model(); !model.empty()) return Q_EMIT export_wanted(model);
    pages_.current().export_pictures();
}

void PageCommands::copy_image() {
    const Picture picture = pages_.current().picture();
    if (picture.empty()) return messages_.show_notice(tr("The current page has no picture to copy."));
    QApplication::clipboard()->setImage(to_image(picture));
    messages_.show_notice(
        tr("The picture was copied to the clipboard, %1×%2.").arg(picture.width).arg(picture.height));
}

}  // namespace denoise::ui
