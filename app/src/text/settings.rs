//! Words of the drawer of settings, beside those of [`super::labels`].

use super::words::plain;
use crate::state::Motion;

plain! {
    /// Takes one setting back.
    reset_one;
    /// A switch is on.
    switch_on;
    /// A switch is off.
    switch_off;
    /// Label of the KV cache type.
    cache_type;
    /// What that means.
    cache_type_more;
    /// As sixteen bits.
    cache_f16;
    /// As eight bits.
    cache_int8;
    /// What models are computed on.
    device;
    /// What that means.
    device_more;
    /// How long a model stays in memory.
    keep_loaded;
    /// What that means.
    keep_loaded_more;
    /// Choice to never unload the model.
    keep_always;
    /// Heading of the drawer's part on files and the network.
    section_files;
    /// Where models go.
    models_folder;
    /// What that means.
    models_folder_more;
    /// Opens the dialog for it.
    choose_models_folder;
    /// Shows a folder in the file manager.
    open_folder;
    /// The switch for the network.
    offline;
    /// What it means.
    offline_more;
    /// Everything in one folder that can be moved.
    portable;
    /// It is so.
    portable_is;
    /// How to have it so.
    portable_how;
    /// Whether anything moves.
    motion;
    /// What that means.
    motion_more;
    /// As the system is.
    motion_system;
    /// Choice without any animation.
    motion_none;
    /// Page of the settings.
    section_general;
    /// Page of the settings.
    section_performance;
    /// Page of the settings.
    section_network;
    /// Page of the settings.
    section_shortcuts;
    /// Name of the list of pages.
    pages;
    /// What resetting does.
    reset_more;
    /// Asks once more.
    reset_sure;
    /// The drawer with the settings of a chat.
    chat_settings;
    /// Closes that drawer.
    close_chat_settings;
    /// Leads to the settings of all chats.
    defaults_of_chats;
    /// Heading of the options of all chats.
    replies_defaults;
    /// Access token of the Hub.
    token;
    /// What it is for.
    token_more;
    /// Keeps the token.
    token_save;
    /// Removes the token.
    token_remove;
    /// Asks the Hub whose token it is.
    token_test;
    /// There is no token.
    token_missing;
    /// There is a token.
    token_kept;
    /// The token is being tried.
    token_trying;
    /// What a key does.
    key_new_chat;
    /// What a key does.
    key_models;
    /// What a key does.
    key_folder;
    /// What a key does.
    key_stop;
    /// What a key does.
    key_send;
    /// What a key does.
    key_line;
    /// What a key does.
    key_edit;
    /// What a key does.
    key_quantize;
    /// What a key does.
    key_chat_settings;
    /// What a key does.
    key_rail;
}

/// Whether anything moves, in words.
pub fn motion_name(motion: Motion) -> &'static str {
    match motion {
        Motion::System => motion_system(),
        Motion::None => motion_none(),
    }
}
