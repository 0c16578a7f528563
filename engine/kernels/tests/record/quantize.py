"""Records what llama.cpp's quantizers cost, for the tests of `quantize`.

pip install llama-cpp-python numpy; python engine/kernels/tests/record/quantize.py
Writes one line per type and kind of weights: root-mean-square error, and FNV-1a of the bytes; and to another file the errors
with an importance matrix. Types that need one get equal numbers where there is none.
The weights are made from integers, so that the tests can make the same bits.
"""

import ctypes
import pathlib

import llama_cpp
import numpy as np

ROWS, COLS = 24, 2048
TYPES = {
    "f16": 1, "bf16": 30, "q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7, "q8_0": 8, "q2_k": 10, "q3_k": 11, "q4_k": 12,
    "q5_k": 13, "q6_k": 14, "iq4_nl": 20, "iq4_xs": 23, "mxfp4": 39,
    "iq1_s": 19, "iq1_m": 29, "iq2_xxs": 16, "iq2_xs": 17, "iq2_s": 22, "iq3_xxs": 18, "iq3_s": 21, "tq1_0": 34, "tq2_0": 35,
    "nvfp4": 40, "q1_0": 41, "q2_0": 42,
}
NEED_IMPORTANCE = ("iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s")
SPELLED = {"q2_k": "q2_K", "q3_k": "q3_K", "q4_k": "q4_K", "q5_k": "q5_K", "q6_k": "q6_K"}

folder = pathlib.Path(llama_cpp.__file__).parent / "lib"
base = ctypes.CDLL(str(next(folder.glob("libggml-base.so*"))))
base.ggml_quantize_chunk.restype = ctypes.c_size_t
base.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p,
]


def bells(seed, count):
    """Sums of twelve 16-bit numbers, nearly normal with deviation 1/32, exact in f32."""
    state = (np.arange(count * 12, dtype=np.uint64) + np.uint64(seed << 32)) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    draws = (state >> np.uint64(48)).astype(np.int64).reshape(count, 12)
    return (draws.sum(1) - 393210).astype(np.float32) * np.float32(2.0**-21)


def weights(kind):
    count = ROWS * COLS
    x = bells(1, count)
    if kind == "heavy":
        x = x * np.abs(bells(2, count)) * np.float32(32)
    if kind == "columns":
        x = x * np.where(np.arange(count) % COLS % 97 == 0, np.float32(16), np.float32(1))
    return np.ascontiguousarray(x, np.float32)


def fnv(raw):
    hashed = 0xCBF29CE484222325
    for byte in raw.tobytes():
        hashed = ((hashed ^ byte) * 0x100000001B3) % 2**64
    return hashed


def importance():
    """Importance of columns as inputs have it: a few matter a thousand times as much as the rest."""
    x = bells(11, COLS)
    return np.where(np.arange(COLS) % 41 == 7, np.float32(1), np.float32(0.001) + x * x).astype(np.float32)


def quantized(name, x, columns):
    """The bytes, and what they decode to."""
    raw, back = np.zeros(x.nbytes, np.uint8), np.zeros_like(x)
    address = None if columns is None else columns.ctypes.data
    size = base.ggml_quantize_chunk(TYPES[name], x.ctypes.data, raw.ctypes.data, 0, ROWS, COLS, address)
    if name == "f16":
        back = raw[:size].view(np.float16).astype(np.float32)
    elif name == "bf16":
        back = (raw[:size].view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    else:
        decode = getattr(base, "dequantize_row_" + SPELLED.get(name, name))
        decode(ctypes.c_void_p(raw.ctypes.data), ctypes.c_void_p(back.ctypes.data), ctypes.c_int64(x.size))
    return raw[:size], back


lines, weighted = [], []
for name in TYPES:
    for kind in ("normal", "heavy", "columns"):
        x = weights(kind)
        raw, back = quantized(name, x, np.ones(COLS, np.float32) if name in NEED_IMPORTANCE else None)
        error = np.sqrt(np.mean((back.astype(np.float64) - x) ** 2))
        lines.append(f"{name} {kind} {error:.9e} {fnv(raw):016x}\n")
        if name.startswith(("q", "iq")):
            columns = importance()
            squares = (quantized(name, x, columns)[1].astype(np.float64) - x) ** 2
            weighted.append(f"{name} {kind} {np.sum(squares.reshape(ROWS, COLS) * columns):.9e}\n")
data = pathlib.Path(__file__).parent.parent / "data" / "quantize"
data.mkdir(parents=True, exist_ok=True)
(data / "llama_cpp.txt").write_text("".join(lines))
(data / "llama_cpp_importance.txt").write_text("".join(weighted))
