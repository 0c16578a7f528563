"""Records what gguf's own dequantization makes of random blocks, for the tests of `decode`.

pip install gguf numpy; python engine/kernels/tests/record/decode.py
One file per type: two or three blocks of random bytes with sane scales, then their values as little-endian f32.
"""

import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

# Offsets of half-precision fields, which must not be infinite.
HALVES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q2_K: [80, 82], T.Q3_K: [108],
    T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208], T.IQ4_NL: [0], T.IQ4_XS: [0], T.MXFP4: [], T.F16: [], T.BF16: [], T.F32: [],
}

folder = pathlib.Path(__file__).parent.parent / "data" / "decode"
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(20)
for dtype, halves in HALVES.items():
    length, size = GGML_QUANT_SIZES[dtype]
    if length == 1:
        values = random.normal(size=32).astype(np.float32)
        if dtype == T.F16:
            raw = values.astype(np.float16).view(np.uint8)
        elif dtype == T.BF16:
            raw = (values.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
        else:
            raw = values.view(np.uint8)
    else:
        raw = random.integers(0, 256, (3 if length == 32 else 2, size), dtype=np.uint8)
        for offset in halves:
            raw[:, offset : offset + 2] = random.normal(size=(len(raw), 1)).astype(np.float16).view(np.uint8)
        if dtype == T.MXFP4:
            raw[:, 0] = [0, 120, 130]
        raw = raw.reshape(-1)
    with open(folder / f"{dtype.name.lower()}.bin", "wb") as file:
        file.write(raw.tobytes())
        file.write(dequantize(raw, dtype).astype("<f4").tobytes())
