//! Replies: the continuation of a text, or a turn of a conversation.

use std::sync::Arc;

use super::begun_reply::{append_begun, parser_for, split_begun};
use super::default_context::context_or_default;
use super::load::LoadedModel;
use super::reply_report::ReplyReport;
use super::{Error, Message};
use crate::progress::{Cancel, Observer, Progress, Warning};
use crate::session::{GenerateOptions, Prompt, Reply, ReplyPart, Session, fit_conversation};
use crate::text::{ChatTemplate, ControlWords, Delta, PromptParts, TemplateInput, opens_thinking};

/// Divisor of the context whose result is reserved for the reply by dropping old turns.
const REPLY_SHARE: usize = 4;
/// Largest number of tokens reserved for a reply by dropping turns.
const USUAL_REPLY: usize = 1024;

/// A reply in a conversation.
#[derive(Debug)]
pub struct Turn {
    /// The generated text with the tags around its reasoning, and its statistics.
    pub reply: Reply,
    /// The reply as a message of the conversation; where a reply was continued, its new part alone.
    pub message: Message,
    /// Seconds of reasoning before the answer; `None` without reasoning.
    pub thinking_seconds: Option<f64>,
    /// Parts of the prompt by tokens.
    pub parts: PromptParts,
}

/// A loaded model with its chat template, shared by all conversations with it.
pub struct ChatModel {
    model: LoadedModel,
    template: ChatTemplate,
    words: ControlWords,
    context: usize,
}

/// A conversation with a loaded model.
pub struct ChatSession {
    model: Arc<ChatModel>,
    session: Session,
}

impl ChatModel {
    /// Prepares `model` for conversations of `context` tokens; a default for the model if `None`.
    ///
    /// # Errors
    /// [`Error::Text`] for a faulty template.
    pub fn new(model: LoadedModel, context: Option<usize>, observer: &dyn Observer) -> Result<Self, Error> {
        let template = model.chat_template(observer)?;
        let context = context_or_default(model.decoder.spec(), context);
        let words = model.tokenizer.control_words(template.marks());
        Ok(Self { model, template, words, context })
    }

    /// The loaded model.
    pub fn loaded(&self) -> &LoadedModel {
        &self.model
    }

    /// Context of each conversation in tokens.
    pub fn context(&self) -> usize {
        self.context
    }

    /// Number of tokens of each of `texts`.
    ///
    /// # Errors
    /// [`Error::Text`] when a text cannot be tokenized.
    pub fn count(&self, texts: &[String]) -> Result<Vec<usize>, Error> {
        texts.iter().map(|text| Ok(self.model.tokenizer.encode_text(text)?.len())).collect()
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

    /// Replies to `messages`, and shows text once no later token can change it; the common prefix with the last turn is not
    /// computed again, and the observer hears how much of the rest is, in tokens. If the conversation ends with a reply, that reply
    /// is continued, in its reasoning if it has no answer yet.
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
        let reply_room =
            options.max_tokens.unwrap_or(USUAL_REPLY).min(USUAL_REPLY).min(context / REPLY_SHARE).max(1);
        let ChatModel { model, template, words, .. } = &*self.model;
        let tokenizer = &model.tokenizer;
        // Only the template's own words may be control tokens.
        let guard = words.guard(messages);
        let guarded: Vec<Message> = messages.iter().map(|message| guard.message(message)).collect();
        let mut prompt = String::new();
        let fitted = fit_conversation(&guarded, context.saturating_sub(reply_room), |messages| {
            let input = TemplateInput { add_generation_prompt: true, ..TemplateInput::default() };
            let (asked, begun) = split_begun(messages);
            prompt = template.render(asked, input)?;
            if let Some(begun) = begun {
                append_begun(&mut prompt, begun);
            }
            Ok(tokenizer.encode_rendered(&prompt, guard.mark())?)
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
        let mut parse = |part: ReplyPart<'_>| match part {
            ReplyPart::Reading { done, total } => {
                observer.progress(Progress::new("", done as u64, total as u64));
            }
            ReplyPart::Text(piece) => thinking.push(piece, &mut collect),
        };
        let mut reply = self.session.generate(asked, tokenizer, &options, &mut parse, cancel)?;
        thinking.finish(&mut collect);
        if opens_thinking(&prompt) {
            reply.text.insert_str(0, OPENING);
        }
        Ok(Turn { reply, message, thinking_seconds: thinking.seconds(), parts })
    }
}

/// The tag with which a prompt ends if the reply begins inside its reasoning; it is put before the reply's text, so that the
/// text alone shows which part is reasoning.
const OPENING: &str = "<think>\n";

/// Continues `text` without a template, with a context of `context` tokens.
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
    let tokens = model.tokenizer.with_beginning(model.tokenizer.encode(text)?)?;
    let mut session = Session::new(&*model.decoder, context_or_default(model.decoder.spec(), context))?;
    let prompt = Prompt { tokens: &tokens, end_tokens: &model.end_tokens, is_chat: false };
    let mut text_only = |part: ReplyPart<'_>| {
        if let ReplyPart::Text(piece) = part {
            show(piece);
        }
    };
    Ok(session.generate(prompt, &model.tokenizer, options, &mut text_only, cancel)?)
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
