#include <nlohmann/json.hpp>

#include "engine/runs/run_folder.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {

/// run.json, or only its config.
std::vector<std::string> seeds() {
    RunHeader header;
    header.dataset_name = "Glyphs";
    header.dataset_fingerprint = "0123456789abcdef";
    header.image_count = 100;
    header.channels = 1;
    header.height = header.width = 28;
    header.class_names = {"0", "1"};
    header.created = "2026-01-01T00:00:00";
    std::vector<std::string> all{run_header_to_json(header).dump(), run_config_to_json({})};
    for (const Preset& preset : presets()) all.push_back(run_config_to_json(preset.config));
    return all;
}

std::vector<std::string> tokens() {
    std::vector<std::string> words{"null", "true", "-1",      "1e999",  "18446744073709551616",
                                   "[]",   "{}",   "[1,2,3]", "\"\"",   "\"v\"",
                                   "0.5",  "\xff", "\\u0000", "[[[[[[", "{\"a\":"};
    for (const Setting<RunConfig>& setting : run_settings()) words.push_back("\"" + setting.info.key + "\":");
    return words;
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    const std::string_view text = fuzz::text_of(data, size);
    fuzz::try_reading([&] {
        const RunConfig config = run_config_from_json(text);
        fuzz::expect(run_config_from_json(run_config_to_json(config)) == config,
                     "a config that was read can be written and read again");
    });
    const auto file = fuzz::input_file("run.json", text);
    fuzz::try_reading([&] {
        const RunHeader header = read_run_header(file.parent_path());
        const std::string kept = run_header_to_json(header).dump();
        fuzz::expect(
            run_header_to_json(run_header_from_json(nlohmann::json::parse(kept), "kept")).dump() == kept,
            "a header that was read can be written and read again");
    });
    return 0;
}
