//! Inter for text, JetBrains Mono for code, STIX Two Math for formulas, Phosphor for icons; behind them fonts by script, for
//! mathematics in text, symbols and emoji in color, so that what a model writes is seen.

use std::sync::{Arc, OnceLock};

use egui::epaint::text::{FallbackRequest, FontInsert, FontProvider, FontTweak, VariationCoords};
use egui::{Context, FontData, FontDefinitions, FontFamily};
use egui_system_font_provider::SystemFontProvider;

/// Family of names and buttons.
pub const MEDIUM: &str = "medium";

/// Family of headings and strong words.
pub const BOLD: &str = "bold";

/// Family of slanted words.
pub const ITALIC: &str = "italic";

/// Family of formulas.
pub const MATH: &str = "math";

macro_rules! font {
    ($name:literal) => {
        include_bytes!(concat!("../../../assets/fonts/", $name))
    };
}

static INTER: &[u8] = font!("Inter.ttf");
static INTER_ITALIC: &[u8] = font!("Inter-Italic.ttf");
static JETBRAINS_MONO: &[u8] = font!("JetBrainsMono.ttf");
static STIX_MATH: &[u8] = font!("StixMath.ttf");
static PHOSPHOR: &[u8] = font!("Phosphor.ttf");

/// Fonts behind the first of each family, in the order in which they are asked for a character. Mathematics comes before emoji, so
/// that arrows and geometric shapes look like text; `assets/fonts/cut` leaves out of each what those before it have.
static FALLBACKS: &[(&str, &[u8])] = &[
    ("text", font!("NotoSans.ttf")),
    ("cjk", font!("NotoSansSC.otf")),
    ("mathematics", font!("NotoSansMath.ttf")),
    ("emoji", font!("Twemoji.ttf")),
    ("symbols", font!("NotoSansSymbols.ttf")),
    ("more symbols", font!("NotoSansSymbols2.ttf")),
    ("Arabic", font!("scripts/Arabic.ttf")),
    ("Armenian", font!("scripts/Armenian.ttf")),
    ("Bengali", font!("scripts/Bengali.ttf")),
    ("Devanagari", font!("scripts/Devanagari.ttf")),
    ("Ethiopic", font!("scripts/Ethiopic.ttf")),
    ("Georgian", font!("scripts/Georgian.ttf")),
    ("Gujarati", font!("scripts/Gujarati.ttf")),
    ("Gurmukhi", font!("scripts/Gurmukhi.ttf")),
    ("Hebrew", font!("scripts/Hebrew.ttf")),
    ("Kannada", font!("scripts/Kannada.ttf")),
    ("Khmer", font!("scripts/Khmer.ttf")),
    ("Lao", font!("scripts/Lao.ttf")),
    ("Malayalam", font!("scripts/Malayalam.ttf")),
    ("Myanmar", font!("scripts/Myanmar.ttf")),
    ("Sinhala", font!("scripts/Sinhala.ttf")),
    ("Tamil", font!("scripts/Tamil.ttf")),
    ("Telugu", font!("scripts/Telugu.ttf")),
    ("Thai", font!("scripts/Thai.ttf")),
];

/// Installs the fonts of the program.
pub fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

/// Lets characters that no font of the program has take one of the system's, where it has one.
pub fn use_system_fonts(ctx: &Context) {
    ctx.add_font_provider(Arc::new(SystemFonts::default()));
}

/// Fonts of the system, listed when the first character is missing: most chats never need them, and listing takes a while.
#[derive(Default)]
struct SystemFonts(OnceLock<SystemFontProvider>);

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        self.0.get_or_init(SystemFontProvider::new).font_for(request)
    }
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
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
    // As its outlines are: formulas are laid out by its measures.
    add(
        "stix-math",
        FontData::from_static(STIX_MATH).tweak(FontTweak { hinting: Some(false), ..Default::default() }),
    );
    for (name, bytes) in FALLBACKS {
        add(name, FontData::from_static(bytes));
    }
    let mut family = |family: FontFamily, first: &str| {
        // The font of text has letters and signs that the font of code lacks, and that one box drawing, which stands in text too.
        let behind = ["phosphor", "inter", "mono"].into_iter().chain(FALLBACKS.iter().map(|(name, _)| *name));
        let list = std::iter::once(first).chain(behind.filter(|name| *name != first)).map(str::to_owned);
        fonts.families.insert(family, list.collect());
    };
    family(FontFamily::Proportional, "inter");
    family(FontFamily::Monospace, "mono");
    family(FontFamily::Name(MEDIUM.into()), "inter-medium");
    family(FontFamily::Name(BOLD.into()), "inter-bold");
    family(FontFamily::Name(ITALIC.into()), "inter-italic");
    // Words in formulas that are not Latin or Greek take the font of text.
    family(FontFamily::Name(MATH.into()), "stix-math");
    fonts
}

fn weight(weight: f32) -> FontData {
    let coords = VariationCoords::new([(b"wght", weight)]);
    FontData::from_static(INTER).tweak(FontTweak { coords, ..Default::default() })
}
