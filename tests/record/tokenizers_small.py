"""Trains the small tokenizers under tests/data/text and records what their original implementations make of texts.

    pip install tokenizers sentencepiece
    python tests/record/tokenizers_small.py
"""

import io
import json
import pathlib

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = pathlib.Path(__file__).resolve().parent.parent / "data" / "text"

CORPUS = [
    "The river was quiet in the morning, and the boats lay still; nobody spoke until the sun had risen over the hills.",
    "She said: \"I can't believe it's already 7 o'clock!\" and they'll have gone by the time we're there, I've no doubt.",
    "Quantization keeps the weights of a model in fewer bits: 4 bits instead of 16 makes 1234567 weights 4 times smaller.",
    "Der schnelle braune Fuchs springt über den faulen Hund, während die Straße größer und süßer wird.",
    "Le garçon a mangé une pêche à l'ombre d'un châtaignier, où l'été n'était déjà plus qu'un souvenir.",
    "Съешь же ещё этих мягких французских булок, да выпей чаю, пока не остыл самовар.",
    "いろはにほへと ちりぬるを 我が世たれぞ 常ならむ。東京の朝は静かです。",
    "天地玄黄,宇宙洪荒。日月盈昃,辰宿列张。寒来暑往,秋收冬藏。",
    "def add(left, right):\n    \"\"\"Adds two numbers.\"\"\"\n    return left + right\n\n\nif __name__ == '__main__':\n    print(add(1, 2))\n",
    "for (int i = 0; i < 10; ++i) {\n\tsum += values[i] * 0.5f;\n}\n// done... -------- ======== ********\n",
    "aaaa bbbb aaaaaaa ababab abab    spaces      and\ttabs\n\n\n\nlines   ",
]

TEXTS = [
    "", " ", "  ", "   ", "\n", "\n\n", "\t", " \n \n  ", "Hello world", " Hello world", "Hello  World!", "Hello, y'all! How are you 😁 ?",
    "3", "33", "333", "3333", "33333333", "1.5e-10", "we've we'VE it'S IT'LL", "größer süß", "gro\u0308ßer", "東京の朝は静かです。", "天地玄黄",
    "Съешь же ещё", "    return left + right\n", "\t\tx = y;\r\n\r\n", "aaaaaaaaaaaaaaaa", "abababababab", "                ", "▁▁ a▁b",
    "<s>", "</s> x", "a<s>b", "<0x41>", "🚀🚀 👩‍👩‍👧‍👦", "ﷺ ﬁ ½ Ⅳ", "\u00a0nbsp\u2003em", "\ufeffbom\u200b", "x" * 70, "end   ",
]

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")


def split(expression):
    return [pre_tokenizers.Split(Regex(expression), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]


def byte_level(steps, vocab_size, normalizer=None, ignore_merges=False, bos=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens(["<s>", "</s>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken("<tool_call>", normalized=False)])
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A $B", [("<s>", tokenizer.token_to_id("<s>"))])
    return tokenizer


def sentence_pieces():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in CORPUS for line in text.split("\n") if line), model_writer=model,
        model_type="bpe", vocab_size=900, byte_fallback=True, character_coverage=0.98, normalization_rule_name="identity",
        remove_extra_whitespaces=False, add_dummy_prefix=True, split_digits=True, allow_whitespace_only_pieces=True,
        max_sentence_length=10000, minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def llama_json(pieces, prefix):
    """The tokenizer.json that transformers makes of a SentencePiece model: all unions that are pieces, best score first."""
    ordinary = [i for i in range(pieces.vocab_size()) if not (pieces.is_control(i) or pieces.is_unknown(i))]
    vocab = {pieces.id_to_piece(i): i for i in range(pieces.vocab_size())}
    merges = []
    for i in ordinary:
        text = pieces.id_to_piece(i)
        local = [(text[:k], text[k:]) for k in range(1, len(text)) if text[:k] in vocab and text[k:] in vocab]
        local.sort(key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        merges += [(pair, pieces.get_score(i)) for pair in local]
    merges.sort(key=lambda entry: entry[1], reverse=True)
    tokenizer = Tokenizer(models.BPE(vocab, [pair for pair, _ in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    steps = [normalizers.Replace(" ", "▁")]
    tail = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    if prefix:
        steps.insert(0, normalizers.Prepend("▁"))
        tail.append(decoders.Strip(" ", 1, 0))
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.decoder = decoders.Sequence(tail)
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in ["<unk>", "<s>", "</s>"]])
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A $B", [("<s>", 1)])
    return tokenizer


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    digits = pre_tokenizers.Digits(individual_digits=True)
    whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizers = {
        "llama3": byte_level(split(LLAMA3), 700, ignore_merges=True, bos=True),
        "qwen2": byte_level(split(QWEN2), 620, normalizer=normalizers.NFC()),
        "smollm": byte_level([digits, whole], 600),
        "gpt2": byte_level([whole], 560),
    }
    pieces = sentence_pieces()
    tokenizers["llama2"] = llama_json(pieces, prefix=True)
    tokenizers["gemma"] = llama_json(pieces, prefix=False)
    recorded = {"texts": TEXTS, "ids": {}}
    for name, tokenizer in tokenizers.items():
        (OUT / f"{name}.tokenizer.json").write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":")))
        recorded["ids"][name] = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    kinds = lambda i: 2 if pieces.is_unknown(i) else 3 if pieces.is_control(i) else 6 if pieces.is_byte(i) else 1
    ids = range(pieces.vocab_size())
    recorded["sentencepiece"] = {
        "tokens": [pieces.id_to_piece(i) for i in ids], "scores": [pieces.get_score(i) for i in ids], "types": [kinds(i) for i in ids],
        # Special tokens written in a text are text to SentencePiece itself, so texts with them are left out.
        "ids": [None if "<s>" in text or "</s>" in text else pieces.encode(text) for text in TEXTS],
    }
    (OUT / "tokenizers.json").write_text(json.dumps(recorded, ensure_ascii=False, separators=(",", ":")))


main()
