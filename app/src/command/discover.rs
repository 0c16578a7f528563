//! Commands of finding models on the Hub.

use crate::base::HubQuery;

/// A command of the screen that searches the Hub.
#[derive(Clone, Debug, PartialEq)]
pub enum DiscoverCommand {
    /// Search the Hub.
    Search(HubQuery),
    /// Load the next page of results.
    MoreResults,
    /// Open the page of a model, `owner/name`.
    OpenModel(String),
    /// Choose a precision on that page.
    ChoosePrecision(String),
}
