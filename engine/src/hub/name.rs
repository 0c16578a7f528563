//! Validated names from outside: repositories, revisions, file paths, checksums.
//!
//! A name of the Hub becomes part of a path on disk and of an address. Names that could leave their folder are rejected: no
//! `..`, no root, no drive, no backslash, no control character.

use std::fmt;
use std::path::{Path, PathBuf};

/// Longest accepted name in bytes; the Hub's own limit for repositories is 96 for each of the two parts.
const LONGEST: usize = 400;

/// A text that is not a valid name on the Hub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text is not a repository name.
    #[error("{text:?} is not a repository name; write it as OWNER/NAME, such as Qwen/Qwen3-0.6B")]
    NotARepository {
        /// The given text.
        text: String,
    },
    /// The text is not a revision name.
    #[error("{text:?} is not the name of a branch, tag or commit")]
    NotARevision {
        /// The given text.
        text: String,
    },
}

/// Name of a model repository, `owner/name`, or the bare name of one of the oldest repositories.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoId(String);

/// An address of the Hub as people paste it: of a model's page, one of its revisions, or one of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastedAddress<'a> {
    /// Name of the repository, not yet checked.
    pub repo: &'a str,
    /// Branch, tag or commit in the address.
    pub revision: Option<&'a str>,
    /// Path of a GGUF file in the address, or the precision after a colon.
    pub file: Option<&'a str>,
}

impl<'a> PastedAddress<'a> {
    /// Takes an address of the Hub apart, with or without a scheme; `None` for any other text.
    pub fn new(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let bare =
            ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
        let bare = bare.strip_prefix("www.").unwrap_or(bare);
        let path = ["huggingface.co/", "hf.co/"].iter().find_map(|host| bare.strip_prefix(host))?;
        let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
        let path = path.strip_prefix("models/").unwrap_or(path);
        if ["datasets/", "spaces/"].iter().any(|other| path.starts_with(other)) {
            return None;
        }
        let name_end = path.match_indices('/').nth(1).map_or(path.len(), |(at, _)| at);
        let (mut repo, rest) = path.split_at(name_end);
        let mut address = Self { repo, revision: None, file: None };
        if let Some((name, precision)) = repo.split_once(':') {
            repo = name;
            address.file = Some(precision);
        }
        address.repo = repo;
        let mut parts = rest.trim_start_matches('/').splitn(3, '/');
        if let Some("tree" | "blob" | "resolve" | "raw" | "commit") = parts.next() {
            address.revision = parts.next().filter(|revision| !revision.is_empty());
            let is_gguf =
                |path: &&str| path.len() > 5 && path[path.len() - 5..].eq_ignore_ascii_case(".gguf");
            address.file = address.file.or(parts
                .next()
                .filter(|path| path.is_char_boundary(path.len().saturating_sub(5)))
                .filter(is_gguf));
        }
        Some(address)
    }
}

/// Name of a branch, a tag or a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision(String);

/// Path of a file in its repository, with `/` on every system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(String);

/// Checksum of a file; also the name of its blob in the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Checksum {
    /// SHA-256 of the bytes: files in Git LFS and Xet.
    Sha256([u8; 32]),
    /// SHA-1 of `blob SIZE\0` and the bytes: files that Git itself holds.
    GitBlob([u8; 20]),
}

impl RepoId {
    /// Parses a repository's name, or the address of its page or of one of its files.
    ///
    /// # Errors
    /// [`NameError::NotARepository`] if `text` is neither.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let mut id = text.trim();
        if let Some(address) = PastedAddress::new(text) {
            id = address.repo;
        }
        let id = id.trim_end_matches('/');
        let parts: Vec<&str> = id.split('/').collect();
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_part = |part: &&str| {
            !part.is_empty()
                && part.chars().all(is_allowed)
                && !part.contains("--")
                && !part.contains("..")
                && !part.starts_with(['.', '-'])
                && !part.ends_with(['.', '-'])
        };
        if parts.len() > 2 || id.len() > LONGEST || !parts.iter().all(is_part) {
            return Err(NameError::NotARepository { text: text.to_owned() });
        }
        Ok(Self(id.to_owned()))
    }

    /// The name in the Hub's spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part of the name after the owner.
    pub fn short(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl Revision {
    /// Parses the name of a branch, a tag or a commit.
    ///
    /// # Errors
    /// [`NameError::NotARevision`] if `text` is not one.
    pub fn new(text: &str) -> Result<Self, NameError> {
        if is_inside(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::NotARevision { text: text.to_owned() })
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is a commit's full hash, which never changes its meaning.
    pub fn is_commit(&self) -> bool {
        self.0.len() == 40 && self.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

impl Default for Revision {
    fn default() -> Self {
        Self("main".to_owned())
    }
}

impl RepoPath {
    /// Parses a file's path in its repository; `None` if it could leave the repository.
    pub fn new(text: &str) -> Option<Self> {
        is_inside(text).then(|| Self(text.to_owned()))
    }

    /// The path, with `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Whether the name ends in `.` and `ending`, in upper or lower case.
    pub fn ends_in(&self, ending: &str) -> bool {
        Path::new(&self.0).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
    }

    /// The path below `folder`, with the system's separators.
    pub fn below(&self, folder: &Path) -> PathBuf {
        let mut path = folder.to_path_buf();
        path.extend(self.0.split('/'));
        path
    }
}

impl Checksum {
    /// Parses a checksum in hexadecimal, SHA-256 or SHA-1 by its length.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        match digits.len() {
            64 => Some(Self::Sha256(bytes_of(digits)?)),
            40 => Some(Self::GitBlob(bytes_of(digits)?)),
            _ => None,
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: &[u8] = match self {
            Self::Sha256(bytes) => bytes,
            Self::GitBlob(bytes) => bytes,
        };
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for RepoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn bytes_of<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let value = |digit: u8| char::from(digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase());
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (value(pair[0])? * 16 + value(pair[1])?) as u8;
    }
    Some(bytes)
}

/// Whether a path with `/` stays below its starting folder, on every system.
fn is_inside(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.ends_with(['.', ' ']);
    text.len() <= LONGEST
        && !text.chars().any(|c| c.is_control() || "\\:*?\"<>|".contains(c))
        && text.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories() {
        let good = ["gpt2", "Qwen/Qwen3-0.6B", "a_b/c.d", "https://huggingface.co/Qwen/Qwen3-0.6B/"];
        for text in good {
            assert!(RepoId::new(text).is_ok(), "{text}");
        }
        assert_eq!(
            RepoId::new("https://huggingface.co/Qwen/Qwen3-0.6B").unwrap().as_str(),
            "Qwen/Qwen3-0.6B"
        );
        for text in [
            "https://huggingface.co/Qwen/Qwen3-0.6B/tree/main",
            "https://huggingface.co/Qwen/Qwen3-0.6B/blob/main/config.json",
            "http://huggingface.co/Qwen/Qwen3-0.6B?library=transformers",
            "https://www.huggingface.co/Qwen/Qwen3-0.6B#use",
            "hf.co/Qwen/Qwen3-0.6B:Q4_K_M",
            "https://huggingface.co/Qwen/Qwen3-0.6B/discussions/3",
            " https://huggingface.co/Qwen/Qwen3-0.6B/resolve/main/model.safetensors?download=true ",
        ] {
            assert_eq!(RepoId::new(text).unwrap().as_str(), "Qwen/Qwen3-0.6B", "{text}");
        }
        let file = PastedAddress::new("https://hf.co/a/b/resolve/v1/sub/m-Q4_0.gguf?download=true").unwrap();
        assert_eq!((file.repo, file.revision, file.file), ("a/b", Some("v1"), Some("sub/m-Q4_0.gguf")));
        let precision = PastedAddress::new("hf.co/a/b:Q8_0").unwrap();
        assert_eq!((precision.repo, precision.revision, precision.file), ("a/b", None, Some("Q8_0")));
        assert_eq!(PastedAddress::new("https://example.com/a/b"), None);
        assert_eq!(PastedAddress::new("a/b"), None);
        for text in
            ["https://example.com/a/b", "https://huggingface.co/datasets/a/b", "https://huggingface.co/"]
        {
            assert!(RepoId::new(text).is_err(), "{text}");
        }
        for text in ["", "a/b/c", "../etc", "a/..", "/a", "a/", "a b/c", "a--b/c", "a\\b/c", "a/.b", "a/b?c"]
        {
            assert_eq!(RepoId::new(text).is_ok(), text == "a/", "{text}");
        }
    }

    #[test]
    fn files_stay_below_their_folder() {
        for text in ["config.json", "a/b.gguf", "chat template.jinja"] {
            assert!(RepoPath::new(text).is_some(), "{text}");
        }
        for text in
            ["", "/etc/passwd", "../x", "a/../b", "a//b", "C:/x", "a\\b", "a\0", "a/", ".", "a/.", "a."]
        {
            assert!(RepoPath::new(text).is_none(), "{text}");
        }
        let below = RepoPath::new("a/b").unwrap().below(Path::new("top"));
        assert_eq!(below, Path::new("top").join("a").join("b"));
    }

    #[test]
    fn revisions() {
        assert!(Revision::new("refs/pr/1").is_ok() && Revision::new("v1.0").is_ok());
        assert!(Revision::new("../main").is_err() && Revision::new("").is_err());
        assert!(Revision::new(&"a".repeat(40)).unwrap().is_commit());
        assert!(!Revision::default().is_commit());
    }

    #[test]
    fn checksums_are_spelled_as_they_were() {
        for hex in ["ab".repeat(32), "0f".repeat(20)] {
            assert_eq!(Checksum::from_hex(&hex).unwrap().to_string(), hex);
        }
        for hex in ["", "ab", &"AB".repeat(32), &"zz".repeat(20), &"a".repeat(41)] {
            assert_eq!(Checksum::from_hex(hex), None, "{hex}");
        }
    }
}
