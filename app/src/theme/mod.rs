//! Every color, size and font. One accent, a 4-point grid, three sizes of text, light and dark.

mod fonts;
pub mod icons;
mod palette;
mod style;

pub use fonts::{BOLD, ITALIC, MATH, MEDIUM, install as install_fonts, use_system_fonts};
pub use palette::Palette;
pub use style::{Scale, apply, font, text};

/// The grid's unit in points; every distance is a multiple of it.
pub const GRID: f32 = 4.0;

/// Widest column of text in points.
pub const COLUMN: f32 = 760.0;

/// Width of the left rail.
pub const RAIL: f32 = 248.0;

/// Width of the settings drawer.
pub const DRAWER: f32 = 320.0;

/// Radius of cards and fields.
pub const RADIUS: u8 = 12;

/// Radius of buttons and rows.
pub const RADIUS_SMALL: u8 = 8;

/// Height of a button or row.
pub const ROW: f32 = 36.0;

/// How long anything moves, in seconds.
pub const MOTION: f32 = 0.12;
