//! Nothing that a model writes may be drawn as nothing: every character of these texts has a glyph in the fonts that the program
//! brings, in each family that text is shown in.

mod parts;

use egui::{FontFamily, FontId};
use nibble::theme;

use parts::signs;
use parts::window::Window;

/// Characters that are seen by what they do to others: joiners, variation selectors, marks of direction, tags of flags, white space.
fn is_unseen(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
        || character.is_whitespace()
}

#[test]
fn every_character_has_a_glyph_in_every_family() {
    let window = Window::open();
    let families = [
        FontFamily::Proportional,
        FontFamily::Monospace,
        FontFamily::Name(theme::MEDIUM.into()),
        FontFamily::Name(theme::BOLD.into()),
        FontFamily::Name(theme::ITALIC.into()),
    ];
    let mut missing = Vec::new();
    for family in families {
        let font = FontId::new(15.0, family.clone());
        for (name, text) in signs::all() {
            let lacks = |c: &char| window.harness.ctx.fonts_mut(|fonts| !fonts.has_glyph(&font, *c));
            let lost: String = text.chars().filter(|c| !is_unseen(*c)).filter(lacks).collect();
            if !lost.is_empty() {
                missing.push(format!("{family:?}, {name}: {lost:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The test above can fail: these are in no font of the program.
#[test]
fn a_character_of_no_font_is_noticed() {
    let window = Window::open();
    let has = |c| window.harness.ctx.fonts_mut(|fonts| fonts.has_glyph(&FontId::proportional(15.0), c));
    assert!(
        has('a') && !has('\u{13000}') && !has('\u{f8ff}'),
        "hieroglyphs and the Apple logo are left to the system"
    );
}
