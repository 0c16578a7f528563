//! What the person should know: a sentence, details to unfold, and one next step.

use std::collections::VecDeque;

use nibble_engine::jobs::{Failure, QuantizeReport};
use nibble_engine::progress::Warning;

use super::{Closeness, Death, Lane, NoText};
use crate::base::{NoticeId, RemovedId, Screen};
use crate::command::Command;

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something went well.
    Good,
    /// Information worth knowing.
    Hint,
    /// A problem: something failed.
    Problem,
}

/// What a notice is about; `text/` has its sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum NoticeTopic {
    /// A model could not be read.
    CannotRead(Failure),
    /// A model could not be loaded.
    CannotLoad(Failure),
    /// Quantizing a model failed.
    CannotQuantize(Failure),
    /// Quality could not be measured.
    CannotMeasure(Failure),
    /// The engine's process ended while it measured quality.
    MeasureDied {
        /// How it ended.
        death: Death,
    },
    /// Quality was measured.
    Measured {
        /// The model's name.
        name: String,
        /// How close it is to its original.
        closeness: Closeness,
        /// Share of places where both find the same word most likely.
        agreement: f64,
    },
    /// The size-quality curve could not be measured.
    CannotMeasureCurve(Failure),
    /// Models could not be compared.
    CannotCompare(Failure),
    /// Models were compared.
    Compared {
        /// Number of models beside the original.
        count: usize,
    },
    /// A reply failed.
    CannotReply(Failure),
    /// The engine's process ended in the middle of this work.
    EngineDied {
        /// What it was doing.
        work: Lane,
        /// How it ended.
        death: Death,
    },
    /// The engine's process could not be started.
    EngineMissing {
        /// The system's reason.
        reason: String,
    },
    /// A quantized model is ready.
    Quantized {
        /// Name of the model.
        name: String,
        /// What it came to.
        report: QuantizeReport,
    },
    /// A job survived something.
    Warned(Warning),
    /// The settings file could not be understood and lies aside.
    SettingsSetAside {
        /// Where it lies now.
        kept_as: std::path::PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// The settings could not be written.
    SettingsNotSaved {
        /// The system's reason.
        reason: String,
    },
    /// A model of the library was deleted.
    ModelRemoved {
        /// Name of the model.
        name: String,
        /// Bytes that are free now.
        bytes: u64,
    },
    /// The files of a model are what they were, or as far as can be told.
    ModelVerified {
        /// Name of the model.
        name: String,
        /// How many were compared with a checksum.
        n_files: usize,
    },
    /// A model of the library could not be deleted.
    CannotRemove(Failure),
    /// The files of a model are not what they were, or could not be read.
    CannotVerify(Failure),
    /// A model is here.
    Fetched {
        /// Name of the model.
        name: String,
        /// Size of the model in bytes.
        bytes: u64,
    },
    /// The next page of a search could not be fetched.
    CannotSearch(Failure),
    /// A model could not be brought.
    CannotFetch {
        /// Name of the model.
        name: String,
        /// Why it failed, as the engine reports it.
        failure: Failure,
    },
    /// A job of this kind runs already.
    AlreadyQuantizing,
    /// What was dropped on the window is not a model.
    NotAModel(std::path::PathBuf),
    /// A file could not be attached.
    NotAttached {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Why the file could not be attached.
        reason: NoText,
    },
    /// A chat was removed.
    ChatDeleted {
        /// Brings it back.
        removed: RemovedId,
        /// Title of the chat.
        title: String,
    },
    /// Messages were removed.
    MessagesDeleted {
        /// Brings them back.
        removed: RemovedId,
        /// Number of deleted messages.
        count: usize,
    },
    /// The file of chats was broken and lies aside.
    ChatsSetAside {
        /// Where it lies now.
        kept_as: std::path::PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// The store could not be opened.
    ChatsNotKept {
        /// Why it failed, in the user's language.
        reason: String,
    },
    /// The store could not do something.
    ChatsNotSaved {
        /// Why it failed, in the user's language.
        reason: String,
    },
    /// Chats were read from a file.
    ChatsImported {
        /// Number of imported chats.
        count: usize,
    },
    /// Some chats of a file could not be read.
    ChatsLeftOut {
        /// Number in the file and title of each.
        names: Vec<String>,
    },
    /// A file holds no chats that could be read.
    ChatsNotRead {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Why it failed, in the user's language.
        reason: String,
    },
    /// A chat was written to this file.
    ChatWritten(std::path::PathBuf),
    /// What concerns the program was put on the clipboard.
    DiagnosticsCopied,
    /// A chat could not be written.
    ChatNotWritten {
        /// Path of the file.
        path: std::path::PathBuf,
        /// Why it failed, in the user's language.
        reason: String,
    },
}

/// One notice to the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Unique id of the notice.
    pub id: NoticeId,
    /// How serious it is.
    pub kind: NoticeKind,
    /// What it is about.
    pub topic: NoticeTopic,
    /// What its button asks for.
    pub next_step: Option<Command>,
    /// When it was first seen, in seconds after the start of the program; `None` before.
    seen: Option<f64>,
}

impl Notice {
    /// Seconds that good news and hints are shown.
    const SECONDS: f64 = 5.0;
    /// Seconds that they are shown where they offer something, such as a way back.
    const SECONDS_TO_ACT: f64 = 10.0;

    /// The screen that the notice stays on until somebody closes it: problems belong to what they concern.
    pub fn place(&self) -> Option<Screen> {
        if self.kind == NoticeKind::Problem { self.topic.place() } else { None }
    }

    /// How long it is shown; problems are, until somebody closes them.
    fn seconds(&self) -> Option<f64> {
        match (self.kind, &self.next_step) {
            (NoticeKind::Problem, _) => None,
            (_, Some(_)) => Some(Self::SECONDS_TO_ACT),
            (_, None) => Some(Self::SECONDS),
        }
    }
}

impl NoticeTopic {
    /// The screen of what a problem is about; `None` for what concerns the whole program.
    fn place(&self) -> Option<Screen> {
        match self {
            Self::CannotLoad(_)
            | Self::CannotReply(_)
            | Self::EngineDied { work: Lane::Chat, .. }
            | Self::EngineMissing { .. } => Some(Screen::Chat),
            Self::CannotQuantize(_) | Self::CannotMeasureCurve(_) => Some(Screen::Model),
            Self::CannotMeasure(_) | Self::MeasureDied { .. } => Some(Screen::Quality),
            Self::CannotCompare(_) => Some(Screen::Compare),
            Self::CannotRemove(_) | Self::CannotVerify(_) => Some(Screen::Models),
            Self::CannotSearch(_) => Some(Screen::Discover),
            Self::CannotFetch { .. } => Some(Screen::Downloads),
            Self::CannotRead(_)
            | Self::Measured { .. }
            | Self::Compared { .. }
            | Self::EngineDied { .. }
            | Self::Quantized { .. }
            | Self::Warned(_)
            | Self::SettingsSetAside { .. }
            | Self::SettingsNotSaved { .. }
            | Self::ModelRemoved { .. }
            | Self::ModelVerified { .. }
            | Self::Fetched { .. }
            | Self::AlreadyQuantizing
            | Self::NotAModel(_)
            | Self::NotAttached { .. }
            | Self::ChatDeleted { .. }
            | Self::MessagesDeleted { .. }
            | Self::ChatsSetAside { .. }
            | Self::ChatsNotKept { .. }
            | Self::ChatsNotSaved { .. }
            | Self::ChatsImported { .. }
            | Self::ChatsLeftOut { .. }
            | Self::ChatsNotRead { .. }
            | Self::ChatWritten(_)
            | Self::DiagnosticsCopied
            | Self::ChatNotWritten { .. } => None,
        }
    }
}

/// Notices that are shown, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notices {
    /// Those that are open.
    pub open: Vec<Notice>,
    /// The last problems, oldest first, also of closed notices.
    pub problems: VecDeque<NoticeTopic>,
    n_made: u64,
    /// Whether the pointer rests on them, so that none goes.
    pub held: bool,
}

impl Notices {
    /// Most notices open at once; the oldest go.
    pub const MOST: usize = 4;

    /// How many problems are remembered.
    const MOST_PROBLEMS: usize = 8;

    /// Shows a notice, in place of one that says the same.
    pub fn show(&mut self, kind: NoticeKind, topic: NoticeTopic, next_step: Option<Command>) {
        self.open.retain(|notice| notice.topic != topic);
        if kind == NoticeKind::Problem {
            self.problems.push_back(topic.clone());
            self.problems.drain(..self.problems.len().saturating_sub(Self::MOST_PROBLEMS));
        }
        self.n_made += 1;
        self.open.push(Notice { id: NoticeId(self.n_made), kind, topic, next_step, seen: None });
        let too_many = self.open.len().saturating_sub(Self::MOST);
        self.open.drain(..too_many);
    }

    /// Notices whose time is over at `now`, in seconds after the start of the program.
    pub fn over(&mut self, now: f64) -> Vec<NoticeId> {
        let held = self.held;
        let is_over = |notice: &mut Notice| {
            let seen = if held { *notice.seen.insert(now) } else { *notice.seen.get_or_insert(now) };
            notice.seconds().is_some_and(|seconds| now - seen >= seconds)
        };
        self.open.iter_mut().filter_map(|notice| is_over(notice).then_some(notice.id)).collect()
    }

    /// Seconds after which the next of them is over; `None` if none will be.
    pub fn next_over(&self, now: f64) -> Option<f64> {
        let left = |notice: &Notice| Some(notice.seconds()? - (now - notice.seen?));
        self.open.iter().filter_map(left).min_by(f64::total_cmp).map(|left| left.max(0.0))
    }

    /// Closes good news, which are old when work goes on.
    pub fn clear_good(&mut self) {
        self.open.retain(|notice| notice.kind != NoticeKind::Good);
    }

    /// Closes a notice, and says what could be brought back with it.
    pub fn dismiss(&mut self, id: NoticeId) -> Option<RemovedId> {
        let at = self.open.iter().position(|notice| notice.id == id)?;
        match self.open.remove(at).topic {
            NoticeTopic::ChatDeleted { removed, .. } | NoticeTopic::MessagesDeleted { removed, .. } => {
                Some(removed)
            }
            _ => None,
        }
    }
}
