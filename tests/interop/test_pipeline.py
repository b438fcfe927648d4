"""Whole samples through the command line."""

from unittest import mock

import numpy
import torch
from diffusers import DDIMScheduler, DDPMPipeline, DDPMScheduler

from network_cases import class_of, input_shape, make
from programs import InteropTest, cli, noise, save


class Pipeline(InteropTest):
    def theirs(self, network, scheduler, x, steps, label=None):
        x = torch.from_numpy(x)
        labels = None if label is None else torch.full((len(x),), label)
        scheduler.set_timesteps(steps)
        for t in scheduler.timesteps:
            answer = network(x, t, class_labels=labels).sample
            # Ours always derives eps again from the clipped x_0, diffusers when it is asked to.
            x = scheduler.step(answer, t, x, use_clipped_model_output=scheduler.config.clip_sample).prev_sample
        return x.numpy()

    def test_ddim_samples(self):
        for name, prediction in (("as ddpm-cifar10-32", "epsilon"), ("class labels", "v_prediction"),
                                 ("grey, no attention", "sample")):
            with self.subTest(name):
                network = make(name)
                folder, out = self.folder / name, self.folder / "x0.npy"
                options = dict(beta_schedule="linear", prediction_type=prediction)
                DDPMPipeline(network, DDPMScheduler(**options)).save_pretrained(folder)
                x, label = noise(input_shape(network, count=3), seed=4), class_of(network)
                cli("sample", folder, "--sampler", "ddim", "--steps", 10, "--spacing", "trailing", "--count", 3,
                    *([] if label is None else ["--class", label]), "--threads", 1,
                    "--initial-noise", save(self.folder / "x_T.npy", x), "--out", out)
                scheduler = DDIMScheduler(**options, timestep_spacing="trailing", clip_sample=True)
                self.expect_close(numpy.load(out), self.theirs(network, scheduler, x, 10, label), 1e-4, name)

    def test_ddim_samples_without_clipping(self):
        network = make("RGB, class defaults")
        folder, out = self.folder / "model", self.folder / "x0.npy"
        DDPMPipeline(network, DDPMScheduler(clip_sample=False)).save_pretrained(folder)
        x = noise(input_shape(network, count=3), seed=4)
        cli("sample", folder, "--sampler", "ddim", "--steps", 10, "--spacing", "trailing", "--count", 3, "--clip", "none",
            "--threads", 1, "--initial-noise", save(self.folder / "x_T.npy", x), "--out", out)
        scheduler = DDIMScheduler(timestep_spacing="trailing", clip_sample=False)
        self.expect_close(numpy.load(out), self.theirs(network, scheduler, x, 10), 1e-4, "not clipped")

    def test_ddpm_samples_with_given_noise(self):
        network = make("grey, no attention")
        folder, out = self.folder / "model", self.folder / "x0.npy"
        scheduler = DDPMScheduler(variance_type="fixed_large", num_train_timesteps=40, beta_end=0.3)
        DDPMPipeline(network, scheduler).save_pretrained(folder)
        shape = input_shape(network, count=2)
        x, z = noise(shape, seed=4), noise((40, *shape), seed=5)
        cli("sample", folder, "--sampler", "ddpm", "--steps", 40, "--count", 2, "--threads", 1, "--initial-noise",
            save(self.folder / "x_T.npy", x), "--noise-per-step", save(self.folder / "z.npy", z), "--out", out)
        self.expect_close(numpy.load(out), self.ancestral(network, scheduler, x, z), 1e-4, "ancestral")

    def ancestral(self, network, scheduler, x, z):
        x, draws = torch.from_numpy(x), iter(torch.from_numpy(z))
        with mock.patch("diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *_, **__: next(draws)):
            for t in scheduler.timesteps:
                x = scheduler.step(network(x, t).sample, t, x).prev_sample
        return x.numpy()

    def test_samples_as_evaluation_scripts_expect_them(self):
        network = make("as ddpm-cifar10-32")
        folder = self.folder / "model"
        DDPMPipeline(network, DDPMScheduler()).save_pretrained(folder)
        x = save(self.folder / "x_T.npy", noise(input_shape(network, count=5), seed=4))
        for out in ("samples.npz", "x0.npy"):
            cli("sample", folder, "--steps", 3, "--count", 5, "--threads", 1, "--initial-noise", x, "--out",
                self.folder / out)
        with numpy.load(self.folder / "samples.npz") as file:
            self.assertEqual(file.files, ["arr_0"])
            pixels = file["arr_0"]
        x0 = numpy.load(self.folder / "x0.npy")
        self.assertEqual((pixels.dtype, pixels.shape), (numpy.uint8, (5, 16, 16, 3)))
        self.assertEqual((x0.dtype, x0.shape), (numpy.float32, (5, 3, 16, 16)))
        self.assertLessEqual(numpy.abs(x0).max(), 1)
        expected = numpy.rint((x0.transpose(0, 2, 3, 1) + 1) * 127.5)
        self.assertLessEqual(numpy.abs(pixels.astype(float) - expected).max(), 1)
        self.assertLess((pixels != expected).mean(), 0.001)
