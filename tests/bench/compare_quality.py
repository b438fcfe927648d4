"""Compares the samples of this program and of other programs after the same time of training, by their Frechet distance.

Each program trains with one thread on the same pictures, with the defaults of its own example, beside one other program at a
time: lucidrains' trainer beside ours, and diffusers' example beside ours again, so that the two distances of ours show how
much they vary. The samples are drawn in the same number of steps, and all are judged by frechet_of_images, which also gives
the distance of as many real images. Run it with packaging/bench.sh --quality.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CLI = os.environ.get("DENOISE_LAB_CLI", "denoise-lab-cli")
FRECHET = os.environ.get("DENOISE_LAB_FRECHET", "frechet_of_images")


def ours(arguments, out, seed):
    run = out / f"run-{seed}"
    return [[CLI, "train", "--dataset", arguments.images, "--minutes", arguments.minutes, "--threads", "1", "--seed", seed,
             "--out", run],
            [CLI, "sample", run, "--count", arguments.samples, "--steps", arguments.steps, "--threads", "1",
             "--out", f"{out}/ours-{seed}/"]]


def lucidrains(arguments, out):
    return [[sys.executable, HERE / "lucidrains_example.py", arguments.images, arguments.minutes, "1", arguments.samples,
             arguments.steps, out / "lucidrains"]]


def diffusers(arguments, out):
    model = out / "diffusers-model"
    return [[sys.executable, HERE / "diffusers_example.py", arguments.images, arguments.minutes, "1", model],
            [CLI, "sample", model, "--count", arguments.samples, "--steps", arguments.steps, "--threads", "1",
             "--out", f"{out}/diffusers/"]]


def side_by_side(*programs):
    """Runs the commands of each program one after the other, and the programs at the same time. Returns what they print."""
    scripts = [" && ".join(" ".join(f"'{word}'" for word in command) for command in commands) for commands in programs]
    running = [subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
               for script in scripts]
    outputs = [process.communicate()[0] for process in running]
    for process, output in zip(running, outputs):
        if process.returncode != 0:
            sys.exit(output)
    return outputs


def steps_of(output):
    """The line of a program that has the number of its training steps."""
    lines = [line.split("\r")[-1].strip() for line in output.splitlines() if "step" in line]
    return lines[-1] if lines else ""


def judged(arguments, folder):
    result = subprocess.run([FRECHET, str(folder), arguments.images], capture_output=True, text=True)
    return result.stdout.strip() if result.returncode == 0 else sys.exit(result.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", help="a folder of pictures, with a subfolder for each class")
    parser.add_argument("--minutes", default="10")
    parser.add_argument("--samples", default="200")
    parser.add_argument("--steps", default="20")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        for names, programs in [(("lucidrains", "ours-0"), (lucidrains(arguments, out), ours(arguments, out, "0"))),
                                (("diffusers", "ours-1"), (diffusers(arguments, out), ours(arguments, out, "1")))]:
            for name, output in zip(names, side_by_side(*programs)):
                print(f"{name}: {judged(arguments, out / name)}\n    {steps_of(output)}", flush=True)


if __name__ == "__main__":
    main()
