//! The download queue, of which one download runs at a time.

use std::path::PathBuf;
use std::time::Duration;

use nibble_engine::jobs::protocol::{Failure, FetchRequest, Wish};
use nibble_engine::progress::{Pace, Progress, Stage};
use serde::{Deserialize, Serialize};

use crate::base::DownloadId;

/// All downloads, in the order they were asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Downloads {
    /// The downloads, in the order of the queue.
    pub all: Vec<Download>,
    n_made: u64,
}

/// One model in the download queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Download {
    /// Unique id of the download.
    pub id: DownloadId,
    /// The request of the download, with the exact file once it is known.
    pub request: FetchRequest,
    /// The request as the user made it.
    pub wanted: FetchRequest,
    /// Phase of the download.
    pub phase: DownloadPhase,
    /// The newest progress of this run of the program, also after a pause.
    pub reached: Option<Progress>,
}

/// Phase of a download.
#[derive(Clone, Debug, PartialEq)]
pub enum DownloadPhase {
    /// Its turn has not come.
    Waiting,
    /// The download is running.
    Running(Work),
    /// Somebody stopped it; what came is kept.
    Paused,
    /// It failed; what came is kept.
    Failed(Failure),
    /// It is here.
    Done {
        /// Path of the downloaded model.
        path: PathBuf,
        /// Size of the model in bytes.
        bytes: u64,
    },
}

/// A running download.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Work {
    /// The newest progress, which names the stage; `None` before the first.
    pub progress: Option<Progress>,
    /// Speed of the download.
    pub pace: Pace,
    /// What becomes of it once it has stopped, if it was asked to.
    pub stopping: Option<AfterStop>,
}

/// What becomes of a download that was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterStop {
    /// It can be continued.
    Pause,
    /// It is forgotten, and what came is deleted.
    Discard,
}

/// A download as it is kept between runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDownload {
    /// Whether it waits for somebody to continue it.
    pub paused: bool,
    /// The request of the download.
    pub request: FetchRequest,
}

impl Downloads {
    /// The downloads of an earlier run: those that were not paused go on.
    pub fn of_earlier(kept: &[KeptDownload]) -> Self {
        let mut downloads = Self::default();
        for one in kept {
            let id = downloads.add(one.request.clone());
            if one.paused
                && let Some(download) = downloads.find(id)
            {
                download.phase = DownloadPhase::Paused;
            }
        }
        downloads
    }

    /// The downloads to store for the next run; finished ones are not stored.
    pub fn to_keep(&self) -> Vec<KeptDownload> {
        let unfinished =
            self.all.iter().filter(|download| !matches!(download.phase, DownloadPhase::Done { .. }));
        let keep = |download: &Download| KeptDownload {
            request: download.request.clone(),
            paused: matches!(download.phase, DownloadPhase::Paused | DownloadPhase::Failed(_)),
        };
        unfinished.map(keep).collect()
    }

    /// Adds a download at the end.
    pub fn add(&mut self, request: FetchRequest) -> DownloadId {
        self.n_made += 1;
        let id = DownloadId(self.n_made);
        let wanted = request.clone();
        self.all.push(Download { id, request, wanted, phase: DownloadPhase::Waiting, reached: None });
        id
    }

    /// The download of that number.
    pub fn find(&mut self, id: DownloadId) -> Option<&mut Download> {
        self.all.iter_mut().find(|download| download.id == id)
    }

    /// The running download.
    pub fn running(&self) -> Option<&Download> {
        self.all.iter().find(|download| matches!(download.phase, DownloadPhase::Running(_)))
    }

    /// The running download, and its progress.
    pub fn running_mut(&mut self) -> Option<(DownloadId, &mut Work)> {
        self.all.iter_mut().find_map(|download| match &mut download.phase {
            DownloadPhase::Running(work) => Some((download.id, work)),
            _ => None,
        })
    }

    /// The next one whose turn it is.
    pub fn next_waiting(&mut self) -> Option<&mut Download> {
        self.all.iter_mut().find(|download| download.phase == DownloadPhase::Waiting)
    }

    /// The newest download of a repository, as the user asked for it.
    pub fn of_repo(&self, repo: &str) -> Option<&Download> {
        self.all.iter().rev().find(|download| download.wanted.repo == repo)
    }

    /// A download of the same that is not over.
    pub fn same(&self, request: &FetchRequest) -> Option<&Download> {
        self.all.iter().find(|download| {
            (download.request == *request || download.wanted == *request)
                && !matches!(download.phase, DownloadPhase::Done { .. })
        })
    }
}

impl Download {
    /// The model's name for people: the part of the repository after its owner.
    pub fn name(&self) -> &str {
        self.request.repo.rsplit('/').next().unwrap_or(&self.request.repo)
    }

    /// The precision it is quantized to here, or the GGUF file that is taken.
    pub fn detail(&self) -> Option<&str> {
        match &self.request.wish {
            Wish::ReadyMade(precision) | Wish::Quantized(precision) => Some(precision.name()),
            Wish::Gguf(file) => Some(file),
            Wish::Original => None,
        }
    }
}

impl Work {
    /// The stage of the download; `None` before the first.
    pub fn stage(&self) -> Option<Stage> {
        self.progress.as_ref()?.stage
    }

    /// Takes in progress seen at `now` seconds; each stage has a pace of its own.
    pub fn advance(&mut self, progress: Progress, now: f64) {
        if progress.stage != self.stage() {
            self.pace = Pace::default();
        }
        self.pace.update(Duration::from_secs_f64(now.max(0.0)), progress.done);
        self.progress = Some(progress);
    }

    /// Share of the stage that is done, from 0 to 1.
    pub fn fraction(&self) -> f32 {
        self.progress.as_ref().map_or(0.0, Progress::fraction)
    }

    /// Seconds until the stage ends, once known.
    pub fn seconds_left(&self) -> Option<f64> {
        self.pace.seconds_left(self.progress.as_ref()?.total)
    }
}
