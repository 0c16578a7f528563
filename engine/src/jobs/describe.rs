//! Model page of a repository on the Hub: its card, its files, and advice for this machine, before anything is downloaded.

mod card;

use serde::{Deserialize, Serialize};

use super::Error;
use super::download::{commit_of, refusal};
use super::header::outline_of;
use super::small_files::SmallFiles;
use crate::base::causes::sentence;
use crate::fit::{Advice, Setting, advise_config, advise_outline, preselected};
use crate::hub::{self, Hub, PastedAddress, Query, Refusal, RepoFacts, RepoFile, RepoId, Revision};
use crate::progress::Cancel;
use crate::quant::Precision;

/// File name of the model card.
const CARD: &str = "README.md";
/// File name of a checkpoint's configuration.
const CONFIG: &str = "config.json";
/// Largest number of other repositories that are searched for GGUF files of a model.
const MOST_OTHERS: usize = 3;
/// Largest model card in bytes.
const LONGEST_CARD: u64 = 1 << 20;

/// A request for a model page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeRequest {
    /// Name of the repository, `owner/name`.
    pub repo: String,
    /// Branch, tag or commit; `main` if `None`.
    pub revision: Option<String>,
    /// Context in tokens for the predicted memory.
    pub context: usize,
}

/// Page of a model: its files, and advice for this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelPage {
    /// The request that the page answers.
    pub request: DescribeRequest,
    /// Facts of the repository.
    pub facts: RepoFacts,
    /// Whether its license must be accepted on the Hub and no token is set.
    pub needs_agreement: bool,
    /// Model card in Markdown, without its metadata block and HTML; empty if there is none.
    pub card: String,
    /// All files of the repository.
    pub files: Vec<ListedFile>,
    /// Download size of the checkpoint in bytes; `None` without a supported one.
    pub checkpoint_bytes: Option<u64>,
    /// Why the model does not run, if so.
    pub refusal: Option<Refusal>,
    /// GGUF files of the repository, smallest first, followed by those of others.
    pub ready_made: Vec<ReadyMade>,
    /// Advice for each precision, best first; empty if unknown.
    pub advice: Vec<Advice>,
    /// The precision to preselect; `None` if none fits.
    pub preselected: Option<Precision>,
}

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Path of the file in the repository.
    pub path: String,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// A GGUF file that can be downloaded as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadyMade {
    /// Name of the repository.
    pub repo: String,
    /// Name of the file.
    pub file: String,
    /// Precision according to the file's name.
    pub precision: Option<String>,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Why it does not run, according to its name.
    pub refusal: Option<Refusal>,
}

impl ReadyMade {
    /// Whether the file has this precision, according to its name.
    pub fn has(&self, precision: Precision) -> bool {
        self.precision.as_deref() == Some(precision.name())
    }
}

/// Describes the model of `request`, with advice for `setting`.
///
/// # Errors
/// [`Error::Hub`] if the Hub cannot be asked or has no such model; a model that cannot run is described with the reason.
pub fn describe(
    hub: &Hub,
    request: &DescribeRequest,
    setting: &Setting,
    cancel: &Cancel,
) -> Result<ModelPage, Error> {
    let (id, revision) = named(request)?;
    let facts = hub.model(&id, &revision, cancel)?;
    let commit = commit_of(&facts, &id, &revision)?;
    let files = hub.files(&id, &commit, cancel)?;
    let mut repo = Repo { hub, id, commit, files, is_open: !facts.gated || hub.has_token() };
    let own = repo.gguf_files();
    let Judged { checkpoint_bytes, refusal, advice } = match repo.judge(&facts, &own, setting, cancel) {
        // Somebody says who asks, but has not agreed.
        Err(Error::Hub(hub::Error::Gated { .. })) => {
            repo.is_open = false;
            Judged { checkpoint_bytes: None, refusal: None, advice: Vec::new() }
        }
        judged => judged?,
    };
    let mut ready_made = own;
    if checkpoint_bytes.is_some() {
        ready_made.extend(elsewhere(hub, &repo.id, cancel)?);
    }
    let is_available = |precision: Precision| {
        let is_ready = |one: &ReadyMade| one.refusal.is_none() && one.has(precision);
        checkpoint_bytes.is_some() || ready_made.iter().any(is_ready)
    };
    let available: Vec<_> = advice.iter().filter(|one| is_available(one.precision)).cloned().collect();
    Ok(ModelPage {
        request: request.clone(),
        needs_agreement: !repo.is_open,
        card: repo.card(cancel)?,
        files: repo.files.iter().map(ListedFile::from).collect(),
        checkpoint_bytes,
        refusal,
        ready_made,
        preselected: preselected(&available).map(|one| one.precision),
        advice,
        facts,
    })
}

/// The GGUF file of `repo` at `precision` that can be downloaded: its own, or else that of the most downloaded conversion;
/// `None` if there is none.
///
/// # Errors
/// [`Error::Hub`] if the Hub cannot be asked or has no such model.
pub(super) fn ready_made_at(
    hub: &Hub,
    repo: &str,
    precision: Precision,
    cancel: &Cancel,
) -> Result<Option<ReadyMade>, Error> {
    let id = RepoId::new(repo).map_err(hub::Error::from)?;
    let main = Revision::default();
    let files = hub.files(&id, &main, cancel)?;
    let own = Repo { hub, id, commit: main, files, is_open: true };
    let find =
        |files: Vec<ReadyMade>| files.into_iter().find(|one| one.refusal.is_none() && one.has(precision));
    match find(own.gguf_files()) {
        Some(found) => Ok(Some(found)),
        None => Ok(find(elsewhere(hub, &own.id, cancel)?)),
    }
}

/// The repository and the revision of a request.
fn named(request: &DescribeRequest) -> Result<(RepoId, Revision), hub::Error> {
    let pasted = PastedAddress::new(&request.repo).and_then(|address| address.revision);
    let revision = request.revision.as_deref().or(pasted).map(Revision::new).transpose()?;
    Ok((RepoId::new(&request.repo)?, revision.unwrap_or_default()))
}

/// A repository at one commit.
struct Repo<'a> {
    hub: &'a Hub,
    id: RepoId,
    commit: Revision,
    files: Vec<RepoFile>,
    /// Whether its files may be downloaded.
    is_open: bool,
}

/// Assessment of a repository: what runs, and its memory.
struct Judged {
    checkpoint_bytes: Option<u64>,
    refusal: Option<Refusal>,
    advice: Vec<Advice>,
}

impl Judged {
    fn refused(refusal: Refusal) -> Self {
        Self { checkpoint_bytes: None, refusal: Some(refusal), advice: Vec::new() }
    }
}

impl Repo<'_> {
    fn find(&self, name: &str) -> Option<&RepoFile> {
        self.files.iter().find(|file| file.path.as_str() == name)
    }

    fn card(&self, cancel: &Cancel) -> Result<String, Error> {
        let Some(file) = self.find(CARD).filter(|file| file.size_bytes <= LONGEST_CARD) else {
            return Ok(String::new());
        };
        let bytes = match self.hub.read(&self.id, &self.commit, file, cancel) {
            Err(hub::Error::Gated { .. }) => return Ok(String::new()),
            bytes => bytes?,
        };
        Ok(card::readable(&String::from_utf8_lossy(&bytes)))
    }

    /// Assesses the checkpoint, or the GGUF files if there is no supported one: most repositories of GGUF files hold nothing
    /// else.
    fn judge(
        &self,
        facts: &RepoFacts,
        own: &[ReadyMade],
        setting: &Setting,
        cancel: &Cancel,
    ) -> Result<Judged, Error> {
        match self.judge_checkpoint(facts, setting, cancel)? {
            Judged { refusal: Some(_), .. } if !own.is_empty() => self.judge_gguf(own, setting, cancel),
            judged => Ok(judged),
        }
    }

    fn judge_checkpoint(
        &self,
        facts: &RepoFacts,
        setting: &Setting,
        cancel: &Cancel,
    ) -> Result<Judged, Error> {
        let selection = match (hub::select_checkpoint(&self.files), refusal(facts, false)) {
            (Err(refusal), _) | (Ok(_), Some(refusal)) => return Ok(Judged::refused(refusal)),
            (Ok(selection), None) => selection,
        };
        let checkpoint_bytes = Some(selection.n_bytes());
        let Some(config) = self.find(CONFIG).filter(|_| self.is_open) else {
            return Ok(Judged { checkpoint_bytes, refusal: None, advice: Vec::new() });
        };
        let small =
            SmallFiles { hub: self.hub, repo: &self.id, commit: &self.commit, files: &selection.files };
        if let Some(refusal) = small.refusal(true, cancel)? {
            return Ok(Judged::refused(refusal));
        }
        let config = self.hub.read(&self.id, &self.commit, config, cancel)?;
        Ok(match advise_config(&config, setting) {
            Ok(advice) => Judged { checkpoint_bytes, refusal: None, advice },
            Err(error) => Judged::refused(Refusal::Faulty { reason: sentence(&error) }),
        })
    }

    /// Assesses the smallest GGUF file that may run: the others differ only in their types.
    fn judge_gguf(&self, own: &[ReadyMade], setting: &Setting, cancel: &Cancel) -> Result<Judged, Error> {
        let Some(one) = own.iter().find(|one| one.refusal.is_none()) else {
            let refusal = own.iter().find_map(|one| one.refusal.clone()).unwrap_or(Refusal::NoWeights);
            return Ok(Judged::refused(refusal));
        };
        let Some(file) = self.find(&one.file).filter(|_| self.is_open) else {
            return Ok(Judged { checkpoint_bytes: None, refusal: None, advice: Vec::new() });
        };
        Ok(match outline_of(self.hub, &self.id, &self.commit, file, cancel)? {
            Ok(outline) => {
                let advice = advise_outline(&outline, setting)?;
                Judged { checkpoint_bytes: None, refusal: None, advice }
            }
            Err(refusal) => Judged::refused(refusal),
        })
    }

    /// GGUF files of the repository, smallest first.
    fn gguf_files(&self) -> Vec<ReadyMade> {
        let describe = |file: &&RepoFile| ReadyMade {
            repo: self.id.to_string(),
            file: file.path.as_str().to_owned(),
            precision: hub::precision_in_name(file.path.file_name()),
            bytes: file.size_bytes,
            refusal: hub::select(&self.files, Some(file.path.as_str())).err(),
        };
        hub::gguf_files(&self.files).iter().map(describe).collect()
    }
}

impl From<&RepoFile> for ListedFile {
    fn from(file: &RepoFile) -> Self {
        Self { path: file.path.as_str().to_owned(), bytes: file.size_bytes }
    }
}

/// GGUF conversions of the model in `repo` by others, from the most downloaded repositories; empty if they cannot be listed.
fn elsewhere(hub: &Hub, repo: &RepoId, cancel: &Cancel) -> Result<Vec<ReadyMade>, Error> {
    let query = Query { limit: MOST_OTHERS, quantized_from: Some(repo.to_string()), ..Query::default() };
    let found = hub.search(&query, None, cancel).map(|page| page.models).unwrap_or_default();
    let mut ready_made = Vec::new();
    for facts in found.into_iter().filter(|facts| !facts.gated).take(MOST_OTHERS) {
        cancel.check()?;
        let Ok(id) = RepoId::new(&facts.repo) else { continue };
        let main = Revision::default();
        let Ok(files) = hub.files(&id, &main, cancel) else { continue };
        let other = Repo { hub, id, commit: main, files, is_open: true };
        ready_made.extend(other.gguf_files().into_iter().filter(|one| one.refusal.is_none()));
    }
    Ok(ready_made)
}
