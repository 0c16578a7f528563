//! A model's page before anything of it is here: its card, its files, what would run and what this machine makes of it.

mod card;

use serde::{Deserialize, Serialize};

use super::Error;
use super::download::{commit_of, refusal};
use super::header::outline_of;
use crate::base::causes::sentence;
use crate::fit::{Advice, Setting, advise_config, advise_outline, preselected};
use crate::hub::{self, Hub, Query, Refusal, RepoFacts, RepoFile, RepoId, Revision};
use crate::progress::Cancel;
use crate::quant::Precision;

/// The file of a repository that is its card.
const CARD: &str = "README.md";
/// The file that says what a checkpoint computes.
const CONFIG: &str = "config.json";
/// Other repositories that are looked into for GGUF files of a model.
const MOST_OTHERS: usize = 3;
/// Longest card that is read.
const LONGEST_CARD: u64 = 1 << 20;

/// Which model to describe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeRequest {
    /// Name of the repository, `owner/name`.
    pub repo: String,
    /// Branch, tag or commit; `main` if `None`.
    pub revision: Option<String>,
    /// Tokens of context that memory is predicted for.
    pub context: usize,
}

/// What a repository holds, and what could be made of it here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelPage {
    /// What was asked for.
    pub request: DescribeRequest,
    /// What the Hub says of it.
    pub facts: RepoFacts,
    /// Whether its files are given only after agreeing on the Hub, and nobody says who asks.
    pub needs_agreement: bool,
    /// Its card in Markdown, without the block of keys at its head and without HTML; empty if it has none.
    pub card: String,
    /// All its files.
    pub files: Vec<ListedFile>,
    /// Bytes that its checkpoint takes to download; `None` if there is none that runs.
    pub checkpoint_bytes: Option<u64>,
    /// Why nothing of it runs, if so.
    pub refusal: Option<Refusal>,
    /// Its GGUF files, smallest first, and after them those that others made of it.
    pub ready_made: Vec<ReadyMade>,
    /// What it comes to at each precision, best first; empty if that is not known.
    pub advice: Vec<Advice>,
    /// The precision to preselect; `None` if none fits.
    pub preselected: Option<Precision>,
}

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Where it is.
    pub path: String,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// A GGUF file that could be taken as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadyMade {
    /// Name of the repository.
    pub repo: String,
    /// Name of the file.
    pub file: String,
    /// Its precision, as its name has it.
    pub precision: Option<String>,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Why it does not run, if its name tells so.
    pub refusal: Option<Refusal>,
}

/// Describes the model that `request` names, for a machine and use as `setting` says.
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
    Ok(ModelPage {
        request: request.clone(),
        needs_agreement: !repo.is_open,
        card: repo.card(cancel)?,
        files: repo.files.iter().map(ListedFile::from).collect(),
        checkpoint_bytes,
        refusal,
        ready_made,
        preselected: preselected(&advice).map(|one| one.precision),
        advice,
        facts,
    })
}

/// The repository and the revision that a request names.
fn named(request: &DescribeRequest) -> Result<(RepoId, Revision), hub::Error> {
    let revision = request.revision.as_deref().map(Revision::new).transpose()?;
    Ok((RepoId::new(&request.repo)?, revision.unwrap_or_default()))
}

/// A repository at one commit.
struct Repo<'a> {
    hub: &'a Hub,
    id: RepoId,
    commit: Revision,
    files: Vec<RepoFile>,
    /// Whether its files are given to who asks.
    is_open: bool,
}

/// What of a repository runs, and what that takes.
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

    /// Judges the checkpoint, or the GGUF files if there is none that runs: most repositories of GGUF files hold nothing else,
    /// and there is nothing amiss with that.
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
        let config = self.hub.read(&self.id, &self.commit, config, cancel)?;
        Ok(match advise_config(&config, setting) {
            Ok(advice) => Judged { checkpoint_bytes, refusal: None, advice },
            Err(error) => Judged::refused(Refusal::Faulty { reason: sentence(&error) }),
        })
    }

    /// Judges by the smallest of its GGUF files that may run: the others differ in their types alone.
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

    /// Its GGUF files, smallest first.
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

/// GGUF files that others made of the model in `repo`, from the repositories that are downloaded most; those that cannot be
/// asked have none.
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
