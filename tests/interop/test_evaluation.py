"""Frechet distance in the features of InceptionV3, as pytorch-fid has them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy
import torch
from diffusers import DDPMPipeline, DDPMScheduler
from PIL import Image
from safetensors.torch import save_file

from network_cases import make
from programs import InteropTest, cli, run

try:
    import inception_reference
    from pytorch_fid import inception
except Exception as error:  # a torchvision that cannot be loaded raises all kinds
    inception = None
    reason = f"pytorch-fid cannot be imported: {error}"


class Evaluation(InteropTest):
    def setUp(self):
        if inception is None:
            self.skipTest(reason)
        super().setUp()

    def test_features_and_distances_of_given_numbers(self):
        script = Path(__file__).with_name("inception_reference.py")
        subprocess.run([sys.executable, script, self.folder], check=True, capture_output=True)
        with mock.patch.dict(os.environ, DENOISE_LAB_INCEPTION_REFERENCE=str(self.folder)):
            said = run("DENOISE_LAB_ENGINE_TESTS", "--gtest_filter=*AgainstPytorchFid*")
        self.assertIn("[  PASSED  ] 2 tests.", said)
        self.assertNotIn("SKIPPED", said)

    def test_distance_of_samples_from_a_folder(self):
        weights = inception_reference.random_weights(3)
        with mock.patch.object(inception, "load_state_dict_from_url", lambda *_, **__: weights):
            network = inception.InceptionV3().eval()
        path = self.folder / "inception.safetensors"
        save_file(weights, path)

        images, model, samples = self.folder / "images", self.folder / "model", self.folder / "samples"
        images.mkdir()
        random = numpy.random.default_rng(1)
        for i in range(20):
            rough = Image.fromarray(random.integers(0, 256, (4, 4, 3), dtype=numpy.uint8))
            rough.resize((16, 16), Image.Resampling.BICUBIC).save(images / f"{i:02}.png")
        DDPMPipeline(make("as ddpm-cifar10-32"), DDPMScheduler()).save_pretrained(model)
        # evaluate draws its first batch of seed 0 as sample does.
        drawing = ("--sampler", "ddim", "--steps", 3, "--count", 12, "--seed", 0)
        cli("sample", model, *drawing, "--out", f"{samples}/")
        expected = self.distance(self.features(network, samples), self.features(network, images))
        result = json.loads(cli("evaluate", model, "--dataset", images, "--metric", "frechet", "--features",
                                "inception", "--weights", path, *drawing, "--json"))
        self.assertEqual((result["images"], result["reference_images"]), (12, 20))
        self.expect_close(result["frechet_distance"] / expected, 1, 1e-3, f"{result}, not {expected}")

    def features(self, network, folder):
        """As pytorch-fid's get_activations() takes them."""
        pixels = [numpy.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.png"))]
        batch = torch.from_numpy(numpy.stack(pixels)).permute(0, 3, 1, 2).float() / 255
        return network(batch)[0][:, :, 0, 0].double().numpy()

    def distance(self, a, b):
        """The Frechet distance of the Gaussians of two small sets, by way of singular values: the root of the product of
        their covariances, which have 2048 rows and a rank of a dozen, is beyond pytorch-fid's own way."""
        a_mean, b_mean = a.mean(0), b.mean(0)
        a, b = (a - a_mean) / numpy.sqrt(len(a) - 1), (b - b_mean) / numpy.sqrt(len(b) - 1)
        root = numpy.linalg.svd(a @ b.T, compute_uv=False).sum()
        return float(((a_mean - b_mean) ** 2).sum() + (a**2).sum() + (b**2).sum() - 2 * root)
