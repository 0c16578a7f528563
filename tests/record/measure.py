#!/usr/bin/env python3
"""Measure what rounding the weights of a model costs, with no code of Nibble: KL divergence, top-1 agreement and perplexity.

    pip install torch transformers safetensors gguf tokenizers
    measure.py MODEL... REFERENCE TEXT [--context 256] [--windows N] [--json FILE]

MODEL and REFERENCE are folders with config.json and safetensors (plain weights, GPTQ's or AWQ's packed ones) or GGUF files of
architectures llama and qwen3, of any block type that the package gguf decodes. The decoded weights run in float32 in
transformers' model of the REFERENCE, so that nothing but weights differs. The text is cut into windows of `--context` tokens of the
reference's tokenizer (special tokens written in it are recognized, none are added); the second half of each window is scored, an
incomplete last window is left out. Divergences are in nats, of the original's distribution from the rounded one's.
"""
import argparse, json, math, pathlib, struct, sys

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

ARCHITECTURES = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen3": (Qwen3Config, Qwen3ForCausalLM)}
PARTS = {
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}
TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


# GGUF


def name_of(gguf_name):
    """transformers' name of a GGUF tensor, or None where the model has no such weight."""
    parts = gguf_name.split(".")
    if parts[0] == "blk" and parts[2] in PARTS:
        return f"model.layers.{parts[1]}.{PARTS[parts[2]]}.{parts[3]}"
    return f"{TOP[parts[0]]}.{parts[1]}" if parts[0] in TOP else None


def gguf_name_of(name):
    """The GGUF name of transformers' weight `name`."""
    module, kind = name.rsplit(".", 1)
    if module.startswith("model.layers."):
        layer, part = module.removeprefix("model.layers.").split(".", 1)
        return f"blk.{layer}.{next(g for g, hf in PARTS.items() if hf == part)}.{kind}"
    return f"{next(g for g, hf in TOP.items() if hf == module)}.{kind}"


def halves_together(matrix, heads):
    """Rows of each head as transformers has them: llama.cpp's llama pairs neighbors, transformers the halves."""
    return matrix.reshape(heads, -1, 2, *matrix.shape[1:]).swapaxes(1, 2).reshape(matrix.shape)


def read_gguf(path):
    """Weights by transformers' names, configuration, tokenizer if it is byte-level, and bits per weight of all tensors."""
    from gguf import GGUFReader, dequantize

    reader = GGUFReader(path)
    field = lambda name, default=None: reader.fields[name].contents() if name in reader.fields else default
    architecture = field("general.architecture")
    of = lambda name, default=None: field(f"{architecture}.{name}", default)
    heads, width = of("attention.head_count"), of("embedding_length")
    kv_heads, head = of("attention.head_count_kv", heads), of("attention.key_length", width // heads)
    weights, n_bytes, n_weights, types = {}, 0, 0, {}
    for tensor in reader.tensors:
        n_bytes, n_weights = n_bytes + int(tensor.n_bytes), n_weights + int(tensor.n_elements)
        name = name_of(tensor.name)
        types[tensor.name] = tensor.tensor_type.name
        if name is None:
            continue
        values = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        values = values.reshape([int(n) for n in reversed(tensor.shape)])
        if architecture == "llama" and (".q_proj." in name or ".k_proj." in name):
            values = halves_together(values, heads if ".q_proj." in name else kv_heads)
        weights[name] = torch.from_numpy(np.ascontiguousarray(values))
    Config, _ = ARCHITECTURES[architecture]
    config = Config(
        vocab_size=weights["model.embed_tokens.weight"].shape[0], hidden_size=width, intermediate_size=of("feed_forward_length"),
        num_hidden_layers=of("block_count"), num_attention_heads=heads, num_key_value_heads=kv_heads, head_dim=head,
        max_position_embeddings=of("context_length"), rms_norm_eps=of("attention.layer_norm_rms_epsilon"),
        rope_parameters=dict(rope_type="default", rope_theta=of("rope.freq_base", 10000.0)), tie_word_embeddings="lm_head.weight" not in weights,
    )
    return weights, config, lambda: gguf_tokenizer(field), dict(bits_per_weight=8 * n_bytes / n_weights, types=types)


def gguf_tokenizer(field):
    """A byte-level tokenizer from a GGUF file's vocabulary, for the pre-tokenizers that the measured models have."""
    tokens, kinds = field("tokenizer.ggml.tokens"), field("tokenizer.ggml.token_type")
    assert field("tokenizer.ggml.pre") in ("smollm", "default"), field("tokenizer.ggml.pre")
    merges = [tuple(pair.split(" ")) for pair in field("tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE({token: index for index, token in enumerate(tokens)}, merges))
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level])
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token, kind in zip(tokens, kinds) if kind == 3])
    return tokenizer


# Folders


def unpacked(words, bits):
    """Unsigned numbers of a stream of `bits` bits along the first axis of [words, n]: the lowest bits of a word come first."""
    words = words.numpy().view(np.uint32).T
    stream = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, bitorder="little")
    numbers = stream.reshape(len(words), -1, bits).astype(np.int64) << np.arange(bits)
    return torch.from_numpy(numbers.sum(-1).T.copy())


def gptq(parts, bits, is_v1):
    """[out, in] of GPTQ's layout: numbers packed along the columns, zero points along the rows, one less than they are in v1."""
    codes, zeros = unpacked(parts["qweight"], bits), unpacked(parts["qzeros"].T.contiguous(), bits).T
    zeros, scales = zeros + is_v1, parts["scales"].float()
    columns = torch.arange(len(codes))
    groups = parts["g_idx"].long() if "g_idx" in parts else columns // (len(codes) // len(scales))
    return (scales[groups] * (codes - zeros[groups])).T.contiguous()


def awq(parts):
    """[out, in] of AWQ's layout for gemm: eight numbers of four bits in a word along the rows, in an order of its own."""
    order = torch.tensor([0, 4, 1, 5, 2, 6, 3, 7])

    def numbers(words):
        each = (words.long()[..., None] >> (4 * torch.arange(8))) & 15
        return each[..., order].flatten(1)

    codes, zeros, scales = numbers(parts["qweight"]), numbers(parts["qzeros"]), parts["scales"].float()
    groups = torch.arange(len(codes)) // (len(codes) // len(scales))
    return (scales[groups] * (codes - zeros[groups])).T.contiguous()


def read_folder(folder):
    tensors = {}
    for file in sorted(folder.glob("*.safetensors")):
        tensors |= load_file(file)
    values = json.loads((folder / "config.json").read_text())
    packing = values.pop("quantization_config", None) or {}
    weights = {name: tensor.float() for name, tensor in tensors.items() if tensor.is_floating_point() and not name.endswith(".scales")}
    for name in [name for name in tensors if name.endswith(".qweight")]:
        module = name.removesuffix(".qweight")
        parts = {kind: tensors[f"{module}.{kind}"] for kind in ("qweight", "qzeros", "scales", "g_idx") if f"{module}.{kind}" in tensors}
        if packing["quant_method"] == "awq":
            weights[f"{module}.weight"] = awq(parts)
        else:
            is_v1 = packing.get("checkpoint_format", "gptq") == "gptq"
            weights[f"{module}.weight"] = gptq(parts, packing["bits"], int(is_v1))
    Config, _ = ARCHITECTURES[values["model_type"]]
    config = Config.from_dict(values)
    if config.tie_word_embeddings:
        weights.pop("lm_head.weight", None)
    return weights, config, lambda: Tokenizer.from_file(str(folder / "tokenizer.json")), {}


# Measuring


def read(path):
    path = pathlib.Path(path)
    return read_folder(path) if path.is_dir() else read_gguf(path)


def model_of(weights, config):
    config._attn_implementation = "sdpa"
    model = ARCHITECTURES[config.model_type][1](config).float().eval()
    load(model, weights)
    return model


def load(model, weights):
    if model.config.tie_word_embeddings:
        weights = weights | {"lm_head.weight": weights["model.embed_tokens.weight"]}
    model.load_state_dict(weights, strict=True)


def windows_of(tokenizer, text, context, limit=None):
    tokens = tokenizer.encode(text, add_special_tokens=False).ids
    count = min(len(tokens) // context, limit or len(tokens))
    return torch.tensor(tokens[:count * context]).view(count, context)


@torch.no_grad()
def log_probabilities(model, window):
    """Logarithms of the distributions that predict the second half of a window."""
    context = len(window)
    logits = model(window[None], use_cache=False, logits_to_keep=context // 2 + 1).logits[0, :-1]
    return logits.double().log_softmax(-1)


def compare(reference, windows, changed):
    """Yields the figures of each of the weights in `changed`, a list of functions that return them: one is in memory at a time."""
    originals = [log_probabilities(reference, window).float() for window in windows]
    for weights in changed:
        load(reference, weights())
        kls, agreed, nll, original_nll = [], [], 0.0, 0.0
        for window, original in zip(windows, originals):
            original, found, next_tokens = original.double(), log_probabilities(reference, window), window[len(window) // 2:]
            kls.append((original.exp() * (original - found)).sum(-1))
            agreed.append((original.argmax(-1) == found.argmax(-1)).double())
            pick = lambda rows: -rows[torch.arange(len(rows)), next_tokens].sum().item()
            nll, original_nll = nll + pick(found), original_nll + pick(original)
        kl, agreed = torch.cat(kls).clamp(min=0), torch.cat(agreed)
        count, digits = len(kl), lambda value: float(f"{value:.6g}")
        yield dict(
            kl_mean=digits(kl.mean().item()), kl_standard_error=digits(kl.std().item() / math.sqrt(count)), kl_median=digits(kl.median().item()),
            kl_p99=digits(kl.quantile(0.99).item()), kl_max=digits(kl.max().item()), top1=digits(agreed.mean().item()),
            perplexity=digits(math.exp(nll / count)), original_perplexity=digits(math.exp(original_nll / count)), positions=count,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("reference")
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("--context", type=int, default=256)
    parser.add_argument("--windows", type=int)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    weights, config, tokenizer, _ = read(arguments.reference)
    windows = windows_of(tokenizer(), arguments.text.read_text(), arguments.context, arguments.windows)
    about = {}

    def reading(path):
        def weights():
            values, _, _, about[path] = read(path)
            return values
        return weights

    results = {}
    for path, figures in zip(arguments.models, compare(model_of(weights, config), windows, [reading(path) for path in arguments.models])):
        bits = about[path].get("bits_per_weight")
        size = f"{bits:6.3f} bits" if bits else ""
        print(f"{path}: KL {figures['kl_mean']:.5f} ± {figures['kl_standard_error']:.5f}, median {figures['kl_median']:.5f}, 99 % {figures['kl_p99']:.4f}, "
              f"top-1 {100 * figures['top1']:.2f} %, perplexity {figures['perplexity']:.3f} ({figures['original_perplexity']:.3f}), {figures['positions']} positions {size}", flush=True)
        if bits:
            figures["bits_per_weight"] = round(bits, 4)
        results[path] = figures
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
