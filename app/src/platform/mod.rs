//! What differs between systems: folders, dialogs, memory, fonts, whether there is a display.

pub mod dialogs;
pub mod display;
pub mod fonts;
pub mod library;
pub mod memory;
pub mod places;
pub mod settings_file;
