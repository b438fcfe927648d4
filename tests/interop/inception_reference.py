#!/usr/bin/env python3
"""Writes what pytorch-fid computes, for the tests InceptionAgainstPytorchFid and FrechetAgainstPytorchFid.

    inception_reference.py FOLDER
    DENOISE_LAB_INCEPTION_REFERENCE=FOLDER engine_tests --gtest_filter='*AgainstPytorchFid*'

FOLDER gets random weights of its InceptionV3 (inception.safetensors), and reference.safetensors with images, their
features and Frechet distances. Needs torch, scipy, pillow, safetensors, and torchvision and pytorch-fid, which may be
installed with --no-deps.
"""
import pathlib
import sys

import numpy as np
import torch

# Only torchvision's layers are wanted here. Its compiled operators are for one version of torch alone, and what it
# registers for them at import fails where they are missing.
torch.library.register_fake = lambda *_, **__: lambda function: function

import pytorch_fid.inception  # noqa: E402
from pytorch_fid.fid_score import calculate_frechet_distance  # noqa: E402
from safetensors.torch import save_file  # noqa: E402


def random_weights(seed):
    """A state dict of the FID network whose activations keep their size through all layers."""
    kept = {}

    class Caught(Exception):
        pass

    # fid_inception_v3() builds the patched network and then loads a download into it: it stops there and
    # gives the network up to be filled with chance.
    def catch(module, *_, **__):
        kept["network"] = module
        raise Caught

    load, torch.nn.Module.load_state_dict = torch.nn.Module.load_state_dict, catch
    pytorch_fid.inception.load_state_dict_from_url = lambda *_, **__: {}
    try:
        pytorch_fid.inception.fid_inception_v3()
    except Caught:
        pass
    finally:
        torch.nn.Module.load_state_dict = load
    generator = torch.Generator().manual_seed(seed)
    weights = kept["network"].state_dict()
    for name, tensor in weights.items():
        if name.endswith("num_batches_tracked"):
            continue
        if name.endswith(("conv.weight", "fc.weight")):
            tensor.normal_(0, (2 / tensor[0].numel()) ** 0.5, generator=generator)
        elif name.endswith(("running_var", "bn.weight")):
            tensor.uniform_(0.5, 1.5, generator=generator)
        else:
            tensor.normal_(0, 0.1, generator=generator)
    return weights


def smooth_images(random, count, channels, height, width):
    """Waves with a little noise: the values that real pictures have, unlike white noise."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    images = np.empty((count, channels, height, width), np.uint8)
    for image in images.reshape(-1, height, width):
        a, b, phase = random.uniform(-9, 9, 3)
        wave = 127.5 + 110 * np.sin(a * x + b * y + phase) + random.normal(0, 9, (height, width))
        image[:] = np.clip(np.round(wave), 0, 255)
    return images


def features_of(network, images):
    x = torch.from_numpy(images).float() / 255  # as torchvision's ToTensor
    if x.shape[1] == 1:
        x = x.repeat(1, 3, 1, 1)  # as pillow's convert("RGB")
    with torch.no_grad():
        return torch.cat([network(part)[0].flatten(1) for part in x.split(4)])


def frechet(a, b):
    return calculate_frechet_distance(a.mean(0), np.cov(a, rowvar=False), b.mean(0), np.cov(b, rowvar=False))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    weights = random_weights(7)
    save_file(weights, folder / "inception.safetensors")

    pytorch_fid.inception.load_state_dict_from_url = lambda *_, **__: weights
    network = pytorch_fid.inception.InceptionV3().eval()
    random = np.random.default_rng(7)
    reference = {}
    for name, shape in {"grey": (6, 1, 28, 28), "rgb": (5, 3, 40, 32), "large": (2, 3, 320, 400)}.items():
        images = smooth_images(random, *shape)
        reference[name + ".images"] = torch.from_numpy(images)
        reference[name + ".features"] = features_of(network, images)

    mix = random.normal(size=(48, 48)) * np.exp(-np.arange(48) / 6)
    for name, count in {"full": 400, "few": 30}.items():
        a = random.normal(size=(count, 48)) @ mix
        b = random.normal(size=(count + 7, 48)) @ (mix + 0.05 * random.normal(size=mix.shape)) + 0.1
        reference[f"frechet.{name}.a"] = torch.from_numpy(a)
        reference[f"frechet.{name}.b"] = torch.from_numpy(b)
        reference[f"frechet.{name}.distance"] = torch.tensor([float(frechet(a, b))], dtype=torch.float64)
    save_file(reference, folder / "reference.safetensors")


if __name__ == "__main__":
    main()
