#!/usr/bin/env python3
"""Measure what other programs made of a model and write their figures to a JSON file, one entry per model and text.

    pip install torch transformers safetensors gguf tokenizers
    record_references.py FILE.json NAME REFERENCE TEXT FOLDER [--context 256] [--windows N]

FOLDER holds the cases of quantization_references.py, or the files of llama_cpp_quantize.py. Figures of other names already in the file
stay; those of NAME are measured again only for cases that are new.
"""
import argparse, json, pathlib

import torch

import measure


def bits_of(case):
    """Bits per weight of the matrices, with scales and zero points."""
    settings = case["settings"]
    if "group_size" in settings:
        return settings["bits"] + (16 + (0 if settings["sym"] else settings["bits"])) / settings["group_size"]
    if "blocksize" in settings:
        block = settings["blocksize"]
        return 4 + (8 / block + 32 / (block * 256) if settings["compress_statistics"] else 32 / block)
    return dict(W4A16=4.125, W4A16_ASYM=4.15625, NVFP4A16=4.5, MXFP4A16=4.25, FP8_DYNAMIC=8.0)[settings["scheme"]]


def facts_of(path, seconds):
    """What is known of a case before it is measured."""
    if path.is_dir():
        case = json.loads((path / "case.json").read_text())
        return case | dict(bits_per_weight=round(bits_of(case), 4))
    _, _, _, about = measure.read(path)
    kinds = {}
    for kind in about["types"].values():
        kinds[kind] = kinds.get(kind, 0) + 1
    return dict(program="llama.cpp", bytes=path.stat().st_size, bits_per_weight=round(about["bits_per_weight"], 4), tensors=kinds, seconds=seconds.get(path.stem))


def write(file, recorded):
    """One line for each case."""
    line = lambda value: json.dumps(value, separators=(", ", ": "))
    blocks = []
    for name, value in recorded.items():
        cases = ",\n".join(f"  {line(case)}: {line(facts)}" for case, facts in sorted(value["cases"].items()))
        head = line({key: fact for key, fact in value.items() if key != "cases"})[:-1]
        blocks.append(f'{line(name)}: {head}, "cases": {{\n{cases}\n }}}}')
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{\n" + ",\n".join(blocks) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("name")
    parser.add_argument("reference")
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--context", type=int, default=256)
    parser.add_argument("--windows", type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    recorded = json.loads(arguments.file.read_text()) if arguments.file.exists() else {}
    entry = recorded.setdefault(arguments.name, dict(text=arguments.text.name, context=arguments.context, cases={}))
    paths = [path for path in sorted(arguments.folder.iterdir()) if path.suffix == ".gguf" or (path / "case.json").exists()]
    new = [path for path in paths if path.stem not in entry["cases"]]
    weights, config, tokenizer, _ = measure.read(arguments.reference)
    windows = measure.windows_of(tokenizer(), arguments.text.read_text(), arguments.context, arguments.windows)
    results = measure.compare(measure.model_of(weights, config), windows, [lambda path=path: measure.read(path)[0] for path in new])
    timed = arguments.folder / "seconds.json"
    seconds = json.loads(timed.read_text()) if timed.exists() else {}
    for path, figures in zip(new, results):
        entry["positions"], entry["perplexity"] = figures.pop("positions"), figures.pop("original_perplexity")
        entry["cases"][path.stem] = facts_of(path, seconds) | figures
        print(f"{arguments.name} {path.stem}: KL {figures['kl_mean']:.5f}, top-1 {figures['top1']:.4f}, perplexity {figures['perplexity']:.3f}", flush=True)
        write(arguments.file, recorded)


main()
