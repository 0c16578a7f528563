//! `generate` and `chat`: text out of a model.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use nibble_engine::jobs::{self, ChatModel, ChatSession, Error, GenerateOptions, Message};
use nibble_engine::library::{self, starter};
use nibble_engine::progress::{Cancel, Cancelled};
use nibble_engine::session::{Reply, StopReason};
use nibble_engine::text::{Delta, MarkedText};
use serde_json::json;

use super::args;
use super::model;
use super::output::Output;

/// Tokens of `generate` unless asked otherwise: a text without a template may never end by itself.
const GENERATE_TOKENS: usize = 128;

pub(crate) fn generate(args: &args::Generate, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let defaults = GenerateOptions {
        max_tokens: Some(GENERATE_TOKENS),
        stop_repetition: false, // it has as many tokens as were asked for
        ..GenerateOptions::greedy()
    };
    let options = model::options(&args.sampling, defaults);
    let loaded = model::load(&args.model, &args.running, output, cancel)?;
    let mut show = |text: &str| output.piece(text);
    let reply = jobs::generate(&loaded, &args.prompt, args.running.context, &options, &mut show, cancel)?;
    finish(&reply, Use::Text, output)
}

pub(crate) fn chat(args: &args::ChatArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let is_starter = starter::is_starter(&library::locate(&args.model)?);
    let defaults = if is_starter { GenerateOptions::greedy() } else { GenerateOptions::default() };
    let options = model::options(&args.sampling, defaults);
    let loaded = model::load(&args.model, &args.running, output, cancel)?;
    let mut chat = ChatSession::new(Arc::new(ChatModel::new(loaded, args.running.context, output)?))?;
    let mut messages: Vec<Message> = args.system.iter().map(Message::system).collect();
    if let Some(message) = &args.message {
        messages.push(Message::user(message));
        let turn = chat.reply(&messages, &options, &mut show(output), output, cancel)?;
        return finish(&turn.reply, Use::Chat, output);
    }
    converse(&mut chat, messages, &options, output, cancel)
}

/// Reads messages from stdin until it ends, replying to each.
fn converse(
    chat: &mut ChatSession,
    mut messages: Vec<Message>,
    options: &GenerateOptions,
    output: &Output,
    cancel: &Cancel,
) -> Result<(), Error> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        output.message(&format!(
            "{} is ready. An empty line or Ctrl-D ends the chat.",
            chat.model().loaded().name
        ));
    }
    let prompt = || {
        if stdin.is_terminal() {
            output.piece("\n> ");
        }
    };
    prompt();
    for line in stdin.lock().split(b'\n') {
        let line = line.map_err(|source| Error::ReadText { path: "standard input".into(), source })?;
        // One odd byte, as of a paste in another encoding, need not end the chat.
        let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
        if line.contains(char::REPLACEMENT_CHARACTER) {
            output.message(
                "note: the line is not UTF-8; what could not be read is shown to the model as \u{fffd}",
            );
        }
        if line.trim().is_empty() {
            break;
        }
        messages.push(Message::user(line));
        let turn = chat.reply(&messages, options, &mut show(output), output, cancel)?;
        let reply = turn.reply;
        if reply.stop_reason == StopReason::Cancelled {
            return Err(Cancelled.into());
        }
        if output.is_json() {
            output.result(&value(&reply), String::new);
        } else {
            output.piece("\n");
            explain(&reply, Use::Chat, output);
            output.message(&speed(&reply));
        }
        messages.push(turn.message);
        prompt();
    }
    Ok(())
}

/// Shows the pieces of one reply, its reasoning between marks.
fn show(output: &Output) -> impl FnMut(Delta) {
    let mut marked = MarkedText::default();
    move |delta| {
        let mut text = String::new();
        marked.push(&delta, &mut text);
        output.piece(&text);
    }
}

/// What a reply is for: where a text is continued, the limit is what was asked for and needs no note.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Chat,
    Text,
}

/// Says why a reply was ended for the user, where they may wonder.
fn explain(reply: &Reply, of: Use, output: &Output) {
    let tokens = reply.tokens.len();
    match reply.stop_reason {
        StopReason::Repetition => output.message("note: the reply was repeating itself and was stopped"),
        StopReason::Length if of == Use::Chat => output
            .message(&format!("note: the reply was stopped at {tokens} tokens; --max-tokens sets the limit")),
        StopReason::Context => output.message("note: the reply was stopped because the context is full"),
        StopReason::Length | StopReason::Eos | StopReason::Stop | StopReason::Cancelled => {}
    }
}

/// Ends a run of one reply, whose text was shown already unless stdout is for JSON.
fn finish(reply: &Reply, of: Use, output: &Output) -> Result<(), Error> {
    if output.is_json() {
        output.result(&value(reply), String::new);
    } else {
        output.piece("\n");
        explain(reply, of, output);
        output.message(&speed(reply));
    }
    if reply.stop_reason == StopReason::Cancelled { Err(Cancelled.into()) } else { Ok(()) }
}

fn value(reply: &Reply) -> serde_json::Value {
    let statistics = &reply.statistics;
    json!({
        "text": reply.text,
        "tokens": reply.tokens,
        "prompt_tokens": reply.prompt,
        "cached_tokens": statistics.cached_tokens,
        "prompt_tps": statistics.prompt_tps(),
        "gen_tps": statistics.gen_tps(),
        "first_token_seconds": statistics.prompt_secs,
        "stop_reason": reply.stop_reason,
    })
}

fn speed(reply: &Reply) -> String {
    let statistics = &reply.statistics;
    format!(
        "[{} tokens, {:.1} per second; prompt of {} at {:.0} per second]",
        reply.tokens.len(),
        statistics.gen_tps(),
        statistics.prompt_tokens,
        statistics.prompt_tps(),
    )
}
