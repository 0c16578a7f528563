#!/usr/bin/env python3
"""Write the importance matrix of a model in the GGUF kind of llama.cpp's files, without llama.cpp.

    pip install torch transformers safetensors gguf tokenizers
    imatrix.py REFERENCE TEXT OUT.gguf [--tokens 100000] [--context 512]

REFERENCE is what measure.py takes. The model runs in float32 over windows of the text; of every matrix of a layer, the squares of
each input column are added up over all tokens. The embedding and the output matrix are left out, as llama.cpp leaves them out.
"""
import argparse, pathlib, time

import gguf
import numpy as np
import torch

import measure


@torch.no_grad()
def squares_of(model, windows):
    """Sums of squares of each matrix's inputs, by the GGUF name of the matrix, and the number of tokens."""
    sums = {}

    def add(name):
        def hook(_, inputs):
            sums[name] = sums.get(name, 0) + inputs[0].double().square().flatten(0, -2).sum(0)
        return hook

    hooks = [
        module.register_forward_pre_hook(add(measure.gguf_name_of(f"{name}.weight")))
        for name, module in model.named_modules() if isinstance(module, torch.nn.Linear) and name != "lm_head"
    ]
    for window in windows:
        model.model(window[None], use_cache=False)
    for hook in hooks:
        hook.remove()
    return sums, windows.numel()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reference")
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("out")
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--context", type=int, default=512)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    begin = time.monotonic()
    weights, config, tokenizer, _ = measure.read(arguments.reference)
    windows = measure.windows_of(tokenizer(), arguments.text.read_text(), arguments.context, -(-arguments.tokens // arguments.context))
    sums, tokens = squares_of(measure.model_of(weights, config), windows)
    writer = gguf.GGUFWriter(arguments.out, arch="")
    writer.kv_data[0].pop("general.architecture", None)
    writer.add_type("imatrix")
    writer.add_array("imatrix.datasets", [arguments.text.name])
    writer.add_uint32("imatrix.chunk_count", len(windows))
    writer.add_uint32("imatrix.chunk_size", arguments.context)
    for name, squares in sorted(sums.items()):
        writer.add_tensor(f"{name}.in_sum2", squares.numpy().astype(np.float32)[None])
        writer.add_tensor(f"{name}.counts", np.full((1, 1), tokens, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{len(sums)} matrices, {tokens} tokens, {time.monotonic() - begin:.0f} s")


main()
