//! Removal from the cache, with the number of freed bytes.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::{CachedRepo, HubCache};
use crate::hub::error::{Error, io};
use crate::hub::name::{Checksum, RepoId, RepoPath};

impl HubCache {
    /// Deletes all of `repo`, including unfinished downloads; returns the freed bytes.
    ///
    /// # Errors
    /// [`Error::InUse`] while the repository is being downloaded, [`Error::Io`].
    pub fn remove(&self, repo: &RepoId) -> Result<u64, Error> {
        let cached = self.repo(repo);
        let _locks = cached.lock_blobs(repo)?;
        let freed = n_bytes(&cached.folder);
        // Snapshots first: if this is interrupted, the rest cannot be mistaken for a complete model.
        let snapshots = cached.folder.join("snapshots");
        if snapshots.exists() {
            fs::remove_dir_all(&snapshots).map_err(io("delete", snapshots))?;
        }
        if cached.folder.exists() {
            fs::remove_dir_all(&cached.folder).map_err(io("delete", cached.folder))?;
        }
        Ok(freed)
    }

    /// Deletes unfinished downloads of `repo`, and blobs that no snapshot links to; returns the freed bytes.
    ///
    /// # Errors
    /// [`Error::InUse`] while the repository is being downloaded, [`Error::Io`].
    pub fn remove_unfinished(&self, repo: &RepoId) -> Result<u64, Error> {
        let cached = self.repo(repo);
        let locks = cached.lock_blobs(repo)?;
        let used = cached.linked_blobs(repo);
        let Ok(entries) = fs::read_dir(cached.folder.join("blobs")) else { return Ok(0) };
        let mut freed = 0;
        for path in entries.flatten().map(|entry| entry.path()) {
            let is_used = path.file_name().is_some_and(|name| used.contains(name));
            // Snapshots on systems without links have no blobs, so only complete blobs of links can be unused.
            if !is_used && path.is_file() {
                freed += fs::metadata(&path).map_or(0, |found| found.len());
                fs::remove_file(&path).map_err(io("delete", path))?;
            }
        }
        drop(locks);
        if cached.has_no_files(repo) {
            freed += self.remove(repo)?;
        }
        Ok(freed)
    }

    /// Deletes one file of `repo` from all snapshots, and its blob unless another name uses it; returns the freed bytes.
    ///
    /// # Errors
    /// [`Error::InUse`] while the repository is being downloaded, [`Error::Io`].
    pub fn remove_file(&self, repo: &RepoId, path: &RepoPath) -> Result<u64, Error> {
        let cached = self.repo(repo);
        let locks = cached.lock_blobs(repo)?;
        let mut freed = 0;
        let mut blobs = HashSet::new();
        for commit in cached.snapshots() {
            let place = path.below(&cached.snapshot(&commit));
            let Ok(found) = fs::symlink_metadata(&place) else { continue };
            match fs::read_link(&place) {
                Ok(target) => blobs.extend(target.file_name().map(OsString::from)),
                Err(_) => freed += found.len(),
            }
            fs::remove_file(&place).map_err(io("delete", place))?;
        }
        let used = cached.linked_blobs(repo);
        // The order is irrelevant: each blob is deleted independently.
        let mut unused: Vec<_> = blobs.difference(&used).collect();
        unused.sort();
        for name in unused {
            let blob = cached.folder.join("blobs").join(name);
            let size = fs::metadata(&blob).map_or(0, |found| found.len());
            if blob.exists() {
                fs::remove_file(&blob).map_err(io("delete", blob))?;
                freed += size;
            }
        }
        drop(locks);
        if cached.has_no_files(repo) {
            freed += self.remove(repo)?;
        }
        Ok(freed)
    }
}

impl CachedRepo {
    /// Whether no snapshot has a file.
    fn has_no_files(&self, repo: &RepoId) -> bool {
        self.snapshots().into_iter().all(|commit| self.look(repo, commit).files.is_empty())
    }

    /// Locks all unfinished downloads, so that none can continue.
    fn lock_blobs(&self, repo: &RepoId) -> Result<Vec<super::Lock>, Error> {
        let Ok(entries) = fs::read_dir(self.folder.join("blobs")) else { return Ok(Vec::new()) };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let unfinished = names.filter(|name| name.contains('.'));
        let checksums: HashSet<Checksum> =
            unfinished.filter_map(|name| Checksum::from_hex(name.split('.').next()?)).collect();
        let mut checksums: Vec<_> = checksums.into_iter().collect();
        checksums.sort();
        let lock =
            |checksum: &Checksum| self.try_lock(checksum)?.ok_or_else(|| Error::InUse { repo: repo.clone() });
        checksums.iter().map(lock).collect()
    }

    /// Names of the blobs that some snapshot links to.
    fn linked_blobs(&self, repo: &RepoId) -> HashSet<OsString> {
        let snapshots = self.snapshots();
        let models = snapshots.into_iter().map(|commit| self.look(repo, commit));
        let places = models.flat_map(|m| m.files.iter().map(|f| f.path.below(&m.folder)).collect::<Vec<_>>());
        places.filter_map(|place| Some(fs::read_link(place).ok()?.file_name()?.to_owned())).collect()
    }
}

/// Bytes of all files below `folder`, without following links.
fn n_bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => n_bytes(&entry.path()),
        Ok(kind) if kind.is_file() => entry.metadata().map_or(0, |found| found.len()),
        _ => 0,
    };
    entries.flatten().map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::super::super::name::Revision;
    use super::*;

    #[test]
    fn bytes_that_another_name_holds_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HubCache::new(folder.path().to_path_buf());
        let id = RepoId::new("a/b").unwrap();
        let repo = cache.repo(&id);
        let commit = Revision::new(&"c".repeat(40)).unwrap();
        fs::create_dir_all(repo.folder.join("blobs")).unwrap();
        let add = |name: &str, byte: u8| {
            let checksum = Checksum::Sha256([byte; 32]);
            fs::write(repo.blob(&checksum), [byte; 10]).unwrap();
            repo.link(&commit, &RepoPath::new(name).unwrap(), &checksum).unwrap();
        };
        add("one.gguf", 1);
        add("same.gguf", 1);
        add("two.gguf", 2);
        let remove = |name: &str| cache.remove_file(&id, &RepoPath::new(name).unwrap()).unwrap();
        assert_eq!(remove("two.gguf"), 10);
        assert_eq!(remove("one.gguf"), if cfg!(unix) { 0 } else { 10 });
        assert_eq!(cache.models()[0].files.len(), 1);
        assert!(remove("same.gguf") >= 10);
        assert!(cache.models().is_empty() && !repo.folder.exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_whole_stays_when_the_rest_is_discarded() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HubCache::new(folder.path().to_path_buf());
        let id = RepoId::new("a/b").unwrap();
        let repo = cache.repo(&id);
        let commit = Revision::new(&"c".repeat(40)).unwrap();
        let [whole, part, stray] = [1, 2, 3].map(|byte| Checksum::Sha256([byte; 32]));
        fs::create_dir_all(repo.folder.join("blobs")).unwrap();
        fs::write(repo.blob(&whole), [1; 10]).unwrap();
        repo.link(&commit, &RepoPath::new("one.gguf").unwrap(), &whole).unwrap();
        fs::write(repo.part(&part), [2; 20]).unwrap();
        fs::write(repo.blob(&stray), [3; 30]).unwrap();
        assert_eq!(cache.remove_unfinished(&id).unwrap(), 50);
        assert_eq!(cache.models()[0].files.len(), 1);
        assert!(repo.blob(&whole).exists());
        assert_eq!(cache.remove_unfinished(&RepoId::new("a/other").unwrap()).unwrap(), 0);
    }

    #[test]
    fn a_running_download_keeps_its_repository() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HubCache::new(folder.path().to_path_buf());
        let id = RepoId::new("a/b").unwrap();
        let repo = cache.repo(&id);
        let checksum = Checksum::Sha256([1; 32]);
        fs::create_dir_all(repo.folder.join("blobs")).unwrap();
        fs::write(repo.part(&checksum), [0; 100]).unwrap();
        let lock = repo.try_lock(&checksum).unwrap();
        assert!(matches!(cache.remove(&id), Err(Error::InUse { .. })));
        drop(lock);
        assert_eq!(cache.remove(&id).unwrap(), 100);
        assert!(!repo.folder.exists());
    }
}
