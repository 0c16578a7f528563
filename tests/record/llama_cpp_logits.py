#!/usr/bin/env python3
"""Write llama.cpp's logits for windows of tokens, for tests/examples/activations.rs.

    pip install numpy llama-cpp-python
    llama_cpp_logits.py FILE.gguf WINDOWS.json OUT

WINDOWS.json is {"threads": n, "windows": [{"tokens": [...], "first": i}, ...]}. OUT gets, for every window, the logits that predict the tokens
from `first` on, each window fed at once, as f32 in the machine's order.
"""
import json, sys

import llama_cpp as L
import numpy as np

quiet = L.llama_log_callback(lambda *_: None)  # stays alive, since llama.cpp holds on to it
L.llama_log_set(quiet, None)
L.llama_backend_init()


def main():
    file, windows, out = sys.argv[1:4]
    asked = json.load(open(windows))
    longest = max(len(window["tokens"]) for window in asked["windows"])
    model = L.llama_model_load_from_file(file.encode(), L.llama_model_default_params())
    if not model:
        raise SystemExit(f"llama.cpp cannot load {file}")
    params = L.llama_context_default_params()
    params.n_ctx = params.n_batch = params.n_ubatch = longest
    params.n_threads = params.n_threads_batch = asked["threads"]
    context = L.llama_init_from_model(model, params)
    n_vocab = L.llama_vocab_n_tokens(L.llama_model_get_vocab(model))
    with open(out, "wb") as file:
        for window in asked["windows"]:
            tokens, first = window["tokens"], window["first"]
            L.llama_memory_clear(L.llama_get_memory(context), True)
            batch = L.llama_batch_init(len(tokens), 0, 1)
            batch.n_tokens = len(tokens)
            for i, token in enumerate(tokens):
                batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, i, 1, first - 1 <= i < len(tokens) - 1
                batch.seq_id[i][0] = 0
            if L.llama_decode(context, batch) != 0:
                raise SystemExit("llama_decode failed")
            for i in range(first - 1, len(tokens) - 1):
                np.ctypeslib.as_array(L.llama_get_logits_ith(context, i), (n_vocab,)).astype(np.float32).tofile(file)
            L.llama_batch_free(batch)


main()
