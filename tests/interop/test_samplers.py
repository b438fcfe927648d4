"""Schedules and samplers, number by number, on a denoiser that is a formula.

Where diffusers has a fault, ours is checked against the formula of the paper instead, and the test says so.
"""

import itertools
from unittest import mock

import numpy
import torch
from diffusers import (DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler,
                       HeunDiscreteScheduler, PNDMScheduler, UniPCMultistepScheduler)

import reference
from programs import InteropTest, noise, save

TOLERANCE = 1e-5
SHAPE = (2, 3, 4, 5)
SPACINGS = ("leading", "linspace", "trailing")
# Our name, and what diffusers' schedulers are given for it.
SCHEDULES = {
    "linear": dict(beta_schedule="linear"),
    "quadratic": dict(beta_schedule="scaled_linear"),
    "cosine": dict(beta_schedule="squaredcos_cap_v2"),
    "sigmoid_beta": dict(beta_schedule="sigmoid"),
    "laplace": dict(beta_schedule="laplace"),
}
ENDS = dict(beta_start=1e-4, beta_end=0.02)
PREDICTIONS = {"eps": "epsilon", "x0": "sample", "v": "v_prediction"}


def exact(scheduler, schedule="linear"):
    """The scheduler with its tables in float64. diffusers has them in float32, which leaves five digits of alpha_bar at the
    end of the cosine schedule; Schedules.test_tables() compares those."""
    alpha_bar = torch.from_numpy(reference.alpha_bar(schedule, scheduler.config.num_train_timesteps))
    scheduler.alphas_cumprod = alpha_bar
    if hasattr(scheduler, "lambda_t"):
        scheduler.alpha_t, scheduler.sigma_t = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
        scheduler.lambda_t = scheduler.alpha_t.log() - scheduler.sigma_t.log()
    return scheduler


def integers(timesteps):
    return [int(t) for t in timesteps]


class Schedules(InteropTest):
    def test_tables(self):
        cases, theirs = [], []
        for name, timesteps, rescaled in itertools.product(SCHEDULES, (1000, 200), (False, True)):
            if name == "laplace":
                continue
            cases.append({"table": True, "schedule": name, "timesteps": timesteps, "zero_terminal_snr": rescaled})
            theirs.append(DDPMScheduler(num_train_timesteps=timesteps, rescale_betas_zero_snr=rescaled, **ENDS,
                                        **SCHEDULES[name]).alphas_cumprod)
        for ours, reference_table, case in zip(self.sampler_steps(cases), theirs, cases):
            self.expect_close(ours, reference_table, TOLERANCE, case)
            if not case["zero_terminal_snr"]:
                exact_table = reference.alpha_bar(case["schedule"], case["timesteps"])
                self.expect_close(ours / exact_table, numpy.ones_like(exact_table), 1e-6, f"relative, {case}")

    def test_laplace(self):
        # diffusers takes the root of the alpha_bar that the log SNR of the paper stands for, which is alpha.
        ours, = self.sampler_steps([{"table": True, "schedule": "laplace"}])
        u = numpy.arange(1001) / 1000
        snr = numpy.exp(-0.5 * numpy.copysign(1, 0.5 - u) * numpy.log(1 - 2 * numpy.abs(0.5 - u) + 1e-6))
        beta = numpy.minimum(1 - (snr[1:] / (1 + snr[1:])) / (snr[:-1] / (1 + snr[:-1])), 0.999)
        self.expect_close(ours, numpy.cumprod(1 - beta), 1e-6, "formula")
        theirs = DDPMScheduler(**SCHEDULES["laplace"]).alphas_cumprod
        self.expect_close(ours[:-1], theirs[:-1] ** 2, TOLERANCE, "diffusers' alpha_bar squared")

    def test_spaced_timesteps(self):
        choices = list(itertools.product(SPACINGS, (1000, 200), (1, 2, 7, 10, 16, 50, 64, 200)))
        cases = [{"spacing": spacing, "timesteps": timesteps, "steps": steps} for spacing, timesteps, steps in choices]
        for ours, (spacing, timesteps, steps) in zip(self.sampler_steps(cases), choices):
            if spacing == "linspace" and steps == 1:
                continue  # diffusers would start at t = 0, the cleanest
            scheduler = DDPMScheduler(num_train_timesteps=timesteps, timestep_spacing=spacing)
            scheduler.set_timesteps(steps)
            self.assertEqual(integers(ours), integers(scheduler.timesteps), f"{steps} of {timesteps}, {spacing}")

    def test_karras_timesteps(self):
        choices = (2, 5, 10, 20, 50)
        cases = [{"spacing": "karras", "timesteps": 1000, "steps": steps} for steps in choices]
        for ours, steps in zip(self.sampler_steps(cases), choices):
            scheduler = DPMSolverMultistepScheduler(**ENDS, use_karras_sigmas=True)
            scheduler.set_timesteps(steps)
            self.assertEqual(integers(ours), integers(scheduler.timesteps), f"{steps} steps")


class Samplers(InteropTest):
    def setUp(self):
        super().setUp()
        self.cases, self.expected = [], []
        self.x, self.z = noise(SHAPE, seed=1), noise((60, *SHAPE), seed=2)
        self.files = {"x": str(save(self.folder / "x.npy", self.x)), "z": str(save(self.folder / "z.npy", self.z))}

    def add(self, sampler, plan, expected, schedule="linear", **options):
        """A case with the x of every step and x_0 as they should be."""
        self.cases.append({"sampler": sampler, "plan": integers(plan), "schedule": schedule, **self.files, **options})
        self.expected.append(numpy.stack([self.x, *expected]))

    def compare(self):
        self.assertTrue(self.cases)
        for ours, expected, case in zip(self.sampler_steps(self.cases), self.expected, self.cases):
            what = {key: value for key, value in case.items() if key not in ("plan", "x", "z", "out")}
            with self.subTest(what):
                self.assertEqual(len(ours), len(case["plan"]) + 1)
                self.expect_close(ours, expected, TOLERANCE, what)

    def follow(self, scheduler, visit=None, learned=False, x=None, **noise_options):
        """x after each of the scheduler's steps, as float32 tensors go through it."""
        x = torch.from_numpy(self.x) if x is None else x
        for i, t in enumerate(scheduler.timesteps):
            answer = reference.formula(scheduler.scale_model_input(x, t), float(t), learned)
            options = {key: torch.from_numpy(value(i)) for key, value in noise_options.items()}
            x = scheduler.step(answer, t, x, **options).prev_sample
            yield visit(x, i) if visit else x.numpy()

    # -------------------------------------------------------------------------------------------- ancestral

    def follow_ddpm(self, scheduler, learned=False):
        draws = iter(torch.from_numpy(self.z))
        with mock.patch("diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *_, **__: next(draws)):
            return list(self.follow(scheduler, learned=learned))

    def test_ddpm(self):
        kinds = {"beta_tilde": "fixed_small", "beta": "fixed_large", "learned": "learned_range"}
        for (ours, theirs), spacing, steps in itertools.product(kinds.items(), SPACINGS, (10, 50)):
            scheduler = exact(DDPMScheduler(**ENDS, variance_type=theirs, clip_sample=False, timestep_spacing=spacing))
            scheduler.set_timesteps(steps)
            expected = self.follow_ddpm(scheduler, learned=ours == "learned")
            if scheduler.timesteps[-1] > 0:
                # diffusers asks whether t > 0 and not whether the step is the last one: with trailing spacing it leaves
                # noise in the result. Without it the step ends at x_0.
                alpha_bar = reference.alpha_bar("linear", 1000)
                expected[-1] = reference.x0_of(expected[-2], int(scheduler.timesteps[-1]), alpha_bar)
            self.add("ddpm", scheduler.timesteps, expected, variance=ours)
        self.compare()

    def test_ddpm_with_every_schedule_and_prediction(self):
        for schedule, prediction in itertools.product(SCHEDULES, PREDICTIONS):
            if schedule == "laplace":
                continue  # see Schedules.test_laplace
            scheduler = exact(DDPMScheduler(**ENDS, **SCHEDULES[schedule], clip_sample=False,
                                            prediction_type=PREDICTIONS[prediction]), schedule)
            scheduler.set_timesteps(20)
            self.add("ddpm", scheduler.timesteps, self.follow_ddpm(scheduler), schedule, prediction=prediction)
        scheduler = DDPMScheduler(**ENDS, clip_sample=False, prediction_type="v_prediction",
                                  rescale_betas_zero_snr=True, timestep_spacing="linspace")
        scheduler.set_timesteps(20)
        self.add("ddpm", scheduler.timesteps, self.follow_ddpm(scheduler), prediction="v", zero_terminal_snr=True)
        self.compare()

    def test_ddpm_with_all_timesteps(self):
        scheduler = exact(DDPMScheduler(**ENDS, num_train_timesteps=50, clip_sample=False))
        self.add("ddpm", scheduler.timesteps, self.follow_ddpm(scheduler), timesteps=50)
        self.compare()

    # -------------------------------------------------------------------------------------------- DDIM

    def test_ddim(self):
        for eta, spacing, schedule in itertools.product((0.0, 1.0), ("leading", "trailing"),
                                                        ("linear", "quadratic", "cosine")):
            scheduler = exact(DDIMScheduler(**ENDS, **SCHEDULES[schedule], clip_sample=False,
                                            timestep_spacing=spacing), schedule)
            for steps in (10, 50):
                scheduler.set_timesteps(steps)
                expected = list(self.follow_ddim(scheduler, eta))
                self.add("ddim", scheduler.timesteps, expected, schedule, eta=eta)
        scheduler = DDIMScheduler(**ENDS, clip_sample=False, prediction_type="v_prediction",
                                  rescale_betas_zero_snr=True, timestep_spacing="trailing")
        scheduler.set_timesteps(10)
        self.add("ddim", scheduler.timesteps, list(self.follow_ddim(scheduler, 0.0)), prediction="v",
                 zero_terminal_snr=True)
        self.compare()

    def follow_ddim(self, scheduler, eta):
        x = torch.from_numpy(self.x)
        for i, t in enumerate(scheduler.timesteps):
            answer = reference.formula(x, float(t))
            options = {"variance_noise": torch.from_numpy(self.z[i])} if eta > 0 else {}
            x = scheduler.step(answer, t, x, eta=eta, **options).prev_sample
            yield x.numpy()

    def test_ddim_with_linspace_against_the_formula(self):
        # diffusers' DDIM takes t - T // N for the next timestep, which linspace spacing does not visit.
        alpha_bar = reference.alpha_bar("linear", 1000)
        for eta, steps in itertools.product((0.0, 1.0), (10, 38)):
            scheduler = exact(DDIMScheduler(**ENDS, clip_sample=False, timestep_spacing="linspace"))
            scheduler.set_timesteps(steps)
            plan = integers(scheduler.timesteps)
            expected = reference.ddim(self.x, self.z, plan, alpha_bar, eta)
            theirs = list(self.follow_ddim(scheduler, eta))
            self.assertGreater(numpy.abs(theirs[0] - expected[0]).max(), 1e-3, "diffusers is mended: compare with it")
            self.add("ddim", plan, expected, eta=eta)
        # Where diffusers is right the formula is diffusers', so that it is a fair judge.
        scheduler = exact(DDIMScheduler(**ENDS, clip_sample=False, timestep_spacing="trailing"))
        scheduler.set_timesteps(10)
        formula = reference.ddim(self.x, self.z, integers(scheduler.timesteps), alpha_bar, 1.0)
        self.expect_close(formula, numpy.stack(list(self.follow_ddim(scheduler, 1.0))), TOLERANCE, "the formula")
        self.compare()

    # -------------------------------------------------------------------------------------------- solvers

    def test_dpm_solver(self):
        for algorithm, spacing, steps in itertools.product(("dpmsolver++", "sde-dpmsolver++"), SPACINGS, (10, 30)):
            for schedule in ("linear", "quadratic", "cosine"):
                scheduler = exact(DPMSolverMultistepScheduler(**ENDS, **SCHEDULES[schedule], algorithm_type=algorithm,
                                                              timestep_spacing=spacing), schedule)
                scheduler.set_timesteps(steps)
                stochastic = algorithm.startswith("sde")
                options = {"variance_noise": lambda i: self.z[i]} if stochastic else {}
                self.add("dpmpp-2m-sde" if stochastic else "dpmpp-2m", scheduler.timesteps,
                         list(self.follow(scheduler, **options)), schedule)
        self.compare()

    def test_unipc(self):
        for spacing, steps, schedule in itertools.product(SPACINGS, (10, 30), ("linear", "quadratic", "cosine")):
            scheduler = exact(UniPCMultistepScheduler(**ENDS, **SCHEDULES[schedule], timestep_spacing=spacing), schedule)
            scheduler.set_timesteps(steps)
            self.add("unipc", scheduler.timesteps, list(self.follow(scheduler)), schedule)
        self.compare()

    def test_solvers_with_zero_terminal_snr(self):
        for sampler, scheduler_type in (("dpmpp-2m", DPMSolverMultistepScheduler), ("unipc", UniPCMultistepScheduler)):
            scheduler = scheduler_type(**ENDS, prediction_type="v_prediction", rescale_betas_zero_snr=True,
                                       timestep_spacing="trailing")
            scheduler.set_timesteps(10)
            self.add(sampler, scheduler.timesteps, list(self.follow(scheduler)), prediction="v", zero_terminal_snr=True)
        self.compare()

    def test_pndm(self):
        for spacing, steps, schedule in itertools.product(("leading", "trailing"), (10, 50),
                                                          ("linear", "quadratic", "cosine")):
            scheduler = self.pndm(spacing, steps, schedule)
            plan = [t for i, t in enumerate(scheduler.timesteps) if i != 2]  # its second timestep stands there twice
            self.add("pndm", plan, self.follow_pndm(scheduler), schedule)
        self.compare()

    def test_pndm_with_linspace_against_the_formula(self):
        # Like DDIM, diffusers' PNDM takes t - T // N for the next timestep.
        alpha_bar = reference.alpha_bar("linear", 1000)
        for steps in (10, 38):
            scheduler = self.pndm("linspace", steps)
            plan = integers(t for i, t in enumerate(scheduler.timesteps) if i != 2)
            self.add("pndm", plan, reference.pndm(self.x, plan, alpha_bar))
        scheduler = self.pndm("trailing", 10)
        plan = integers(t for i, t in enumerate(scheduler.timesteps) if i != 2)
        formula = reference.pndm(self.x, plan, alpha_bar)
        self.expect_close(formula, numpy.stack(self.follow_pndm(scheduler)), TOLERANCE, "the formula")
        self.compare()

    def pndm(self, spacing, steps, schedule="linear"):
        scheduler = exact(PNDMScheduler(**ENDS, **SCHEDULES[schedule], skip_prk_steps=True, set_alpha_to_one=True,
                                        timestep_spacing=spacing), schedule)
        scheduler.set_timesteps(steps)
        return scheduler

    def follow_pndm(self, scheduler):
        # The first of its steps only looks ahead; the second one replaces it.
        return list(self.follow(scheduler))[1:]

    # -------------------------------------------------------------------------------------------- EDM

    def test_euler(self):
        for spacing, steps, schedule in itertools.product(SPACINGS, (10, 38), ("linear", "quadratic", "cosine")):
            scheduler = exact(EulerDiscreteScheduler(**ENDS, **SCHEDULES[schedule], timestep_spacing=spacing), schedule)
            scheduler.set_timesteps(steps)
            self.add("euler", scheduler.timesteps, self.follow_sigmas(scheduler), schedule)
        self.compare()

    def test_heun(self):
        for spacing, steps, schedule in itertools.product(SPACINGS, (10, 38), ("linear", "quadratic", "cosine")):
            scheduler = exact(HeunDiscreteScheduler(**ENDS, **SCHEDULES[schedule], timestep_spacing=spacing), schedule)
            scheduler.set_timesteps(steps)
            # Every timestep but the first stands twice: for the look ahead of one step and for the next step.
            plan = [scheduler.timesteps[0], *scheduler.timesteps[1::2]]
            self.add("heun", plan, self.follow_sigmas(scheduler, calls_per_step=2), schedule)
        self.compare()

    def follow_sigmas(self, scheduler, calls_per_step=1):
        """These work on y = x / alpha, with sigma = sqrt((1 - alpha_bar) / alpha_bar)."""
        sigmas = scheduler.sigmas

        def to_x(y, i):
            return (y / (sigmas[i + 1] ** 2 + 1) ** 0.5).numpy()

        y = torch.from_numpy(self.x) * (sigmas[0] ** 2 + 1) ** 0.5
        states = list(self.follow(scheduler, visit=to_x, x=y))
        return [*states[calls_per_step - 1:-1:calls_per_step], states[-1]]
