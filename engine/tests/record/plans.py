"""Records which types llama.cpp gives to the tensors of small made-up models, for the tests of `quant::plan`.

pip install llama-cpp-python gguf numpy; python engine/tests/record/plans.py
Writes one line per model and file type: the tensors' types in the order of the model's tensors, `3*q4_k` for three.
The models are described in `models.txt` beside the result, which the tests read as well.
"""

import ctypes
import itertools
import pathlib
import tempfile

import gguf
import llama_cpp
import numpy as np

data = pathlib.Path(__file__).parent.parent / "data" / "plans"
FILE_TYPES = [1, 32, 7, 18, 17, 16, 9, 8, 15, 14, 3, 2, 25, 30, 13, 12, 11, 10, 27, 26, 36, 37, 38]
# These need an importance matrix, and are recorded with one.
WITH_IMPORTANCE = [22, 23, 21, 29, 28, 20, 19, 31, 24]

quiet = llama_cpp.llama_log_callback(lambda *_: None)
llama_cpp.llama_log_set(quiet, None)
llama_cpp.llama_backend_init()


def write(path, facts, tensors):
    arch = facts["architecture"]
    writer = gguf.GGUFWriter(path, arch)
    writer.add_block_count(int(facts["layers"]))
    writer.add_context_length(128)
    writer.add_embedding_length(256)
    writer.add_feed_forward_length(256)
    writer.add_head_count(int(facts["heads"]))
    writer.add_head_count_kv(int(facts["kv_heads"]))
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_dimension_count(256 // int(facts["heads"]))
    writer.add_sliding_window(64)
    if int(facts["experts"]):
        writer.add_expert_count(int(facts["experts"]))
        writer.add_expert_used_count(2)
    writer.add_vocab_size(32)
    for name, shape in tensors:
        dtype = np.float32 if len(shape) == 1 or name.endswith("ffn_gate_inp.weight") else np.float16
        writer.add_tensor(name, np.ones(shape, dtype))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def importance(tensors):
    """The same importance for every column of every tensor, and what keeps it alive."""
    kept, entries = [], []
    for name, shape in tensors:
        columns = np.ones(shape[-1] * (shape[0] if len(shape) > 2 else 1), np.float32)
        kept.append((columns, name.encode()))
        address = columns.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        entries.append(llama_cpp.llama_model_imatrix_data(name.encode(), address, columns.size))
    entries.append(llama_cpp.llama_model_imatrix_data(None, None, 0))
    return (llama_cpp.llama_model_imatrix_data * len(entries))(*entries), kept


def models():
    for block in (data / "models.txt").read_text().strip().split("\n\n"):
        first, *rest = block.split("\n")
        name, *pairs = first.split(" ")
        facts = dict(pair.split("=") for pair in pairs)
        tensors = []
        for line in rest:
            pattern, *shape = line.split(" ")
            layers = range(int(facts["layers"])) if "{}" in pattern else [0]
            tensors += [(pattern.replace("{}", str(layer)), [int(n) for n in shape]) for layer in layers]
        yield name, facts, tensors


def repeated(words):
    return (f"{len(list(run))}*{word}" for word, run in itertools.groupby(words))


lines = []
with tempfile.TemporaryDirectory() as folder:
    source, target = f"{folder}/source.gguf", f"{folder}/target.gguf"
    for name, facts, tensors in models():
        write(source, facts, tensors)
        data_of_columns, kept = importance(tensors)
        for number in FILE_TYPES + WITH_IMPORTANCE:
            params = llama_cpp.llama_model_quantize_default_params()
            params.ftype = number
            params.nthread = 1
            if number in WITH_IMPORTANCE:
                params.imatrix = ctypes.cast(data_of_columns, ctypes.POINTER(llama_cpp.llama_model_imatrix_data))
            status = llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(params))
            assert status == 0, (name, number)
            types = {t.name: t.tensor_type.name.lower() for t in gguf.GGUFReader(target).tensors}
            lines.append(f"{name} {number} " + " ".join(repeated(types[tensor] for tensor, _ in tensors)) + "\n")
(data / "llama_cpp.txt").write_text("".join(lines))
