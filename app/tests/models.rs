//! Commands in, state out: finding models, bringing them, keeping them.

mod parts;

use nibble::command::{
    DiscoverCommand, DownloadsCommand, LibraryCommand, ModelCommand, SettingsCommand, ViewCommand,
};
use nibble::jobs::{Death, JobEvent, Lane};
use nibble::state::{
    DownloadId, DownloadPhase, HubQuery, KeptDownload, LibraryWork, NoticeTopic, PageLook, Results, Screen,
    Settings, SizeLimit, State,
};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::protocol::{ModelOrigin, RemovedModel};
use nibble_engine::jobs::{Ask, Event, Failure};
use nibble_engine::progress::{Progress, Stage};

use parts::hub::{fetch, fetched, found, page, shelved};
use parts::{asked, death, fresh, is_listed, loaded, places, running, tell};

fn failure() -> Failure {
    Failure { message: "no lasting connection".into(), details: Vec::new() }
}

fn query(text: &str) -> HubQuery {
    HubQuery { text: text.into(), ..HubQuery::default() }
}

fn shown(state: &State) -> Vec<&str> {
    match &state.discover.results {
        Results::Found { models, .. } => models.iter().map(|found| found.facts.repo.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_search_is_cancelled_by_the_next_and_what_it_still_brings_is_dropped() {
    let mut state = fresh();
    let effects = apply(&mut state, DiscoverCommand::Search(query("qwe")));
    assert!(matches!(asked(&effects)[..], [Ask::Search(request)] if request.text == "qwe"));
    let first = running(&state, Lane::HubSearch);
    let effects = apply(&mut state, DiscoverCommand::Search(query("qwen")));
    assert_eq!(effects[0], Effect::Cancel(first));
    let old = found(query("qwe").request(None), &["a/old"], None);
    absorb(&mut state, JobEvent::Engine { id: first, event: Event::Found(old) }, 0.0);
    assert_eq!(state.discover.results, Results::Searching);
    absorb(&mut state, JobEvent::Engine { id: first, event: Event::Cancelled }, 0.0);
    let new = found(query("qwen").request(None), &["a/new"], None);
    tell(&mut state, Lane::HubSearch, Event::Found(new));
    assert_eq!(shown(&state), ["a/new"]);
    assert!(apply(&mut state, DiscoverCommand::Search(query("qwen"))).is_empty());
    apply(&mut state, DiscoverCommand::Search(HubQuery::default()));
    assert_eq!(state.discover.results, Results::Catalog);
}

#[test]
fn the_next_page_is_asked_for_once_and_joined_without_repeats() {
    let mut state = fresh();
    let wanted = HubQuery { size: SizeLimit::Four, ..query("qwen") };
    apply(&mut state, DiscoverCommand::Search(wanted.clone()));
    tell(&mut state, Lane::HubSearch, Event::Found(found(wanted.request(None), &["a/1", "a/2"], Some("p2"))));
    let effects = apply(&mut state, DiscoverCommand::MoreResults);
    let next = wanted.request(Some("p2".into()));
    assert_eq!(next.most_parameters, Some(4_000_000_000));
    assert_eq!(asked(&effects), [&Ask::Search(next.clone())]);
    assert!(apply(&mut state, DiscoverCommand::MoreResults).is_empty());
    tell(&mut state, Lane::HubSearch, Event::Failed(failure()));
    assert_eq!(asked(&apply(&mut state, DiscoverCommand::MoreResults)).len(), 1);
    tell(&mut state, Lane::HubSearch, Event::Found(found(next, &["a/2", "a/3"], None)));
    assert_eq!(shown(&state), ["a/1", "a/2", "a/3"]);
    assert!(apply(&mut state, DiscoverCommand::MoreResults).is_empty());
}

#[test]
fn a_silent_hub_can_be_asked_again() {
    let mut state = fresh();
    apply(&mut state, DiscoverCommand::Search(query("a")));
    tell(&mut state, Lane::HubSearch, Event::Failed(failure()));
    assert_eq!(state.discover.results, Results::Failed(failure()));
    let effects = apply(&mut state, DiscoverCommand::Search(query("a")));
    assert_eq!(asked(&effects).len(), 1);

    apply(&mut state, DiscoverCommand::OpenModel("a/b".into()));
    tell(&mut state, Lane::HubSearch, Event::Found(found(query("a").request(None), &[], None)));
    tell(&mut state, Lane::HubSearch, Event::Failed(failure()));
    assert_eq!(state.discover.page.as_ref().unwrap().look, PageLook::Failed(failure()));
    assert_eq!(asked(&apply(&mut state, DiscoverCommand::OpenModel("a/b".into()))).len(), 1);
}

#[test]
fn a_page_preselects_the_best_precision_and_a_choice_stays() {
    let mut state = fresh();
    apply(&mut state, DiscoverCommand::OpenModel("a/other".into()));
    assert_eq!(state.screen, Screen::HubModel);
    let other = running(&state, Lane::HubSearch);
    apply(&mut state, DiscoverCommand::OpenModel("a/b".into()));
    absorb(
        &mut state,
        JobEvent::Engine { id: other, event: Event::Described(Box::new(page("a/other"))) },
        0.0,
    );
    assert_eq!(state.discover.page.as_ref().unwrap().look, PageLook::Reading);
    tell(&mut state, Lane::HubSearch, Event::Described(Box::new(page("a/b"))));
    let chosen = |state: &State| state.discover.page.as_ref().unwrap().precision.clone();
    assert_eq!(chosen(&state).as_deref(), Some("q8_0"));
    apply(&mut state, DiscoverCommand::ChoosePrecision("q4_k_m".into()));
    apply(&mut state, ViewCommand::Show(Screen::Discover));
    assert!(asked(&apply(&mut state, DiscoverCommand::OpenModel("a/b".into()))).is_empty());
    assert_eq!(chosen(&state).as_deref(), Some("q4_k_m"));
}

#[test]
fn downloads_run_one_after_the_other_and_are_kept_for_the_next_run() {
    let mut state = fresh();
    let effects = apply(&mut state, DownloadsCommand::Add(fetch("a/one")));
    assert_eq!(asked(&effects), [&Ask::Fetch(fetch("a/one"))]);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Save(kept) if kept.downloads.len() == 1)));
    assert!(asked(&apply(&mut state, DownloadsCommand::Add(fetch("a/two")))).is_empty());
    apply(&mut state, DownloadsCommand::Add(fetch("a/one")));
    assert_eq!(state.downloads.all.len(), 2);

    let progress = Progress::new("model.safetensors", 50, 200).at(Stage::Download);
    tell(&mut state, Lane::Download, Event::Progress(progress));
    let (_, work) = state.downloads.running_mut().unwrap();
    assert_eq!(work.stage(), Some(Stage::Download));
    assert!((work.fraction() - 0.25).abs() < 1e-6);
    tell(&mut state, Lane::Download, Event::Progress(Progress::new("", 0, 0).at(Stage::Quantize)));
    assert!(state.downloads.running_mut().unwrap().1.fraction() < 1e-6);

    apply(&mut state, ViewCommand::Show(Screen::Chat));
    let effects = tell(&mut state, Lane::Download, Event::Fetched(fetched("/models/one.gguf")));
    assert!(asked(&effects).contains(&&Ask::Fetch(fetch("a/two"))));
    let notice = state.notices.open.last().unwrap();
    assert_eq!(notice.next_step, Some(ModelCommand::ChatWith("/models/one.gguf".into()).into()));
    assert_eq!(state.settings.downloads, [KeptDownload { request: fetch("a/two"), paused: false }]);
}

#[test]
fn a_download_pauses_goes_on_fails_and_is_tried_again() {
    let mut state = fresh();
    apply(&mut state, DownloadsCommand::Add(fetch("a/one")));
    let id = state.downloads.all[0].id;
    let job = running(&state, Lane::Download);
    assert_eq!(apply(&mut state, DownloadsCommand::Pause(id)), [Effect::Cancel(job)]);
    assert!(apply(&mut state, DownloadsCommand::Pause(id)).is_empty());
    tell(&mut state, Lane::Download, Event::Cancelled);
    assert_eq!(state.downloads.all[0].phase, DownloadPhase::Paused);
    assert!(state.settings.downloads[0].paused);
    let effects = apply(&mut state, DownloadsCommand::Resume(id));
    assert_eq!(asked(&effects), [&Ask::Fetch(fetch("a/one"))]);
    tell(&mut state, Lane::Download, Event::Failed(failure()));
    assert_eq!(state.downloads.all[0].phase, DownloadPhase::Failed(failure()));
    assert_eq!(asked(&apply(&mut state, DownloadsCommand::Resume(id))).len(), 1);

    let died = death(&state, Lane::Download, Death::default());
    absorb(&mut state, died, 0.0);
    assert_eq!(state.downloads.all[0].phase, DownloadPhase::Paused);
    assert_eq!(state.notices.open.last().unwrap().next_step, Some(DownloadsCommand::Resume(id).into()));
}

#[test]
fn what_a_cancelled_download_left_is_deleted_unless_another_wants_it() {
    let mut state = fresh();
    apply(&mut state, DownloadsCommand::Add(fetch("a/one")));
    let mut other = fetch("a/one");
    other.wish = nibble_engine::jobs::protocol::Wish::Original;
    apply(&mut state, DownloadsCommand::Add(other));
    apply(&mut state, DownloadsCommand::Drop(DownloadId(1)));
    let effects = tell(&mut state, Lane::Download, Event::Cancelled);
    assert!(matches!(asked(&effects)[..], [Ask::Fetch(_)]), "{effects:?}");
    apply(&mut state, DownloadsCommand::Drop(DownloadId(2)));
    let effects = tell(&mut state, Lane::Download, Event::Cancelled);
    assert_eq!(asked(&effects), [&Ask::Discard { repo: "a/one".into() }]);
    assert!(state.downloads.all.is_empty() && state.settings.downloads.is_empty());
}

#[test]
fn without_a_network_downloads_are_paused_and_what_was_cancelled_stays_cancelled() {
    let mut state = fresh();
    for repo in ["a/one", "a/two"] {
        apply(&mut state, DownloadsCommand::Add(fetch(repo)));
    }
    let job = running(&state, Lane::Download);
    let effects = apply(&mut state, SettingsCommand::SetOffline(true));
    assert!(effects.contains(&Effect::Cancel(job)), "{effects:?}");
    assert!(asked(&tell(&mut state, Lane::Download, Event::Cancelled)).is_empty());
    assert!(state.downloads.all.iter().all(|download| download.phase == DownloadPhase::Paused));
    apply(&mut state, SettingsCommand::SetOffline(false));
    apply(&mut state, DownloadsCommand::Resume(DownloadId(1)));
    apply(&mut state, DownloadsCommand::Drop(DownloadId(1)));
    apply(&mut state, SettingsCommand::SetOffline(true));
    let effects = tell(&mut state, Lane::Download, Event::Cancelled);
    assert_eq!(asked(&effects), [&Ask::Discard { repo: "a/one".into() }]);
}

#[test]
fn an_earlier_runs_downloads_go_on_unless_they_were_paused() {
    let kept = |repo: &str, paused| KeptDownload { request: fetch(repo), paused };
    let downloads = vec![kept("a/paused", true), kept("a/running", false)];
    let mut state = State::new(Settings { downloads, ..Settings::default() }, places());
    let effects = apply(&mut state, DownloadsCommand::ContinueEarlier);
    assert_eq!(asked(&effects), [&Ask::Fetch(fetch("a/running"))]);
    assert_eq!(state.downloads.all[0].phase, DownloadPhase::Paused);
}

#[test]
fn a_model_is_deleted_only_after_it_was_asked_and_is_forgotten_everywhere() {
    let mut state = fresh();
    apply(&mut state, ModelCommand::ChatWith("/models/one.gguf".into()));
    tell(&mut state, Lane::Chat, Event::Loaded(loaded("/models/one.gguf".as_ref())));
    let effects = apply(&mut state, ViewCommand::Show(Screen::Models));
    assert!(is_listed(&effects));
    let one = shelved("one", "/models/one.gguf", ModelOrigin::Made);
    tell(&mut state, Lane::Library, Event::Listed(vec![one]));
    apply(&mut state, LibraryCommand::AskRemove(Some("one".into())));
    assert_eq!(state.library.asked.as_deref(), Some("one"));
    let effects = apply(&mut state, LibraryCommand::Remove("one".into()));
    assert_eq!(asked(&effects), [&Ask::Remove { name: "one".into() }]);
    assert!(apply(&mut state, LibraryCommand::Verify("one".into())).is_empty());
    let removed = RemovedModel { name: "one".into(), freed_bytes: 630_000_000 };
    let effects = tell(&mut state, Lane::Library, Event::Removed(removed));
    assert!(is_listed(&effects));
    assert!(asked(&effects).iter().any(|ask| matches!(ask, Ask::Unload(_))));
    assert_eq!((&state.engine.model, &state.settings.last_model), (&None, &None));
    let topic = &state.notices.open.last().unwrap().topic;
    assert!(matches!(topic, NoticeTopic::ModelRemoved { bytes: 630_000_000, .. }));
}

#[test]
fn a_check_shows_how_far_it_is_and_stops() {
    let mut state = fresh();
    apply(&mut state, LibraryCommand::Verify("one".into()));
    let progress = Progress::new("a", 1, 2);
    tell(&mut state, Lane::Library, Event::Progress(progress.clone()));
    assert_eq!(state.library.work, Some(LibraryWork::Verifying("one".into(), Some(progress))));
    let job = running(&state, Lane::Library);
    assert_eq!(apply(&mut state, LibraryCommand::CancelVerify), [Effect::Cancel(job)]);
    tell(&mut state, Lane::Library, Event::Cancelled);
    assert_eq!(state.library.work, None);
    apply(&mut state, LibraryCommand::Verify("one".into()));
    tell(&mut state, Lane::Library, Event::Failed(failure()));
    let notice = state.notices.open.last().unwrap();
    assert_eq!(notice.next_step, Some(LibraryCommand::AskRemove(Some("one".into())).into()));
}
