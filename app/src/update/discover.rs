//! Finding models on the Hub and opening their pages.

use nibble_engine::jobs::protocol::{DescribeRequest, Failure, FoundPage, ModelPage};
use nibble_engine::jobs::{Ask, Event};

use crate::command::DiscoverCommand;
use crate::jobs::{Lane, Task};
use crate::state::{
    DEFAULT_CONTEXT, HubPage, HubQuery, NoticeKind, NoticeTopic, PageLook, Results, Screen, State,
};

use super::effect::Effect;

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

/// Looks for something else; what was looked for before is dropped, whatever it still brings.
fn search(state: &mut State, query: HubQuery) -> Vec<Effect> {
    let discover = &mut state.discover;
    let again = matches!(discover.results, Results::Failed(_));
    if discover.query == query && !again {
        return Vec::new();
    }
    discover.query = query;
    // A page that was asked for goes with the search that is stopped.
    discover.page.take_if(|page| page.look == PageLook::Reading);
    if discover.query == HubQuery::default() {
        discover.results = Results::Catalog;
        return vec![Effect::Cancel(Lane::HubSearch)];
    }
    discover.results = Results::Searching;
    vec![
        Effect::Cancel(Lane::HubSearch),
        Effect::Ask(Lane::HubSearch, Ask::Search(discover.query.request(None))),
    ]
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
    vec![Effect::Ask(Lane::HubSearch, Ask::Search(request))]
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
    let request = DescribeRequest { repo, revision: None, context };
    vec![Effect::Ask(Lane::HubSearch, Ask::Describe(request)), Effect::Task(Task::MeasureMemory)]
}

/// Takes in what the Hub said.
pub(super) fn absorb(state: &mut State, event: Event) -> Vec<Effect> {
    match event {
        Event::Found(page) => found(state, page),
        Event::Described(page) => described(state, page),
        Event::Failed(failure) => fail(state, failure),
        _ => {}
    }
    Vec::new()
}

fn found(state: &mut State, page: FoundPage) {
    let discover = &mut state.discover;
    let is_first = page.request == discover.query.request(None);
    match &mut discover.results {
        results @ (Results::Searching | Results::Failed(_)) if is_first => {
            *results = Results::Found { models: page.models, next: page.next, is_loading: false };
        }
        Results::Found { models, next, is_loading }
            if page.request == discover.query.request(next.clone()) =>
        {
            // A list that changes while it is read shows some models twice.
            let is_new = |repo: &str| models.iter().all(|known| known.facts.repo != repo);
            let new: Vec<_> = page.models.into_iter().filter(|found| is_new(&found.facts.repo)).collect();
            models.extend(new);
            *next = page.next;
            *is_loading = false;
        }
        _ => {}
    }
}

fn described(state: &mut State, described: Box<ModelPage>) {
    let Some(page) = &mut state.discover.page else { return };
    if page.repo != described.request.repo {
        return;
    }
    let ready = described.ready_made.iter().find(|one| one.refusal.is_none());
    let preselected = described.preselected.map(|precision| precision.name().to_owned());
    page.precision = preselected.or_else(|| ready.and_then(|one| one.precision.clone()));
    page.look = PageLook::Known(described);
}

/// The Hub could not be asked: by the search, if one is on its way, since what is asked later waits for it.
fn fail(state: &mut State, failure: Failure) {
    match &mut state.discover.results {
        results @ Results::Searching => *results = Results::Failed(failure),
        Results::Found { is_loading, .. } if *is_loading => {
            *is_loading = false;
            let again = Some(DiscoverCommand::MoreResults.into());
            state.notices.show(NoticeKind::Problem, NoticeTopic::CannotSearch(failure), again);
        }
        _ => {
            if let Some(page) = &mut state.discover.page
                && page.look == PageLook::Reading
            {
                page.look = PageLook::Failed(failure);
            }
        }
    }
}

/// The process that asked is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) -> Vec<Effect> {
    let discover = &mut state.discover;
    match &mut discover.results {
        results @ Results::Searching => {
            *results = Results::Catalog;
            discover.query = HubQuery::default();
        }
        Results::Found { is_loading, .. } => *is_loading = false,
        Results::Catalog | Results::Failed(_) => {}
    }
    let lost = discover.page.take_if(|page| page.look == PageLook::Reading);
    if lost.is_some() && state.screen == Screen::HubModel {
        state.screen = Screen::Discover;
    }
    let again = lost.map(|page| DiscoverCommand::OpenModel(page.repo).into());
    state.notices.show(NoticeKind::Problem, topic, again);
    Vec::new()
}
