//! Runs requested jobs over loaded models and sessions that outlive them: the state of a worker process.

use std::sync::Arc;

use super::default_context::context_or_default;
use super::fetch::settle;
use super::generate::{ChatModel, ChatSession};
use super::hosted::Hosted;
use super::load::{LoadOptions, load_opened};
use super::load_key::LoadKey;
use super::protocol::{
    AdviseRequest, Ask, ChatRequest, Event, LoadReport, LoadRequest, MemoryNeed, ReplyReport,
};
use super::{
    Error, ModelId, compare, curve, describe, discard_unfinished, download, estimate, fetch, inspect,
    measure, quantize, search,
};
use crate::backend::RunOptions;
use crate::fit::{Setting, advise_model};
use crate::hardware;
use crate::hub::{Hub, HubSettings};
use crate::library::{self, memory_speed};
use crate::models;
use crate::progress::{Cancel, Observer, Progress, Warning};

/// Client of the Hub with the settings of the environment; connections are opened when needed.
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

/// The models and sessions of a worker, and the jobs on them; jobs may run side by side.
#[derive(Default)]
pub struct Runner {
    hosted: Hosted,
}

/// Sends the progress and warnings of a job as events.
struct Events<'a>(Send<'a>);

impl Observer for Events<'_> {
    fn progress(&self, progress: Progress) {
        (self.0)(Event::Progress(progress));
    }

    fn warn(&self, warning: Warning) {
        (self.0)(Event::Warning(warning));
    }
}

impl Runner {
    /// Runs a job, sending its events, the last of which ends it.
    pub fn run(&self, ask: Ask, send: Send<'_>, cancel: &Cancel) {
        let end = self.end_of(ask, send, cancel).unwrap_or_else(|error| {
            if error.is_cancelled() { Event::Cancelled } else { Event::Failed(error.to_failure()) }
        });
        send(end);
    }

    fn end_of(&self, ask: Ask, send: Send<'_>, cancel: &Cancel) -> Result<Event, Error> {
        let observer = Events(send);
        match ask {
            Ask::Inspect { path } => Ok(Event::Inspected(inspect(&path, &observer)?)),
            Ask::Quantize(request) => Ok(Event::Quantized(quantize(&request, &observer, cancel)?)),
            Ask::Measure(request) => Ok(Event::Measured(Box::new(measure(&request, &observer, cancel)?))),
            Ask::Compare(request) => Ok(Event::Compared(Box::new(compare(&request, &observer, cancel)?))),
            Ask::Estimate(request) => Ok(Event::Estimated(estimate(&request, &observer)?)),
            Ask::Curve(request) => Ok(Event::Curve(Box::new(curve(&request, &observer, cancel)?))),
            Ask::DiscardUnfinished { target } => {
                discard_unfinished(&target)?;
                Ok(Event::Discarded)
            }
            Ask::Load(request) => self.load(&request, &observer, cancel),
            Ask::Chat(request) => self.chat(&request, send, cancel),
            Ask::Count(request) => {
                Ok(Event::Counted(self.hosted.model(request.model)?.count(&request.texts)?))
            }
            Ask::EndSession(session) => {
                self.hosted.end(session);
                Ok(Event::SessionEnded)
            }
            Ask::Unload(model) => {
                self.hosted.unload(model, cancel)?;
                Ok(Event::Unloaded)
            }
            Ask::Advise(request) => advise(&request, &observer),
            Ask::Search(request) => Ok(Event::Found(search(&hub()?, &request, cancel)?)),
            Ask::Describe(request) => {
                let setting = Setting::here(request.context, memory_speed::read_gbps());
                Ok(Event::Described(Box::new(describe(&hub()?, &request, &setting, cancel)?)))
            }
            Ask::Download(request) => Ok(Event::Downloaded(download(&hub()?, &request, &observer, cancel)?)),
            Ask::Fetch(request) => {
                let hub = hub()?;
                let settled = settle(&hub, &request, cancel)?;
                if settled != request {
                    send(Event::FetchSettled(settled.clone()));
                }
                Ok(Event::Fetched(fetch(&hub, &settled, &observer, cancel)?))
            }
            Ask::Account => Ok(Event::Account(hub()?.account(cancel)?)),
            Ask::MemorySpeed => Ok(Event::MemorySpeed { read_gbps: memory_speed::read_gbps() }),
            Ask::Library => Ok(Event::Listed(library::list()?)),
            Ask::Remove { name } => Ok(Event::Removed(library::remove(&name)?)),
            Ask::Discard { repo } => Ok(Event::Removed(library::discard(&repo)?)),
            Ask::Verify { name } => Ok(Event::Verified(library::verify(&name, &observer, cancel)?)),
        }
    }

    fn chat(&self, request: &ChatRequest, send: Send<'_>, cancel: &Cancel) -> Result<Event, Error> {
        let mut chat = self.hosted.lease(request.model, request.session, cancel)?;
        let mut show = |delta| send(Event::Delta(delta));
        let turn = chat.reply(&request.messages, &request.options, &mut show, &Events(send), cancel)?;
        Ok(Event::Replied(ReplyReport::from(&turn)))
    }

    fn load(&self, request: &LoadRequest, observer: &Events<'_>, cancel: &Cancel) -> Result<Event, Error> {
        let threads = request.threads.unwrap_or_else(hardware::physical_cores);
        let run = RunOptions { cache: request.cache, ..RunOptions::new(threads) };
        let _turn = self.hosted.load_turn(cancel)?;
        let key = LoadKey::of(&request.path, request.context, run);
        let shared = self.hosted.find(&key);
        if request.alone {
            // The memory of the other models must be free before this one takes its own.
            self.hosted.unload_others(shared.as_ref().map(|(id, _)| *id), cancel)?;
        }
        if let Some((id, model)) = shared {
            return Ok(Event::Loaded(LoadReport::of(id, &model)));
        }
        let opened = models::open(&request.path, observer)?;
        let spec = opened.spec()?;
        let setting = Setting { run, ..Setting::here(context_or_default(&spec, request.context), None) };
        let need = MemoryNeed::of(&opened, &spec, &setting)?;
        if !need.fits() && !request.anyway {
            return Ok(Event::TooLarge(need));
        }
        let options = LoadOptions { run, ..LoadOptions::default() };
        let model = load_opened(&opened, &options, observer, cancel)?;
        library::note_use(&request.path);
        let model = Arc::new(ChatModel::new(model, request.context, observer)?);
        let first = ChatSession::new(Arc::clone(&model))?;
        let id = self.hosted.insert(key, Arc::clone(&model), first);
        Ok(Event::Loaded(LoadReport::of(id, &model)))
    }
}

impl LoadReport {
    fn of(id: ModelId, model: &ChatModel) -> Self {
        let loaded = model.loaded();
        Self {
            model: id,
            path: loaded.path.clone(),
            name: loaded.name.clone(),
            context: model.context(),
            weights_bytes: loaded.decoder.weights_bytes(),
            seconds: loaded.seconds,
        }
    }
}
