//! A mutable slice that several workers write at once, each its own part.

use std::marker::PhantomData;
use std::ops::Range;

/// A borrowed slice whose parts are kept disjoint by its callers instead of the borrow checker.
pub(crate) struct SharedMut<'a, T> {
    start: *mut T,
    len: usize,
    borrowed: PhantomData<&'a mut [T]>,
}

// SAFETY: only `part` gives access, and its callers keep parts in use disjoint.
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
    /// While the result is alive, no overlapping part may be requested.
    ///
    /// # Panics
    /// When the range exceeds the slice.
    #[allow(clippy::mut_from_ref, reason = "disjoint mutable parts are its purpose; see Safety")]
    pub(crate) unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.len, "a part lies inside its slice");
        // SAFETY: the range lies inside the slice, which is borrowed for 'a, and the caller keeps parts disjoint.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }

    /// Address of the first element, for kernels that compute offsets themselves.
    pub(crate) fn as_ptr(&self) -> *mut T {
        self.start
    }
}
