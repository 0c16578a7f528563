//! Drawing that knows no screen and no state of the program.

pub mod button;
pub mod card;
pub mod column;
pub mod file_chip;
pub mod hit_row;
pub mod markdown;
pub mod message;
pub mod message_tools;
pub mod meter;
pub mod model_row;
pub mod notice;
pub mod segmented;
pub mod slider;
pub mod thinking;
pub mod transcript;
