#include "engine/data/label_list.h"
#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {

/// Tables of labels, and dataset.json.
std::vector<std::string> seeds() {
    return {"file_name,label\na/1.png,cat\na/2.png,dog\n",
            "a/1.png cat\na/2.png dog\n",
            "id;class\n\"1\";\"c\"\"at\"\n2;3\n",
            "\xef\xbb\xbfimage\tcategory\r\na/1.png\t0\r\n",
            R"({"labels": [["a/1.png", 3], ["a/2.png", 4]]})",
            R"({"labels": {"a/1.png": 3, "2": "dog"}})",
            R"({"labels": null, "other": [[1], {"a": 2}]})"};
}

std::vector<std::string> tokens() {
    return {"\"labels\":", "file_name", "label", "class",    "\"",
            "\"\"",        ",",         ";",     "\t",       "\r\n",
            "[[",          "]]",        "null",  "1e999",    "18446744073709551616",
            "a/1.png",     "a\\\\1",    "\xff",  "[[[[[[[[", "{\"a\":"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    const std::string_view text = fuzz::text_of(data, size);
    const std::vector<std::string> pictures = {"a/1.png", "a/2.png", "b/1.jpg", "3.png"};
    for (const auto parse : {parse_label_table, parse_dataset_json})
        fuzz::try_reading([&] {
            const std::optional<LabelList> list = parse("labels", text);
            if (!list) return;
            rows_without_picture(*list, pictures, "a/");
            const MatchedLabels matched = match_labels(*list, pictures, "");
            fuzz::expect(matched.labels.size() == pictures.size(), "each picture has a label or none");
        });
    return 0;
}
