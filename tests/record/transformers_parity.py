#!/usr/bin/env python3
"""Record what transformers computes for a small random model of every architecture.

    pip install torch transformers safetensors tokenizers
    transformers_parity.py ../data/models [NAME ...]

Models of QUANTIZED are stored as other programs store quantized weights, which takes what quantized_checkpoints.py takes; their
expected values come from the weights that those programs decode.

Writes one folder per model: a checkpoint (config.json, generation_config.json, tokenizer.json, safetensors) and expected.json
with a prompt, the logits after some of its prefixes, and 64 tokens of greedy continuation. Expected values come from the
checkpoint as it stands in the folder, loaded anew in float32 with eager attention. Seeds are searched so that no greedy
choice is close: a tie would compare roundings, not models.
"""
import json, pathlib, shutil, sys, tempfile

import torch
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

import quantized_checkpoints

VOCAB, PROMPT, CONTINUATION = 96, 40, 64
COMMON = dict(vocab_size=VOCAB, bos_token_id=0, eos_token_id=1, pad_token_id=None)
LLAMA3 = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)

# name: model_type, checkpoint dtype, configuration style, lengths whose logits are kept, configuration
MODELS = {
    "llama-llama3": ("llama", "bf16", "new", [1, 7, 40], dict(hidden_size=96, intermediate_size=64, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, max_position_embeddings=512, rms_norm_eps=1e-5, tie_word_embeddings=True, rope_parameters=LLAMA3)),
    "llama-yarn": ("llama", "bf16", "new", [1, 31, 32, 33, 40], dict(hidden_size=72, intermediate_size=80, num_hidden_layers=2, num_attention_heads=6, head_dim=20,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, rope_parameters=dict(rope_type="yarn", rope_theta=10000.0,
            factor=8.0, original_max_position_embeddings=32, beta_fast=4.0, beta_slow=0.5, truncate=False))),
    "llama-untied": ("llama", "f32", "old", [1, 7, 40], dict(hidden_size=32, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=4, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=False, rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "llama-linear": ("llama", "f16", "old", [1, 7, 40], dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, head_dim=32,
        num_key_value_heads=1, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=False, rope_parameters=dict(rope_type="linear", rope_theta=5000.0, factor=2.5))),
    "llama-biases": ("llama", "bf16", "old", [1, 7, 40], dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, head_dim=24, attention_bias=True,
        mlp_bias=True, num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "llama-attention-bias": ("llama", "f16", "new", [1, 7, 40], dict(hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, head_dim=48, attention_bias=True,
        num_key_value_heads=1, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "mistral": ("mistral", "bf16", "old", [1, 8, 9, 40], dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=8, rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "llama-gptq": ("llama", "f16", "old", [1, 7, 40], dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "qwen2-awq": ("qwen2", "f16", "old", [1, 7, 40], dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "qwen2": ("qwen2", "bf16", "new", [1, 7, 40], dict(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=1, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "qwen2-window": ("qwen2", "f32", "old", [1, 12, 13, 40], dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=False, use_sliding_window=True, sliding_window=12, max_window_layers=1,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "qwen3": ("qwen3", "f32", "old", [1, 7, 40], dict(hidden_size=32, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, head_dim=32,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "qwen3moe": ("qwen3_moe", "f32", "old", [1, 7, 40], dict(hidden_size=32, intermediate_size=48, moe_intermediate_size=24, num_experts=6, num_experts_per_tok=2,
        norm_topk_prob=True, num_hidden_layers=3, num_attention_heads=4, head_dim=16, num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-6,
        tie_word_embeddings=False, rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "lfm2": ("lfm2", "bf16", "new", [1, 2, 7, 40], dict(hidden_size=48, intermediate_size=96, block_auto_adjust_ff_dim=True, block_multiple_of=16, num_hidden_layers=4,
        num_attention_heads=3, num_key_value_heads=1, max_position_embeddings=256, norm_eps=1e-5, conv_L_cache=3, tie_word_embeddings=True,
        layer_types=["conv", "full_attention", "conv", "full_attention"], rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "lfm2moe": ("lfm2_moe", "f32", "new", [1, 2, 7, 40], dict(hidden_size=32, intermediate_size=64, moe_intermediate_size=24, num_experts=5, num_experts_per_tok=2,
        num_dense_layers=1, use_expert_bias=True, norm_topk_prob=True, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256,
        norm_eps=1e-5, conv_L_cache=4, tie_word_embeddings=True, layer_types=["conv", "full_attention", "conv"], rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "qwen35": ("qwen3_5_text", "f32", "new", [1, 3, 4, 40], dict(hidden_size=32, intermediate_size=80, num_hidden_layers=4, num_attention_heads=4, head_dim=16,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, linear_conv_kernel_dim=4, linear_key_head_dim=12,
        linear_value_head_dim=12, linear_num_key_heads=2, linear_num_value_heads=6,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5, mrope_section=[2, 1, 1], mrope_interleaved=True))),
    "qwen35moe": ("qwen3_5_moe_text", "bf16", "new", [1, 3, 4, 40], dict(hidden_size=32, moe_intermediate_size=20, shared_expert_intermediate_size=24, num_experts=6,
        num_experts_per_tok=2, num_hidden_layers=3, num_attention_heads=2, head_dim=16, num_key_value_heads=1, max_position_embeddings=256, rms_norm_eps=1e-6,
        tie_word_embeddings=False, linear_conv_kernel_dim=3, linear_key_head_dim=8, linear_value_head_dim=8, linear_num_key_heads=2, linear_num_value_heads=4,
        layer_types=["linear_attention", "full_attention", "linear_attention"],
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5, mrope_section=[2, 1, 1], mrope_interleaved=True))),
    # llama.cpp expects tokens of the real vocabulary in models whose name holds phi3.
    "phi-plain": ("phi3", "f32", "old", [1, 20, 21, 40], dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=2,
        max_position_embeddings=256, original_max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=20,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=1.0))),
    "phi-longrope": ("phi3", "bf16", "new", [1, 31, 32, 33, 40], dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=512, original_max_position_embeddings=32, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=None,
        rope_parameters=dict(rope_type="longrope", rope_theta=10000.0, partial_rotary_factor=0.75, original_max_position_embeddings=32,
            short_factor=[1.0, 1.05, 1.1, 1.2, 1.3, 1.45], long_factor=[1.1, 1.6, 2.5, 4.0, 7.5, 12.0]))),
    # Phi-4-mini: longrope on three quarters of a head, tied.
    "phi-tied": ("phi3", "f16", "old", [1, 27, 28, 29, 40], dict(hidden_size=96, intermediate_size=112, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=2,
        max_position_embeddings=384, original_max_position_embeddings=28, rms_norm_eps=1e-5, tie_word_embeddings=True, sliding_window=262144,
        rope_parameters=dict(rope_type="longrope", rope_theta=10000.0, partial_rotary_factor=0.75, original_max_position_embeddings=28,
            short_factor=[1.0] * 6, long_factor=[1.0, 1.2, 1.9, 3.1, 6.0, 9.0]))),
    "smollm3": ("smollm3", "bf16", "old", [1, 7, 40], dict(hidden_size=72, intermediate_size=104, num_hidden_layers=5, num_attention_heads=6, num_key_value_heads=3,
        max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=50000.0))),
    "granite": ("granite", "bf16", "old", [1, 7, 40], dict(hidden_size=80, intermediate_size=112, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, embedding_multiplier=3.0, residual_multiplier=0.4, attention_multiplier=0.1,
        logits_scaling=2.5, rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "olmo2": ("olmo2", "f32", "old", [1, 7, 40], dict(hidden_size=48, intermediate_size=88, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=3,
        max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=False, rope_parameters=dict(rope_type="default", rope_theta=500000.0))),
    "olmo3": ("olmo3", "bf16", "new", [1, 9, 10, 31, 33, 40], dict(hidden_size=80, intermediate_size=72, num_hidden_layers=4, num_attention_heads=5, num_key_value_heads=5,
        max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=False, sliding_window=9, rope_parameters=dict(
            full_attention=dict(rope_type="yarn", rope_theta=500000.0, factor=8.0, original_max_position_embeddings=32, beta_fast=4.0, beta_slow=1.0, attention_factor=1.2079441541679836),
            sliding_attention=dict(rope_type="default", rope_theta=500000.0)))),
    "exaone4": ("exaone4", "bf16", "new", [1, 7, 40], dict(hidden_size=64, intermediate_size=88, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=None, layer_types=["full_attention"] * 2,
        rope_parameters=dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64))),
    "exaone4-window": ("exaone4", "f32", "new", [1, 11, 12, 40], dict(hidden_size=40, intermediate_size=56, num_hidden_layers=5, num_attention_heads=5, num_key_value_heads=1,
        max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=11, sliding_window_pattern=4,
        rope_parameters=dict(rope_type="default", rope_theta=1000000.0))),
    "glm4": ("glm4", "bf16", "new", [1, 7, 40], dict(hidden_size=72, intermediate_size=104, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=2, head_dim=24,
        max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, attention_bias=True,
        rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    "ministral3": ("ministral3", "bf16", "new", [1, 23, 24, 25, 40], dict(hidden_size=72, intermediate_size=112, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=2, head_dim=20,
        max_position_embeddings=384, rms_norm_eps=1e-5, tie_word_embeddings=True, sliding_window=None, rope_parameters=dict(rope_type="yarn", rope_theta=100000.0, factor=16.0,
            original_max_position_embeddings=24, beta_fast=8.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.3))),
    "mistral3-vision": ("ministral3", "f32", "new", [1, 15, 17, 40], dict(hidden_size=40, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=1, head_dim=12,
        max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=None, rope_parameters=dict(rope_type="yarn", rope_theta=100000.0, factor=16.0,
            original_max_position_embeddings=16, beta_fast=8.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.1))),
    "gemma2": ("gemma2", "bf16", "old", [1, 8, 9, 40], dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, head_dim=32,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, sliding_window=8, query_pre_attn_scalar=32,
        attn_logit_softcapping=5.0, final_logit_softcapping=2.0, rope_parameters=dict(rope_type="default", rope_theta=10000.0))),
    "gemma3": ("gemma3_text", "bf16", "new", [1, 10, 11, 40], dict(hidden_size=32, intermediate_size=64, num_hidden_layers=7, num_attention_heads=2, head_dim=32,
        num_key_value_heads=1, max_position_embeddings=512, rms_norm_eps=1e-6, tie_word_embeddings=True, sliding_window=10, query_pre_attn_scalar=32,
        rope_parameters=dict(full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1000000.0), sliding_attention=dict(rope_type="default", rope_theta=10000.0)))),
    "gemma3-vision": ("gemma3_text", "f32", "old", [1, 6, 7, 40], dict(hidden_size=32, intermediate_size=32, num_hidden_layers=3, num_attention_heads=4, head_dim=16,
        num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-6, tie_word_embeddings=True, sliding_window=6, query_pre_attn_scalar=24, sliding_window_pattern=2,
        rope_parameters=dict(full_attention=dict(rope_type="default", rope_theta=500000.0), sliding_attention=dict(rope_type="default", rope_theta=5000.0)))),
}
# name: what quantizes a matrix
QUANTIZED = {
    "llama-gptq": lambda weight: quantized_checkpoints.gptq(weight, bits=4, group_size=32, sym=False, order=True),
    "qwen2-awq": lambda weight: quantized_checkpoints.awq(weight, group_size=32),
}
# name: model_type of the whole and of its vision part
VISION = {"gemma3-vision": ("gemma3", "siglip_vision_model"), "mistral3-vision": ("mistral3", "pixtral")}
DTYPES = dict(f32=torch.float32, f16=torch.float16, bf16=torch.bfloat16)


def randomize(model, seed):
    """Weights large enough for logits that differ, norms that are not all alike."""
    generator = torch.Generator().manual_seed(seed)
    gemma = "gemma" in model.config.model_type
    zero_centered = gemma or "qwen3_5" in model.config.model_type
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if gemma and name == "model.norm.weight":
            # With gains of one sign, a tied embedding would make a gemma repeat its last token.
            parameter.data = noise - 1.0
        elif "norm" in name:
            parameter.data = noise * 0.2 + (0.0 if zero_centered and not name.endswith("linear_attn.norm.weight") else 1.0)
        elif name.endswith("bias"):
            parameter.data = noise * 0.3
        elif "embed_tokens" in name:
            parameter.data = noise * (0.08 if gemma else 0.25)
        else:
            parameter.data = noise * 1.2 / parameter.shape[-1] ** 0.5
    for name, buffer in model.named_buffers():
        if name.endswith("expert_bias"):
            buffer.data = torch.randn(buffer.shape, generator=generator) * 0.2


def old_style(config):
    """Rewrites a configuration as transformers 4 would have saved it."""
    rope = config.pop("rope_parameters")
    config.pop("layer_types", None)
    config["torch_dtype"] = config.pop("dtype")
    if "full_attention" in rope:
        config["rope_theta"] = rope["full_attention"]["rope_theta"]
        config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        return
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = None if rope["rope_type"] == "default" else dict(rope, type=rope["rope_type"])


def write_tokenizer(folder):
    characters = [chr(code) for code in range(33, 127)]
    vocab = {"<s>": 0, "</s>": 1, **{c: i + 2 for i, c in enumerate(characters)}}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken("<s>", special=True), AddedToken("</s>", special=True)])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(dict(tokenizer_class="PreTrainedTokenizerFast", bos_token="<s>", eos_token="</s>")))


def write_checkpoint(folder, name, seed):
    model_type, dtype, style, _, settings = MODELS[name]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = AutoConfig.for_model(model_type, **json.loads(json.dumps(settings)), **COMMON)
    config._attn_implementation = "eager"
    model = AutoModelForCausalLM.from_config(config)
    randomize(model, seed)
    model.to(DTYPES[dtype]).save_pretrained(folder, max_shard_size="60KB" if name == "llama-untied" else "1GB")
    saved = json.loads((folder / "config.json").read_text())
    if style == "old":
        old_style(saved)
        if "sliding_window_pattern" in settings:
            saved["sliding_window_pattern"] = settings["sliding_window_pattern"]
    (folder / "config.json").write_text(json.dumps(saved, indent=1) + "\n")
    (folder / "generation_config.json").write_text(json.dumps(dict(bos_token_id=0, eos_token_id=[1, 95])) + "\n")
    write_tokenizer(folder)


def quantize(folder, plain, encode):
    """Stores the matrices of all layers quantized; `plain` gets the same model with the matrices as they are decoded."""
    shutil.copytree(folder, plain, dirs_exist_ok=True)
    stored, decoded = {}, {}
    for name, tensor in load_file(folder / "model.safetensors").items():
        if not name.endswith("_proj.weight"):
            stored[name], decoded[name] = tensor, tensor.float()
            continue
        parts, decoded[name], settings = encode(tensor)
        stored.update({f"{name.removesuffix('.weight')}.{part}": value for part, value in parts.items()})
    save_file(stored, folder / "model.safetensors", metadata=dict(format="pt"))
    save_file(decoded, plain / "model.safetensors", metadata=dict(format="pt"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(dict(config, quantization_config=settings), indent=1) + "\n")


def as_vision_model(folder, model_type, vision_type):
    """What a model with a vision part looks like: a nested configuration, longer names, tensors of another part."""
    text = json.loads((folder / "config.json").read_text())
    architecture = f"{model_type.title()}ForConditionalGeneration"
    outer = dict(architectures=[architecture], model_type=model_type, text_config=text, vision_config=dict(model_type=vision_type))
    (folder / "config.json").write_text(json.dumps(outer, indent=1) + "\n")
    tensors = {f"language_model.{name}": tensor for name, tensor in load_file(folder / "model.safetensors").items()}
    tensors["vision_tower.vision_model.post_layernorm.weight"] = torch.ones(32)
    save_file(tensors, folder / "model.safetensors", metadata=dict(format="pt"))


def expect(folder, lengths, seed):
    """The expected values, or None if a greedy choice is close or the text is dull."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    generator = torch.Generator().manual_seed(1000 + seed)
    prompt = torch.randint(2, VOCAB, (PROMPT,), generator=generator).tolist()
    run = lambda tokens: model(torch.tensor([tokens]), use_cache=False).logits[0, -1]
    with torch.no_grad():
        logits = {length: run(prompt[:length]).tolist() for length in lengths}
        tokens = list(prompt)
        for _ in range(CONTINUATION):
            last = run(tokens)
            first, second = last.topk(2).values.tolist()
            if first - second < 0.02 * last.std().item():
                return None
            tokens.append(last.argmax().item())
        logits[len(tokens)] = run(tokens).tolist()
    continuation = tokens[PROMPT:]
    if len(set(continuation)) < 16:
        return None
    rounded = [dict(length=length, logits=[float(f"{x:.8g}") for x in row]) for length, row in logits.items()]
    return dict(prompt=prompt, continuation=continuation, seed=seed, logits=rounded)


def main():
    logging.disable_progress_bar()
    out = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:] or MODELS:
        folder = out / name
        for seed in range(400):
            write_checkpoint(folder, name, seed)
            with tempfile.TemporaryDirectory() as plain:
                source = folder
                if name in QUANTIZED:
                    source = pathlib.Path(plain)
                    quantize(folder, source, QUANTIZED[name])
                expected = expect(source, MODELS[name][3], seed)
            if expected:
                break
        else:
            sys.exit(f"{name}: no seed without close choices")
        if name in VISION:
            as_vision_model(folder, *VISION[name])
        (folder / "expected.json").write_text(json.dumps(expected) + "\n")
        for file in folder.iterdir():
            file.chmod(0o644)
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(name, "seed", expected["seed"], "distinct", len(set(expected["continuation"])), "bytes", size, flush=True)


main()
