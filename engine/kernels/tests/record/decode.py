"""Records what gguf's own dequantization makes of random blocks, for the tests of `decode`.

pip install gguf llama-cpp-python numpy; python engine/kernels/tests/record/decode.py
Types that gguf does not decode are decoded by the ggml library of llama-cpp-python. One file per type: two or three blocks of random bytes with sane scales, then their values as little-endian f32.
"""

import ctypes
import pathlib

import llama_cpp
import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

# Offsets of half-precision fields, which must not be infinite.
HALVES = {
    T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q2_K: [80, 82], T.Q3_K: [108],
    T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208], T.IQ4_NL: [0], T.IQ4_XS: [0], T.MXFP4: [], T.F16: [], T.BF16: [], T.F32: [],
    T.IQ1_S: [0], T.IQ1_M: [], T.IQ2_XXS: [0], T.IQ2_XS: [0], T.IQ2_S: [0], T.IQ3_XXS: [0], T.IQ3_S: [0], T.TQ1_0: [52],
    T.TQ2_0: [64], T.NVFP4: [], "q1_0": [0], "q2_0": [0],
}
# Weights and bytes of blocks, of types that gguf does not decode.
BY_GGML = {"q1_0": (128, 18), "q2_0": (64, 18)}
base = ctypes.CDLL(str(next((pathlib.Path(llama_cpp.__file__).parent / "lib").glob("libggml-base.so*"))))


def by_ggml(name, raw, length):
    values = np.zeros(length, np.float32)
    decode = getattr(base, "dequantize_row_" + name)
    decode(ctypes.c_void_p(raw.ctypes.data), ctypes.c_void_p(values.ctypes.data), ctypes.c_int64(length))
    return values


folder = pathlib.Path(__file__).parent.parent / "data" / "decode"
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(20)
for dtype, halves in HALVES.items():
    name = dtype if dtype in BY_GGML else dtype.name.lower()
    length, size = BY_GGML.get(dtype) or GGML_QUANT_SIZES[dtype]
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
        if dtype == T.IQ1_M:
            raw[:, 55] &= 0x3F  # the highest bits of the scale: below 2
        if dtype == T.NVFP4:
            raw[:, :4] = [[0, 1, 7, 0x7F], [0x80, 0xFF, 0x7E, 0x39]]
        raw = raw.reshape(-1)
    with open(folder / f"{name}.bin", "wb") as file:
        file.write(raw.tobytes())
        count = len(raw) // size * length
        file.write((by_ggml(name, raw, count) if dtype in BY_GGML else dequantize(raw, dtype)).astype("<f4").tobytes())
