#!/usr/bin/env python3
"""Write the texts that the starter model is calibrated with and measured on, in its chat markup.

    chat_texts.py

Calibration: questions of the training corpus with their answers, shuffled. Measuring: the held-out questions, which no training and no
calibration saw, with the right answers. An intent has one answer, so answers occur in both; questions do not.
"""
import pathlib, random, re, tomllib

top = pathlib.Path(__file__).parent.parent.parent
texts = top / "tests" / "data" / "text"
CALIBRATION_BYTES = 150_000


def turns(question, answer):
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>\n"


def one_of(question):
    """A question with one of its alternatives, which stand as {a|b}."""
    before = None
    while before != question:
        before = question
        question = re.sub(r"\{([^{}]*)\}", lambda found: random.choice(found[1].split("|")), question)
    return " ".join(question.split())


def plain(question):
    return re.sub(r"[^a-z0-9 ]", "", question.lower()).strip()


random.seed(1)
held_out = tomllib.loads((top / "tests/data/starter/held_out.toml").read_text())["question"]
known = {plain(question["text"]) for question in held_out}
answers, calibration = {}, []
for path in sorted((top / "assets/starter/training/corpus").glob("*.toml")):
    for intent in tomllib.loads(path.read_text())["intent"]:
        answers[intent["id"]] = intent["answer"]
        for question in intent.get("questions", [])[:4]:
            asked = one_of(question)
            if plain(asked) not in known:
                calibration.append(turns(asked, intent["answer"]))
random.shuffle(calibration)
text = ""
for chat in calibration:
    if len(text) < CALIBRATION_BYTES:
        text += chat
(texts / "calibration_chat.txt").write_text(text)
measuring = [turns(question["text"], answers[question["intent"] if "intent" in question else question["intents"][0]]) for question in held_out]
random.shuffle(measuring)
(texts / "held_out_chat.txt").write_text("".join(measuring))
