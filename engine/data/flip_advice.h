#pragma once

#include <string>

#include "engine/data/dataset.h"

namespace denoise {

/// Whether the setting `flip`, which mirrors images at random, suits a dataset.
struct FlipAdvice {
    bool flip = false;
    bool certain = false;  ///< the dataset is known; otherwise a suggestion
    std::string why;       ///< a sentence without a full stop
};

/// For datasets of the catalogue, what is known about them. For others, it looks for classes that are digits
/// or letters, for words about text and directions in names, and whether the images are alike on both sides.
FlipAdvice flip_advice(const Dataset& dataset);

/// How much the images of a class differ from their mirror images on average: the root mean square of the
/// mean image minus its mirror image, divided by the standard deviation of all values; the average over the
/// classes, weighted by their images. 0: no difference. At most 64 images of a class are used; the expected
/// value for random images is subtracted.
double asymmetry(const Dataset& dataset);

}  // namespace denoise
