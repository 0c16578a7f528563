//! The whole window on a scripted engine, clicked by accessible label.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use nibble::app::App;
use nibble::command::{ChatCommand, Command, ModelCommand};
use nibble::jobs::{Engine, JobEvent, Lane, Task};
use nibble::platform::settings_file::Loaded;
use nibble::state::{Settings, State};
use nibble::theme;
use nibble_engine::jobs::{Ask, Delta, Event, JobId, Request};
use nibble_engine::session::StopReason;

use super::engine::running;
use super::painter::Painter;
use super::{loaded, places, replied, summary};

/// What was asked of the engine, and what it will tell.
#[derive(Default)]
pub struct Script {
    pub asked: Vec<(Lane, Ask)>,
    pub lanes: HashMap<JobId, Lane>,
    pub cancelled: Vec<Lane>,
    pub events: VecDeque<JobEvent>,
    pub tasks: Vec<Task>,
}

pub struct Scripted(pub Rc<RefCell<Script>>);

impl Engine for Scripted {
    fn ask(&mut self, lane: Lane, request: Request) {
        let mut script = self.0.borrow_mut();
        script.lanes.insert(request.id, lane);
        script.asked.push((lane, request.ask));
    }

    fn cancel(&mut self, id: JobId) {
        let mut script = self.0.borrow_mut();
        let lane = script.lanes[&id];
        script.cancelled.push(lane);
    }

    fn collect(&mut self, budget: usize) -> Vec<JobEvent> {
        let events = &mut self.0.borrow_mut().events;
        let n = events.len().min(budget);
        events.drain(..n).collect()
    }
}

/// The whole window on a scripted engine.
pub struct Window {
    pub harness: Harness<'static, App>,
    pub script: Rc<RefCell<Script>>,
    /// Seconds since the start, which pass only when a test says so.
    pub time: Rc<Cell<f64>>,
}

impl Window {
    pub fn open() -> Self {
        Self::open_with(Settings::default())
    }

    pub fn open_with(settings: Settings) -> Self {
        Self::open_sized(settings, [1280.0, 800.0])
    }

    /// A window of this size in points.
    pub fn open_sized(settings: Settings, size: [f32; 2]) -> Self {
        let script = Rc::<RefCell<Script>>::default();
        let time = Rc::<Cell<f64>>::default();
        let clock = Rc::clone(&time);
        let tasks = Rc::clone(&script);
        let loaded = Loaded { settings, set_aside: None };
        let engine = Box::new(Scripted(Rc::clone(&script)));
        let app = App::new(&egui::Context::default(), loaded, places(), engine)
            .without_saving()
            .with_time(Box::new(move || clock.get()))
            .with_tasks(Box::new(move |task, _| tasks.borrow_mut().tasks.push(task)));
        let harness = Harness::builder()
            .with_size(size)
            .renderer(Painter::default())
            .with_context_setup(theme::install_fonts)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.step(&ui.ctx().clone());
                    app.draw(ui);
                },
                app,
            );
        let mut window = Self { harness, script, time };
        window.run();
        window
    }

    /// Two rounds: what was clicked becomes a command, and the command a new state to draw.
    pub fn run(&mut self) {
        self.harness.run_steps(4);
    }

    pub fn state(&self) -> &State {
        self.harness.state().state()
    }

    pub fn send(&mut self, command: impl Into<Command>) {
        self.harness.state().commands().send(command);
        self.run();
    }

    pub fn tell(&mut self, lane: Lane, event: Event) {
        let id = running(self.state(), lane);
        self.script.borrow_mut().events.push_back(JobEvent::Engine { id, event });
        self.run();
    }

    /// Presses a button as a screen reader does, which reaches what lies below the edge.
    pub fn press(&mut self, label: &str) {
        self.harness.get_by_role_and_label(Role::Button, label).click_accesskit();
        self.run();
    }

    /// The same with the last button of this name.
    pub fn press_last(&mut self, label: &str) {
        let buttons = self.harness.get_all_by_role_and_label(Role::Button, label);
        buttons.last().expect("there is one").click_accesskit();
        self.run();
    }

    /// Tells of a background task.
    pub fn tell_job(&mut self, event: JobEvent) {
        self.script.borrow_mut().events.push_back(event);
        self.run();
    }

    pub fn click(&mut self, label: &str) {
        self.harness.get_by_role_and_label(Role::Button, label).click();
        self.run();
    }

    pub fn sees(&self, words: &str) -> bool {
        self.harness.query_all_by_label_contains(words).next().is_some()
    }

    pub fn write(&mut self, words: &str) {
        self.harness.get_by_role_and_label(Role::MultilineTextInput, "Message").focus();
        self.run();
        self.harness.get_by_role_and_label(Role::MultilineTextInput, "Message").type_text(words);
        self.run();
    }

    pub fn last_asked(&self) -> Option<(Lane, Ask)> {
        self.script.borrow().asked.last().cloned()
    }

    /// A message and its reply, which may begin with its reasoning between `<think>` and `</think>`.
    pub fn exchange(&mut self, question: &str, reply: &str) {
        self.send(ChatCommand::Send(question.into()));
        let marked = reply.strip_prefix("<think>").and_then(|rest| rest.split_once("</think>"));
        let answer = marked.map_or(reply, |(_, answer)| answer);
        if let Some((reasoning, _)) = marked {
            self.tell(Lane::Chat, Event::Delta(Delta::Reasoning(reasoning.into())));
        }
        self.tell(Lane::Chat, Event::Delta(Delta::Content(answer.into())));
        self.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
        if self.state().pending.titled_chat().is_some() {
            self.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
        }
    }

    pub fn with_model(mut self) -> Self {
        self.send(ModelCommand::Open("/m/a".into()));
        self.tell(Lane::Inspect, Event::Inspected(summary("/m/a")));
        self
    }

    pub fn with_talk(mut self) -> Self {
        self.send(ModelCommand::ChatWith("/m/a.gguf".into()));
        self.tell(Lane::Chat, Event::Loaded(loaded("/m/a.gguf".as_ref())));
        self
    }
}
