#!/usr/bin/env python3
"""Kills the program at random moments of train, sample, convert and caching, and checks that nothing is lost.

    kill_test.py DENOISE_LAB_CLI [--kills N] [--seed S] [--folder FOLDER]

After each kill -9 of a training, the run must resume at its last checkpoint without an error or a warning. Its losses
must be those of an undisturbed run of the same seed, bit for bit. A killed sample or convert must leave a complete file
or none. After a killed load, the cache must continue with the same images. Python's standard library is enough.
"""
import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from programs import (STEPS, Failure, Program, all_losses, check, check_losses, checkpoint_step, new_run, resumed)


def train_until_killed(program, arguments, random_numbers):
    """Kills a training after a random number of its events. Returns whether it was killed, and the last checkpoint
    that it has reported."""
    process = program.start(*arguments, "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    events = random_numbers.choice([0, random_numbers.randrange(1, 20), random_numbers.randrange(1, STEPS)])
    if events == 0:  # while it starts
        time.sleep(random_numbers.uniform(0, 1))
    reported = -1
    for _ in range(events):
        line = process.stdout.readline()
        if not line:
            break
        event = json.loads(line)
        if event.get("event") == "checkpoint":
            reported = event["step"]
    time.sleep(random_numbers.uniform(0, 0.02))
    process.kill()
    _, errors = process.communicate()
    check(process.returncode in (-9, 0), f"it ended with {process.returncode} before it was killed: {errors}")
    return process.returncode == -9, reported


def kill_trainings(program, folder, kills, expected, random_numbers):
    run = folder / "run"
    done = runs = 0
    while done < kills:
        if run.exists():
            shutil.rmtree(run)
        runs += 1
        finished = False
        while not finished and done < kills:
            # Without a run.json, the kill came before the first checkpoint, and the folder can be used again.
            is_run = (run / "run.json").exists()
            killed, reported = train_until_killed(program, resumed(run) if is_run else new_run(run), random_numbers)
            done += killed
            check_run(program, run, reported, expected)
            finished = checkpoint_step(run) >= STEPS
        if not finished:
            status, _, errors = program.run(*(resumed(run) if (run / "run.json").exists() else new_run(run)))
            check(status == 0 and errors == "", f"the run does not end: {status} {errors}")
        check_losses(run, expected, STEPS)
    print(f"{done} kills of {runs} trainings: all resumed, all losses equal")


def check_run(program, run, reported, expected):
    check(checkpoint_step(run) >= reported, f"the checkpoint of step {reported} was reported and is missing")
    check_losses(run, expected)
    if not (run / "run.json").exists():
        return
    status, output, errors = program.run("info", run, "--json")
    check(status == 0 and errors == "", f"info: {status} {errors}")
    check(json.loads(output)["step"] == checkpoint_step(run), "info does not show the newest checkpoint")


def kill_others(program, folder, kills, random_numbers):
    """Kills sample and convert. Whatever has their name afterwards is complete."""
    run = folder / "whole"
    before = {path.name: path.read_bytes() for path in (run / "checkpoints").iterdir()}
    commands = {
        "grid.png": ["sample", run, "--count", 8, "--steps", 5, "--out"],
        "film.gif": ["sample", run, "--count", 4, "--steps", 10, "--out"],
        "weights.safetensors": ["convert", run, "--to", "safetensors", "--out"],
    }
    complete = 0
    for _ in range(kills):
        name = random_numbers.choice(list(commands))
        target = folder / "out" / name
        target.parent.mkdir(exist_ok=True)
        process = program.start(*commands[name], target, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random_numbers.uniform(0.05, 1.2))
        process.kill()
        process.wait()
        if target.exists():
            complete += 1
            check_complete(program, target)
        shutil.rmtree(target.parent)
    after = {path.name: path.read_bytes() for path in (run / "checkpoints").iterdir()}
    check(before == after, "sampling or converting has changed the run")
    print(f"{kills} kills of sample and convert: {complete} complete files, no damaged one")


def kill_caching(program, folder, kills, random_numbers):
    """Kills the decoding of pictures into the cache. The next load must continue, and read the same images as a load
    without the cache. Some finished files are damaged, too, and must be noticed."""
    pictures = folder / "pictures"
    for number in range(1500):
        path = pictures / f"class {number % 3}" / f"{number}.ppm"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"P6 48 48 255\n" + random_numbers.randbytes(48 * 48 * 3))
    cache = pathlib.Path(program.environment["XDG_CACHE_HOME"]) / "denoise-lab" / "datasets"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "settings.json").write_text('{"least_seconds": 0}')
    command = ["prepare", pictures, "--json"]

    def load(**variables):
        other = Program(program.path, **{**program.environment, **variables})
        status, output, errors = other.run(*command)
        check(status == 0, f"{status} {output} {errors}")
        return json.loads(output)

    def data_file():
        return next((path for path in cache.glob("*/pixels")), None)

    expected = load(DENOISE_LAB_DATASET_CACHE="off")
    check(data_file() is None, "the cache is not off")
    begun = time.monotonic()
    check(load() == expected, "the first load with the cache differs")
    duration = time.monotonic() - begun
    done = damaged = partly = 0
    while done < kills:
        if random_numbers.random() < 0.7 or not list(cache.glob("*/index")):
            program.run("cache", "--clear")
        process = program.start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(random_numbers.choice([1, 1, 3])):
            if random_numbers.random() < 0.7:  # while it decodes, and not while it starts
                while process.poll() is None and not any(cache.glob("*/progress")):
                    time.sleep(0.001)
                time.sleep(random_numbers.uniform(0, duration / 4))
            else:
                time.sleep(random_numbers.uniform(0, duration))
            process.kill()
            process.wait()
            done += 1
            partly += any(cache.glob("*/progress"))
            process = program.start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.kill()
        process.wait()
        file = data_file()
        if file and file.stat().st_size > 0 and random_numbers.random() < 0.5:
            with open(file, "r+b") as damage:
                damage.seek(random_numbers.randrange(file.stat().st_size))
                damage.write(random_numbers.randbytes(3))
            damaged += 1
        check(load() == expected, "a load after a kill differs")
    program.run("cache", "--clear")
    shutil.rmtree(pictures)
    print(f"{done} kills while caching ({partly} with images left to decode), {damaged} damaged files: always the same "
          "images")


def check_complete(program, target):
    data = target.read_bytes()
    ends = {".png": b"IEND\xaeB`\x82", ".gif": b";"}
    if target.suffix in ends:
        check(data.endswith(ends[target.suffix]), f"{target.name} is cut short")
    else:
        status, _, errors = program.run("info", target)
        check(status == 0, f"{target.name}: {errors}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--folder", help="where to work, which is kept; default: a temporary folder")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    random_numbers = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="denoise-lab-kills-") as temporary:
        folder = pathlib.Path(options.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        program = Program(options.program, XDG_CACHE_HOME=str(folder / "cache"))
        status, _, errors = program.run(*new_run(folder / "whole"))
        check(status == 0, errors)
        expected = dict(all_losses(folder / "whole"))
        check(len(expected) == STEPS, "the undisturbed run is not complete")
        kill_trainings(program, folder, options.kills, expected, random_numbers)
        kill_others(program, folder, (options.kills + 2) // 3, random_numbers)
        kill_caching(program, folder, options.kills, random_numbers)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
