//! The messages of one chat as a tree: editing a message or asking again grows a branch, and one branch is shown.

use std::collections::HashMap;

use nibble_engine::jobs::{ReplyReport, Role};
use nibble_engine::session::StopReason;
use serde::{Deserialize, Serialize};

use super::AttachedFile;
use crate::base::MessageId;

/// Outcome of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// The person wrote it, or it was imported.
    Written,
    /// The model is writing it.
    Growing,
    /// The model finished it.
    Replied(ReplyReport),
    /// The reply was stopped before its statistics arrived.
    Stopped,
    /// The engine failed in the middle of it.
    Broken,
}

impl Outcome {
    /// Whether the model had more to say.
    pub fn is_cut(&self) -> bool {
        match self {
            Self::Stopped | Self::Broken => true,
            Self::Replied(report) => {
                matches!(
                    report.stop_reason,
                    StopReason::Cancelled | StopReason::Length | StopReason::Context | StopReason::Repetition
                )
            }
            Self::Written | Self::Growing => false,
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatMessage {
    /// Tells it apart.
    pub id: MessageId,
    /// Parent of the message; `None` for a first message.
    pub parent: Option<MessageId>,
    /// Author of the message.
    pub role: Role,
    /// Text of the message.
    pub text: String,
    /// Reasoning of the model before its answer; empty if there is none.
    pub reasoning: String,
    /// Text files that go with it.
    pub files: Vec<AttachedFile>,
    /// Outcome of the message.
    pub outcome: Outcome,
    /// When it was begun, in seconds of Unix time.
    pub created: i64,
    /// Name of the model that wrote it; empty for a user's message.
    pub model: String,
}

impl ChatMessage {
    /// Whether nothing is in it, not even reasoning.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.reasoning.is_empty() && self.files.is_empty()
    }

    /// The text for the prompt: the files, then the text.
    pub fn in_prompt(&self) -> String {
        let files: String = self.files.iter().map(AttachedFile::in_prompt).collect();
        files + &self.text
    }
}

/// The messages of one chat, and which branch of them is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    /// By id, so parents lie before their children.
    all: Vec<ChatMessage>,
    /// What follows each message, oldest first; first messages follow `None`.
    next: HashMap<Option<MessageId>, Vec<MessageId>>,
    /// Places in `all` of the shown branch, from its first message to its last.
    shown: Vec<usize>,
}

impl Conversation {
    /// The tree of these messages, showing the branch that ends in `leaf`, or the newest. A message whose parent is not
    /// among the older ones becomes a first message.
    pub fn new(mut messages: Vec<ChatMessage>, leaf: Option<MessageId>) -> Self {
        messages.sort_by_key(|message| message.id);
        messages.dedup_by_key(|message| message.id);
        for at in 0..messages.len() {
            let (older, rest) = messages.split_at_mut(at);
            let parent = &mut rest[0].parent;
            *parent = parent.filter(|id| position(older, *id).is_some());
        }
        let mut tree = Self { next: next_of(&messages), all: messages, shown: Vec::new() };
        let leaf = leaf.and_then(|id| position(&tree.all, id)).or(tree.all.len().checked_sub(1));
        tree.show_up_to(leaf);
        tree
    }

    /// The shown branch, oldest first.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &ChatMessage> + ExactSizeIterator {
        self.shown.iter().map(|at| &self.all[*at])
    }

    /// All messages of all branches, oldest first.
    pub fn all(&self) -> &[ChatMessage] {
        &self.all
    }

    /// The message at this place of the shown branch.
    pub fn get(&self, index: usize) -> Option<&ChatMessage> {
        self.shown.get(index).map(|at| &self.all[*at])
    }

    /// Number of shown messages.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether there is no message at all.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The last message shown.
    pub fn last(&self) -> Option<&ChatMessage> {
        self.get(self.shown.len().checked_sub(1)?)
    }

    /// The place of a message in the shown branch, if it is in it. Each message is newer than those before it.
    pub fn place(&self, id: MessageId) -> Option<usize> {
        self.shown.binary_search_by_key(&id, |at| self.all[*at].id).ok()
    }

    /// The message of this id.
    pub fn find(&self, id: MessageId) -> Option<&ChatMessage> {
        position(&self.all, id).map(|at| &self.all[at])
    }

    /// The message of this id, to be changed.
    pub fn find_mut(&mut self, id: MessageId) -> Option<&mut ChatMessage> {
        position(&self.all, id).map(|at| &mut self.all[at])
    }

    /// Adds a message that is newer than all others and shows the branch it ends.
    pub fn add(&mut self, mut message: ChatMessage) {
        debug_assert!(self.all.last().is_none_or(|last| last.id < message.id), "ids grow");
        let parent = message.parent.and_then(|id| position(&self.all, id));
        message.parent = parent.map(|at| self.all[at].id);
        self.show_up_to(parent);
        self.shown.push(self.all.len());
        self.next.entry(message.parent).or_default().push(message.id);
        self.all.push(message);
    }

    /// The messages that stand at the same place of the tree, this one among them, oldest first.
    pub fn versions(&self, id: MessageId) -> &[MessageId] {
        self.find(id).and_then(|message| self.next.get(&message.parent)).map_or(&[], Vec::as_slice)
    }

    /// Shows the newest branch that goes through this message.
    pub fn show(&mut self, id: MessageId) {
        if let Some(at) = position(&self.all, id) {
            let newest = self.branch_of(at).into_iter().rposition(|is_below| is_below);
            self.show_up_to(newest);
        }
    }

    /// Shows the branch to this message and nothing after it, so that something new can follow.
    pub fn end_at(&mut self, id: MessageId) {
        if let Some(at) = position(&self.all, id) {
            self.show_up_to(Some(at));
        }
    }

    /// Takes out a message and all that follow from it; where it was shown, another version of it is shown, or what it
    /// answered.
    pub fn remove(&mut self, id: MessageId) -> Vec<ChatMessage> {
        let Some(at) = position(&self.all, id) else { return Vec::new() };
        let (parent, leaf) = (self.all[at].parent, self.last().map(|last| last.id));
        let goes = self.branch_of(at);
        let mut places = goes.into_iter();
        let (removed, kept): (_, Vec<ChatMessage>) =
            std::mem::take(&mut self.all).into_iter().partition(|_| places.next().unwrap_or_default());
        self.next = next_of(&kept);
        self.all = kept;
        match leaf.and_then(|id| position(&self.all, id)) {
            Some(leaf) => self.show_up_to(Some(leaf)),
            None => match parent {
                Some(parent) => self.show(parent),
                None => self.show_up_to(self.all.len().checked_sub(1)),
            },
        }
        removed
    }

    /// Puts back what [`Self::remove`] took out, and shows it.
    pub fn restore(&mut self, removed: Vec<ChatMessage>, leaf: Option<MessageId>) {
        let all = std::mem::take(&mut self.all).into_iter().chain(removed).collect();
        *self = Self::new(all, leaf);
    }

    /// Whether each message is this one or a descendant of it.
    fn branch_of(&self, root: usize) -> Vec<bool> {
        let mut below = vec![false; self.all.len()];
        below[root] = true;
        for at in root + 1..self.all.len() {
            let parent = self.all[at].parent.and_then(|id| position(&self.all, id));
            below[at] = parent.is_some_and(|parent| below[parent]);
        }
        below
    }

    fn show_up_to(&mut self, leaf: Option<usize>) {
        self.shown.clear();
        let mut next = leaf;
        while let Some(at) = next {
            self.shown.push(at);
            next = self.all[at].parent.and_then(|id| position(&self.all, id));
        }
        self.shown.reverse();
    }
}

fn next_of(messages: &[ChatMessage]) -> HashMap<Option<MessageId>, Vec<MessageId>> {
    let mut next = HashMap::<_, Vec<MessageId>>::new();
    for message in messages {
        next.entry(message.parent).or_default().push(message.id);
    }
    next
}

fn position(messages: &[ChatMessage], id: MessageId) -> Option<usize> {
    messages.binary_search_by_key(&id, |message| message.id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: u64, parent: u64, text: &str) -> ChatMessage {
        ChatMessage {
            id: MessageId(id),
            parent: (parent > 0).then_some(MessageId(parent)),
            role: if id % 2 == 1 { Role::User } else { Role::Assistant },
            text: text.into(),
            reasoning: String::new(),
            files: Vec::new(),
            outcome: Outcome::Written,
            created: 0,
            model: String::new(),
        }
    }

    fn ids(tree: &Conversation) -> Vec<u64> {
        tree.shown().map(|message| message.id.0).collect()
    }

    /// 1 - 2 - 3 - 4, with 5 beside 3 and 6 below it, and 8 beside 2.
    fn tree() -> Conversation {
        let rows = [(1, 0), (2, 1), (3, 2), (4, 3), (5, 2), (6, 5), (8, 1)];
        Conversation::new(rows.map(|(id, parent)| message(id, parent, "")).into(), Some(MessageId(4)))
    }

    #[test]
    fn one_branch_is_shown_and_others_are_reached() {
        let mut tree = tree();
        assert_eq!(ids(&tree), [1, 2, 3, 4]);
        assert_eq!(tree.versions(MessageId(3)), [MessageId(3), MessageId(5)]);
        tree.show(MessageId(5));
        assert_eq!(ids(&tree), [1, 2, 5, 6]);
        tree.show(MessageId(8));
        assert_eq!(ids(&tree), [1, 8]);
        tree.show(MessageId(2));
        assert_eq!(ids(&tree), [1, 2, 5, 6]);
    }

    #[test]
    fn a_new_message_is_shown_after_its_parent() {
        let mut tree = tree();
        tree.add(message(9, 2, "edited"));
        assert_eq!(ids(&tree), [1, 2, 9]);
        assert_eq!(tree.versions(MessageId(9)).len(), 3);
        tree.add(message(11, 0, "another beginning"));
        assert_eq!(ids(&tree), [11]);
    }

    #[test]
    fn removing_takes_what_follows_and_can_be_undone() {
        let mut tree = tree();
        let before = tree.clone();
        let removed = tree.remove(MessageId(2));
        assert_eq!(removed.len(), 5);
        assert_eq!(ids(&tree), [1, 8]);
        tree.restore(removed, Some(MessageId(4)));
        assert_eq!(tree, before);
        tree.remove(MessageId(1));
        assert!(tree.is_empty() && tree.shown().next().is_none());
    }

    #[test]
    fn messages_without_their_parents_begin_a_branch() {
        let tree = Conversation::new(vec![message(5, 4, ""), message(2, 7, ""), message(7, 7, "")], None);
        assert!(tree.all().iter().all(|message| message.parent.is_none()));
        assert_eq!(ids(&tree), [7]);
    }
}
