//! Colors by what they are for, never by what they are.

use egui::{Color32, Ui};

/// All colors of one theme. Text colors keep a contrast of 4.5 to 1 on every ground they appear on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The middle of the window.
    pub ground: Color32,
    /// The left rail and the drawer.
    pub rail: Color32,
    /// Cards, fields, the composer.
    pub card: Color32,
    /// The person's messages, chosen rows.
    pub tint: Color32,
    /// What the pointer is over.
    pub hover: Color32,
    /// Hairlines and outlines.
    pub line: Color32,
    /// Color of text.
    pub text: Color32,
    /// Text that stands back.
    pub soft: Color32,
    /// The one color that calls.
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hover: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// A ground with a touch of the accent: chosen cards.
    pub accent_tint: Color32,
    /// Text of good news.
    pub good: Color32,
    /// Text of warnings.
    pub warn: Color32,
    /// Text of failures.
    pub bad: Color32,
    /// Ground of code.
    pub code: Color32,
    /// Words of a programming language.
    pub code_keyword: Color32,
    /// Texts in code.
    pub code_text: Color32,
    /// Numbers in code.
    pub code_number: Color32,
    /// Selected text's ground.
    pub selection: Color32,
    /// Shadow of what floats.
    pub shadow: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

impl Palette {
    /// The light theme: warm paper.
    pub const LIGHT: Self = Self {
        ground: rgb(0xFC_FB_F9),
        rail: rgb(0xF4_F2_EE),
        card: rgb(0xFF_FF_FF),
        tint: rgb(0xEF_EC_E6),
        hover: rgb(0xE9_E5_DE),
        line: rgb(0xE1_DD_D5),
        text: rgb(0x23_21_1E),
        soft: rgb(0x67_62_5A),
        accent: rgb(0x0E_6B_5C),
        accent_hover: rgb(0x0A_58_4C),
        on_accent: rgb(0xFF_FF_FF),
        accent_tint: rgb(0xE6_F1_EE),
        good: rgb(0x1B_6B_3A),
        warn: rgb(0x8A_52_00),
        bad: rgb(0xB0_2A_2A),
        code: rgb(0xF3_F1_EC),
        code_keyword: rgb(0x7A_2F_8F),
        code_text: rgb(0x1B_6B_3A),
        code_number: rgb(0x8F_4A_00),
        selection: rgb(0xBF_E3_DB),
        shadow: Color32::from_black_alpha(24),
    };

    /// The dark theme: warm night.
    pub const DARK: Self = Self {
        ground: rgb(0x1B_1B_1A),
        rail: rgb(0x15_15_14),
        card: rgb(0x24_24_22),
        tint: rgb(0x2E_2D_2A),
        hover: rgb(0x33_32_2F),
        line: rgb(0x3A_39_35),
        text: rgb(0xEC_E9_E3),
        soft: rgb(0xA8_A3_9A),
        accent: rgb(0x6C_D0_BB),
        accent_hover: rgb(0x8A_DC_CB),
        on_accent: rgb(0x0C_24_1F),
        accent_tint: rgb(0x20_33_2E),
        good: rgb(0x7F_D0_98),
        warn: rgb(0xE8_B4_63),
        bad: rgb(0xF0_8F_86),
        code: rgb(0x22_22_20),
        code_keyword: rgb(0xD3_9F_E6),
        code_text: rgb(0x8F_D0_9B),
        code_number: rgb(0xE8_B4_63),
        selection: rgb(0x2A_55_4B),
        shadow: Color32::from_black_alpha(96),
    };

    /// The colors of the theme that `ui` is drawn in.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::when(ui.visuals().dark_mode)
    }

    /// The colors of the dark or the light theme.
    pub fn when(dark: bool) -> &'static Self {
        if dark { &Self::DARK } else { &Self::LIGHT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color32) -> f32 {
        let part = |c: u8| {
            let c = f32::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(color.r()) + 0.7152 * part(color.g()) + 0.0722 * part(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn all_text_is_readable_on_all_its_grounds() {
        for p in [Palette::LIGHT, Palette::DARK] {
            for ground in [p.ground, p.rail, p.card, p.tint, p.hover, p.accent_tint, p.code] {
                for text in [p.text, p.soft, p.accent, p.good, p.warn, p.bad] {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "{text:?} on {ground:?} has only {ratio:.2}");
                }
            }
            for text in [p.code_keyword, p.code_text, p.code_number] {
                assert!(contrast(text, p.code) >= 4.5);
            }
            for ground in [p.accent, p.accent_hover] {
                assert!(contrast(p.on_accent, ground) >= 4.5);
            }
            assert!(contrast(p.text, p.selection) >= 4.5);
        }
    }
}
