//! Text that people wrote stays text: of a prompt only the template's own words may be control tokens.
//!
//! A conversation is rendered into one string, in which `<|im_end|>` typed by a person looks as if the template had written it.
//! So before rendering, a mark is put into every control word in the text of messages, behind its first character; the mark is
//! a character that occurs nowhere else. Where the template moves, cuts or escapes the text, the mark goes with it. The
//! tokenizer then looks for control tokens with the marks in place, which none spans, and takes them out of what remains. Text
//! without control words has no marks, and its prompt is to the character what it was.

use super::special::{Special, SpecialTokens};
use super::template::{Message, Part};
use super::tool_call::ToolCall;

/// Characters that no text should hold: Unicode's noncharacters, then its second private plane.
const FIRST_MARKS: std::ops::RangeInclusive<char> = '\u{fdd0}'..='\u{fdef}';
const MORE_MARKS: std::ops::RangeInclusive<char> = '\u{100000}'..='\u{10fffd}';

/// Words that the tokenizer makes control tokens of.
#[derive(Debug, Default)]
pub struct ControlWords {
    words: Vec<Box<str>>,
    finder: SpecialTokens,
}

impl ControlWords {
    /// These words; empty ones count for nothing.
    pub(super) fn new(words: Vec<Box<str>>) -> Self {
        let any = Special { id: 0, strips_right: false };
        let finder = SpecialTokens::new(words.iter().map(|word| (word.clone(), any)));
        Self { words, finder }
    }

    /// A guard for these messages, whose mark is a character that none of them holds.
    pub fn guard<'w>(&'w self, messages: &[Message]) -> Guard<'w> {
        let is_free = |mark: &char| !messages.iter().any(|message| holds(message, *mark));
        // A text that holds all of them would be megabytes of nothing else; it then loses the first.
        let mark = FIRST_MARKS.chain(MORE_MARKS).find(is_free).unwrap_or(*FIRST_MARKS.start());
        Guard { words: self, mark }
    }

    /// Places in `text` behind which a mark goes: first characters of control words, and of one that the end cuts off.
    fn places(&self, text: &str) -> Vec<usize> {
        let longest = self.words.iter().map(|word| word.len()).max().unwrap_or(0);
        let near_end = text.len().saturating_sub(longest);
        let is_begun = |at: usize| {
            let rest = text.get(at..).filter(|rest| !rest.is_empty() && at >= near_end);
            rest.is_some_and(|rest| self.words.iter().any(|word| word.starts_with(rest)))
        };
        (0..text.len()).filter(|at| self.finder.begins_at(text, *at) || is_begun(*at)).collect()
    }
}

/// Marks control words in the text of one conversation.
#[derive(Debug)]
pub struct Guard<'w> {
    words: &'w ControlWords,
    mark: char,
}

impl Guard<'_> {
    /// The character that no control token spans.
    pub fn mark(&self) -> char {
        self.mark
    }

    /// A text with its control words marked.
    pub fn text(&self, text: &str) -> String {
        let mut marked = String::with_capacity(text.len());
        let mut done = 0;
        for place in self.words.places(text) {
            let first = text[place..].chars().next().map_or(0, char::len_utf8);
            push_without(&mut marked, &text[done..place + first], self.mark);
            marked.push(self.mark);
            done = place + first;
        }
        push_without(&mut marked, &text[done..], self.mark);
        marked
    }

    /// A message with the control words in all its texts marked.
    pub fn message(&self, message: &Message) -> Message {
        let part = |part: &Part| match part {
            Part::Text(text) => Part::Text(self.text(text)),
            Part::Reasoning(text) => Part::Reasoning(self.text(text)),
            Part::Image { url } => Part::Image { url: url.clone() },
        };
        Message {
            role: message.role,
            parts: message.parts.iter().map(part).collect(),
            tool_calls: message.tool_calls.iter().map(|call| self.call(call)).collect(),
        }
    }

    fn call(&self, call: &ToolCall) -> ToolCall {
        let arguments = match serde_json::from_str::<minijinja::Value>(&call.arguments) {
            // In JSON a control word may be spelled with escapes, so it is looked for in the values.
            Ok(value) => serde_json::to_string(&self.value(&value))
                .ok()
                .filter(|written| written.contains(self.mark))
                .unwrap_or_else(|| call.arguments.clone()),
            Err(_) => self.text(&call.arguments),
        };
        let id = call.id.as_ref().map(|id| self.text(id));
        ToolCall { name: self.text(&call.name), arguments, id }
    }

    fn value(&self, value: &minijinja::Value) -> minijinja::Value {
        use minijinja::value::ValueKind;
        match value.kind() {
            ValueKind::String => self.text(value.as_str().unwrap_or_default()).into(),
            ValueKind::Seq => value.try_iter().into_iter().flatten().map(|item| self.value(&item)).collect(),
            ValueKind::Map => {
                let keys = value.try_iter().into_iter().flatten();
                let pairs = keys.map(|key| {
                    let item = value.get_item(&key).unwrap_or_default();
                    (self.value(&key), self.value(&item))
                });
                minijinja::Value::from_pairs(pairs)
            }
            _ => value.clone(),
        }
    }
}

fn push_without(text: &mut String, piece: &str, mark: char) {
    if piece.contains(mark) {
        text.extend(piece.chars().filter(|c| *c != mark));
    } else {
        text.push_str(piece);
    }
}

fn holds(message: &Message, mark: char) -> bool {
    let in_part = |part: &Part| match part {
        Part::Text(text) | Part::Reasoning(text) => text.contains(mark),
        Part::Image { .. } => false,
    };
    let in_call = |call: &ToolCall| call.name.contains(mark) || call.arguments.contains(mark);
    message.parts.iter().any(in_part) || message.tool_calls.iter().any(in_call)
}

#[cfg(test)]
mod tests;
