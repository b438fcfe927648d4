#include "engine/model/ema_length_cache.h"

#include "engine/base/file_stamp.h"
#include "engine/model/ema_lengths.h"

namespace denoise {

Model EmaLengthCache::open(Model model, double length) {
    if (length == 0 || model.file.empty()) return with_ema_length(std::move(model), length);
    const std::string stamp = file_stamp(tracked_ema_file(model.file));
    const Key key = {stamp, length, model.weights.numel()};
    if (const torch::Tensor* known = kept_.find(key)) {
        model.weights = *known;
        return model;
    }
    model = with_ema_length(std::move(model), length);
    if (!stamp.empty()) kept_.add(key, model.weights, model.weights.nbytes());
    return model;
}

}  // namespace denoise
