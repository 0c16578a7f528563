#!/usr/bin/env python3
"""Record weights rounded to number formats by the programs that define them, for tests/number_formats.rs.

    pip install torch safetensors bitsandbytes==0.50.2 compressed-tensors==0.19.0 torchao==0.18.0 hqq==0.2.8.post1
    OMP_NUM_THREADS=1 CUDA_VISIBLE_DEVICES="" number_formats.py ../data/number_formats

Writes weights.safetensors, a matrix in bfloat16, and a file per program with codes and constants of that matrix. Codes are as
the program has them before it packs them; scales of blocks are rounded to half precision before codes are chosen, as GPTQ's
files have them. Where compressed-tensors and torchao choose integers, both must agree but for ties.
"""
import pathlib, sys

import torch
from safetensors.torch import save_file

torch.manual_seed(14)
N_ROWS, N_COLS = 16, 256
# Normal in the upper half, heavy tails in the lower, and a block of zeros.
normal = torch.randn(N_ROWS // 2, N_COLS)
heavy = torch.distributions.StudentT(4.0).sample((N_ROWS // 2, N_COLS))
weights = (torch.cat([normal, heavy]) * 0.05).bfloat16()
weights[3, 64:128] = 0
W = weights.float()


def integers(parts):
    from compressed_tensors.quantization import QuantizationArgs
    from compressed_tensors.quantization.lifecycle.forward import quantize
    from compressed_tensors.quantization.utils import calculate_qparams
    from torchao.quantization.quant_primitives import (MappingType, choose_qparams_affine, quantize_affine)

    cases = [(4, True, 64), (4, False, 64), (2, True, 32), (3, False, "row"), (8, True, "row"), (8, True, "tensor"), (5, False, 128),
             (6, True, 16), (7, False, "tensor")]
    for bits, symmetric, span in cases:
        length = span if isinstance(span, int) else N_COLS
        block = (N_ROWS, N_COLS) if span == "tensor" else (1, length)
        groups = W.reshape(1, -1) if span == "tensor" else W.reshape(-1, length)
        args = QuantizationArgs(num_bits=bits, type="int", symmetric=symmetric, strategy="channel")
        scale, zero = calculate_qparams(groups.amin(1, keepdim=True), groups.amax(1, keepdim=True), args)
        if isinstance(span, int):
            scale = scale.half().float()
        # A block of zeros has the smallest scale that divides in compressed-tensors; its codes are 0 or the zero point.
        codes = quantize(groups, torch.where(scale == 0, torch.ones_like(scale), scale), zero.nan_to_num(), args).to(torch.int8)
        low, high = -2 ** (bits - 1), 2 ** (bits - 1) - 1
        kind = MappingType.SYMMETRIC if symmetric else MappingType.ASYMMETRIC
        ao_scale, ao_zero = choose_qparams_affine(W, kind, block, torch.int8, low, high, eps=torch.finfo(torch.float32).eps, scale_dtype=torch.float32)
        ao_scale = ao_scale.half().float() if isinstance(span, int) else ao_scale
        agree = quantize_affine(W, block, torch.where(ao_scale == 0, torch.ones_like(ao_scale), ao_scale), ao_zero, torch.int8, low, high)
        # A block of zeros may have any zero point.
        zero = torch.where(scale == 0, torch.zeros_like(scale), zero.float())
        codes = torch.where(scale == 0, torch.zeros_like(codes), codes)
        agree = (agree.reshape(codes.shape) - ao_zero.reshape(-1, 1)).float()
        n_other = int((agree != codes - zero).sum())
        print(f"int{bits} {'sym' if symmetric else 'asym'} {span}: torchao differs in {n_other} of {codes.numel()} codes")
        assert n_other <= codes.numel() / 500, "it rounds before it adds the zero point, and may differ at ties"
        name = f"int{bits}-{'sym' if symmetric else 'asym'}-{f'g{span}' if isinstance(span, int) else span}"
        parts |= {f"{name}.codes": codes.reshape(N_ROWS, N_COLS), f"{name}.scale": scale.float().flatten(), f"{name}.zero": zero.flatten()}


def four_bit_floats(parts):
    from compressed_tensors.quantization import QuantizationArgs
    from compressed_tensors.quantization.lifecycle.forward import quantize
    from compressed_tensors.quantization.utils import calculate_qparams, generate_gparam
    from torchao.prototype.mx_formats.config import ScaleCalculationMode
    from torchao.prototype.mx_formats.mx_tensor import to_mx

    values = torch.tensor([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6])
    for name, mode in (("mxfp4", ScaleCalculationMode.FLOOR), ("mxfp4-even", ScaleCalculationMode.EVEN)):
        scale, packed = to_mx(W, torch.float4_e2m1fn_x2, 32, mode)
        packed = packed.view(torch.uint8).reshape(N_ROWS, N_COLS // 2)
        codes = torch.stack([packed & 15, packed >> 4], -1).reshape(N_ROWS, N_COLS)
        parts |= {f"{name}.codes": codes, f"{name}.exponent": scale.view(torch.uint8).reshape(N_ROWS, -1)}
    groups = W.reshape(-1, 32)
    args = QuantizationArgs(num_bits=4, type="float", symmetric=True, strategy="group", group_size=32, scale_dtype=torch.uint8, zp_dtype=torch.uint8)
    scale, _ = calculate_qparams(groups.amin(1, keepdim=True), groups.amax(1, keepdim=True), args)
    even = values[parts["mxfp4-even.codes"].long()].reshape(-1, 32)
    found = quantize(groups, scale.float(), None, QuantizationArgs(num_bits=4, type="float", symmetric=True, strategy="channel"))
    n_other = int(((found * scale) != even * (2.0 ** (parts["mxfp4-even.exponent"].float().reshape(-1, 1) - 127))).sum())
    print(f"mxfp4-even: compressed-tensors differs in {n_other} values")
    assert n_other == 0

    groups = W.reshape(-1, 16)
    gparam = generate_gparam(W.amin(), W.amax())
    args = QuantizationArgs(num_bits=4, type="float", symmetric=True, strategy="tensor_group", group_size=16, scale_dtype=torch.float8_e4m3fn)
    scale, _ = calculate_qparams(groups.amin(1, keepdim=True), groups.amax(1, keepdim=True), args, global_scale=gparam)
    args = QuantizationArgs(num_bits=4, type="float", symmetric=True, strategy="channel")
    values16 = quantize(groups, scale.float(), None, args, global_scale=gparam)
    codes = torch.argmin((values16.unsqueeze(-1) - values).abs(), -1).to(torch.uint8)
    assert (values[codes.long()] == values16).all()
    parts |= {"nvfp4.codes": codes.reshape(N_ROWS, N_COLS), "nvfp4.scale": scale.float().reshape(N_ROWS, -1), "nvfp4.global": gparam.float()}


def eight_bit_floats(parts):
    for name, dtype in (("e4m3", torch.float8_e4m3fn), ("e5m2", torch.float8_e5m2)):
        largest = torch.finfo(dtype).max
        for span, amax in (("", W.abs().amax().reshape(1, 1)), ("-row", W.abs().amax(1, keepdim=True))):
            scale = amax / largest
            codes = (W / scale).clamp(-largest, largest).to(dtype)
            parts |= {f"fp8-{name}{span}.values": codes.float().half(), f"fp8-{name}{span}.scale": scale.flatten()}


def bitsandbytes(parts):
    import bitsandbytes.functional as F

    for name in ("nf4", "fp4"):
        packed, state = F.quantize_4bit(W, blocksize=64, quant_type=name)
        packed = packed.flatten()
        codes = torch.stack([packed >> 4, packed & 15], -1).reshape(N_ROWS, N_COLS)
        parts |= {f"{name}.codes": codes, f"{name}.absmax": state.absmax, f"{name}.table": state.code}
    codes, absmax, _ = F.int8_vectorwise_quant(weights.half())
    assert (weights.half().float() == W).all()
    parts |= {"int8.codes": codes, "int8.absmax": absmax}
    # Blocks of which the first weight is the largest, so that rounding them shows the largest magnitudes.
    blocks = torch.zeros(4096, 64)
    blocks[:, 0] = torch.randn(4096, 64).abs().amax(1) * 0.05
    _, state = F.quantize_4bit(blocks, blocksize=64, quant_type="nf4", compress_statistics=True)
    parts |= {"nested.exact": blocks[:, 0].clone(), "nested.codes": state.absmax, "nested.absmax": state.state2.absmax,
              "nested.map": state.state2.code, "nested.offset": state.offset.reshape(1)}


def hqq(parts):
    from hqq.core.quantize import Quantizer

    for bits in (4, 3, 2):
        codes, meta = Quantizer.quantize(W, nbits=bits, channel_wise=True, group_size=64, optimize=True, round_zero=bits == 4, axis=1,
                                         device="cpu", compute_dtype=torch.float32, bitpack=False)
        errors = (codes.float() - meta["zero"]) * meta["scale"] - W.reshape(-1, 64)
        relative = (errors.square().sum() / W.square().sum()).sqrt()
        parts |= {f"int{bits}-min-g64.errors": torch.stack([relative, errors.abs().pow(0.7).sum()])}
        print(f"hqq {bits} bits: relative RMSE {relative:.5f}")


folder = pathlib.Path(sys.argv[1])
folder.mkdir(exist_ok=True)
save_file({"weights": weights}, str(folder / "weights.safetensors"))
for name, record in (("integers", integers), ("four_bit_floats", four_bit_floats), ("eight_bit_floats", eight_bit_floats),
                     ("bitsandbytes", bitsandbytes), ("hqq", hqq)):
    parts = {}
    record(parts)
    save_file({key: part.contiguous() for key, part in parts.items()}, str(folder / f"{name}.safetensors"))
