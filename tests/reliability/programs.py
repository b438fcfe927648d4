"""What the reliability tests share: the command line program, small runs, and their metrics."""
import json
import os
import pathlib
import subprocess

STEPS = 200

# Everything that could make two trainings differ is fixed.
SETTINGS = ["base_width=8", "groups=4", "image_limit=200", "timesteps=50", "preview_seconds=0.2", "save_every_steps=7",
            "keep_checkpoints=2", "precision=float32", "layout=channels-last"]


class Failure(Exception):
    """A property that a run should have, and has not."""


def check(condition, text):
    if not condition:
        raise Failure(text)


class Program:
    """denoise-lab-cli with its own environment."""

    def __init__(self, path, **variables):
        self.path = path
        self.environment = {**os.environ, "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", **variables}

    def start(self, *arguments, **options):
        return subprocess.Popen([self.path, *map(str, arguments)], env=self.environment, stdin=subprocess.DEVNULL,
                                **options)

    def run(self, *arguments, timeout=120):
        """Exit status, stdout and stderr. A program that hangs is a failure."""
        try:
            done = subprocess.run([self.path, *map(str, arguments)], env=self.environment, capture_output=True,
                                  text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"it hangs: {' '.join(map(str, arguments))}") from None
        return done.returncode, done.stdout, done.stderr


def new_run(run, steps=STEPS, settings=()):
    arguments = ["train", "--dataset", "glyphs", "--preset", "tiny", "--out", run, "--steps", steps, "--batch", 8,
                 "--threads", 1]
    for setting in [*SETTINGS, *settings]:
        arguments += ["--set", setting]
    return arguments


def resumed(run, steps=STEPS):
    return ["train", "--resume", run, "--steps", steps, "--threads", 1]


def all_losses(run):
    """The lines of metrics.jsonl as (step, loss), also of steps that were repeated. An incomplete line is left out."""
    path = pathlib.Path(run) / "metrics.jsonl"
    losses = []
    for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
        try:
            entry = json.loads(line)
            losses.append((entry["step"], entry["loss"]))
        except (ValueError, KeyError, TypeError):
            pass
    return losses


def check_losses(run, expected, last=None):
    """Every loss of `run`, also of repeated steps, is that of the undisturbed run bit for bit, and none is missing."""
    losses = all_losses(run)
    for step, loss in losses:
        check(loss == expected[step], f"step {step} has the loss {loss}, but {expected[step]} in an undisturbed run")
    if last is not None:
        missing = set(range(1, last + 1)) - {step for step, _ in losses}
        check(not missing, f"the metrics lack the steps {sorted(missing)[:5]}")


def checkpoint_step(run):
    """The step of the newest checkpoint; -1 without one."""
    steps = [int(path.stem) for path in (pathlib.Path(run) / "checkpoints").glob("*.safetensors")]
    return max(steps, default=-1)
