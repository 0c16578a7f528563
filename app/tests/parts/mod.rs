//! Values that tests of the window share.

#![allow(dead_code, unreachable_pub, reason = "each test file uses some of them")]

use std::path::Path;

use nibble::command::Command;
use nibble::jobs::{JobEvent, Lane};
use nibble::state::{ChatMessage, Phase, Places, Settings, State};
use nibble::store::StoreCommand;
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::{Event, LoadReport, ModelSummary, QuantizeReport, ReplyReport};
use nibble_engine::session::StopReason;

/// The folders of a test; nothing is read or written there.
pub fn places() -> Places {
    Places {
        models: "/home/models".into(),
        settings_file: "/home/settings.toml".into(),
        chats_file: "/home/chats.db".into(),
    }
}

/// A first start.
pub fn fresh() -> State {
    State::new(Settings::default(), places())
}

/// A checkpoint is open.
pub fn state_with_model() -> State {
    let mut state = fresh();
    apply(&mut state, Command::OpenModel("/m/a".into()));
    absorb(&mut state, JobEvent::Engine { lane: Lane::Look, event: Event::Inspected(summary("/m/a")) }, 0.0);
    state
}

/// A model is loaded and a chat is open.
pub fn state_with_talk() -> State {
    let mut state = fresh();
    apply(&mut state, Command::ChatWith("/m/a.gguf".into()));
    let event = Event::Loaded(loaded("/m/a.gguf".as_ref()));
    absorb(&mut state, JobEvent::Engine { lane: Lane::Talk, event }, 0.0);
    state
}

/// What the current chat shows, oldest first.
pub fn shown(state: &State) -> Vec<&ChatMessage> {
    state.chats.current().expect("a chat is open").messages.shown().collect()
}

/// The texts of what the current chat shows.
pub fn said(state: &State) -> Vec<&str> {
    shown(state).into_iter().map(|message| message.text.as_str()).collect()
}

/// Tells of the engine that chats.
pub fn talk(state: &mut State, event: Event) -> Vec<Effect> {
    absorb(state, JobEvent::Engine { lane: Lane::Talk, event }, 0.0)
}

/// A message and its reply; if a title is asked for then, there is none.
pub fn exchange(state: &mut State, question: &str, answer: &str) {
    apply(state, Command::Send(question.into()));
    talk(state, Event::Text(answer.into()));
    talk(state, Event::Replied(replied(StopReason::Eos)));
    if matches!(state.talk.phase, Phase::Naming { .. }) {
        talk(state, Event::Replied(replied(StopReason::Eos)));
    }
}

/// What the store is asked for.
pub fn stored(effects: &[Effect]) -> Vec<&StoreCommand> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Store(asked) = effect { Some(asked) } else { None })
        .collect()
}

/// A model of 1.2 billion parameters.
pub fn summary(path: &str) -> ModelSummary {
    ModelSummary {
        path: path.into(),
        name: "Tiny 1B".into(),
        architecture: "llama".into(),
        parameters: 1_240_000_000,
        context_length: 8192,
        bytes: 2_480_000_000,
        bits_per_weight: 16.0,
        has_chat_template: true,
        predicted_bytes: vec![
            ("int4".into(), 750_000_000),
            ("int8".into(), 1_320_000_000),
            ("f16".into(), 2_480_000_000),
        ],
        cache_bytes_per_token: 1000,
        tensors: Vec::new(),
    }
}

/// The end of loading.
pub fn loaded(path: &Path) -> LoadReport {
    LoadReport {
        path: path.into(),
        name: "Tiny 1B".into(),
        context: 4096,
        weights_bytes: 750_000_000,
        seconds: 0.5,
    }
}

/// The end of quantizing.
pub fn quantized(path: &Path) -> QuantizeReport {
    QuantizeReport {
        path: path.into(),
        bytes: 1_320_000_000,
        bits_per_weight: 8.5,
        seconds: 11.0,
        peak_rss_bytes: 400_000_000,
        warnings: Vec::new(),
    }
}

/// The end of a reply.
pub fn replied(stop_reason: StopReason) -> ReplyReport {
    ReplyReport {
        stop_reason,
        prompt_tokens: 10,
        cached_tokens: 0,
        tokens: 2,
        prompt_tps: 50.0,
        gen_tps: 12.5,
        first_token_seconds: 0.21,
        thinking_seconds: None,
        parts: nibble_engine::jobs::PromptParts { instructions: 0, earlier: 2, last: 5 },
    }
}
