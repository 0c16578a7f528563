//! From a prompt to a reply: prefill, the token loop, sampling, when to stop, what to forget.
//!
//! [`Session`] owns the running text of one decoder and reuses what its cache holds already; [`Sampler`] chooses tokens;
//! guesses are checked in one pass where the text repeats itself; [`StopTexts`] withholds text that may turn out to be a stop string; [`fit_conversation`] drops old turns until a
//! prompt fits.

mod conversation;
mod error;
mod generate;
mod logit_bias;
mod logit_filter;
mod lookup;
mod options;
mod random;
mod repetition;
mod reply_limit;
mod sampler;
mod stop_texts;
#[cfg(test)]
mod tests;

pub use conversation::{Fitted, fit_conversation};
pub use error::Error;
pub use generate::{Prompt, Reply, ReplyPart, Session, Statistics};
pub use logit_filter::LogitFilter;
pub use options::{GenerateOptions, StopReason, USUAL_MAX_TOKENS};
pub use sampler::Sampler;
pub use stop_texts::StopTexts;
