//! Replies: a continued text, or a turn of a conversation.

use std::sync::Arc;

use super::load::LoadedModel;
use super::prompt_parts::PromptParts;
use super::reply_report::ReplyReport;
use super::thoughts::Thoughts;
use super::{Error, Message, Role};
use crate::backend::DecoderSpec;
use crate::progress::{Cancel, Observer, Warning};
use crate::session::{GenerateOptions, Prompt, Reply, Session, fit_conversation};
use crate::text::{ChatTemplate, TemplateInput};

/// Most tokens of context a chat reserves memory for unless asked for more.
const USUAL_CONTEXT: usize = 8192;
/// Share of the context that a prompt leaves for the reply, if old turns can go for it.
const REPLY_SHARE: usize = 4;
/// Tokens that suffice for most replies; no more is kept free by dropping turns.
const USUAL_REPLY: usize = 1024;

/// A reply in a conversation.
#[derive(Debug)]
pub struct Turn {
    /// What was said, and how fast.
    pub reply: Reply,
    /// Seconds of thinking before what was said; `None` if there was none.
    pub thinking_seconds: Option<f64>,
    /// What the prompt's tokens were spent on.
    pub parts: PromptParts,
}

/// A loaded model with its chat template, shared by all conversations with it.
pub struct ChatModel {
    model: LoadedModel,
    template: ChatTemplate,
    context: usize,
}

/// A conversation with a loaded model.
pub struct Chat {
    model: Arc<ChatModel>,
    session: Session,
}

impl ChatModel {
    /// Makes `model` ready for conversations of `context` tokens; of a default that suits the model if `None`.
    ///
    /// # Errors
    /// [`Error::Text`] for a faulty template.
    pub fn new(model: LoadedModel, context: Option<usize>, observer: &dyn Observer) -> Result<Self, Error> {
        let template = model.chat_template(observer)?;
        let context = context_or_default(model.decoder.spec(), context);
        Ok(Self { model, template, context })
    }

    /// The model.
    pub fn loaded(&self) -> &LoadedModel {
        &self.model
    }

    /// Tokens of context of each conversation.
    pub fn context(&self) -> usize {
        self.context
    }

    /// Tokens of each of `texts`, by themselves.
    ///
    /// # Errors
    /// [`Error::Text`] when a text cannot be tokenized.
    pub fn count(&self, texts: &[String]) -> Result<Vec<usize>, Error> {
        texts.iter().map(|text| Ok(self.model.tokenizer.encode(text)?.len())).collect()
    }
}

impl Chat {
    /// Allocates the KV cache and the buffers of a conversation; the weights are shared.
    ///
    /// # Errors
    /// [`Error::Session`] when they could not be allocated.
    pub fn new(model: Arc<ChatModel>) -> Result<Self, Error> {
        let session = Session::new(&*model.model.decoder, model.context)?;
        Ok(Self { model, session })
    }

    /// The model.
    pub fn model(&self) -> &Arc<ChatModel> {
        &self.model
    }

    /// Replies to `messages`, showing text as it becomes certain; what the last turn computed is not computed again. A
    /// conversation that ends with a reply has that reply written on.
    ///
    /// # Errors
    /// [`Error::Session`], [`Error::Text`] when the template refuses the conversation.
    pub fn reply(
        &mut self,
        messages: &[Message],
        options: &GenerateOptions,
        show: &mut dyn FnMut(&str),
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Turn, Error> {
        let context = self.session.capacity();
        let reply_room = options.max_tokens.unwrap_or(USUAL_REPLY).min(context / REPLY_SHARE).max(1);
        let ChatModel { model, template, .. } = &*self.model;
        let tokenizer = &model.tokenizer;
        let mut prompt = String::new();
        let fitted = fit_conversation(messages, context.saturating_sub(reply_room), |messages| {
            let input = TemplateInput { add_generation_prompt: true, ..TemplateInput::default() };
            let (asked, begun) = split_begun(messages);
            prompt = template.render(asked, input)? + begun;
            Ok(tokenizer.encode(&prompt)?)
        })?;
        if fitted.dropped > 0 {
            observer.warn(Warning::MessagesDropped { count: fitted.dropped });
        }
        let mut options = options.clone();
        options.stop.extend(template.stop_texts().iter().map(ToString::to_string));
        let parts = PromptParts::count(messages, fitted.dropped, tokenizer)?;
        let (mut thoughts, opening) = Thoughts::of_prompt(&prompt);
        if !opening.is_empty() {
            show(opening);
        }
        let mut show = |piece: &str| {
            thoughts.see(piece);
            show(piece);
        };
        let prompt = Prompt { tokens: &fitted.tokens, end_tokens: &model.end_tokens, is_chat: true };
        let mut reply = self.session.generate(prompt, tokenizer, &options, &mut show, cancel)?;
        reply.text.insert_str(0, opening);
        Ok(Turn { reply, thinking_seconds: thoughts.seconds(), parts })
    }
}

/// A conversation, and the text of the reply it ends with, if it does.
fn split_begun(messages: &[Message]) -> (&[Message], &str) {
    match messages.split_last() {
        Some((last, asked)) if last.role == Role::Assistant && !asked.is_empty() => (asked, &last.content),
        _ => (messages, ""),
    }
}

/// Continues `text` without a template, with room for `context` tokens.
///
/// # Errors
/// [`Error::Session`], [`Error::Text`].
pub fn generate(
    model: &LoadedModel,
    text: &str,
    context: Option<usize>,
    options: &GenerateOptions,
    show: &mut dyn FnMut(&str),
    cancel: &Cancel,
) -> Result<Reply, Error> {
    if text.is_empty() {
        return Err(crate::session::Error::EmptyPrompt.into());
    }
    let tokens = model.tokenizer.encode_prompt(text)?;
    let mut session = Session::new(&*model.decoder, context_or_default(model.decoder.spec(), context))?;
    let prompt = Prompt { tokens: &tokens, end_tokens: &model.end_tokens, is_chat: false };
    Ok(session.generate(prompt, &model.tokenizer, options, show, cancel)?)
}

/// Tokens of context a chat with a decoder gets: those asked for, or a default that suits it.
pub(super) fn context_or_default(spec: &DecoderSpec, context: Option<usize>) -> usize {
    context.unwrap_or_else(|| spec.context_length.clamp(1, USUAL_CONTEXT))
}

impl From<&Turn> for ReplyReport {
    fn from(turn: &Turn) -> Self {
        let Turn { reply, thinking_seconds, parts } = turn;
        let statistics = &reply.statistics;
        Self {
            stop_reason: reply.stop_reason,
            prompt_tokens: statistics.prompt_tokens,
            cached_tokens: statistics.cached_tokens,
            tokens: reply.tokens.len(),
            prompt_tps: statistics.prompt_tps(),
            gen_tps: statistics.gen_tps(),
            first_token_seconds: statistics.prompt_secs,
            thinking_seconds: *thinking_seconds,
            parts: *parts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_that_ends_with_a_reply_is_written_on() {
        let asked = [Message::user("Count")];
        assert_eq!(split_begun(&asked), (&asked[..], ""));
        let begun = [Message::user("Count"), Message::assistant("One, ")];
        assert_eq!(split_begun(&begun), (&begun[..1], "One, "));
        let alone = [Message::assistant("Hello")];
        assert_eq!(split_begun(&alone), (&alone[..], ""));
    }
}
