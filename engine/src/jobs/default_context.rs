//! The context of a chat where nobody asked for one.

use crate::backend::DecoderSpec;

/// Default context of a chat in tokens.
const USUAL_CONTEXT: usize = 8192;

/// Context of a chat with a decoder in tokens: the requested one, or a default for the model.
pub(super) fn context_or_default(spec: &DecoderSpec, context: Option<usize>) -> usize {
    context.unwrap_or_else(|| spec.context_length.clamp(1, USUAL_CONTEXT))
}
