//! Two sessions with one model hold one copy of its weights, measured as the memory of this process: the only test in its program,
//! so that nothing else takes or frees memory meanwhile.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "figures are worth seeing even where they are good enough")]

use std::path::Path;
use std::sync::Mutex;

use nibble_engine::hardware::rss_bytes;
use nibble_engine::jobs::{
    Ask, ChatRequest, Event, GenerateOptions, KvCacheType, LoadRequest, Message, Runner, SessionId,
};
use nibble_engine::progress::Cancel;

fn end_of(runner: &Runner, ask: Ask) -> Event {
    let events = Mutex::new(Vec::new());
    runner.run(ask, &|event| events.lock().unwrap().push(event), &Cancel::new());
    events.into_inner().unwrap().pop().unwrap()
}

#[test]
fn a_second_session_costs_less_than_half_of_the_weights() {
    let runner = Runner::default();
    let before = rss_bytes();
    let request = LoadRequest {
        path: Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/starter"),
        context: Some(64),
        threads: Some(1),
        anyway: false,
        alone: true,
        cache: KvCacheType::default(),
    };
    let Event::Loaded(loaded) = end_of(&runner, Ask::Load(request)) else { panic!("not loaded") };
    let reply = |session| {
        let messages = vec![Message::user("What is Nibble?")];
        let options = GenerateOptions { max_tokens: Some(8), ..GenerateOptions::greedy() };
        let request = ChatRequest { model: loaded.model, session: SessionId(session), messages, options };
        assert!(matches!(end_of(&runner, Ask::Chat(request)), Event::Replied(_)));
        rss_bytes()
    };
    let (first, second) = (reply(1), reply(2));
    let (model, session) = (first.saturating_sub(before), second.saturating_sub(first));
    println!(
        "weights {} bytes; the model with its first session took {model}, the second session {session}",
        loaded.weights_bytes
    );
    assert!(session < loaded.weights_bytes / 2, "{session} of {} bytes", loaded.weights_bytes);
    // What is measured does show weights: the first session came with them. 0 is a system that does not say.
    assert!(before == 0 || model > loaded.weights_bytes / 2, "{model} of {} bytes", loaded.weights_bytes);
}
