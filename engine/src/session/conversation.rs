//! Fits a conversation into the context: drops the oldest turns, keeps the system prompt and the last message.

use crate::text::{Message, Role};

use super::Error;

/// Turns are dropped in groups of this size, so that the next few replies share a prefix with the KV cache.
const GROUP: usize = 4;

/// A conversation that fits the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitted {
    /// Tokens of the rendered prompt.
    pub tokens: Vec<u32>,
    /// Number of dropped messages.
    pub dropped: usize,
}

/// Renders the prompt with as many of the newest turns of `messages` as `encode` fits into `room` tokens.
///
/// A turn is a user's message with the messages that follow it. System messages at the beginning and the last turn always stay.
///
/// # Errors
/// [`Error::EmptyPrompt`] without messages, [`Error::PromptTooLong`] when the last turn alone does not fit, and what `encode`
/// returns.
pub fn fit_conversation(
    messages: &[Message],
    room: usize,
    mut encode: impl FnMut(&[Message]) -> Result<Vec<u32>, Error>,
) -> Result<Fitted, Error> {
    let kept = messages.iter().take_while(|message| message.role == Role::System).count();
    let (system, rest) = messages.split_at(kept);
    let mut starts: Vec<usize> = (0..rest.len()).filter(|&at| rest[at].role == Role::User).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    if rest.is_empty() {
        return Err(Error::EmptyPrompt);
    }
    let mut without = |turns: usize| {
        let tokens = encode(&[system, &rest[starts[turns]..]].concat())?;
        Ok::<_, Error>(Fitted { tokens, dropped: starts[turns] })
    };
    let whole = without(0)?;
    if whole.tokens.len() <= room {
        return Ok(whole);
    }
    let last = starts.len() - 1;
    let mut best = without(last)?;
    if best.tokens.len() > room {
        return Err(Error::PromptTooLong { tokens: best.tokens.len(), capacity: room });
    }
    // Fewest groups that must go; the length falls with every turn that is dropped.
    let (mut too_few, mut enough) = (0, last.div_ceil(GROUP));
    while enough - too_few > 1 {
        let middle = usize::midpoint(too_few, enough);
        let fitted = without(middle * GROUP)?;
        if fitted.tokens.len() <= room {
            (enough, best) = (middle, fitted);
        } else {
            too_few = middle;
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One token per character.
    #[allow(clippy::unnecessary_wraps, reason = "the shape of a real encoder")]
    fn encode(messages: &[Message]) -> Result<Vec<u32>, Error> {
        Ok(messages
            .iter()
            .flat_map(|message| message.content().chars().map(u32::from).collect::<Vec<_>>())
            .collect())
    }

    fn conversation(turns: usize) -> Vec<Message> {
        let mut messages = vec![Message::system("S")];
        for turn in 0..turns {
            messages.push(Message::user(format!("{turn:02}")));
            messages.push(Message::assistant("r"));
        }
        messages.push(Message::user("last"));
        messages
    }

    #[test]
    fn what_fits_stays_whole() {
        let fitted = fit_conversation(&conversation(3), 14, encode).unwrap();
        assert_eq!((fitted.tokens.len(), fitted.dropped), (14, 0));
    }

    #[test]
    fn the_oldest_turns_go_in_groups_and_the_system_prompt_stays() {
        for turns in 2..40 {
            for room in 5..3 * turns + 5 {
                let fitted = fit_conversation(&conversation(turns), room, encode).unwrap();
                let text: String = fitted.tokens.iter().filter_map(|&token| char::from_u32(token)).collect();
                assert!(text.starts_with('S') && text.ends_with("last"));
                assert!(
                    fitted.tokens.len() <= room && fitted.dropped > 0 && fitted.dropped.is_multiple_of(2)
                );
            }
        }
    }

    #[test]
    fn a_last_message_that_is_too_long_is_refused() {
        let error = fit_conversation(&conversation(2), 4, encode).unwrap_err();
        assert!(matches!(error, Error::PromptTooLong { tokens: 5, capacity: 4 }));
        assert!(matches!(fit_conversation(&[], 4, encode), Err(Error::EmptyPrompt)));
    }
}
