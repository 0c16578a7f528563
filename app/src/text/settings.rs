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
}

/// Whether anything moves, in words.
pub fn motion_name(motion: Motion) -> &'static str {
    match motion {
        Motion::System => motion_system(),
        Motion::None => motion_none(),
    }
}
