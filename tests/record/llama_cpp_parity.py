#!/usr/bin/env python3
"""Hold F16 files that Nibble wrote of the recorded models against llama.cpp, logits and greedy tokens.

    pip install numpy llama-cpp-python
    for m in ../data/models/*; do nibble-cli quantize $m /tmp/gguf/$(basename $m).gguf --precision f16; done
    llama_cpp_parity.py ../data/models /tmp/gguf

Prints, per model, the relative error of llama.cpp's logits against transformers' at each recorded length, and how many of the 64
greedy tokens are equal. llama.cpp has no windows for mistral, qwen2 and phi3, always takes longrope's long divisors (its
smallest context is 256), works out gemma's attention scale from
the size of the model, rounds the pairs between which YaRN blends (which llama-yarn does not), and gives exaone4 windows only in the
size of 32B; there it must differ.
"""
import json, pathlib, sys

import llama_cpp as L
import numpy as np

quiet = L.llama_log_callback(lambda *_: None)
L.llama_log_set(quiet, None)
L.llama_backend_init()


class Peer:
    def __init__(self, path):
        self.model = L.llama_model_load_from_file(str(path).encode(), L.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        params = L.llama_context_default_params()
        params.n_ctx = 256
        params.n_threads = params.n_threads_batch = 1
        params.type_k = params.type_v = 0  # f32
        params.flash_attn_type = 0
        self.context = L.llama_init_from_model(self.model, params)
        self.n_vocab = L.llama_vocab_n_tokens(L.llama_model_get_vocab(self.model))

    def logits(self, tokens, position):
        batch = L.llama_batch_init(len(tokens), 0, 1)
        batch.n_tokens = len(tokens)
        for i, token in enumerate(tokens):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, position + i, 1, i == len(tokens) - 1
            batch.seq_id[i][0] = 0
        if L.llama_decode(self.context, batch) != 0:
            raise SystemExit("llama_decode failed")
        L.llama_batch_free(batch)
        return np.ctypeslib.as_array(L.llama_get_logits_ith(self.context, -1), (self.n_vocab,)).astype(np.float64)

    def forget(self):
        L.llama_memory_clear(L.llama_get_memory(self.context), True)


def main():
    models, files = map(pathlib.Path, sys.argv[1:3])
    for folder in sorted(models.iterdir()):
        expected = json.loads((folder / "expected.json").read_text())
        peer = Peer(files / f"{folder.name}.gguf")
        tokens = expected["prompt"] + expected["continuation"]
        errors = []
        for entry in expected["logits"]:
            peer.forget()
            reference = np.array(entry["logits"])
            found = peer.logits(tokens[:entry["length"]], 0)
            errors.append(f'{entry["length"]}: {np.linalg.norm(found - reference) / np.linalg.norm(reference):.1e}')
        peer.forget()
        written = [int(peer.logits(expected["prompt"], 0).argmax())]
        while len(written) < len(expected["continuation"]):
            written.append(int(peer.logits(written[-1:], len(expected["prompt"]) + len(written) - 1).argmax()))
        equal = next((i for i, pair in enumerate(zip(written, expected["continuation"])) if pair[0] != pair[1]), len(written))
        print(f"{folder.name:16} greedy {equal}/{len(written)}  relative error at length {', '.join(errors)}", flush=True)


main()
