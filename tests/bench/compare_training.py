"""Compares the training speed of this program with diffusers, with the same network, in turn.

The network is exported to diffusers by this program. Both sides train it in float32 with AdamW, gradient clipping and an
EMA of the weights, on the same number of threads. The peer is diffusers as it is (eager), and with its network in
channels_last; with --compile also with torch.compile, which takes minutes. Prints one table row for each comparison: the
median and the range of the ratio of images per second over all pairs.

Run it with packaging/bench.sh. This file also is the peer: with --peer it trains and prints images per second.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

CLI = os.environ.get("DENOISE_LAB_CLI", "denoise-lab-cli")
IMAGE_SIDE = 28
# What diffusers' UNet2DModel can express.
SAME_NETWORK = ["attention_after_each_block=yes", "final_resnet_block=no", "patch_size=1"]


def rate(times, batch, unmeasured):
    return batch / statistics.median(times[unmeasured:])


def train_peer(folder, mode, batch, steps, threads):
    import torch

    # diffusers imports a torchvision that may be incompatible with PyTorch, and needs nothing of it here.
    sys.modules["torchvision"] = None
    from diffusers import DDPMScheduler, UNet2DModel

    torch.set_num_threads(threads)
    network = UNet2DModel.from_pretrained(folder, subfolder="unet")
    layout = torch.channels_last if mode == "channels_last" else torch.contiguous_format
    network = network.to(memory_format=layout).train()
    parameters = list(network.parameters())
    averages = [p.detach().clone() for p in parameters]
    run = torch.compile(network) if mode == "compile" else network
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0, fused=True)
    scheduler = DDPMScheduler(num_train_timesteps=1000)
    images = torch.rand(batch, 1, IMAGE_SIDE, IMAGE_SIDE) * 2 - 1
    times = []
    for _ in range(steps):
        begin = time.perf_counter()
        eps = torch.randn_like(images)
        t = torch.randint(0, 1000, (batch,))
        x_t = scheduler.add_noise(images, eps, t).contiguous(memory_format=layout)
        loss = torch.nn.functional.mse_loss(run(x_t, t).sample, eps)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, parameters, 0.001)
        loss.item()
        times.append(time.perf_counter() - begin)
    return rate(times, batch, min(5, steps - 1))


def peer(folder, mode, arguments):
    command = [sys.executable, __file__, "--peer", mode, "--folder", folder, "--batch", str(arguments.batch), "--steps",
               str(arguments.steps), "--threads", str(arguments.threads)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1])


def settings_of(arguments, extra):
    settings = ["class_labels=no", "preview_seconds=0", "save_every_steps=100000", *extra]
    return [part for setting in settings for part in ("--set", setting)]


def ours(arguments, extra):
    with tempfile.TemporaryDirectory() as folder:
        command = [CLI, "train", "--dataset", "glyphs", "--preset", arguments.preset, "--steps", str(arguments.steps),
                   "--batch", str(arguments.batch), "--threads", str(arguments.threads), "--out", f"{folder}/run", "--json",
                   *settings_of(arguments, extra)]
        lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    seconds = [event["seconds"] for event in map(json.loads, lines) if event["event"] == "step"]
    return rate([after - before for before, after in zip(seconds, seconds[1:])], arguments.batch,
                min(5, len(seconds) - 2))


def export(arguments, folder):
    subprocess.run([CLI, "train", "--dataset", "glyphs", "--preset", arguments.preset, "--steps", "1", "--out",
                    f"{folder}/run", *settings_of(arguments, SAME_NETWORK)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([CLI, "convert", f"{folder}/run", "--to", "diffusers", "--out", f"{folder}/diffusers"], check=True,
                   stdout=subprocess.DEVNULL)
    return f"{folder}/diffusers"


def compare(arguments):
    modes = ["eager", "channels_last"] + (["compile"] if arguments.compile else [])
    variants = {"float32": ["precision=float32"], "bfloat16": ["precision=bfloat16"]}
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        network = export(arguments, folder)
        for _ in range(arguments.pairs):
            for name, extra in variants.items():
                results.setdefault(("ours", name), []).append(ours(arguments, SAME_NETWORK + extra))
            for mode in modes:
                results.setdefault(("diffusers", mode), []).append(peer(network, mode, arguments))
    best = max(modes, key=lambda mode: statistics.median(results["diffusers", mode]))
    print("| what | peer | peer images/s | ours images/s | ratio | range |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in variants:
        for mode in modes:
            pairs = list(zip(results["ours", name], results["diffusers", mode]))
            ratios = [mine / theirs for mine, theirs in pairs]
            print(f"| train {arguments.preset}, batch {arguments.batch}, {arguments.threads} threads, {name} "
                  f"| diffusers {mode}, float32{' (its best)' if mode == best else ''} "
                  f"| {statistics.median(theirs for _, theirs in pairs):.1f} "
                  f"| {statistics.median(mine for mine, _ in pairs):.1f} "
                  f"| {statistics.median(ratios):.2f} | {min(ratios):.2f} - {max(ratios):.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--preset", default="classic")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        print(train_peer(arguments.folder, arguments.peer, arguments.batch, arguments.steps, arguments.threads))
    else:
        compare(arguments)


if __name__ == "__main__":
    main()
