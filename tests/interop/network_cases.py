"""Configurations of diffusers' UNet2DModel: between them they use every option that Denoise Lab reads."""

import torch
from diffusers import UNet2DModel

# What all of them start from: small, and with group norms that divide every width.
SMALL = dict(sample_size=16, in_channels=3, out_channels=3, block_out_channels=(16, 32), layers_per_block=1,
             norm_num_groups=8, down_block_types=("DownBlock2D", "AttnDownBlock2D"),
             up_block_types=("AttnUpBlock2D", "UpBlock2D"))
NO_ATTENTION = dict(down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"))
ALL_ATTENTION = dict(down_block_types=("AttnDownBlock2D", "AttnDownBlock2D"),
                     up_block_types=("AttnUpBlock2D", "AttnUpBlock2D"))

CASES = {
    "RGB, class defaults": {},
    "grey, no attention": dict(in_channels=1, out_channels=1, add_attention=False, **NO_ATTENTION),
    "as ddpm-cifar10-32": dict(downsample_padding=0, flip_sin_to_cos=False, freq_shift=1, attention_head_dim=None,
                               norm_eps=1e-6, layers_per_block=2, block_out_channels=(16, 32, 32),
                               down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D"),
                               up_block_types=("UpBlock2D", "AttnUpBlock2D", "UpBlock2D")),
    "many heads": dict(attention_head_dim=4, **ALL_ATTENTION),
    "class labels": dict(num_class_embeds=10),
    "grey, class labels, one head": dict(in_channels=1, out_channels=1, num_class_embeds=11, attention_head_dim=None),
    "class numbers as timesteps": dict(class_embed_type="timestep"),
    "resampling by ResNet blocks": dict(downsample_type="resnet", upsample_type="resnet", **ALL_ATTENTION),
    "resampling by ResNet blocks, scale and shift": dict(downsample_type="resnet", upsample_type="resnet",
                                                         resnet_time_scale_shift="scale_shift", **ALL_ATTENTION),
    "scale and shift": dict(resnet_time_scale_shift="scale_shift", attn_norm_num_groups=4),
    "Fourier time embedding": dict(time_embedding_type="fourier"),
    "learned time embedding": dict(time_embedding_type="learned", num_train_timesteps=1000),
    "not square": dict(sample_size=(8, 24)),
    "odd groups and epsilon": dict(block_out_channels=(12, 24), norm_num_groups=3, norm_eps=3e-4, attention_head_dim=6),
    "bottleneck without attention": dict(add_attention=False, mid_block_scale_factor=1.4142),
    "no bottleneck": dict(mid_block_type=None),
    "mish, wide time embedding, centred input": dict(act_fn="mish", time_embedding_dim=96, center_input_sample=True),
    "gelu, three layers": dict(act_fn="gelu", layers_per_block=3),
    "relu, learned variance": dict(act_fn="relu", out_channels=6),
    "one level": dict(block_out_channels=(24,), down_block_types=("AttnDownBlock2D",), up_block_types=("UpBlock2D",)),
    "attention on the way up alone": dict(down_block_types=("DownBlock2D", "DownBlock2D")),
}


def make(name):
    """The network of a case, with random values also where a fresh one has zeros and ones."""
    torch.manual_seed(sorted(CASES).index(name))
    network = UNet2DModel(**{**SMALL, **CASES[name]}).eval()
    for parameter in network.parameters():
        if parameter.dim() == 1:
            parameter.add_(0.2 * torch.randn_like(parameter))
    return network


def input_shape(network, count=2):
    size = network.config.sample_size
    height, width = (size, size) if isinstance(size, int) else size
    return (count, network.config.in_channels, height, width)


def class_of(network):
    """The class that the tests ask for, or None."""
    return 3 if network.config.num_class_embeds or network.config.class_embed_type else None


def predict(network, x, timestep, label=None):
    """What diffusers' network answers."""
    labels = None if label is None else torch.full((len(x),), label)
    return network(torch.from_numpy(x), timestep, class_labels=labels).sample.numpy()
