//! The local cache that all Hugging Face tools share.
//!
//! ```text
//! models--OWNER--NAME/
//!   blobs/SHA256 or SHA1                       the bytes, named by their checksum
//!   blobs/SHA256.nibble-part, .nibble-part.json an unfinished download, used by Nibble alone
//!   refs/main                                  the commit that a branch pointed to
//!   snapshots/COMMIT/model.safetensors         a relative link to ../../blobs/SHA256
//! .locks/models--OWNER--NAME/SHA256.lock       held while a blob is written
//! ```
//!
//! Blobs get their names when they are complete, verified and synced; the links of a download are created together when all its
//! blobs are present, and the ref last. So a snapshot that Nibble made is never visible in part. Where the system refuses links
//! (Windows without that right) the snapshot holds the file itself.
//!
//! Source of the layout: <https://huggingface.co/docs/hub/local-cache>.

mod lock;
mod remove;
mod scan;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::{Error, io as io_error};
use super::name::{Checksum, RepoId, RepoPath, Revision};
pub(super) use lock::Lock;
pub use scan::{CachedFile, CachedModel};

/// File name extension of an unfinished download.
const PART: &str = "nibble-part";

/// The cache of all repositories.
#[derive(Clone, Debug)]
pub struct HubCache {
    layout: hf_hub::Cache,
}

/// One repository's folder in the cache.
#[derive(Clone, Debug)]
pub(super) struct CachedRepo {
    folder: PathBuf,
    locks: PathBuf,
}

impl HubCache {
    /// The cache in `folder`, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { layout: hf_hub::Cache::new(folder) }
    }

    /// Folder of the cache.
    pub fn folder(&self) -> &Path {
        self.layout.path()
    }

    pub(super) fn repo(&self, id: &RepoId) -> CachedRepo {
        let name = hf_hub::Repo::model(id.as_str().to_owned()).folder_name();
        CachedRepo { folder: self.folder().join(&name), locks: self.folder().join(".locks").join(name) }
    }
}

impl CachedRepo {
    pub(super) fn blob(&self, checksum: &Checksum) -> PathBuf {
        self.folder.join("blobs").join(checksum.to_string())
    }

    /// Path of an unfinished download.
    pub(super) fn part(&self, checksum: &Checksum) -> PathBuf {
        self.folder.join("blobs").join(format!("{checksum}.{PART}"))
    }

    pub(super) fn snapshot(&self, commit: &Revision) -> PathBuf {
        self.folder.join("snapshots").join(commit.as_str())
    }

    fn refs(&self, revision: &Revision) -> PathBuf {
        let mut path = self.folder.join("refs");
        path.extend(revision.as_str().split('/'));
        path
    }

    /// The commit that `revision` pointed to when it was last requested.
    pub(super) fn commit(&self, revision: &Revision) -> Option<Revision> {
        if revision.is_commit() {
            return Some(revision.clone());
        }
        let text = fs::read_to_string(self.refs(revision)).ok()?;
        Revision::new(text.trim()).ok().filter(Revision::is_commit)
    }

    /// Records that `revision` points to `commit`.
    pub(super) fn set_commit(&self, revision: &Revision, commit: &Revision) -> Result<(), Error> {
        if revision.is_commit() || self.commit(revision).as_ref() == Some(commit) {
            return Ok(());
        }
        let path = self.refs(revision);
        write_whole(&path, commit.as_str().as_bytes()).map_err(io_error("write", path))
    }

    /// Whether the complete file is in the cache, as a blob or in the snapshot.
    pub(super) fn has(
        &self,
        commit: &Revision,
        path: &RepoPath,
        checksum: &Checksum,
        size_bytes: u64,
    ) -> bool {
        let is_whole = |path: PathBuf| fs::metadata(path).is_ok_and(|found| found.len() == size_bytes);
        is_whole(self.blob(checksum)) || is_whole(path.below(&self.snapshot(commit)))
    }

    /// Links the blob into the snapshot; a correct existing link is kept.
    pub(super) fn link(&self, commit: &Revision, path: &RepoPath, checksum: &Checksum) -> Result<(), Error> {
        let (blob, place) = (self.blob(checksum), path.below(&self.snapshot(commit)));
        let folder = place.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(io_error("create the folder", folder))?;
        let up = "../".repeat(2 + path.as_str().matches('/').count());
        let target = format!("{up}blobs/{checksum}");
        if !blob.exists() || fs::read_link(&place).is_ok_and(|there| there == Path::new(&target)) {
            return Ok(());
        }
        place_link(&blob, &place, &|fresh| symlink(Path::new(&target), fresh))
            .map_err(io_error("create the link", place))
    }

    /// Tries to lock a blob for writing; `None` while another download holds the lock.
    pub(super) fn try_lock(&self, checksum: &Checksum) -> Result<Option<Lock>, Error> {
        let path = self.locks.join(format!("{checksum}.lock"));
        Lock::try_take(&path).map_err(io_error("lock", path))
    }
}

/// Writes a small file atomically.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Puts a link to `blob` at `place`: a symbolic one, made by `symlink`, or else a hard one, or else the file itself.
fn place_link(blob: &Path, place: &Path, symlink: &dyn Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    let linked = |make: &dyn Fn(&Path) -> io::Result<()>| -> io::Result<()> {
        let folder = place.parent().unwrap_or(Path::new("."));
        // Linked under a temporary name first, so that replacing an existing file never leaves a moment without one.
        let fresh = tempfile::Builder::new().prefix(".link-").make_in(folder, make)?.into_temp_path();
        // Some systems make symbolic links that they do not follow, or cannot rename.
        fs::metadata(&fresh)?;
        let name = fresh.to_path_buf();
        fresh.persist(place).map_err(|failed| failed.error)?;
        // Renaming one hard link of a file onto another does nothing, and the temporary name stays.
        let _ = fs::remove_file(name);
        Ok(())
    };
    linked(symlink)
        .or_else(|_| linked(&|fresh| fs::hard_link(blob, fresh)))
        // For file systems without any links, as on memory cards.
        .or_else(|_| fs::rename(blob, place))
}

#[cfg(unix)]
fn symlink(target: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

/// Windows lets only administrators and developers make symbolic links, and hard links everybody.
#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_seen_through_a_relative_link_and_its_branch_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let repo = HubCache::new(folder.path().to_path_buf()).repo(&RepoId::new("a/b").unwrap());
        let commit = Revision::new(&"c".repeat(40)).unwrap();
        let checksum = Checksum::Sha256([7; 32]);
        let path = RepoPath::new("sub/model.gguf").unwrap();
        assert!(!repo.has(&commit, &path, &checksum, 3));
        fs::create_dir_all(repo.folder.join("blobs")).unwrap();
        fs::write(repo.blob(&checksum), b"abc").unwrap();
        repo.link(&commit, &path, &checksum).unwrap();
        repo.link(&commit, &path, &checksum).unwrap();
        let place = folder.path().join("models--a--b/snapshots").join("c".repeat(40)).join("sub/model.gguf");
        assert_eq!(fs::read(&place).unwrap(), b"abc");
        #[cfg(unix)]
        assert_eq!(fs::read_link(&place).unwrap(), Path::new(&format!("../../../blobs/{checksum}")));
        assert!(repo.has(&commit, &path, &checksum, 3) && !repo.has(&commit, &path, &checksum, 4));

        let branch = Revision::new("refs/pr/1").unwrap();
        assert_eq!(repo.commit(&branch), None);
        repo.set_commit(&branch, &commit).unwrap();
        assert_eq!(repo.commit(&branch), Some(commit.clone()));
        assert_eq!(fs::read_to_string(repo.folder.join("refs/refs/pr/1")).unwrap(), commit.as_str());
    }

    #[test]
    fn where_symbolic_links_do_not_work_the_file_is_there_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (blob, place) = (folder.path().join("blob"), folder.path().join("place"));
        fs::write(&blob, b"abc").unwrap();
        let refused = |_: &Path| Err(io::ErrorKind::PermissionDenied.into());
        let leads_nowhere = |fresh: &Path| symlink(Path::new("nowhere"), fresh);
        for symlink in [&refused as &dyn Fn(&Path) -> io::Result<()>, &leads_nowhere] {
            place_link(&blob, &place, symlink).unwrap();
            assert_eq!(fs::read(&place).unwrap(), b"abc");
            assert!(!place.is_symlink());
        }
        let names = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(names, 2, "no temporary names are left");
    }

    #[test]
    fn one_download_at_a_time_writes_a_blob() {
        let folder = tempfile::tempdir().unwrap();
        let repo = HubCache::new(folder.path().to_path_buf()).repo(&RepoId::new("a/b").unwrap());
        let checksum = Checksum::GitBlob([7; 20]);
        let first = repo.try_lock(&checksum).unwrap();
        assert!(first.is_some() && repo.try_lock(&checksum).unwrap().is_none());
        drop(first);
        assert!(repo.try_lock(&checksum).unwrap().is_some());
    }
}
