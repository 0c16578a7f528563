//! The quantization workshop: goals and limits, calibration, the size-quality curve, pausing and resuming, comparing models.

mod parts;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use nibble::command::{CompareCommand, QuantizeCommand, SettingsCommand, ViewCommand};
use nibble::jobs::{JobEvent, Lane};
use nibble::state::{
    CalibrationChoice, ChatId, FASTEST, Goal, LimitKind, NoticeTopic, Purpose, Screen, Settings, SizeBudget,
    State,
};
use nibble::store::{StoreCommand, StoreEvent};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::hardware::SystemMemory;
use nibble_engine::jobs::{Ask, Calibration, Event, Failure, QuantizeRequest};
use nibble_engine::progress::{MeasureStage, Progress, Stage};
use nibble_engine::quant::{Needs, Precision, methods};

use parts::screens::fill;
use parts::window::Window;
use parts::{
    advice, asked, asked_by, compared, curve, estimate, look, quantized, state_with_model, stored, tell,
};

const MEMORY: SystemMemory = SystemMemory { total_bytes: 4_000_000_000, available_bytes: 1_500_000_000 };

/// A model is open, and what it takes is known.
fn state_with_advice() -> State {
    let mut state = state_with_model();
    look(&mut state, Event::Advised(advice()));
    absorb(&mut state, JobEvent::MemorySeen(MEMORY), 0.0);
    state
}

fn window_with_advice() -> Window {
    let mut window = Window::open().with_model();
    window.tell(Lane::Inspect, Event::Advised(advice()));
    window.tell_job(JobEvent::MemorySeen(MEMORY));
    window
}

/// The request of the run that is going on.
fn request(state: &State) -> &QuantizeRequest {
    &state.quantize.run.as_ref().expect("a run goes on").request
}

#[test]
fn a_goal_chooses_for_who_does_not_want_to() {
    let mut window = window_with_advice();
    assert_eq!(window.state().goal(), Some(Goal::Balanced), "as at first");
    window.click("What matters most: Fastest");
    assert_eq!((window.state().goal(), window.state().settings.precision), (Some(Goal::Fastest), FASTEST));
    window.click("What matters most: Best that fits");
    let budget = window.state().quantize.choice.budget.unwrap();
    assert_eq!(budget, SizeBudget { kind: LimitKind::Memory, bytes: 1_200_000_000 }, "most of what is free");
    // The context and the program take 250 MB.
    assert!(window.sees("A file of 950 MB, 6.13 bits per weight"));
    window.click("Limit: Size on disk");
    let budget = window.state().quantize.choice.budget.unwrap();
    assert_eq!(budget, SizeBudget { kind: LimitKind::Disk, bytes: 950_000_000 }, "the same file");
    window.click("What matters most: Balanced");
    assert_eq!(window.state().quantize.choice.budget, None);
    assert_eq!(window.state().settings.precision, Precision::Q4_K_M);
}

#[test]
fn a_limit_goes_to_the_engine_as_bytes_of_the_file() {
    let mut state = state_with_advice();
    apply(&mut state, QuantizeCommand::SetGoal(Goal::Memory));
    apply(&mut state, QuantizeCommand::Start);
    let found = request(&state);
    assert_eq!((found.budget, found.precision), (Some(950_000_000), Precision::Q4_K_M));
    assert_eq!(found.target.to_str(), Some("/home/models/Tiny-1B-950mb.gguf"));
    assert!(found.keep_unfinished);
    // A precision of one's own takes the place of the limit.
    let mut state = state_with_advice();
    apply(&mut state, QuantizeCommand::SetGoal(Goal::Memory));
    apply(&mut state, SettingsCommand::SetPrecision(Precision::Q8_0));
    apply(&mut state, QuantizeCommand::Start);
    assert_eq!((request(&state).budget, state.goal()), (None, None));
}

#[test]
fn what_a_run_takes_is_asked_after_each_choice_and_only_the_newest_answer_counts() {
    let mut state = state_with_advice();
    let is_estimate = |effect: &Effect| matches!(asked_by(effect), Some((Lane::Inspect, Ask::Estimate(_))));
    let needs_text = methods::ALL.iter().find(|method| method.needs() != Needs::Nothing).unwrap();
    for command in [
        QuantizeCommand::SetGoal(Goal::Memory),
        QuantizeCommand::SetMethod(*needs_text),
        QuantizeCommand::SetCalibration(CalibrationChoice::File("/t/text.txt".into())),
        QuantizeCommand::SetGoal(Goal::Balanced),
    ] {
        let effects = apply(&mut state, command);
        assert!(effects.iter().any(is_estimate), "{effects:?}");
        assert_eq!(state.quantize.estimate, None);
    }
    assert_eq!(state.pending.jobs().filter(|(_, purpose)| **purpose == Purpose::Estimate).count(), 1);
    look(&mut state, Event::Estimated(estimate()));
    assert_eq!(state.quantize.estimate, Some(estimate()));
    let mut window = window_with_advice();
    assert!(window.sees("Estimating…"));
    window.tell(Lane::Inspect, Event::Estimated(estimate()));
    assert!(window.sees("Takes about 1 min and up to 840 MB of memory"));
}

#[test]
fn chats_are_read_before_the_run_and_kept_nowhere_else() {
    let mut state = state_with_advice();
    apply(&mut state, QuantizeCommand::SetCalibration(CalibrationChoice::Chats(vec![ChatId(3), ChatId(5)])));
    let effects = apply(&mut state, QuantizeCommand::Start);
    assert_eq!(stored(&effects), [&StoreCommand::ReadTexts(vec![ChatId(3), ChatId(5)])]);
    assert!(state.quantize.run.is_none() && asked(&effects).is_empty());
    let texts = vec!["a secret".to_owned(), "more".to_owned()];
    let effects = absorb(&mut state, JobEvent::Store(StoreEvent::Texts(texts.clone())), 0.0);
    assert!(matches!(asked(&effects)[..], [Ask::Quantize(_)]), "{effects:?}");
    assert_eq!(request(&state).calibration, Calibration::Texts(texts));
    let kept = serde_json::to_string(&state.settings).unwrap();
    assert!(kept.contains("Tiny-1B-int4.gguf") && !kept.contains("secret"), "{kept}");
    // Chats that say nothing begin nothing.
    let mut state = state_with_advice();
    apply(&mut state, QuantizeCommand::SetCalibration(CalibrationChoice::Chats(vec![ChatId(3)])));
    apply(&mut state, QuantizeCommand::Start);
    let effects = absorb(&mut state, JobEvent::Store(StoreEvent::Texts(Vec::new())), 0.0);
    assert!(asked(&effects).is_empty() && state.quantize.run.is_none());
    assert!(matches!(state.notices.open.last().unwrap().topic, NoticeTopic::CannotQuantize(_)));
}

#[test]
fn a_paused_run_goes_on_with_the_same_request_also_after_a_restart() {
    let mut window = window_with_advice();
    window.send(QuantizeCommand::Start);
    let first = window.last_asked().unwrap();
    window.tell(Lane::Quantize, Event::Progress(Progress::new("blk.0", 1, 4)));
    window.harness.get_all_by_role_and_label(Role::Button, "Pause").next().unwrap().click();
    window.run();
    assert_eq!(window.script.borrow().cancelled.last(), Some(&Lane::Quantize));
    window.tell(Lane::Quantize, Event::Cancelled);
    assert!(window.sees("Tiny 1B → Q4_K_M") && window.sees("Paused"), "it is shown as paused");
    window.click("Resume");
    assert_eq!(window.last_asked().unwrap(), first);
    // The program ends with the run.
    let settings: Settings =
        serde_json::from_str(&serde_json::to_string(&window.state().settings).unwrap()).unwrap();
    let mut window = Window::open_with(settings);
    window.send(ViewCommand::Show(Screen::Models));
    assert!(window.sees("Paused"));
    window.click("Resume");
    assert_eq!(window.last_asked().unwrap(), first);
    window.tell(Lane::Quantize, Event::Quantized(quantized("/home/models/Tiny-1B-int4.gguf".as_ref())));
    assert!(window.state().settings.unfinished.is_empty());
}

#[test]
fn a_discarded_run_is_forgotten_and_its_remains_are_deleted() {
    let mut window = window_with_advice();
    window.send(QuantizeCommand::Start);
    let target = request(window.state()).target.clone();
    window.send(QuantizeCommand::Discard(target.clone()));
    assert_eq!(window.state().settings.unfinished.len(), 1, "not while it runs");
    window.send(QuantizeCommand::Pause);
    window.tell(Lane::Quantize, Event::Cancelled);
    window.click("Discard");
    assert_eq!(window.last_asked().unwrap(), (Lane::Library, Ask::DiscardUnfinished { target }));
    assert!(window.state().settings.unfinished.is_empty() && !window.sees("Paused"));
}

#[test]
fn a_run_that_failed_is_not_resumed_and_one_whose_process_died_is() {
    let mut state = state_with_advice();
    apply(&mut state, QuantizeCommand::Start);
    let death = parts::death(&state, Lane::Quantize, nibble::jobs::Death::default());
    absorb(&mut state, death, 0.0);
    assert_eq!(state.settings.unfinished.len(), 1);
    apply(&mut state, QuantizeCommand::Start);
    tell(&mut state, Lane::Quantize, Event::Failed(Failure { message: "no".into(), details: Vec::new() }));
    assert!(state.settings.unfinished.is_empty());
}

#[test]
fn the_curve_is_measured_when_asked_and_a_click_on_it_chooses_a_size() {
    let mut window = window_with_advice();
    window.tell(Lane::Inspect, Event::Estimated(estimate()));
    assert!(!window.sees("Measure size and quality"), "a newcomer is not asked");
    window.click("What matters most: Best that fits");
    window.tell(Lane::Inspect, Event::Estimated(estimate()));
    assert!(window.sees("Takes about 10 min"));
    window.press("Measure size and quality");
    let Some((Lane::Quantize, Ask::Curve(request))) = window.last_asked() else { panic!("not asked") };
    assert_eq!(request.source.to_str(), Some("/m/a"));
    window.tell(Lane::Quantize, Event::Progress(Progress::new("blk.0", 1, 4)));
    assert!(window.sees("Measuring size and quality"));
    // The lane has one job at a time.
    window.send(QuantizeCommand::Start);
    assert!(window.state().quantize.run.is_none());
    window.tell(Lane::Quantize, Event::Curve(Box::new(curve())));
    assert!(window.state().quantize.curve_of("/m/a".as_ref()).is_some());
    let before = window.state().quantize.choice.budget;
    let plot = "Size and quality: Best mix: 400 MB, KL 0.90; Best mix: 1.32 GB, KL 0.0024";
    assert!(window.sees(plot), "no {plot}");
    window.harness.get_by_role_and_label(Role::Image, plot).scroll_to_me();
    window.run();
    window.harness.get_by_role_and_label(Role::Image, plot).click();
    window.run();
    let budget = window.state().quantize.choice.budget.unwrap();
    assert_ne!(Some(budget), before);
    let file = budget.file_bytes(&advice()).unwrap();
    let is_point = |bytes: u64| curve().points.iter().any(|point| point.bytes.abs_diff(bytes) <= 2);
    assert!(is_point(file) && budget.kind == LimitKind::Memory, "{budget:?}");
}

#[test]
fn a_curve_that_fails_says_so() {
    let mut state = state_with_advice();
    apply(&mut state, QuantizeCommand::MeasureCurve);
    tell(&mut state, Lane::Quantize, Event::Failed(Failure { message: "no".into(), details: Vec::new() }));
    assert!(state.quantize.curve_run.is_none());
    assert!(matches!(state.notices.open.last().unwrap().topic, NoticeTopic::CannotMeasureCurve(_)));
    apply(&mut state, QuantizeCommand::MeasureCurve);
    apply(&mut state, QuantizeCommand::CancelCurve);
    tell(&mut state, Lane::Quantize, Event::Cancelled);
    assert!(state.quantize.curve_run.is_none() && state.quantize.curves.is_empty());
}

#[test]
fn advanced_has_a_line_for_each_method_and_asks_for_text_only_where_it_counts() {
    let mut window = window_with_advice();
    assert!(!window.sees("Calibration text"));
    window.press("Advanced");
    assert!(window.sees("Fastest; needs no text"));
    assert!(window.sees("This method needs no text"));
    let needs_text = methods::ALL.iter().find(|method| method.needs() != Needs::Nothing).unwrap();
    window.send(QuantizeCommand::SetMethod(*needs_text));
    assert!(window.sees("Shows which weights matter. It never leaves this computer."));
    window.press("Calibration text: My chats");
    assert_eq!(window.state().quantize.choice.calibration, CalibrationChoice::Chats(Vec::new()));
    assert!(window.sees("There are no saved chats yet"));
}

#[test]
fn models_are_compared_and_each_leads_to_its_report() {
    let mut window = Window::open();
    window.send(ViewCommand::Show(Screen::Compare));
    fill(&mut window, Screen::Compare);
    let row = "Models to compare: tiny-int4, 750 MB, 4.84, 0.061, 0.11, 98.6%, 8.20";
    assert!(window.sees(row), "no {row}");
    assert!(window.sees("other: other vocabulary"), "what could not be measured says why");
    assert!(window.sees("tiny-int4: 750 MB, KL 0.061"), "the plot is told in words");
    window.harness.get_by_label_contains(row).click_accesskit();
    window.run();
    assert_eq!(window.state().screen, Screen::Quality);
    assert_eq!(window.state().quality.shown.as_deref(), Some("/models/tiny-int4.gguf".as_ref()));
}

#[test]
fn a_comparison_is_cancelled_and_begins_only_with_something_to_compare() {
    let mut state = state_with_advice();
    assert_eq!(apply(&mut state, CompareCommand::Start), []);
    apply(&mut state, CompareCommand::SetOriginal("/m/a".into()));
    apply(&mut state, CompareCommand::Toggle("/m/a".into()));
    assert!(state.compare.chosen.is_empty(), "the original is not compared with itself");
    apply(&mut state, CompareCommand::Toggle("/m/b.gguf".into()));
    let effects = apply(&mut state, CompareCommand::Start);
    let [Ask::Compare(request)] = asked(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((request.original.to_str(), request.models.len()), (Some("/m/a"), 1));
    let progress = Progress::new("b", 1, 2).at(Stage::Measure(MeasureStage::ReadModel));
    tell(&mut state, Lane::Quantize, Event::Progress(progress));
    assert!(state.compare.run.as_ref().unwrap().fraction() > 0.5);
    apply(&mut state, CompareCommand::Cancel);
    tell(&mut state, Lane::Quantize, Event::Cancelled);
    assert!(state.compare.run.is_none() && state.compare.report.is_none());
}

#[test]
fn what_was_compared_is_known_as_quality_too() {
    let mut state = state_with_advice();
    apply(&mut state, CompareCommand::SetOriginal("/cache/some/tiny".into()));
    apply(&mut state, CompareCommand::Toggle("/models/tiny-int4.gguf".into()));
    apply(&mut state, CompareCommand::Start);
    tell(&mut state, Lane::Quantize, Event::Compared(Box::new(compared())));
    assert_eq!(state.quality.reports.len(), 3);
    let notice = state.notices.open.last().unwrap();
    assert_eq!(notice.topic, NoticeTopic::Compared { count: 4 });
    let step = notice.next_step.clone().unwrap();
    apply(&mut state, step);
    assert_eq!(state.screen, Screen::Compare);
    // From one model all others of its original are offered.
    state.compare = nibble::state::Compare::default();
    apply(&mut state, CompareCommand::With("/models/tiny-int4.gguf".into()));
    assert_eq!(state.compare.original.as_deref(), Some("/cache/some/tiny".as_ref()));
    assert!(state.compare.is_chosen("/models/tiny-int4.gguf".as_ref()));
}
