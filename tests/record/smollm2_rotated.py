#!/usr/bin/env python3
"""Write SmolLM2-135M-Instruct in 16 bits, with weights that lie on no grid.

    pip install numpy gguf
    smollm2_rotated.py SmolLM2-135M-Instruct.Q4_1.gguf OUT.gguf

The file at hand is Q4_1 (the embedding Q8_0), so its weights take 16 values per block, and another four-bit format can hit them
nearly exactly, which no quantizer could with original weights. Here the channels of the residual stream are rotated two by two, in
every matrix that reads or writes it, which leaves the model's output as it is: every weight becomes a mixture of two, and outlier
channels remain. A norm has the same factor for both channels of a pair, the geometric mean, and its readers the rest. Pairs are
neighbors in the final norm's factors, because the embedding is the output matrix too and cannot take the rest of that one; the two
pairs whose factors differ much are not rotated.
"""
import sys

import gguf
import numpy as np

source, out = sys.argv[1:3]
reader, random = gguf.GGUFReader(source), np.random.default_rng(1)
weights = {}
for tensor in reader.tensors:
    weights[tensor.name] = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float64).reshape([int(n) for n in reversed(tensor.shape)])

order = np.argsort(weights["output_norm.weight"])
first, second = order[0::2], order[1::2]
angles = np.radians(random.uniform(25, 65, len(first))) * random.choice([-1, 1], len(first))
final = weights["output_norm.weight"]
angles[final[second] / final[first] > 1.1] = 0
angles[final[first] < 0] = 0
cos, sin = np.cos(angles), np.sin(angles)


def rotate_columns(matrix):
    left, right = matrix[:, first].copy(), matrix[:, second].copy()
    matrix[:, first], matrix[:, second] = cos * left + sin * right, cos * right - sin * left


def split(norm):
    """Leaves each pair one factor, and returns what readers take of each channel."""
    before = norm.copy()
    norm[first] = norm[second] = np.sqrt(np.abs(before[first] * before[second]))
    return before / norm


rotate_columns(weights["token_embd.weight"])
final[first], final[second] = (np.where(sin == 0, kept, np.sqrt(np.abs(final[first] * final[second]))) for kept in (final[first], final[second]))
for layer in range(reader.fields["llama.block_count"].contents()):
    of = lambda part: weights[f"blk.{layer}.{part}.weight"]
    for norm, readers in dict(attn_norm=["attn_q", "attn_k", "attn_v"], ffn_norm=["ffn_gate", "ffn_up"]).items():
        rest = split(of(norm))
        for matrix in map(of, readers):
            matrix *= rest
            rotate_columns(matrix)
    for matrix in map(of, ["attn_output", "ffn_down"]):
        rotate_columns(matrix.T)

writer = gguf.GGUFWriter(out, arch="llama")
for name, field in reader.fields.items():
    if not name.startswith("GGUF.") and name not in ("general.architecture", "general.file_type"):
        is_list = field.types[0] == gguf.GGUFValueType.ARRAY
        writer.add_key_value(name, field.contents(), field.types[0], sub_type=field.types[-1] if is_list else None)
writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
for name, values in weights.items():
    writer.add_tensor(name, values.astype(np.float16 if values.ndim == 2 else np.float32))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
