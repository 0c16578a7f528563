//! A mutable slice that several workers write at once, each its own part.

use std::marker::PhantomData;
use std::ops::Range;

/// A borrowed slice whose parts are handed out by promise instead of by the borrow checker.
pub(crate) struct SharedMut<'a, T> {
    start: *mut T,
    len: usize,
    borrowed: PhantomData<&'a mut [T]>,
}

// SAFETY: only `part` gives access, and its caller promises that no two parts in use overlap.
unsafe impl<T: Send> Sync for SharedMut<'_, T> {}
// SAFETY: as above; the slice itself may move between threads because T may.
unsafe impl<T: Send> Send for SharedMut<'_, T> {}

impl<'a, T> SharedMut<'a, T> {
    pub(crate) fn new(slice: &'a mut [T]) -> Self {
        Self { start: slice.as_mut_ptr(), len: slice.len(), borrowed: PhantomData }
    }

    /// The elements of `range`.
    ///
    /// # Safety
    /// While the result lives, no other part that overlaps it may be asked for.
    ///
    /// # Panics
    /// When the range leaves the slice.
    #[allow(clippy::mut_from_ref, reason = "that is its purpose; see Safety")]
    pub(crate) unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.len, "a part lies inside its slice");
        // SAFETY: the range lies inside the slice, which is borrowed for 'a, and the caller keeps parts apart.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }

    /// The first element's address, for kernels that compute offsets themselves.
    pub(crate) fn as_ptr(&self) -> *mut T {
        self.start
    }
}
