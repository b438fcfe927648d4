"""The programs under test, and what the tests of this folder share."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy
import torch

# Nothing here is to be fetched from anywhere.
os.environ["HF_HUB_OFFLINE"] = "1"

# A torchvision that was built for another PyTorch brings no operators, but the networks in it need none: it can be
# imported once it is kept from describing them.
_register_fake = torch.library.register_fake


def _register_fake_of_others(operator, *arguments, **options):
    if isinstance(operator, str) and operator.startswith("torchvision::"):
        return lambda function: function
    return _register_fake(operator, *arguments, **options)


torch.library.register_fake = _register_fake_of_others

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def run(program, *arguments):
    """Runs a program of ours and fails with what it said."""
    command = [os.environ[program], *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\nended with {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def cli(*arguments):
    return run("DENOISE_LAB_CLI", *arguments)


def save(path, array):
    numpy.save(path, numpy.ascontiguousarray(array, dtype=numpy.float32))
    return path


def noise(shape, seed):
    """float32 numbers that are the same on every machine."""
    return numpy.random.default_rng(seed).standard_normal(shape).astype(numpy.float32)


def largest_difference(ours, theirs):
    """Largest difference relative to max(1, |x|)."""
    ours, theirs = numpy.asarray(ours, dtype=numpy.float64), numpy.asarray(theirs, dtype=numpy.float64)
    if ours.shape != theirs.shape:
        raise AssertionError(f"shapes differ: {ours.shape} and {theirs.shape}")
    if not numpy.isfinite(theirs).all():
        raise AssertionError("the reference itself is not finite")
    difference = numpy.abs(ours - theirs) / numpy.maximum(1, numpy.abs(theirs))
    return float("inf") if numpy.isnan(difference).any() else float(difference.max())


class InteropTest(unittest.TestCase):
    """A test with a folder of its own. Collects the largest difference of what it compares for the report."""

    largest = {}

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="denoise-lab-interop-")
        self.folder = Path(self._folder.name)

    def tearDown(self):
        self._folder.cleanup()

    def expect_close(self, ours, theirs, tolerance, what):
        difference = largest_difference(ours, theirs)
        group = f"{type(self).__name__}.{self._testMethodName}"
        InteropTest.largest[group] = max(InteropTest.largest.get(group, 0), difference)
        self.assertLessEqual(difference, tolerance, what)

    def sampler_steps(self, cases):
        """Runs each case in interop_sampler_steps and returns their arrays."""
        for number, case in enumerate(cases):
            case["out"] = str(self.folder / f"case-{number}.npy")
        path = self.folder / "cases.json"
        path.write_text(json.dumps(cases))
        run("DENOISE_LAB_SAMPLER_STEPS", path)
        return [numpy.load(case["out"]) for case in cases]


def report():
    for test, difference in sorted(InteropTest.largest.items()):
        print(f"largest difference in {test}: {difference:.2e}", file=sys.stderr)
