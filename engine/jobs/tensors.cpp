#include "engine/jobs/tensors.h"

namespace denoise {

ImageBatch to_images(const torch::Tensor& x) {
    const auto bytes = x.detach().clamp(-1, 1).add(1).mul(127.5).round().to(torch::kUInt8).contiguous().cpu();
    ImageBatch images{bytes.size(0),
                      static_cast<int>(bytes.size(1)),
                      static_cast<int>(bytes.size(2)),
                      static_cast<int>(bytes.size(3)),
                      {}};
    const auto* data = bytes.const_data_ptr<std::uint8_t>();
    images.pixels.assign(data, data + bytes.numel());
    return images;
}

torch::Tensor to_tensor(const ImageBatch& images) {
    return torch::from_blob(const_cast<std::uint8_t*>(images.pixels.data()),
                            {images.count, images.channels, images.height, images.width}, torch::kUInt8)
        .to(torch::kFloat32)
        .div_(127.5)
        .sub_(1.0);
}

torch::Tensor to_tensor(const FloatArray& numbers) {
    return torch::from_blob(const_cast<float*>(numbers.values.data()), numbers.shape, torch::kFloat32)
        .clone();
}

FloatArray to_numbers(const torch::Tensor& x) {
    const auto dense = x.detach().to(torch::kFloat32).contiguous().cpu();
    const auto* data = dense.const_data_ptr<float>();
    return {dense.sizes().vec(), std::vector<float>(data, data + dense.numel())};
}

}  // namespace denoise
