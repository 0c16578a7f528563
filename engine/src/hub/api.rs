//! The Hub's API: search for models, and the facts and files of a repository.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cancel_scope::CancelScope;
use super::error::Error;
use super::facts::RepoFacts;
use super::file::RepoFile;
use super::http::{About, Http};
use super::name::{Checksum, RepoId, RepoPath, Revision};

/// The fields that a listing of models requests.
const FACTS: [&str; 10] = [
    "config",
    "createdAt",
    "downloads",
    "gated",
    "gguf",
    "lastModified",
    "likes",
    "pipeline_tag",
    "safetensors",
    "tags",
];
/// Largest number of models on one page of a search.
const PAGE: usize = 100;

/// Sort order of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// Downloads of the last month, most first.
    #[default]
    Downloads,
    /// Number of likes, most first.
    Likes,
    /// Trending models first.
    Trending,
    /// Last change, newest first.
    Updated,
}

/// A search for models on the Hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Words of the model's name.
    pub text: String,
    /// Sort order of the results.
    pub sort: Sort,
    /// Models on a page; the Hub returns at most 100.
    pub limit: usize,
    /// License in the Hub's spelling, such as `apache-2.0`; any if `None`.
    pub license: Option<String>,
    /// Repository whose GGUF conversions are searched; any models if `None`.
    pub quantized_from: Option<String>,
}

/// One page of search results.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchPage {
    /// The models on the page.
    pub models: Vec<RepoFacts>,
    /// Address of the next page, for [`Hub::search`](super::Hub::search); `None` after the last.
    pub next: Option<String>,
}

/// A repository's facts as the Hub sends them; all fields but the name may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawModel {
    #[serde(alias = "modelId")]
    id: String,
    sha: Option<String>,
    config: Option<RawConfig>,
    gguf: Option<RawGguf>,
    safetensors: Option<RawSafetensors>,
    /// Gating: `false`, `"auto"` or `"manual"`.
    #[serde(default)]
    gated: Value,
    #[serde(default)]
    downloads: Option<u64>,
    #[serde(default)]
    likes: Option<u64>,
    last_modified: Option<String>,
    #[serde(rename = "pipeline_tag")]
    task: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct RawAccount {
    name: String,
}

#[derive(Deserialize)]
struct RawConfig {
    model_type: Option<String>,
    quantization_config: Option<RawQuantization>,
}

#[derive(Deserialize)]
struct RawQuantization {
    quant_method: Option<String>,
}

#[derive(Deserialize)]
struct RawGguf {
    architecture: Option<String>,
    context_length: Option<u64>,
    total: Option<u64>,
}

#[derive(Deserialize)]
struct RawSafetensors {
    total: Option<u64>,
}

#[derive(Deserialize)]
struct RawEntry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    oid: String,
    #[serde(default)]
    size: u64,
    lfs: Option<RawLfs>,
}

#[derive(Deserialize)]
struct RawLfs {
    oid: String,
    size: u64,
}

impl Sort {
    /// All sort orders.
    pub const ALL: [Self; 4] = [Self::Downloads, Self::Likes, Self::Trending, Self::Updated];

    /// Name of the order, as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Downloads => "downloads",
            Self::Likes => "likes",
            Self::Trending => "trending",
            Self::Updated => "updated",
        }
    }

    fn parameter(self) -> &'static str {
        match self {
            Self::Downloads => "downloads",
            Self::Likes => "likes",
            Self::Trending => "trendingScore",
            Self::Updated => "lastModified",
        }
    }
}

impl From<RawModel> for RepoFacts {
    fn from(raw: RawModel) -> Self {
        let license = raw.tags.iter().find_map(|tag| tag.strip_prefix("license:"));
        let quantization = raw.config.as_ref().and_then(|config| config.quantization_config.as_ref());
        let unnamed = || "an unknown method".to_owned();
        Self {
            license: license.map(str::to_owned),
            quantized_by: quantization.map(|q| q.quant_method.clone().unwrap_or_else(unnamed)),
            model_type: raw.config.and_then(|config| config.model_type),
            parameters: raw
                .safetensors
                .and_then(|safetensors| safetensors.total)
                .or_else(|| raw.gguf.as_ref().and_then(|gguf| gguf.total)),
            context_length: raw.gguf.as_ref().and_then(|gguf| gguf.context_length),
            gguf_architecture: raw.gguf.and_then(|gguf| gguf.architecture),
            gated: raw.gated.as_str().is_some() || raw.gated.as_bool() == Some(true),
            downloads: raw.downloads.unwrap_or(0),
            likes: raw.likes.unwrap_or(0),
            last_modified: raw.last_modified,
            task: raw.task,
            commit: raw.sha,
            repo: raw.id,
        }
    }
}

/// Fetches the models that match `query`: the first page, or the one at the address `page`.
pub(super) fn search(
    http: &Http,
    query: &Query,
    page: Option<&str>,
    scope: &CancelScope<'_>,
) -> Result<SearchPage, Error> {
    let url = match page {
        Some(page) => http.own_address(page)?,
        None => first_page(http, query),
    };
    let (raw, next) = http.json::<Vec<RawModel>>(&url, About::Search, "a list of models", scope)?;
    // An empty page that names a next one would never end.
    let next = next.filter(|_| !raw.is_empty()).map(String::from);
    Ok(SearchPage { models: raw.into_iter().map(RepoFacts::from).collect(), next })
}

fn first_page(http: &Http, query: &Query) -> Url {
    let mut url = http.address(["api", "models"]);
    {
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("search", &query.text).append_pair("sort", query.sort.parameter());
        pairs.append_pair("direction", "-1").append_pair("limit", &query.limit.clamp(1, PAGE).to_string());
        if let Some(license) = &query.license {
            pairs.append_pair("filter", &format!("license:{license}"));
        }
        if let Some(repo) = &query.quantized_from {
            pairs
                .append_pair("filter", &format!("base_model:quantized:{repo}"))
                .append_pair("filter", "gguf");
        }
        for fact in FACTS {
            pairs.append_pair("expand", fact);
        }
    }
    url
}

/// Fetches the name of the account that the token belongs to.
pub(super) fn account(http: &Http, scope: &CancelScope<'_>) -> Result<String, Error> {
    let url = http.address(["api", "whoami-v2"]);
    let (account, _) = http.json::<RawAccount>(&url, About::Account, "the name of an account", scope)?;
    Ok(account.name)
}

/// Fetches the facts of `repo` at `revision`, including the commit.
pub(super) fn model(
    http: &Http,
    repo: &RepoId,
    revision: &Revision,
    scope: &CancelScope<'_>,
) -> Result<RepoFacts, Error> {
    let parts = ["api", "models"].into_iter().chain(repo.as_str().split('/'));
    let url = http.address(parts.chain(["revision", revision.as_str()]));
    let about = About::Revision(repo, revision);
    let (raw, _) = http.json::<RawModel>(&url, about, "the facts of a model", scope)?;
    Ok(raw.into())
}

/// Fetches the list of all files of `repo` at `commit`. Files whose names cannot be stored on every system are left out; a model
/// needs none of them.
pub(super) fn files(
    http: &Http,
    repo: &RepoId,
    commit: &Revision,
    scope: &CancelScope<'_>,
) -> Result<Vec<RepoFile>, Error> {
    let parts = ["api", "models"].into_iter().chain(repo.as_str().split('/'));
    let mut url = http.address(parts.chain(["tree", commit.as_str()]));
    url.query_pairs_mut().append_pair("recursive", "true");
    let about = About::Revision(repo, commit);
    let raw: Vec<RawEntry> = pages(http, url, about, "a list of files", scope)?;
    raw.into_iter()
        .filter(|entry| entry.kind == "file")
        .filter_map(|entry| file(repo, &entry).transpose())
        .collect()
}

/// A file of a listing; `None` if its name cannot be stored.
fn file(repo: &RepoId, raw: &RawEntry) -> Result<Option<RepoFile>, Error> {
    let Some(path) = RepoPath::new(&raw.path) else {
        tracing::warn!("the listing of {repo} has a file that cannot be stored, which is left out");
        return Ok(None);
    };
    let (oid, size_bytes) = match &raw.lfs {
        Some(lfs) => (&lfs.oid, lfs.size),
        None => (&raw.oid, raw.size),
    };
    let bad = || Error::BadFile { repo: repo.clone(), path: raw.path.clone() };
    let checksum = Checksum::from_hex(oid).ok_or_else(bad)?;
    Ok(Some(RepoFile { path, size_bytes, checksum }))
}

/// Fetches all items of a paginated list.
fn pages<T: serde::de::DeserializeOwned>(
    http: &Http,
    first: Url,
    about: About<'_>,
    wanted: &'static str,
    scope: &CancelScope<'_>,
) -> Result<Vec<T>, Error> {
    let (mut items, mut next) = (Vec::new(), Some(first));
    while let Some(url) = next {
        let (page, following) = http.json::<Vec<T>>(&url, about, wanted, scope)?;
        // An empty page that names a next one would never end.
        next = following.filter(|_| !page.is_empty());
        items.extend(page);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(json: &str) -> Result<Option<RepoFile>, Error> {
        file(&RepoId::new("a/b").unwrap(), &serde_json::from_str(json).unwrap())
    }

    #[test]
    fn a_file_in_lfs_has_the_checksum_and_size_of_its_content() {
        let (sha1, sha256) = ("a".repeat(40), "b".repeat(64));
        let json = format!(
            r#"{{"type":"file","oid":"{sha1}","size":9,"path":"x.safetensors",
                "lfs":{{"oid":"{sha256}","size":9000,"pointerSize":134}},"xetHash":"c"}}"#
        );
        let found = entry(&json).unwrap().unwrap();
        assert_eq!((found.size_bytes, found.checksum.to_string()), (9000, sha256));
        let json = format!(r#"{{"type":"file","oid":"{sha1}","size":9,"path":"config.json"}}"#);
        assert_eq!(entry(&json).unwrap().unwrap().checksum.to_string(), sha1);
    }

    #[test]
    fn a_file_that_would_leave_the_cache_or_has_an_odd_name_is_left_out() {
        let long = "x".repeat(420);
        for path in ["../../.profile", "shot at 10:30.png", "a?b", "a*b", "a|b", "a ", "a.", long.as_str()] {
            let json = format!(r#"{{"type":"file","oid":"{}","size":9,"path":"{path}"}}"#, "a".repeat(40));
            assert!(entry(&json).unwrap().is_none(), "{path}");
        }
        let json = r#"{"type":"file","oid":"../x","size":9,"path":"config.json"}"#;
        assert!(matches!(entry(json), Err(Error::BadFile { .. })));
    }

    #[test]
    fn facts_of_a_model_are_found_where_the_hub_puts_them() {
        let json = r#"{"_id":"1","id":"a/b","sha":"c","gated":"manual","downloads":5,"likes":2,"pipeline_tag":"text-generation",
            "tags":["gguf","license:mit"],"config":{"model_type":"qwen3","quantization_config":{"quant_method":"gptq"}},
            "safetensors":{"parameters":{"BF16":7},"total":7},"gguf":{"total":8,"architecture":"qwen3","context_length":4096}}"#;
        let facts: RepoFacts = serde_json::from_str::<RawModel>(json).unwrap().into();
        assert_eq!(facts.license.as_deref(), Some("mit"));
        assert_eq!((facts.parameters, facts.context_length, facts.gated), (Some(7), Some(4096), true));
        assert_eq!(facts.quantized_by.as_deref(), Some("gptq"));
        let bare: RepoFacts =
            serde_json::from_str::<RawModel>(r#"{"modelId":"a/b","gated":false}"#).unwrap().into();
        assert_eq!((bare.repo.as_str(), bare.gated, bare.parameters), ("a/b", false, None));
    }
}
