"""Trains as diffusers' example train_unconditional.py does, for a number of minutes, and saves a pipeline folder.

With it, the quality of samples after the same time can be compared: `denoise-lab-cli evaluate` opens the folder. The
network and the settings are the defaults of the example: 113.7 million parameters, batch 16, AdamW with learning rate 1e-4,
500 steps of warm-up, the linear schedule with 1,000 timesteps, eps as target; of its options, random flips and the EMA.
Only the cosine decay of the learning rate follows the time instead of the number of epochs.

Usage: diffusers_example.py IMAGES MINUTES THREADS OUT     (IMAGES: a folder of pictures, with or without subfolders)
"""

import math
import random
import sys
import time
from pathlib import Path

import numpy
import torch
from PIL import Image

# diffusers imports a torchvision that may be incompatible with PyTorch, and needs nothing of it here.
sys.modules["torchvision"] = None
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel  # noqa: E402
from diffusers.training_utils import EMAModel  # noqa: E402

BATCH, LEARNING_RATE, WARM_UP_STEPS = 16, 1e-4, 500


def load(folder):
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg"))
    pixels = numpy.stack([numpy.asarray(Image.open(file).convert("RGB")) for file in files])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2)


def network_for(side):
    down = ("DownBlock2D",) * 4 + ("AttnDownBlock2D", "DownBlock2D")
    up = ("UpBlock2D", "AttnUpBlock2D") + ("UpBlock2D",) * 4
    return UNet2DModel(sample_size=side, in_channels=3, out_channels=3, layers_per_block=2,
                       block_out_channels=(128, 128, 256, 256, 512, 512), down_block_types=down, up_block_types=up)


def main():
    folder, minutes, threads, out = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    random.seed(0)
    images = load(folder)
    network = network_for(images.shape[-1])
    ema = EMAModel(network.parameters(), decay=0.9999, use_ema_warmup=True, inv_gamma=1.0, power=0.75,
                   model_cls=UNet2DModel, model_config=network.config)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, betas=(0.95, 0.999), weight_decay=1e-6,
                                  eps=1e-8)
    scheduler = DDPMScheduler(num_train_timesteps=1000, beta_schedule="linear", prediction_type="epsilon")
    begin, steps = time.monotonic(), 0
    while (fraction := (time.monotonic() - begin) / (60 * minutes)) < 1:
        rate = LEARNING_RATE * min(1, (steps + 1) / WARM_UP_STEPS) * (1 + math.cos(math.pi * fraction)) / 2
        for group in optimizer.param_groups:
            group["lr"] = rate
        chosen = torch.tensor(random.sample(range(len(images)), BATCH))
        x_0 = images[chosen].float() / 127.5 - 1
        x_0 = torch.where(torch.rand(BATCH, 1, 1, 1) < 0.5, x_0.flip(3), x_0)
        eps, t = torch.randn_like(x_0), torch.randint(0, 1000, (BATCH,))
        loss = torch.nn.functional.mse_loss(network(scheduler.add_noise(x_0, eps, t), t).sample, eps)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        ema.step(network.parameters())
        steps += 1
    ema.copy_to(network.parameters())
    DDPMPipeline(unet=network, scheduler=scheduler).save_pretrained(out)
    print(f"{steps} steps of {BATCH} images, last loss {loss.item():.4f}")


if __name__ == "__main__":
    main()
