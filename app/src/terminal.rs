//! Chatting in the terminal, where there is no display: plain lines in, plain text out, on the window's own engine.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use nibble_engine::base::causes::sentence;
use nibble_engine::jobs::{
    Ask, ChatRequest, Delta, Event, GenerateOptions, JobId, LoadReport, LoadRequest, Message, ModelId,
    QuantizeRequest, ReplyReport, Request, SessionId,
};
use nibble_engine::library::starter;
use nibble_engine::text::MarkedText;

use crate::jobs::{Engine, JobEvent, Lane, WorkerEnv, WorkerProgram, Workers};
use crate::state::{Places, Settings};
use crate::text::{self, labels, notices};

/// How long to wait before looking whether the engine's process still lives.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A conversation in the terminal.
struct Terminal {
    engine: Workers,
    woken: Receiver<()>,
    messages: Vec<Message>,
    options: GenerateOptions,
    /// Jobs asked so far, the last of which has this number.
    n_jobs: u64,
}

/// Chats with `model`, or the one used last, or the one that comes with the program, which is quantized first. Where nobody
/// types, the starter's first example question is asked.
pub fn chat(settings: &Settings, places: &Places, model: Option<PathBuf>) -> ExitCode {
    match try_chat(settings, places, model) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say_aside(&reason);
            ExitCode::FAILURE
        }
    }
}

/// The same; a failure is a sentence.
fn try_chat(settings: &Settings, places: &Places, model: Option<PathBuf>) -> Result<(), String> {
    let chosen = choose(settings, places, model);
    let is_starter = chosen.as_deref().is_none_or(starter::is_starter);
    let mut terminal = Terminal::new(settings, is_starter)?;
    let path = match chosen {
        Some(path) => path,
        None => terminal.make_starter(settings, places)?,
    };
    let LoadReport { name, model, .. } = terminal.load(&path, settings)?;
    say_aside(&format!("{name}. {}", labels::terminal_how()));
    if !io::stdin().is_terminal() {
        let question = if is_starter { starter::EXAMPLE_QUESTIONS[0] } else { labels::terminal_question() };
        say(&format!("> {question}\n"));
        let report = terminal.ask(model, question.to_owned())?;
        say_aside(&figures(&report));
        return Ok(());
    }
    loop {
        say("> ");
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) => return Ok(()),
            Ok(_) if line.trim().is_empty() => {}
            Ok(_) => {
                let report = terminal.ask(model, line.trim().to_owned())?;
                say_aside(&figures(&report));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// The model to chat with: the one named, the one used last, a made one.
fn choose(settings: &Settings, places: &Places, named: Option<PathBuf>) -> Option<PathBuf> {
    let last = settings.last_model.clone().filter(|path| path.exists());
    named.or(last).or_else(|| first_made(&places.models))
}

/// The first GGUF file, by name, in the folder of quantized models.
fn first_made(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_gguf = |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
    files.filter(is_gguf).min()
}

impl Terminal {
    fn new(settings: &Settings, is_starter: bool) -> Result<Self, String> {
        let (wake, woken) = sync_channel(1);
        let program = WorkerProgram::engine().map_err(|error| sentence(&error))?;
        let env = WorkerEnv {
            offline: settings.offline,
            models: settings.models_folder.clone(),
            ..WorkerEnv::default()
        };
        let program = WorkerProgram { env, ..program };
        let engine = Workers::new(program, move |_| {
            // A full queue means that the terminal will look anyway.
            let _ = wake.try_send(());
        });
        let system = settings.replies.system_prompt.trim();
        let messages = if system.is_empty() { Vec::new() } else { vec![Message::system(system)] };
        let options = GenerateOptions {
            temperature: if is_starter { 0.0 } else { settings.replies.generate.temperature },
            max_tokens: settings.replies.generate.max_tokens,
            ..GenerateOptions::default()
        };
        Ok(Self { engine, woken, messages, options, n_jobs: 0 })
    }

    /// Quantizes the starter to the chosen precision, unless that was done before, and gives the file.
    fn make_starter(&mut self, settings: &Settings, places: &Places) -> Result<PathBuf, String> {
        let target = places.models.join(starter::file_name(settings.precision.short_name()));
        if starter::is_made(&target) {
            return Ok(target);
        }
        let source = starter::folder().map_err(|error| sentence(&error))?;
        let request = QuantizeRequest {
            threads: settings.threads,
            ..QuantizeRequest::new(source, target.clone(), settings.precision)
        };
        match self.run(Ask::Quantize(request), |_| {})? {
            Event::Quantized(report) => {
                say_aside(&notices::quantized(starter::TITLE, &report));
                Ok(target)
            }
            _ => Err(labels::terminal_broke_off().to_owned()),
        }
    }

    /// Loads a model.
    fn load(&mut self, path: &Path, settings: &Settings) -> Result<LoadReport, String> {
        let request = LoadRequest {
            path: path.to_owned(),
            context: settings.context,
            threads: settings.threads,
            cache: settings.cache,
            // There is nobody to ask, or nothing to ask with.
            anyway: true,
            alone: true,
        };
        match self.run(Ask::Load(request), |_| {})? {
            Event::Loaded(report) => Ok(report),
            _ => Err(labels::terminal_broke_off().to_owned()),
        }
    }

    /// Asks, and prints the reply as it comes.
    fn ask(&mut self, model: ModelId, question: String) -> Result<ReplyReport, String> {
        self.messages.push(Message::user(question));
        let (messages, options) = (self.messages.clone(), self.options.clone());
        let request = ChatRequest { model, session: SessionId(1), messages, options };
        let mut reply = Message::assistant("");
        let mut marked = MarkedText::default();
        let end = self.run(Ask::Chat(request), |delta| {
            let mut piece = String::new();
            marked.push(&delta, &mut piece);
            say(&piece);
            reply.push(delta);
        });
        say("\n");
        self.messages.push(reply);
        match end? {
            Event::Replied(report) => Ok(report),
            _ => Err(labels::terminal_broke_off().to_owned()),
        }
    }

    /// Runs one job to its end.
    fn run(&mut self, ask: Ask, mut on_delta: impl FnMut(Delta)) -> Result<Event, String> {
        self.n_jobs += 1;
        self.engine.ask(Lane::Chat, Request { id: JobId(self.n_jobs), ask });
        loop {
            for event in self.engine.collect(256) {
                match event {
                    JobEvent::Engine { event: Event::Delta(delta), .. } => on_delta(delta),
                    JobEvent::Engine { event: Event::Failed(failure), .. } => return Err(failure.message),
                    JobEvent::Engine { event: Event::Warning(warning), .. } => {
                        say_aside(&notices::warned(&warning));
                    }
                    JobEvent::Engine { event, .. } if event.ends_job() => return Ok(event),
                    JobEvent::Died { lane, death, .. } => return Err(notices::died(lane, death).sentence),
                    JobEvent::NotStarted { reason, .. } => return Err(reason),
                    _ => {}
                }
            }
            // Woken or not, the next round looks.
            let _ = self.woken.recv_timeout(LOOK_AGAIN);
        }
    }
}

fn figures(report: &ReplyReport) -> String {
    format!("{} · {}", text::rate(report.gen_tps), text::tokens(report.tokens))
}

/// To stdout, at once. A closed stdout is noticed at the next line read.
fn say(words: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(words.as_bytes()).and_then(|()| out.flush());
}

/// To stderr, a line.
pub fn say_aside(words: &str) {
    let _ = writeln!(io::stderr().lock(), "{words}");
}
