#!/usr/bin/env python3
"""Quantize a model by Nibble's methods and formats, measure the results without Nibble, and record the table.

    pip install torch transformers safetensors gguf tokenizers
    quantization_methods.py CLI NAME MODEL CALIBRATION TEXT [--windows N] [--only PART] [--tokens 32768]

CLI is nibble-cli. Each case is quantized into a temporary folder and measured by measure.py: decoded weights in float32, windows of
256 tokens of TEXT. Writes `tests/data/references/nibble.json`, and beside it `nibble.md`, a table for people. Cases that are recorded
already are made again only if --only selects them. Seconds and peak memory are those of nibble-cli.
"""
import argparse, json, pathlib, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE.parent / "data" / "references" / "nibble.json"
UNIFORM = ["--planner", "uniform"]
METHODS = ["round_to_nearest", "importance", "gptq", "awq", "auto_round"]


def cases(name):
    """Name of each case, and its arguments."""
    others = json.loads((RECORD.parent / "llama_cpp.json").read_text())
    for precision, other in others.get(name, {}).get("cases", {}).items():
        for method in ["importance", "gptq"]:
            yield f"as large as llama.cpp's {precision}, {method}", ["--budget", str(other["bytes"]), "--method", method]
    for precision in ["q4_0", "q4_k_s", "q3_k_s", "q2_k"]:
        for method in METHODS:
            yield f"{precision} {method}", ["--precision", precision, *UNIFORM, "--method", method]
    yield "q4_0 hqq", ["--precision", "q4_1", *UNIFORM, "--method", "hqq"]
    for precision in ["q4_k_m", "q5_k_m", "q3_k_m", "iq4_xs", "iq3_s", "iq2_s"]:
        for method in ["importance", "gptq"]:
            yield f"{precision} mix {method}", ["--precision", precision, "--method", method]
    for name in ["int4-sym-g128", "int4-asym-g128", "int3-sym-g128", "int2-sym-g64"]:
        for method in ["round_to_nearest", "gptq", "auto_round"]:
            yield f"{name} {method}", ["--format", name, "--method", method]
    for name in ["int8-sym-row", "int6-sym-g32", "int5-sym-g32", "nf4", "nf4-dq", "fp4-bnb", "fp4-e2m1", "fp4-e3m0", "mxfp4", "nvfp4",
                 "fp8-e4m3", "fp8-e5m2", "log4", "kmeans4", "kmeans3", "spqr3"]:
        yield name, ["--format", name, "--method", "round_to_nearest"]
    for precision in ["q8_0"]:
        yield f"{precision} smoothquant", ["--precision", precision, *UNIFORM, "--method", "smoothquant"]


def quantized(arguments, case, folder):
    """The file of a case and what nibble-cli says of it; None where the model does not permit it."""
    file = folder / (case.replace(" ", "-") + ".gguf")
    command = [arguments.cli, "--json", "quantize", arguments.model, file, *dict(cases(arguments.name))[case]]
    if not any(method in command for method in ["round_to_nearest", "hqq"]):
        command += ["--calibration", arguments.calibration, "--calibration-tokens", arguments.tokens]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        print(case, done.stderr.strip().splitlines()[-1:], file=sys.stderr)
        return None
    report = json.loads(done.stdout)
    return file, {"bits_per_weight": round(report["bits_per_weight"], 4), "bytes": report["bytes"],
                  "seconds": round(report["seconds"], 1), "peak_mb": report["peak_rss_bytes"] >> 20}


def table(recorded):
    """The figures as a table for people."""
    lines = ["# What Nibble's methods and formats cost", "",
             "Written by `tests/record/quantization_methods.py`; KL divergence in nats on the text that README.md names.", ""]
    for name, model in recorded.items():
        lines += [f"## {name}", "", "| case | bits | KL | top token | perplexity | seconds | MB |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
        for case, one in model["cases"].items():
            lines.append(f"| {case} | {one['bits_per_weight']:.2f} | {one['kl_mean']:.5f} | {one['top1'] * 100:.1f} % | "
                         f"{one['perplexity']:.3f} | {one['seconds']} | {one.get('peak_mb', '')} |")
        lines.append("")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ["cli", "name", "model", "calibration", "text"]:
        parser.add_argument(name)
    parser.add_argument("--windows", type=int)
    parser.add_argument("--only")
    parser.add_argument("--tokens", default="32768")
    arguments = parser.parse_args()
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    model = recorded.setdefault(arguments.name, {"text": pathlib.Path(arguments.text).name, "tokens": int(arguments.tokens), "cases": {}})
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for case, _ in cases(arguments.name):
            wanted = arguments.only in case if arguments.only else case not in model["cases"]
            if wanted and (found := quantized(arguments, case, pathlib.Path(folder))):
                made[case] = found
        if not made:
            return
        out = pathlib.Path(folder) / "measured.json"
        limit = ["--windows", str(arguments.windows)] if arguments.windows else []
        files = [str(file) for file, _ in made.values()]
        subprocess.run([sys.executable, HERE / "measure.py", *files, arguments.model, arguments.text, "--json", out, *limit], check=True)
        measured = json.loads(out.read_text())
        for case, (file, facts) in made.items():
            one = measured[str(file)]
            model["cases"][case] = {**facts, **{key: one[key] for key in ["kl_mean", "kl_standard_error", "kl_p99", "top1", "perplexity"]}}
    RECORD.write_text(json.dumps(recorded, indent=1) + "\n")
    RECORD.with_suffix(".md").write_text(table(recorded))


if __name__ == "__main__":
    main()
