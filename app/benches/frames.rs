//! CPU time of one frame of the whole window while a reply streams into a long chat: taking in events, drawing, and turning
//! shapes into triangles, in an egui context of 1200 x 800 points without a display.
//!
//! ```text
//! cargo bench --workspace --bench frames
//! ```
//! One line per length of the chat and per thing a person does meanwhile: at rest, at the newest message while the reply
//! grows, and scrolling through what was said before while it grows. Frames follow each other without a pause; a frame
//! stands for a sixtieth of a second, so a token comes every 0.6 frames.

#![allow(clippy::print_stdout, reason = "a bench prints its results")]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Duration;

use egui::{Context, Event as Input, Pos2, RawInput, Rect, Vec2};
use nibble::app::App;
use nibble::command::{ChatCommand, ChatsCommand, ModelCommand};
use nibble::jobs::{Engine, JobEvent, Lane};
use nibble::platform::settings_file::Loaded;
use nibble::state::{ChatHead, ChatId, ChatMessage, MessageId, Outcome, Places, Purpose, Settings};
use nibble::store::StoreEvent;
use nibble::theme;
use nibble_engine::jobs::{Ask, Delta, Event, JobId, LoadReport, ModelId, Request, Role};

const SIZE: Vec2 = Vec2::new(1200.0, 800.0);
const FRAMES_PER_SECOND: f64 = 60.0;
const TOKENS_PER_SECOND: f64 = 100.0;
/// Length of the reply that grows, in tokens.
const TOKENS: usize = 2000;
/// Frames before measuring, in which what is in sight is laid out for the first time.
const WARM_UP: usize = 60;

/// What goes on while frames are measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scene {
    Rest,
    Streaming,
    Scrolling,
}

impl Scene {
    fn name(self) -> &'static str {
        match self {
            Self::Rest => "at rest",
            Self::Streaming => "reply growing",
            Self::Scrolling => "growing, scrolled",
        }
    }
}

fn main() {
    // Without `--bench` this is a test of whether it runs.
    let brief = !std::env::args().any(|argument| argument == "--bench");
    let lengths: &[usize] = if brief { &[50] } else { &[500, 5000] };
    for scene in [Scene::Rest, Scene::Streaming, Scene::Scrolling] {
        for &n_messages in lengths {
            let mut window = Window::open(n_messages);
            let frames = window.play(scene, if brief { 20 } else { TOKENS });
            report(scene, n_messages, frames);
        }
    }
}

fn report(scene: Scene, n_messages: usize, mut frames: Vec<Duration>) {
    frames.sort_unstable();
    let at = |share: f64| frames[((frames.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!(
        "{:18} {n_messages:5} messages {:5} frames: median {:6.3} ms, 99 % {:6.3} ms, longest {:6.3} ms",
        scene.name(),
        frames.len(),
        at(0.5),
        at(0.99),
        at(1.0),
    );
}

/// The window on an engine that says what it is told to say.
struct Window {
    ctx: Context,
    app: App,
    told: Rc<RefCell<VecDeque<JobEvent>>>,
    frame: u32,
}

struct Scripted(Rc<RefCell<VecDeque<JobEvent>>>);

impl Engine for Scripted {
    fn ask(&mut self, _lane: Lane, request: Request) {
        let id = request.id;
        if let Ask::Load(request) = request.ask {
            let report = LoadReport {
                model: ModelId(1),
                path: request.path,
                name: "Model".into(),
                context: 131_072,
                weights_bytes: 1,
                seconds: 0.1,
            };
            self.0.borrow_mut().push_back(JobEvent::Engine { id, event: Event::Loaded(report) });
        }
    }

    fn cancel(&mut self, _id: JobId) {}

    fn collect(&mut self, budget: usize) -> Vec<JobEvent> {
        let told = &mut self.0.borrow_mut();
        let n = told.len().min(budget);
        told.drain(..n).collect()
    }
}

impl Window {
    /// A window that shows a chat of this many messages and has a model loaded.
    fn open(n_messages: usize) -> Self {
        let ctx = Context::default();
        theme::install_fonts(&ctx);
        let told = Rc::default();
        let places = Places { own_models: "models".into(), ..Places::default() };
        let loaded = Loaded { settings: Settings::default(), set_aside: None };
        let engine = Box::new(Scripted(Rc::clone(&told)));
        let app = App::new(&ctx, loaded, places, engine).with_tasks(Box::new(|_, _| {}));
        let mut window = Self { ctx, app, told, frame: 0 };
        let (head, messages) = history(n_messages);
        let id = head.id;
        let commands = window.app.commands().clone();
        let newest = messages.len() as u64 + 1;
        let opened = StoreEvent::Opened { chats: vec![head], newest, set_aside: None };
        commands.report(JobEvent::Store(opened));
        commands.send(ModelCommand::ChatWith("models/model.gguf".into()));
        commands.send(ChatsCommand::Open(id));
        commands.report(JobEvent::Store(StoreEvent::Messages(id, messages)));
        for _ in 0..WARM_UP {
            window.frame(Vec::new());
        }
        window
    }

    /// The times of the frames of a scene, in order.
    fn play(&mut self, scene: Scene, n_tokens: usize) -> Vec<Duration> {
        let n_frames = (n_tokens as f64 * FRAMES_PER_SECOND / TOKENS_PER_SECOND) as usize;
        if scene != Scene::Rest {
            self.app.commands().send(ChatCommand::Send("Tell me more.".into()));
            self.frame(Vec::new());
        }
        let reply = tokens(n_tokens);
        let job = self.app.state().pending.find(|purpose| matches!(purpose, Purpose::Reply { .. }));
        let mut said = 0;
        let mut times = Vec::with_capacity(n_frames);
        for frame in 0..n_frames {
            let due = (frame + 1) as f64 * TOKENS_PER_SECOND / FRAMES_PER_SECOND;
            while scene != Scene::Rest && said < (due as usize).min(reply.len()) {
                let event = Event::Delta(Delta::Content(reply[said].clone()));
                let id = job.expect("a reply was requested");
                self.told.borrow_mut().push_back(JobEvent::Engine { id, event });
                said += 1;
            }
            let input = if scene == Scene::Scrolling { wheel(40.0) } else { Vec::new() };
            times.push(self.frame(input));
        }
        let last = self.app.state().chats.current().and_then(|chat| chat.messages.last());
        assert_eq!(last.map(|last| last.outcome == Outcome::Growing), Some(scene != Scene::Rest));
        times
    }

    /// The CPU time that one frame takes.
    fn frame(&mut self, events: Vec<Input>) -> Duration {
        self.frame += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(f64::from(self.frame) / FRAMES_PER_SECOND),
            events,
            ..RawInput::default()
        };
        let begun = cpu_time();
        let app = &mut self.app;
        let mut output = self.ctx.run_ui(input, |ui| {
            app.step(&ui.ctx().clone());
            app.draw(ui);
        });
        let shapes = std::mem::take(&mut output.shapes);
        let triangles = self.ctx.tessellate(shapes, output.pixels_per_point);
        let spent = cpu_time().saturating_sub(begun);
        assert!(!triangles.is_empty());
        output.drop_without_applying_deltas();
        spent
    }
}

/// The wheel turned over the middle of the window, by so many points upwards.
fn wheel(points: f32) -> Vec<Input> {
    vec![
        Input::PointerMoved(Pos2::new(SIZE.x * 0.6, SIZE.y * 0.4)),
        Input::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: Vec2::new(0.0, points),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: egui::Modifiers::NONE,
        },
    ]
}

/// CPU time of this thread; where the system does not count it, the time of day.
fn cpu_time() -> Duration {
    #[cfg(unix)]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
    }
    #[cfg(not(unix))]
    {
        static START: std::sync::LazyLock<std::time::Instant> =
            std::sync::LazyLock::new(std::time::Instant::now);
        START.elapsed()
    }
}

/// A chat of questions and answers in turn, no two alike.
fn history(n_messages: usize) -> (ChatHead, Vec<ChatMessage>) {
    let messages: Vec<ChatMessage> = (1..=n_messages as u64)
        .map(|n| {
            let is_question = n % 2 == 1;
            ChatMessage {
                id: MessageId(n),
                parent: (n > 1).then(|| MessageId(n - 1)),
                role: if is_question { Role::User } else { Role::Assistant },
                text: if is_question { question(n) } else { answer(n) },
                reasoning: String::new(),
                files: Vec::new(),
                outcome: Outcome::Written,
                created: 1_700_000_000 + n as i64,
                model: if is_question { String::new() } else { "Model".into() },
            }
        })
        .collect();
    let head = ChatHead {
        id: ChatId(n_messages as u64 + 1),
        title: "A long chat".into(),
        created: 1_700_000_000,
        updated: 1_700_000_000,
        pinned: false,
        archived: false,
        folder: String::new(),
        draft: String::new(),
        options: None,
        leaf: messages.last().map(|last| last.id),
        model: None,
    };
    (head, messages)
}

fn question(n: u64) -> String {
    format!(
        "Question {n}: how do I sort a list of {} entries by their second field, and what does it cost?",
        n * 7
    )
}

/// Markdown of every kind.
fn answer(n: u64) -> String {
    let mut text = format!(
        "## Answer {n}\n\nSorting by a **key** takes `O(n log n)` comparisons; with {n} entries that is *little*. See \
         [the manual](https://example.org/{n}) for the details of what is kept in order and what is not.\n\n"
    );
    for step in 1..=4 {
        let _ =
            writeln!(text, "{step}. Step {step} of {n}: take the second field, **compare**, and move on.");
    }
    let _ = write!(
        text,
        "\n```rust\n/// Entry {n}.\nfn sort_{n}(entries: &mut [(u32, String)]) {{\n    let limit = {n};\n    \
         entries.sort_by(|a, b| a.1.cmp(&b.1)); // stable\n    entries.truncate(limit);\n}}\n```\n\n\
         | size | time | memory |\n|---|---|---|\n| {n} | 1 ms | 4 kB |\n| {} | 12 ms | 40 kB |\n\n\
         > What is equal stays in its order, as in {n} earlier cases.\n",
        n * 10
    );
    text
}

/// A reply cut into tokens of four characters.
fn tokens(n_tokens: usize) -> Vec<String> {
    let mut letters = String::new();
    let mut n = 1_000_000;
    while letters.len() < n_tokens * 4 {
        letters += &answer(n);
        n += 1;
    }
    let letters: Vec<char> = letters.chars().collect();
    letters.chunks(4).take(n_tokens).map(|piece| piece.iter().collect()).collect()
}
