//! Command in, state out, for what surrounds the chats: unloading when idle, folders, the network, news, reports of faults.

mod parts;

use nibble::command::{ChatCommand, ChatsCommand, ModelCommand, QuantizeCommand, SettingsCommand};
use nibble::jobs::{JobEvent, Lane, WorkerEnv};
use nibble::state::{Clock, Machine, NoticeTopic, State};
use nibble::text::diagnostics;
use nibble::update::{Effect, absorb, apply, idle_in, tick, unload_idle};
use nibble_engine::hardware::SystemMemory;
use nibble_engine::jobs::{Ask, Delta, Event, Failure, KvCacheType, ModelId};
use nibble_engine::session::StopReason;

use parts::{
    asked, asked_by, exchange, fresh, loaded, quantized, replied, state_with_model, state_with_talk, talk,
    tell,
};

/// So many seconds after a moment that serves as the first.
fn at(state: &mut State, seconds: i64) {
    tick(state, Clock { unix_secs: 1_800_000_000 + seconds, utc_offset_secs: 0 });
}

#[test]
fn a_model_nobody_uses_gives_its_memory_back_and_the_next_message_loads_it_again() {
    let mut state = fresh();
    at(&mut state, 0);
    apply(&mut state, ModelCommand::ChatWith("/m/a.gguf".into()));
    at(&mut state, 10);
    talk(&mut state, Event::Loaded(loaded("/m/a.gguf".as_ref())));
    assert_eq!(idle_in(&state), None);
    apply(&mut state, SettingsCommand::SetUnloadAfter(Some(5)));
    assert_eq!(idle_in(&state).map(|time| time.as_secs()), Some(300));
    at(&mut state, 309);
    assert!(unload_idle(&mut state).is_empty());
    // A reply counts as use until its end.
    apply(&mut state, ChatCommand::Send("hi".into()));
    at(&mut state, 1000);
    assert!(unload_idle(&mut state).is_empty());
    talk(&mut state, Event::Delta(Delta::Content("Hello".into())));
    // The second end is that of making a title.
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    at(&mut state, 1299);
    assert!(unload_idle(&mut state).is_empty());
    at(&mut state, 1300);
    assert_eq!(
        unload_idle(&mut state).first().and_then(asked_by),
        Some((Lane::Chat, &Ask::Unload(ModelId(1))))
    );
    assert!(!state.engine.is_loaded() && state.engine.model.is_some());
    assert!(unload_idle(&mut state).is_empty() && idle_in(&state).is_none());
    let effects = apply(&mut state, ChatCommand::Send("again".into()));
    assert!(effects.iter().any(|effect| asked_by(effect).is_some_and(|(lane, _)| lane == Lane::Chat)));
}

#[test]
fn models_go_to_the_chosen_folder_and_back() {
    let mut state = state_with_model();
    let effects = apply(&mut state, SettingsCommand::SetModelsFolder(Some("/big/models".into())));
    // The models of the new folder are listed, by a process that is given that folder.
    let told = effects.iter().position(
        |effect| matches!(effect, Effect::SetEnv(env) if env.models.as_deref() == Some("/big/models".as_ref())),
    );
    let listed = effects.iter().position(|effect| asked_by(effect) == Some((Lane::Library, &Ask::Library)));
    assert!(told.is_some() && told < listed, "{effects:?}");
    apply(&mut state, QuantizeCommand::Start);
    let target = &state.quantize.run.as_ref().unwrap().request.target;
    assert!(target.starts_with("/big/models"), "{target:?}");
    let kept = State::new(state.settings.clone(), parts::places());
    assert_eq!(kept.places.models, state.places.models);
    apply(&mut state, SettingsCommand::Reset);
    assert_eq!(state.places.models, parts::places().models);
}

#[test]
fn what_jobs_find_around_them_reaches_the_engine_once() {
    let mut state = fresh();
    let asked = |effects: &[Effect]| {
        let told = effects.iter().filter(|effect| matches!(effect, Effect::SetEnv(_)));
        told.cloned().collect::<Vec<_>>()
    };
    let around = |offline, models: Option<&str>| {
        [Effect::SetEnv(WorkerEnv { offline, models: models.map(Into::into), ..WorkerEnv::default() })]
    };
    assert_eq!(asked(&apply(&mut state, SettingsCommand::SetOffline(true))), around(true, None));
    assert_eq!(asked(&apply(&mut state, SettingsCommand::SetOffline(true))), []);
    let folder = SettingsCommand::SetModelsFolder(Some("/big".into()));
    assert_eq!(asked(&apply(&mut state, folder)), around(true, Some("/big")));
    assert_eq!(asked(&apply(&mut state, SettingsCommand::Reset)), around(false, None));
}

#[test]
fn the_end_of_long_work_is_told_outside_only_to_who_looks_elsewhere() {
    for (focused, told) in [(true, 0), (false, 1)] {
        let mut state = state_with_model();
        apply(&mut state, QuantizeCommand::Start);
        state.focused = focused;
        let event = Event::Quantized(quantized("/home/models/a.gguf".as_ref()));
        let effects = tell(&mut state, Lane::Quantize, event);
        let news =
            effects.iter().filter(|effect| matches!(effect, Effect::Notify(NoticeTopic::Quantized { .. })));
        assert_eq!(news.count(), told);
    }
}

#[test]
fn diagnostics_say_what_a_report_needs_and_nothing_private() {
    let mut state = state_with_model();
    apply(&mut state, ModelCommand::ChatWith("/home/anna/My Models/wife.gguf".into()));
    talk(&mut state, Event::Loaded(loaded("/home/anna/My Models/wife.gguf".as_ref())));
    exchange(&mut state, "my secret question", "a secret answer");
    let chat = state.chats.current.unwrap();
    apply(&mut state, ChatsCommand::Rename(chat, "secret title".into()));
    apply(&mut state, ChatsCommand::SaveDraft(chat, "secret draft".into()));
    let mut replies = state.settings.replies.clone();
    replies.system_prompt = "secret instructions".into();
    apply(&mut state, SettingsCommand::SetReplies(replies));
    let message = "cannot open /home/anna/My Models/wife.gguf: the file ends early".to_owned();
    let failure = Failure { message, details: vec!["in C:\\Users\\anna\\wife.gguf".into()] };
    apply(&mut state, ModelCommand::ChatWith("/home/anna/My Models/wife 2.gguf".into()));
    talk(&mut state, Event::Failed(failure));
    absorb(
        &mut state,
        JobEvent::Store(nibble::store::StoreEvent::Failed { reason: "disk full".into() }),
        0.0,
    );
    absorb(
        &mut state,
        JobEvent::MemorySeen(SystemMemory { available_bytes: 4 << 30, total_bytes: 8 << 30 }),
        0.0,
    );
    let machine = Machine {
        system: "Linux (x86_64)".into(),
        cpu: "Processor 3000".into(),
        level: "avx2".into(),
        cores: 4,
        gpus: vec!["Card 9".into()],
    };
    absorb(&mut state, JobEvent::MachineSeen(machine), 0.0);
    let text = diagnostics::write(&state);
    for said in [
        env!("CARGO_PKG_VERSION"),
        "Linux (x86_64)",
        "Processor 3000",
        "avx2",
        "4 cores",
        "Card 9",
        "4.29 GB free",
        "precision: int4",
        "llama",
        "16.00",
        "ends early",
        "disk full",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
    for hidden in ["secret", "anna", "wife", "My Models", "Tiny"] {
        assert!(!text.contains(hidden), "{hidden} is in\n{text}");
    }
}

#[test]
fn an_unused_setting_changes_nothing_for_a_chat() {
    let mut state = state_with_talk();
    apply(&mut state, SettingsCommand::SetOffline(true));
    apply(&mut state, SettingsCommand::SetUnloadAfter(Some(60)));
    assert!(state.engine.is_loaded());
}

#[test]
fn another_cache_has_the_model_loaded_again_with_it() {
    let mut state = state_with_talk();
    let effects = apply(&mut state, SettingsCommand::SetCache(KvCacheType::Int8));
    assert!(!state.engine.is_loaded());
    assert_eq!(asked(&effects), [&Ask::Unload(ModelId(1))], "its memory is not held until the next load");
    let effects = apply(&mut state, ChatCommand::Send("hi".into()));
    let cache = asked(&effects)
        .into_iter()
        .find_map(|ask| if let Ask::Load(load) = ask { Some(load.cache) } else { None });
    assert_eq!(cache, Some(KvCacheType::Int8));
}
