#!/usr/bin/env python3
"""Quantize a small model by other programs, with recorded calibration rows, and keep the files.

    pip install torch transformers safetensors gguf gptqmodel auto-round bitsandbytes optimum datasets     (env A)
    pip install torch transformers safetensors gguf llmcompressor compressed-tensors                       (env B)
    quantization_references.py MODEL CALIBRATION OUT CASE...

CASE is a name of CASES below, "all", or a prefix as "gptq-". Each writes OUT/CASE, a folder that measure.py reads, and OUT/CASE/case.json:
settings, versions, seconds and largest resident memory. Calibration: the first 128 rows of 256 tokens of the text, without special
tokens of the tokenizer's own. The embedding and the output matrix stay as they are. Two threads help no program here; set OMP_NUM_THREADS=1.
"""
import argparse, importlib.metadata, json, os, pathlib, resource, shutil, subprocess, sys, time

os.environ |= {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "GPTQMODEL_CPU_WORKERS": "2"}

import torch
from safetensors.torch import save_file

import measure

ROWS, CONTEXT = 128, 256

gptqmodel = lambda bits, group, sym=True, **more: ("gptqmodel", dict(bits=bits, group_size=group, sym=sym, **more))
autoround = lambda bits, group, sym=True, iters=200: ("autoround", dict(bits=bits, group_size=group, sym=sym, iters=iters))
rtn = lambda bits, group, sym=True: ("rtn", dict(bits=bits, group_size=group, sym=sym))
CASES = {
    "rtn-int4-g128-sym": rtn(4, 128), "rtn-int4-g128-asym": rtn(4, 128, False), "rtn-int4-g32-sym": rtn(4, 32),
    "rtn-int3-g128-sym": rtn(3, 128), "rtn-int2-g64-sym": rtn(2, 64), "rtn-int2-g64-asym": rtn(2, 64, False), "rtn-int2-g32-asym": rtn(2, 32, False),
    "rtn-int8-g128-sym": rtn(8, 128), "rtn-int4-g64-sym": rtn(4, 64),
    "gptq-int4-g128-sym": gptqmodel(4, 128), "gptq-int4-g128-asym": gptqmodel(4, 128, False), "gptq-int4-g32-sym": gptqmodel(4, 32),
    "gptq-int3-g128-sym": gptqmodel(3, 128), "gptq-int2-g64-sym": gptqmodel(2, 64), "gptq-int2-g64-asym": gptqmodel(2, 64, False),
    "gptq-int2-g32-asym": gptqmodel(2, 32, False), "gptq-int4-g128-sym-act": gptqmodel(4, 128, desc_act=True, act_group_aware=False),
    "gptq-int4-g128-sym-plain": gptqmodel(4, 128, desc_act=False, act_group_aware=False),
    "awq-int4-g128-asym": ("gptqmodel_awq", dict(bits=4, group_size=128, sym=False)),
    "autoround-int4-g128-sym": autoround(4, 128), "autoround-int3-g128-sym": autoround(3, 128), "autoround-int2-g64-sym": autoround(2, 64),
    "autoround-int4-g128-asym": autoround(4, 128, False),
    "nf4-64": ("bitsandbytes", dict(quant_type="nf4", blocksize=64, compress_statistics=False)),
    "nf4-64-double": ("bitsandbytes", dict(quant_type="nf4", blocksize=64, compress_statistics=True)),
    "fp4-64": ("bitsandbytes", dict(quant_type="fp4", blocksize=64, compress_statistics=False)),
    "llmc-gptq-int4-g128-sym": ("llmcompressor", dict(modifiers=["gptq"], scheme="W4A16")),
    "llmc-gptq-int4-g128-asym": ("llmcompressor", dict(modifiers=["gptq"], scheme="W4A16_ASYM")),
    "llmc-awq-int4-g128-asym": ("llmcompressor", dict(modifiers=["awq", "rtn"], scheme="W4A16_ASYM")),
    "llmc-awq-int4-g128-sym": ("llmcompressor", dict(modifiers=["awq", "rtn"], scheme="W4A16")),
    "llmc-nvfp4": ("llmcompressor", dict(modifiers=["rtn"], scheme="NVFP4A16")),
    "llmc-mxfp4": ("llmcompressor", dict(modifiers=["rtn"], scheme="MXFP4A16")),
    "llmc-fp8": ("llmcompressor", dict(modifiers=["rtn"], scheme="FP8_DYNAMIC")),
}
PACKAGES = dict(
    gptqmodel=["gptqmodel"], gptqmodel_awq=["gptqmodel"], autoround=["auto-round"], bitsandbytes=["bitsandbytes"], rtn=[],
    llmcompressor=["llmcompressor", "compressed-tensors"],
)


def keep_plain(weights, source, out):
    """Writes decoded weights as an ordinary checkpoint in float32."""
    out.mkdir(parents=True, exist_ok=True)
    for file in ["config.json", "tokenizer.json", "tokenizer_config.json"]:
        shutil.copy(source / file, out / file)
    save_file({name: tensor.contiguous().clone() for name, tensor in weights.items()}, out / "model.safetensors", metadata={"format": "pt"})


def replace_projections(source, out, change):
    weights, _, _, _ = measure.read(source)
    keep_plain({name: change(tensor) if "_proj." in name else tensor for name, tensor in weights.items()}, source, out)


def run_rtn(source, rows, out, bits, group_size, sym):
    """The extremes of each group give its scale, which is stored in 16 bits; symmetric: 2 |largest| / (2^bits - 1), zero point in the middle."""
    most = 2**bits - 1

    def change(matrix):
        groups = matrix.reshape(len(matrix), -1, group_size)
        if sym:
            scale = (groups.abs().amax(-1, keepdim=True) * 2 / most).half().float()
            zero = torch.full_like(scale, (most + 1) // 2)
        else:
            low, high = groups.amin(-1, keepdim=True).clamp(max=0), groups.amax(-1, keepdim=True).clamp(min=0)
            scale = ((high - low) / most).half().float()
            zero = (-low / scale).round()
        return (((groups / scale).round() + zero).clamp(0, most) - zero).mul(scale).reshape(matrix.shape)

    replace_projections(source, out, change)


def run_bitsandbytes(source, rows, out, **settings):
    import bitsandbytes.functional as F

    replace_projections(source, out, lambda matrix: F.dequantize_4bit(*F.quantize_4bit(matrix.contiguous(), **settings)))


def run_gptqmodel(source, rows, out, desc_act=False, **settings):
    from gptqmodel import GPTQModel, QuantizeConfig

    model = GPTQModel.load(str(source), QuantizeConfig(desc_act=desc_act, **settings), device="cpu")
    model.quantize([dict(input_ids=row, attention_mask=[1] * len(row)) for row in rows], batch_size=16)
    model.save(str(out))


def run_gptqmodel_awq(source, rows, out, **settings):
    from gptqmodel import GPTQModel
    from gptqmodel.quantization.config import AWQConfig

    model = GPTQModel.load(str(source), AWQConfig(**settings), device="cpu")
    model.quantize([dict(input_ids=row, attention_mask=[1] * len(row)) for row in rows], batch_size=16)
    model.save(str(out))


def run_autoround(source, rows, out, **settings):
    from auto_round import AutoRound
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    samples = [dict(input_ids=torch.tensor([row]), attention_mask=torch.ones(1, len(row), dtype=torch.long)) for row in rows]
    folder = out / "packed"
    rounding = AutoRound(
        model, AutoTokenizer.from_pretrained(source), nsamples=ROWS, seqlen=CONTEXT, batch_size=8, dataset=samples, device_map="cpu",
        enable_torch_compile=False, **settings,
    )
    rounding.quantize_and_save(str(folder), format="auto_gptq")
    for file in next(folder.rglob("model*.safetensors")).parent.iterdir():
        shutil.move(file, out / file.name)


def run_llmcompressor(source, rows, out, modifiers, scheme):
    import datasets
    from llmcompressor import oneshot
    from llmcompressor.modifiers.quantization import GPTQModifier, QuantizationModifier
    from llmcompressor.modifiers.transform.awq import AWQModifier
    from llmcompressor.pipelines import cache
    from transformers import AutoModelForCausalLM

    for value in vars(cache).values():
        if isinstance(value, type) and hasattr(value, "pin_memory"):  # pins memory even without a GPU
            value.pin_memory = lambda self, *_, **__: None
    make = dict(
        gptq=lambda: GPTQModifier(targets="Linear", scheme=scheme, ignore=["lm_head"]), awq=AWQModifier,
        rtn=lambda: QuantizationModifier(targets="Linear", scheme=scheme, ignore=["lm_head"]),
    )
    model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    data = datasets.Dataset.from_dict(dict(input_ids=rows, attention_mask=[[1] * len(row) for row in rows]))
    needs_data = modifiers != ["rtn"]
    calibration = dict(dataset=data, max_seq_length=CONTEXT, num_calibration_samples=ROWS, batch_size=16) if needs_data else {}
    oneshot(model=model, recipe=[make[name]() for name in modifiers], **calibration)
    model.save_pretrained(out / "packed", save_compressed=True)
    from transformers.utils.quantization_config import CompressedTensorsConfig

    decoded = AutoModelForCausalLM.from_pretrained(out / "packed", dtype=torch.float32, quantization_config=CompressedTensorsConfig(run_compressed=False))
    for module in decoded.modules():
        if isinstance(module, torch.nn.Linear) and hasattr(module, "quantization_scheme"):
            module.quantization_enabled = False
    names = measure.read(source)[0].keys()
    state = decoded.state_dict()
    keep_plain({name: state[name].float() for name in names}, source, out)


def one(source, calibration, out, name):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    program, settings = CASES[name]
    _, _, tokenizer, _ = measure.read(source)
    rows = measure.windows_of(tokenizer(), calibration.read_text(), CONTEXT, ROWS).tolist()
    out.mkdir(parents=True, exist_ok=True)
    begin, cpu = time.monotonic(), time.process_time()
    globals()[f"run_{program}"](source, rows, out, **settings)
    versions = {package: importlib.metadata.version(package) for package in [*PACKAGES[program], "torch", "transformers"]}
    used = dict(seconds=round(time.monotonic() - begin, 1), cpu_seconds=round(time.process_time() - cpu, 1), peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    case = dict(program=program, settings=settings, versions=versions, rows=len(rows), row_tokens=CONTEXT, calibration=calibration.name, **used)
    (out / "case.json").write_text(json.dumps(case, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("calibration", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("cases", nargs="+")
    arguments = parser.parse_args()
    wanted = [name for name in CASES if any(case in ("all", name) or case.endswith("-") and name.startswith(case) for case in arguments.cases)]
    if len(wanted) == 1:
        return one(arguments.model, arguments.calibration, arguments.out / wanted[0], wanted[0])
    for name in wanted:  # a process each, so that none changes another
        if not (arguments.out / name / "case.json").exists():
            shutil.rmtree(arguments.out / name, ignore_errors=True)
            with (arguments.out.parent / f"{arguments.out.name}.{name}.log").open("w") as log:
                done = subprocess.run([sys.executable, __file__, arguments.model, arguments.calibration, arguments.out, name], stdout=log, stderr=log)
            print(name, "done" if done.returncode == 0 else f"failed: {log.name}", flush=True)


if __name__ == "__main__":
    main()
