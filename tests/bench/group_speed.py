"""Compares the speed of N processes of one thread with that of one process of N threads, in turn.

Both train the same network on the same images with the same number of images in each step, in float32. Prints the
median speed of each, and the median and range of the ratio over all pairs. Then it prints the time that the processes
need to agree on a step, and to add up their gradients, from the program group_latency. Needs an otherwise idle machine
with N cores, and Open MPI.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CLI = os.environ.get("DENOISE_LAB_CLI", "denoise-lab-cli")
LATENCY = os.environ.get("DENOISE_LAB_GROUP_LATENCY", str(Path(CLI).with_name("group_latency")))
UNMEASURED_STEPS = 5
MPIRUN = ["mpirun", "--allow-run-as-root", "--bind-to", "none"]


def images_per_second(arguments, processes, threads, batch):
    """The median speed of a training after its first steps."""
    with tempfile.TemporaryDirectory() as folder:
        launcher = [*MPIRUN, "-n", str(processes)] if processes > 1 else []
        settings = ["precision=float32", "layout=channels-last", "preview_seconds=0", "save_every_steps=100000",
                    "held_out=0", "ema_snapshots=0"]
        command = [*launcher, CLI, "train", "--dataset", "glyphs", "--preset", arguments.preset, "--steps",
                   str(arguments.steps + UNMEASURED_STEPS), "--batch", str(batch), "--threads", str(threads), "--out",
                   f"{folder}/run", "--json", *(part for setting in settings for part in ("--set", setting))]
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        seconds = [event["seconds"] for event in map(json.loads, output.splitlines()) if event["event"] == "step"]
        steps = [after - before for before, after in zip(seconds, seconds[1:])][UNMEASURED_STEPS - 1:]
        return batch * processes / statistics.median(steps)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--batch", type=int, default=16, help="images of each process")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--preset", default="quick")
    arguments = parser.parse_args()
    if shutil.which("mpirun") is None:
        print("SKIPPED: there is no mpirun")
        return 77
    n, ratios, together, alone = arguments.processes, [], [], []
    for pair in range(arguments.pairs):
        def group():
            together.append(images_per_second(arguments, n, 1, arguments.batch))

        def one():
            alone.append(images_per_second(arguments, 1, n, arguments.batch * n))

        for measure in ((group, one) if pair % 2 == 0 else (one, group)):
            measure()
        ratios.append(together[-1] / alone[-1])
    print(f"{arguments.preset}, {arguments.batch * n} images in each step: {n} processes of one thread "
          f"{statistics.median(together):.1f} images/s, one process of {n} threads "
          f"{statistics.median(alone):.1f} images/s, ratio {statistics.median(ratios):.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f}, {arguments.pairs} pairs)")
    sys.stdout.flush()
    if os.path.exists(LATENCY):
        subprocess.run([*MPIRUN, "-n", str(n), LATENCY], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
