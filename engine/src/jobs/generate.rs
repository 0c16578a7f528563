//! Replies: a continued text, or a turn of a conversation.

use std::sync::Arc;

use super::begun_reply::{append_begun, parser_for, split_begun};
use super::load::LoadedModel;
use super::reply_report::ReplyReport;
use super::{Error, Message};
use crate::backend::DecoderSpec;
use crate::progress::{Cancel, Observer, Warning};
use crate::session::{GenerateOptions, Prompt, Reply, Session, fit_conversation};
use crate::text::{ChatTemplate, Delta, PromptParts, TemplateInput, opens_thinking};

/// Most tokens of context a chat reserves memory for unless asked for more.
const USUAL_CONTEXT: usize = 8192;
/// Share of the context that a prompt leaves for the reply, if old turns can go for it.
const REPLY_SHARE: usize = 4;
/// Tokens that suffice for most replies; no more is kept free by dropping turns.
const USUAL_REPLY: usize = 1024;

/// A reply in a conversation.
#[derive(Debug)]
pub struct Turn {
    /// The generated text, with the marks that the model put around its reasoning, and how fast it was generated.
    pub reply: Reply,
    /// The reply as a message of the conversation; where a reply was continued, its new part alone.
    pub message: Message,
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
pub struct ChatSession {
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

    /// The loaded model.
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

impl ChatSession {
    /// Allocates the KV cache and the buffers of a conversation; the weights are shared.
    ///
    /// # Errors
    /// [`Error::Session`] when they could not be allocated.
    pub fn new(model: Arc<ChatModel>) -> Result<Self, Error> {
        let session = Session::new(&*model.model.decoder, model.context)?;
        Ok(Self { model, session })
    }

    /// The model of the chat.
    pub fn model(&self) -> &Arc<ChatModel> {
        &self.model
    }

    /// Replies to `messages`, showing pieces as they become certain; what the last turn computed is not computed again. A
    /// conversation that ends with a reply has that reply continued, in its reasoning if it has nothing else yet.
    ///
    /// # Errors
    /// [`Error::Session`], [`Error::Text`] when the template refuses the conversation.
    pub fn reply(
        &mut self,
        messages: &[Message],
        options: &GenerateOptions,
        show: &mut dyn FnMut(Delta),
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
            prompt = template.render(asked, input)?;
            if let Some(begun) = begun {
                append_begun(&mut prompt, begun);
            }
            Ok(tokenizer.encode(&prompt)?)
        })?;
        if fitted.dropped > 0 {
            observer.warn(Warning::MessagesDropped { count: fitted.dropped });
        }
        let mut options = options.clone();
        options.stop.extend(template.stop_texts().iter().map(ToString::to_string));
        let parts = PromptParts::count(messages, fitted.dropped, tokenizer)?;
        let mut thinking = parser_for(&prompt, split_begun(messages).1);
        let mut message = Message::assistant("");
        let mut collect = |delta: Delta| {
            show(delta.clone());
            message.push(delta);
        };
        let asked = Prompt { tokens: &fitted.tokens, end_tokens: &model.end_tokens, is_chat: true };
        let mut parse = |piece: &str| thinking.push(piece, &mut collect);
        let mut reply = self.session.generate(asked, tokenizer, &options, &mut parse, cancel)?;
        thinking.finish(&mut collect);
        if opens_thinking(&prompt) {
            reply.text.insert_str(0, OPENING);
        }
        Ok(Turn { reply, message, thinking_seconds: thinking.seconds(), parts })
    }
}

/// The mark that a prompt ends with where the reply begins inside its reasoning, put before the reply's text, which thereby says
/// by itself what in it is reasoning.
const OPENING: &str = "<think>\n";

/// Continues `text` without a template, with room for `context` tokens.
///
/// # Errors
/// [`Error::Session`] or [`Error::Text`].
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
        let Turn { reply, thinking_seconds, parts, message: _ } = turn;
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
