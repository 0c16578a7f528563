//! A file seen as memory: the engine's one place with `unsafe` outside the kernels.
//!
//! Models are larger than what we want to hold, so their bytes stay in the file and the system brings in the pages that are
//! looked at. [`MappedFile::release`] gives pages back, which keeps the memory of a streaming run near one tensor.
//!
//! Why this is sound enough: the map is read-only, and we hand out nothing but `&[u8]`, for which every bit pattern is
//! valid. What must hold true (names, lengths, offsets) is checked once and copied into values of our own, never looked up
//! in the map again. What remains is that another program may change the file under us. Changed bytes are then wrong
//! weights, as they would be had they been written a moment earlier. A file made *shorter* makes the system stop the
//! process when a missing page is touched; reading instead of mapping would not change that the model is lost, and in the
//! window it is the worker process that dies, which is reported.

#![allow(unsafe_code, reason = "mapping a file is unsafe; the paragraph above says why it is sound enough")]

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

/// A read-only map of a whole file.
#[derive(Debug)]
pub struct MappedFile {
    /// `None` for an empty file, which systems refuse to map.
    map: Option<Mmap>,
}

impl MappedFile {
    /// Maps the file at `path`.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if metadata.len() == 0 {
            return Ok(Self { map: None });
        }
        // SAFETY: the map is private to this value, read-only and only ever seen as bytes; the module's paragraph says
        // what a change of the file by another program does.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self { map: Some(map) })
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }

    /// Tells the system that `range` will be read soon and in order, so that it reads ahead.
    pub fn read_ahead(&self, range: Range<usize>) {
        #[cfg(unix)]
        if let (Some(map), Some(inner)) = (&self.map, self.clip(range)) {
            // A hint: a system that does not take it reads as it would have.
            let _ = map.advise_range(memmap2::Advice::WillNeed, inner.start, inner.len());
        }
        #[cfg(not(unix))]
        let _ = range;
    }

    /// Gives back the memory of the pages wholly inside `range`; reading them again reads the file again.
    pub fn release(&self, range: Range<usize>) {
        #[cfg(unix)]
        if let (Some(map), Some(inner)) = (&self.map, self.clip(range)) {
            const PAGE: usize = 4096; // larger pages than this are rounded by the system, or the hint is refused
            let start = inner.start.next_multiple_of(PAGE);
            // The file's last page belongs to the range that reaches the end.
            let end = if inner.end == map.len() { inner.end } else { inner.end / PAGE * PAGE };
            if start < end {
                // SAFETY: the map is a shared, read-only view of a file and was never written to, so dropping its pages
                // loses nothing: the next access reads the same bytes from the file.
                let _ = unsafe {
                    map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, end - start)
                };
            }
        }
        #[cfg(not(unix))]
        let _ = range;
    }

    /// `range` cut to the file, or `None` if nothing is left.
    #[cfg(unix)]
    fn clip(&self, range: Range<usize>) -> Option<Range<usize>> {
        let end = range.end.min(self.bytes().len());
        (range.start < end).then_some(range.start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_files_bytes_before_and_after_release() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let content: Vec<u8> = (0..20_000_u32).map(|byte| byte as u8).collect();
        std::fs::write(&path, &content).unwrap();
        let map = MappedFile::open(&path).unwrap();
        assert_eq!(map.bytes(), content);
        map.read_ahead(0..content.len());
        map.release(100..content.len());
        map.release(5..6);
        map.release(30_000..40_000);
        assert_eq!(map.bytes(), content);
    }

    #[test]
    fn an_empty_file_has_no_bytes_and_a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty");
        std::fs::write(&path, b"").unwrap();
        let map = MappedFile::open(&path).unwrap();
        assert!(map.bytes().is_empty());
        map.release(0..10);
        assert!(MappedFile::open(folder.path()).is_err());
    }
}
