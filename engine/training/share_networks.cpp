#include "engine/training/share_networks.h"

namespace denoise {

ShareNetworks::ShareNetworks(UNet network, const FlatParameters& parameters)
    : network_(std::move(network)), values_(parameters.values()), gradients_(parameters.gradients()) {}

void ShareNetworks::make_copies(int count, at::IntArrayRef images) {
    while (static_cast<int>(copies_.size()) < count) {
        UNet network(network_->config(), static_cast<int>(images[1]), static_cast<int>(images[2]),
                     static_cast<int>(images[3]));
        const FlatParameters parameters(*network, values_);
        copies_.push_back({std::move(network), parameters});
    }
}

void ShareNetworks::compute(const Execution& execution, int shares, at::IntArrayRef images,
                            const Compute& compute) {
    make_copies(shares - 1, images);
    threads_.compute(execution, shares, [&](int share, const Execution& of_share) {
        if (share == 0) return compute(0, network_, of_share);
        Copy& copy = copies_[static_cast<std::size_t>(share) - 1];
        copy.parameters.gradients().zero_();
        compute(share, copy.network, of_share);
    });
    const torch::NoGradGuard no_grad;
    for (int share = 1; share < shares; ++share)
        gradients_.add_(copies_[static_cast<std::size_t>(share) - 1].parameters.gradients());
}

}  // namespace denoise
