//! Ends of jobs that bring no answer: cancelled, failed, or gone with their process. Each purpose says what its end means.

use nibble_engine::jobs::Failure;

use super::effect::{Effect, abandon_jobs};
use super::news::unexpected_answer;
use super::{compare, curve, discover, downloads, inspect, library, model, quality, quantize, reply};
use crate::state::{NoticeKind, NoticeTopic, Outcome, Phase, Purpose, State, TokenState};

/// A job stopped because it was asked to.
pub(super) fn cancelled(state: &mut State, purpose: &Purpose) -> Vec<Effect> {
    match purpose {
        Purpose::Reply { chat, message } => return reply::end(state, *chat, *message, Outcome::Stopped),
        Purpose::Download(id) => return downloads::cancelled(state, *id),
        Purpose::MakeStarter => return drop_load(state),
        Purpose::LoadModel => model::cancelled(state),
        Purpose::Quantize => quantize::cancelled(state),
        Purpose::Measure => quality::cancelled(state),
        Purpose::Curve => curve::cancelled(state),
        Purpose::Compare => compare::cancelled(state),
        Purpose::TryToken => state.token = TokenState::Kept,
        Purpose::SearchHub => discover::lose_search(state, None),
        Purpose::Describe(_) => discover::lose_page(state, None),
        Purpose::RemoveModel(_) | Purpose::VerifyModel(_) => library::end_work(state),
        Purpose::Inspect => inspect::fail(state, unexpected_answer()),
        // Nothing shows that they run.
        Purpose::Advise
        | Purpose::Estimate
        | Purpose::DiscardRun
        | Purpose::UnloadModel
        | Purpose::Title { .. }
        | Purpose::CountFiles(_)
        | Purpose::Discard(_)
        | Purpose::ListLibrary
        | Purpose::MemorySpeed => {}
    }
    Vec::new()
}

/// A job failed.
pub(super) fn fail(state: &mut State, purpose: Purpose, failure: Failure) -> Vec<Effect> {
    match purpose {
        Purpose::MakeStarter => {
            let mut effects = drop_load(state);
            effects.extend(model::fail_load(state, NoticeTopic::CannotLoad(failure)));
            return effects;
        }
        Purpose::LoadModel => return model::fail_load(state, NoticeTopic::CannotLoad(failure)),
        Purpose::Reply { chat, message } => {
            return reply::fail(state, chat, message, NoticeTopic::CannotReply(failure));
        }
        Purpose::Quantize => return quantize::fail(state, failure),
        Purpose::Curve => return curve::fail(state, failure),
        Purpose::Compare => return compare::fail(state, failure),
        Purpose::Download(id) => return downloads::fail(state, id, failure),
        Purpose::Inspect => inspect::fail(state, failure),
        Purpose::Advise => inspect::fail_advice(state, failure),
        Purpose::Measure => quality::fail(state, NoticeTopic::CannotMeasure(failure)),
        Purpose::TryToken => state.token = TokenState::Refused(failure),
        Purpose::SearchHub => discover::fail_search(state, failure),
        Purpose::Describe(_) => discover::fail_page(state, failure),
        Purpose::ListLibrary => library::fail_list(state, failure),
        Purpose::Discard(_) | Purpose::DiscardRun => library::fail_remove(state, failure),
        Purpose::RemoveModel(_) => {
            library::end_work(state);
            library::fail_remove(state, failure);
        }
        Purpose::VerifyModel(name) => library::fail_verify(state, name, failure),
        // A chat keeps its first words as its title, files stay uncounted, a model that is not there needs no unloading, and
        // without an estimate or a speed nothing is foretold.
        Purpose::Title { .. }
        | Purpose::CountFiles(_)
        | Purpose::UnloadModel
        | Purpose::Estimate
        | Purpose::MemorySpeed => {}
    }
    Vec::new()
}

/// A job ended with its process.
pub(super) fn lose(state: &mut State, purpose: &Purpose, topic: NoticeTopic) -> Vec<Effect> {
    match purpose {
        Purpose::MakeStarter => {
            let mut effects = drop_load(state);
            effects.extend(model::fail_load(state, topic));
            return effects;
        }
        Purpose::LoadModel => return model::fail_load(state, topic),
        Purpose::Reply { chat, message } => return reply::fail(state, *chat, *message, topic),
        Purpose::Download(id) => return downloads::lose(state, *id, topic),
        Purpose::Inspect => inspect::lose(state, topic),
        Purpose::Advise => inspect::lose_advice(state, topic),
        Purpose::Quantize => quantize::lose(state, topic),
        Purpose::Curve => curve::lose(state, topic),
        Purpose::Compare => compare::lose(state, topic),
        Purpose::Estimate | Purpose::MemorySpeed => {}
        Purpose::Measure => quality::lose(state, topic),
        Purpose::TryToken => {
            state.token = TokenState::Kept;
            state.notices.show(NoticeKind::Problem, topic, None);
        }
        Purpose::SearchHub => discover::lose_search(state, Some(topic)),
        Purpose::Describe(_) => discover::lose_page(state, Some(topic)),
        Purpose::RemoveModel(_) | Purpose::VerifyModel(_) => {
            library::end_work(state);
            library::lose(state, topic);
        }
        Purpose::Discard(_) | Purpose::DiscardRun | Purpose::ListLibrary => library::lose(state, topic),
        Purpose::UnloadModel | Purpose::Title { .. } | Purpose::CountFiles(_) => {
            state.notices.show(NoticeKind::Problem, topic, None);
        }
    }
    Vec::new()
}

/// The starter was not quantized, so it is not loaded either.
fn drop_load(state: &mut State) -> Vec<Effect> {
    state.engine.phase = Phase::Idle;
    abandon_jobs(state, |purpose| *purpose == Purpose::LoadModel)
}
