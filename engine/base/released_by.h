#pragma once

namespace denoise {

/// The deleter of a std::unique_ptr to an object of a C library, which the function `release` frees.
template <auto release>
struct ReleasedBy {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};

}  // namespace denoise
