//! Text that a model writes for its own calibration: replies to questions, or continuations of openings, sampled at
//! temperature 1.
//!
//! Several are written at once, because a batch reads the weights once for all of them. The questions are others than those of
//! a measurement ([`quality`](crate::jobs::quality)), so that nothing is measured on what it was calibrated with.

use crate::backend::{Feed, Logits};
use crate::jobs::Error;
use crate::jobs::load::{LoadOptions, load_opened};
use crate::jobs::quality::{as_likely, prompts};
use crate::library::starter;
use crate::models::Model;
use crate::progress::{Cancel, Observer, Progress};
use crate::session::Sampler;

/// Seed of the first text; incremented for each further one.
const SEED: u64 = 20_261_129;
/// Texts that are written at once.
const AT_ONCE: usize = 16;

/// Questions for a model with a chat template.
const QUESTIONS: [&str; 16] = [
    "What makes bread rise?",
    "Write a letter to a friend about a week in the mountains.",
    "Explain recursion to a beginner, with an example in Python.",
    "What are the main arguments for and against remote work?",
    "Tell me about the history of the telephone.",
    "How does a vaccine protect against a disease?",
    "Write a poem about the first snow.",
    "Plan a three-day trip to a large city for a family.",
    "What is the derivative of x squared times sine of x, and why?",
    "Compare renting and buying a home.",
    "Write a SQL query that counts orders per customer, and explain it.",
    "Translate into Spanish: We will meet at the station tomorrow morning.",
    "Give me five ideas for a birthday gift for a gardener.",
    "Explain why the sky is blue.",
    "Summarize the plot of a famous play.",
    "How do I prepare for a job interview?",
];

/// Openings for a model without a chat template.
const OPENINGS: [&str; 16] = [
    "The first settlers came to the valley",
    "Abstract. We study",
    "It was a dark night when",
    "import os\nimport sys\n\ndef ",
    "Ingredients: two cups of",
    "Dear customer,",
    "The theorem states that",
    "Q: How many days are in a leap year?\nA:",
    "According to the report,",
    "Chapter 1\n",
    "The main difference between the two",
    "#include <stdio.h>\n",
    "She opened the door and",
    "In mathematics, a",
    "The government announced",
    "1. Introduction\n",
];

/// Writes `n_tokens` tokens with `model`, in sequences of at most `window`.
///
/// # Errors
/// What loading and running the model comes to.
pub(super) fn write(
    model: &Model,
    n_tokens: usize,
    window: usize,
    threads: usize,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Vec<Vec<u32>>, Error> {
    let loaded = load_opened(model, &LoadOptions::with_threads(Some(threads)), &(), cancel)?;
    let spec = loaded.decoder.spec();
    let window = window.min(spec.context_length).max(2);
    // The built-in model has one answer for everything else.
    let questions =
        if starter::is_starter(&loaded.path) { &starter::EXAMPLE_QUESTIONS[..] } else { &QUESTIONS };
    let prompts = prompts(&loaded, questions, &OPENINGS)?;
    let mut starts = prompts.iter().cycle().zip(SEED..);
    let mut begin = || {
        let (prompt, seed) = starts.next().expect("the prompts repeat without end");
        let tokens = prompt[prompt.len().saturating_sub(window / 2)..].to_vec();
        Ok::<_, Error>((tokens, Sampler::new(&as_likely(seed), &[], spec.vocab_size)?))
    };
    let mut running = Vec::new();
    for _ in 0..AT_ONCE.min(n_tokens.div_ceil(window)) {
        let (tokens, sampler) = begin()?;
        running.push(Running { sequence: loaded.decoder.sequence(window)?, tokens, sampler });
    }
    let (mut written, mut total) = (Vec::new(), 0);
    while total < n_tokens {
        cancel.check()?;
        let mut feeds: Vec<Feed<'_>> = running
            .iter_mut()
            .map(|text| {
                let fed = text.sequence.len();
                Feed::new(&mut *text.sequence, &text.tokens[fed..], Logits::Last)
            })
            .collect();
        loaded.decoder.feed(&mut feeds, cancel)?;
        drop(feeds);
        for text in &mut running {
            let token = text.sampler.choose(text.sequence.logits())?;
            text.tokens.push(token);
            if loaded.end_tokens.contains(&token) || text.tokens.len() >= window {
                let (tokens, sampler) = begin()?;
                let whole = std::mem::replace(&mut text.tokens, tokens);
                (text.sampler, total) = (sampler, total + whole.len());
                text.sequence.truncate(0);
                written.push(whole);
            }
        }
        let unfinished: usize = running.iter().map(|text| text.tokens.len()).sum();
        observer.progress(Progress::new("", (total + unfinished).min(n_tokens) as u64, n_tokens as u64));
        if total + unfinished >= n_tokens {
            written.extend(running.drain(..).map(|text| text.tokens).filter(|tokens| tokens.len() > 1));
            break;
        }
    }
    Ok(written)
}

/// A text that is being written.
struct Running {
    sequence: Box<dyn crate::backend::Sequence>,
    tokens: Vec<u32>,
    sampler: Sampler,
}
