//! Where state, engine and screens meet: events in, then drawing; nothing here waits.

use std::time::{Duration, Instant};

use egui::{Context, Ui};

use crate::command::{DownloadsCommand, LibraryCommand, SettingsCommand};
use crate::inbox::{CommandSender, Inbound};
use crate::jobs::{Engine, Saver, StoreThread, Task, run_task};
use crate::platform::clock;
use crate::platform::settings_file::Loaded;
use crate::screens::{self, Forms};
use crate::state::{Language, NoticeKind, NoticeTopic, Places, Settings, State, TextSize, ThemeChoice};
use crate::text::{diagnostics, labels, notices};
use crate::theme;
use crate::update::{Effect, close_old_notices, idle_in, take_in, tick, unload_idle, worker_env};

/// Events taken in per frame; more wait for the next.
const EVENTS_PER_FRAME: usize = 512;

/// Longest time spent on taking events in per frame.
const TIME_PER_FRAME: Duration = Duration::from_millis(8);

/// How background tasks are run; tests watch them instead.
pub type RunTask = Box<dyn FnMut(Task, &CommandSender)>;

/// The application: its state and everything that eframe calls.
pub struct App {
    state: State,
    forms: Forms,
    commands: CommandSender,
    engine: Box<dyn Engine>,
    run_task: RunTask,
    /// Keeps the settings; `None` where nothing is to be kept.
    saver: Option<Saver>,
    store: Option<StoreThread>,
    /// Seconds since the start.
    time: Box<dyn Fn() -> f64>,
    looks: Option<(ThemeChoice, TextSize, bool)>,
    is_drawn: bool,
}

impl App {
    /// An application with these settings and folders on this engine.
    pub fn new(ctx: &Context, loaded: Loaded, places: Places, mut engine: Box<dyn Engine>) -> Self {
        let started = Instant::now();
        let wake = ctx.clone();
        let commands = CommandSender::new(move || wake.request_repaint());
        let mut state = State::new(loaded.settings, places);
        tick(&mut state, clock::now());
        if let Some((kept_as, reason)) = loaded.set_aside {
            let topic = NoticeTopic::SettingsSetAside { kept_as, reason };
            state.notices.show(NoticeKind::Problem, topic, None);
        }
        commands.send(LibraryCommand::Refresh);
        commands.send(DownloadsCommand::ContinueEarlier);
        commands.send(SettingsCommand::LookForToken);
        engine.set_env(worker_env(&state));
        Self {
            state,
            forms: Forms::default(),
            saver: Some(Saver::new(commands.clone())),
            store: None,
            commands,
            engine,
            run_task: Box::new(run_task),
            time: Box::new(move || started.elapsed().as_secs_f64()),
            looks: None,
            is_drawn: false,
        }
    }

    /// The same, with another way to run background tasks.
    #[must_use]
    pub fn with_tasks(mut self, run_task: RunTask) -> Self {
        self.run_task = run_task;
        self
    }

    /// The same, keeping no settings.
    #[must_use]
    pub fn without_saving(mut self) -> Self {
        self.saver = None;
        self
    }

    /// The same, by another clock, which tests hold still.
    #[must_use]
    pub fn with_time(mut self, time: Box<dyn Fn() -> f64>) -> Self {
        self.time = time;
        self
    }

    /// The same, on a system of this language.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.state.system_language = language;
        self
    }

    /// The same, on a system that asks for nothing to move.
    #[must_use]
    pub fn with_stillness(mut self, system_is_still: bool) -> Self {
        self.state.system_is_still = system_is_still;
        self
    }

    /// The same, keeping chats in the file that the folders name; without this they last as long as the window.
    #[must_use]
    pub fn with_store(mut self) -> Self {
        self.store = Some(StoreThread::start(self.state.places.chats_file.clone(), &self.commands));
        self
    }

    /// The current state of the window.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Where commands are put.
    pub fn commands(&self) -> &CommandSender {
        &self.commands
    }

    /// Draws the whole window.
    pub fn draw(&mut self, ui: &mut Ui) {
        screens::show(ui, &self.state, &mut self.forms, &self.commands);
        if !std::mem::replace(&mut self.is_drawn, true) {
            tracing::info!("first frame");
        }
    }

    /// Takes in commands and events; runs before drawing, also while the window is hidden.
    pub fn step(&mut self, ctx: &Context) {
        self.take_in_all(ctx);
        self.apply_looks(ctx);
    }

    fn take_in_all(&mut self, ctx: &Context) {
        let begun = Instant::now();
        tick(&mut self.state, clock::now());
        self.state.focused = ctx.input(|input| input.focused);
        if let Some(store) = &mut self.store {
            store.hand_over();
        }
        let mut inbound = self.commands.take();
        inbound.extend(self.engine.collect(EVENTS_PER_FRAME).into_iter().map(Inbound::Job));
        let now = (self.time)();
        for one in inbound {
            for effect in take_in(&mut self.state, one, now) {
                self.perform(ctx, effect);
            }
        }
        let mut effects = unload_idle(&mut self.state);
        effects.extend(close_old_notices(&mut self.state, now));
        for effect in effects {
            self.perform(ctx, effect);
        }
        if let Some(seconds) = self.state.notices.next_over(now) {
            ctx.request_repaint_after(Duration::from_secs_f64(seconds));
        }
        if let Some(time) = idle_in(&self.state) {
            ctx.request_repaint_after(time);
        }
        if begun.elapsed() > TIME_PER_FRAME {
            tracing::debug!(elapsed = ?begun.elapsed(), "taking in events took long");
        }
    }

    fn perform(&mut self, ctx: &Context, effect: Effect) {
        match effect {
            Effect::Ask(lane, request) => self.engine.ask(lane, request),
            Effect::Cancel(id) => self.engine.cancel(id),
            Effect::Task(task) => (self.run_task)(task, &self.commands),
            Effect::Save(settings) => {
                if let Some(saver) = &mut self.saver {
                    saver.save(self.state.places.settings_file.clone(), *settings);
                }
            }
            Effect::Copy(text) => ctx.copy_text(text),
            Effect::CopyDiagnostics => ctx.copy_text(diagnostics::write(&self.state)),
            Effect::Notify(topic) => {
                let words = notices::wording(&topic).sentence;
                let task = Task::Notify { title: labels::product().to_owned(), words };
                (self.run_task)(task, &self.commands);
            }
            Effect::SetEnv(worker_env) => self.engine.set_env(worker_env),
            Effect::Store(command) => {
                if let Some(store) = &mut self.store {
                    store.give(command);
                }
            }
        }
    }

    fn apply_looks(&mut self, ctx: &Context) {
        let Settings { theme, text_size, .. } = self.state.settings;
        let looks = (theme, text_size, self.state.is_still());
        if self.looks.replace(looks) != Some(looks) {
            theme::apply(ctx, theme, text_size, self.state.is_still());
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.step(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some(saver) = &mut self.saver {
            saver.finish();
        }
        if let Some(store) = &mut self.store {
            store.finish();
        }
    }
}
