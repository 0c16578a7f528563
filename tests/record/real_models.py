#!/usr/bin/env python3
"""Record what transformers computes for the real models, in f32 on the CPU.

    tests/real/fetch
    pip install torch transformers accelerate gguf sentencepiece
    real_models.py ../../target/real-models ../data/real

Writes one JSON file per model: the tokens of odd texts, the prompts of conversations, logits after some prefixes (those of the 16
likeliest tokens and of 240 others), greedy replies to the questions of questions.toml, and the negative log-likelihood of
sonnets.txt in windows. The weights are those of the GGUF file, dequantized, so that an engine that computes in f32 gets the same.

transformers makes a tokenizer of a GGUF file's vocabulary, but knows no pre-tokenizers; SmolLM2's is set here as its publisher's
tokenizer.json has it.
"""
import json, pathlib, random, sys, tomllib

import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

LIKELIEST, OTHERS = 16, 240
MAX_REPLY = 48  # tokens of a recorded reply
CLOSE = 2e-3    # difference of the two largest logits below which another order of sums may choose the other token

# name: file, tokens per window of the sonnets (the second half is scored), windows
MODELS = {
    "smollm2-135m-instruct": ("SmolLM2-135M-Instruct.Q4_1.gguf", 480, 4),
    "gemma-3-270m": ("gemma-3-270m-q4_k_m.gguf", 256, 2),
}
TEXTS = [
    "Hello, world!", "", " ", "  two spaces  at  each  place ", "\n", "\n\n\n", "one\ntwo\r\nthree\rfour", "\ttab\tand\t\ttabs", "a" * 40,
    "The year 2026 has 365 days; pi is 3.14159265, and 1,000,000 is 10^6.", "0123456789", "v1.2.3-rc4+build.567",
    "I'm sure they've said it's what we'll do, isn't it? YOU'RE RIGHT, WE'LL SEE.", "don’t “quote” me — ever…",
    "Größe, naïve, façade, señor, Ærøskøbing, Łódź", "Пример текста на русском языке.", "Ένα δύο τρία", "هذا نص عربي قصير", "זהו טקסט בעברית",
    "日本語のテキストです。", "你好，世界！今天天气很好。", "한국어 문장입니다.", "नमस्ते दुनिया", "สวัสดีชาวโลก",
    "🙂 👩‍👩‍👧‍👦 🇫🇷 👍🏽", "e\u0301 is not \u00e9, \ufb01 is not fi", "zero\u200bwidth and no\u00a0break",
    "fn main() {\n    let x: Vec<u32> = (0..10).map(|i| i * 2).collect();\n\tprintln!(\"{x:?}\");\n}\n",
    "def f(a, b=1):\n    return a if b else {'k': [a, b]}  # comment\n", "{\"key\": [1, 2.5e-3, null, true], \"other\": \"\\u00e9\\n\"}",
    "SELECT * FROM t WHERE a >= 10 AND b <> 'x';", "https://example.org/a/b?c=d&e=%20#f", "user@example.org", "$100.00 + 20% = £120?", "C:\\Users\\me\\file.txt",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis", "....... ,,,, !!!! ???? ---- ==== ####", "UPPER lower MiXeD camelCase snake_case",
]
CONVERSATIONS = [
    [("user", "What is the capital of France?")],
    [("system", "You answer in one word."), ("user", "What is the capital of France?")],
    [("user", "Hi"), ("assistant", "Hello! How can I help?"), ("user", "Name a color.\n\nAnd a shape.")],
    [("system", ""), ("user", "  spaces kept  ")],
    [("user", "日本語で答えて 🙂"), ("assistant", "はい。"), ("user", "{{ braces }} and {% tags %}")],
]
PREFIXES = [("prompt", None), ("sonnets", 1), ("sonnets", 7), ("sonnets", 64), ("sonnets", 256), ("code", None)]


def model_and_tokenizer(folder, file):
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=file)
    if "SmolLM2" in file:
        parts = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(parts)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32, attn_implementation="eager")
    return model.eval(), tokenizer


def rounded(values):
    return [float(f"{value:.7g}") for value in values]


def logits_after(model, tokens, seed):
    row = model(torch.tensor([tokens]), use_cache=False).logits[0, -1]
    ids = row.topk(LIKELIEST).indices.tolist()
    ids += random.Random(seed).sample(range(len(row)), OTHERS)
    return dict(tokens=tokens, ids=ids, logits=rounded(row[ids].tolist()), log_sum=float(f"{row.double().logsumexp(0).item():.9g}"))


def greedy(model, prompt, end):
    """The tokens of a greedy reply, and those of its positions where another token is as likely but for rounding."""
    reply, close, cache, fed = [], [], None, prompt
    while len(reply) < MAX_REPLY:
        out = model(torch.tensor([fed]), past_key_values=cache, use_cache=True)
        cache, row = out.past_key_values, out.logits[0, -1]
        first, second = row.topk(2).values.tolist()
        if first - second < CLOSE:
            close.append(len(reply))
        token = row.argmax().item()
        reply.append(token)
        if token == end:
            break
        fed = [token]
    return reply, close


def nll(model, tokens, context, windows):
    sums = []
    for start in range(0, context * windows, context):
        window = tokens[start:start + context]
        rows = model(torch.tensor([window]), use_cache=False).logits[0, context // 2 - 1:context - 1].double()
        picked = rows.log_softmax(-1)[torch.arange(len(rows)), torch.tensor(window[context // 2:])]
        sums.append(-picked.mean().item())
    return rounded(sums)


def record(folder, name, texts, questions):
    file, context, windows = MODELS[name]
    model, tokenizer = model_and_tokenizer(folder, file)
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
    result = dict(file=file, tokens=[dict(text=text, tokens=encode(text)) for text in TEXTS])
    sonnets = encode(texts["sonnets"])
    print(name, len(sonnets), "tokens of sonnets", flush=True)
    prompts = dict(sonnets=sonnets, code=encode(TEXTS[27]), prompt=encode("The capital of France is"))
    if tokenizer.chat_template:
        ask = lambda messages, **options: tokenizer.apply_chat_template(messages, **options)
        result["conversations"] = []
        for conversation in CONVERSATIONS:
            messages = [dict(role=role, content=content) for role, content in conversation]
            for generates in (True, False):
                prompt = ask(messages, tokenize=False, add_generation_prompt=generates)
                result["conversations"].append(dict(messages=messages, add_generation_prompt=generates, prompt=prompt))
        in_chat = lambda text: ask([dict(role="user", content=text)], add_generation_prompt=True, tokenize=True, return_dict=False)
        prompts["prompt"] = in_chat("What is the capital of France?")
        result["answers"] = []
        for question in questions:
            prompt = in_chat(question["text"])
            reply, close = greedy(model, prompt, tokenizer.eos_token_id)
            text = tokenizer.decode(reply, skip_special_tokens=True)
            right = any(word in text for word in question["words"])
            print("right" if right else "wrong", repr(question["text"]), repr(text[:90]), close, flush=True)
            result["answers"].append(dict(question=question["text"], prompt=prompt, reply=reply, close=close, text=text))
    bos = [tokenizer.bos_token_id] if "gemma" in name else []
    result["logits"] = [logits_after(model, (bos + prompts[part])[:length], seed) for seed, (part, length) in enumerate(PREFIXES)]
    assert len(sonnets) >= context * windows
    result["sonnets"] = dict(context=context, windows=windows, nll=nll(model, sonnets, context, windows))
    return result


def main():
    logging.disable_progress_bar()
    torch.set_grad_enabled(False)
    folder, out = map(pathlib.Path, sys.argv[1:3])
    texts = dict(sonnets=(out / "sonnets.txt").read_text())
    questions = tomllib.loads((out / "questions.toml").read_text())["question"]
    for name in sys.argv[3:] or MODELS:
        result = record(folder, name, texts, questions)
        one_line = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        lines = [f"{json.dumps(key)}:" + ("[\n" + ",\n".join(map(one_line, value)) + "\n]" if isinstance(value, list) else one_line(value)) for key, value in result.items()]
        (out / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
