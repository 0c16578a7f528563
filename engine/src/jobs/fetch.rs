//! Download, quantization and measurement of a model as one job.
//!
//! Each stage has its own progress and is named before it begins. However the job ends, downloaded files are kept, and the next
//! attempt resumes them; a quantized file appears only when it is complete. If the measurement, which comes last, is cancelled
//! or fails, the model is still there.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::describe::{ReadyMade, ready_made_at};
use super::download::{DownloadRequest, download};
use super::quality::MeasureRequest;
use super::quantize::{IfTaken, QuantizeRequest};
use super::{Error, measure, quantize};
use crate::hub::{self, Hub, RepoId};
use crate::library;
use crate::models;
use crate::progress::{AtStage, Cancel, Observer, Stage, Warning};
use crate::quant::Precision;

/// A request to download a model and convert it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchRequest {
    /// Name of the repository, `owner/name`.
    pub repo: String,
    /// Branch, tag or commit; `main` if `None`.
    pub revision: Option<String>,
    /// The wanted form of the model.
    pub wish: Wish,
    /// Number of threads for quantizing; all cores if `None`.
    pub threads: Option<usize>,
}

/// The wanted form of a repository's model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    /// A GGUF file of this precision, of this repository or of a conversion by others; where there is none, the checkpoint,
    /// quantized to this precision.
    ReadyMade(Precision),
    /// The checkpoint, quantized to this precision.
    Quantized(Precision),
    /// This GGUF file, unchanged.
    Gguf(String),
    /// The checkpoint, unchanged.
    Original,
}

/// Result of fetching a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FetchReport {
    /// Path of the GGUF file or the checkpoint's folder.
    pub path: PathBuf,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Bytes received over the network; 0 if everything was cached.
    pub fetched_bytes: u64,
    /// Duration of all stages in seconds.
    pub seconds: f64,
}

/// The request that says exactly what is downloaded: for [`Wish::ReadyMade`], the file that was found; any other request as it
/// is.
///
/// # Errors
/// [`Error::Hub`] if the Hub cannot be asked or has no such model.
pub fn settle(hub: &Hub, request: &FetchRequest, cancel: &Cancel) -> Result<FetchRequest, Error> {
    let Wish::ReadyMade(precision) = request.wish else { return Ok(request.clone()) };
    let found = ready_made_at(hub, &request.repo, precision, cancel)?;
    let (repo, wish) = match found {
        Some(ReadyMade { repo, file, .. }) => (repo, Wish::Gguf(file)),
        None => (request.repo.clone(), Wish::Quantized(precision)),
    };
    Ok(FetchRequest { repo, wish, ..request.clone() })
}

/// Fetches the model of `request`; progress names the stage.
///
/// # Errors
/// [`Error`] of the stage that failed.
pub fn fetch(
    hub: &Hub,
    request: &FetchRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<FetchReport, Error> {
    let start = Instant::now();
    let request = &settle(hub, request, cancel)?;
    let file = match &request.wish {
        Wish::Gguf(file) => Some(file.clone()),
        Wish::ReadyMade(_) | Wish::Quantized(_) | Wish::Original => None,
    };
    let wanted = DownloadRequest {
        repo: request.repo.clone(),
        revision: request.revision.clone(),
        file,
        quantized: matches!(request.wish, Wish::Quantized(_)),
    };
    let downloaded = download(hub, &wanted, &AtStage::new(observer, Stage::Download).begin(), cancel)?;
    let (mut path, mut bytes) = (downloaded.path, downloaded.bytes);
    if let Wish::Quantized(precision) = request.wish {
        let target = target(&request.repo, precision)?;
        let threads = request.threads;
        let request = QuantizeRequest {
            threads,
            if_taken: IfTaken::Number,
            ..QuantizeRequest::new(path, target, precision)
        };
        let report = quantize(&request, &AtStage::new(observer, Stage::Quantize).begin(), cancel)?;
        let made = QuantizeRequest { target: report.path.clone(), ..request };
        measure_made(&made, observer, cancel);
        (path, bytes) = (report.path, report.bytes);
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok(FetchReport { path, bytes, fetched_bytes: downloaded.fetched_bytes, seconds })
}

/// Measures the quality of a quantized model. Failures are warnings, since the model itself is complete.
fn measure_made(made: &QuantizeRequest, observer: &dyn Observer, cancel: &Cancel) {
    let request = MeasureRequest {
        threads: made.threads,
        ..MeasureRequest::new(made.target.clone(), made.source.clone())
    };
    match measure(&request, observer, cancel) {
        Err(error) if !error.is_cancelled() => {
            observer.warn(Warning::QualityNotMeasured { reason: error.sentence() });
        }
        _ => {}
    }
}

/// Target path of `repo` at `precision`: `NAME-PRECISION.gguf` in the folder of models, which is created; with the owner before
/// the name if a model with another source has that file.
fn target(repo: &str, precision: Precision) -> Result<PathBuf, Error> {
    let repo = RepoId::new(repo).map_err(hub::Error::from)?;
    let (name, repo) = (repo.short(), repo.as_str());
    let folder = library::models_folder()?;
    make_folder(&folder)?;
    let short = folder.join(format!("{name}-{precision}.gguf"));
    if !short.exists() || is_made_of(&short, repo) {
        return Ok(short);
    }
    Ok(folder.join(format!("{}-{precision}.gguf", repo.replace('/', "-"))))
}

fn is_made_of(file: &Path, repo: &str) -> bool {
    models::open(file, &()).is_ok_and(|model| library::source_repository(&model).as_deref() == Some(repo))
}

fn make_folder(folder: &Path) -> Result<(), library::Error> {
    let failed = |source| library::Error::Folder { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(failed)
}
