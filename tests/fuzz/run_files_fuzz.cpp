#include "engine/runs/metrics.h"
#include "engine/runs/run_changes.h"
#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "engine/runs/run_notes.h"
#include "engine/runs/run_queue.h"
#include "engine/runs/saved_schedules.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {

/// The first byte selects the file.
std::vector<std::string> seeds() {
    return {
        R"(0{"starred": true, "tags": ["good"], "text": "note", "scores": [{"metric": "frechet", "text": "1.5",)"
        R"( "step": 10, "samples": 100, "when": "2026-01-01T00:00:00"}], "newer": [1]})",
        "1{\"step\": 3, \"key\": \"learning_rate\", \"before\": \"0.1\", \"after\": \"0.01\"}\n{\"step\": 4",
        "2" +
            metrics_line({.step = 1, .loss = 0.5, .gradient_norm = 1, .learning_rate = 0.001, .seconds = 2}) +
            "\n" + metrics_line({.step = 2, .loss = 0.25, .held_out = HeldOutLosses{1, 2}}) + "\n",
        R"(3{"status": "running", "changed": "2026-01-01T00:00:00", "process": 1})",
        "4" + queue_to_json({}),
        R"(5{"mine": "0 1, 0.5 0.4, 1 0"})"};
}

std::vector<std::string> tokens() {
    return {"\"step\":",    "\"loss\":",
            "\"key\":",     "\"scores\":",
            "\"tags\":",    "\"status\":",
            "\"finished\"", "\"runs\":",
            "\"schema\":",  "null",
            "true",         "-1",
            "1e999",        "18446744073709551616",
            "[]",           "{}",
            "\n",           "\xff",
            "\\u0000",      "[[[[[[",
            "{\"a\":"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    if (size == 0) return 0;
    static constexpr const char* names[] = {run_file::notes, run_file::changes, run_file::metrics,
                                            run_file::state, "queue.json",      "schedules.json"};
    const std::size_t kind = data[0] % std::size(names);
    const std::string text(fuzz::text_of(data, size).substr(1));
    const auto file = fuzz::input_file(names[kind], text);
    const auto folder = file.parent_path();
    switch (kind) {
        case 0:
            fuzz::try_reading([&] {
                const RunNotes notes = read_run_notes(folder);
                write_run_notes(folder, notes);
                fuzz::expect(read_run_notes(folder) == notes,
                             "notes that were read can be written and read again");
                add_run_score(folder, {"frechet", "1", 2, 3, "now"});
            });
            break;
        case 1:
            fuzz::try_reading([&] {
                for (const SettingChange& change : read_changes(folder)) describe(change);
            });
            break;
        case 2:
            fuzz::try_reading([&] {
                const std::vector<StepMetrics> metrics = read_metrics_file(file);
                for (std::size_t i = 1; i < metrics.size(); ++i)
                    fuzz::expect(metrics[i].step > metrics[i - 1].step, "steps are in order");
                current_loss(metrics);
                thinned(metrics, 100);
            });
            break;
        case 3:
            fuzz::try_reading([&] { read_run_status(folder); });
            break;
        case 4:
            fuzz::try_reading([&] {
                is_newer_queue(text);
                queue_to_json(queue_from_json(text, "queue.json"));
            });
            break;
        default:
            fuzz::try_reading([&] { read_saved_schedules(file); });
    }
    return 0;
}
