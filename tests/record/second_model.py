#!/usr/bin/env python3
"""Train the second small model that quantization is measured on: a plain language model of another shape than the starter.

    apt-get download r-cran-janeaustenr jargon-text; for p in *.deb; do dpkg -x $p texts; done
    pip install torch tokenizers safetensors numpy
    second_model.py texts ../data/second --minutes 12

Qwen 3's architecture (norms of queries and keys, attention wider than the residual stream, output matrix of its own), trained on
novels of Jane Austen and the Jargon File, all in the public domain. Two novels are kept out of the training: an excerpt of
"Northanger Abbey" calibrates, one of "Persuasion" measures; both are written to ../data/text. One thread, bfloat16 products; the
learning rate falls with the clock, so another machine gives another model.
"""
import argparse, gzip, json, lzma, math, pathlib, re, struct, time, zlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import nn

TRAINING = ["EMMA", "MANSFIELD PARK", "PRIDE AND PREJUDICE", "SENSE AND SENSIBILITY"]
KEPT_OUT = {"NORTHANGER ABBEY": ("calibration.txt", 120_000), "PERSUASION": ("persuasion.txt", 64_000)}
VOCAB, WIDTH, MLP, LAYERS, HEADS, KV_HEADS, HEAD, CONTEXT, THETA, EPS = 2048, 256, 512, 4, 8, 2, 64, 256, 10000.0, 1e-6
BATCH = 12
TEXTS = pathlib.Path(__file__).parent.parent / "data" / "text"


# The texts


def paragraphs(lines):
    """Text whose lines are whole paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip())


def strings_of(data):
    """The longest vector of strings in an object that R serialized (XDR): type 16, its length, and strings of type 9."""
    best = []
    for start in re.finditer(rb"\x00[\x00-\x04]\x00\x10", data):
        at, found = start.end() + 4, []
        count = struct.unpack(">i", data[start.end():at] or bytes(4))[0]
        while len(found) < count and at + 8 <= len(data):
            flags, length = struct.unpack(">ii", data[at:at + 8])
            if flags & 255 != 9 or length < 0:
                break
            found.append(data[at + 8:at + 8 + length].decode())
            at += 8 + length
        if len(found) == count > len(best):
            best = found
    return best


def novels(folder):
    """The novels of R's package janeaustenr, by upper-case title; its data are objects compressed one by one."""
    raw, books = next(folder.rglob("janeaustenr/data/Rdata.rdb")).read_bytes(), {}
    for start in re.finditer(rb"\xfd7zXZ\x00|\x78[\x9c\xda]", raw):
        unpack = lzma.LZMADecompressor() if raw[start.start()] == 0xFD else zlib.decompressobj()
        try:
            lines = strings_of(unpack.decompress(raw[start.start():]))
        except (lzma.LZMAError, zlib.error):
            continue
        if len(lines) > 1000:
            books[lines[0].upper()] = paragraphs(lines)
    return books


def excerpt(text, size):
    """Whole paragraphs from a fifth of the book on, about `size` bytes of them."""
    start = text.index("\n\n", len(text) // 5) + 2
    return text[start:text.index("\n\n", start + size)] + "\n"


# The model


class Rms(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), EPS)


def rotate(x, cos, sin):
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cos - right * sin, right * cos + left * sin), dim=-1)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        linear = lambda n_in, n_out: nn.Linear(n_in, n_out, bias=False)
        self.input_layernorm, self.post_attention_layernorm = Rms(WIDTH), Rms(WIDTH)
        attention = self.self_attn = nn.Module()
        attention.q_proj, attention.o_proj = linear(WIDTH, HEADS * HEAD), linear(HEADS * HEAD, WIDTH)
        attention.k_proj, attention.v_proj = linear(WIDTH, KV_HEADS * HEAD), linear(WIDTH, KV_HEADS * HEAD)
        attention.q_norm, attention.k_norm = Rms(HEAD), Rms(HEAD)
        self.mlp = nn.Module()
        self.mlp.gate_proj, self.mlp.up_proj, self.mlp.down_proj = linear(WIDTH, MLP), linear(WIDTH, MLP), linear(MLP, WIDTH)

    def forward(self, x, cos, sin, mask):
        a, m, y = self.self_attn, self.mlp, self.input_layernorm(x)
        heads = lambda z: z.view(*x.shape[:2], -1, HEAD).transpose(1, 2)
        q, k, v = rotate(a.q_norm(heads(a.q_proj(y))), cos, sin), rotate(a.k_norm(heads(a.k_proj(y))), cos, sin), heads(a.v_proj(y))
        k, v = (z.repeat_interleave(HEADS // KV_HEADS, dim=1) for z in (k, v))
        # Spelled out: on a processor the fused attention takes longer than everything else together.
        scores = (q @ k.transpose(2, 3) * HEAD**-0.5 + mask).softmax(-1)
        out = (scores @ v).transpose(1, 2).reshape(*x.shape[:2], -1)
        x = x + a.o_proj(out)
        y = self.post_attention_layernorm(x)
        return x + m.down_proj(F.silu(m.gate_proj(y)) * m.up_proj(y))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        body = self.model = nn.Module()
        body.embed_tokens, body.norm = nn.Embedding(VOCAB, WIDTH), Rms(WIDTH)
        body.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.lm_head = nn.Linear(WIDTH, VOCAB, bias=False)
        angles = torch.outer(torch.arange(CONTEXT).float(), THETA ** (-torch.arange(HEAD // 2) / (HEAD // 2)))
        self.angles = (angles.cos(), angles.sin())
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                into_stream = "o_proj" in name or "down_proj" in name
                nn.init.normal_(parameter, std=0.02 / (math.sqrt(2 * LAYERS) if into_stream else 1))

    def forward(self, tokens):
        x = self.model.embed_tokens(tokens).to(torch.bfloat16)
        cos, sin = (part[:tokens.shape[1]].to(x.dtype) for part in self.angles)
        mask = torch.full((tokens.shape[1],) * 2, -1e4, dtype=x.dtype).triu(1)
        for layer in self.model.layers:
            x = layer(x, cos, sin, mask)
        return self.lm_head(self.model.norm(x))


def loss_of(model, rows):
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(rows[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1).float(), rows[:, 1:].flatten())


def train(model, tokens, held_out, minutes):
    matrices = [p for p in model.parameters() if p.dim() == 2]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": [p for p in model.parameters() if p.dim() != 2], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-9, betas=(0.9, 0.95), fused=True)
    begin, steps, offsets = time.monotonic(), 0, torch.arange(CONTEXT + 1)
    while (done := (time.monotonic() - begin) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 4e-3 * min(done / 0.02, (1 - done) / 0.98)
        starts = torch.randint(len(tokens) - CONTEXT, (BATCH, 1))
        loss = loss_of(model, tokens[starts + offsets])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        steps += 1
        if steps % 200 == 0:
            with torch.no_grad():
                print(f"{done:.2f} step {steps}: loss {loss.item():.3f}, held out {loss_of(model, held_out).item():.3f}", flush=True)
    return steps


def tokenizer_of(text):
    tokenizer = Tokenizer(models.BPE())
    parts = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Sequence(parts), decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(text.split("\n\n"), trainer)
    assert tokenizer.get_vocab_size() == VOCAB
    return tokenizer


def save(model, tokenizer, folder):
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().to(torch.bfloat16) for name, tensor in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False) + "\n")
    end = "<|endoftext|>"
    config = dict(
        architectures=["Qwen3ForCausalLM"], model_type="qwen3", vocab_size=VOCAB, hidden_size=WIDTH, intermediate_size=MLP,
        num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=KV_HEADS, head_dim=HEAD, hidden_act="silu",
        max_position_embeddings=2 * CONTEXT, rms_norm_eps=EPS, rope_theta=THETA, rope_scaling=None, attention_bias=False,
        use_sliding_window=False, tie_word_embeddings=False, torch_dtype="bfloat16", bos_token_id=None, eos_token_id=0, pad_token_id=0,
    )
    names = dict(tokenizer_class="PreTrainedTokenizerFast", eos_token=end, pad_token=end, clean_up_tokenization_spaces=False)
    for name, value in dict(config=config, tokenizer_config=names).items():
        (folder / f"{name}.json").write_text(json.dumps(value, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=12)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    books = novels(arguments.texts)
    for title, (file, size) in KEPT_OUT.items():
        (TEXTS / file).write_text(excerpt(books[title], size))
    jargon = gzip.open(next(arguments.texts.rglob("jargon.txt.gz"))).read().decode("latin-1").splitlines()
    text = "\n\n".join([*(books[title] for title in TRAINING), paragraphs(jargon)])
    tokenizer = tokenizer_of(text)
    encode = lambda text: torch.tensor(tokenizer.encode(text).ids)
    tokens, held_out = encode(text), encode((TEXTS / "persuasion.txt").read_text())
    held_out = held_out[:16 * (CONTEXT + 1)].view(16, -1)
    model = Model()
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(text):,} letters, {len(tokens):,} tokens", flush=True)
    begin = time.monotonic()
    steps = train(model, tokens, held_out, arguments.minutes)
    save(model, tokenizer, arguments.out)
    with torch.no_grad():
        loss = loss_of(model, held_out).item()
    run = dict(steps=steps, tokens=steps * BATCH * CONTEXT, minutes=round((time.monotonic() - begin) / 60, 1), held_out_perplexity=round(math.exp(loss), 2))
    print(run)
    (arguments.out / "run.json").write_text(json.dumps(run, indent=2) + "\n")


main()
