//! Where the titles of chats come from.

use serde::{Deserialize, Serialize};

/// Where the titles of chats come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Titles {
    /// The model makes one after its first reply.
    #[default]
    ByModel,
    /// A chat is called by its first words.
    FirstWords,
}
