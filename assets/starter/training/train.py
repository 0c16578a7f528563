"""Trains the starter model from scratch on a processor and writes it as a Hugging Face checkpoint.

    python train.py --minutes 60 --out ..

The learning rate falls to zero over the time given, so the run ends when the clock says so, on any machine; a faster machine
sees more of the corpus. The checkpoint is written every few minutes: an early stop still leaves a usable model.
"""

import argparse
import csv
import ctypes
import json
import math
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import distributed, nn

from generate import DEV, HERE, Generator, load_questions

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


@dataclass
class Shape:
    """Widths and counts. Widths are multiples of 256, the length of a k-quant's super-block."""

    vocab_size: int = 2048
    hidden_size: int = 256
    intermediate_size: int = 768
    n_layers: int = 4
    n_heads: int = 4
    n_kv_heads: int = 2
    head_size: int = 64
    context_tokens: int = 1024
    rope_theta: float = 10000.0
    norm_eps: float = 1e-5


# The model


class Attention(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        width = shape.n_heads * shape.head_size
        kv_width = shape.n_kv_heads * shape.head_size
        self.widths = [width, kv_width, kv_width]
        self.qkv = nn.Linear(shape.hidden_size, sum(self.widths), bias=False)
        self.o_proj = nn.Linear(width, shape.hidden_size, bias=False)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        size, groups = self.shape.head_size, self.shape.n_heads // self.shape.n_kv_heads
        q, k, v = self.qkv(x).split(self.widths, dim=-1)
        q = rotate(q.view(batch, length, -1, size), cos, sin).transpose(1, 2)
        k = rotate(k.view(batch, length, -1, size), cos, sin).transpose(1, 2)
        v = v.view(batch, length, -1, size).transpose(1, 2)
        k, v = k.repeat_interleave(groups, dim=1), v.repeat_interleave(groups, dim=1)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(out.transpose(1, 2).reshape(batch, length, -1))


def rotate(x, cos, sin):
    """Rotary positions, halves of a head paired as in Hugging Face's Llama."""
    left, right = x.chunk(2, dim=-1)
    return torch.cat((left * cos - right * sin, right * cos + left * sin), dim=-1)


class Layer(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.input_norm = nn.RMSNorm(shape.hidden_size, eps=shape.norm_eps)
        self.attention = Attention(shape)
        self.mlp_norm = nn.RMSNorm(shape.hidden_size, eps=shape.norm_eps)
        self.gate_up = nn.Linear(shape.hidden_size, 2 * shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x, cos, sin):
        x = x + self.attention(self.input_norm(x), cos, sin)
        gate, up = self.gate_up(self.mlp_norm(x)).chunk(2, dim=-1)
        return x + self.down_proj(F.silu(gate) * up)


class Llama(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.n_layers))
        self.norm = nn.RMSNorm(shape.hidden_size, eps=shape.norm_eps)
        half = shape.head_size // 2
        frequencies = shape.rope_theta ** (-torch.arange(half) / half)
        angles = torch.outer(torch.arange(shape.context_tokens).float(), frequencies)
        self.register_buffer("cos", angles.cos()[None, :, None], persistent=False)
        self.register_buffer("sin", angles.sin()[None, :, None], persistent=False)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)
        for layer in self.layers:
            # Sums over layers start at the size of one.
            nn.init.normal_(layer.attention.o_proj.weight, std=0.02 / math.sqrt(2 * shape.n_layers))
            nn.init.normal_(layer.down_proj.weight, std=0.02 / math.sqrt(2 * shape.n_layers))

    def forward(self, tokens):
        """Hidden states before the output matrix, so that a caller computes logits only where it needs them."""
        length = tokens.shape[1]
        cos, sin = self.cos[:, :length], self.sin[:, :length]
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.embed.weight)


# The tokenizer


def train_tokenizer(generator: Generator, vocab_size: int) -> Tokenizer:
    """Byte-level pairs with the cuts of SmolLM2: digits one by one, then GPT-2's expression."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[AddedToken(text, special=True, normalized=False) for text in (END_OF_TEXT, TURN_START, TURN_END)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(tokenizer_texts(generator), trainer)
    if tokenizer.get_vocab_size() != vocab_size:
        raise SystemExit(f"the corpus gives {tokenizer.get_vocab_size()} tokens instead of {vocab_size}")
    return tokenizer


def tokenizer_texts(generator: Generator):
    for intent in generator.intents.values():
        # Answers are written more often than any question, and should be few tokens.
        for _ in range(40):
            yield intent.answer
    for _ in range(40_000):
        _, turns = generator.chat(1)
        yield turns[-1][0]
    yield from ["system\n", "user\n", "assistant\n"] * 1000


# Samples


class Samples:
    """Chats as tokens, each with the weights of its tokens in the loss."""

    def __init__(self, generator: Generator, tokenizer: Tokenizer, user_weight: float, short_share: float):
        self.generator = generator
        self.short_share = short_share
        self.random = generator.random
        self.plain = tokenizer
        # Words cut at random places now and then, so that a typing error is nothing new.
        self.ragged = Tokenizer.from_str(tokenizer.to_str())
        self.ragged.model.dropout = 0.15
        self.user_weight = user_weight
        self.start, self.end = tokenizer.token_to_id(TURN_START), tokenizer.token_to_id(TURN_END)
        self.newline = tokenizer.encode("\n").ids
        self.assistant = tokenizer.encode("assistant\n").ids
        self.answers = {intent.answer: tokenizer.encode(intent.answer).ids for intent in generator.intents.values()}
        self.telling = {answer: telling_tokens(ids, self.answers.values()) for answer, ids in self.answers.items()}
        self.questions_seen: set[int] = set()
        self.mean_losses: dict[str, float] = {}

    def encode(self, role: str, text: str) -> list[int]:
        encoder = self.ragged if self.random.random() < 0.2 else self.plain
        return encoder.encode(f"{role}\n{text.strip()}").ids

    def learn_difficulty(self, intents: list[str | None], losses: list[float]) -> None:
        """Lets intents that are mistaken for others be asked up to eight times as often as those that are not."""
        for intent, loss in zip(intents, losses, strict=True):
            if intent:
                known = self.mean_losses.get(intent, 1.0)
                self.mean_losses[intent] = 0.9 * known + 0.1 * loss
                self.generator.difficulty[intent] = 0.2 + min(self.mean_losses[intent], 1.4)

    def draw(self, max_tokens: int) -> tuple[list[int], list[float], str | None]:
        # Most of an answer follows from its first words; leaving out the rest leaves time for more questions.
        short = self.random.random() < self.short_share
        n_turns = 1 if short else self.random.choices([1, 2, 3, 5, 14], [40, 30, 16, 12, 2])[0]
        system, turns = self.generator.chat(n_turns)
        tokens: list[int] = []
        weights: list[float] = []

        def add(ids, weight):
            tokens.extend(ids)
            weights.extend([weight] * len(ids))

        if system:
            add([self.start], 0.0)
            add(self.encode("system", system), 0.0)
            add([self.end, *self.newline], 0.0)
        for index, (question, answer, _) in enumerate(turns):
            self.questions_seen.add(hash(question))
            add([self.start], 0.0)
            add(self.encode("user", question), self.user_weight)
            add([self.end, *self.newline, self.start, *self.assistant], 0.0)
            ids = self.answers[answer]
            if short and index == len(turns) - 1:
                add(ids[: self.telling[answer]], 1.0)
            else:
                add([*ids, self.end], 1.0)
                add(self.newline, 0.0)
        return tokens[:max_tokens], weights[:max_tokens], turns[-1][2] if short else None

    def batches(self, batch_tokens: int, max_tokens: int):
        """Endless batches of chats of about one length, so that little is padding."""
        while True:
            pool = sorted((self.draw(max_tokens) for _ in range(1024)), key=lambda sample: len(sample[0]))
            batches, batch = [], []
            for sample in pool:
                if batch and (len(batch) + 1) * len(sample[0]) > batch_tokens:
                    batches.append(batch)
                    batch = []
                batch.append(sample)
            batches.append(batch)
            self.random.shuffle(batches)
            for batch in batches:
                tokens, weights = pad([sample[:2] for sample in batch])
                yield tokens, weights, [intent for _, _, intent in batch]


def telling_tokens(ids: list[int], all_answers) -> int:
    """How many first tokens tell an answer from all others, and one more."""
    for n in range(1, len(ids)):
        if sum(other[:n] == ids[:n] for other in all_answers) == 1:
            return n + 1
    return len(ids)


def pad(batch):
    length = max(len(tokens) for tokens, _ in batch)
    tokens = torch.zeros(len(batch), length, dtype=torch.long)
    weights = torch.zeros(len(batch), length)
    for row, (ids, weight) in enumerate(batch):
        tokens[row, : len(ids)] = torch.tensor(ids)
        weights[row, : len(ids)] = torch.tensor(weight)
    return tokens, weights


def loss_of(model, tokens, weights):
    """Weighted loss to train on, the plain mean over answers' tokens to look at, and the sum of these for each row."""
    hidden = model(tokens[:, :-1])
    targets, weights = tokens[:, 1:], weights[:, 1:]
    counted = weights > 0
    losses = F.cross_entropy(model.logits(hidden[counted]), targets[counted], reduction="none")
    weights = weights[counted]
    answers = weights == 1.0
    shown = losses.detach()[answers]
    rows = torch.zeros(len(tokens)).index_add_(0, counted.nonzero()[:, 0][answers], shown)
    return (losses * weights).sum() / weights.sum(), shown.mean(), rows


# Looking


@torch.no_grad()
def replies(model, tokenizer, prompts: list[str], max_tokens: int) -> list[str]:
    """Greedy replies to single questions."""
    start, end = tokenizer.token_to_id(TURN_START), tokenizer.token_to_id(TURN_END)
    lead = tokenizer.encode("\n").ids
    rows = []
    for prompt in prompts:
        user = tokenizer.encode(f"user\n{prompt.strip()}").ids
        rows.append([start, *user, end, *lead, start, *tokenizer.encode("assistant\n").ids])
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    texts = [""] * len(rows)
    for at in range(0, len(order), 32):
        group = order[at : at + 32]
        prompts_ids = [rows[index] for index in group]
        done = [False] * len(group)
        for _ in range(max_tokens):
            tokens, _ = pad([(ids, [0.0] * len(ids)) for ids in prompts_ids])
            hidden = model(tokens)
            last = hidden[torch.arange(len(group)), torch.tensor([len(ids) - 1 for ids in prompts_ids])]
            for row, token in enumerate(model.logits(last).argmax(-1).tolist()):
                done[row] = done[row] or token == end
                if not done[row]:
                    prompts_ids[row] = [*prompts_ids[row], token]
            if all(done):
                break
        for index, ids in zip(group, prompts_ids, strict=True):
            texts[index] = tokenizer.decode(ids[len(rows[index]) :])
    return texts


def accuracy(model, tokenizer, intents, questions, first_tokens: int | None = None):
    """Share of questions answered right and the list of mistakes; only an answer's beginning counts if `first_tokens` is given."""
    if not questions:
        return 0.0, []
    model.eval()
    texts = replies(model, tokenizer, [question["text"] for question in questions], first_tokens or 200)
    model.train()
    wrong = []
    for question, text in zip(questions, texts, strict=True):
        answers = [intents[id].answer for id in question["intents"]]
        if not any(answer.startswith(text) if first_tokens else answer == text for answer in answers):
            wrong.append((question, text))
    return 1 - len(wrong) / len(questions), wrong


# Writing


def save(model: Llama, tokenizer: Tokenizer, folder: Path) -> None:
    """Writes the checkpoint under the names that Hugging Face's Llama has."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = model.shape
    tensors = {"model.embed_tokens.weight": model.embed.weight, "model.norm.weight": model.norm.weight}
    for index, layer in enumerate(model.layers):
        name = f"model.layers.{index}."
        q, k, v = layer.attention.qkv.weight.split(layer.attention.widths)
        gate, up = layer.gate_up.weight.chunk(2)
        tensors |= {
            name + "input_layernorm.weight": layer.input_norm.weight,
            name + "self_attn.q_proj.weight": q,
            name + "self_attn.k_proj.weight": k,
            name + "self_attn.v_proj.weight": v,
            name + "self_attn.o_proj.weight": layer.attention.o_proj.weight,
            name + "post_attention_layernorm.weight": layer.mlp_norm.weight,
            name + "mlp.gate_proj.weight": gate,
            name + "mlp.up_proj.weight": up,
            name + "mlp.down_proj.weight": layer.down_proj.weight,
        }
    tensors = {name: tensor.detach().to(torch.bfloat16).contiguous().clone() for name, tensor in tensors.items()}
    partial = folder / "model.safetensors.partial"
    save_file(tensors, partial, metadata={"format": "pt"})
    partial.chmod(0o644)
    partial.replace(folder / "model.safetensors")
    pad_id, start, end = (tokenizer.token_to_id(text) for text in (END_OF_TEXT, TURN_START, TURN_END))
    ids = {"bos_token_id": start, "eos_token_id": end, "pad_token_id": pad_id}
    config = {
        "_name_or_path": "Nibble Starter",
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": shape.vocab_size,
        "hidden_size": shape.hidden_size,
        "intermediate_size": shape.intermediate_size,
        "num_hidden_layers": shape.n_layers,
        "num_attention_heads": shape.n_heads,
        "num_key_value_heads": shape.n_kv_heads,
        "head_dim": shape.head_size,
        "hidden_act": "silu",
        "max_position_embeddings": shape.context_tokens,
        "rms_norm_eps": shape.norm_eps,
        "rope_theta": shape.rope_theta,
        "rope_scaling": None,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        **ids,
    }
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", {"do_sample": False, **ids})
    special = {
        "bos_token": TURN_START,
        "eos_token": TURN_END,
        "pad_token": END_OF_TEXT,
        "unk_token": END_OF_TEXT,
    }
    added = {
        str(tokenizer.token_to_id(text)): {
            "content": text,
            "lstrip": False,
            "normalized": False,
            "rstrip": False,
            "single_word": False,
            "special": True,
        }
        for text in (END_OF_TEXT, TURN_START, TURN_END)
    }
    write_json(
        folder / "tokenizer_config.json",
        {
            "add_prefix_space": False,
            "added_tokens_decoder": added,
            **special,
            "chat_template": CHAT_TEMPLATE,
            "clean_up_tokenization_spaces": False,
            "model_max_length": shape.context_tokens,
            "tokenizer_class": "GPT2TokenizerFast",
        },
    )
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=True) + "\n", encoding="utf-8")


def load(model: Llama, folder: Path) -> None:
    """Takes the weights of a checkpoint that `save` wrote."""
    tensors = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}

    def take(parameter, *names):
        parameter.data.copy_(torch.cat([tensors.pop(name) for name in names]))

    take(model.embed.weight, "model.embed_tokens.weight")
    take(model.norm.weight, "model.norm.weight")
    for index, layer in enumerate(model.layers):
        name = f"model.layers.{index}."
        take(layer.input_norm.weight, name + "input_layernorm.weight")
        take(layer.attention.qkv.weight, *(f"{name}self_attn.{part}_proj.weight" for part in "qkv"))
        take(layer.attention.o_proj.weight, name + "self_attn.o_proj.weight")
        take(layer.mlp_norm.weight, name + "post_attention_layernorm.weight")
        take(layer.gate_up.weight, name + "mlp.gate_proj.weight", name + "mlp.up_proj.weight")
        take(layer.down_proj.weight, name + "mlp.down_proj.weight")
    assert not tensors, f"tensors without a place: {', '.join(tensors)}"


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


# The run


def keep_memory() -> None:
    """Tells glibc to keep freed memory: giving large buffers back and zeroing new ones costs more than the arithmetic here."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        trim_threshold, top_pad, mmap_max = -1, -2, -4
        mallopt(mmap_max, 0)
        mallopt(trim_threshold, 2**31 - 1)
        mallopt(top_pad, 2**28)


def learning_rate(share_done: float, peak: float) -> float:
    """Up within the first hundredths of the time, then straight down to zero at its end."""
    warm_up = 0.02
    return peak * min(share_done / warm_up, (1 - share_done) / (1 - warm_up)) if share_done < 1 else 0.0


def optimizer_of(model: Llama, weight_decay: float):
    matrices = [p for name, p in model.named_parameters() if p.dim() == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.dim() != 2 or "embed" in name]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1e-9, betas=(0.9, 0.98), eps=1e-8, fused=True)


def train(arguments) -> None:
    """Starts the workers. Each computes on one core and they meet once a step, so that a busy machine stops neither for long."""
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{folder}/meeting"
        torch.multiprocessing.spawn(work, args=(arguments, meeting), nprocs=arguments.workers)


def work(rank: int, arguments, meeting: str) -> None:
    keep_memory()
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=arguments.workers)
    # One seed for weights and vocabulary, so that all begin alike; then each draws chats of its own.
    torch.manual_seed(arguments.seed)
    shape = Shape(n_layers=arguments.layers, vocab_size=arguments.vocab)
    model = Llama(shape)
    if arguments.start_from:
        tokenizer = Tokenizer.from_file(str(arguments.start_from / "tokenizer.json"))
        load(model, arguments.start_from)
    else:
        tokenizer = train_tokenizer(Generator(arguments.seed), shape.vocab_size)
    generator = Generator(arguments.seed * 1000 + rank)
    samples = Samples(generator, tokenizer, arguments.user_weight, arguments.short_share)
    optimizer = optimizer_of(model, arguments.weight_decay)
    parameters = list(model.parameters())
    dev = load_questions(DEV)
    run = Run(arguments, model, tokenizer, generator, samples, dev)
    if rank == 0:
        print(f"{run.n_parameters:,} parameters, {len(generator.intents)} intents, {len(dev)} questions to steer by", flush=True)

    distributed.barrier()
    begin = time.monotonic()
    for tokens, weights, intents in samples.batches(arguments.batch_tokens, shape.context_tokens):
        loss, shown, rows = loss_of(model, tokens, weights)
        samples.learn_difficulty(intents, rows.tolist())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        # What all workers must agree on: gradients, and how late it is.
        figures = torch.tensor([shown.item(), tokens.numel(), time.monotonic() - begin])
        flat = torch.cat([figures, *(parameter.grad.flatten() for parameter in parameters)])
        distributed.all_reduce(flat)
        flat /= arguments.workers
        at = len(figures)
        for parameter in parameters:
            parameter.grad.copy_(flat[at : at + parameter.numel()].view_as(parameter))
            at += parameter.numel()
        shown, n_tokens, elapsed = flat[: len(figures)].tolist()
        share_done = elapsed / (arguments.minutes * 60)
        if share_done >= 1:
            break
        rate = learning_rate(share_done, arguments.rate)
        for group in optimizer.param_groups:
            group["lr"] = rate
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if rank == 0:
            run.note(shown, round(n_tokens * arguments.workers), elapsed, rate)
    if rank == 0:
        run.finish()
    distributed.barrier()
    distributed.destroy_process_group()


class Run:
    """What is kept and shown of a run."""

    def __init__(self, arguments, model, tokenizer, generator, samples, dev):
        self.arguments, self.model, self.tokenizer = arguments, model, tokenizer
        self.generator, self.samples, self.dev = generator, samples, dev
        self.n_parameters = sum(parameter.numel() for parameter in model.parameters())
        self.curve: list[tuple] = []
        self.step = self.tokens = 0
        self.loss, self.elapsed = None, 0.0
        # A run that goes on from a checkpoint continues its records.
        self.before = read_records(arguments.records) if arguments.start_from else ([], [])
        self.next_print, self.next_save, self.next_look = 0.0, arguments.save_minutes * 60, arguments.look_minutes * 60

    def note(self, loss: float, n_tokens: int, elapsed: float, rate: float) -> None:
        self.step += 1
        self.tokens += n_tokens
        self.elapsed = elapsed
        self.loss = loss if self.loss is None else 0.98 * self.loss + 0.02 * loss
        if elapsed >= self.next_print:
            self.curve.append((self.step, round(elapsed), self.tokens, f"{self.loss:.4f}", f"{rate:.6f}"))
            print(f"{elapsed:6.0f} s  step {self.step:6d}  {self.tokens:9,d} tokens  loss {self.loss:.4f}", flush=True)
            self.next_print = elapsed + 15
        if elapsed >= self.next_save:
            self.save()
            self.next_save = elapsed + self.arguments.save_minutes * 60
        if elapsed >= self.next_look:
            share, _ = accuracy(self.model, self.tokenizer, self.generator.intents, self.dev, first_tokens=8)
            print(f"        {share:.1%} of {len(self.dev)} begin right", flush=True)
            self.next_look = elapsed + self.arguments.look_minutes * 60

    def finish(self) -> None:
        self.curve.append((self.step, round(self.elapsed), self.tokens, f"{self.loss:.4f}", "0.000000"))
        self.save()
        share, wrong = accuracy(self.model, self.tokenizer, self.generator.intents, self.dev)
        print(f"done: {share:.1%} of {len(self.dev)} right")
        for question, text in wrong:
            print(f"  {question['text']!r} wanted {question['intents'][0]}, got {text!r}")

    def save(self) -> None:
        save(self.model, self.tokenizer, self.arguments.out)
        folder = self.arguments.records
        folder.mkdir(parents=True, exist_ok=True)
        intents = self.generator.intents.values()
        facts = {
            "parameters": self.n_parameters,
            "shape": asdict(self.model.shape),
            "seed": self.arguments.seed,
            "continued_from_a_checkpoint": self.arguments.start_from is not None,
            "workers": self.arguments.workers,
            "peak_learning_rate": self.arguments.rate,
            "short_share": self.arguments.short_share,
            "batch_tokens": self.arguments.batch_tokens * self.arguments.workers,
            "steps": self.step,
            "tokens": self.tokens,
            "minutes": round(self.elapsed / 60, 1),
            "intents": len(intents),
            "written_phrasings": sum(len(i.questions) + len(i.subjects) + len(i.follow_ups) for i in intents),
            # Of the first worker only; the others draw about as many.
            "different_questions_asked": len(self.samples.questions_seen) * self.arguments.workers,
        }
        write_records(folder, self.before, facts, self.curve)


CURVE = ["run", "step", "seconds", "tokens", "loss", "learning_rate"]


def read_records(folder: Path) -> tuple[list[dict], list[list]]:
    """Runs so far and their loss curves."""
    runs = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    with (folder / "loss.csv").open(encoding="utf-8", newline="") as file:
        return runs, list(csv.reader(file))[1:]


def write_records(folder: Path, before: tuple[list[dict], list[list]], facts: dict, curve: list[tuple]) -> None:
    runs, rows = before
    write_json(folder / "run.json", [*runs, facts])
    with (folder / "loss.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([CURVE, *rows, *((len(runs) + 1, *row) for row in curve)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE.parent, help="folder of the checkpoint")
    parser.add_argument("--records", type=Path, default=HERE, help="folder of loss.csv and run.json")
    parser.add_argument("--start-from", type=Path, help="folder of a checkpoint to go on from, with its vocabulary")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--save-minutes", type=float, default=4)
    parser.add_argument("--look-minutes", type=float, default=11, help="between looks at the questions to steer by")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--vocab", type=int, default=2048)
    parser.add_argument("--batch-tokens", type=int, default=768, help="of one worker")
    parser.add_argument("--rate", type=float, default=1.6e-3)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--short-share", type=float, default=0.75, help="of chats that are one question and the first words of the answer")
    parser.add_argument("--user-weight", type=float, default=0.1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
