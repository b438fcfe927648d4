"""Trains as the example of lucidrains' denoising-diffusion-pytorch does, for a number of minutes, and saves samples.

With it and frechet_of_images, the quality of samples after the same time can be compared. The network and the settings are
those of the README of that package, for images of 32 x 32: Unet(dim=64, dim_mults=(1, 2, 4, 8)), 1,000 timesteps, batches of
32 accumulated over two steps, Adam with learning rate 8e-5 and betas of 0.9 and 0.99, gradients clipped to a norm of 1, random
flips, and an EMA with decay 0.995 after every tenth step. Its float16 is left out, which processors do not have. It samples
with DDIM. Needs the packages denoising-diffusion-pytorch 2.3.4, ema-pytorch, einops and accelerate.

Usage: lucidrains_example.py IMAGES MINUTES THREADS COUNT STEPS OUT
       (IMAGES: a folder of pictures, with or without subfolders; COUNT: samples; STEPS: of DDIM, 250 in the README)
"""

import random
import sys
import time
import types
from pathlib import Path

import numpy
import torch
from PIL import Image

# The package imports torchvision for its own loader and trainer, which are not used here.
for name in ("torchvision", "torchvision.transforms", "torchvision.utils"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["torchvision"].transforms = sys.modules["torchvision.transforms"]
sys.modules["torchvision"].utils = sys.modules["torchvision.utils"]
from denoising_diffusion_pytorch.denoising_diffusion_pytorch import GaussianDiffusion, Unet  # noqa: E402
from ema_pytorch import EMA  # noqa: E402

BATCH, ACCUMULATE, LEARNING_RATE, SAMPLES_AT_ONCE = 32, 2, 8e-5, 50


def load(folder):
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg"))
    pixels = numpy.stack([numpy.asarray(Image.open(file).convert("RGB")) for file in files])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2)


def next_batch(images):
    chosen = torch.tensor(random.sample(range(len(images)), BATCH))
    x_0 = images[chosen].float() / 255
    return torch.where(torch.rand(BATCH, 1, 1, 1) < 0.5, x_0.flip(3), x_0)


def main():
    folder, minutes, out = sys.argv[1], float(sys.argv[2]), Path(sys.argv[6])
    threads, count, sampling_steps = (int(argument) for argument in sys.argv[3:6])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    random.seed(0)
    images = load(folder)
    diffusion = GaussianDiffusion(Unet(dim=64, dim_mults=(1, 2, 4, 8), flash_attn=False), image_size=images.shape[-1],
                                  timesteps=1000, sampling_timesteps=sampling_steps)
    ema = EMA(diffusion, beta=0.995, update_every=10)
    optimizer = torch.optim.Adam(diffusion.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.99))
    begin, steps = time.monotonic(), 0
    while time.monotonic() - begin < 60 * minutes:
        for _ in range(ACCUMULATE):
            loss = diffusion(next_batch(images)) / ACCUMULATE
            loss.backward()
        torch.nn.utils.clip_grad_norm_(diffusion.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        ema.update()
        steps += 1
    print(f"{steps} steps of {BATCH * ACCUMULATE} images, last loss {loss.item() * ACCUMULATE:.4f}", flush=True)
    out.mkdir(parents=True, exist_ok=True)
    ema.ema_model.eval()
    for first in range(0, count, SAMPLES_AT_ONCE):
        with torch.no_grad():
            samples = ema.ema_model.sample(batch_size=min(SAMPLES_AT_ONCE, count - first))
        for i, sample in enumerate((samples * 255).round().clamp(0, 255).byte()):
            Image.fromarray(sample.permute(1, 2, 0).numpy()).save(out / f"{first + i:05}.png")


if __name__ == "__main__":
    main()
