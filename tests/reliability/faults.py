"""Runs of a program in which calls of the system fail, with the library of fail_io.cpp."""
from programs import check


class Faults:
    """Call `number` on the files of `folder` fails (0: none), and with `rest`, all that follow."""

    def __init__(self, library, folder, log, number, reason, rest=False, **more):
        self.log = log
        log.unlink(missing_ok=True)
        self.variables = {"FAIL_FOLDER": str(folder), "FAIL_CALL": str(number), "FAIL_ERRNO": str(reason),
                          "FAIL_LOG": str(log), "LD_PRELOAD": library, **more}
        if rest:
            self.variables["FAIL_REST"] = "1"

    def outcome(self):
        """The number of calls, and what failed."""
        failed, calls = "nothing", 0
        for line in self.log.read_text().splitlines() if self.log.exists() else []:
            count, what = line.split(" ", 1)
            if what == "calls":
                calls = int(count)
            else:
                failed = what
        return calls, failed


def check_messages(status, errors):
    """Success, or one error, and nothing on stderr but errors and warnings of three lines."""
    check(status in (0, 1), f"exit status {status}: {errors}")
    lines = errors.splitlines()
    kinds = []
    for first in range(0, len(lines), 3):
        block = lines[first:first + 3]
        check(len(block) == 3 and block[1].startswith("  why: ") and block[2].startswith("  do:  "),
              f"not a message of three lines: {errors}")
        kinds.append(block[0].split(":")[0])
    check(all(kind in ("error", "warning") for kind in kinds), errors)
    check(kinds.count("error") == status, f"{kinds.count('error')} errors with exit status {status}: {errors}")
