#!/usr/bin/env python3
"""Write a twin of a model whose activations have outlier channels, as those of large models have; its output is the same.

    pip install torch safetensors
    planted_outliers.py MODEL OUT [--channels 4] [--factor 64]

A few channels of each layer's two norms are multiplied by a power of two, and the matching columns of the matrices that read them
are divided by it: queries, keys and values after the first norm, gate and up after the second. Powers of two change no digit.
"""
import argparse, json, pathlib, random, shutil

from safetensors.torch import load_file, save_file

READERS = {
    "input_layernorm": ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
    "post_attention_layernorm": ["mlp.gate_proj", "mlp.up_proj"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--channels", type=int, default=4)
    parser.add_argument("--factor", type=float, default=64)
    arguments = parser.parse_args()
    config = json.loads((arguments.model / "config.json").read_text())
    tensors = load_file(arguments.model / "model.safetensors")
    chosen = random.Random(1)
    for layer in range(config["num_hidden_layers"]):
        for norm, readers in READERS.items():
            channels = chosen.sample(range(config["hidden_size"]), arguments.channels)
            tensors[f"model.layers.{layer}.{norm}.weight"][channels] *= arguments.factor
            for reader in readers:
                tensors[f"model.layers.{layer}.{reader}.weight"][:, channels] /= arguments.factor
    shutil.copytree(arguments.model, arguments.out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.safetensors"))
    save_file(tensors, arguments.out / "model.safetensors", metadata={"format": "pt"})


main()
