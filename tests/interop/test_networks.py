"""U-Nets: saved by diffusers and run by us, and the reverse."""

import json
import shutil

import numpy
import torch
from diffusers import DDPMPipeline, DDPMScheduler, DiffusionPipeline, UNet2DModel
from safetensors.torch import load_file, save_file

from network_cases import CASES, class_of, input_shape, make, predict
from programs import InteropTest, cli, noise, save

TOLERANCE = 2e-5
LEGACY = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


class Networks(InteropTest):
    def our_prediction(self, model, x, timestep, label=None):
        of_class = [] if label is None else ["--class", label]
        out = self.folder / "eps.npy"
        cli("predict", model, "--input", save(self.folder / "x_t.npy", x), "--timestep", timestep, *of_class,
            "--out", out, "--threads", 1)
        return numpy.load(out)

    def expect_equal_tensors(self, ours, theirs):
        self.assertEqual(set(ours), set(theirs))
        for name, tensor in theirs.items():
            self.assertTrue(torch.equal(ours[name], tensor), name)

    def expect_same_answers(self, network, model, what):
        x, label = noise(input_shape(network), seed=7), class_of(network)
        for timestep in (1, 731):
            self.expect_close(self.our_prediction(model, x, timestep, label), predict(network, x, timestep, label),
                              TOLERANCE, f"{what} at t = {timestep}")

    def test_diffusers_to_us_to_diffusers(self):
        for number, name in enumerate(CASES):
            with self.subTest(name):
                network = make(name)
                first, second = self.folder / f"{number}-theirs", self.folder / f"{number}-ours"
                # By turns a pipeline with its scheduler and the network's folder alone.
                if number % 2:
                    network.save_pretrained(first)
                else:
                    DDPMPipeline(network, DDPMScheduler()).save_pretrained(first)
                self.expect_same_answers(network, first, name)

                cli("convert", first, "--to", "diffusers", "--out", second)
                returned = UNet2DModel.from_pretrained(second, subfolder="unet").eval()
                self.expect_equal_tensors(returned.state_dict(), network.state_dict())
                x, label = noise(input_shape(network), seed=8), class_of(network)
                # The same tensors under the same options: the same numbers, not only close ones.
                self.assertTrue(numpy.array_equal(predict(returned, x, 400, label), predict(network, x, 400, label)))
                pipeline = DiffusionPipeline.from_pretrained(second)
                self.assertEqual(type(pipeline.unet).__name__, "UNet2DModel")
                shutil.rmtree(first)
                shutil.rmtree(second)

    def test_legacy_attention_names_and_missing_options(self):
        network = make("RGB, class defaults")
        folder = self.folder / "legacy"
        network.save_pretrained(folder)
        weights = folder / "diffusion_pytorch_model.safetensors"
        tensors = {}
        for name, tensor in load_file(weights).items():
            if ".attentions." in name:
                for new, old in LEGACY.items():
                    name = name.replace(f".{new}.", f".{old}.")
            tensors[name] = tensor
        self.assertTrue(any(".proj_attn." in name for name in tensors))
        save_file(tensors, weights, metadata={"format": "pt"})
        # Old files have no more than what differed from the defaults of the class.
        config = json.loads((folder / "config.json").read_text())
        kept = ("_class_name", "sample_size", "in_channels", "out_channels", "block_out_channels", "layers_per_block",
                "norm_num_groups", "down_block_types", "up_block_types")
        (folder / "config.json").write_text(json.dumps({key: config[key] for key in kept}))
        self.expect_same_answers(network, folder, "legacy names")

    def test_what_we_do_not_know_is_refused_by_name(self):
        network = make("RGB, class defaults")
        folder = self.folder / "unknown"
        network.save_pretrained(folder)
        config = json.loads((folder / "config.json").read_text())
        x = save(self.folder / "x.npy", noise(input_shape(network), seed=1))
        for change in ({"down_block_types": ["DownBlock2D", "KDownBlock2D"]}, {"class_embed_type": "identity"},
                       {"time_embedding_type": "unheard-of"}, {"a_new_option": True}):
            (folder / "config.json").write_text(json.dumps({**config, **change}))
            with self.subTest(change):
                with self.assertRaises(AssertionError) as refusal:
                    cli("predict", folder, "--input", x, "--timestep", 1, "--out", self.folder / "out.npy")
                key, value = next(iter(change.items()))
                names = (key, value if isinstance(value, str) else "KDownBlock2D")
                self.assertTrue(any(name in str(refusal.exception) for name in names), refusal.exception)

    def test_our_own_run_to_diffusers(self):
        expressible = ("attention_after_each_block=true", "final_resnet_block=false", "patch_size=1", "base_width=16",
                       "groups=8", "image_limit=100", "preview_seconds=0")
        for number, settings in enumerate((("attention_levels=1", "class_labels=true"),
                                           ("attention_levels=0,1", "class_labels=false", "learned_variance=true"))):
            run, out = self.folder / f"run-{number}", self.folder / f"exported-{number}"
            cli("train", "--dataset", "glyphs", "--preset", "tiny", "--out", run, "--steps", 3, "--batch", 8,
                "--threads", 1, *(word for setting in expressible + settings for word in ("--set", setting)))
            self.give_zeros_random_values(run)
            cli("convert", run, "--to", "diffusers", "--out", out)
            network = UNet2DModel.from_pretrained(out, subfolder="unet").eval()
            x = noise((2, 1, 28, 28), seed=5)
            for timestep, label in ((1, 0), (900, 12)):
                label = label if network.config.num_class_embeds else None
                theirs = predict(network, x, timestep, label)
                self.expect_close(self.our_prediction(run, x, timestep, label), theirs, TOLERANCE, f"run, {settings}")
                # What diffusers loads of ours, we load of ours.
                self.expect_close(self.our_prediction(out, x, timestep, label), theirs, TOLERANCE, f"out, {settings}")

    def give_zeros_random_values(self, run):
        """Layers that start at zero would hide what comes before them."""
        for path in (run / "checkpoints").glob("*.safetensors"):
            tensors = load_file(path)
            with path.open("rb") as file:
                header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            torch.manual_seed(11)
            for name in sorted(name for name in tensors if name.startswith("ema.")):
                random = tensors[name] + 0.1 * torch.randn(tensors[name].shape)
                tensors[name] = tensors["model." + name.removeprefix("ema.")] = random
            save_file({name: tensor.clone() for name, tensor in tensors.items()}, path, metadata=header["__metadata__"])
