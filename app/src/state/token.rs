//! What is known of the access token of the Hub; the token itself stays in its file.

use nibble_engine::jobs::Failure;

/// What is known of the access token of the Hub.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TokenState {
    /// Nobody looked yet.
    #[default]
    Unknown,
    /// This program was given none.
    Missing,
    /// There is one, which was not tried.
    Kept,
    /// The Hub is being asked whose it is.
    Trying,
    /// It is this account's.
    Of(String),
    /// The Hub does not take it, or could not be asked.
    Refused(Failure),
}

impl TokenState {
    /// Whether the program has a token.
    pub fn is_here(&self) -> bool {
        match self {
            Self::Unknown | Self::Missing => false,
            Self::Kept | Self::Trying | Self::Of(_) | Self::Refused(_) => true,
        }
    }
}
