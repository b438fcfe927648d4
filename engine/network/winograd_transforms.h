#pragma once

/// A function of the kernels, which is compiled for the instruction set of the function that uses it.
#define DENOISE_INLINE inline __attribute__((always_inline))

namespace denoise::winograd {

// The transforms of Lavin and Gray in one dimension, for the points 0, 1, -1, 2, -2 and infinity. `step` is
// the distance between successive elements of `in` and `out`.

/// B^T d
template <class Vector>
DENOISE_INLINE void transform_input(const Vector* in, int step_in, Vector* out, int step_out) {
    const Vector d0 = in[0], d1 = in[step_in], d2 = in[2 * step_in], d3 = in[3 * step_in],
                 d4 = in[4 * step_in], d5 = in[5 * step_in];
    const Vector even = d4 - 4.f * d2, odd = d3 - 4.f * d1, even_2 = d4 - d2, odd_2 = 2.f * (d3 - d1);
    out[0] = 4.f * d0 - 5.f * d2 + d4;
    out[step_out] = even + odd;
    out[2 * step_out] = even - odd;
    out[3 * step_out] = even_2 + odd_2;
    out[4 * step_out] = even_2 - odd_2;
    out[5 * step_out] = 4.f * d1 - 5.f * d3 + d5;
}

/// A^T m
template <class Vector>
DENOISE_INLINE void transform_output(const Vector* in, int step_in, Vector* out, int step_out) {
    const Vector m0 = in[0], m1 = in[step_in], m2 = in[2 * step_in], m3 = in[3 * step_in],
                 m4 = in[4 * step_in], m5 = in[5 * step_in];
    const Vector sum = m1 + m2, difference = m1 - m2, sum_2 = m3 + m4, difference_2 = m3 - m4;
    out[0] = m0 + sum + sum_2;
    out[step_out] = difference + 2.f * difference_2;
    out[2 * step_out] = sum + 4.f * sum_2;
    out[3 * step_out] = difference + 8.f * difference_2 + m5;
}

/// A y
template <class Vector>
DENOISE_INLINE void transform_gradient(const Vector* in, int step_in, Vector* out, int step_out) {
    const Vector y0 = in[0], y1 = in[step_in], y2 = in[2 * step_in], y3 = in[3 * step_in];
    const Vector even = y0 + y2, odd = y1 + y3, even_2 = y0 + 4.f * y2, odd_2 = 2.f * y1 + 8.f * y3;
    out[0] = y0;
    out[step_out] = even + odd;
    out[2 * step_out] = even - odd;
    out[3 * step_out] = even_2 + odd_2;
    out[4 * step_out] = even_2 - odd_2;
    out[5 * step_out] = y3;
}

/// G w
template <class Vector>
DENOISE_INLINE void transform_weight(const Vector* in, int step_in, Vector* out, int step_out) {
    const Vector w0 = in[0], w1 = in[step_in], w2 = in[2 * step_in];
    const Vector even = (w0 + w2) * (-1.f / 6), odd = w1 * (-1.f / 6),
                 even_2 = w0 * (1.f / 24) + w2 * (1.f / 6), odd_2 = w1 * (1.f / 12);
    out[0] = w0 * .25f;
    out[step_out] = even + odd;
    out[2 * step_out] = even - odd;
    out[3 * step_out] = even_2 + odd_2;
    out[4 * step_out] = even_2 - odd_2;
    out[5 * step_out] = w2;
}

/// G^T u
template <class Vector>
DENOISE_INLINE void transform_weight_gradient(const Vector* in, int step_in, Vector* out, int step_out) {
    const Vector u0 = in[0], u1 = in[step_in], u2 = in[2 * step_in], u3 = in[3 * step_in],
                 u4 = in[4 * step_in], u5 = in[5 * step_in];
    const Vector sum = (u1 + u2) * (1.f / 6), sum_2 = u3 + u4;
    out[0] = .25f * u0 - sum + sum_2 * (1.f / 24);
    out[step_out] = (u2 - u1) * (1.f / 6) + (u3 - u4) * (1.f / 12);
    out[2 * step_out] = sum_2 * (1.f / 6) - sum + u5;
}

}  // namespace denoise::winograd
