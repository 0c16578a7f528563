"""Makes training chats from the corpus.

A corpus file lists intents: one answer each, and ways to ask for it. This module asks in many more ways than are written
down: it fills frames, adds politeness, swaps synonyms, drops words and mistypes. Answers never vary, so that a reply can be
compared with them exactly. Everything follows from one seed.

    python generate.py --check            counts, and fails where the corpus breaks its own rules
    python generate.py --sample 20        prints chats
"""

import argparse
import itertools
import random
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
HELD_OUT = HERE.parents[2] / "tests" / "data" / "starter" / "held_out.toml"

# Questions to steer the making by, in the same format.
DEV = HERE / "dev.toml"

OUT_OF_SCOPE = "out_of_scope"
# Share of turns that ask for what the model cannot know.
OUT_OF_SCOPE_SHARE = 0.14
# How much the number of written phrasings weighs in drawing an intent: 0 is not at all, 1 is fully.
PHRASINGS_WEIGH = 0.35

# Ways to ask what a thing is. {s} is the thing.
SUBJECT_FRAMES = """
what is {s}
what is {s}
what's {s}
what are {s}
explain {s}
explain {s} to me
can you explain {s}
can you explain {s} to me
could you explain {s} briefly
please explain {s}
explain what {s} is
explain what {s} means
tell me about {s}
tell me what {s} is
tell me something about {s}
tell me more about {s}
{s}
{s}?
define {s}
definition of {s}
give me a definition of {s}
how would you define {s}
what does {s} mean
what does the term {s} mean
what does the word {s} mean
what is meant by {s}
what do you mean by {s}
what do people mean by {s}
what does {s} stand for
meaning of {s}
the meaning of {s}
what is this {s} thing
what is that {s} thing everybody mentions
what exactly is {s}
what is {s} exactly
so what is {s} then
describe {s}
describe {s} for me
can you describe {s}
{s} explained
{s} meaning
{s} definition
{s} in simple terms
what is {s} in simple terms
what's {s} about
what is {s} all about
i don't know what {s} is
i don't understand {s}
i do not get {s}
i don't get what {s} means
i've never heard of {s}
i keep reading about {s}, what is it
i saw {s} somewhere, what is that
i saw the word {s}, what does it mean
i came across {s}, what is that
what should i know about {s}
what do i need to know about {s}
what can you tell me about {s}
do you know what {s} is
do you know {s}
do you know anything about {s}
can you tell me what {s} is
can you tell me what {s} means
could you tell me what {s} is
could you say what {s} means
i want to know what {s} is
i would like to understand {s}
i want to learn about {s}
i'd like to know more about {s}
help me understand {s}
teach me about {s}
give me a short explanation of {s}
give me an overview of {s}
short explanation of {s}
{s}, what is it
{s}: what is that
{s} - what does that mean
what in the world is {s}
what on earth is {s}
wtf is {s}
wat is {s}
whats {s}
whats a {s}
what kind of thing is {s}
what sort of thing is {s}
how do you explain {s} to a beginner
explain {s} like i am five
eli5 {s}
explain {s} to a beginner
explain {s} in one sentence
a word about {s}
info on {s}
information about {s}
any idea what {s} is
anything about {s}
is {s} something i should know
remind me what {s} is
remind me what {s} means
i forgot what {s} is
could you define {s}
what would you say {s} is
what is the idea of {s}
what is the idea behind {s}
what is the point of {s}
what's the concept of {s}
what does {s} refer to
what does one understand by {s}
who or what is {s}
""".strip().splitlines()

# Further ways, for things that no other intent asks about in these words.
LONE_SUBJECT_FRAMES = """
how does {s} work
how does {s} work exactly
how do {s} work
how {s} works
explain how {s} works
what does {s} do
what is {s} good for
what is {s} for
what is {s} used for
what's the use of {s}
what's the point of {s}
what's the purpose of {s}
what is the trick of {s}
what's the trick in {s}
why {s}
why does {s} exist
why is {s} important
why does {s} matter
why do people talk about {s}
why would one use {s}
why do i need {s}
why is there {s}
where is {s} used
what role does {s} play
what makes {s} special
is {s} important
is {s} any good
is {s} good
is {s} good or bad
should i care about {s}
should i use {s}
do i need {s}
do i have to know {s}
when is {s} useful
what happens with {s}
how should i understand {s}
how do i read {s}
what are the basics of {s}
basics of {s}
give me the short version of {s}
{s} in a nutshell
{s} for beginners
{s} for dummies
in short, {s}
can someone explain {s}
everyone talks about {s}
somebody mentioned {s}
the card says {s}
the file name says {s}
there is a mention of {s} here
people keep recommending {s}
not sure what {s} is
no clue what {s} is
never understood {s}
""".strip().splitlines()

# Groups of words that mean the same in every question of the corpus.
SYNONYMS = [
    ["computer", "pc", "machine"],
    ["program", "app", "application", "software", "tool"],
    ["folder", "directory"],
    ["pick", "choose", "select"],
    ["big", "large"],
    ["bigger", "larger"],
    ["biggest", "largest"],
    ["small", "little", "tiny"],
    ["fast", "quick", "speedy"],
    ["faster", "quicker"],
    ["delete", "remove", "erase", "get rid of"],
    ["download", "fetch"],
    ["start", "begin"],
    ["need", "require"],
    ["show", "display"],
    ["change", "adjust", "modify", "alter"],
    ["purpose", "point"],
    ["happens", "goes on"],
    ["reply", "answer", "response"],
    ["replies", "answers", "responses"],
    ["conversation", "chat"],
    ["conversations", "chats"],
    ["internet", "web", "net"],
    ["error", "mistake"],
    ["important", "essential"],
    ["maybe", "perhaps"],
    ["cost", "costs"],
    ["quality", "accuracy"],
    ["slow", "sluggish"],
    ["save", "store", "keep"],
    ["kept", "stored", "saved"],
    ["bad", "poor"],
    ["good", "fine", "decent"],
    ["better", "nicer"],
    ["huge", "enormous", "gigantic"],
    ["find", "locate"],
    ["open", "load"],
    ["stop", "halt"],
    ["choice", "option"],
    ["kinds", "types", "sorts"],
    ["kind of", "type of", "sort of"],
    ["quantize", "quantise"],
    ["quantized", "quantised"],
    ["quantizing", "quantising"],
    ["quantization", "quantisation"],
    ["int4", "int 4", "4 bit", "4-bit", "four bit"],
    ["int8", "int 8", "8 bit", "8-bit", "eight bit"],
    ["f16", "fp16", "16 bit", "16-bit", "float16", "half precision"],
    ["graphics card", "gpu", "video card"],
    ["cpu", "processor"],
    ["gb", "gigabytes", "gigabyte", "gig", "gigs"],
    ["ram", "memory"],
    ["llm", "language model"],
    ["llms", "language models"],
    ["should i", "do i", "shall i"],
    ["how do i", "how can i", "how to", "how would i", "how does one", "how do you", "what do i do to", "in what way can i"],
    ["how many", "what number of"],
    ["why is", "how come", "for what reason is"],
    ["why", "for what reason", "how come"],
    ["can i", "may i", "is it possible to", "could i", "am i able to"],
    ["can you", "are you able to", "could you", "do you know how to"],
    ["is there a way to", "is it possible to"],
    ["does it", "will it"],
    ["what is the difference between", "what's the difference between", "difference between", "what distinguishes"],
    ["tell me", "let me know"],
    ["where do i", "where can i", "where should i", "where to"],
    ["do you have", "have you got"],
    ["a lot of", "lots of", "plenty of"],
    ["i want to", "i would like to", "i'd like to", "i wanna", "i wish to"],
    ["make", "create"],
    ["makes", "causes"],
    ["work", "function", "operate"],
    ["works", "functions", "operates"],
    ["compared to", "versus", "vs", "in comparison with"],
]

CONTRACTIONS = [
    ("what is", "what's"), ("what is", "whats"), ("how is", "how's"), ("where is", "where's"), ("who is", "who's"), ("it is", "it's"),
    ("that is", "that's"), ("i am", "i'm"), ("i am", "im"), ("you are", "you're"), ("you are", "youre"), ("i would", "i'd"),
    ("i have", "i've"), ("do not", "don't"), ("do not", "dont"), ("does not", "doesn't"), ("does not", "doesnt"),
    ("cannot", "can't"), ("cannot", "cant"), ("can not", "can't"), ("is not", "isn't"), ("is not", "isnt"), ("are not", "aren't"),
    ("will not", "won't"), ("did not", "didn't"), ("would not", "wouldn't"), ("should not", "shouldn't"),
]

SHORTHAND = {
    "you": "u", "are": "r", "please": "pls", "because": "cause", "through": "thru", "thanks": "thx", "people": "ppl", "with": "w/",
    "without": "w/o", "going to": "gonna", "want to": "wanna", "your": "ur", "about": "abt", "what": "wat", "and": "&",
    "something": "smth", "does": "dose", "really": "rly", "okay": "k", "why": "y",
}

PREFIXES = """
please
hey,
hey
hi,
hi!
hi there,
hello,
hello!
hello there,
good morning,
good evening,
ok,
okay,
ok so
so
so,
well,
now
now,
and
but
also,
alright,
right,
um,
uh,
hmm,
hm
one more thing:
another question:
one question:
quick question:
question:
just a question:
simple question:
silly question:
stupid question maybe:
dumb question,
sorry,
sorry to bother you,
excuse me,
nibble,
hey nibble,
can you tell me
can you tell me,
could you tell me
could you please tell me
would you tell me
tell me,
please tell me
i'd like to know
i'd like to know,
i would like to know
i want to know
i wanted to know
i was wondering
i wonder
i'm wondering
i'm curious,
just curious,
out of curiosity,
do you know
do you happen to know
any idea
help me:
i have a question:
i have a question.
i need help.
i'm new to this.
i am new here.
i'm a beginner.
i'm no expert.
first time user here.
i just installed this.
i just started using this program.
my friend asked me:
my son asked me this:
someone asked me
my boss wants to know
for my understanding:
to be clear,
actually,
basically,
honestly,
seriously,
in short:
briefly:
in simple words,
in plain english,
in general,
generally speaking,
once more:
next question.
next:
then
ok thanks.
thanks.
great.
cool.
got it.
i see.
interesting.
let me ask:
may i ask
may i ask you something?
can i ask
there is something i don't understand.
here is what i want to know:
i'm confused.
i'm a bit confused,
i don't get it.
""".strip().splitlines()

SUFFIXES = """
please
, please
pls
 thanks
, thanks
, thank you
 thx
, exactly
 exactly
, then
 then
 really
, in simple words
 in simple words
 in plain words
 in plain english
 in short
, in short
, briefly
 briefly
 in one sentence
 in a few words
 in general
, generally
 for a beginner
 for dummies
 for someone new to this
, i'm a beginner
, i'm new to this
, i'm not technical
 actually
 again
, by the way
 btw
, do you know
, can you tell me
, any idea
, nibble
 here
 anyway
 at all
, just curious
, i was wondering
, i want to understand
, please explain
? i'm curious
? i don't know
? please help
? thanks
? i have no idea
? please be brief
? keep it short
 :)
 lol
...
!
??
?!
""".strip("\n").splitlines()

SYSTEM_PROMPTS = """
You are a helpful assistant.
You are a helpful AI assistant.
You are a friendly chatbot.
You are Nibble's starter model.
You are a helpful AI assistant named SmolLM, trained by Hugging Face
You are Qwen, created by Alibaba Cloud. You are a helpful assistant.
Answer briefly.
Answer briefly and in plain words.
Answer in one sentence.
Be concise.
Be concise and friendly.
Be polite.
Be honest. If you do not know something, say so.
Respond in English.
Write plain text without formatting.
Use simple language.
Use short sentences.
Explain things as to a child.
You are an expert in machine learning.
You are an assistant for computer questions.
You answer questions about a desktop program.
You are a patient teacher.
You are a pirate. Answer like a pirate.
You are a poet.
Keep your answers under fifty words.
Never make things up.
Think before you answer.
Do not use lists.
Always be kind.
The user is a beginner.
The user is an experienced programmer.
You are a professional assistant in a company.
Today is Monday.
Be helpful, harmless and honest.
Give examples where it helps.
Speak formally.
""".strip().splitlines()

NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol", "a": "qsz",
    "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum", "k": "jli", "l": "kop", "z": "asx", "x": "zsdc",
    "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}

ALTERNATIVES = re.compile(r"\{([^{}]*)\}")
LIST_NAME = re.compile(r"<([a-z_]+)>")


@dataclass
class Intent:
    """One thing that can be asked, and its only answer."""

    id: str
    answer: str
    questions: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    follow_ups: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass
class Corpus:
    """All that is written down: intents by id, word lists by name, rules on who answers what several list."""

    intents: dict[str, Intent]
    lists: dict[str, list[str]]
    rules: list[dict]


class CorpusError(Exception):
    """The corpus breaks one of its rules."""


def normalized(text: str) -> str:
    """What two spellings of one question have in common."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("\u2019", "")))


def load_corpus(folder: Path = CORPUS) -> "Corpus":
    """Reads and checks all files of a folder, and the two beside it that add to them."""
    intents: dict[str, Intent] = {}
    lists: dict[str, list[str]] = {}
    answers: dict[str, str] = {}
    more: list[dict] = []
    rules: list[dict] = []
    for path in [*sorted(folder.glob("*.toml")), folder.parent / "phrasings.toml", folder.parent / "contested.toml"]:
        with path.open("rb") as file:
            content = tomllib.load(file)
        for name, words in content.get("lists", {}).items():
            lists[name] = [word.strip() for word in words.split(",") if word.strip()] if isinstance(words, str) else words
        more.extend(content.get("more", []))
        rules.extend(content.get("contested", []))
        for entry in content.get("intent", []):
            try:
                intent = Intent(**entry)
            except TypeError as error:
                raise CorpusError(f"{path.name}: {entry.get('id')}: {error}") from error
            intent.answer = " ".join(intent.answer.split())
            if intent.id in intents:
                raise CorpusError(f"{path.name}: the id {intent.id} is used twice")
            if intent.answer in answers:
                raise CorpusError(f"{path.name}: {intent.id} and {answers[intent.answer]} have the same answer")
            if not intent.questions and not intent.subjects and not intent.follow_ups:
                raise CorpusError(f"{path.name}: {intent.id} has no question")
            answers[intent.answer] = intent.id
            intents[intent.id] = intent
    for entry in more:
        if entry["id"] not in intents:
            raise CorpusError(f"more questions for {entry['id']}, which there is not")
        intents[entry["id"]].questions.extend(entry["questions"])
    for intent in intents.values():
        for other in intent.after:
            if other not in intents:
                raise CorpusError(f"{intent.id} follows {other}, which there is not")
        for text in intent.questions + intent.follow_ups:
            if text.count("{") != text.count("}") or "{" in ALTERNATIVES.sub("", text):
                raise CorpusError(f"{intent.id}: braces do not match in: {text}")
            for name in LIST_NAME.findall(text):
                if name not in lists:
                    raise CorpusError(f"{intent.id}: there is no list <{name}>")
    for rule in rules:
        for id in [rule["winner"], *rule["over"]]:
            if id not in intents:
                raise CorpusError(f"a rule on contested questions names {id}, which there is not")
    return Corpus(intents, lists, rules)


def spelled_out(text: str, most: int = 4000) -> Iterator[str]:
    """All questions that a line with alternatives stands for, up to a number."""
    parts = [part[1:-1].split("|") if part.startswith("{") else [part] for part in re.split(r"(\{[^{}]*\})", text)]
    return ("".join(choice) for choice in itertools.islice(itertools.product(*parts), most))


def claims(corpus: "Corpus") -> dict[str, set[str]]:
    """The intents that list a question, for every question written down without a word list."""
    claimed: dict[str, set[str]] = {}
    for intent in corpus.intents.values():
        for text in intent.questions:
            if not LIST_NAME.search(text):
                for question in spelled_out(text):
                    claimed.setdefault(normalized(question), set()).add(intent.id)
    return claimed


def phrasings(corpus: "Corpus") -> set[str]:
    """Every question written down without a word list, those from subjects and frames with them."""
    frames = [*SUBJECT_FRAMES, *LONE_SUBJECT_FRAMES]
    subjects = [subject for intent in corpus.intents.values() for text in intent.subjects for subject in spelled_out(text)]
    return {*claims(corpus), *(normalized(frame.replace("{s}", subject)) for frame in frames for subject in subjects)}


def owner(question: str, ids: set[str], rules: list[dict]) -> str | None:
    """Which of several intents a question belongs to."""
    if len(ids) == 1:
        return next(iter(ids))
    for rule in rules:
        if rule["winner"] in ids and ids <= {rule["winner"], *rule["over"]} and rule.get("with", "") in ["", *question.split()]:
            return rule["winner"]
    return None


def load_questions(path: Path) -> list[dict]:
    """Questions kept for steering or measuring, each with all `intents` whose answer is right; none if the file is absent."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        questions = tomllib.load(file).get("question", [])
    return [{"text": question["text"], "intents": question.get("intents") or [question["intent"]]} for question in questions]


class Generator:
    """An endless, repeatable stream of chats."""

    def __init__(self, seed: int, corpus: Path = CORPUS):
        self.random = random.Random(seed)
        written = load_corpus(corpus)
        self.intents, self.lists = written.intents, written.lists
        self.owners = {question: owner(question, ids, written.rules) for question, ids in claims(written).items()}
        self.forbidden = {normalized(question["text"]) for path in (HELD_OUT, DEV) for question in load_questions(path)}
        self.refused = 0
        self.lone = {id for id in self.intents if not any(other.startswith(id + ".") for other in self.intents)}
        self.ids = [id for id in self.intents if id != OUT_OF_SCOPE]
        self.weights = {id: self._weight(self.intents[id]) for id in self.ids}
        # Whoever trains may ask more often for what is still hard.
        self.difficulty: dict[str, float] = {}
        # A line with many alternatives stands for many questions, though not for as many more.
        self.lines = {id: [min(self._expansions(text), 150) ** 0.5 for text in i.questions] for id, i in self.intents.items()}
        # A synonym may be put for any other of its group, longest first so that phrases win over their words.
        self.synonyms = {}
        for group in SYNONYMS:
            for word in group:
                self.synonyms.setdefault(word, []).extend(other for other in group if other != word)
        words = sorted(self.synonyms, key=len, reverse=True)
        self.synonym_pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, words)) + r")(?![\w-])", re.IGNORECASE)

    @staticmethod
    def _weight(intent: Intent) -> float:
        phrasings = len(intent.questions) + 4 * len(intent.subjects) + len(intent.follow_ups)
        return max(phrasings, 4) ** PHRASINGS_WEIGH

    def _expansions(self, text: str) -> int:
        count = 1
        for match in ALTERNATIVES.finditer(text):
            count *= match[1].count("|") + 1
        for name in LIST_NAME.findall(text):
            count *= len(self.lists[name])
        return count

    # Chats

    def chat(self, n_turns: int) -> tuple[str | None, list[tuple[str, str, str]]]:
        """A system message or none, and turns of question, answer and intent."""
        turns: list[tuple[str, str, str]] = []
        while len(turns) < n_turns:
            turns.extend(self._turns(last=turns[-1][2] if turns else None))
        system = None
        if self.random.random() < 0.12:
            system = " ".join(self.random.sample(SYSTEM_PROMPTS, self.random.choice([1, 1, 1, 2])))
        return system, turns

    def _turns(self, last: str | None) -> list[tuple[str, str, str]]:
        """One turn, or two where the second makes sense only after the first."""
        if self.random.random() < OUT_OF_SCOPE_SHARE and OUT_OF_SCOPE in self.intents:
            intent = self.intents[OUT_OF_SCOPE]
        else:
            intent = self.intents[self.random.choices(self.ids, [self.weights[id] * self.difficulty.get(id, 1.0) for id in self.ids])[0]]
        plain = bool(intent.questions or intent.subjects)
        if intent.follow_ups and intent.after and (not plain or self.random.random() < 0.4):
            before = last if last in intent.after else self.random.choice(intent.after)
            first = [] if before == last else [(self._ask(self.intents[before]), self.intents[before].answer, before)]
            return [*first, (self._ask(intent, follow_up=True), intent.answer, intent.id)]
        return [(self._ask(intent), intent.answer, intent.id)]

    def _ask(self, intent: Intent, follow_up: bool = False) -> str:
        for _ in range(50):
            question = self.question(intent, follow_up)
            if normalized(question) not in self.forbidden and question.strip():
                return question
            self.refused += 1
        raise CorpusError(f"{intent.id}: the held-out questions leave nothing to ask")

    # Questions

    def question(self, intent: Intent, follow_up: bool = False) -> str:
        """One way to ask for an intent; empty if the one drawn belongs to another."""
        pick = self.random
        if follow_up:
            text = self._expand(pick.choice(intent.follow_ups))
        elif not intent.questions and not intent.subjects:
            text = self._expand(pick.choice(intent.follow_ups))
        elif intent.subjects and (not intent.questions or pick.random() < 0.35):
            subject = self._expand(pick.choice(intent.subjects))
            # The thing itself keeps its name: another word may be another intent.
            lone = intent.id in self.lone and pick.random() < 0.3
            frame = pick.choice(LONE_SUBJECT_FRAMES if lone else SUBJECT_FRAMES)
            return self._vary(frame, subject) if self._owns(intent, frame.replace("{s}", subject)) else ""
        else:
            text = self._expand(pick.choices(intent.questions, self.lines[intent.id])[0])
            if not self._owns(intent, text):
                return ""
        return self._vary(text)

    def _owns(self, intent: Intent, text: str) -> bool:
        """Whether a question may be asked for an intent, before it is varied: a held-out one may not, in any disguise."""
        plain = normalized(text)
        return plain not in self.forbidden and self.owners.get(plain, intent.id) == intent.id

    def _expand(self, text: str) -> str:
        text = ALTERNATIVES.sub(lambda match: self.random.choice(match[1].split("|")), text)
        text = LIST_NAME.sub(lambda match: self.random.choice(self.lists[match[1]]), text)
        # A list's entry may hold alternatives of its own.
        text = ALTERNATIVES.sub(lambda match: self.random.choice(match[1].split("|")), text)
        return re.sub(r"\s+", " ", text).strip()

    def _vary(self, text: str, subject: str | None = None) -> str:
        pick = self.random
        if pick.random() < 0.4:
            text = self._swap_synonyms(text)
        if subject:
            text = text.replace("{s}", subject)
        if pick.random() < 0.25:
            text = self._contract(text)
        if pick.random() < 0.12:
            text = re.sub(r"\b(the|a|an|my|this)\s+", "", text, flags=re.IGNORECASE) or text
        if pick.random() < 0.05:
            text = self._drop_word(text)
        if pick.random() < 0.04:
            text = self._shorten(text)
        text = self._mark_end(text)
        if pick.random() < 0.24:
            text = self._wrap(text)
        text = self._set_case(text)
        if pick.random() < 0.25:
            for _ in range(pick.choice([1, 1, 2])):
                text = self._mistype(text)
        return text

    def _swap_synonyms(self, text: str) -> str:
        def swap(match):
            return self.random.choice(self.synonyms[match[1].lower()]) if self.random.random() < 0.4 else match[0]

        return self.synonym_pattern.sub(swap, text)

    def _contract(self, text: str) -> str:
        for long, short in self.random.sample(CONTRACTIONS, len(CONTRACTIONS)):
            text = re.sub(rf"\b{long}\b", short, text, flags=re.IGNORECASE)
        return text

    def _drop_word(self, text: str) -> str:
        words = text.split()
        small = [i for i, word in enumerate(words) if word.lower() in SMALL_WORDS]
        if len(words) > 3 and small:
            del words[self.random.choice(small)]
        return " ".join(words)

    def _shorten(self, text: str) -> str:
        for long, short in SHORTHAND.items():
            if self.random.random() < 0.5:
                text = re.sub(rf"\b{long}\b", short, text, flags=re.IGNORECASE)
        return text

    def _mark_end(self, text: str) -> str:
        pick = self.random.random()
        bare = text.rstrip(" ?.!")
        if not bare:
            return text
        asks = re.match(r"(what|how|why|where|who|when|which|is|are|do|does|can|could|should|will|would|did|am|may)\b", bare, re.IGNORECASE)
        if asks:
            return bare + ("?" if pick < 0.62 else "" if pick < 0.97 else " ?")
        return text if pick < 0.4 else bare + ("" if pick < 0.6 else "." if pick < 0.78 else "?" if pick < 0.95 else "!")

    def _wrap(self, text: str) -> str:
        pick = self.random.random()
        if pick < 0.65:
            text = f"{self.random.choice(PREFIXES)} {text}"
        if pick > 0.5:
            suffix = self.random.choice(SUFFIXES)
            bare = text.rstrip("?.! ")
            mark = text[len(bare):].strip() if suffix[0] not in "?!." else ""
            space = "" if suffix[0] in " ,?!." else " "
            text = f"{bare}{space}{suffix}{mark if self.random.random() < 0.7 else ''}"
        return text

    def _set_case(self, text: str) -> str:
        pick = self.random.random()
        if pick < 0.38:
            return text.lower()
        if pick < 0.90:
            text = re.sub(r"\bi\b(?=[ '])", "I", text)
            return text[:1].upper() + text[1:]
        if pick < 0.93:
            return text.upper()
        if pick < 0.95:
            return text.title()
        return text

    def _mistype(self, text: str) -> str:
        places = [i for i, char in enumerate(text) if char.isascii() and char.isalpha()]
        if len(places) < 4:
            return text
        at = self.random.choice(places)
        kind = self.random.randrange(5)
        char = text[at]
        if kind == 0 and at + 1 < len(text) and text[at + 1].isalpha():
            return text[:at] + text[at + 1] + char + text[at + 2 :]
        if kind == 1:
            return text[:at] + text[at + 1 :]
        if kind == 2:
            return text[:at] + char + text[at:]
        if kind == 3:
            return text[:at] + self.random.choice(NEIGHBOURS[char.lower()]) + text[at + 1 :]
        spaces = [i for i, char in enumerate(text) if char == " "]
        if spaces and self.random.random() < 0.4:
            at = self.random.choice(spaces)
            return text[:at] + text[at + 1 :]
        return text[:at] + self.random.choice(NEIGHBOURS[char.lower()]) + text[at:]


SMALL_WORDS = {
    "a", "an", "the", "is", "are", "do", "does", "i", "me", "my", "to", "of", "in", "on", "for", "it", "this", "that", "you", "your", "can", "so",
    "with", "and", "be", "will", "would", "there", "have", "has", "at", "about",
}


def check() -> None:
    """Prints counts; raises where a rule is broken."""
    corpus = load_corpus()
    intents, lists = corpus.intents, corpus.lists
    groups: dict[str, int] = {}
    for id in intents:
        groups[id.split(".")[0]] = groups.get(id.split(".")[0], 0) + 1
    held_out = load_questions(HELD_OUT)
    print(f"intents: {len(intents)}", groups)
    print("written phrasings:", sum(len(i.questions) + len(i.subjects) + len(i.follow_ups) for i in intents.values()))
    print("words in lists:", sum(map(len, lists.values())))
    print("held-out questions:", len(held_out))
    for question in held_out + load_questions(DEV):
        for id in question["intents"]:
            if id not in intents:
                raise CorpusError(f"{question['text']!r} asks for {id}, which there is not")
    for question, ids in claims(corpus).items():
        if question and owner(question, ids, corpus.rules) is None:
            print(f"contested, not asked: {question!r} by {', '.join(sorted(ids))}")
    few = [id for id, i in intents.items() if len(i.questions) < 6 and not i.subjects]
    if few:
        print("few phrasings:", ", ".join(few))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sample", type=int, default=0, metavar="CHATS")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    try:
        if arguments.check:
            check()
        generator = Generator(arguments.seed)
        for _ in range(arguments.sample):
            system, turns = generator.chat(generator.random.choice([1, 2, 3]))
            if system:
                print("system:", system)
            for question, answer, id in turns:
                print(f"user: {question}\n  [{id}] {answer}")
            print()
    except CorpusError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
