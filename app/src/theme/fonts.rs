//! Inter for text, JetBrains Mono for code, Noto Sans for Chinese, Japanese and Korean, Phosphor for icons, STIX
//! Two Math for formulas, and for the rarest characters a font of the system where there is one.

use std::sync::Arc;

use egui::epaint::text::{FontTweak, VariationCoords};
use egui::{Context, FontData, FontDefinitions, FontFamily};

/// Family of names and buttons.
pub const MEDIUM: &str = "medium";

/// Family of headings and strong words.
pub const BOLD: &str = "bold";

/// Family of slanted words.
pub const ITALIC: &str = "italic";

/// Family of formulas.
pub const MATH: &str = "math";

static INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter.ttf");
static INTER_ITALIC: &[u8] = include_bytes!("../../../assets/fonts/Inter-Italic.ttf");
static JETBRAINS_MONO: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMono.ttf");
static NOTO_SANS: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC.otf");
static STIX_MATH: &[u8] = include_bytes!("../../../assets/fonts/StixMath.ttf");
static PHOSPHOR: &[u8] = include_bytes!("../../../assets/fonts/Phosphor.ttf");

/// Installs the fonts; `cjk` is a font of the system for the characters of Chinese, Japanese and Korean that ours lacks.
pub fn install(ctx: &Context, cjk: Option<Vec<u8>>) {
    let mut fonts = FontDefinitions::default();
    let spare = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let mut add = |name: &str, data: FontData| {
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    add("inter", weight(400.0));
    add("inter-medium", weight(520.0));
    add("inter-bold", weight(640.0));
    add("inter-italic", FontData::from_static(INTER_ITALIC));
    add("mono", FontData::from_static(JETBRAINS_MONO).tweak(FontTweak { scale: 0.94, ..Default::default() }));
    add(
        "phosphor",
        FontData::from_static(PHOSPHOR).tweak(FontTweak { y_offset_factor: 0.04, ..Default::default() }),
    );
    add("noto", FontData::from_static(NOTO_SANS));
    // As its outlines are: formulas are laid out by its measures.
    add(
        "stix-math",
        FontData::from_static(STIX_MATH).tweak(FontTweak { hinting: Some(false), ..Default::default() }),
    );
    let mut last = vec!["phosphor".to_owned(), "noto".to_owned()];
    if let Some(cjk) = cjk {
        add("cjk", FontData::from_owned(cjk));
        last.push("cjk".to_owned());
    }
    last.extend(spare);
    let mut family = |family: FontFamily, first: &str| {
        let list = std::iter::once(first.to_owned()).chain(last.iter().cloned()).collect();
        fonts.families.insert(family, list);
    };
    family(FontFamily::Proportional, "inter");
    family(FontFamily::Monospace, "mono");
    family(FontFamily::Name(MEDIUM.into()), "inter-medium");
    family(FontFamily::Name(BOLD.into()), "inter-bold");
    family(FontFamily::Name(ITALIC.into()), "inter-italic");
    // Words in formulas that are not Latin or Greek take the font of text.
    let inter = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    fonts.families.insert(
        FontFamily::Name(MATH.into()),
        std::iter::once("stix-math".to_owned()).chain(inter).collect(),
    );
    ctx.set_fonts(fonts);
}

fn weight(weight: f32) -> FontData {
    let coords = VariationCoords::new([(b"wght", weight)]);
    FontData::from_static(INTER).tweak(FontTweak { coords, ..Default::default() })
}
