//! Jobs side by side in one worker, over the loop that a worker process runs: sessions share a model and change nothing for each
//! other.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::io::{BufReader, PipeWriter, Write, pipe};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use nibble_engine::jobs::{
    self, Ask, ChatRequest, ClientMessage, CountRequest, Delta, Event, GenerateOptions, JobId, KvCacheType,
    LoadOptions, LoadRequest, Message, ModelId, Request, Runner, SessionId, WorkerMessage, worker,
};
use nibble_engine::progress::Cancel;
use nibble_engine::session::StopReason;

const QUESTIONS: [&str; 2] = ["What is Nibble?", "What does INT4 mean?"];

/// Tokens of context: an endless reply takes so long to fill it that every cancel comes before.
const CONTEXT: usize = 4096;

fn starter() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/starter")
}

/// A worker on a thread of its own, at the end of two pipes.
struct Worker {
    input: Option<PipeWriter>,
    messages: Receiver<WorkerMessage>,
    thread: Option<JoinHandle<()>>,
    n_jobs: u64,
}

/// Takes the worker's lines apart.
struct Lines {
    messages: SyncSender<WorkerMessage>,
    line: Vec<u8>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for &byte in bytes {
            if byte == b'\n' {
                // The test may have seen enough.
                let _ = self.messages.send(serde_json::from_slice(&self.line).unwrap());
                self.line.clear();
            } else {
                self.line.push(byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Worker {
    fn new() -> Self {
        let (reader, writer) = pipe().unwrap();
        let (sender, messages) = sync_channel(1 << 16);
        let serve = move || {
            let runner = Runner::default();
            let lines = Lines { messages: sender, line: Vec::new() };
            let job = |ask, send: &(dyn Fn(Event) + Sync), cancel: &Cancel| runner.run(ask, send, cancel);
            worker::serve(BufReader::new(reader), lines, job).unwrap();
        };
        let thread = thread::Builder::new().name("worker".into()).spawn(serve).unwrap();
        Self { input: Some(writer), messages, thread: Some(thread), n_jobs: 0 }
    }

    fn tell(&mut self, message: &ClientMessage) {
        let line = serde_json::to_string(message).unwrap() + "\n";
        self.input.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
    }

    fn start(&mut self, ask: Ask) -> JobId {
        self.n_jobs += 1;
        let id = JobId(self.n_jobs);
        self.tell(&ClientMessage::Start(Request { id, ask }));
        id
    }

    /// The next message; fails if the worker ended.
    fn next(&self) -> WorkerMessage {
        self.messages.recv().unwrap()
    }

    /// All messages until each of `jobs` has ended.
    fn until_ended(&self, jobs: &[JobId]) -> Vec<WorkerMessage> {
        let (mut messages, mut running) = (Vec::new(), jobs.to_vec());
        while !running.is_empty() {
            let message = self.next();
            if message.event.ends_job() {
                running.retain(|id| *id != message.id);
            }
            messages.push(message);
        }
        messages
    }

    fn end_of(&mut self, ask: Ask) -> Event {
        let id = self.start(ask);
        let messages = self.until_ended(&[id]);
        messages.into_iter().rfind(|message| message.id == id).unwrap().event
    }

    fn load(&mut self, alone: bool) -> ModelId {
        let request = LoadRequest {
            path: starter(),
            context: Some(CONTEXT),
            threads: Some(1),
            anyway: false,
            alone,
            cache: KvCacheType::default(),
        };
        match self.end_of(Ask::Load(request)) {
            Event::Loaded(report) => report.model,
            other => panic!("{other:?}"),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.input.take());
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended.unwrap().unwrap();
        }
    }
}

fn greedy() -> GenerateOptions {
    GenerateOptions { max_tokens: Some(60), ..GenerateOptions::greedy() }
}

/// Options of a reply that does not end before the context is full.
fn endless() -> GenerateOptions {
    let model = jobs::load(&starter(), &LoadOptions::with_threads(Some(1)), &(), &Cancel::new()).unwrap();
    let logit_bias = model.end_tokens.iter().map(|&token| (token, f32::NEG_INFINITY)).collect();
    GenerateOptions { logit_bias, stop_repetition: false, max_tokens: None, ..GenerateOptions::greedy() }
}

fn chat(model: ModelId, session: u64, question: &str, options: GenerateOptions) -> Ask {
    let messages = vec![Message::user(question)];
    Ask::Chat(ChatRequest { model, session: SessionId(session), messages, options })
}

/// The text of a job's reply.
fn reply(messages: &[WorkerMessage], id: JobId) -> String {
    let of_job = messages.iter().filter(|message| message.id == id);
    of_job.filter_map(|message| piece(&message.event)).collect()
}

/// A piece of a reply.
fn piece(event: &Event) -> Option<&str> {
    match event {
        Event::Delta(Delta::Content(text)) => Some(text),
        _ => None,
    }
}

#[test]
fn two_chats_at_once_reply_as_one_after_the_other() {
    let mut worker = Worker::new();
    let model = worker.load(true);
    let mut sessions = 10..;
    let mut new_chat = |question| chat(model, sessions.next().unwrap(), question, greedy());
    let alone = QUESTIONS.map(|question| {
        let id = worker.start(new_chat(question));
        reply(&worker.until_ended(&[id]), id)
    });
    assert!(alone.iter().all(|reply| reply.len() > 20) && alone[0] != alone[1], "{alone:?}");
    for _ in 0..3 {
        let ids = QUESTIONS.map(|question| worker.start(new_chat(question)));
        let messages = worker.until_ended(&ids);
        assert_eq!(ids.map(|id| reply(&messages, id)), alone);
    }
}

#[test]
fn a_cancel_ends_its_own_reply_and_no_other() {
    let mut worker = Worker::new();
    let model = worker.load(true);
    let id = worker.start(chat(model, 1, QUESTIONS[0], greedy()));
    let alone = reply(&worker.until_ended(&[id]), id);
    let long = worker.start(chat(model, 2, QUESTIONS[1], endless()));
    while piece(&worker.next().event).is_none() {}
    let other = worker.start(chat(model, 3, QUESTIONS[0], greedy()));
    worker.tell(&ClientMessage::Cancel(long));
    let messages = worker.until_ended(&[long, other]);
    assert_eq!(reply(&messages, other), alone);
    let end = messages.iter().find(|message| message.id == long && message.event.ends_job()).unwrap();
    assert!(matches!(&end.event, Event::Replied(report) if report.stop_reason == StopReason::Cancelled));
}

#[test]
fn jobs_of_one_session_run_one_after_the_other() {
    let mut worker = Worker::new();
    let model = worker.load(true);
    let ids: Vec<JobId> = (0..4)
        .map(|n| {
            worker.start(chat(
                model,
                1,
                QUESTIONS[n % 2],
                GenerateOptions { max_tokens: Some(8), ..greedy() },
            ))
        })
        .collect();
    let order: Vec<JobId> = worker.until_ended(&ids).iter().map(|message| message.id).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn the_same_load_again_is_the_same_model_and_an_alone_one_ends_the_others() {
    let mut worker = Worker::new();
    let model = worker.load(false);
    assert_eq!(worker.load(true), model);
    let long = worker.start(chat(model, 1, QUESTIONS[0], endless()));
    while piece(&worker.next().event).is_none() {}
    // Another context is another model; the reply that runs is cancelled for it.
    let request = LoadRequest {
        path: starter(),
        context: Some(256),
        threads: Some(1),
        anyway: false,
        alone: true,
        cache: KvCacheType::default(),
    };
    let load = worker.start(Ask::Load(request));
    let messages = worker.until_ended(&[long, load]);
    let ends: Vec<&WorkerMessage> = messages.iter().filter(|message| message.event.ends_job()).collect();
    let [first, second] = ends[..] else { panic!("{ends:?}") };
    assert!(matches!(&first.event, Event::Replied(report) if report.stop_reason == StopReason::Cancelled));
    assert!(matches!(&second.event, Event::Loaded(report) if report.model != model && report.context == 256));
    let end = worker.end_of(chat(model, 1, QUESTIONS[0], greedy()));
    assert!(matches!(&end, Event::Failed(failure) if failure.message.contains("not loaded")), "{end:?}");
}

#[test]
fn jobs_of_models_that_are_not_loaded_fail_and_ended_sessions_are_no_fault() {
    let mut worker = Worker::new();
    let unknown = ModelId(99);
    let count = Ask::Count(CountRequest { model: unknown, texts: vec!["a".into()] });
    for ask in [chat(unknown, 1, "Hi", greedy()), count, Ask::Unload(unknown)] {
        let end = worker.end_of(ask);
        assert!(matches!(&end, Event::Failed(failure) if failure.message.contains("not loaded")), "{end:?}");
    }
    assert_eq!(worker.end_of(Ask::EndSession(SessionId(7))), Event::SessionEnded);
    let model = worker.load(true);
    assert_eq!(worker.end_of(Ask::Unload(model)), Event::Unloaded);
    assert!(matches!(worker.end_of(chat(model, 1, "Hi", greedy())), Event::Failed(_)));
}

#[test]
fn the_end_of_input_ends_running_replies() {
    let mut worker = Worker::new();
    let model = worker.load(true);
    let long = worker.start(chat(model, 1, QUESTIONS[0], endless()));
    while piece(&worker.next().event).is_none() {}
    drop(worker.input.take());
    let end = worker.until_ended(&[long]).pop().unwrap().event;
    assert!(matches!(&end, Event::Replied(report) if report.stop_reason == StopReason::Cancelled), "{end:?}");
}
