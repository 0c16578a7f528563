//! Comparing several models with one original.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{Ask, CompareReport, CompareRequest, Failure};
use nibble_engine::progress::Progress;

use crate::command::{CompareCommand, ViewCommand};
use crate::state::{CompareRun, NoticeKind, NoticeTopic, Purpose, Screen, State};

use super::effect::{Effect, cancel_job, start_job};
use super::news::tell;
use super::{library, quality};

/// Does what the user asked about comparing.
pub(super) fn apply(state: &mut State, command: CompareCommand) -> Vec<Effect> {
    match command {
        CompareCommand::With(path) => show_with(state, path),
        CompareCommand::SetOriginal(path) => {
            state.compare.chosen.retain(|chosen| *chosen != path);
            state.compare.original = Some(path);
            Vec::new()
        }
        CompareCommand::Toggle(path) => {
            toggle(state, path);
            Vec::new()
        }
        CompareCommand::Start => start(state),
        CompareCommand::Cancel => cancel(state),
    }
}

/// Shows the screen with this model chosen, and all others that are known to come from its original.
fn show_with(state: &mut State, path: PathBuf) -> Vec<Effect> {
    state.screen = Screen::Compare;
    let original = original_of(state, &path);
    let is_other = original.is_some() && state.compare.original != original;
    if is_other {
        state.compare.chosen.clear();
        state.compare.original.clone_from(&original);
    }
    let mut family = vec![path];
    if let Some(original) = &original {
        family.extend(made_from(state, original));
    }
    for model in family {
        if Some(&model) != state.compare.original.as_ref() && !state.compare.is_chosen(&model) {
            state.compare.chosen.push(model);
        }
    }
    library::list(state)
}

/// The original of a model: of its report, or as the library knows it; a checkpoint is its own.
fn original_of(state: &State, path: &Path) -> Option<PathBuf> {
    if let Some(report) = state.quality.of(path) {
        return Some(report.original.clone());
    }
    let models = &state.library.models;
    let model = models.iter().find(|model| model.path == path)?;
    let named =
        |name: &String| models.iter().find(|other| other.name == *name).map(|other| other.path.clone());
    let is_made = models.iter().any(|other| other.original.as_ref() == Some(&model.name));
    model.original.as_ref().and_then(named).or_else(|| is_made.then(|| path.to_owned()))
}

/// The models of the library that were made from `original`.
fn made_from(state: &State, original: &Path) -> Vec<PathBuf> {
    let models = &state.library.models;
    let name = models.iter().find(|model| model.path == original).map(|model| &model.name);
    let is_made = |path: &Path, of: Option<&String>| {
        (of.is_some() && of == name)
            || state.quality.of(path).is_some_and(|report| report.original == original)
    };
    let readable = models.iter().filter(|model| model.problem.is_none());
    readable
        .filter(|model| is_made(&model.path, model.original.as_ref()))
        .map(|model| model.path.clone())
        .collect()
}

fn toggle(state: &mut State, path: PathBuf) {
    let chosen = &mut state.compare.chosen;
    let before = chosen.len();
    chosen.retain(|other| *other != path);
    if chosen.len() == before && state.compare.original.as_ref() != Some(&path) {
        chosen.push(path);
    }
}

fn start(state: &mut State) -> Vec<Effect> {
    if state.is_lane_taken() {
        state.notices.show(NoticeKind::Hint, NoticeTopic::AlreadyQuantizing, None);
        return Vec::new();
    }
    let Some(original) = state.compare.original.clone().filter(|_| state.compare.is_ready()) else {
        return Vec::new();
    };
    let request = CompareRequest {
        original,
        models: state.compare.chosen.clone(),
        text: None,
        tokens: None,
        threads: state.settings.threads,
    };
    let mut effects = quality::cancel(state);
    state.compare.run = Some(CompareRun::new(request.clone()));
    effects.push(start_job(state, Purpose::Compare, Ask::Compare(request)));
    effects
}

/// Asks the comparison to stop; shown at once, whatever the engine is at.
fn cancel(state: &mut State) -> Vec<Effect> {
    let Some(run) = &mut state.compare.run else { return Vec::new() };
    if std::mem::replace(&mut run.cancelling, true) {
        return Vec::new();
    }
    cancel_job(state, |purpose| *purpose == Purpose::Compare)
}

/// Takes in how far the comparison is.
pub(super) fn advance(state: &mut State, progress: Progress) {
    if let Some(run) = &mut state.compare.run {
        run.advance(progress);
    }
}

/// The models were compared; each result is one of quality too.
pub(super) fn finish(state: &mut State, report: CompareReport) -> Vec<Effect> {
    state.compare.run = None;
    for measured in report.rows.iter().filter_map(|row| row.report()) {
        state.quality.learn(measured.clone());
    }
    let topic = NoticeTopic::Compared { count: report.rows.len() };
    state.compare.report = Some(report);
    if state.screen == Screen::Compare {
        return super::news::tell_outside(state, &topic).into_iter().collect();
    }
    tell(state, NoticeKind::Good, topic, Some(ViewCommand::Show(Screen::Compare).into()))
}

/// The comparison was cancelled.
pub(super) fn cancelled(state: &mut State) {
    state.compare.run = None;
}

/// The models could not be compared.
pub(super) fn fail(state: &mut State, failure: Failure) -> Vec<Effect> {
    state.compare.run = None;
    tell(state, NoticeKind::Problem, NoticeTopic::CannotCompare(failure), Some(CompareCommand::Start.into()))
}

/// The process that compared is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    state.compare.run = None;
    state.notices.show(NoticeKind::Problem, topic, Some(CompareCommand::Start.into()));
}
