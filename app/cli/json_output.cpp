#include "app/cli/json_output.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/console.h"

namespace denoise::cli {

using nlohmann::json;

void print_json(const json& value, bool indented) {
    std::printf("%s\n", value.dump(indented ? 2 : -1, ' ', false, json::error_handler_t::replace).c_str());
    flush_output();
}

void print_json_error(const Error& error) {
    print_json({{"error", {{"what", error.what}, {"why", error.why}, {"remedy", error.remedy}}}});
}

}  // namespace denoise::cli
