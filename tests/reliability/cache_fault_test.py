#!/usr/bin/env python3
"""Lets each call fail once with which the cache of decoded pictures is written or read, and checks the pictures.

    cache_fault_test.py DENOISE_LAB_CLI FAIL_IO.so [--every N] [--folder FOLDER]

The k-th call of the system on the files of the cache fails, for each k, alone or with all that follow, with ENOSPC or
EIO, or the program is killed there. A new entry is written, one that was cut off is continued, a complete one is read,
a damaged one is made again, an old one is removed for a new one. The pictures must be the same in every case, with at
most one note. Without the fault, the cache must then be as if nothing had happened, without any file that is left over.
--every N tests each N-th call. Python's standard library is enough.
"""
import argparse
import errno
import json
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import time
import zlib

from faults import Faults, check_messages
from programs import Failure, Program, check

PICTURES = 12
KILLED = -9
FINISHED = {"index", "pixels", "compact", "fingerprint"}  # files of an entry


def png(pixels, width, height):
    """A PNG file with 8-bit RGB pixels."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + pixels[y * width * 3:(y + 1) * width * 3] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_pictures(folder, coloured, damaged):
    """Pictures of 8 x 8 pixels. All of them are stored in colour; if none is `coloured`, they are grey."""
    folder.mkdir()
    for i in range(PICTURES):
        values = [(i * 37 + p * 5 + p * p % 7) % 256 for p in range(64)]
        pixels = bytes(v if not coloured or c == 0 else (v + 90 * c) % 256 for v in values for c in range(3))
        (folder / f"{i:02}.png").write_bytes(png(pixels, 8, 8))
    if damaged:
        (folder / "05.png").write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")


class Case:
    """`prepare` of `pictures` on a copy of the cache `template`; `limit`: its size in bytes."""

    def __init__(self, name, pictures, template=None, limit=None):
        self.name, self.pictures, self.template, self.limit = name, pictures, template, limit


class Test:
    def __init__(self, options, folder):
        self.options, self.folder, self.cache = options, folder, folder / "cache"
        self.entries = self.cache / "denoise-lab" / "datasets"
        self.expected = {}

    def fill_cache(self, case):
        shutil.rmtree(self.cache, ignore_errors=True)
        if case.template:
            shutil.copytree(case.template, self.cache)
        self.entries.mkdir(parents=True, exist_ok=True)
        settings = {"least_seconds": 0, **({"limit_bytes": case.limit} if case.limit else {})}
        (self.entries / "settings.json").write_text(json.dumps(settings))

    def program(self, **variables):
        return Program(self.options.program, XDG_CACHE_HOME=str(self.cache), **variables)

    def prepare(self, pictures, **variables):
        """Exit status, and what it says about the pictures, with all of them."""
        out = self.folder / "out.png"
        out.unlink(missing_ok=True)
        status, text, errors = self.program(**variables).run("prepare", pictures, "--json", "--count", PICTURES,
                                                             "--set", "image_size=8", "--out", out)
        if status == KILLED:
            return status, None, []
        check_messages(status, errors)
        check(status == 0 and errors == "", f"the pictures cannot be loaded: {errors}")
        facts = json.loads(text)
        notes = facts.pop("notes")
        return status, (facts, out.read_bytes()), notes

    def with_fault(self, case, number, reason, rest):
        """The number of calls, what failed, and whether that was told."""
        self.fill_cache(case)
        faults = Faults(self.options.library, self.entries, self.folder / "log", number, reason, rest,
                        FAIL_REMOVAL="1")
        status, images, notes = self.prepare(case.pictures, **faults.variables)
        check(status == 0 or (number > 0 and reason == 0), f"exit status {status}")
        if status == 0:
            check(images == self.expected[case.pictures], "other pictures")
            check(len(notes) <= 1, f"more than one note: {notes}")
            check(all("not cached" in note for note in notes), f"{notes}")
        calls, failed = faults.outcome()
        return calls, failed, len(notes) > 0

    def check_afterwards(self, case):
        """Without a fault, the entry is complete, and nothing else is left."""
        _, images, notes = self.prepare(case.pictures)
        check(images == self.expected[case.pictures], "other pictures afterwards")
        check(not notes, f"it is not cached afterwards: {notes}")
        status, text, errors = self.program().run("cache", "--json")
        check(status == 0 and errors == "", errors)
        entries = json.loads(text)["entries"]
        complete = [entry for entry in entries if entry["complete"] and entry["source"] == str(case.pictures)]
        check(len(complete) == 1 and len(entries) == 1, f"other entries: {entries}")
        for path in self.entries.rglob("*"):
            name, parent = path.name, path.parent
            expected = name == "settings.json" or name.endswith(".lock") or path.is_dir() if parent == self.entries \
                else name in FINISHED
            check(expected, f"left behind: {path.relative_to(self.entries)}")
        # The empty lock of an entry that is gone is removed when the next entry is written.
        check(len(list(self.entries.glob("*.lock"))) <= 2, "locks of no entries are left behind")

    def run(self, case):
        calls, _, _ = self.with_fault(case, 0, 0, False)
        check(calls > 0, f"{case.name}: no calls were seen")
        self.check_afterwards(case)
        tested = told = 0
        kinds = ((errno.ENOSPC, False), (errno.EIO, False), (errno.EIO, True), (0, False))
        for number in range(1, calls + 1, self.options.every):
            for k, (reason, rest) in enumerate(kinds):
                if self.options.every > 1 and (number // self.options.every + k) % len(kinds):
                    continue  # one of them for each call
                kind = f"{case.name}, call {number} of {calls}, " + (
                    errno.errorcode[reason] + " from then on" * rest if reason else "killed")
                failed = "?"
                try:
                    _, failed, noted = self.with_fault(case, number, reason, rest)
                    self.check_afterwards(case)
                except Failure as failure:
                    raise Failure(f"{kind} ({failed}): {failure}") from None
                tested += 1
                told += noted
                if self.options.verbose:
                    print(f"{kind} ({failed}): {'not cached' if noted else 'cached'}")
        print(f"{case.name}: {calls} calls, {tested} faults, {told} of them with a note")

    def run_limit(self, template):
        """`cache --limit` removes an entry, and its settings are the old or the new ones."""
        case = Case("cache --limit", None, template)

        def limit(number, reason, rest):
            self.fill_cache(case)
            faults = Faults(self.options.library, self.entries, self.folder / "log", number, reason, rest,
                            FAIL_REMOVAL="1")
            status, _, errors = self.program(**faults.variables).run("cache", "--limit", "1kB")
            check_messages(status, errors)
            settings = json.loads((self.entries / "settings.json").read_text())
            check(settings in ({"least_seconds": 0}, {"least_seconds": 0, "limit_bytes": 1000}), f"{settings}")
            check(status != 0 or "limit_bytes" in settings, "the limit is lost")
            return faults.outcome()[0]

        calls = limit(0, 0, False)
        for number in range(1, calls + 1, self.options.every):
            for reason, rest in ((errno.ENOSPC, False), (errno.EIO, True)):
                try:
                    limit(number, reason, rest)
                except Failure as failure:
                    raise Failure(f"{case.name}, call {number} of {calls}: {failure}") from None
        print(f"{case.name}: {calls} calls")

    def make_template(self, name, case, change=None):
        """The cache after `case`, and after `change` of the folder of its entry."""
        self.fill_cache(case)
        _, images, _ = self.prepare(case.pictures)
        check(images == self.expected[case.pictures], "other pictures with the cache")
        if change:
            change(next(path for path in self.entries.iterdir() if path.is_dir()))
        shutil.copytree(self.cache, self.folder / name)
        return self.folder / name

    def make_cut_off(self, name, case):
        """The cache of a program that was killed when about half of the pictures were decoded."""
        calls, _, _ = self.with_fault(case, 0, 0, False)
        for number in range(calls, 0, -1):
            self.with_fault(case, number, 0, False)
            if list(self.entries.glob("*/progress")) and not list(self.entries.glob("*/index")):
                break
        progress = next(self.entries.glob("*/progress"))
        with open(progress, "r+b") as file:
            file.truncate(progress.stat().st_size - 24 * (PICTURES // 2) - 5)
        shutil.copytree(self.cache, self.folder / name)
        return self.folder / name


def damage(entry):
    data = next(path for path in entry.iterdir() if path.name in ("pixels", "compact"))
    with open(data, "r+b") as file:
        file.seek(100)
        file.write(b"damaged")


def make_old(entry):
    os.utime(entry / "index", (time.time() - 1000,) * 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("library")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--folder", help="where to work, which is kept; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="denoise-lab-cache-faults-") as temporary:
        folder = pathlib.Path(options.folder or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        test = Test(options, folder)
        colour, grey = folder / "colour", folder / "grey"
        write_pictures(colour, True, False)
        write_pictures(grey, False, True)
        for pictures in (colour, grey):
            _, images, notes = test.prepare(pictures, DENOISE_LAB_DATASET_CACHE="off")
            check(not notes, f"{notes}")
            test.expected[pictures] = images
        new, new_grey = Case("a new entry", colour), Case("a new entry, reduced", grey)
        complete = test.make_template("complete", new)
        for case in (
                new, new_grey,
                Case("a complete entry", colour, complete),
                Case("an entry that was cut off", grey, test.make_cut_off("cut-off", new_grey)),
                Case("a damaged entry", grey, test.make_template("damaged", new_grey, damage)),
                Case("an old entry in the way", colour, test.make_template("old", new_grey, make_old), 13_000)):
            test.run(case)
        test.run_limit(complete)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
