//! How long a model thought: reasoning models write `<think>…</think>` before what they say.
//!
//! Some templates end the prompt with the opening mark, so that the reply begins inside the thoughts; the mark is then put before
//! the reply, which thereby says by itself what in it is thought.

use std::time::{Duration, Instant};

/// Begins thoughts.
const BEGIN: &str = "<think>";
/// Ends them.
const END: &str = "</think>";

/// Watches a growing reply for the end of its thoughts.
#[derive(Debug)]
pub(crate) struct Thoughts {
    state: State,
}

#[derive(Debug)]
enum State {
    /// The reply's first characters, which may yet become the opening mark.
    Unknown(String),
    /// Since when there are thoughts, and the last characters of them.
    Thinking(Instant, String),
    /// How long they took; `None` if there were none.
    Over(Option<Duration>),
}

impl Thoughts {
    /// For the reply to `prompt`; also what must be shown before it.
    pub(crate) fn of_prompt(prompt: &str) -> (Self, &'static str) {
        if prompt.trim_end().ends_with(BEGIN) {
            return (Self { state: State::Thinking(Instant::now(), String::new()) }, "<think>\n");
        }
        (Self { state: State::Unknown(String::new()) }, "")
    }

    /// Takes in the next piece of the reply.
    pub(crate) fn see(&mut self, piece: &str) {
        match &mut self.state {
            State::Unknown(first) => {
                first.push_str(piece);
                let said = first.trim_start();
                if let Some(rest) = said.strip_prefix(BEGIN).map(str::to_owned) {
                    self.state = State::Thinking(Instant::now(), String::new());
                    self.see(&rest);
                } else if !BEGIN.starts_with(said) {
                    self.state = State::Over(None);
                }
            }
            State::Thinking(since, last) => {
                last.push_str(piece);
                if last.contains(END) {
                    self.state = State::Over(Some(since.elapsed()));
                } else if let Some((at, _)) = last.char_indices().rev().nth(END.len()) {
                    last.drain(..at);
                }
            }
            State::Over(_) => {}
        }
    }

    /// Seconds from the first thought to the last; `None` if there were none, and until now if they did not end.
    pub(crate) fn seconds(&self) -> Option<f64> {
        match &self.state {
            State::Unknown(_) => None,
            State::Thinking(since, _) => Some(since.elapsed().as_secs_f64()),
            State::Over(time) => time.map(|time| time.as_secs_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(prompt: &str, pieces: &[&str]) -> Thoughts {
        let (mut thoughts, _) = Thoughts::of_prompt(prompt);
        for piece in pieces {
            thoughts.see(piece);
        }
        thoughts
    }

    #[test]
    fn thoughts_end_at_their_mark_in_however_many_pieces_it_comes() {
        let ended = after("Hi", &["\n<th", "ink>hm ", "</thi", "nk", ">\n\nHello"]);
        assert!(matches!(ended.state, State::Over(Some(_))) && ended.seconds().is_some());
        let open = after("Hi", &["<think>", "hm ", "</think "]);
        assert!(matches!(open.state, State::Thinking(..)));
        assert!(matches!(after("Hi", &["<th", "ree"]).state, State::Over(None)));
        assert_eq!(after("Hi", &["Hello </think>"]).seconds(), None);
    }

    #[test]
    fn a_prompt_that_opens_the_thoughts_has_its_mark_put_before_the_reply() {
        let (mut thoughts, before) = Thoughts::of_prompt("<|assistant|><think>\n");
        assert_eq!(before, "<think>\n");
        thoughts.see("hm</think>Hello");
        assert!(thoughts.seconds().is_some());
        assert_eq!(Thoughts::of_prompt("<think></think>").1, "");
    }
}
