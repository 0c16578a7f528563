//! Zeroed memory that the system maps page by page, when it is first touched.
//!
//! Used for weights and the buffers of a sequence: aligned to cache lines, so that no vector load crosses two. Allocations of 2
//! MiB and more request huge pages on Linux, since with 4 KiB pages the address translation alone costs a tenth of the
//! bandwidth.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// Alignment of small allocations: a cache line.
const LINE: usize = 64;
/// Something aligned as small allocations are, for the address of empty slices.
#[repr(align(64))]
struct Line;
/// Size of a huge page, and the alignment of allocations that fill one.
const HUGE: usize = 2 << 20;

/// Types for which all-zero bytes are a valid value.
pub trait Zero: Copy {}
impl Zero for i8 {}
impl Zero for u8 {}
impl Zero for u16 {}
impl Zero for u32 {}
impl Zero for f32 {}
impl Zero for crate::amx::Tile {}
impl Zero for crate::amx::Sums {}

/// A slice that is zero until it is written.
#[derive(Debug)]
pub struct Zeroed<T> {
    /// The allocation; the slice begins at the first aligned address inside.
    block: NonNull<u8>,
    layout: Layout,
    start: NonNull<T>,
    len: usize,
    owned: PhantomData<T>,
}

// SAFETY: `Zeroed` owns its block as a `Box<[T]>` would.
unsafe impl<T: Send> Send for Zeroed<T> {}
// SAFETY: as above; shared access only reads.
unsafe impl<T: Sync> Sync for Zeroed<T> {}

impl<T: Zero> Zeroed<T> {
    /// A slice of `len` zeroes; `None` if allocation fails.
    pub fn new(len: usize) -> Option<Self> {
        let bytes = len.checked_mul(size_of::<T>())?;
        if bytes == 0 {
            let (layout, start) = (Layout::new::<()>(), NonNull::<Line>::dangling().cast());
            return Some(Self { block: NonNull::dangling(), layout, start, len, owned: PhantomData });
        }
        let align = if bytes >= HUGE { HUGE } else { LINE };
        // Aligned by hand: an allocator asked for a large alignment clears the memory itself, which touches every page.
        let layout = Layout::from_size_align(bytes.checked_add(align)?, align_of::<T>()).ok()?;
        // SAFETY: the layout's size is not zero.
        let block = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        let skip = block.as_ptr().align_offset(align);
        // SAFETY: the block is `align` bytes longer than the slice, and `align_offset` of a byte pointer is below `align`.
        let start = unsafe { block.add(skip) }.cast::<T>();
        #[cfg(target_os = "linux")]
        if bytes >= HUGE {
            // The tail stays in small pages: most of a huge page for it would be unused.
            // SAFETY: the range lies inside the block just made. The call is advice: its failure changes nothing.
            unsafe { libc::madvise(start.as_ptr().cast(), bytes / HUGE * HUGE, libc::MADV_HUGEPAGE) };
        }
        Some(Self { block, layout, start, len, owned: PhantomData })
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        // SAFETY: `len` elements from `start` lie in the block, and are zero or were written as T.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as in `as_slice`, and `self` is borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T: Zero> Deref for Zeroed<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: Zero> DerefMut for Zeroed<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.as_mut_slice()
    }
}

impl<T> Drop for Zeroed<T> {
    fn drop(&mut self) {
        if self.layout.size() > 0 {
            // SAFETY: the block came from `alloc_zeroed` with this layout.
            unsafe { dealloc(self.block.as_ptr(), self.layout) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_aligned_zero_and_writable() {
        for len in [0, 1, 1000, HUGE / 4, HUGE + 3] {
            let mut memory = Zeroed::<f32>::new(len).expect("a few megabytes");
            let align = if 4 * len >= HUGE { HUGE } else { LINE };
            assert_eq!(memory.as_slice().as_ptr() as usize % align, 0);
            assert!(memory.as_slice().iter().all(|x| x.to_bits() == 0));
            memory.as_mut_slice().fill(1.0);
            assert_eq!(memory.as_slice().len(), len);
        }
        assert!(Zeroed::<u16>::new(usize::MAX).is_none());
    }
}
