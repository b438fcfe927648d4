#include "engine/data/left_out.h"

#include <algorithm>

namespace denoise {
namespace {

std::string counted(std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

}  // namespace

std::int64_t LeftOut::total() const {
    auto sum = static_cast<std::int64_t>(images.size() + duplicates.size());
    for (const Class& each : classes) sum += each.images;
    return sum;
}

std::vector<std::string> describe(const LeftOut& left_out) {
    std::vector<std::string> sentences;
    for (const LeftOut::Class& each : left_out.classes)
        sentences.push_back("The class " + each.name + " with " +
                            counted(static_cast<std::size_t>(each.images), "image", "images") +
                            " is left out");
    if (const std::size_t count = left_out.images.size(); count == 1)
        sentences.push_back("The image " + left_out.images.front() + " is left out");
    else if (count > 1)
        sentences.push_back(counted(count, "image", "images") +
                            " named in exclude_images are left out, the " +
                            "first: " + left_out.images.front());
    if (const std::size_t count = left_out.duplicates.size(); count > 0) {
        const auto mirrored = static_cast<std::size_t>(
            std::ranges::count(left_out.duplicates, true, &LeftOut::Duplicate::is_mirrored));
        const std::string of_them =
            count > 1 && mirrored > 0 ? std::to_string(mirrored) + " of them mirrored, " : "";
        sentences.push_back(counted(count, "duplicate is", "duplicates are") + " left out" +
                            (count == 1 ? ": " : ", " + of_them + "the first: ") +
                            describe(left_out.duplicates.front()));
    }
    for (const std::string& name : left_out.not_found)
        sentences.push_back("The name " + name + ", which is to be left out, is not in the dataset");
    return sentences;
}

std::string describe(const LeftOut::Duplicate& duplicate) {
    return duplicate.image + " is like " + duplicate.kept + (duplicate.is_mirrored ? ", mirrored" : "");
}

}  // namespace denoise
