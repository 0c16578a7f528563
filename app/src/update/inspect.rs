//! Inspecting models before anything is done with them.

use std::path::PathBuf;

use nibble_engine::jobs::protocol::Advice;
use nibble_engine::jobs::{AdviseRequest, Ask, Failure, ModelSummary};

use super::effect::{Effect, abandon_jobs, save_settings, start_job};
use super::estimate::ask_estimate;
use crate::command::ModelCommand;
use crate::jobs::Task;
use crate::state::{Advised, Lane, Look, NoticeKind, NoticeTopic, Purpose, Screen, Source, State, is_gguf};

/// Opens a model: its page, or for a GGUF file, which is ready, the chat with it once it is known that it can be read.
pub(super) fn open(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let then_chat = is_gguf(&path);
    inspect(state, path, then_chat)
}

/// Shows the page of a model.
pub(super) fn show_page(state: &mut State, path: PathBuf) -> Vec<Effect> {
    inspect(state, path, false)
}

/// Inspects a folder or file. What is still said of the model that was open before is not heard.
fn inspect(state: &mut State, path: PathBuf, then_chat: bool) -> Vec<Effect> {
    state.screen = Screen::Model;
    let (look, advice) = (Look::Reading, Advised::Unknown);
    state.source = Some(Source { path: path.clone(), look, advice, then_chat });
    let mut effects = abandon_jobs(state, |purpose| purpose.lane() == Lane::Inspect);
    effects.push(start_job(state, Purpose::Inspect, Ask::Inspect { path }));
    effects.push(Effect::Task(Task::MeasureMemory));
    effects
}

/// The open model was inspected. Returns the path of a model that the chat comes next with; else what it takes at each
/// precision comes next.
pub(super) fn inspected(state: &mut State, summary: ModelSummary) -> (Vec<Effect>, Option<PathBuf>) {
    let Some(source) = &mut state.source else { return (Vec::new(), None) };
    let path = source.path.clone();
    state.settings.remember(path.clone());
    source.look = Look::Known(Box::new(summary));
    let then_chat = std::mem::take(&mut source.then_chat);
    let mut effects = vec![save_settings(state)];
    // Who has gone elsewhere meanwhile is left there.
    if then_chat && state.screen == Screen::Model {
        return (effects, Some(path));
    }
    effects.extend(ask_advice(state));
    (effects, None)
}

/// What the open model takes at each precision is known; the size of a file that keeps within a limit of memory comes of it.
pub(super) fn advised(state: &mut State, advice: Vec<Advice>) -> Vec<Effect> {
    if let Some(source) = &mut state.source {
        source.advice = Advised::Known(advice);
    }
    if state.quantize.choice.budget.is_some() { ask_estimate(state) } else { Vec::new() }
}

/// The open model cannot be read.
pub(super) fn fail(state: &mut State, failure: Failure) {
    if let Some(source) = &mut state.source {
        source.look = Look::Failed(failure);
    }
}

/// The memory needs of the open model stay unknown, because it cannot run.
pub(super) fn fail_advice(state: &mut State, failure: Failure) {
    if let Some(source) = &mut state.source {
        source.advice = Advised::CannotRun(failure);
    }
}

/// Asks what the open model takes at each precision with the chosen context, and then what the chosen run takes.
pub(super) fn ask_advice(state: &mut State) -> Vec<Effect> {
    let context = state.settings.context;
    let Some(source) = state.source.as_ref().filter(|source| source.summary().is_some()) else {
        return Vec::new();
    };
    let request = AdviseRequest { path: source.path.clone(), context };
    let mut effects = abandon_jobs(state, |purpose| *purpose == Purpose::Advise);
    effects.push(start_job(state, Purpose::Advise, Ask::Advise(request)));
    effects.extend(ask_estimate(state));
    effects
}

/// The process that inspected the model is gone.
pub(super) fn lose(state: &mut State, topic: NoticeTopic) {
    if let Some(source) = state.source.take() {
        state.screen = Screen::Welcome;
        let again = ModelCommand::Open(source.path).into();
        state.notices.show(NoticeKind::Problem, topic, Some(again));
    }
}

/// The process predicting the memory needs of the open model is gone; opening the model again asks again.
pub(super) fn lose_advice(state: &mut State, topic: NoticeTopic) {
    if let Some(source) = &state.source {
        let again = ModelCommand::Open(source.path.clone()).into();
        state.notices.show(NoticeKind::Problem, topic, Some(again));
    }
}
