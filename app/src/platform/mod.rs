//! What differs between systems: folders, dialogs, the clock, memory, fonts, whether there is a display.

pub mod clock;
pub mod dialogs;
pub mod display;
pub mod fonts;
pub mod language;
pub mod library;
pub mod memory;
pub mod places;
pub mod settings_file;
pub mod text_file;
