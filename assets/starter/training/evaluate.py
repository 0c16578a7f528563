"""Asks the shipped model the held-out questions, at every precision, through the program itself.

    python evaluate.py path/to/nibble-cli

Writes the figures of the run and of this measurement into README.md here, between their markers.
"""

import argparse
import csv
import json
import platform
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generate import HELD_OUT, HERE, OUT_OF_SCOPE, load_corpus, load_questions, normalized, phrasings

PRECISIONS = ["f16", "int8", "int4"]


def call(cli: Path, *arguments: str) -> dict:
    """One JSON object from the program."""
    done = subprocess.run([cli, *arguments, "--json"], capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def ask(cli: Path, model: Path, questions: list[dict], at_once: int) -> list[str]:
    def reply(question):
        return call(cli, "chat", str(model), "--message", question["text"], "--temperature", "0", "--threads", "1")["text"].strip()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(reply, questions))


def share(parts: list[bool]) -> str:
    return f"{100 * sum(parts) / len(parts):.1f} %" if parts else "-"


def replace_between(text: str, name: str, content: str) -> str:
    """`text` with `content` between the comments that begin and end the part `name`."""
    pattern = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"README.md has no part {name}")
    return pattern.sub(lambda match: match[1] + content + match[2], text)


def run_table() -> str:
    """The training runs, one column each, from what train.py wrote."""
    runs = json.loads((HERE / "run.json").read_text(encoding="utf-8"))
    with (HERE / "loss.csv").open(encoding="utf-8") as file:
        curve = list(csv.DictReader(file))
    losses = [[row["loss"] for row in curve if row["run"] == str(number)] for number in range(1, len(runs) + 1)]
    shape = runs[0]["shape"]
    rows = {
        "intents": [run["intents"] for run in runs],
        "written phrasings": [f"{run['written_phrasings']:,}" for run in runs],
        "different questions asked, about": [f"{run['different_questions_asked']:,}" for run in runs],
        "tokens seen": [f"{run['tokens']:,}" for run in runs],
        "steps": [f"{run['steps']:,}" for run in runs],
        "minutes": [run["minutes"] for run in runs],
        "loss on answers, first": [values[0] for values in losses],
        "loss on answers, last": [values[-1] for values in losses],
    }
    head = "| run |" + "".join(f" {number} |" for number in range(1, len(runs) + 1)) + "\n| --- |" + " ---: |" * len(runs) + "\n"
    body = "".join(f"| {name} | {' | '.join(map(str, values))} |\n" for name, values in rows.items())
    model = f"{runs[0]['parameters']:,} parameters: {shape['n_layers']} layers, width {shape['hidden_size']}, {shape['vocab_size']} tokens.\n"
    return f"\n{model}\n{head}{body}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli", type=Path)
    parser.add_argument("--model", type=Path, default=HERE.parent)
    parser.add_argument("--questions", type=Path, default=HELD_OUT)
    parser.add_argument("--precision", action="append", help="may be given several times")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--mistakes", action="store_true", help="print every wrong reply")
    parser.add_argument("--no-write", action="store_true", help="leave README.md alone")
    arguments = parser.parse_args()
    cli = arguments.cli.resolve()
    corpus = load_corpus()
    intents = corpus.intents
    by_answer = {intent.answer: id for id, intent in intents.items()}
    questions = load_questions(arguments.questions)
    if not questions:
        raise SystemExit(f"no questions in {arguments.questions}")

    written = phrasings(corpus)
    outside = [OUT_OF_SCOPE in question["intents"] for question in questions]
    unlisted = [normalized(question["text"]) not in written for question in questions]
    columns = ["precision", "size", "bits per weight", "right", "in scope", "out of scope", "unlisted"]
    table = f"\n| {' | '.join(columns)} |\n| --- |{' ---: |' * (len(columns) - 1)}\n"
    with tempfile.TemporaryDirectory() as folder:
        for precision in arguments.precision or PRECISIONS:
            made = Path(folder) / f"starter-{precision}.gguf"
            facts = call(cli, "quantize", str(arguments.model), str(made), "--precision", precision)
            texts = ask(cli, made, questions, arguments.at_once)
            right = [any(text == intents[id].answer for id in q["intents"]) for q, text in zip(questions, texts, strict=True)]
            parts = [[True] * len(questions), [not o for o in outside], outside, unlisted]
            shares = [share([r for r, counts in zip(right, part, strict=True) if counts]) for part in parts]
            table += f"| {precision.upper()} | {facts['bytes'] / 1e6:.1f} MB | {facts['bits_per_weight']:.2f} | {' | '.join(shares)} |\n"
            print(precision, share(right), flush=True)
            if arguments.mistakes:
                wrong = [(q, by_answer.get(text, text)) for q, text, r in zip(questions, texts, right, strict=True) if not r]
                for question, got in wrong:
                    print(f"  {question['text']!r}: wanted {question['intents'][0]}, got {got}")
                print("  wrong by intent:", Counter(q["intents"][0] for q, _ in wrong).most_common(), flush=True)
    print(table)
    if not arguments.no_write:
        readme = HERE / "README.md"
        text = readme.read_text(encoding="utf-8")
        text = replace_between(text, "run", run_table())
        note = (
            f"\n{len(questions)} held-out questions, asked one by one, the most likely token each time; {platform.machine()}. "
            f"{sum(outside)} are out of scope. {sum(unlisted)} are unlisted: the corpus does not happen to list the same words.\n"
        )
        text = replace_between(text, "held-out", note + table + "\n")
        readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
