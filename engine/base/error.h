#pragma once

#include <string>

namespace denoise {

/// What a person is told when something could not be done. Engine code throws it by value and nothing else
/// crosses engine/session/. Each part is one sentence fragment without a final full stop.
struct Error {
    std::string what;    ///< what could not be done: "Cannot read the images"
    std::string why;     ///< file and cause: "/data/x.gz: the gzip stream ends early"
    std::string remedy;  ///< what to do next: "Download the file again"
};

/// "what: why. remedy." on one line, for logs.
inline std::string one_line(const Error& error) {
    std::string text = error.what;
    if (!error.why.empty()) text += ": " + error.why;
    text += ".";
    if (!error.remedy.empty()) text += " " + error.remedy + ".";
    return text;
}

}  // namespace denoise
