"""Predicted memory beside measured memory, for checkpoints of any size.

    cargo build --release -p nibble-engine
    python tests/record/memory.py target/release/nibble-cli FOLDER... [--contexts 2048,16384] [--threads 2]

For each checkpoint, precision and context: what is predicted from the configuration (`inspect --context`), and the most memory
that `bench` has had after it filled the whole context with a prompt. Prints a Markdown table. Needs Linux, where the system
keeps a process's peak, and some minutes for long contexts.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

PRECISIONS = {"int4": "q4_k_m", "int8": "q8_0", "f16": "f16"}
# `bench` leaves so much room beyond the prompt that it measures.
SPARE = 8


def run(cli, *args):
    done = subprocess.run([cli, *map(str, args), "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--contexts", default="2048,16384")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    print("| checkpoint | precision | context | predicted, MB | measured, MB | predicted / measured |")
    print("| --- | --- | --- | --- | --- | --- |")
    for folder in args.folders:
        for people, exact in PRECISIONS.items():
            with tempfile.TemporaryDirectory() as scratch:
                target = Path(scratch) / "model.gguf"
                run(args.cli, "quantize", folder, target, "--precision", people)
                for context in map(int, args.contexts.split(",")):
                    advice = run(args.cli, "inspect", folder, "--context", context)["advice"]
                    predicted = next(one["memory_bytes"] for one in advice if one["precision"] == exact)
                    bench = ["bench", target, "-p", context - SPARE, "-n", 0, "--repeat", 1, "--threads", args.threads]
                    measured = run(args.cli, *bench)["peak_rss_bytes"]
                    row = [folder.name, people, context, f"{predicted / 1e6:.0f}", f"{measured / 1e6:.0f}", f"{predicted / measured:.3f}"]
                    print("|", " | ".join(map(str, row)), "|", flush=True)


if __name__ == "__main__":
    main()
