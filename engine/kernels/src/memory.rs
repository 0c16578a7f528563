//! Large blocks of memory in large pages.
//!
//! Weights are read once per token from end to end. With 4 KiB pages the address translation alone costs a tenth of the
//! bandwidth, so blocks of 2 MiB and more ask for huge pages on Linux; elsewhere they are ordinary memory.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

/// Alignment of small blocks: a cache line.
const LINE: usize = 64;
/// Size of a huge page, and the alignment of blocks that fill one.
const HUGE: usize = 2 << 20;

/// Memory of one size, aligned to cache lines at least, that starts out uninitialized.
#[derive(Debug)]
pub(crate) struct Memory {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: `Memory` owns its block as a `Box` would; access through `start` is governed by its borrows.
unsafe impl Send for Memory {}
// SAFETY: shared access only reads.
unsafe impl Sync for Memory {}

impl Memory {
    /// A block of `len` bytes, or `None` if the system has none.
    pub(crate) fn new(len: usize) -> Option<Self> {
        let align = if len >= HUGE { HUGE } else { LINE };
        let layout = Layout::from_size_align(len.max(1).checked_next_multiple_of(LINE)?, align).ok()?;
        // SAFETY: the layout's size is not zero.
        let start = NonNull::new(unsafe { alloc(layout) })?;
        #[cfg(target_os = "linux")]
        if len >= HUGE {
            // The tail stays in small pages: a huge page for it would be mostly waste.
            // SAFETY: the range lies inside the block just made. The call is advice: its failure changes nothing.
            unsafe { libc::madvise(start.as_ptr().cast(), len / HUGE * HUGE, libc::MADV_HUGEPAGE) };
        }
        Some(Self { start, layout })
    }

    /// First byte.
    pub(crate) fn as_ptr(&self) -> *mut u8 {
        self.start.as_ptr()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the block came from `alloc` with this layout.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_refusal_is_a_value() {
        for len in [0, 1, 100, HUGE, 3 * HUGE + 5] {
            let memory = Memory::new(len).unwrap();
            assert_eq!(memory.as_ptr() as usize % if len >= HUGE { HUGE } else { LINE }, 0);
        }
        assert!(Memory::new(usize::MAX).is_none());
        assert!(Memory::new(isize::MAX as usize - HUGE).is_none());
    }
}
