"""The other side of compare_with_diffusers.py: trains or samples with a UNet2DModel of diffusers, and prints the speed.

The network is a pipeline folder that Denoise Lab exported. MODE is a combination of "channels_last", "bfloat16" (autocast)
and "compile" (torch.compile), joined by "+", or "eager". The output is one JSON object: training gives images per second,
the median of the steps after the first ones; sampling gives network calls times images per second.
"""

import argparse
import json
import statistics
import sys
import time
from contextlib import nullcontext

import torch

# diffusers imports a torchvision that may be incompatible with PyTorch, and needs nothing of it here.
sys.modules["torchvision"] = None
from diffusers import DDIMScheduler, DDPMScheduler, UNet2DModel  # noqa: E402

WARM_UP = 5


class Peer:
    def __init__(self, arguments):
        self.batch, self.steps, self.side = arguments.batch, arguments.steps, arguments.side
        modes = arguments.mode.split("+")
        self.layout = torch.channels_last if "channels_last" in modes else torch.contiguous_format
        self.bfloat16 = "bfloat16" in modes
        torch.set_num_threads(arguments.threads)
        self.network = UNet2DModel.from_pretrained(arguments.folder, subfolder="unet", low_cpu_mem_usage=False)
        self.network.to(memory_format=self.layout)
        self.compiled = torch.compile(self.network) if "compile" in modes else self.network

    def __call__(self, x_t, t):
        scope = torch.autocast("cpu", torch.bfloat16) if self.bfloat16 else nullcontext()
        with scope:
            return self.compiled(x_t.contiguous(memory_format=self.layout), t).sample.float()

    def train(self):
        parameters = list(self.network.train().parameters())
        averages = [p.detach().clone() for p in parameters]
        optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0, fused=True)
        scheduler = DDPMScheduler(num_train_timesteps=1000)
        images = torch.rand(self.batch, 1, self.side, self.side) * 2 - 1
        times = []
        for _ in range(self.steps):
            begin = time.perf_counter()
            eps = torch.randn_like(images)
            t = torch.randint(0, 1000, (self.batch,))
            loss = torch.nn.functional.mse_loss(self(scheduler.add_noise(images, eps, t), t), eps)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            with torch.no_grad():
                torch._foreach_lerp_(averages, parameters, 0.001)
            loss.item()
            times.append(time.perf_counter() - begin)
        return self.batch / statistics.median(times[min(WARM_UP, self.steps - 1):])

    @torch.no_grad()
    def sample(self):
        self.network.eval()
        scheduler = DDIMScheduler(num_train_timesteps=1000, clip_sample=True)
        for steps in (2, self.steps):  # the first time to warm up
            scheduler.set_timesteps(steps)
            x = torch.randn(self.batch, 1, self.side, self.side)
            begin = time.perf_counter()
            for t in scheduler.timesteps:
                x = scheduler.step(self(x, t), t, x).prev_sample
            seconds = time.perf_counter() - begin
        return self.batch * self.steps / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["train", "sample"])
    parser.add_argument("mode")
    parser.add_argument("folder")
    for name in ("batch", "steps", "threads", "side"):
        parser.add_argument(f"--{name}", type=int, required=True)
    arguments = parser.parse_args()
    peer = Peer(arguments)
    speed = peer.train() if arguments.what == "train" else peer.sample()
    print(json.dumps({"speed": speed}))


if __name__ == "__main__":
    main()
