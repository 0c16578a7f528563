//! A model's page before anything of it is here: its card, its files, what would run and what this machine makes of it.

use serde::{Deserialize, Serialize};

use super::Error;
use super::advice::{Advice, Setting, advise_config, preselected};
use super::download::{commit_of, refusal};
use crate::hub::{self, Hub, ModelFacts, Refusal, RepoFile, RepoId, Revision};
use crate::progress::Cancel;

/// The file of a repository that is its card.
const CARD: &str = "README.md";
/// Longest card that is read.
const LONGEST_CARD: u64 = 1 << 20;

/// Which model to describe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeRequest {
    /// `owner/name`.
    pub repo: String,
    /// Branch, tag or commit; `main` if `None`.
    pub revision: Option<String>,
    /// Tokens of context that memory is predicted for.
    pub context: usize,
}

/// What a repository holds, and what could be made of it here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelPage {
    /// What the Hub says of it.
    pub facts: ModelFacts,
    /// Whether its files are given only after agreeing on the Hub, and nobody says who asks.
    pub needs_agreement: bool,
    /// Its card in Markdown, without the block of keys at its head; empty if it has none.
    pub card: String,
    /// All its files.
    pub files: Vec<ListedFile>,
    /// Bytes that its checkpoint takes to download; `None` if there is none that runs.
    pub checkpoint_bytes: Option<u64>,
    /// Why its checkpoint does not run, if so.
    pub refusal: Option<Refusal>,
    /// GGUF files made of it, smallest first.
    pub ready_made: Vec<ReadyMade>,
    /// Tokens of context that the advice is for.
    pub context: usize,
    /// What the checkpoint comes to at each precision, best first; empty if it does not run.
    pub advice: Vec<Advice>,
    /// The precision to preselect; `None` if none fits.
    pub preselected: Option<String>,
}

/// A file of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// Where it is.
    pub path: String,
    /// Its size.
    pub bytes: u64,
}

/// A GGUF file that could be taken as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadyMade {
    /// Its repository.
    pub repo: String,
    /// The file.
    pub file: String,
    /// Its precision, as its name has it.
    pub precision: Option<String>,
    /// Its size.
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
    let repo = RepoId::new(&request.repo)?;
    let revision = request.revision.as_deref().map(Revision::new).transpose()?.unwrap_or_default();
    let facts = hub.model(&repo, &revision, cancel)?;
    let commit = commit_of(&facts, &repo, &revision)?;
    let files = hub.files(&repo, &commit, cancel)?;
    let needs_agreement = facts.gated && !hub.has_token();
    let read = |file: &RepoFile| hub.read(&repo, &commit, file, cancel);
    // Of a gated model only the card is given to everybody.
    let card = match find(&files, CARD).filter(|file| file.size_bytes <= LONGEST_CARD) {
        Some(file) => without_head(&String::from_utf8_lossy(&read(file)?)).to_owned(),
        None => String::new(),
    };
    let config = match find(&files, "config.json").filter(|_| !needs_agreement) {
        Some(file) => Some(read(file)?),
        None => None,
    };
    let checkpoint = judge_checkpoint(&facts, &files);
    let (advice, refusal) = match (&checkpoint, config) {
        (Err(refusal), _) => (Vec::new(), Some(refusal.clone())),
        (Ok(_), Some(config)) => match advise_config(&config, setting) {
            Ok(advice) => (advice, None),
            Err(error) => (Vec::new(), Some(Refusal::Faulty { reason: error.sentence() })),
        },
        (Ok(_), None) => (Vec::new(), None),
    };
    Ok(ModelPage {
        needs_agreement,
        card,
        files: files
            .iter()
            .map(|file| ListedFile { path: file.path.as_str().to_owned(), bytes: file.size_bytes })
            .collect(),
        checkpoint_bytes: checkpoint.ok().filter(|_| refusal.is_none()),
        refusal,
        ready_made: ready_made(&repo, &files),
        context: setting.context,
        preselected: preselected(&advice).map(|one| one.precision.clone()),
        advice,
        facts,
    })
}

fn find<'a>(files: &'a [RepoFile], name: &str) -> Option<&'a RepoFile> {
    files.iter().find(|file| file.path.as_str() == name)
}

/// Bytes of the checkpoint's files, or why it does not run.
fn judge_checkpoint(facts: &ModelFacts, files: &[RepoFile]) -> Result<u64, Refusal> {
    let selection = hub::select_checkpoint(files)?;
    refusal(facts, false).map_or(Ok(selection.n_bytes()), Err)
}

/// The GGUF files among `files`, smallest first.
fn ready_made(repo: &RepoId, files: &[RepoFile]) -> Vec<ReadyMade> {
    let describe = |file: &&RepoFile| ReadyMade {
        repo: repo.to_string(),
        file: file.path.as_str().to_owned(),
        precision: hub::precision_in_name(file.path.file_name()),
        bytes: file.size_bytes,
        refusal: hub::select(files, Some(file.path.as_str())).err(),
    };
    hub::gguf_files(files).iter().map(describe).collect()
}

/// `card` without the block of keys between two lines of dashes at its head.
fn without_head(card: &str) -> &str {
    let rest = card.strip_prefix("---").and_then(|rest| rest.split_once("\n---")).map(|(_, rest)| rest);
    rest.map_or(card, |rest| rest.trim_start_matches('-')).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_begins_after_its_keys() {
        assert_eq!(without_head("---\nlicense: mit\n---\n\n# A\n---\nb"), "# A\n---\nb");
        assert_eq!(without_head("# A\n\n---\nb"), "# A\n\n---\nb");
        assert_eq!(without_head("---\r\na: b\r\n---\r\nText"), "Text");
        assert_eq!(without_head(""), "");
    }
}
