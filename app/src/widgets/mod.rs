//! Drawing that knows no screen and no state of the program.

pub mod bar_plot;
pub mod blank;
pub mod busy;
pub mod button;
pub mod card;
pub mod choice_table;
pub mod column;
pub mod facts;
pub mod file_chip;
pub mod hit_row;
pub mod job_row;
pub mod list_heading;
pub mod markdown;
pub mod memory_bar;
pub mod message;
pub mod message_click;
pub mod message_tools;
pub mod meter;
pub mod model_row;
pub mod notice;
pub mod path;
pub mod segmented;
pub mod size_plot;
pub mod slider;
pub mod thinking;
pub mod transcript;
