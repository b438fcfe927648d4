#include "engine/formats/npy_file.h"

#include <sstream>

#include "tests/fuzz/input_file.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {

std::vector<std::string> seeds() {
    const std::string second_version = std::string("\x93NUMPY\x02\0\x3d\0\0\0", 12) +
                                       "{'shape': (1,), 'fortran_order': False, 'descr': '<f8', }    \n" +
                                       "12345678";
    return {npy_header("<f4", {2, 1, 2}) + std::string(16, '\x3f'),
            npy_header("<f8", {3}) + std::string(24, '\x3f'), npy_header("<f4", {}) + "abcd",
            npy_header("<f4", {0, 5}), second_version};
}

std::vector<std::string> tokens() {
    return {"'descr'",  "'fortran_order'",
            "'shape'",  "True",
            "False",    "<f4",
            "<f8",      ">f4",
            "|O",       "(1, ",
            ")",        "9223372036854775807",
            "-1",       "{",
            "}",        "[('a'",
            "\x93NUMPY"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    fuzz::try_reading([&] {
        std::istringstream stream(std::string(fuzz::text_of(data, size)));
        const FloatArray array = read_npy(stream, "input.npy");
        fuzz::expect(value_count(array.shape) == array.values.size(),
                     "the shape matches the number of values");
        fuzz::expect(4 * array.values.size() <= size, "the values are not larger than the file");
    });
    return 0;
}
