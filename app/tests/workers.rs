//! The window's side of the pipe, with shell scripts in the worker's place.

#![cfg(unix)]

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use nibble::jobs::{Death, Engine, JobEvent, Lane, Program, WorkerEnv, Workers};
use nibble_engine::jobs::{Ask, Event};

/// Reads a line into `line` and the name of its job into `id`; `say EVENT` sends an event of that job.
const WORKER: &str = r#"
hear() { read -r line && id=${line#*id\":} && id=${id%%,*}; }
say() { echo "{\"id\":$id,\"event\":$1}"; }
"#;

/// Workers that run `script`, and what wakes the window.
fn workers(script: &str) -> (Workers, Receiver<()>) {
    let (wake, woken) = sync_channel(64);
    let program = Program {
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

fn look() -> Ask {
    Ask::Inspect { path: "/m".into() }
}

fn text(words: &str) -> JobEvent {
    JobEvent::Engine { lane: Lane::Chat, event: Event::Text(words.into()) }
}

const CANCELLED: JobEvent = JobEvent::Engine { lane: Lane::Chat, event: Event::Cancelled };

#[test]
fn commands_go_one_at_a_time_and_events_come_in_order() {
    let script = r#"while hear; do say '{"Text":"a"}'; say '{"Text":"b"}'; say '"Cancelled"'; done"#;
    let (mut workers, woken) = workers(script);
    workers.ask(Lane::Chat, look());
    workers.ask(Lane::Chat, look());
    let events = collect(&mut workers, &woken, 6);
    assert_eq!(events, [text("a"), text("b"), CANCELLED, text("a"), text("b"), CANCELLED]);
}

#[test]
fn jobs_find_the_surroundings_of_the_settings_and_a_model_that_chats_stays_loaded() {
    let script =
        r#"while hear; do say "{\"Text\":\"$HF_HUB_OFFLINE $NIBBLE_MODELS\"}"; say '"Cancelled"'; done"#;
    let (mut workers, woken) = workers(script);
    let told = |workers: &mut Workers, lane: Lane| {
        workers.ask(lane, look());
        match &collect(workers, &woken, 2)[0] {
            JobEvent::Engine { event: Event::Text(words), .. } => words.clone(),
            other => panic!("{other:?}"),
        }
    };
    let before = told(&mut workers, Lane::Inspect);
    assert_eq!(told(&mut workers, Lane::Chat), before);
    workers.set_env(WorkerEnv { offline: true, models: Some("/big".into()) });
    assert_eq!(told(&mut workers, Lane::Inspect), "1 /big");
    assert_eq!(told(&mut workers, Lane::Chat), before);
    workers.set_env(WorkerEnv::default());
    assert_eq!(told(&mut workers, Lane::Inspect), before);
}

#[test]
fn a_death_at_work_is_told_and_the_next_command_starts_another() {
    let (mut workers, woken) = workers("hear; say '{\"Text\":\"a\"}'; exit 3");
    for _ in 0..2 {
        workers.ask(Lane::Chat, look());
        let events = collect(&mut workers, &woken, 2);
        let died = JobEvent::Died { lane: Lane::Chat, death: Death { code: Some(3), signal: None } };
        assert_eq!(events, [text("a"), died]);
    }
}

#[test]
fn a_worker_killed_for_memory_is_known_as_such() {
    let (mut workers, woken) = workers("read -r line; kill -9 $$");
    workers.ask(Lane::Quantize, look());
    let events = collect(&mut workers, &woken, 1);
    let [JobEvent::Died { lane: Lane::Quantize, death }] = events[..] else { panic!("{events:?}") };
    assert!(death.was_killed());
}

#[test]
fn a_worker_that_does_not_listen_is_ended_from_outside() {
    let (workers, woken) = workers("hear; say '{\"Text\":\"a\"}'; while true; do read -r line; done");
    let mut workers = workers.with_patience(Duration::ZERO);
    workers.ask(Lane::Chat, look());
    assert_eq!(collect(&mut workers, &woken, 1), [text("a")]);
    workers.cancel(Lane::Chat);
    assert_eq!(collect(&mut workers, &woken, 1), [CANCELLED]);
}

#[test]
fn a_program_that_is_not_there_is_told() {
    let program = Program { path: "/nowhere/nibble".into(), args: Vec::new(), env: WorkerEnv::default() };
    let mut workers = Workers::new(program, |_| {});
    workers.ask(Lane::Inspect, look());
    let events = workers.collect(64);
    assert!(matches!(&events[..], [JobEvent::NotStarted { lane: Lane::Inspect, .. }]), "{events:?}");
}
