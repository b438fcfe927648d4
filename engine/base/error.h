#pragma once

#include <string>

namespace denoise {

/// Describes a failed operation to the user. Errors are thrown by value, and no other exception leaves
/// engine/session/. Each part is a sentence or a fragment without a final full stop.
struct Error {
    std::string what;          ///< what failed: "Cannot read the images"
    std::string why;           ///< the file and the cause: "/data/x.gz: the gzip data ends early"
    std::string remedy;        ///< what to do about it: "Download the file again"
    std::string setting = {};  ///< key of the setting that it is about; empty: none
};

/// The error on one line, for logs: "what: why. remedy."
inline std::string one_line(const Error& error) {
    std::string text = error.what;
    if (!error.why.empty()) text += ": " + error.why;
    text += ".";
    if (!error.remedy.empty()) text += " " + error.remedy + ".";
    return text;
}

}  // namespace denoise
