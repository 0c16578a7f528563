//! Sessions, leases and unloading, on a recorded model of a few thousand weights.

use std::path::Path;
use std::thread;

use super::*;
use crate::backend::RunOptions;
use crate::jobs::{GenerateOptions, LoadOptions, Message, load};

fn model() -> (LoadKey, Arc<ChatModel>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/models/llama-llama3");
    let run = RunOptions::new(1);
    let options = LoadOptions { run, ..LoadOptions::default() };
    let loaded = load(&path, &options, &(), &Cancel::new()).unwrap();
    (LoadKey::of(&path, Some(64), run), Arc::new(ChatModel::new(loaded, Some(64), &()).unwrap()))
}

/// One loaded model.
fn hosting() -> (Hosted, ModelId) {
    let hosted = Hosted::default();
    let (key, model) = model();
    let spare = ChatSession::new(Arc::clone(&model)).unwrap();
    let id = hosted.insert(key, model, spare);
    (hosted, id)
}

fn lease(hosted: &Hosted, model: ModelId, session: u64) -> Result<Lease<'_>, Error> {
    hosted.lease(model, SessionId(session), &Cancel::new())
}

/// Tokens of a prompt that the session has in its cache already.
fn cached_tokens(chat: &mut ChatSession) -> usize {
    let options = GenerateOptions { max_tokens: Some(1), ..GenerateOptions::greedy() };
    let turn = chat.reply(&[Message::user("ab")], &options, &mut |_| (), &(), &Cancel::new()).unwrap();
    turn.reply.statistics.cached_tokens
}

#[test]
fn loads_that_agree_find_the_model_and_sessions_share_it() {
    let (hosted, id) = hosting();
    let (key, _) = model();
    let (found, model) = hosted.find(&key).unwrap();
    assert_eq!(found, id);
    let (mut one, two) = (lease(&hosted, id, 1).unwrap(), lease(&hosted, id, 2).unwrap());
    assert!(Arc::ptr_eq(one.model(), &model) && Arc::ptr_eq(two.model(), &model));
    assert_eq!(cached_tokens(&mut one), 0);
    drop(one);
    assert!(cached_tokens(&mut lease(&hosted, id, 1).unwrap()) > 0, "the session is the one from before");
    hosted.end(SessionId(1));
    assert_eq!(cached_tokens(&mut lease(&hosted, id, 1).unwrap()), 0, "a new one of the same name");
}

#[test]
fn a_job_waits_for_the_session_and_may_be_cancelled_while_it_does() {
    let (hosted, id) = hosting();
    let first = lease(&hosted, id, 1).unwrap();
    let stopped = Cancel::new();
    stopped.cancel();
    let cancelled = hosted.lease(id, SessionId(1), &stopped).map(drop);
    assert!(cancelled.unwrap_err().is_cancelled());
    thread::scope(|scope| {
        let waiting = scope.spawn(|| lease(&hosted, id, 1).map(drop));
        drop(first);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn a_session_that_was_ended_does_not_come_back_in_place_of_a_new_one() {
    let (hosted, id) = hosting();
    let mut old = lease(&hosted, id, 1).unwrap();
    cached_tokens(&mut old);
    hosted.end(SessionId(1));
    let new = lease(&hosted, id, 1).unwrap();
    drop(old);
    let stopped = Cancel::new();
    stopped.cancel();
    assert!(hosted.lease(id, SessionId(1), &stopped).is_err(), "the new one is taken");
    drop(new);
    assert_eq!(cached_tokens(&mut lease(&hosted, id, 1).unwrap()), 0, "the old one is gone");
}

#[test]
fn an_unloaded_model_takes_no_jobs_and_goes_with_its_last() {
    let (hosted, id) = hosting();
    let running = lease(&hosted, id, 1).unwrap();
    let weights = Arc::downgrade(running.model());
    thread::scope(|scope| {
        let unloading = scope.spawn(|| hosted.unload(id, &Cancel::new()));
        while hosted.model(id).is_ok() {
            thread::yield_now();
        }
        assert!(matches!(lease(&hosted, id, 2).map(drop), Err(Error::UnknownModel { .. })));
        assert!(!unloading.is_finished() && weights.strong_count() > 0, "its memory is not free yet");
        drop(running);
        unloading.join().unwrap().unwrap();
    });
    assert_eq!(weights.strong_count(), 0);
    assert!(matches!(hosted.unload(id, &Cancel::new()), Err(Error::UnknownModel { .. })));
}

#[test]
fn a_load_that_wants_to_be_alone_cancels_the_replies_of_the_others() {
    let (hosted, id) = hosting();
    let (key, other) = model();
    let other = hosted.insert(key, Arc::clone(&other), ChatSession::new(other).unwrap());
    let [stops, goes_on] = [Cancel::new(), Cancel::new()];
    let kept = hosted.lease(other, SessionId(2), &goes_on).unwrap();
    thread::scope(|scope| {
        let running = hosted.lease(id, SessionId(1), &stops).unwrap();
        let unloading = scope.spawn(|| hosted.unload_others(Some(other), &Cancel::new()));
        while !stops.is_cancelled() {
            thread::yield_now();
        }
        drop(running);
        unloading.join().unwrap().unwrap();
    });
    assert!(hosted.model(id).is_err() && hosted.model(other).is_ok() && !goes_on.is_cancelled());
    drop(kept);
}

#[test]
fn a_panic_takes_its_session_along_and_nothing_else() {
    let (hosted, id) = hosting();
    cached_tokens(&mut lease(&hosted, id, 1).unwrap());
    thread::scope(|scope| {
        let panics = scope.spawn(|| {
            let _lease = lease(&hosted, id, 1).unwrap();
            std::panic::resume_unwind(Box::new("a panic without a message"));
        });
        assert!(panics.join().is_err());
    });
    assert_eq!(cached_tokens(&mut lease(&hosted, id, 1).unwrap()), 0, "a new session");
}

#[test]
fn one_job_loads_at_a_time() {
    let hosted = Hosted::default();
    let stopped = Cancel::new();
    stopped.cancel();
    let turn = hosted.load_turn(&stopped).unwrap();
    assert!(hosted.load_turn(&stopped).map(drop).unwrap_err().is_cancelled());
    drop(turn);
    hosted.load_turn(&stopped).map(drop).unwrap();
}
