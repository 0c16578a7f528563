//! Searching the Hub, page by page, each model with the reason if it is known that it cannot run.
//!
//! The Hub filters by text and license; size and what runs are judged here, so a page of the Hub may come to few models or
//! none. Pages are asked for until enough are found, but not without end.

use serde::{Deserialize, Serialize};

use super::Error;
use super::download::refusal;
use crate::hub::{Hub, Query, Refusal, RepoFacts, Sort};
use crate::progress::Cancel;

/// Pages of the Hub that one search reads at most.
const MOST_PAGES: usize = 6;

/// What to search for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRequest {
    /// Words of the model's name.
    pub text: String,
    /// In which order.
    pub sort: Sort,
    /// License, as the Hub spells it; any if `None`.
    pub license: Option<String>,
    /// Most weights of a model; those that do not tell are left out. Any number if `None`.
    pub most_parameters: Option<u64>,
    /// Only models that are not known not to run.
    pub only_runnable: bool,
    /// Models to find, at least as far as there are so many.
    pub limit: usize,
    /// Where an earlier page said that the next one is.
    pub page: Option<String>,
}

/// A page of what a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundPage {
    /// What was asked for.
    pub request: SearchRequest,
    /// The models on the page.
    pub models: Vec<Found>,
    /// Where the next page is, for [`SearchRequest::page`]; `None` if there are no more.
    pub next: Option<String>,
}

/// A model that a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// What the Hub says of it.
    pub facts: RepoFacts,
    /// Why it cannot run, if that is known already.
    pub refusal: Option<Refusal>,
}

/// The next models that `request` asks for.
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
