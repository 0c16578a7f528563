//! The window's side of the pipe, with shell scripts in the worker's place.

#![cfg(unix)]

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use nibble::jobs::{Death, Engine, JobEvent, Lane, WorkerEnv, WorkerProgram, Workers};
use nibble_engine::jobs::{Ask, Delta, Event, JobId, Request};

/// Reads a line into `line` and the name of its job into `id`; `say EVENT` sends an event of that job.
const WORKER: &str = r#"
hear() { read -r line && id=${line#*id\":} && id=${id%%,*}; }
say() { echo "{\"id\":$id,\"event\":$1}"; }
"#;

/// Workers that run `script`, and what wakes the window.
fn workers(script: &str) -> (Workers, Receiver<()>) {
    let (wake, woken) = sync_channel(64);
    let program = WorkerProgram {
        path: "/bin/sh".into(),
        args: vec!["-c".into(), format!("{WORKER}\n{script}").into()],
        env: WorkerEnv::default(),
    };
    let workers = Workers::new(program, move |within| {
        if within.is_zero() {
            // A full queue means that the test will look anyway.
            let _ = wake.try_send(());
        }
    });
    (workers, woken)
}

/// Collects until `enough` events are there.
fn collect(workers: &mut Workers, woken: &Receiver<()>, enough: usize) -> Vec<JobEvent> {
    let mut events = Vec::new();
    for _ in 0..500 {
        events.extend(workers.collect(64));
        if events.len() >= enough {
            return events;
        }
        // Woken or not, the next round looks.
        let _ = woken.recv_timeout(Duration::from_millis(20));
    }
    panic!("only {events:?} came");
}

fn look(id: u64) -> Request {
    Request { id: JobId(id), ask: Ask::Inspect { path: "/m".into() } }
}

fn text(id: u64, words: &str) -> JobEvent {
    JobEvent::Engine { id: JobId(id), event: Event::Delta(Delta::Content(words.into())) }
}

fn cancelled(id: u64) -> JobEvent {
    JobEvent::Engine { id: JobId(id), event: Event::Cancelled }
}

#[test]
fn commands_go_one_at_a_time_and_events_come_in_order() {
    let script = r#"while hear; do say '{"Delta":{"Content":"a"}}'; say '{"Delta":{"Content":"b"}}'; say '"Cancelled"'; done"#;
    let (mut workers, woken) = workers(script);
    workers.ask(Lane::Chat, look(3));
    workers.ask(Lane::Chat, look(5));
    let events = collect(&mut workers, &woken, 6);
    assert_eq!(events, [text(3, "a"), text(3, "b"), cancelled(3), text(5, "a"), text(5, "b"), cancelled(5)]);
}

#[test]
fn jobs_find_the_surroundings_of_the_settings_and_a_model_that_chats_stays_loaded() {
    let script = r#"while hear; do say "{\"Delta\":{\"Content\":\"$HF_HUB_OFFLINE $NIBBLE_MODELS\"}}"; say '"Cancelled"'; done"#;
    let (mut workers, woken) = workers(script);
    let mut n_asked = 0;
    let mut told = |workers: &mut Workers, lane: Lane| {
        n_asked += 1;
        workers.ask(lane, look(n_asked));
        match &collect(workers, &woken, 2)[0] {
            JobEvent::Engine { event: Event::Delta(Delta::Content(words)), .. } => words.clone(),
            other => panic!("{other:?}"),
        }
    };
    let before = told(&mut workers, Lane::Inspect);
    assert_eq!(told(&mut workers, Lane::Chat), before);
    workers.set_env(WorkerEnv { offline: true, models: Some("/big".into()), ..WorkerEnv::default() });
    assert_eq!(told(&mut workers, Lane::Inspect), "1 /big");
    assert_eq!(told(&mut workers, Lane::Chat), before);
    workers.set_env(WorkerEnv::default());
    assert_eq!(told(&mut workers, Lane::Inspect), before);
}

#[test]
fn a_death_at_work_is_told_and_the_next_command_starts_another() {
    let (mut workers, woken) = workers("hear; say '{\"Delta\":{\"Content\":\"a\"}}'; exit 3");
    for id in [1, 2] {
        workers.ask(Lane::Chat, look(id));
        let events = collect(&mut workers, &woken, 2);
        let death = Death { code: Some(3), signal: None };
        assert_eq!(
            events,
            [text(id, "a"), JobEvent::Died { lane: Lane::Chat, death, jobs: vec![JobId(id)] }]
        );
    }
}

#[test]
fn a_worker_killed_for_memory_is_known_as_such() {
    let (mut workers, woken) = workers("read -r line; kill -9 $$");
    workers.ask(Lane::Quantize, look(1));
    let events = collect(&mut workers, &woken, 1);
    let [JobEvent::Died { lane: Lane::Quantize, death, .. }] = events[..] else { panic!("{events:?}") };
    assert!(death.was_killed());
}

#[test]
fn a_worker_that_does_not_listen_is_ended_from_outside() {
    let (workers, woken) =
        workers("hear; say '{\"Delta\":{\"Content\":\"a\"}}'; while true; do read -r line; done");
    let mut workers = workers.with_patience(Duration::ZERO);
    workers.ask(Lane::Chat, look(1));
    assert_eq!(collect(&mut workers, &woken, 1), [text(1, "a")]);
    workers.cancel(JobId(1));
    // The model that was loaded is gone with the process.
    let ended = JobEvent::Died { lane: Lane::Chat, death: Death::default(), jobs: Vec::new() };
    assert_eq!(collect(&mut workers, &woken, 2), [cancelled(1), ended]);
}

#[test]
fn a_job_that_was_not_started_is_cancelled_alone() {
    let (mut workers, woken) =
        workers(r#"while hear; do say '{"Delta":{"Content":"a"}}'; read -r cancel; say '"Cancelled"'; done"#);
    workers.ask(Lane::Chat, look(1));
    workers.ask(Lane::Chat, look(2));
    assert_eq!(collect(&mut workers, &woken, 1), [text(1, "a")]);
    workers.cancel(JobId(2));
    assert_eq!(collect(&mut workers, &woken, 1), [cancelled(2)]);
    workers.cancel(JobId(1));
    assert_eq!(collect(&mut workers, &woken, 1), [cancelled(1)]);
    workers.cancel(JobId(9));
    assert_eq!(workers.collect(64), []);
}

#[test]
fn the_death_of_an_idle_process_is_told_because_its_model_is_gone() {
    let (mut workers, woken) = workers("hear; say '\"Cancelled\"'; exit 3");
    workers.ask(Lane::Chat, look(1));
    let death = Death { code: Some(3), signal: None };
    let ended = JobEvent::Died { lane: Lane::Chat, death, jobs: Vec::new() };
    assert_eq!(collect(&mut workers, &woken, 2), [cancelled(1), ended]);
}

#[test]
fn a_program_that_is_not_there_is_told() {
    let program =
        WorkerProgram { path: "/nowhere/nibble".into(), args: Vec::new(), env: WorkerEnv::default() };
    let mut workers = Workers::new(program, |_| {});
    workers.ask(Lane::Inspect, look(1));
    let events = workers.collect(64);
    assert!(
        matches!(&events[..], [JobEvent::NotStarted { lane: Lane::Inspect, jobs, .. }] if *jobs == [JobId(1)]),
        "{events:?}"
    );
}
