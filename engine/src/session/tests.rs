//! The token loop on a decoder whose answer is known: after the letter x comes the next letter.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::backend::testing::feed_in_turn;
use crate::backend::{self, Decoder, DecoderSpec, Feed, Logits, Sequence, Snapshot};
use crate::progress::Cancel;
use crate::text::Tokenizer;

const VOCAB: usize = 26;

/// Says the alphabet, counting the tokens it was fed and the calls that fed them; may cancel itself.
struct Alphabet {
    spec: DecoderSpec,
    fed: Arc<AtomicUsize>,
    passes: Arc<AtomicUsize>,
    cancel_after: usize,
    /// Its state goes back to multiples of this length only.
    kept_in_steps_of: usize,
}

struct Letters {
    tokens: Vec<u32>,
    capacity: usize,
    logits: Vec<f32>,
    fed: Arc<AtomicUsize>,
    passes: Arc<AtomicUsize>,
    cancel_after: usize,
    kept_in_steps_of: usize,
}

impl Alphabet {
    fn new() -> Self {
        let spec = DecoderSpec { vocab_size: VOCAB, ..DecoderSpec::tiny().with_depth(0) };
        Self {
            spec,
            fed: Arc::default(),
            passes: Arc::default(),
            cancel_after: usize::MAX,
            kept_in_steps_of: 1,
        }
    }
}

impl Decoder for Alphabet {
    fn spec(&self) -> &DecoderSpec {
        &self.spec
    }

    fn weights_bytes(&self) -> u64 {
        0
    }

    fn sequence(&self, capacity: usize) -> Result<Box<dyn Sequence>, backend::Error> {
        Ok(Box::new(Letters {
            tokens: Vec::new(),
            capacity,
            logits: Vec::new(),
            fed: Arc::clone(&self.fed),
            passes: Arc::clone(&self.passes),
            cancel_after: self.cancel_after,
            kept_in_steps_of: self.kept_in_steps_of,
        }))
    }

    fn feed(&self, batch: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), backend::Error> {
        feed_in_turn(batch, cancel)
    }
}

impl Sequence for Letters {
    fn len(&self) -> usize {
        self.tokens.len()
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn truncate(&mut self, len: usize) -> usize {
        if len < self.tokens.len() {
            self.tokens.truncate(len - len % self.kept_in_steps_of);
        }
        self.tokens.len()
    }

    fn snapshot(&self) -> Result<Snapshot, backend::Error> {
        unreachable!("no test copies its state")
    }

    fn restore(&mut self, _: &Snapshot) -> Result<(), backend::Error> {
        unreachable!("no test copies its state")
    }

    fn logits(&self) -> &[f32] {
        &self.logits
    }

    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], backend::Error> {
        self.passes.fetch_add(1, Ordering::Relaxed);
        let before = self.fed.fetch_add(tokens.len(), Ordering::Relaxed);
        if (before..before + tokens.len()).contains(&self.cancel_after) {
            cancel.cancel();
            cancel.check()?;
        }
        self.tokens.extend_from_slice(tokens);
        assert!(self.tokens.len() <= self.capacity);
        let rows = match logits {
            Logits::None => &[],
            Logits::Last => &tokens[tokens.len() - 1..],
            Logits::All | Logits::AllExact => tokens,
        };
        self.logits.clear();
        self.logits.resize(rows.len() * VOCAB, 0.0);
        for (&token, logits) in rows.iter().zip(self.logits.chunks_mut(VOCAB)) {
            logits[(token as usize + 1) % VOCAB] = 9.0;
        }
        Ok(&self.logits)
    }
}

/// One token for each letter from a to z.
fn letters() -> Tokenizer {
    let vocab: serde_json::Map<_, _> =
        ('a'..='z').zip(0..).map(|(letter, id)| (letter.to_string(), serde_json::Value::from(id))).collect();
    let json = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": null,
        "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                  "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": vocab, "merges": []},
    });
    Tokenizer::from_json(json.to_string().as_bytes()).unwrap()
}

fn tokens(text: &str) -> Vec<u32> {
    text.bytes().map(|letter| u32::from(letter - b'a')).collect()
}

/// Takes the text of a reply, not how its prompt is read.
fn append(part: ReplyPart<'_>, shown: &mut String) {
    if let ReplyPart::Text(piece) = part {
        shown.push_str(piece);
    }
}

fn reply(session: &mut Session, prompt: &str, options: &GenerateOptions) -> Reply {
    let mut shown = String::new();
    let prompt = tokens(prompt);
    let ends = tokens("z");
    let prompt = Prompt { tokens: &prompt, end_tokens: &ends, is_chat: false };
    let reply = session
        .generate(prompt, &letters(), options, &mut |part| append(part, &mut shown), &Cancel::new())
        .unwrap();
    assert_eq!(shown, reply.text);
    reply
}

fn greedy() -> GenerateOptions {
    GenerateOptions::greedy()
}

#[test]
fn a_reply_ends_at_the_models_end_a_stop_string_a_length_or_the_context() {
    let mut session = Session::new(&Alphabet::new(), 40).unwrap();
    let whole = reply(&mut session, "v", &greedy());
    assert_eq!((whole.text.as_str(), whole.stop_reason), ("wxy", StopReason::Eos));
    assert_eq!(whole.statistics.generated_tokens, 4);
    let stop = GenerateOptions { stop: vec!["ef".into()], ..greedy() };
    let stopped = reply(&mut session, "b", &stop);
    assert_eq!((stopped.text.as_str(), stopped.stop_reason), ("cd", StopReason::Stop));
    let short = reply(&mut session, "b", &GenerateOptions { max_tokens: Some(2), ..greedy() });
    assert_eq!((short.text.as_str(), short.stop_reason), ("cd", StopReason::Length));
    assert_eq!(short.tokens, tokens("cd"));
    let nothing = reply(&mut session, "b", &GenerateOptions { max_tokens: Some(0), ..greedy() });
    assert_eq!((nothing.text.as_str(), nothing.stop_reason), ("", StopReason::Length));
    let mut session = Session::new(&Alphabet::new(), 6).unwrap();
    let full = reply(&mut session, "abc", &greedy());
    assert_eq!((full.text.as_str(), full.stop_reason), ("defg", StopReason::Context));
}

#[test]
fn a_reply_that_repeats_itself_without_end_is_ended() {
    // Without its end token the model says the alphabet again and again: a period of 25 letters.
    let endless = GenerateOptions { logit_bias: vec![(25, f32::NEG_INFINITY)], ..greedy() };
    let stopped = reply(&mut Session::new(&Alphabet::new(), 2000).unwrap(), "a", &endless);
    assert_eq!((stopped.stop_reason, stopped.tokens.len()), (StopReason::Repetition, 25 + 384));
    let endless = GenerateOptions { stop_repetition: false, ..endless };
    let whole = reply(&mut Session::new(&Alphabet::new(), 2000).unwrap(), "a", &endless);
    assert_eq!(whole.stop_reason, StopReason::Context);
}

#[test]
fn a_second_turn_computes_only_what_is_new() {
    let decoder = Alphabet::new();
    let mut session = Session::new(&decoder, 40).unwrap();
    reply(&mut session, "abc", &GenerateOptions { max_tokens: Some(3), ..greedy() });
    let before = decoder.fed.load(Ordering::Relaxed);
    let second = reply(&mut session, "abcdefkl", &GenerateOptions { max_tokens: Some(1), ..greedy() });
    // The last token of a reply was never fed; what came before it was.
    assert_eq!(second.statistics.cached_tokens, 5);
    assert_eq!(decoder.fed.load(Ordering::Relaxed) - before, 3);
    assert_eq!(second.text, "m");
    let again = reply(&mut session, "abcdefkl", &GenerateOptions { max_tokens: Some(1), ..greedy() });
    assert_eq!((again.statistics.cached_tokens, again.text.as_str()), (7, "m"));
}

#[test]
fn text_that_repeats_itself_is_guessed_and_the_reply_is_the_same() {
    let decoder = Alphabet::new();
    let plain = GenerateOptions { lookup_tokens: 0, ..greedy() };
    let guessing = GenerateOptions { lookup_tokens: 5, ..greedy() };
    // The alphabet stands there once, up to a letter after which something else comes.
    let prompt = "abcdefghijklmnxyabc";
    for (capacity, max_tokens, stop) in [
        (80, None, None),
        (80, Some(4), None),
        (80, Some(1), None),
        (80, None, Some("kl")),
        (25, None, None),
        (21, None, None),
    ] {
        let [one_by_one, guessed] = [&plain, &guessing].map(|options| {
            let stop = stop.map(str::to_owned).into_iter().collect();
            let mut session = Session::new(&decoder, capacity).unwrap();
            let before = decoder.passes.load(Ordering::Relaxed);
            let found = reply(&mut session, prompt, &GenerateOptions { max_tokens, stop, ..options.clone() });
            let passes = decoder.passes.load(Ordering::Relaxed) - before;
            // What the cache holds afterwards is the text that was told: another turn may build on it.
            let next = format!("{}b", &prompt[..capacity.min(20) - 2]);
            let next = reply(&mut session, &next, &GenerateOptions { max_tokens: Some(1), ..plain.clone() });
            let statistics = found.statistics.generated_tokens;
            ((found.text, found.tokens, found.stop_reason, statistics, next.text), passes)
        });
        assert_eq!(one_by_one.0, guessed.0, "{capacity} {max_tokens:?} {stop:?}");
        assert!(guessed.1 <= one_by_one.1, "{capacity} {max_tokens:?} {stop:?}");
        if capacity == 80 && max_tokens.is_none() {
            assert!(guessed.1 * 3 < one_by_one.1 * 2, "{} passes instead of {}", guessed.1, one_by_one.1);
        }
    }
}

#[test]
fn drafts_are_verified_under_the_filters() {
    let decoder = Alphabet::new();
    // Without a bias the letter after i is j; under it, what the text repeats is no longer what the model says.
    let banned = tokens("j")[0];
    for logit_bias in [vec![(banned, f32::NEG_INFINITY)], vec![(banned, -20.0)], vec![(tokens("q")[0], 10.0)]]
    {
        let [plain, drafting] = [0, 5].map(|lookup_tokens| {
            let mut session = Session::new(&decoder, 60).unwrap();
            let before = decoder.passes.load(Ordering::Relaxed);
            let options = GenerateOptions { lookup_tokens, logit_bias: logit_bias.clone(), ..greedy() };
            let options = GenerateOptions { max_tokens: Some(25), ..options };
            let reply = reply(&mut session, "abcdefghijklmnxyabc", &options);
            (reply.tokens, reply.text, decoder.passes.load(Ordering::Relaxed) - before)
        });
        assert_eq!((&plain.0, &plain.1), (&drafting.0, &drafting.1), "{logit_bias:?}");
        assert!(drafting.2 < plain.2, "no draft was accepted: {} passes, {} without", drafting.2, plain.2);
        assert!(logit_bias[0].1 > 0.0 || !plain.0.contains(&banned), "{}", plain.1);
    }
}

#[test]
fn a_state_that_goes_back_further_than_asked_is_fed_again() {
    let prompt = "abcdefghijklmnxyabc";
    for steps in [2, 3, 5, 1000] {
        for lookup_tokens in [0, 5] {
            let options = GenerateOptions { lookup_tokens, ..greedy() };
            let replies =
                [Alphabet::new(), Alphabet { kept_in_steps_of: steps, ..Alphabet::new() }].map(|decoder| {
                    let mut session = Session::new(&decoder, 80).unwrap();
                    let first = reply(&mut session, prompt, &options);
                    let second = reply(&mut session, "abcdefgh", &options);
                    let told = |reply: &Reply| (reply.text.clone(), reply.tokens.clone(), reply.stop_reason);
                    (told(&first), told(&second))
                });
            assert_eq!(replies[0], replies[1], "{steps} {lookup_tokens}");
        }
    }
}

#[test]
fn long_prompts_are_fed_in_chunks_and_a_cancel_keeps_what_was_computed() {
    let decoder = Alphabet { cancel_after: 1300, ..Alphabet::new() };
    let mut session = Session::new(&decoder, 2000).unwrap();
    let prompt = vec![3; 1500];
    let asked = Prompt { tokens: &prompt, end_tokens: &[], is_chat: true };
    let cancelled = session.generate(asked, &letters(), &greedy(), &mut |_| {}, &Cancel::new()).unwrap();
    assert_eq!((cancelled.stop_reason, cancelled.text.as_str()), (StopReason::Cancelled, ""));
    let options = GenerateOptions { max_tokens: Some(1), ..greedy() };
    let resumed = session.generate(asked, &letters(), &options, &mut |_| {}, &Cancel::new()).unwrap();
    assert_eq!((resumed.statistics.cached_tokens, resumed.text.as_str()), (1024, "e"));
}

#[test]
fn a_cancel_between_tokens_keeps_the_reply() {
    let decoder = Alphabet { cancel_after: 3, ..Alphabet::new() };
    let mut session = Session::new(&decoder, 40).unwrap();
    let prompt = tokens("ab");
    let asked = Prompt { tokens: &prompt, end_tokens: &[], is_chat: true };
    let cancelled = session.generate(asked, &letters(), &greedy(), &mut |_| {}, &Cancel::new()).unwrap();
    assert_eq!((cancelled.stop_reason, cancelled.text.as_str()), (StopReason::Cancelled, "cd"));
}

#[test]
fn prompts_that_cannot_be_continued_are_refused() {
    let mut session = Session::new(&Alphabet::new(), 4).unwrap();
    let mut ask = |tokens: &[u32]| {
        let prompt = Prompt { tokens, end_tokens: &[], is_chat: true };
        session.generate(prompt, &letters(), &greedy(), &mut |_| {}, &Cancel::new()).unwrap_err()
    };
    assert!(matches!(ask(&[]), Error::EmptyPrompt));
    assert!(matches!(ask(&[1; 5]), Error::PromptTooLong { tokens: 5, capacity: 4 }));
}
