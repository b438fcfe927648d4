#!/usr/bin/env python3
"""Lets each call fail once with which a run is saved or loaded, and checks that nothing is lost.

    fault_test.py DENOISE_LAB_CLI FAIL_IO.so [--every N] [--allocations N] [--folder FOLDER]

open, read, write, fsync, rename, remove, mkdir, mmap and others on the files of a small run fail with ENOSPC and EIO:
the k-th call alone, for each k, or the k-th call and all that follow. Then allocations of memory while files are read
and written fail, N of each command. Last, a disk is full now and then. Each command must then succeed, or end with one error of
three lines; it must not crash or hang. The run must resume, with the losses of an undisturbed run. --every N tests each
N-th call. Python's standard library is enough.
"""
import argparse
import errno
import pathlib
import shutil
import sys
import tempfile

import programs
from faults import Faults, check_messages
from programs import Failure, Program, all_losses, check, check_losses, checkpoint_step, resumed

SHORT, WHOLE = 9, 20  # steps of the run that is resumed, and of a whole one
CONSTANT_RATE = ["anneal=no", "warmup=0"]  # the learning rate does not depend on the number of steps


def new_run(run, steps=WHOLE):
    return programs.new_run(run, steps, CONSTANT_RATE)


class Case:
    """A command on a copy of `template` (None: without a run)."""

    def __init__(self, name, command, template=None, trains=True):
        self.name, self.command, self.template, self.trains = name, command, template, trains


def run_with_fault(options, folder, case, number, reason, rest=False, **more):
    """Runs the case with a fault at call `number` (0: none). Returns the number of calls and what failed."""
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    run = work / "run"
    if case.template:
        shutil.copytree(case.template, run)
    faults = Faults(options.library, work, folder / "log", number, reason, rest, **more)
    program = Program(options.program, XDG_CACHE_HOME=str(folder / "cache"), **faults.variables)
    status, _, errors = program.run(*case.command(run))
    calls, failed = faults.outcome()
    check_messages(status, errors)
    return status, calls, failed


def check_run_afterwards(options, folder, case, expected):
    """Without faults, the run goes on, or can be started again."""
    run = folder / "work" / "run"
    program = Program(options.program, XDG_CACHE_HOME=str(folder / "cache"))
    is_run = (run / "run.json").exists()
    check(is_run or not case.template, "the run is gone")
    check(not is_run or checkpoint_step(run) >= 0, "a run without a checkpoint is left behind")
    if checkpoint_step(run) < WHOLE:
        status, _, errors = program.run(*(resumed(run, WHOLE) if is_run else new_run(run)))
        check(status == 0 and errors == "", f"it does not go on: {errors}")
    check_losses(run, expected)
    check(checkpoint_step(run) == WHOLE, "the last checkpoint is missing")
    left = [path.name for path in run.rglob(".tmp-*")]
    check(not left, f"temporary files are left behind: {left}")


def test(options, folder, case, expected):
    _, calls, _ = run_with_fault(options, folder, case, 0, 0, False)
    check(calls > 0, f"{case.name}: no calls were seen")
    tested = failures = 0
    for number in range(1, calls + 1, options.every):
        for reason, rest in ((errno.ENOSPC, False), (errno.EIO, False), (errno.ENOSPC, True)):
            if options.every > 1 and (number // options.every + (reason == errno.EIO) + rest) % 3:
                continue  # one of the three for each call
            kind = f"{case.name}, call {number} of {calls}, {errno.errorcode[reason]}{' from then on' * rest}"
            try:
                status, _, failed = run_with_fault(options, folder, case, number, reason, rest)
                if case.trains:
                    check_run_afterwards(options, folder, case, expected)
            except Failure as failure:
                raise Failure(f"{kind}: {failure}") from None
            tested += 1
            failures += status
            if options.verbose:
                print(f"{kind} ({failed}): {'error' if status else 'success'}")
    print(f"{case.name}: {calls} calls, {tested} faults, {failures} of them ended the command")


def test_memory(options, folder, case, expected):
    """Lets single allocations fail, evenly spread over those of the command."""
    _, calls, _ = run_with_fault(options, folder, case, 0, 0, FAIL_MEMORY="1")
    check(calls > 0, f"{case.name}: no allocations were seen")
    failures = 0
    count = min(options.allocations, calls)
    for k in range(count):
        number = 1 + k * calls // count
        kind = f"{case.name}, allocation {number} of {calls}"
        try:
            status, _, failed = run_with_fault(options, folder, case, number, errno.ENOMEM, FAIL_MEMORY="1")
            if case.trains:
                check_run_afterwards(options, folder, case, expected)
        except Failure as failure:
            raise Failure(f"{kind}: {failure}") from None
        failures += status
        if options.verbose:
            print(f"{kind} ({failed}): {'error' if status else 'success'}")
    print(f"{case.name}: {calls} allocations, {count} failed, {failures} of them ended the command")


def test_changing_disk(options, folder, case, expected):
    """From the middle of the training on, the disk is full and has space again, all the time."""
    _, calls, _ = run_with_fault(options, folder, case, 0, 0)
    for period in (2, 5, 15):
        kind = f"{case.name}, {period} calls without space, {8 * period} with it"
        try:
            status, calls, _ = run_with_fault(options, folder, case, calls // 2, errno.ENOSPC, FAIL_PERIOD=str(period))
            check_run_afterwards(options, folder, case, expected)
        except Failure as failure:
            raise Failure(f"{kind}: {failure}") from None
        print(f"{kind}: {calls} calls, {'error' if status else 'success'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("library")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--allocations", type=int, default=40)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--folder", help="where to work, which is kept; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="denoise-lab-faults-") as temporary:
        folder = pathlib.Path(options.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        clean = Program(options.program, XDG_CACHE_HOME=str(folder / "cache"))
        for name, steps in (("whole", WHOLE), ("short", SHORT)):
            status, _, errors = clean.run(*new_run(folder / name, steps))
            check(status == 0, errors)
        expected = dict(all_losses(folder / "whole"))
        short = folder / "short"
        cases = [
            Case("train", new_run),
            Case("train --resume", lambda run: resumed(run, WHOLE), short),
            Case("info", lambda run: ["info", run], short, trains=False),
            Case("sample", lambda run: ["sample", run, "--count", 2, "--steps", 2, "--out", run.parent / "grid.png"],
                 short, trains=False),
            Case("convert", lambda run: ["convert", run, "--to", "diffusers", "--out", run.parent / "diffusers"],
                 short, trains=False),
        ]
        for case in cases:
            if options.every > 0:
                test(options, folder, case, expected)
            test_memory(options, folder, case, expected)
            if case.trains:
                test_changing_disk(options, folder, case, expected)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
