//! Runs commands, keeping the loaded model between them: what the worker process is.

use super::generate::Chat;
use super::load::{LoadOptions, load};
use super::protocol::{Command, Event, LoadReport, LoadRequest, ReplyReport};
use super::{Error, inspect, quantize};
use crate::progress::{Cancel, Observer, Progress, Warning};

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
            Command::Load(request) => self.load(&request, &observer, cancel),
            Command::Chat(request) => {
                let chat = self.chat.as_mut().ok_or(Error::NothingLoaded)?;
                let mut show = |text: &str| send(Event::Text(text.to_owned()));
                let turn = chat.reply(&request.messages, &request.options, &mut show, &observer, cancel)?;
                Ok(Event::Replied(ReplyReport::from(&turn)))
            }
            Command::Count(texts) => {
                let chat = self.chat.as_ref().ok_or(Error::NothingLoaded)?;
                Ok(Event::Counted(chat.count(&texts)?))
            }
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
        let options =
            LoadOptions { threads: request.threads, cache: request.cache, ..LoadOptions::default() };
        let model = load(&request.path, &options, observer, cancel)?;
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
