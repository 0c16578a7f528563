//! Runs commands, keeping the loaded model between them: what the worker process is.

use super::generate::{Chat, context_or_default};
use super::load::{LoadOptions, load_opened};
use super::protocol::{AdviseRequest, Command, Event, LoadReport, LoadRequest, MemoryNeed, ReplyReport};
use super::{Error, describe, download, fetch, inspect, measure, quantize, search};
use crate::backend::RunOptions;
use crate::fit::{Setting, advise_model};
use crate::hardware;
use crate::hub::{Hub, HubSettings};
use crate::library::{self, memory_speed};
use crate::models;
use crate::progress::{Cancel, Observer, Progress, Warning};
use crate::text::{Delta, MarkedText, Message};

/// The Hub as the environment says; connections are made when they are needed.
fn hub() -> Result<Hub, Error> {
    Ok(Hub::new(&HubSettings::from_environment()?)?)
}

fn advise(request: &AdviseRequest, observer: &Events<'_>) -> Result<Event, Error> {
    let model = models::open(&request.path, observer)?;
    let context = context_or_default(&model.spec()?, request.context);
    let setting = Setting::here(context, memory_speed::read_gbps());
    Ok(Event::Advised(advise_model(&model, &setting)?))
}

/// Sends one event.
type Send<'a> = &'a (dyn Fn(Event) + Sync);

/// What lives from command to command: the model that was loaded last.
#[derive(Default)]
pub struct Engine {
    chat: Option<Chat>,
}

/// Turns what a job observes into events.
struct Events<'a>(Send<'a>);

impl Observer for Events<'_> {
    fn progress(&self, progress: Progress) {
        (self.0)(Event::Progress(progress));
    }

    fn warn(&self, warning: Warning) {
        (self.0)(Event::Warning(warning));
    }
}

impl Engine {
    /// Runs `command`, sending what it tells and, last, how it ended.
    pub fn run(&mut self, command: Command, send: Send<'_>, cancel: &Cancel) {
        let end = self.end_of(command, send, cancel).unwrap_or_else(|error| {
            if error.is_cancelled() { Event::Cancelled } else { Event::Failed(error.to_failure()) }
        });
        send(end);
    }

    fn end_of(&mut self, command: Command, send: Send<'_>, cancel: &Cancel) -> Result<Event, Error> {
        let observer = Events(send);
        match command {
            Command::Inspect { path } => Ok(Event::Inspected(inspect(&path, &observer)?)),
            Command::Quantize(request) => Ok(Event::Quantized(quantize(&request, &observer, cancel)?)),
            Command::Measure(request) => Ok(Event::Measured(Box::new(measure(&request, &observer, cancel)?))),
            Command::Load(request) => self.load(&request, &observer, cancel),
            Command::Chat(request) => {
                let chat = self.chat.as_mut().ok_or(Error::NothingLoaded)?;
                let thinks = |last: &Message| last.content().is_empty() && !last.reasoning().is_empty();
                let mut marked = match request.messages.last() {
                    Some(last) if thinks(last) => MarkedText::in_reasoning(),
                    _ => MarkedText::default(),
                };
                let mut show = |delta: Delta| {
                    let mut text = String::new();
                    marked.push(&delta, &mut text);
                    send(Event::Text(text));
                };
                let turn = chat.reply(&request.messages, &request.options, &mut show, &observer, cancel)?;
                Ok(Event::Replied(ReplyReport::from(&turn)))
            }
            Command::Count(texts) => {
                let chat = self.chat.as_ref().ok_or(Error::NothingLoaded)?;
                Ok(Event::Counted(chat.count(&texts)?))
            }
            Command::Unload => {
                self.chat = None;
                Ok(Event::Unloaded)
            }
            Command::Advise(request) => advise(&request, &observer),
            Command::Search(request) => Ok(Event::Found(search(&hub()?, &request, cancel)?)),
            Command::Describe(request) => {
                let setting = Setting::here(request.context, memory_speed::read_gbps());
                Ok(Event::Described(Box::new(describe(&hub()?, &request, &setting, cancel)?)))
            }
            Command::Download(request) => {
                Ok(Event::Downloaded(download(&hub()?, &request, &observer, cancel)?))
            }
            Command::Fetch(request) => {
                let enter = |stage| send(Event::Stage(stage));
                Ok(Event::Fetched(fetch(&hub()?, &request, &enter, &observer, cancel)?))
            }
            Command::Library => Ok(Event::Listed(library::list()?)),
            Command::Remove { name } => Ok(Event::Removed(library::remove(&name)?)),
            Command::Discard { repo } => Ok(Event::Removed(library::discard(&repo)?)),
            Command::Verify { name } => Ok(Event::Verified(library::verify(&name, &observer, cancel)?)),
            Command::Cancel => Ok(Event::Cancelled),
        }
    }

    fn load(
        &mut self,
        request: &LoadRequest,
        observer: &Events<'_>,
        cancel: &Cancel,
    ) -> Result<Event, Error> {
        // The memory of the model before must be free before the next one takes its own.
        self.chat = None;
        let model = models::open(&request.path, observer)?;
        let spec = model.spec()?;
        let context = context_or_default(&spec, request.context);
        let threads = request.threads.unwrap_or_else(hardware::physical_cores);
        let run = RunOptions { cache: request.cache, ..RunOptions::new(threads) };
        let setting = Setting { run, ..Setting::here(context, None) };
        let need = MemoryNeed::of(&model, &spec, &setting)?;
        if !need.fits() && !request.anyway {
            return Ok(Event::TooLarge(need));
        }
        let options = LoadOptions { run, ..LoadOptions::default() };
        let model = load_opened(&model, &options, observer, cancel)?;
        library::note_use(&request.path);
        let chat = self.chat.insert(Chat::new(model, request.context, observer)?);
        Ok(Event::Loaded(LoadReport {
            path: request.path.clone(),
            name: chat.model().name.clone(),
            context: chat.context(),
            weights_bytes: chat.model().decoder.weights_bytes(),
            seconds: chat.model().seconds,
        }))
    }
}
