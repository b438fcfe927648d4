"""Compares Denoise Lab with the packages that it reads files from and writes files for, in both directions.

Run by prepare.sh, with the programs in the environment as tests/interop/CMakeLists.txt names them. Arguments are
unittest's, such as the name of a test class.
"""

import os
import sys
import unittest

import programs
from test_evaluation import Evaluation  # noqa: F401
from test_networks import Networks  # noqa: F401
from test_pipeline import Pipeline  # noqa: F401
from test_samplers import Samplers, Schedules  # noqa: F401

if __name__ == "__main__":
    for program in ("DENOISE_LAB_CLI", "DENOISE_LAB_SAMPLER_STEPS", "DENOISE_LAB_ENGINE_TESTS"):
        if not os.access(os.environ.get(program, ""), os.X_OK):
            sys.exit(f"{program} names no program: build them first, and see tests/interop/CMakeLists.txt")
    result = unittest.main(exit=False, verbosity=2, warnings="ignore").result
    programs.report()
    sys.exit(not result.wasSuccessful())
