//! One prompt that both models answer, for comparison by the user.

use std::path::Path;
use std::sync::Arc;

use super::report::Answer;
use crate::jobs::Error;
use crate::jobs::generate::{ChatModel, ChatSession};
use crate::jobs::load::LoadedModel;
use crate::jobs::reply_report::ReplyReport;
use crate::library::starter;
use crate::progress::{Cancel, Observer, Progress};
use crate::session::GenerateOptions;
use crate::text::{Delta, Message};

/// Default prompt for both models.
const QUESTION: &str = "Why is the sky blue? Answer in three sentences.";
/// Largest number of tokens of an answer.
const MOST_TOKENS: usize = 160;
/// Context in tokens, including the prompt.
const CONTEXT: usize = 1024;

/// The prompt for all models: `wanted`, or a default that suits the original.
pub(super) fn prompt(wanted: Option<&str>, original: &Path) -> String {
    let usual = if starter::is_starter(original) { starter::EXAMPLE_QUESTIONS[0] } else { QUESTION };
    wanted.unwrap_or(usual).to_owned()
}

/// Asks `model` with greedy sampling. A model without a chat template gets a plain one.
///
/// # Errors
/// The errors of [`ChatSession::reply`](crate::jobs::ChatSession::reply); [`Error::Cancelled`].
pub(super) fn answer(
    model: LoadedModel,
    prompt: &str,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Answer, Error> {
    let context = CONTEXT.min(model.decoder.spec().context_length);
    let mut chat = ChatSession::new(Arc::new(ChatModel::new(model, Some(context), &())?))?;
    let options = GenerateOptions { max_tokens: Some(MOST_TOKENS), ..GenerateOptions::greedy() };
    let mut done = 0;
    let mut show = |_: Delta| {
        done += 1;
        observer.progress(Progress::new("", done, MOST_TOKENS as u64));
    };
    let turn = chat.reply(&[Message::user(prompt)], &options, &mut show, observer, cancel)?;
    // A cancelled reply ends early; here it is not an answer.
    cancel.check()?;
    Ok(Answer { report: ReplyReport::from(&turn), text: turn.reply.text })
}
