#!/usr/bin/env python3
"""Record weights as the programs that quantize checkpoints store them, with what those programs decode them to.

    pip install torch transformers safetensors gptqmodel compressed-tensors bitsandbytes
    pip install --no-deps --no-build-isolation autoawq
    quantized_checkpoints.py ../data/quantized

Writes NAME.safetensors with the stored parts, cases.json with the quantization_config of each, and expected.safetensors with the
decoded matrices: packed and decoded by the programs' own code, which is given its scales in float32 so that it rounds no
product to 16 bits. transformers_parity.py quantizes whole models by the functions here.
"""
import functools, importlib.util, json, pathlib, sys, types

import torch
from safetensors.torch import save_file

X = "model.layers.0.mlp.up_proj"


def scales_of(weight, bits, group_size, sym):
    """Scales and zero points of [out, groups] by the extremes of each group."""
    groups = weight.float().reshape(weight.shape[0], -1, group_size)
    most = 2**bits - 1
    if sym:
        scale = groups.abs().amax(-1) * 2 / most
        zero = torch.full_like(scale, (most + 1) // 2)
    else:
        low, high = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
        scale = (high - low) / most
        zero = (-low / scale).round()
    return scale.half().float(), zero.clamp(0, most)


def gptq(weight, bits=4, group_size=32, sym=True, order=False, version="gptq", seed=0):
    """Parts, decoded matrix and configuration; `order` gives each group columns from everywhere."""
    from gptqmodel.nn_modules.qlinear.torch import TorchLinear
    from gptqmodel.quantization import QuantizeConfig
    from gptqmodel.utils.model import convert_gptq_v2_to_v1_format_module

    n_out, n_in = weight.shape
    permutation = torch.randperm(n_in, generator=torch.Generator().manual_seed(seed)) if order else torch.arange(n_in)
    scale, zero = scales_of(weight[:, permutation], bits, group_size, sym)
    g_idx = torch.empty(n_in, dtype=torch.int32)
    g_idx[permutation] = (torch.arange(n_in) // group_size).int()
    linear = torch.nn.Linear(n_in, n_out, bias=False)
    linear.weight.data = weight.float().clone()
    packed = TorchLinear(bits=bits, group_size=group_size, sym=sym, desc_act=order, in_features=n_in, out_features=n_out)
    packed.pack_original(linear, scale, zero, g_idx)
    stored_scales = packed.scales.clone()
    packed.scales = packed.scales.float()
    packed.post_init()
    decoded = packed.dequantize_weight().T.contiguous().float()
    packed.scales = stored_scales
    packed.qzero_format(format=2)
    if version == "gptq":
        convert_gptq_v2_to_v1_format_module(packed, QuantizeConfig(bits=bits, group_size=group_size))
    parts = {name: getattr(packed, name).clone().contiguous() for name in ["qweight", "qzeros", "scales", "g_idx"]}
    config = dict(quant_method="gptq", bits=bits, group_size=group_size, sym=sym, desc_act=order, checkpoint_format=version, pack_dtype="int32")
    return parts, decoded, config


@functools.cache
def load_awq():
    """AutoAWQ's files of the layout alone: the package itself wants an older transformers."""
    folder = pathlib.Path(importlib.util.find_spec("awq").submodule_search_locations[0])
    for name in ["awq", "awq.modules", "awq.modules.linear"]:
        package = types.ModuleType(name)
        package.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package
    from awq.modules.linear.gemm import WQLinear_GEMM
    from awq.utils.packing_utils import dequantize_gemm

    return WQLinear_GEMM, dequantize_gemm


def awq(weight, group_size=32):
    layer, dequantize_gemm = load_awq()
    n_out, n_in = weight.shape
    scale, zero = scales_of(weight, 4, group_size, sym=False)
    linear = torch.nn.Linear(n_in, n_out, bias=False)
    linear.weight.data = weight.float().clone()
    packed = layer.from_linear(linear, 4, group_size, scales=scale.T.contiguous(), zeros=zero.T.contiguous())
    decoded = dequantize_gemm(packed.qweight, packed.qzeros, packed.scales.float(), 4, group_size).T.contiguous()
    parts = {name: getattr(packed, name).clone().contiguous().cpu() for name in ["qweight", "qzeros", "scales"]}
    config = dict(quant_method="awq", bits=4, group_size=group_size, zero_point=True, version="gemm", modules_to_not_convert=None)
    return parts, decoded.float(), config


def fp8(weight, block=None):
    """Blocks of block by block, or one scale for all."""
    from transformers.integrations.finegrained_fp8 import Fp8Dequantize

    rows, cols = weight.shape
    size = [block, block] if block else [rows, cols]
    blocks = weight.float().reshape(rows // size[0], size[0], cols // size[1], size[1])
    scale = blocks.abs().amax((1, 3)) / 448
    stored = (blocks / scale[:, None, :, None]).reshape(rows, cols).to(torch.float8_e4m3fn)
    decoded = Fp8Dequantize(None)._dequantize_one(stored, scale, torch.float32)
    if block:
        config = dict(quant_method="fp8", activation_scheme="dynamic", weight_block_size=size)
        return dict(weight=stored, weight_scale_inv=scale), decoded, config
    config = dict(quant_method="fp8", activation_scheme="static")
    return dict(weight=stored, weight_scale=scale.reshape(()), input_scale=torch.tensor(0.5)), decoded, config


def bitsandbytes_4bit(weight, quant_type, nested):
    from bitsandbytes import functional

    packed, state = functional.quantize_4bit(weight.float(), blocksize=64, quant_type=quant_type, compress_statistics=nested)
    decoded = functional.dequantize_4bit(packed, state).float()
    parts = {f"weight.{name}": tensor for name, tensor in state.as_dict(packed=True).items()}
    config = dict(quant_method="bitsandbytes", load_in_4bit=True, bnb_4bit_quant_type=quant_type, bnb_4bit_use_double_quant=nested)
    return dict(parts, weight=packed), decoded, config


def bitsandbytes_8bit(weight):
    from bitsandbytes import functional

    codes, magnitudes, _ = functional.int8_vectorwise_quant(weight.half())
    decoded = functional.int8_vectorwise_dequant(codes, magnitudes).float()
    config = dict(quant_method="bitsandbytes", load_in_8bit=True, llm_int8_threshold=6.0)
    return dict(weight=codes, SCB=magnitudes, weight_format=torch.tensor(0, dtype=torch.uint8)), decoded, config


def compressed(weight, format, bits=4, strategy="group", group_size=32, sym=True, kind="int"):
    from compressed_tensors.compressors import BaseCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme

    rows, cols = weight.shape
    size = dict(group=group_size, channel=cols, tensor=None, block=None)[strategy]
    if kind == "float":
        blocks = dict(channel=(1, cols), tensor=(rows, cols), block=(group_size, group_size))[strategy]
        cut = weight.float().reshape(rows // blocks[0], blocks[0], cols // blocks[1], blocks[1])
        scale, zero = cut.abs().amax((1, 3)) / 448, None
    else:
        scale, zero = scales_of(weight, bits, size, sym)
        zero = (zero - 2 ** (bits - 1)).to(torch.int8)
    args = dict(num_bits=bits, type=kind, strategy=strategy, symmetric=sym, dynamic=False)
    if strategy == "group":
        args["group_size"] = group_size
    if strategy == "block":
        args["block_structure"] = [group_size, group_size]
    scheme = QuantizationScheme(targets=["Linear"], weights=QuantizationArgs(**args))
    compressor = BaseCompressor.get_value_from_registry(format)
    if strategy == "tensor":
        scale = scale.reshape(1)
    state = dict(weight=weight.float(), weight_scale=scale.bfloat16().float())
    if zero is not None:
        state["weight_zero_point"] = zero
    parts = {name: part.contiguous() for name, part in compressor.compress(state, scheme).items()}
    decoded = compressor.decompress(dict(parts), scheme)["weight"].float()
    parts["weight_scale"] = parts["weight_scale"].bfloat16()
    group = dict(targets=["Linear"], weights=dict(args, group_size=args.get("group_size"), actorder=None), input_activations=None, output_activations=None, format=format)
    config = dict(quant_method="compressed-tensors", format=format, quantization_status="compressed", ignore=["lm_head"], config_groups=dict(group_0=group))
    return parts, decoded.contiguous(), config


def cases():
    weight = torch.randn(32, 64, generator=torch.Generator().manual_seed(7)) * 0.1
    for bits in [2, 3, 4, 8]:
        yield f"gptq-{bits}bit-v1-sym", gptq(weight, bits)
        yield f"gptq-{bits}bit-v1-order", gptq(weight, bits, sym=False, order=True)
        yield f"gptq-{bits}bit-v2-order", gptq(weight, bits, sym=False, order=True, version="gptq_v2")
    # All of a group above zero: true zero points of 0, which version 1 stores with a borrow.
    yield "gptq-4bit-v1-positive", gptq(weight.abs(), 4, sym=False)
    yield "awq-gemm", awq(weight)
    yield "fp8-block", fp8(weight, 16)
    yield "fp8-tensor", fp8(weight)
    for quant_type in ["nf4", "fp4"]:
        for nested in [False, True]:
            yield f"bitsandbytes-{quant_type}{'-nested' if nested else ''}", bitsandbytes_4bit(weight, quant_type, nested)
    yield "bitsandbytes-int8", bitsandbytes_8bit(weight)
    for bits in [2, 3, 4, 8]:
        yield f"compressed-tensors-pack-{bits}bit", compressed(weight, "pack-quantized", bits)
    yield "compressed-tensors-pack-asym", compressed(weight, "pack-quantized", 4, sym=False)
    yield "compressed-tensors-pack-channel", compressed(weight, "pack-quantized", 4, "channel")
    yield "compressed-tensors-int8", compressed(weight, "int-quantized", 8, "channel")
    for strategy in ["tensor", "channel", "block"]:
        yield f"compressed-tensors-fp8-{strategy}", compressed(weight, "float-quantized", 8, strategy, 16, kind="float")


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    configs, expected = {}, {}
    for name, (parts, decoded, config) in cases():
        save_file({f"{X}.{part}": tensor for part, tensor in parts.items()}, out / f"{name}.safetensors", metadata=dict(format="pt"))
        configs[name], expected[name] = config, decoded
        print(name, {part: list(tensor.shape) for part, tensor in parts.items()}, flush=True)
    save_file(expected, out / "expected.safetensors", metadata=dict(format="pt"))
    (out / "cases.json").write_text(json.dumps(configs, indent=1) + "\n")


if __name__ == "__main__":
    main()
