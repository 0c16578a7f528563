//! Text that a model generates for its own measurement: replies to questions, or continuations of openings, sampled at
//! temperature 1.
//!
//! No data set is needed, and the measurement covers the model's typical use: its own output.

use crate::backend::Logits;
use crate::eval::{KEPT_TOKENS, Keep, Passage, Position};
use crate::jobs::Error;
use crate::jobs::load::LoadedModel;
use crate::library::starter;
use crate::progress::{Cancel, Observer, Progress};
use crate::session::{GenerateOptions, Sampler};
use crate::text::{Message, TemplateInput};

/// Seed of the first passage; incremented for each further one.
const SEED: u64 = 20_261_124;
/// Fewest tokens of a passage that is cut.
const SHORTEST_CUT: usize = 32;

/// Questions for a model with a chat template.
const QUESTIONS: [&str; 8] = [
    "Explain how a bicycle stays upright.",
    "Write a short story about a lighthouse keeper.",
    "What should I know before I adopt a cat?",
    "Write a function that finds the largest number in a list, and explain it.",
    "Summarize the causes of the First World War.",
    "How do I make a simple tomato soup?",
    "What is the difference between weather and climate?",
    "Translate into French: The train leaves at half past seven.",
];

/// Openings for a model without a chat template.
const OPENINGS: [&str; 8] = [
    "The history of the city begins",
    "In this paper, we",
    "Once upon a time, there was",
    "def main():\n",
    "The recipe needs the following ingredients:",
    "Dear Sir or Madam,",
    "The second law of thermodynamics",
    "Q: What is the capital of France?\nA:",
];

/// Generates text with `model` until there are `n_tokens` tokens, in passages of at most `context` tokens, and stores its
/// distributions.
///
/// # Errors
/// [`Error::Text`] when the template fails, [`Error::Session`] for logits that are no numbers, [`Error::Backend`].
pub(super) fn write(
    model: &LoadedModel,
    n_tokens: usize,
    context: usize,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<(Vec<Passage>, Vec<Position>), Error> {
    let spec = model.decoder.spec();
    let questions =
        if starter::is_starter(&model.path) { &starter::EXAMPLE_QUESTIONS[..] } else { &QUESTIONS };
    let prompts = prompts(model, questions, &OPENINGS)?;
    let longest = (n_tokens / prompts.len()).max(SHORTEST_CUT);
    let room = context.min(spec.context_length).max(2);
    let mut sequence = model.decoder.sequence(room)?;
    let (mut passages, mut positions) = (Vec::new(), Vec::new());
    for (prompt, seed) in prompts.iter().cycle().zip(SEED..) {
        if positions.len() >= n_tokens {
            break;
        }
        // A prompt that fills the context would leave nothing to score.
        let mut tokens = prompt[prompt.len().saturating_sub(room / 2)..].to_vec();
        let first = tokens.len();
        let mut sampler = Sampler::new(&as_likely(seed), &[], spec.vocab_size)?;
        sequence.truncate(0);
        let mut logits = sequence.feed(&tokens, Logits::Last, cancel)?;
        loop {
            let token = sampler.choose(logits)?;
            positions.push(Position::of(logits, token, Keep::Likeliest(KEPT_TOKENS)));
            tokens.push(token);
            let done = positions.len() as u64;
            observer.progress(Progress::new("", done, n_tokens as u64));
            let is_long = tokens.len() - first >= longest || tokens.len() >= room;
            if model.end_tokens.contains(&token) || is_long || positions.len() >= n_tokens {
                break;
            }
            logits = sequence.feed(&[token], Logits::Last, cancel)?;
        }
        passages.push(Passage { tokens, first });
    }
    Ok((passages, positions))
}

/// Options for sampling from the model's own distribution.
pub(in crate::jobs) fn as_likely(seed: u64) -> GenerateOptions {
    GenerateOptions {
        temperature: 1.0,
        top_k: 0,
        top_p: 1.0,
        min_p: 0.0,
        seed: Some(seed),
        ..GenerateOptions::default()
    }
}

/// Prompts for `model` as tokens, none of which is empty: `questions` in its chat template, or `openings` if it has none.
///
/// # Errors
/// [`Error::Text`] when the template fails.
pub(in crate::jobs) fn prompts(
    model: &LoadedModel,
    questions: &[&str],
    openings: &[&str],
) -> Result<Vec<Vec<u32>>, Error> {
    let Some(template) = model.templates.choose(false)? else {
        return openings.iter().map(|opening| Ok(model.tokenizer.encode_prompt(opening)?)).collect();
    };
    let ask = |question: &&str| {
        let input = TemplateInput { add_generation_prompt: true, ..TemplateInput::default() };
        let prompt = template.render(&[Message::user(*question)], input)?;
        Ok(model.tokenizer.with_beginning(model.tokenizer.encode(&prompt)?)?)
    };
    questions.iter().map(ask).collect()
}
