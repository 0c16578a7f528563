//! The first start: the built-in model waits in a chat, and one question has it quantized, loaded and answering.

mod parts;

use nibble::command::{ChatCommand, ModelCommand, SettingsCommand};
use nibble::jobs::{JobEvent, Lane};
use nibble::state::{NoticeTopic, Phase, Screen, State};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::protocol::{LibraryModel, ModelOrigin};
use nibble_engine::jobs::{Ask, Event, Failure};
use nibble_engine::quant::Precision;

use parts::hub::shelved;
use parts::{asked, asked_by, fresh, loaded, quantized, talk};

const BUILT_IN: &str = "/home/starter";
const INT4: &str = "/home/models/Nibble-Starter-int4.gguf";

fn file(path: &str, is_starter: bool) -> LibraryModel {
    shelved("A model", path, if is_starter { ModelOrigin::BuiltIn } else { ModelOrigin::Made })
}

fn found(state: &mut State, models: &[LibraryModel], missing: &[&str]) {
    let missing = missing.iter().map(Into::into).collect();
    absorb(state, JobEvent::ListingRead { models: models.to_vec(), missing }, 0.0);
}

fn chosen(state: &State) -> &str {
    state.engine.model.as_ref().and_then(|model| model.path.to_str()).unwrap_or_default()
}

#[test]
fn one_question_quantizes_loads_and_asks_for_the_likeliest_answer() {
    let mut state = fresh();
    found(&mut state, &[file(BUILT_IN, true)], &[]);
    assert_eq!((state.screen, chosen(&state)), (Screen::Chat, INT4));

    let effects = apply(&mut state, ChatCommand::Send("What is Nibble?".into()));
    let [Ask::Quantize(make), Ask::Load(load)] = asked(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((make.source.to_str(), make.target.to_str()), (Some(BUILT_IN), Some(INT4)));
    assert_eq!((make.precision, &load.path), (nibble_engine::quant::Precision::Q4_K_M, &make.target));
    let in_one_lane = |effect: &Effect| asked_by(effect).is_none_or(|(lane, _)| lane == Lane::Chat);
    assert!(effects.iter().all(in_one_lane), "{effects:?}");

    talk(&mut state, Event::Quantized(quantized(INT4.as_ref())));
    assert!(matches!(state.engine.phase, Phase::Loading(_)));
    let effects = talk(&mut state, Event::Loaded(loaded(INT4.as_ref())));
    let [Ask::Chat(request)] = asked(&effects)[..] else { panic!("{effects:?}") };
    assert!(request.options.temperature.abs() < f32::EPSILON);
}

#[test]
fn what_was_made_once_is_only_loaded() {
    let mut state = fresh();
    found(&mut state, &[file(BUILT_IN, true), file(INT4, false)], &[]);
    let effects = apply(&mut state, ModelCommand::ChatWith(BUILT_IN.into()));
    assert_eq!(chosen(&state), INT4);
    assert!(matches!(asked(&effects)[..], [Ask::Load(_)]), "{effects:?}");
    apply(&mut state, SettingsCommand::SetPrecision(Precision::Q8_0));
    let effects = apply(&mut state, ModelCommand::ChatWith(BUILT_IN.into()));
    assert!(matches!(asked(&effects)[..], [Ask::Quantize(_), Ask::Load(_)]), "{effects:?}");
}

#[test]
fn a_full_disk_is_told_and_the_next_message_tries_again() {
    let mut state = fresh();
    found(&mut state, &[file(BUILT_IN, true)], &[]);
    apply(&mut state, ChatCommand::Send("hi".into()));
    let failure = |message: &str| Event::Failed(Failure { message: message.into(), details: Vec::new() });
    talk(&mut state, failure("the disk is full"));
    talk(&mut state, failure("there is no file"));
    let told: Vec<_> = state.notices.open.iter().map(|notice| &notice.topic).collect();
    assert!(
        matches!(told[..], [NoticeTopic::CannotLoad(failure)] if failure.message == "the disk is full"),
        "{told:?}"
    );
    let effects = apply(&mut state, ChatCommand::Send("hi".into()));
    assert!(matches!(asked(&effects)[..], [Ask::Quantize(_), Ask::Load(_)]), "{effects:?}");
}

#[test]
fn what_replied_last_comes_before_other_models_and_those_before_the_starter() {
    let all = [file(BUILT_IN, true), file("/home/models/a.gguf", false), file("/home/models/b.gguf", false)];
    let first = |missing: &[&str]| {
        let mut state = fresh();
        state.settings.last_model = Some("/home/models/b.gguf".into());
        found(&mut state, &all, missing);
        chosen(&state).to_owned()
    };
    assert_eq!(first(&[]), "/home/models/b.gguf");
    assert_eq!(first(&["/home/models/b.gguf"]), "/home/models/a.gguf");
}

#[test]
fn looking_again_tears_nobody_out_of_what_he_does() {
    let mut state = fresh();
    found(&mut state, &[], &[]);
    assert_eq!(state.screen, Screen::Welcome);
    found(&mut state, &[file(BUILT_IN, true)], &[]);
    assert_eq!((state.screen, chosen(&state)), (Screen::Welcome, ""));
}
