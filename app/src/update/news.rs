//! News of long work.

use nibble_engine::jobs::Failure;

use super::effect::Effect;
use crate::command::Command;
use crate::state::{NoticeKind, NoticeTopic, State};
use crate::text::labels;

/// Shows news of long work, also through the system if the person looks elsewhere.
pub(super) fn tell(
    state: &mut State,
    kind: NoticeKind,
    topic: NoticeTopic,
    next_step: Option<Command>,
) -> Vec<Effect> {
    let outside = tell_outside(state, &topic);
    state.notices.show(kind, topic, next_step);
    outside.into_iter().collect()
}

/// Tells news through the system if the person looks elsewhere.
pub(super) fn tell_outside(state: &State, topic: &NoticeTopic) -> Option<Effect> {
    (!state.focused).then(|| Effect::Notify(topic.clone()))
}

/// The failure of a job that the engine ended with an answer to another kind of job.
pub(super) fn unexpected_answer() -> Failure {
    Failure { message: labels::unexpected_answer().to_owned(), details: Vec::new() }
}
