//! Commands and events in, state and effects out; no window.

mod parts;

use nibble::command::{
    ChatCommand, ChatsCommand, ModelCommand, QuantizeCommand, SettingsCommand, ViewCommand,
};
use nibble::jobs::{Death, JobEvent, Lane};
use nibble::state::{ChatId, Look, NoticeKind, NoticeTopic, Outcome, Phase, ReplyOptions, Screen, State};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::{Ask, Delta, Event, Failure, Role};
use nibble_engine::progress::{Progress, Warning};
use nibble_engine::quant::Precision;
use nibble_engine::session::StopReason;

use parts::{
    asked, death, fresh, loaded, look, quantized, replied, running, shown, state_with_model, state_with_talk,
    summary, talk, tell_at,
};

fn quantize(state: &mut State, event: Event, now: f64) -> Vec<Effect> {
    tell_at(state, Lane::Quantize, event, now)
}

#[test]
fn opening_a_model_looks_into_it_and_remembers_it() {
    let mut state = fresh();
    let effects = apply(&mut state, ModelCommand::Open("/m/a".into()));
    assert_eq!(asked(&effects), [&Ask::Inspect { path: "/m/a".into() }]);
    assert_eq!(state.screen, Screen::Model);
    look(&mut state, Event::Inspected(summary("/m/a")));
    assert_eq!(state.source.as_ref().unwrap().summary().unwrap().name, "Tiny 1B");
    assert_eq!(state.settings.recent, [std::path::PathBuf::from("/m/a")]);
}

#[test]
fn answers_for_a_model_opened_before_are_dropped() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::Open("/m/slow".into()));
    let slow = running(&state, Lane::Inspect);
    assert!(apply(&mut state, ModelCommand::Open("/m/b".into())).contains(&Effect::Cancel(slow)));
    let event = Event::Failed(Failure { message: "slow is broken".into(), details: vec![] });
    absorb(&mut state, JobEvent::Engine { id: slow, event }, 0.0);
    assert_eq!(state.source.as_ref().unwrap().look, Look::Reading);
    look(&mut state, Event::Inspected(summary("/m/b")));
    assert!(state.source.as_ref().unwrap().summary().is_some());
}

#[test]
fn a_model_that_cannot_be_read_says_why() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::Open("/m/a".into()));
    let failure = Failure { message: "no weights".into(), details: vec!["/m/a".into()] };
    look(&mut state, Event::Failed(failure.clone()));
    assert_eq!(state.source.unwrap().look, Look::Failed(failure));
    assert!(state.settings.recent.is_empty());
}

#[test]
fn the_end_of_quantizing_leads_to_the_chat() {
    let mut state = state_with_model();
    apply(&mut state, SettingsCommand::SetPrecision(Precision::Q8_0));
    let effects = apply(&mut state, QuantizeCommand::Start);
    let [Ask::Quantize(request)] = asked(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(request.target, std::path::Path::new("/home/models/Tiny-1B-int8.gguf"));
    assert_eq!(request.precision, nibble_engine::quant::Precision::Q8_0);

    let target = request.target.clone();
    let effects = quantize(&mut state, Event::Quantized(quantized(&target)), 1.0);
    assert!(state.quantize.run.is_none());
    assert_eq!(state.screen, Screen::Chat);
    assert!(matches!(asked(&effects)[..], [Ask::Load(load)] if load.path == target), "{effects:?}");
    assert_eq!(state.engine.phase, Phase::Loading(None));
    // The model is there first; then its quality is measured.
    let effects = talk(&mut state, Event::Loaded(loaded(&target)));
    assert!(state.engine.is_loaded());
    let [Ask::Measure(request)] = asked(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((&request.model, request.original.to_str()), (&target, Some("/m/a")));
}

#[test]
fn a_file_that_got_a_number_is_told_of_with_it() {
    for (path, name) in
        [("/home/models/Tiny-1B-int4.gguf", "Tiny 1B"), ("/home/models/Tiny-1B-int4 (2).gguf", "Tiny 1B (2)")]
    {
        let mut state = state_with_model();
        apply(&mut state, QuantizeCommand::Start);
        quantize(&mut state, Event::Quantized(quantized(path.as_ref())), 1.0);
        let topic = &state.notices.open.last().unwrap().topic;
        assert!(matches!(topic, NoticeTopic::Quantized { name: told, .. } if told == name), "{topic:?}");
    }
}

#[test]
fn who_has_gone_elsewhere_is_not_taken_to_the_chat_with_an_opened_file() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::Open("/m/b.gguf".into()));
    apply(&mut state, ViewCommand::Show(Screen::Models));
    let effects = look(&mut state, Event::Inspected(summary("/m/b.gguf")));
    assert_eq!(state.screen, Screen::Models);
    assert!(!asked(&effects).iter().any(|ask| matches!(ask, Ask::Load(_))), "{effects:?}");
}

#[test]
fn the_end_of_quantizing_does_not_interrupt_a_reply() {
    let mut state = state_with_talk();
    apply(&mut state, ModelCommand::Open("/m/a".into()));
    look(&mut state, Event::Inspected(summary("/m/a")));
    apply(&mut state, QuantizeCommand::Start);
    apply(&mut state, ChatCommand::Send("hello".into()));
    let effects = quantize(&mut state, Event::Quantized(quantized("/home/models/x.gguf".as_ref())), 1.0);
    assert!(matches!(asked(&effects)[..], [Ask::Measure(_)]), "{effects:?}");
    assert!(state.engine.is_replying());
    let notice = state.notices.open.last().unwrap();
    assert_eq!(notice.next_step, Some(ModelCommand::ChatWith("/home/models/x.gguf".into()).into()));
}

#[test]
fn cancelling_shows_at_once_and_is_asked_once() {
    let mut state = state_with_model();
    apply(&mut state, QuantizeCommand::Start);
    let job = running(&state, Lane::Quantize);
    assert_eq!(apply(&mut state, QuantizeCommand::Pause), [Effect::Cancel(job)]);
    assert!(state.quantize.run.as_ref().unwrap().cancelling);
    assert_eq!(apply(&mut state, QuantizeCommand::Pause), []);
    quantize(&mut state, Event::Cancelled, 1.0);
    assert!(state.quantize.run.is_none());
    assert_eq!(state.screen, Screen::Model);
}

#[test]
fn a_second_quantization_is_refused_with_a_sentence() {
    let mut state = state_with_model();
    apply(&mut state, QuantizeCommand::Start);
    assert_eq!(apply(&mut state, QuantizeCommand::Start), []);
    assert_eq!(state.notices.open[0].topic, NoticeTopic::AlreadyQuantizing);
}

#[test]
fn speed_and_time_left_come_from_progress() {
    let mut state = state_with_model();
    apply(&mut state, QuantizeCommand::Start);
    for second in 0..5_u64 {
        let progress = Progress::new("t", second * 100, 1000);
        quantize(&mut state, Event::Progress(progress), second as f64);
    }
    let run = state.quantize.run.unwrap();
    assert!((run.pace.per_second().unwrap() - 100.0).abs() < 1e-6);
    assert!((run.seconds_left().unwrap() - 6.0).abs() < 1e-6);
    assert!((run.fraction() - 0.4).abs() < 1e-6);
}

#[test]
fn a_reply_grows_and_ends_with_its_figures() {
    let mut state = state_with_talk();
    let effects = apply(&mut state, ChatCommand::Send("  hello  ".into()));
    let [Ask::Chat(request)] = asked(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(request.messages.len(), 1);
    assert_eq!(request.messages[0].content(), "hello");
    for piece in ["Good ", "day"] {
        talk(&mut state, Event::Delta(Delta::Content(piece.into())));
    }
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert_eq!(state.chats.current().unwrap().head.title, "hello");
    assert_eq!(shown(&state)[1].text, "Good day");
    assert_eq!(shown(&state)[1].outcome, Outcome::Replied(replied(StopReason::Eos)));
    assert!(!state.is_replying());
}

#[test]
fn instructions_stand_before_the_conversation() {
    let mut state = state_with_talk();
    let replies = ReplyOptions { system_prompt: "Be brief".into(), ..ReplyOptions::default() };
    apply(&mut state, SettingsCommand::SetReplies(replies));
    let effects = apply(&mut state, ChatCommand::Send("hi".into()));
    let [Ask::Chat(request)] = asked(&effects)[..] else { panic!("{effects:?}") };
    let roles: Vec<Role> = request.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::System, Role::User]);
}

#[test]
fn a_message_sent_while_loading_waits_for_the_model() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::ChatWith("/m/a.gguf".into()));
    assert!(asked(&apply(&mut state, ChatCommand::Send("hi".into()))).is_empty());
    assert!(state.pending.waiting_chat().is_some());
    let effects = talk(&mut state, Event::Loaded(loaded("/m/a.gguf".as_ref())));
    assert!(matches!(asked(&effects)[..], [Ask::Chat(_)]));
    assert!(state.engine.is_replying());
}

#[test]
fn stopping_keeps_what_was_said() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Delta(Delta::Content("Half".into())));
    let job = running(&state, Lane::Chat);
    assert_eq!(apply(&mut state, ChatCommand::StopReply), [Effect::Cancel(job)]);
    assert!(matches!(state.engine.phase, Phase::Replying { stopping: true, .. }));
    talk(&mut state, Event::Replied(replied(StopReason::Cancelled)));
    assert_eq!(shown(&state)[1].text, "Half");
}

#[test]
fn a_crash_keeps_the_conversation_and_the_next_message_starts_again() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Delta(Delta::Content("Half".into())));
    let died = death(&state, Lane::Chat, Death { code: None, signal: Some(9) });
    absorb(&mut state, died, 0.0);
    assert_eq!(shown(&state)[1].outcome, Outcome::Broken);
    assert_eq!(state.notices.open[0].next_step, Some(ChatCommand::Regenerate.into()));
    assert!(!state.engine.is_loaded());

    let effects = apply(&mut state, ChatCommand::Regenerate);
    assert!(matches!(asked(&effects)[..], [Ask::Load(_)]));
    let effects = talk(&mut state, Event::Loaded(loaded("/m/a.gguf".as_ref())));
    assert!(matches!(asked(&effects)[..], [Ask::Chat(_)]));
    assert_eq!(shown(&state).len(), 2);
}

#[test]
fn changing_the_context_loads_the_model_again() {
    let mut state = state_with_talk();
    apply(&mut state, SettingsCommand::SetContext(Some(8192)));
    let effects = apply(&mut state, ChatCommand::Send("hi".into()));
    assert!(matches!(asked(&effects)[..], [Ask::Load(load)] if load.context == Some(8192)));
}

#[test]
fn switching_models_ends_the_running_reply() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Delta(Delta::Content("Half".into())));
    let id = running(&state, Lane::Chat);
    let effects = apply(&mut state, ModelCommand::ChatWith("/m/b.gguf".into()));
    assert!(effects.contains(&Effect::Cancel(id)));
    for event in
        [Event::Delta(Delta::Content(" and more".into())), Event::Replied(replied(StopReason::Cancelled))]
    {
        absorb(&mut state, JobEvent::Engine { id, event }, 0.0);
    }
    assert_eq!(shown(&state)[1].text, "Half");
    assert_eq!(state.engine.phase, Phase::Loading(None));
    talk(&mut state, Event::Loaded(loaded("/m/b.gguf".as_ref())));
    assert!(state.engine.is_loaded());
}

#[test]
fn drafts_stay_with_their_chats() {
    let mut state = state_with_talk();
    let first = state.chats.current.unwrap();
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Delta(Delta::Content("Hello".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    apply(&mut state, ChatsCommand::SaveDraft(first, "half a thou".into()));
    apply(&mut state, ChatsCommand::New);
    assert_ne!(state.chats.current, Some(first));
    apply(&mut state, ChatsCommand::Open(first));
    assert_eq!(state.chats.current().unwrap().head.draft, "half a thou");
    apply(&mut state, ChatsCommand::Open(ChatId(999)));
    assert_eq!(state.chats.current, Some(first));
}

#[test]
fn a_load_that_fails_says_so_and_offers_another_model() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::ChatWith("/m/a.gguf".into()));
    let failure = Failure { message: "cut off".into(), details: vec![] };
    talk(&mut state, Event::Failed(failure.clone()));
    assert_eq!(state.engine.phase, Phase::Idle);
    let notice = &state.notices.open[0];
    assert_eq!(notice.kind, NoticeKind::Problem);
    assert_eq!(notice.topic, NoticeTopic::CannotLoad(failure));
    assert_eq!(notice.next_step, Some(ViewCommand::Show(Screen::Models).into()));
}

#[test]
fn warnings_reach_the_person() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Warning(Warning::MessagesDropped { count: 2 }));
    assert_eq!(state.notices.open[0].topic, NoticeTopic::Warned(Warning::MessagesDropped { count: 2 }));
}
