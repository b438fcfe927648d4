#include "engine/data/cifar_file.h"
#include "tests/fuzz/dataset_checks.h"
#include "tests/fuzz/target.h"

namespace denoise::fuzz {

/// The first byte selects the name of the file. The bytes after the last zero byte, if it is at an even
/// position, are the file with the class names.
std::vector<std::string> seeds() {
    const std::string pixels(3 * 32 * 32, 'p');
    const std::string names = std::string(1, '\0') + "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
    return {"0" + ("\3" + pixels) + ("\7" + pixels), "1" + ("\1\x63" + pixels), "2" + ("\3" + pixels),
            "0" + ("\3" + pixels) + names};
}

std::vector<std::string> tokens() {
    return {std::string(3072, 'q'), std::string(3073, '\1'), std::string(3074, '\1'), "\n", "\r\n",
            "\x1f\x8b\x08"};
}

}  // namespace denoise::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace denoise;
    if (size == 0) return 0;
    std::string_view records = fuzz::text_of(data, size).substr(1), names;
    if (const std::size_t zero = records.rfind('\0'); zero != std::string_view::npos && zero % 2 == 0) {
        names = records.substr(zero + 1);
        records = records.substr(0, zero);
    }
    static constexpr const char* file_names[] = {"data_batch_1.bin", "train.bin", "other.bin"};
    const auto file = fuzz::input_file(file_names[data[0] % 3], records);
    fuzz::input_file("batches.meta.txt", names);
    fuzz::try_reading([&] {
        const Dataset dataset = load_cifar({file});
        fuzz::expect_consistent(dataset);
        fuzz::expect(dataset.images.image_size() == 3072, "an image has 3 x 32 x 32 values");
    });
    return 0;
}
