//! Commands of the queue of downloads.

use nibble_engine::jobs::protocol::FetchRequest;

use crate::base::DownloadId;

/// A command about downloads.
#[derive(Clone, Debug, PartialEq)]
pub enum DownloadsCommand {
    /// Download a model, and quantize it if the request says so.
    Add(FetchRequest),
    /// Continue the downloads of an earlier run.
    ContinueEarlier,
    /// Pause a download; what was downloaded stays.
    Pause(DownloadId),
    /// Resume a download that was paused or failed.
    Resume(DownloadId),
    /// Remove a download from the list and, unless it is complete, delete what was downloaded.
    Drop(DownloadId),
}
