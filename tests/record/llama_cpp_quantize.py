#!/usr/bin/env python3
"""Quantize a 16-bit GGUF file with llama.cpp's own quantizer and an importance matrix, and time it.

    pip install numpy gguf llama-cpp-python
    llama_cpp_quantize.py F16.gguf IMATRIX.gguf OUT [TYPE...] [--threads 1,2] [--pure]

Writes OUT/TYPE.gguf and OUT/seconds.json, the seconds of each type by the number of threads: those of a clock and those of all
threads together, which a busy machine stretches less. An imatrix of "none" goes without;
`--pure` gives every matrix the type itself instead of llama.cpp's mixture.
"""
import argparse, ctypes, json, pathlib, time

import gguf
import llama_cpp as L
import numpy as np

TYPES = ["Q4_0", "Q4_K_M", "Q4_K_S", "Q3_K_M", "Q3_K_S", "Q2_K", "Q5_K_M", "IQ4_XS"]
FILE_TYPES = dict(
    Q4_0=2, Q4_1=3, Q8_0=7, Q5_0=8, Q5_1=9, Q2_K=10, Q3_K_S=11, Q3_K_M=12, Q3_K_L=13, Q4_K_S=14, Q4_K_M=15, Q5_K_S=16, Q5_K_M=17, Q6_K=18,
    IQ2_XXS=19, IQ2_XS=20, Q2_K_S=21, IQ3_XS=22, IQ3_XXS=23, IQ1_S=24, IQ4_NL=25, IQ3_S=26, IQ3_M=27, IQ2_S=28, IQ2_M=29, IQ4_XS=30, IQ1_M=31,
)


def importance_of(path):
    """The entries that llama.cpp takes, ended by one without a name, and what keeps their memory."""
    sums, counts = {}, {}
    for tensor in gguf.GGUFReader(path).tensors:
        name, kind = tensor.name.rsplit(".", 1)
        (sums if kind == "in_sum2" else counts)[name] = np.array(tensor.data, np.float32).reshape(-1)
    means = {name: np.ascontiguousarray(values / counts[name]) for name, values in sums.items()}
    entries = (L.llama_model_imatrix_data * (len(means) + 1))()
    for entry, (name, values) in zip(entries, means.items()):
        entry.name, entry.size = name.encode(), len(values)
        entry.data = values.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    return entries, means


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source")
    parser.add_argument("imatrix")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("types", nargs="*", default=TYPES)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--pure", action="store_true")
    arguments = parser.parse_args()
    quiet = L.llama_log_callback(lambda *_: None)
    L.llama_log_set(quiet, None)
    L.llama_backend_init()
    arguments.out.mkdir(parents=True, exist_ok=True)
    entries, means = (None, None) if arguments.imatrix == "none" else importance_of(arguments.imatrix)
    timed = arguments.out / "seconds.json"
    seconds = json.loads(timed.read_text()) if timed.exists() else {}
    for kind in arguments.types:
        seconds[kind] = {}
        for threads in arguments.threads.split(","):
            params = L.llama_model_quantize_default_params()
            params.ftype, params.nthread, params.pure = FILE_TYPES[kind], int(threads), arguments.pure
            if entries:
                params.imatrix = ctypes.cast(entries, type(params.imatrix))
            path = arguments.out / f"{kind}.gguf"
            begin, cpu = time.monotonic(), time.process_time()
            if L.llama_model_quantize(arguments.source.encode(), str(path).encode(), ctypes.byref(params)) != 0:
                raise SystemExit(f"llama.cpp cannot write {kind}")
            taken = dict(wall=round(time.monotonic() - begin, 2), cpu=round(time.process_time() - cpu, 2))
            seconds[kind][threads] = taken
        print(kind, seconds[kind], f"{path.stat().st_size / 1e6:.1f} MB", flush=True)
        timed.write_text(json.dumps(seconds, indent=1) + "\n")


main()
