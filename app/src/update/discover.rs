//! Finding models on the Hub and opening their pages.

use nibble_engine::jobs::Ask;
use nibble_engine::jobs::protocol::{DescribeRequest, Failure, FoundPage, ModelPage};

use crate::command::DiscoverCommand;
use crate::jobs::Task;
use crate::state::{
    DEFAULT_CONTEXT, HubPage, HubQuery, NoticeKind, NoticeTopic, PageLook, Purpose, Results, Screen, State,
};

use super::effect::{Effect, abandon_jobs, start_job};

/// Does what a person asked of the Hub.
pub(super) fn apply(state: &mut State, command: DiscoverCommand) -> Vec<Effect> {
    match command {
        DiscoverCommand::Search(query) => search(state, query),
        DiscoverCommand::MoreResults => more(state),
        DiscoverCommand::OpenModel(repo) => open(state, repo),
        DiscoverCommand::ChoosePrecision(precision) => {
            if let Some(page) = &mut state.discover.page {
                page.precision = Some(precision);
            }
            Vec::new()
        }
    }
}

/// The screen is shown: recommendations need the memory of this machine and its speed.
pub(super) fn shown(state: &mut State) -> Vec<Effect> {
    let mut effects = vec![Effect::Task(Task::MeasureMemory)];
    let is_asked = state.pending.find(|purpose| *purpose == Purpose::MemorySpeed).is_some();
    if state.read_gbps.is_none() && !is_asked {
        effects.push(start_job(state, Purpose::MemorySpeed, Ask::MemorySpeed));
    }
    effects
}

/// Looks for something else; what was looked for before is dropped, whatever it still brings.
fn search(state: &mut State, query: HubQuery) -> Vec<Effect> {
    let discover = &mut state.discover;
    let again = matches!(discover.results, Results::Failed(_));
    if discover.query == query && !again {
        return Vec::new();
    }
    discover.query = query;
    let mut effects = abandon_jobs(state, |purpose| *purpose == Purpose::SearchHub);
    let discover = &mut state.discover;
    if discover.query == HubQuery::default() {
        discover.results = Results::Catalog;
        return effects;
    }
    discover.results = Results::Searching;
    let request = discover.query.request(None);
    effects.push(start_job(state, Purpose::SearchHub, Ask::Search(request)));
    effects
}

fn more(state: &mut State) -> Vec<Effect> {
    let discover = &mut state.discover;
    let Results::Found { next: Some(next), is_loading, .. } = &mut discover.results else {
        return Vec::new();
    };
    if std::mem::replace(is_loading, true) {
        return Vec::new();
    }
    let request = discover.query.request(Some(next.clone()));
    vec![start_job(state, Purpose::SearchHub, Ask::Search(request))]
}

fn open(state: &mut State, repo: String) -> Vec<Effect> {
    // Asked for from its own page, it is read anew.
    let is_again = std::mem::replace(&mut state.screen, Screen::HubModel) == Screen::HubModel;
    let known = state
        .discover
        .page
        .as_ref()
        .is_some_and(|page| page.repo == repo && !is_again && !matches!(page.look, PageLook::Failed(_)));
    if known {
        return vec![Effect::Task(Task::MeasureMemory)];
    }
    state.discover.page = Some(HubPage { repo: repo.clone(), look: PageLook::Reading, precision: None });
    let context = state.settings.context.unwrap_or(DEFAULT_CONTEXT);
    let request = DescribeRequest { repo: repo.clone(), revision: None, context };
    let mut effects = abandon_jobs(state, |purpose| matches!(purpose, Purpose::Describe(_)));
    effects.push(start_job(state, Purpose::Describe(repo), Ask::Describe(request)));
    effects.push(Effect::Task(Task::MeasureMemory));
    effects
}

/// A page of results has come: the first one, or the next one.
pub(super) fn found(state: &mut State, page: FoundPage) {
    match &mut state.discover.results {
        Results::Found { models, next, is_loading } => {
            // A list that changes while it is read shows some models twice.
            let is_new = |repo: &str| models.iter().all(|known| known.facts.repo != repo);
            let new: Vec<_> = page.models.into_iter().filter(|found| is_new(&found.facts.repo)).collect();
            models.extend(new);
            *next = page.next;
            *is_loading = false;
        }
        results @ (Results::Searching | Results::Failed(_) | Results::Catalog) => {
            *results = Results::Found { models: page.models, next: page.next, is_loading: false };
        }
    }
}

/// The page of the model that is open has come.
pub(super) fn described(state: &mut State, described: Box<ModelPage>) {
    let Some(page) = &mut state.discover.page else { return };
    let ready = described.ready_made.iter().find(|one| one.refusal.is_none());
    let preselected = described.preselected.map(|precision| precision.name().to_owned());
    page.precision = preselected.or_else(|| ready.and_then(|one| one.precision.clone()));
    page.look = PageLook::Known(described);
}

/// A search failed.
pub(super) fn fail_search(state: &mut State, failure: Failure) {
    match &mut state.discover.results {
        Results::Found { is_loading, .. } => {
            *is_loading = false;
            let again = Some(DiscoverCommand::MoreResults.into());
            state.notices.show(NoticeKind::Problem, NoticeTopic::CannotSearch(failure), again);
        }
        results @ (Results::Searching | Results::Failed(_) | Results::Catalog) => {
            *results = Results::Failed(failure);
        }
    }
}

/// The page of a model could not be read.
pub(super) fn fail_page(state: &mut State, failure: Failure) {
    if let Some(page) = &mut state.discover.page {
        page.look = PageLook::Failed(failure);
    }
}

/// A search was cancelled, or its process is gone: what was shown before is shown again.
pub(super) fn lose_search(state: &mut State, topic: Option<NoticeTopic>) {
    let discover = &mut state.discover;
    match &mut discover.results {
        Results::Found { is_loading, .. } => *is_loading = false,
        results @ (Results::Searching | Results::Failed(_) | Results::Catalog) => {
            *results = Results::Catalog;
            discover.query = HubQuery::default();
        }
    }
    if let Some(topic) = topic {
        state.notices.show(NoticeKind::Problem, topic, None);
    }
}

/// Reading the page of a model was cancelled, or its process is gone.
pub(super) fn lose_page(state: &mut State, topic: Option<NoticeTopic>) {
    let Some(page) = state.discover.page.take() else { return };
    if state.screen == Screen::HubModel {
        state.screen = Screen::Discover;
    }
    if let Some(topic) = topic {
        let again = DiscoverCommand::OpenModel(page.repo).into();
        state.notices.show(NoticeKind::Problem, topic, Some(again));
    }
}
