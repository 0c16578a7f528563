#!/usr/bin/env python3
"""Record small files by the formats' own Python packages, for tests/formats.rs.

    pip install gguf numpy safetensors ml_dtypes
    formats.py ../data/formats

Writes python.gguf and python.safetensors. `formats.py --read FILE.gguf` prints what the package gguf sees in a file.
"""
import pathlib, sys

import gguf, ml_dtypes
import numpy as np
from gguf.constants import GGMLQuantizationType, GGUFValueType
from safetensors.numpy import save_file


def record(folder):
    w = gguf.GGUFWriter(str(folder / "python.gguf"), "llama")
    w.add_uint8("u8", 255); w.add_int8("i8", -1); w.add_uint16("u16", 65535); w.add_int16("i16", -2)
    w.add_uint32("u32", 4000000000); w.add_int32("i32", -3); w.add_uint64("u64", 2**64 - 1); w.add_int64("i64", -2**63)
    w.add_float32("f32", 0.1); w.add_float64("f64", 0.1); w.add_bool("bool", True); w.add_string("text", "Größe 語")
    w.add_array("texts", ["a", "", "語"]); w.add_array("ints", [1, -2, 3]); w.add_array("floats", [0.5, -1.5])
    w.add_array("bools", [True, False])
    w.add_key_value("bytes", [1, 2, 3], GGUFValueType.ARRAY, sub_type=GGUFValueType.UINT8)
    w.add_tensor("floats", np.arange(6, dtype=np.float32).reshape(2, 3))
    w.add_tensor("halves", np.arange(5, dtype=np.float16))
    w.add_tensor("blocks", np.arange(3 * 34, dtype=np.uint8).reshape(3, 34), raw_dtype=GGMLQuantizationType.Q8_0)
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()
    save_file({
        "floats": np.arange(6, dtype=np.float32).reshape(2, 3),
        "halves": np.arange(4, dtype=np.float16),
        "brains": np.arange(6, dtype=np.float32).reshape(3, 2).astype(ml_dtypes.bfloat16),
        "ids": np.arange(2, dtype=np.int64),
        "scalar": np.array(2.5, dtype=np.float32),
    }, str(folder / "python.safetensors"), metadata={"format": "pt"})


def read(path):
    reader = gguf.GGUFReader(path)
    for field in reader.fields.values():
        print(field.name, field.types, field.contents())
    for tensor in reader.tensors:
        print(tensor.name, list(tensor.shape), tensor.tensor_type.name, bytes(tensor.data)[:8].hex())


if sys.argv[1] == "--read":
    read(sys.argv[2])
else:
    record(pathlib.Path(sys.argv[1]))
