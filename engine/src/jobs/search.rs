//! Search of the Hub, page by page, with the reason for each model that is known not to run.
//!
//! The Hub filters by text and license; size and support are filtered here, so a page of the Hub may yield few models or none.
//! Pages are fetched until enough are found, up to a limit.

use serde::{Deserialize, Serialize};

use super::Error;
use super::download::refusal;
use crate::hub::{Hub, Query, Refusal, RepoFacts, Sort};
use crate::progress::Cancel;

/// Largest number of Hub pages per search.
const MOST_PAGES: usize = 6;

/// A request to search the Hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRequest {
    /// Words of the model's name.
    pub text: String,
    /// Sort order of the results.
    pub sort: Sort,
    /// License in the Hub's spelling; any if `None`.
    pub license: Option<String>,
    /// Largest number of parameters; models that do not state it are dropped. Any number if `None`.
    pub most_parameters: Option<u64>,
    /// Whether to drop models that are known not to run.
    pub only_runnable: bool,
    /// Number of models to find, if there are as many.
    pub limit: usize,
    /// Address of the page, from [`FoundPage::next`].
    pub page: Option<String>,
}

/// A page of search results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundPage {
    /// The request that the page answers.
    pub request: SearchRequest,
    /// The models on the page.
    pub models: Vec<Found>,
    /// Address of the next page, for [`SearchRequest::page`]; `None` after the last.
    pub next: Option<String>,
}

/// A model in search results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Facts of the repository.
    pub facts: RepoFacts,
    /// Why it cannot run, if that is known.
    pub refusal: Option<Refusal>,
}

/// Finds the next models of `request`.
///
/// # Errors
/// [`Error::Hub`] if the request fails.
pub fn search(hub: &Hub, request: &SearchRequest, cancel: &Cancel) -> Result<FoundPage, Error> {
    let query = Query {
        text: request.text.clone(),
        sort: request.sort,
        limit: request.limit,
        license: request.license.clone(),
        quantized_from: None,
    };
    let mut page = FoundPage { request: request.clone(), models: Vec::new(), next: request.page.clone() };
    for _ in 0..MOST_PAGES {
        let found = hub.search(&query, page.next.as_deref(), cancel)?;
        page.next = found.next;
        page.models.extend(found.models.into_iter().map(judge).filter(|found| request.takes(found)));
        if page.models.len() >= request.limit || page.next.is_none() {
            break;
        }
    }
    Ok(page)
}

impl SearchRequest {
    fn takes(&self, found: &Found) -> bool {
        let fits = |most: u64| found.facts.parameters.is_some_and(|parameters| parameters <= most);
        self.most_parameters.is_none_or(fits) && !(self.only_runnable && found.refusal.is_some())
    }
}

fn judge(facts: RepoFacts) -> Found {
    let is_gguf = facts.model_type.is_none() && facts.gguf_architecture.is_some();
    Found { refusal: refusal(&facts, is_gguf), facts }
}
