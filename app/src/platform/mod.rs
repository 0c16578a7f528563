//! What differs between systems: folders, dialogs, notifications, the log, the clock, memory, whether there is a
//! display.

pub mod clock;
pub mod dialogs;
pub mod display;
pub mod language;
pub mod licenses;
pub mod listing_file;
pub mod log;
pub mod machine;
pub mod memory;
pub mod motion;
pub mod notify;
pub mod places;
pub mod reveal;
pub mod settings_file;
pub mod text_file;
pub mod token_file;
