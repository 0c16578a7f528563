"""Records an importance matrix of the starter model, for the tests of quantizing with one.

pip install numpy tokenizers; python tests/record/starter_importance.py
Runs the starter in float32 over questions and answers of its training corpus and writes, of every projection, the mean square
of each input column, as the older kind of llama.cpp's importance matrices (`tools/imatrix/imatrix.cpp`). The embedding, which is
the output matrix as well, is left out, as llama.cpp leaves it out.
"""

import json
import pathlib
import random
import re
import struct
import tomllib

import numpy as np
from tokenizers import Tokenizer

top = pathlib.Path(__file__).parent.parent.parent
starter = top / "assets" / "starter"
out = top / "tests" / "data" / "starter" / "importance.bin"
config = json.loads((starter / "config.json").read_text())
d_model, head_dim = config["hidden_size"], config["head_dim"]
n_heads, n_kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
WINDOW, WINDOWS = 512, 78

raw = (starter / "model.safetensors").read_bytes()
header_bytes = struct.unpack("<Q", raw[:8])[0]
weights = {}
for name, entry in json.loads(raw[8 : 8 + header_bytes]).items():
    if name != "__metadata__":
        assert entry["dtype"] == "BF16"
        first, end = (8 + header_bytes + offset for offset in entry["data_offsets"])
        halves = np.frombuffer(raw[first:end], np.uint16).astype(np.uint32)
        weights[name] = (halves << 16).view(np.float32).reshape(entry["shape"])

sums = {}


def linear(x, name, gguf):
    rows, squares = sums.setdefault(gguf, [0, np.zeros(x.shape[1])])
    sums[gguf] = [rows + len(x), squares + (x.astype(np.float64) ** 2).sum(0)]
    return x @ weights[name].T


def norm(x, name):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + config["rms_norm_eps"]) * weights[name]


def rotate(x):
    half = head_dim // 2
    angles = np.arange(len(x))[:, None] * config["rope_theta"] ** (-np.arange(half) / half)
    angles = np.concatenate([angles, angles], 1)
    return x * np.cos(angles) + np.concatenate([-x[:, half:], x[:, :half]], 1) * np.sin(angles)


def attend(query, key, value):
    scores = rotate(query) @ rotate(key).T / np.sqrt(head_dim) + np.triu(np.full((len(query),) * 2, -1e9), 1)
    scores = np.exp(scores - scores.max(1, keepdims=True))
    return scores / scores.sum(1, keepdims=True) @ value


def run(tokens):
    x = weights["model.embed_tokens.weight"][tokens]
    for layer in range(config["num_hidden_layers"]):
        hf, gguf = f"model.layers.{layer}.", f"blk.{layer}."
        normed = norm(x, hf + "input_layernorm.weight")
        query, key, value = (
            linear(normed, f"{hf}self_attn.{one}_proj.weight", f"{gguf}attn_{one}.weight") for one in "qkv"
        )
        heads = []
        for head in range(n_heads):
            kv = head * n_kv_heads // n_heads
            of = lambda matrix, index: matrix[:, index * head_dim : (index + 1) * head_dim]
            heads.append(attend(of(query, head), of(key, kv), of(value, kv)))
        x = x + linear(np.concatenate(heads, 1), hf + "self_attn.o_proj.weight", gguf + "attn_output.weight")
        normed = norm(x, hf + "post_attention_layernorm.weight")
        gate = linear(normed, hf + "mlp.gate_proj.weight", gguf + "ffn_gate.weight")
        up = linear(normed, hf + "mlp.up_proj.weight", gguf + "ffn_up.weight")
        x = x + linear(gate / (1 + np.exp(-gate)) * up, hf + "mlp.down_proj.weight", gguf + "ffn_down.weight")


def one_of(question):
    """A question with one of its alternatives, which stand as {a|b}."""
    before = None
    while before != question:
        before = question
        question = re.sub(r"\{([^{}]*)\}", lambda found: random.choice(found[1].split("|")), question)
    return " ".join(question.split())


random.seed(1)
turns = []
for path in sorted((starter / "training" / "corpus").glob("*.toml")):
    for intent in tomllib.loads(path.read_text())["intent"]:
        for question in intent.get("questions", [])[:3]:
            asked, answer = one_of(question), intent["answer"]
            turns.append(f"<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>\n")
random.shuffle(turns)
tokens = Tokenizer.from_file(str(starter / "tokenizer.json")).encode("".join(turns), add_special_tokens=False).ids
for window in range(WINDOWS):
    run(tokens[window * WINDOW : (window + 1) * WINDOW])

with out.open("wb") as file:
    file.write(struct.pack("<i", len(sums)))
    for name, (rows, squares) in sums.items():
        file.write(struct.pack("<i", len(name)) + name.encode() + struct.pack("<ii", 1, len(squares)))
        file.write((squares / rows).astype("<f4").tobytes())
