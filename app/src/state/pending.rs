//! The jobs that the engine has not ended, each with its purpose, and what waits for one of them to end.
//!
//! Every job has a number of its own, given here and never used again, so an event is matched to its purpose by number alone.
//! An event of a number that is not here (late, sent twice, after the death of a process) changes nothing.

use std::collections::{BTreeMap, VecDeque};

use nibble_engine::jobs::{JobId, MeasureRequest};

use super::Lane;
use crate::base::{ChatId, DownloadId, MessageId};

/// What a job of the engine is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// Inspects the open model.
    Inspect,
    /// Predicts what the open model takes at each precision.
    Advise,
    /// Quantizes the starter model before its first use.
    MakeStarter,
    /// Loads the chosen model.
    LoadModel,
    /// Unloads a model that was idle.
    UnloadModel,
    /// Writes a reply.
    Reply {
        /// The chat of the job.
        chat: ChatId,
        /// The message that grows.
        message: MessageId,
    },
    /// Generates the title of a chat.
    Title {
        /// The chat of the job.
        chat: ChatId,
        /// The title so far.
        said: String,
    },
    /// Counts the tokens of the files attached to a chat's next message.
    CountFiles(ChatId),
    /// Quantizes the open model.
    Quantize,
    /// Deletes what a paused run left.
    DiscardRun,
    /// Estimates what quantizing the open model takes.
    Estimate,
    /// Measures the size-quality curve of a model.
    Curve,
    /// Measures several models against one original.
    Compare,
    /// Measures the quality of a quantized model.
    Measure,
    /// Searches the Hub, for the first page or the next one.
    SearchHub,
    /// Ask the Hub whose token is set.
    TryToken,
    /// Reads the page of a model of the Hub, `owner/name`.
    Describe(String),
    /// Downloads a model, and quantizes and measures it if that is wanted.
    Download(DownloadId),
    /// Deletes the remains of a download of this repository.
    Discard(String),
    /// Lists the models on this machine.
    ListLibrary,
    /// Looks up the speed of this machine's memory.
    MemorySpeed,
    /// Deletes the model of this name.
    RemoveModel(String),
    /// Verifies the files of the model of this name.
    VerifyModel(String),
}

impl Purpose {
    /// The lane whose process runs such jobs.
    pub fn lane(&self) -> Lane {
        match self {
            Self::Inspect | Self::Advise | Self::Estimate => Lane::Inspect,
            Self::MakeStarter
            | Self::LoadModel
            | Self::UnloadModel
            | Self::Reply { .. }
            | Self::Title { .. }
            | Self::CountFiles(_) => Lane::Chat,
            Self::Quantize | Self::Measure | Self::Curve | Self::Compare => Lane::Quantize,
            Self::SearchHub | Self::TryToken | Self::Describe(_) => Lane::HubSearch,
            Self::Download(_) => Lane::Download,
            Self::DiscardRun
            | Self::Discard(_)
            | Self::ListLibrary
            | Self::MemorySpeed
            | Self::RemoveModel(_)
            | Self::VerifyModel(_) => Lane::Library,
        }
    }

    /// Whether the job needs the chosen model, or makes or loads it.
    pub fn concerns_model(&self) -> bool {
        self.lane() == Lane::Chat && *self != Self::UnloadModel
    }
}

/// What something waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The chosen model is loaded, and generates no title.
    ModelReady,
    /// No model is being loaded, whatever came of it.
    LoadingOver,
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq)]
pub enum Waiting {
    /// The reply to a chat.
    Reply(ChatId),
    /// A measurement of quality.
    Measure(MeasureRequest),
}

impl Waiting {
    /// What it waits for.
    pub fn need(&self) -> Need {
        match self {
            Self::Reply(_) => Need::ModelReady,
            Self::Measure(_) => Need::LoadingOver,
        }
    }
}

/// All jobs that have not ended, and what waits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    jobs: BTreeMap<JobId, Purpose>,
    /// What waits, oldest first.
    pub waiting: VecDeque<Waiting>,
    newest: u64,
}

impl Pending {
    /// Takes in a job that is about to be sent, and returns its number.
    pub fn start(&mut self, purpose: Purpose) -> JobId {
        self.newest += 1;
        let id = JobId(self.newest);
        self.jobs.insert(id, purpose);
        id
    }

    /// The purpose of a job; `None` if it has ended or was abandoned.
    pub fn purpose(&self, id: JobId) -> Option<&Purpose> {
        self.jobs.get(&id)
    }

    /// The purpose of a job, to be changed.
    pub fn purpose_mut(&mut self, id: JobId) -> Option<&mut Purpose> {
        self.jobs.get_mut(&id)
    }

    /// Removes a job that has ended.
    pub fn end(&mut self, id: JobId) -> Option<Purpose> {
        self.jobs.remove(&id)
    }

    /// All jobs that have not ended, oldest first.
    pub fn jobs(&self) -> impl Iterator<Item = (JobId, &Purpose)> {
        self.jobs.iter().map(|(id, purpose)| (*id, purpose))
    }

    /// The oldest job whose purpose passes a test.
    pub fn find(&self, is_it: impl Fn(&Purpose) -> bool) -> Option<JobId> {
        self.jobs().find(|(_, purpose)| is_it(purpose)).map(|(id, _)| id)
    }

    /// Removes all jobs whose purposes pass a test: nothing they still say is heard. Returns their numbers, for cancelling.
    pub fn abandon(&mut self, is_it: impl Fn(&Purpose) -> bool) -> Vec<JobId> {
        self.jobs.extract_if(.., |_, purpose| is_it(purpose)).map(|(id, _)| id).collect()
    }

    /// The chat whose reply waits for the model.
    pub fn waiting_chat(&self) -> Option<ChatId> {
        self.waiting.iter().find_map(|waiting| match waiting {
            Waiting::Reply(chat) => Some(*chat),
            Waiting::Measure(_) => None,
        })
    }

    /// Removes the reply that waits for the model, and returns its chat.
    pub fn take_waiting_chat(&mut self) -> Option<ChatId> {
        let chat = self.waiting_chat();
        self.waiting.retain(|waiting| !matches!(waiting, Waiting::Reply(_)));
        chat
    }

    /// The chat whose title is being generated.
    pub fn titled_chat(&self) -> Option<ChatId> {
        self.jobs
            .values()
            .find_map(|purpose| if let Purpose::Title { chat, .. } = purpose { Some(*chat) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_used_again_and_what_was_abandoned_is_unknown() {
        let mut pending = Pending::default();
        let first = pending.start(Purpose::Inspect);
        let second = pending.start(Purpose::Advise);
        assert_eq!(pending.abandon(|purpose| *purpose == Purpose::Inspect), [first]);
        assert_eq!(pending.end(first), None);
        assert_eq!(pending.end(second), Some(Purpose::Advise));
        assert_ne!(pending.start(Purpose::Inspect), first);
    }
}
