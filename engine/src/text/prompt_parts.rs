//! What a prompt's tokens are spent on.

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::template::{Message, Role};
use super::tokenizer::Tokenizer;

/// Tokens of a prompt by what they say; the rest of it are the marks of the template.
///
/// Each text is counted by itself. Where a template joins texts, tokens may span them, so the sum can differ from the prompt by
/// a token or two for each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptParts {
    /// Of the instructions.
    pub instructions: usize,
    /// Of what was said before the last message of the person.
    pub earlier: usize,
    /// Of the last message of the person, and of the reply that is written on.
    pub last: usize,
}

impl PromptParts {
    /// Counts the parts of `messages`, oldest first, of which the `dropped` oldest after the instructions are not in the prompt.
    ///
    /// # Errors
    /// [`Error::Encode`] when a text cannot be tokenized.
    pub fn count(messages: &[Message], dropped: usize, tokenizer: &Tokenizer) -> Result<Self, Error> {
        let n_system = messages.iter().take_while(|message| message.role == Role::System).count();
        let last = messages.iter().rposition(|message| message.role == Role::User).unwrap_or(messages.len());
        let mut parts = Self::default();
        for (at, message) in messages.iter().enumerate() {
            let part = match at {
                at if at < n_system => &mut parts.instructions,
                at if at < n_system + dropped => continue,
                at if at < last => &mut parts.earlier,
                _ => &mut parts.last,
            };
            *part += tokenizer.encode_text(&message.content())?.len();
            // Templates leave the reasoning of earlier replies out; the reply that is continued has it in the prompt.
            if at + 1 == messages.len() && message.role == Role::Assistant {
                *part += tokenizer.encode_text(&message.reasoning())?.len();
            }
        }
        Ok(parts)
    }

    /// Tokens of a prompt of `prompt_tokens` that are in none of the parts.
    pub fn template(self, prompt_tokens: usize) -> usize {
        prompt_tokens.saturating_sub(self.instructions + self.earlier + self.last)
    }
}
