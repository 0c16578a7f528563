//! Search of the Hub: query, results, and the open model page.

use nibble_engine::jobs::protocol::{Failure, Found, ModelPage};

use crate::base::HubQuery;

/// Results of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Results {
    /// Nothing is looked for: the catalog is shown.
    #[default]
    Catalog,
    /// The first page is being fetched.
    Searching,
    /// Models, and where the next page is.
    Found {
        /// The models so far.
        models: Vec<Found>,
        /// The next page, if there is one.
        next: Option<String>,
        /// Whether that page is being fetched.
        is_loading: bool,
    },
    /// The Hub could not be asked.
    Failed(Failure),
}

/// The screen that finds models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Discover {
    /// The current query.
    pub query: HubQuery,
    /// Results of the query.
    pub results: Results,
    /// The model whose page is open.
    pub page: Option<HubPage>,
}

/// A model's page.
#[derive(Clone, Debug, PartialEq)]
pub struct HubPage {
    /// Name of the repository, `owner/name`.
    pub repo: String,
    /// State of the page.
    pub look: PageLook,
    /// The precision that is chosen; none if none fits.
    pub precision: Option<String>,
}

/// State of a model page.
#[derive(Clone, Debug, PartialEq)]
pub enum PageLook {
    /// The Hub is being asked.
    Reading,
    /// The Hub could not be asked.
    Failed(Failure),
    /// The complete model page.
    Known(Box<ModelPage>),
}

impl HubPage {
    /// The page, once it is known.
    pub fn known(&self) -> Option<&ModelPage> {
        if let PageLook::Known(page) = &self.look { Some(page) } else { None }
    }
}
