//! What draw code may change: text being typed, measured heights, parsed Markdown.

use super::chat_rows::ChatListForm;
use super::discover::DiscoverForm;
use super::model_picker::PickerForm;
use super::palette_form::PaletteForm;
use super::replies::RepliesForm;
use super::settings::TokenForm;
use crate::state::{ChatId, ChatMessage, MessageId};
use crate::widgets::markdown::MarkdownCache;
use crate::widgets::transcript::Heights;

/// What draw code may change: nothing here outlives the window.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// The message being typed, and the chat it belongs to.
    pub message: String,
    /// The chat of the message being typed.
    pub message_chat: Option<ChatId>,
    /// Whether the composer should get the keyboard.
    pub focus_composer: bool,
    /// Whether the composer's cursor should go to its end.
    pub composer_to_end: bool,
    /// The message being changed.
    pub editing: Option<Editing>,
    /// Fields of the list of chats.
    pub chat_list: ChatListForm,
    /// Fields of the search for models.
    pub discover: DiscoverForm,
    /// Fields of the options for replies.
    pub replies: RepliesForm,
    /// The token of the Hub while it is typed.
    pub token: TokenForm,
    /// The picker of models.
    pub picker: PickerForm,
    /// Whether the rail is shown where the window is too narrow to have it beside the rest.
    pub rail_over: bool,
    /// The palette, while it is open.
    pub palette: Option<PaletteForm>,
    /// Heights of messages.
    pub heights: Heights,
    /// Height of the composer in the frame before.
    pub composer_height: f32,
    /// Parsed Markdown of the replies.
    pub markdown: MarkdownCache,
}

/// A message being changed.
#[derive(Clone, Debug)]
pub struct Editing {
    /// The message that is being changed.
    pub message: MessageId,
    /// Its new text.
    pub text: String,
    /// Whether it should get the keyboard.
    pub take_focus: bool,
}

impl Forms {
    /// Begins to change `message`.
    pub(super) fn edit(&mut self, message: &ChatMessage) {
        self.editing = Some(Editing { message: message.id, text: message.text.clone(), take_focus: true });
    }
}
