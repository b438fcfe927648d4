"""Compares the speed and memory of this program with diffusers, with the same network, in turn.

The network is exported to diffusers by this program. Both sides train it with AdamW, gradient clipping and an EMA of the
weights, and sample from it with DDIM, on the same number of threads. The peer is diffusers as it is (eager), with its
network in channels_last, in bfloat16 (autocast), and with --compile also with torch.compile, which takes minutes. Prints
one table row for each comparison with the best peer of a precision: medians, and the median and range of the ratio over
all pairs. Run it with packaging/bench.sh.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CLI = os.environ.get("DENOISE_LAB_CLI", "denoise-lab-cli")
PEER = Path(__file__).with_name("diffusers_peer.py")
IMAGE_SIDE = 28
PRECISIONS = ("float32", "bfloat16")
UNMEASURED_STEPS = 5
# What diffusers' UNet2DModel can express, and the optimizer and the one EMA of the peer.
SAME = ["attention_after_each_block=yes", "final_resnet_block=no", "patch_size=1", "optimizer=adamw", "class_labels=no",
        "ema_snapshots=0", "preview_seconds=0", "save_every_steps=100000"]


class Measured:
    def __init__(self, speed, megabytes):
        self.speed, self.megabytes = speed, megabytes


def run(command):
    """The output of a program and the peak of its memory in MB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output, usage.ru_maxrss * 1024 / 1e6


class Programs:
    """Runs both programs on the network of a preset."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        for precision in PRECISIONS:  # a run samples in the precision in which it was trained
            self.train_ours(precision, steps=1, run_folder=f"{folder}/{precision}")
        run([CLI, "convert", f"{folder}/float32", "--to", "diffusers", "--out", f"{folder}/diffusers"])

    def train_ours(self, precision, steps=None, run_folder=None):
        arguments = self.arguments
        with tempfile.TemporaryDirectory() as folder:
            settings = [part for setting in [*SAME, f"precision={precision}"] for part in ("--set", setting)]
            output, megabytes = run([CLI, "train", "--dataset", "glyphs", "--preset", arguments.preset, "--steps",
                                     str(steps or arguments.steps), "--batch", str(arguments.batch), "--threads",
                                     str(arguments.threads), "--out", run_folder or f"{folder}/run", "--json", *settings])
        seconds = [event["seconds"] for event in map(json.loads, output.splitlines()) if event["event"] == "step"]
        times = [after - before for before, after in zip(seconds, seconds[1:])]
        times = times[min(UNMEASURED_STEPS, len(times) - 1):] if times else [float("nan")]
        return Measured(arguments.batch / statistics.median(times), megabytes)

    def sample_ours(self, precision):
        arguments = self.arguments
        output, megabytes = run([CLI, "sample", f"{self.folder}/{precision}", "--sampler", "ddim", "--steps",
                                 str(arguments.sampling_steps), "--count", str(arguments.count), "--threads",
                                 str(arguments.threads), "--out", f"{self.folder}/samples.png"])
        seconds = max(float(re.search(r"images in ([0-9.]+) s", output)[1]), 0.05)
        return Measured(arguments.count * arguments.sampling_steps / seconds, megabytes)

    def peer(self, what, mode):
        arguments = self.arguments
        batch, steps = ((arguments.batch, arguments.steps) if what == "train" else
                        (arguments.count, arguments.sampling_steps))
        output, megabytes = run([sys.executable, str(PEER), what, mode, f"{self.folder}/diffusers", "--batch", str(batch),
                                 "--steps", str(steps), "--threads", str(arguments.threads), "--side", str(IMAGE_SIDE)])
        return Measured(json.loads(output.splitlines()[-1])["speed"], megabytes)


def peer_modes(precision, compile):
    prefix = "bfloat16+" if precision == "bfloat16" else ""
    modes = ["bfloat16" if prefix else "eager", prefix + "channels_last"]
    return modes + ([prefix + "channels_last+compile"] if compile else [])


def summary(values, digits=1):
    return f"{statistics.median(values):.{digits}f}"


def print_row(what, unit, mode, theirs, ours, ratios):
    print(f"| {what} | diffusers {mode} | {summary(theirs)} {unit} | {summary(ours)} {unit} | {summary(ratios, 2)} "
          f"| {min(ratios):.2f} - {max(ratios):.2f} |", flush=True)


def compare(programs, what, precision, ours_of, arguments):
    """Measures both sides in turn. Prints the ratio of speed to the best peer, and of memory to the most frugal one."""
    modes = peer_modes(precision, arguments.compile)
    ours, theirs = [], {mode: [] for mode in modes}
    for _ in range(arguments.pairs):
        ours.append(ours_of(precision))
        for mode in modes:
            theirs[mode].append(programs.peer(what, mode))
    label = f"{what}, {precision}"
    best = max(modes, key=lambda mode: statistics.median(m.speed for m in theirs[mode]))
    print_row(label, "images/s" if what == "train" else "calls x images/s", best, [m.speed for m in theirs[best]],
              [m.speed for m in ours], [mine.speed / peer.speed for mine, peer in zip(ours, theirs[best])])
    frugal = min(modes, key=lambda mode: statistics.median(m.megabytes for m in theirs[mode]))
    print_row(f"{label}, peak memory", "MB", frugal, [m.megabytes for m in theirs[frugal]], [m.megabytes for m in ours],
              [mine.megabytes / peer.megabytes for mine, peer in zip(ours, theirs[frugal])])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--sampling-steps", type=int, default=50)
    parser.add_argument("--count", type=int, default=64, help="images to sample")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--preset", default="classic")
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    print(f"Network of {arguments.preset}, {IMAGE_SIDE} x {IMAGE_SIDE}, {arguments.threads} threads; training with batch "
          f"{arguments.batch}, sampling of {arguments.count} images with DDIM in {arguments.sampling_steps} steps\n")
    print("| what | peer | theirs | ours | ratio | range |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(arguments, folder)
        for precision in PRECISIONS:
            compare(programs, "train", precision, programs.train_ours, arguments)
        for precision in PRECISIONS:
            compare(programs, "sample", precision, programs.sample_ours, arguments)


if __name__ == "__main__":
    main()
