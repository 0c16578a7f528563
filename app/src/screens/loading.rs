//! The words for a model that is not ready yet.

use crate::state::State;
use crate::text::labels;

/// What happens before a model can reply: the starter is quantized on its first use.
pub(super) fn loading_label(state: &State) -> &'static str {
    let made_first = |path| state.library.is_starter(path) && !state.library.has(path);
    let waits = state.engine.model.as_ref().is_some_and(|model| made_first(&model.path));
    if waits { labels::preparing_starter() } else { labels::loading() }
}
