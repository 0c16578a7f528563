//! The token loop: chunked prefill of the new part of a prompt, then sampling, showing and feeding token by token.

use std::collections::VecDeque;
use std::time::Instant;

use super::lookup::PromptLookup;
use super::repetition::RepetitionDetector;
use super::{Error, GenerateOptions, Sampler, StopReason, StopTexts};
use crate::backend::{self, Decoder, Logits, Sequence};
use crate::progress::Cancel;
use crate::text::{Detokenizer, Tokenizer};

/// Tokens of a prompt that are fed together (chunked prefill); after a cancel, the chunks fed before stay in the KV cache.
const PREFILL_CHUNK: usize = 512;

/// A sequence of one decoder, and the tokens in its KV cache.
pub struct Session {
    sequence: Box<dyn Sequence>,
    cached: Vec<u32>,
    vocab_size: usize,
    /// Whether drafts are worth checking: a recurrent state that read a rejected one has to read again from an earlier copy.
    takes_drafts: bool,
}

/// The input of a reply: its prompt and its end.
#[derive(Clone, Copy, Debug)]
pub struct Prompt<'a> {
    /// All tokens of the text so far; those already in the KV cache are not computed again.
    pub tokens: &'a [u32],
    /// Tokens that end the reply when sampled.
    pub end_tokens: &'a [u32],
    /// Whether the reply is a message of its own, as in a chat, or continues the prompt's text.
    pub is_chat: bool,
}

/// What is told of a reply while it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyPart<'a> {
    /// How much of a prompt of several chunks is computed.
    Reading {
        /// Computed tokens, without those that were in the KV cache.
        done: usize,
        /// Tokens to compute.
        total: usize,
    },
    /// More text of the reply.
    Text(&'a str),
}

/// A finished reply with its statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Text of the reply.
    pub text: String,
    /// Tokens of the prompt.
    pub prompt: Vec<u32>,
    /// Tokens of the reply, without the end token.
    pub tokens: Vec<u32>,
    /// Why the reply ended.
    pub stop_reason: StopReason,
    /// Counts and times of the reply.
    pub statistics: Statistics,
}

/// Counts and times of a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Number of tokens of the prompt.
    pub prompt_tokens: usize,
    /// Number of prompt tokens that were already in the KV cache.
    pub cached_tokens: usize,
    /// Seconds for the other tokens of the prompt (time of the prefill).
    pub prompt_secs: f64,
    /// Number of generated tokens, including the end token.
    pub generated_tokens: usize,
    /// Seconds from the end of the prompt to the end of the reply.
    pub generate_secs: f64,
}

impl Statistics {
    /// Prefill speed in tokens per second; 0 if no token was computed.
    pub fn prompt_tps(&self) -> f64 {
        per_second(self.prompt_tokens - self.cached_tokens, self.prompt_secs)
    }

    /// Generation speed in tokens per second, without the first token, which the prefill yields.
    pub fn gen_tps(&self) -> f64 {
        per_second(self.generated_tokens.saturating_sub(1), self.generate_secs)
    }
}

fn per_second(count: usize, seconds: f64) -> f64 {
    if count == 0 || seconds <= 0.0 { 0.0 } else { count as f64 / seconds }
}

impl Session {
    /// A session without tokens, with room for `capacity` tokens.
    ///
    /// # Errors
    /// [`Error::Backend`] when there is no memory for it.
    pub fn new(decoder: &dyn Decoder, capacity: usize) -> Result<Self, Error> {
        let spec = decoder.spec();
        let (vocab_size, takes_drafts) = (spec.vocab_size, !spec.is_recurrent());
        let sequence = decoder.sequence(capacity)?;
        Ok(Self { sequence, cached: Vec::with_capacity(capacity), vocab_size, takes_drafts })
    }

    /// Largest number of tokens of the session.
    pub fn capacity(&self) -> usize {
        self.sequence.capacity()
    }

    /// Generates a reply to `prompt`, and shows text once no later token can change it.
    ///
    /// A cancel ends the reply with [`StopReason::Cancelled`]; the text generated so far is returned.
    ///
    /// # Errors
    /// [`Error::EmptyPrompt`], [`Error::PromptTooLong`], [`Error::BadOption`] before anything is computed; later
    /// [`Error::NotANumber`] and [`Error::Backend`].
    pub fn generate(
        &mut self,
        prompt: Prompt<'_>,
        tokenizer: &Tokenizer,
        options: &GenerateOptions,
        show: &mut dyn FnMut(ReplyPart<'_>),
        cancel: &Cancel,
    ) -> Result<Reply, Error> {
        let capacity = self.capacity();
        if prompt.tokens.is_empty() {
            return Err(Error::EmptyPrompt);
        }
        if prompt.tokens.len() > capacity {
            return Err(Error::PromptTooLong { tokens: prompt.tokens.len(), capacity });
        }
        let mut sampler = Sampler::new(options, prompt.tokens, self.vocab_size)?;
        let mut reply = ReplyBuilder::new(prompt, options, tokenizer, show);
        let start = Instant::now();
        let cached_tokens = self.keep_common(prompt.tokens);
        let mut statistics =
            Statistics { prompt_tokens: prompt.tokens.len(), cached_tokens, ..Default::default() };
        if options.max_tokens == Some(0) {
            return Ok(reply.finish(StopReason::Length, statistics));
        }
        let mut chosen = match self.prefill(prompt.tokens, &mut sampler, reply.show, cancel) {
            Err(Error::Backend(backend::Error::Cancelled(_))) => {
                statistics.prompt_secs = start.elapsed().as_secs_f64();
                // What was not computed does not count as computed.
                statistics.cached_tokens = prompt.tokens.len();
                return Ok(reply.finish(StopReason::Cancelled, statistics));
            }
            other => other?,
        };
        statistics.prompt_secs = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let most = options.max_tokens.unwrap_or(usize::MAX);
        let lookup_tokens = if self.takes_drafts { options.lookup_tokens } else { 0 };
        let mut decoder = SpeculativeDecoder::new(sampler, lookup_tokens);
        let mut repetition = options.stop_repetition.then(RepetitionDetector::new);
        let reason = loop {
            statistics.generated_tokens += 1;
            if prompt.end_tokens.contains(&chosen) {
                break StopReason::Eos;
            }
            if reply.push(chosen) {
                break StopReason::Stop;
            }
            if repetition.as_mut().is_some_and(|repetition| repetition.push(chosen)) {
                break StopReason::Repetition;
            }
            if reply.tokens.len() >= most {
                break StopReason::Length;
            }
            // Ready tokens were already fed, as drafts.
            if self.cached.len() - decoder.ready.len() == capacity {
                break StopReason::Context;
            }
            if cancel.is_cancelled() {
                break StopReason::Cancelled;
            }
            chosen = match self.next(chosen, &mut decoder, cancel) {
                Err(Error::Backend(backend::Error::Cancelled(_))) => break StopReason::Cancelled,
                next => next?,
            };
        };
        statistics.generate_secs = start.elapsed().as_secs_f64();
        Ok(reply.finish(reason, statistics))
    }

    /// Truncates the KV cache to the common prefix with `tokens`, and returns how many tokens are left: all but the last at
    /// most, since the logits after the last are wanted.
    fn keep_common(&mut self, tokens: &[u32]) -> usize {
        let common = self.cached.iter().zip(tokens).take_while(|(old, new)| old == new).count();
        let kept = self.sequence.truncate(common.min(tokens.len() - 1));
        self.cached.truncate(kept);
        kept
    }

    /// Feeds the part of `tokens` that the KV cache lacks and samples the next token.
    fn prefill(
        &mut self,
        tokens: &[u32],
        sampler: &mut Sampler,
        show: &mut dyn FnMut(ReplyPart<'_>),
        cancel: &Cancel,
    ) -> Result<u32, Error> {
        let first = self.cached.len();
        let total = tokens.len() - first;
        while tokens.len() - self.cached.len() > PREFILL_CHUNK {
            let next = self.cached.len();
            show(ReplyPart::Reading { done: next - first, total });
            self.feed(&tokens[next..next + PREFILL_CHUNK], Logits::None, cancel)?;
        }
        let next = self.cached.len();
        let logits = self.feed(&tokens[next..], Logits::Last, cancel)?;
        sampler.choose(logits)
    }

    /// The token after `last`: one that was computed before, or else computed by a pass that also verifies a draft: speculative
    /// decoding. Draft tokens are accepted as long as the sampler chooses the same.
    fn next(&mut self, last: u32, decoder: &mut SpeculativeDecoder, cancel: &Cancel) -> Result<u32, Error> {
        if let Some(token) = decoder.ready.pop_front() {
            return Ok(token);
        }
        let SpeculativeDecoder { sampler, lookup, ready, fed } = decoder;
        let before = self.cached.len();
        self.cached.push(last);
        let draft = lookup.draft(&self.cached, self.sequence.capacity() - self.cached.len());
        fed.clear();
        fed.push(last);
        fed.extend_from_slice(draft);
        self.cached.truncate(before);
        let vocab_size = self.vocab_size;
        let wanted = if fed.len() == 1 { Logits::Last } else { Logits::AllExact };
        for (logits, row) in self.feed(fed, wanted, cancel)?.chunks_exact(vocab_size).zip(1..) {
            let token = sampler.choose(logits)?;
            ready.push_back(token);
            if fed.get(row) != Some(&token) {
                break;
            }
        }
        let next = ready.pop_front().expect("a pass gives at least one token");
        lookup.record(fed.len() - 1, ready.len());
        let accepted = before + 1 + ready.len();
        self.go_back(accepted, cancel)?;
        Ok(next)
    }

    /// Removes the tokens from position `len` on. If the state can only return to an earlier position, the tokens between are
    /// fed again.
    fn go_back(&mut self, len: usize, cancel: &Cancel) -> Result<(), Error> {
        let kept = self.sequence.truncate(len);
        let lost = if kept < len { self.cached[kept..len].to_vec() } else { Vec::new() };
        self.cached.truncate(kept);
        for chunk in lost.chunks(PREFILL_CHUNK) {
            self.feed(chunk, Logits::None, cancel)?;
        }
        Ok(())
    }

    fn feed(&mut self, tokens: &[u32], logits: Logits, cancel: &Cancel) -> Result<&[f32], Error> {
        cancel.check().map_err(backend::Error::from)?;
        let result = self.sequence.feed(tokens, logits, cancel)?;
        self.cached.extend_from_slice(tokens);
        Ok(result)
    }
}

/// Speculative decoding: samples tokens and verifies drafts.
struct SpeculativeDecoder {
    sampler: Sampler,
    lookup: PromptLookup,
    /// Accepted draft tokens and the one after them; all but the last were already fed.
    ready: VecDeque<u32>,
    /// Tokens of the last pass: the current one and the draft.
    fed: Vec<u32>,
}

impl SpeculativeDecoder {
    fn new(sampler: Sampler, lookup_tokens: usize) -> Self {
        let (ready, fed) = (VecDeque::with_capacity(lookup_tokens), Vec::with_capacity(lookup_tokens + 1));
        Self { sampler, lookup: PromptLookup::new(lookup_tokens), ready, fed }
    }
}

/// Builder of a reply: detokenizes, finds stop strings and shows new text.
struct ReplyBuilder<'a> {
    tokenizer: &'a Tokenizer,
    show: &'a mut dyn FnMut(ReplyPart<'_>),
    detokenizer: Detokenizer,
    stop_texts: StopTexts,
    prompt: Vec<u32>,
    tokens: Vec<u32>,
    text: String,
    /// Number of bytes of `text` that were shown.
    shown: usize,
    piece: String,
    stopped: bool,
}

impl<'a> ReplyBuilder<'a> {
    fn new(
        prompt: Prompt<'_>,
        options: &GenerateOptions,
        tokenizer: &'a Tokenizer,
        show: &'a mut dyn FnMut(ReplyPart<'_>),
    ) -> Self {
        Self {
            tokenizer,
            show,
            detokenizer: if prompt.is_chat { Detokenizer::new() } else { Detokenizer::continuing() },
            stop_texts: StopTexts::new(options.stop.iter().cloned()),
            prompt: prompt.tokens.to_vec(),
            tokens: Vec::new(),
            text: String::new(),
            shown: 0,
            piece: String::new(),
            stopped: false,
        }
    }

    /// Appends a token; returns whether a stop string is complete.
    fn push(&mut self, token: u32) -> bool {
        self.tokens.push(token);
        self.piece.clear();
        self.detokenizer.push(self.tokenizer, token, &mut self.piece);
        self.stopped = self.stop_texts.push(&self.piece, &mut self.text);
        self.show_new();
        self.stopped
    }

    fn show_new(&mut self) {
        if self.shown < self.text.len() {
            (self.show)(ReplyPart::Text(&self.text[self.shown..]));
            self.shown = self.text.len();
        }
    }

    fn finish(mut self, stop_reason: StopReason, statistics: Statistics) -> Reply {
        if !self.stopped {
            self.piece.clear();
            self.detokenizer.finish(&mut self.piece);
            self.stopped = self.stop_texts.push(&self.piece, &mut self.text);
            self.stop_texts.finish(&mut self.text);
            self.show_new();
        }
        Reply { text: self.text, prompt: self.prompt, tokens: self.tokens, stop_reason, statistics }
    }
}
