//! Quality and memory: commands and events in, state and effects out; and what a person sees of them.

mod parts;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use nibble::command::{
    ChatCommand, ModelCommand, QualityCommand, QuantizeCommand, SettingsCommand, ViewCommand,
};
use nibble::jobs::{Death, JobEvent, Lane};
use nibble::state::{Advised, Closeness, NoticeTopic, Phase, Purpose, Screen, Settings, State};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::protocol::ModelOrigin;
use nibble_engine::jobs::{Ask, Event, Failure};
use nibble_engine::progress::{MeasureStage, Progress, Stage};
use nibble_engine::quant::Precision;

use parts::window::Window;
use parts::{
    advice, asked, death, fresh, loaded, look, measured, quantized, running, shown, state_with_model,
    state_with_talk, summary, talk, tell, too_large,
};

const MADE: &str = "/home/models/Tiny-1B-int4.gguf";

/// A model was quantized and loaded, and is being measured.
fn state_that_measures() -> State {
    let mut state = state_with_model();
    look(&mut state, Event::Advised(advice()));
    apply(&mut state, QuantizeCommand::Start);
    tell(&mut state, Lane::Quantize, Event::Quantized(quantized(MADE.as_ref())));
    talk(&mut state, Event::Loaded(loaded(MADE.as_ref())));
    assert!(state.quality.run.is_some());
    state
}

#[test]
fn the_weights_are_known_at_once_and_the_rest_when_it_was_measured() {
    let mut state = state_that_measures();
    let report = state.quality.of(MADE.as_ref()).unwrap();
    assert_eq!((report.precision.as_str(), &report.measured), ("q4_k_m", &None));
    tell(&mut state, Lane::Quantize, Event::Measured(Box::new(measured(MADE, "/m/a"))));
    assert!(state.quality.run.is_none());
    assert!(state.quality.measured("/m/a".as_ref(), "q4_k_m").is_some());
    let notice = state.notices.open.last().unwrap();
    let NoticeTopic::Measured { closeness, agreement, .. } = notice.topic else { panic!("{notice:?}") };
    assert_eq!((closeness, agreement), (Closeness::Hardly, 0.9864));
    let step = notice.next_step.clone().unwrap();
    apply(&mut state, step);
    assert_eq!(state.screen, Screen::Quality);
}

#[test]
fn a_model_that_does_not_load_is_measured_all_the_same() {
    for end in
        [Event::Failed(Failure { message: "no".into(), details: vec![] }), Event::TooLarge(too_large(MADE))]
    {
        let mut state = state_with_model();
        apply(&mut state, QuantizeCommand::Start);
        tell(&mut state, Lane::Quantize, Event::Quantized(quantized(MADE.as_ref())));
        let effects = talk(&mut state, end);
        assert!(matches!(asked(&effects)[..], [Ask::Measure(_)]), "{effects:?}");
    }
}

#[test]
fn quantizing_goes_before_measuring() {
    let mut state = state_that_measures();
    apply(&mut state, ModelCommand::Open("/m/a".into()));
    look(&mut state, Event::Inspected(summary("/m/a")));
    let measuring = running(&state, Lane::Quantize);
    let effects = apply(&mut state, QuantizeCommand::Start);
    assert_eq!(effects[0], Effect::Cancel(measuring));
    assert!(matches!(asked(&effects)[..], [Ask::Quantize(_)]));
    // What still comes of the measurement is not progress of quantizing.
    let progress = Progress::new("", 1, 2).at(Stage::Measure(MeasureStage::ReadModel));
    tell(&mut state, Lane::Quantize, Event::Progress(progress.clone()));
    assert_eq!(state.quantize.run.as_ref().unwrap().progress, None);
    tell(&mut state, Lane::Quantize, Event::Cancelled);
    assert!(state.quality.run.is_none() && state.quantize.run.is_some());
    tell(&mut state, Lane::Quantize, Event::Progress(progress));
    assert!(state.quantize.run.as_ref().unwrap().progress.is_some());
}

#[test]
fn a_quantization_that_waits_for_the_lane_is_taken_back_at_once() {
    let mut state = state_that_measures();
    apply(&mut state, ModelCommand::Open("/m/a".into()));
    look(&mut state, Event::Inspected(summary("/m/a")));
    apply(&mut state, QuantizeCommand::Start);
    let quantizing = state.pending.find(|purpose| *purpose == Purpose::Quantize).unwrap();
    assert_eq!(apply(&mut state, QuantizeCommand::Pause), [Effect::Cancel(quantizing)]);
    assert!(state.quantize.run.is_none());
    tell(&mut state, Lane::Quantize, Event::Cancelled);
    assert!(state.quality.run.is_none());
}

#[test]
fn a_measurement_that_fails_or_dies_offers_another() {
    let mut state = state_that_measures();
    let died = death(&state, Lane::Quantize, Death { signal: Some(9), code: None });
    absorb(&mut state, died, 1.0);
    let notice = state.notices.open.last().unwrap();
    assert!(matches!(notice.topic, NoticeTopic::MeasureDied { .. }));
    let again = notice.next_step.clone().unwrap();
    assert!(matches!(asked(&apply(&mut state, again.clone()))[..], [Ask::Measure(_)]));
    assert!(asked(&apply(&mut state, again)).is_empty(), "one at a time");
    let failure = Failure { message: "memory".into(), details: vec![] };
    tell(&mut state, Lane::Quantize, Event::Failed(failure.clone()));
    assert_eq!(state.notices.open.last().unwrap().topic, NoticeTopic::CannotMeasure(failure));
}

#[test]
fn advice_follows_the_context_and_a_model_that_cannot_run_says_so() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::Open("/m/a".into()));
    let effects = look(&mut state, Event::Inspected(summary("/m/a")));
    assert!(matches!(asked(&effects)[..], [Ask::Advise(request)] if request.context.is_none()));
    let before = running(&state, Lane::Inspect);
    let effects = apply(&mut state, SettingsCommand::SetContext(Some(4096)));
    assert!(matches!(asked(&effects)[..], [Ask::Advise(request)] if request.context == Some(4096)));
    absorb(&mut state, JobEvent::Engine { id: before, event: Event::Advised(Vec::new()) }, 0.0);
    assert_eq!(state.source.as_ref().unwrap().advice, Advised::Unknown, "that was for the context before");
    look(&mut state, Event::Advised(advice()));
    assert_eq!(state.source.as_ref().unwrap().advice(), advice());
    apply(&mut state, SettingsCommand::SetContext(None));
    look(&mut state, Event::Failed(Failure { message: "unknown architecture".into(), details: vec![] }));
    let source = state.source.unwrap();
    assert!(matches!(source.advice, Advised::CannotRun(_)) && source.summary().is_some());
}

#[test]
fn a_chat_that_waited_for_a_model_that_is_too_large_gets_its_reply_after_all() {
    let decisions =
        [(ModelCommand::LoadAnyway, None, true), (ModelCommand::LoadWithContext(2048), Some(2048), false)];
    for (decision, context, anyway) in decisions {
        let mut state = fresh();
        apply(&mut state, ModelCommand::ChatWith(MADE.into()));
        apply(&mut state, ChatCommand::Send("hello".into()));
        talk(&mut state, Event::TooLarge(too_large(MADE)));
        assert!(
            matches!(state.engine.phase, Phase::TooLarge { .. }) && state.pending.waiting_chat().is_none()
        );
        let effects = apply(&mut state, decision);
        let [Ask::Load(load)] = asked(&effects)[..] else { panic!("{effects:?}") };
        assert_eq!((load.context, load.anyway), (context, anyway));
        let effects = talk(&mut state, Event::Loaded(loaded(MADE.as_ref())));
        assert!(matches!(asked(&effects)[..], [Ask::Chat(_)]), "{effects:?}");
    }
}

#[test]
fn a_model_left_unloaded_is_tried_again_by_the_next_message() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::ChatWith(MADE.into()));
    talk(&mut state, Event::TooLarge(too_large(MADE)));
    assert_eq!(apply(&mut state, ModelCommand::LeaveUnloaded), []);
    assert_eq!(state.engine.phase, Phase::Idle);
    assert!(
        matches!(asked(&apply(&mut state, ChatCommand::Send("hi".into())))[..], [Ask::Load(load)] if !load.anyway)
    );
    assert_eq!(shown(&state).len(), 1);
}

#[test]
fn loading_another_model_ends_the_question() {
    let mut state = state_with_talk();
    apply(&mut state, ModelCommand::ChatWith(MADE.into()));
    talk(&mut state, Event::TooLarge(too_large(MADE)));
    apply(&mut state, ModelCommand::ChatWith("/m/small.gguf".into()));
    assert_eq!(state.engine.phase, Phase::Loading(None));
}

#[test]
fn the_table_says_what_fits_and_unfolds_all_formats() {
    let mut window = Window::open().with_model();
    window.tell(Lane::Inspect, Event::Advised(advice()));
    window.tell_job(JobEvent::QualityFound(vec![measured(MADE, "/m/a")]));
    assert!(!window.sees("Precision: Q4_K_M"), "a newcomer sees goals alone");
    window.press("Advanced");
    let row = "Precision: Q4_K_M, 4.8, 750 MB, 1.00 GB, 26.7 tokens/s, 98.6%, Fits";
    assert!(window.sees(row), "no {row}");
    assert!(window.sees("Precision: F16, 16.0, 2.48 GB, 2.73 GB, 8.06 tokens/s, , Too large"));
    assert!(!window.sees("Precision: Q5_K_M"));
    window.press("More formats");
    window.harness.get_by_label_contains("Precision: Q5_K_M, ").click_accesskit();
    window.run();
    assert_eq!(window.state().settings.precision.name(), "q5_k_m");
    window.press("Fewer formats");
    assert!(window.sees("Precision: Q5_K_M"), "what is chosen stays in sight");
    window.send(SettingsCommand::SetPrecision(Precision::Q4_K_M));
    window.press("Quality report");
    assert_eq!(window.state().screen, Screen::Quality);
}

#[test]
fn the_report_says_in_words_first_what_it_then_shows() {
    let mut window = Window::open();
    window.tell_job(JobEvent::QualityFound(vec![measured(MADE, "/m/a")]));
    window.send(QualityCommand::Show(MADE.into()));
    for words in [
        "Very close: picks the same next word 98.6% of the time",
        "0.012",
        "8.20, original 8.10",
        "Text written by the original, 512 tokens",
        "Why is the sky blue?",
        "Because of scattering.",
        "Since light scatters.",
        "How much the models differ, word by word: KL divergence, mean: 0.012",
        "Weight error, layer by layer: 7.1%",
    ] {
        assert!(window.sees(words), "{words} is not there");
    }
    window.press("Measure again");
    assert!(matches!(window.last_asked(), Some((Lane::Quantize, Ask::Measure(_)))));
    let progress = Progress::new("", 1, 2).at(Stage::Measure(MeasureStage::WriteText));
    window.tell(Lane::Quantize, Event::Progress(progress));
    assert!(window.sees("The original writes a text") && window.sees("25%"));
    window.harness.get_all_by_role_and_label(Role::Button, "Cancel").next().unwrap().click();
    window.run();
    assert_eq!(window.script.borrow().cancelled, [Lane::Quantize]);
}

#[test]
fn a_load_that_does_not_fit_asks_and_says_what_would() {
    let mut window = Window::open_with(Settings::default());
    window.send(ModelCommand::ChatWith(MADE.into()));
    window.tell(Lane::Chat, Event::TooLarge(too_large(MADE)));
    for words in [
        "This model needs more memory than is free",
        "4.00 GB needed, 3.00 GB free",
        "Weights: 2.00 GB, Context cache: 1.70 GB, Buffers: 150 MB, App: 150 MB, Free memory: 3.00 GB",
        "It would fit when quantized to Q4_K_M",
    ] {
        assert!(window.sees(words), "{words} is not there");
    }
    window.click("Load with 2,048 tokens of context");
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(load))) if load.context == Some(2048)));
    window.tell(Lane::Chat, Event::TooLarge(too_large(MADE)));
    window.click("Load anyway");
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(load))) if load.anyway));
    assert!(!window.sees("This model needs more memory than is free"));
}

#[test]
fn the_list_of_models_shows_quality_and_leads_to_the_report() {
    let mut window = Window::open();
    let model = parts::hub::shelved("Tiny-1B-int4", MADE, ModelOrigin::Made);
    window.tell_job(JobEvent::ListingRead { models: vec![model], missing: Vec::new() });
    window.tell_job(JobEvent::QualityFound(vec![measured(MADE, "/m/a")]));
    window.send(ViewCommand::Show(Screen::Welcome));
    window.click("Quality report: Tiny-1B-int4");
    assert_eq!(window.state().screen, Screen::Quality);
}
