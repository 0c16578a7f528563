//! A memory-mapped file: the engine's only `unsafe` code outside the kernels.
//!
//! Models are larger than the memory we want to use, so their bytes stay in the file and the system loads the pages that are
//! accessed. [`MappedFile::release`] releases pages, which keeps the memory of a streaming run near one tensor.
//!
//! Why this is sound enough: the map is read-only, and only `&[u8]` is exposed, for which every bit pattern is valid. Names,
//! lengths and offsets are checked once and copied into our own values, never read from the map again. The remaining risk is
//! that another program changes the file while it is mapped. Changed bytes are then wrong weights, as if they had been written
//! a moment earlier. If the file is *truncated*, the system stops the process when a missing page is accessed; reading instead
//! of mapping would lose the model as well, and in the window it is the worker process that dies, which is reported.

#![allow(unsafe_code, reason = "mapping a file is unsafe; the paragraph above says why it is sound enough")]

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

/// A read-only map of a whole file.
#[derive(Debug)]
pub struct MappedFile {
    /// The map; `None` for an empty file, which systems refuse to map.
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
        // SAFETY: the map is private to this value, read-only and only exposed as bytes; the module's description covers
        // changes of the file by another program.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self { map: Some(map) })
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }

    /// Advises the system that `range` will be read soon and in order, so that it reads ahead.
    pub fn read_ahead(&self, range: Range<usize>) {
        #[cfg(unix)]
        if let (Some(map), Some(inner)) = (&self.map, self.clip(range)) {
            // A hint only: if the system ignores it, reads are unaffected.
            let _ = map.advise_range(memmap2::Advice::WillNeed, inner.start, inner.len());
        }
        #[cfg(not(unix))]
        let _ = range;
    }

    /// Releases the memory of the pages wholly inside `range` (`madvise` with `MADV_DONTNEED`); accessing them again reads the file
    /// again.
    pub fn release(&self, range: Range<usize>) {
        #[cfg(unix)]
        if let (Some(map), Some(inner)) = (&self.map, self.clip(range)) {
            const PAGE: usize = 4096; // with larger pages, the system rounds or refuses the hint
            let start = inner.start.next_multiple_of(PAGE);
            // The file's last page counts as inside a range that ends at the end of the file.
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

    /// `range` clamped to the file, or `None` if nothing remains.
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
