//! The syntax of reasoning: models write `<think>…</think>` before their answer. The only parser of it, and its inverse.
//!
//! Whitespace beside a tag belongs to the tag. Some templates end the prompt with the opening tag, so that the reply begins
//! inside the reasoning.

use std::time::{Duration, Instant};

use super::delta::Delta;

/// Opening tag of reasoning.
const BEGIN: &str = "<think>";
/// Closing tag of reasoning.
const END: &str = "</think>";

/// Splits a reply, as it is generated, into [`Delta::Reasoning`] and [`Delta::Content`].
///
/// Text that may become a tag, and whitespace that may precede or follow one, is withheld until that is decided, so the
/// concatenated deltas of each kind do not depend on how the reply is split into pieces.
#[derive(Debug)]
pub struct ThinkingParser {
    state: State,
    withheld: String,
    began: Option<Instant>,
    took: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first word, which may be the opening mark.
    Start,
    /// After the opening mark, before the first word of the reasoning.
    ReasoningStart,
    Reasoning,
    /// After the closing mark, before the first word of the answer.
    ContentStart,
    Content,
}

impl ThinkingParser {
    /// A parser for the reply to `prompt`, which may end with the opening tag.
    pub fn after_prompt(prompt: &str) -> Self {
        Self::in_state(if opens_thinking(prompt) { State::ReasoningStart } else { State::Start })
    }

    /// A parser for the rest of a reply that breaks off in its reasoning.
    pub fn in_reasoning() -> Self {
        Self::in_state(State::Reasoning)
    }

    /// A parser for the rest of a reply that breaks off in its answer.
    pub fn in_content() -> Self {
        Self::in_state(State::Content)
    }

    fn in_state(state: State) -> Self {
        let began = matches!(state, State::ReasoningStart | State::Reasoning).then(Instant::now);
        Self { state, withheld: String::new(), began, took: None }
    }

    /// Appends the next piece of the reply and passes on the text that is certain.
    pub fn push(&mut self, piece: &str, show: &mut dyn FnMut(Delta)) {
        if self.state == State::Content && self.withheld.is_empty() {
            return send(Delta::Content, piece, show);
        }
        self.withheld.push_str(piece);
        while self.advance(show) {}
    }

    /// Passes on the withheld text at the end of the reply.
    pub fn finish(&mut self, show: &mut dyn FnMut(Delta)) {
        let withheld = std::mem::take(&mut self.withheld);
        match self.state {
            State::Start | State::Content => send(Delta::Content, &withheld, show),
            State::Reasoning => send(Delta::Reasoning, withheld.trim_end(), show),
            State::ReasoningStart | State::ContentStart => {}
        }
    }

    /// Duration of the reasoning in seconds, until now if it has not ended; `None` if there was none.
    pub fn seconds(&self) -> Option<f64> {
        let began = self.began?;
        Some(self.took.unwrap_or_else(|| began.elapsed()).as_secs_f64())
    }

    /// Decides about the beginning of the withheld text; returns whether there may be more to decide.
    fn advance(&mut self, show: &mut dyn FnMut(Delta)) -> bool {
        match self.state {
            State::Start => {
                let word = self.withheld.trim_start();
                if let Some(rest) = word.strip_prefix(BEGIN) {
                    self.withheld = rest.to_owned();
                    self.began = Some(Instant::now());
                    self.state = State::ReasoningStart;
                } else if BEGIN.starts_with(word) {
                    return false;
                } else {
                    self.state = State::Content;
                }
                true
            }
            State::ReasoningStart => self.reached_word(State::Reasoning),
            State::Reasoning => {
                if let Some((reasoning, rest)) = self.withheld.split_once(END) {
                    send(Delta::Reasoning, reasoning.trim_end(), show);
                    self.withheld = rest.to_owned();
                    self.took = self.began.map(|began| began.elapsed());
                    self.state = State::ContentStart;
                    return true;
                }
                let certain = before_mark(&self.withheld, END).trim_end().len();
                send(Delta::Reasoning, &self.withheld[..certain], show);
                self.withheld.drain(..certain);
                false
            }
            State::ContentStart => self.reached_word(State::Content),
            State::Content => {
                send(Delta::Content, &self.withheld, show);
                self.withheld.clear();
                false
            }
        }
    }

    /// Drops leading whitespace and changes to `next` at the first word; returns whether there is one.
    fn reached_word(&mut self, next: State) -> bool {
        let blank = self.withheld.len() - self.withheld.trim_start().len();
        self.withheld.drain(..blank);
        if !self.withheld.is_empty() {
            self.state = next;
        }
        !self.withheld.is_empty()
    }
}

/// Splits a whole reply into reasoning and answer; the reasoning is empty if there is none.
pub fn split_thinking(reply: &str) -> (String, String) {
    let (mut reasoning, mut content) = (String::new(), String::new());
    let mut parser = ThinkingParser::in_state(State::Start);
    let mut collect = |delta| match delta {
        Delta::Reasoning(text) => reasoning.push_str(&text),
        Delta::Content(text) => content.push_str(&text),
        Delta::ToolCall(_) => {}
    };
    parser.push(reply, &mut collect);
    parser.finish(&mut collect);
    (reasoning, content)
}

/// Whether a prompt ends with the opening tag, so that the reply begins inside the reasoning.
pub fn opens_thinking(prompt: &str) -> bool {
    prompt.trim_end().ends_with(BEGIN)
}

/// Joins deltas into one text, with reasoning between tags as models write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarkedText {
    in_reasoning: bool,
}

impl MarkedText {
    /// Starts a text inside the reasoning.
    pub fn in_reasoning() -> Self {
        Self { in_reasoning: true }
    }

    /// Appends a delta to `text`, preceded by a tag where the kind changes. A tool call is not text and appends nothing.
    pub fn push(&mut self, delta: &Delta, text: &mut String) {
        match delta {
            Delta::Reasoning(reasoning) => {
                if !std::mem::replace(&mut self.in_reasoning, true) {
                    text.push_str(BEGIN);
                    text.push('\n');
                }
                text.push_str(reasoning);
            }
            Delta::Content(content) => {
                if std::mem::take(&mut self.in_reasoning) {
                    text.push('\n');
                    text.push_str(END);
                    text.push_str("\n\n");
                }
                text.push_str(content);
            }
            Delta::ToolCall(_) => {}
        }
    }
}

/// One text of reasoning between marks and the answer; without marks if `reasoning` is empty.
pub(super) fn join_thinking(reasoning: &str, content: &str) -> String {
    let (mut text, mut marked) = (String::new(), MarkedText::default());
    if !reasoning.is_empty() {
        marked.push(&Delta::Reasoning(reasoning.to_owned()), &mut text);
    }
    marked.push(&Delta::Content(content.to_owned()), &mut text);
    text
}

/// Whether a chat template takes the reasoning out of a reply's text itself, so that it expects it there.
pub(super) fn template_splits(template: &str) -> bool {
    [format!("split('{END}')"), format!("split(\"{END}\")"), format!("'{END}' in"), format!("\"{END}\" in")]
        .iter()
        .any(|code| template.contains(code))
}

fn send(kind: impl Fn(String) -> Delta, text: &str, show: &mut dyn FnMut(Delta)) {
    if !text.is_empty() {
        show(kind(text.to_owned()));
    }
}

/// `text` without an end that may become `mark`.
fn before_mark<'t>(text: &'t str, mark: &str) -> &'t str {
    let may_begin = |start: &usize| mark.starts_with(&text[*start..]);
    let start = text.char_indices().map(|(start, _)| start).find(may_begin);
    &text[..start.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(mut parser: ThinkingParser, pieces: &[&str]) -> (String, String) {
        let (mut reasoning, mut content) = (String::new(), String::new());
        let mut collect = |delta| match delta {
            Delta::Reasoning(text) => {
                assert!(!text.is_empty() && content.is_empty(), "reasoning comes first");
                reasoning.push_str(&text);
            }
            Delta::Content(text) => {
                assert!(!text.is_empty());
                content.push_str(&text);
            }
            Delta::ToolCall(_) => unreachable!("no tools here"),
        };
        for piece in pieces {
            parser.push(piece, &mut collect);
        }
        parser.finish(&mut collect);
        (reasoning, content)
    }

    fn both(reasoning: &str, content: &str) -> (String, String) {
        (reasoning.to_owned(), content.to_owned())
    }

    #[test]
    fn reasoning_and_answer_are_told_apart_without_the_whitespace_beside_marks() {
        for (reply, reasoning, content) in [
            ("Hello", "", "Hello"),
            ("  Hello \n", "", "  Hello \n"),
            ("<think>\nhm\n</think>\n\nHello ", "hm", "Hello "),
            ("\n<think>\nhm\n\nhm </thi\n</think>\n\nHello", "hm\n\nhm </thi", "Hello"),
            ("<think>hm, I", "hm, I", ""),
            ("<think>hm, I </", "hm, I </", ""),
            ("<think>\n\n</think>\n\nHello", "", "Hello"),
            ("<think></think>", "", ""),
            (" <thin", "", " <thin"),
            ("Hello </think>", "", "Hello </think>"),
            ("I say <think>", "", "I say <think>"),
            ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
            ("", "", ""),
        ] {
            assert_eq!(split_thinking(reply), both(reasoning, content), "{reply:?}");
        }
    }

    #[test]
    fn a_reply_may_begin_inside_its_reasoning_or_after_it() {
        let opened = || ThinkingParser::after_prompt("<|assistant|><think>\n");
        assert_eq!(parsed(opened(), &["\nhm</th", "ink>\n", "\nHello"]), both("hm", "Hello"));
        assert_eq!(parsed(opened(), &["</think>Hello"]), both("", "Hello"));
        let closed = ThinkingParser::after_prompt("<think></think>");
        assert_eq!(parsed(closed, &["Hello"]), both("", "Hello"));
        assert_eq!(parsed(ThinkingParser::in_reasoning(), &[" so", "</think> 4"]), both(" so", "4"));
        assert_eq!(parsed(ThinkingParser::in_content(), &[" <think>"]), both("", " <think>"));
    }

    #[test]
    fn the_time_of_reasoning_is_measured_while_there_is_any() {
        let mut parser = ThinkingParser::after_prompt("Hi");
        assert_eq!(parser.seconds(), None);
        parser.push("<think>hm", &mut |_| ());
        assert!(parser.took.is_none() && parser.seconds().is_some());
        parser.push("</think>", &mut |_| ());
        assert!(parser.took.is_some() && parser.seconds() == parser.seconds());
        let mut parser = ThinkingParser::after_prompt("Hi");
        parser.push("Hello </think>", &mut |_| ());
        assert_eq!(parser.seconds(), None);
    }

    #[test]
    fn what_is_certain_is_not_withheld() {
        let mut parser = ThinkingParser::after_prompt("Hi");
        let mut shown = Vec::new();
        for piece in ["<th", "ink>", "\n", "a", " b ", "<", "/b", "</thin", "k>", " ", "c", " ", "<think>"] {
            let before = shown.len();
            parser.push(piece, &mut |delta| shown.push(delta));
            assert!(shown.len() <= before + 1);
        }
        let reasoning = ["a", " b", " </b"].map(|text| Delta::Reasoning(text.to_owned()));
        let content = ["c", " ", "<think>"].map(|text| Delta::Content(text.to_owned()));
        assert_eq!(shown, [&reasoning[..], &content[..]].concat());
    }

    #[test]
    fn deltas_become_the_text_that_models_write() {
        assert_eq!(join_thinking("hm", "Hello"), "<think>\nhm\n</think>\n\nHello");
        assert_eq!(join_thinking("", "Hello"), "Hello");
        let mut text = "<think>\nhm".to_owned();
        let mut marked = MarkedText::in_reasoning();
        marked.push(&Delta::Reasoning(", no".into()), &mut text);
        marked.push(&Delta::Content("Hello".into()), &mut text);
        assert_eq!(text, "<think>\nhm, no\n</think>\n\nHello");
    }

    /// Replies made of marks, parts of marks, whitespace and words.
    fn replies() -> impl Strategy<Value = String> {
        let parts =
            ["<think>", "</think>", "<", "</", "think>", "<thi", "</thin", "k>", " ", "\n", "é", "a", "/"];
        proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..14)
            .prop_map(|parts| parts.concat())
    }

    /// What [`split_thinking`] is to do, said of the whole reply at once.
    fn definition(reply: &str) -> (String, String) {
        let Some(rest) = reply.trim_start().strip_prefix(BEGIN) else { return both("", reply) };
        let (reasoning, content) = rest.split_once(END).unwrap_or((rest, ""));
        both(reasoning.trim(), content.trim_start())
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_and_nothing_is_lost(reply in replies(), cut in 1_usize..7) {
            let characters: Vec<char> = reply.chars().collect();
            let pieces: Vec<String> = characters.chunks(cut).map(|piece| piece.iter().collect()).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let whole = definition(&reply);
            prop_assert_eq!(&split_thinking(&reply), &whole);
            prop_assert_eq!(&parsed(ThinkingParser::after_prompt(""), &pieces), &whole);
            let (reasoning, content) = &whole;
            // What is joined again is split as before, unless the answer itself begins with a mark.
            if !content.trim_start().starts_with(BEGIN) {
                prop_assert_eq!(&split_thinking(&join_thinking(reasoning, content)), &whole);
            }
        }
    }
}
