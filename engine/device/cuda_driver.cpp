#include "engine/device/cuda_driver.h"

#include <dlfcn.h>

#include <array>
#include <cstddef>

namespace denoise {
namespace {

/// Functions of the CUDA Driver API that return 0 if they succeed. The driver stays loaded, because LibTorch
/// uses it, too.
class Driver {
  public:
    Driver() : library_(::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL)) {}

    bool is_there() const { return library_ != nullptr; }
    template <class Function>
    Function find(const char* name) const {
        return library_ == nullptr ? nullptr : reinterpret_cast<Function>(::dlsym(library_, name));
    }

  private:
    void* library_;
};

}  // namespace

bool has_cuda_driver() {
    return Driver().is_there();
}

std::vector<CudaCard> describe_cuda_cards() {
    const Driver driver;
    // CUdevice is an int, and CUresult an enum.
    const auto initialize = driver.find<int (*)(unsigned)>("cuInit");
    const auto count_of = driver.find<int (*)(int*)>("cuDeviceGetCount");
    const auto device_of = driver.find<int (*)(int*, int)>("cuDeviceGet");
    const auto name_of = driver.find<int (*)(char*, int, int)>("cuDeviceGetName");
    const auto memory_of = driver.find<int (*)(std::size_t*, int)>("cuDeviceTotalMem_v2");
    const auto attribute_of = driver.find<int (*)(int*, int, int)>("cuDeviceGetAttribute");
    constexpr int major_attribute = 75, minor_attribute = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_...
    int count = 0;
    if (!initialize || !count_of || !device_of || !name_of || !memory_of || initialize(0) != 0 ||
        count_of(&count) != 0)
        return {};
    std::vector<CudaCard> cards;
    for (int i = 0; i < count; ++i) {
        int device = 0;
        std::array<char, 256> name{};
        std::size_t bytes = 0;
        if (device_of(&device, i) != 0 ||
            name_of(name.data(), static_cast<int>(name.size()) - 1, device) != 0 ||
            memory_of(&bytes, device) != 0)
            return {};
        int major = 0, minor = 0;
        if (!attribute_of || attribute_of(&major, major_attribute, device) != 0 ||
            attribute_of(&minor, minor_attribute, device) != 0)
            major = minor = 0;
        cards.push_back({name.data(), static_cast<std::int64_t>(bytes), 10 * major + minor});
    }
    return cards;
}

}  // namespace denoise
