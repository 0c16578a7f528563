//! Random commands and events in any order: the state keeps its promises, and nothing panics.

mod parts;

use std::collections::HashSet;

use nibble::command::Command;
use nibble::jobs::{Death, JobEvent, Lane};
use nibble::state::{ChatId, NoticeId, Notices, Outcome, Phase, Precision, Screen, State};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::{Command as Ask, Event, Failure, Role};
use nibble_engine::progress::{Progress, Warning};
use nibble_engine::session::StopReason;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use parts::{fresh, loaded, quantized, replied, summary};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Command(Command),
    Job(JobEvent),
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![Just("/m/a".to_owned()), Just("/m/b.gguf".to_owned()), Just("/m/c.gguf".to_owned())]
}

fn command() -> impl Strategy<Value = Command> {
    let chat = (0_u64..12).prop_map(ChatId);
    prop_oneof![
        2 => path().prop_map(|path| Command::OpenModel(path.into())),
        2 => path().prop_map(|path| Command::ChatWith(path.into())),
        1 => path().prop_map(|path| Command::ForgetRecent(path.into())),
        3 => Just(Command::Quantize),
        2 => Just(Command::CancelQuantize),
        2 => Just(Command::NewChat),
        2 => chat.clone().prop_map(Command::OpenChat),
        2 => chat.clone().prop_map(Command::DeleteChat),
        1 => (chat.clone(), "[a-z ]{0,4}").prop_map(|(id, title)| Command::RenameChat(id, title)),
        1 => (chat, "[a-z]{0,4}").prop_map(|(id, draft)| Command::KeepDraft(id, draft)),
        6 => "[a-z ]{0,6}".prop_map(Command::Send),
        3 => Just(Command::Regenerate),
        3 => Just(Command::StopReply),
        1 => (0_u64..20).prop_map(|id| Command::Dismiss(NoticeId(id))),
        1 => any::<f32>().prop_map(Command::SetTemperature),
        1 => prop_oneof![Just(None), Just(Some(2048))].prop_map(Command::SetContext),
        1 => (0_usize..9).prop_map(|n| Command::SetThreads(Some(n))),
        1 => prop::sample::select(Precision::ALL.to_vec()).prop_map(Command::SetPrecision),
        1 => Just(Command::Show(Screen::Chat)),
        1 => Just(Command::Show(Screen::Models)),
        1 => Just(Command::ToggleDrawer),
        1 => Just(Command::ResetSettings),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let failure = Failure { message: "no".into(), details: Vec::new() };
    prop_oneof![
        3 => path().prop_map(|path| Event::Loaded(loaded(path.as_ref()))),
        2 => path().prop_map(|path| Event::Inspected(summary(&path))),
        2 => path().prop_map(|path| Event::Quantized(quantized(path.as_ref()))),
        6 => "[a-z]{0,5}".prop_map(Event::Text),
        4 => Just(Event::Replied(replied(StopReason::Eos))),
        2 => Just(Event::Cancelled),
        2 => Just(Event::Failed(failure)),
        1 => Just(Event::Warning(Warning::NoChatTemplate)),
        2 => (0_u64..100, 0_u64..100).prop_map(|(done, total)| {
            Event::Progress(Progress { item: "t".into(), done, total })
        }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let lane = prop::sample::select(Lane::ALL.to_vec());
    let job = (lane.clone(), event()).prop_map(|(lane, event)| JobEvent::Engine { lane, event });
    let death = lane.clone().prop_map(|lane| JobEvent::Died { lane, death: Death::default() });
    let missing = lane.prop_map(|lane| JobEvent::NotStarted { lane, reason: "gone".into() });
    prop_oneof![
        12 => command().prop_map(Step::Command),
        12 => job.prop_map(Step::Job),
        1 => death.prop_map(Step::Job),
        1 => missing.prop_map(Step::Job),
    ]
}

/// What is true of every state.
fn check(state: &State, effects: &[Effect]) {
    let mut ids = HashSet::new();
    let mut growing = Vec::new();
    for chat in &state.chats.all {
        assert!(ids.insert(chat.id.0), "two things have one id");
        for message in &chat.messages {
            assert!(ids.insert(message.id.0), "two things have one id");
            assert!(
                message.role != Role::User || !message.text.trim().is_empty(),
                "an empty message was sent"
            );
            if message.outcome == Outcome::Growing {
                growing.push((chat.id, message.id));
            }
        }
        assert_eq!(chat.title.is_empty(), chat.messages.is_empty() && chat.title.is_empty());
    }
    // At most one reply grows, and it is the one that the engine writes.
    match state.talk.phase {
        Phase::Replying { chat, message, .. } => {
            assert!(growing.iter().all(|growing| *growing == (chat, message)), "{growing:?}");
            assert!(state.talk.model.is_some(), "a reply without a model");
            assert_eq!(state.talk.waiting, None);
        }
        Phase::Loading(_) => {
            assert!(growing.is_empty());
            assert!(state.talk.model.is_some());
        }
        Phase::Idle => {
            assert!(growing.is_empty(), "nobody writes {growing:?}");
            assert_eq!(state.talk.waiting, None, "nobody will serve the chat that waits");
        }
    }
    if let Some(current) = state.chats.current {
        assert!(state.chats.find(current).is_some(), "the current chat is gone");
    }
    if state.screen == Screen::Chat {
        assert!(state.chats.current.is_some(), "a chat screen without a chat");
    }
    assert!(state.notices.open.len() <= Notices::MOST);
    assert!((0.0..=2.0).contains(&state.settings.temperature));
    assert!(state.settings.threads != Some(0));
    // What is asked of a lane belongs there.
    for effect in effects {
        match effect {
            Effect::Ask(lane, Ask::Inspect { .. }) => assert_eq!(*lane, Lane::Look),
            Effect::Ask(lane, Ask::Quantize(_)) => assert_eq!(*lane, Lane::Quantize),
            Effect::Ask(lane, Ask::Load(_) | Ask::Chat(_)) => assert_eq!(*lane, Lane::Talk),
            Effect::Ask(_, Ask::Cancel) => panic!("cancelling is an effect of its own"),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(20_261_123), ..ProptestConfig::default() })]

    #[test]
    fn the_state_keeps_its_promises(steps in prop::collection::vec(step(), 1..120)) {
        let mut state = fresh();
        for (index, step) in steps.into_iter().enumerate() {
            let effects = match step {
                Step::Command(command) => apply(&mut state, command),
                Step::Job(event) => absorb(&mut state, event, index as f64),
            };
            check(&state, &effects);
        }
    }
}
