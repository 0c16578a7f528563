//! The number by which a notice is closed.

/// Tells notices apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NoticeId(pub u64);
