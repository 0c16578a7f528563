//! Parts of a prompt by number of tokens.

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::template::{Message, Role};
use super::tokenizer::Tokenizer;

/// Numbers of tokens of a prompt's parts; the rest are tokens of the template.
///
/// Each text is counted by itself. Where a template joins texts, tokens may span them, so the sum can differ from the prompt by
/// a token or two per message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptParts {
    /// Tokens of the instructions.
    pub instructions: usize,
    /// Tokens of the messages before the user's last one.
    pub earlier: usize,
    /// Tokens of the user's last message, and of a reply that is continued.
    pub last: usize,
}

impl PromptParts {
    /// Counts the parts of `messages`, oldest first, of which the oldest `dropped` after the instructions are not in the
    /// prompt.
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

    /// Number of tokens of a prompt of `prompt_tokens` that are in none of the parts.
    pub fn template(self, prompt_tokens: usize) -> usize {
        prompt_tokens.saturating_sub(self.instructions + self.earlier + self.last)
    }
}
