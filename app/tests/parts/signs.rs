//! Texts in which no glyph may be missing: emoji, mathematics, arrows, boxes, and the scripts of the world.

/// A sentence in each script that has a font, the first article of the Universal Declaration of Human Rights or a greeting.
pub const SCRIPTS: [(&str, &str); 24] = [
    ("Latin", "Zażółć gęślą jaźń, ǎ ế ŵ ğ ß ə"),
    ("Greek", "Ελληνικά, μῆνιν ἄειδε θεά"),
    ("Cyrillic", "Съешь ещё этих мягких булок, Қазақ ԥҳԝ"),
    ("Armenian", "Բարեւ Ձեզ, աշխարհ"),
    ("Georgian", "გამარჯობა მსოფლიო"),
    ("Hebrew", "שָׁלוֹם עולם"),
    ("Arabic", "السلام عليكم، فارسی پچگ اردو ٹڈ"),
    ("Devanagari", "नमस्ते दुनिया, क्षत्रिय"),
    ("Bengali", "ওহে বিশ্ব, ক্ষমা"),
    ("Gurmukhi", "ਸਤ ਸ੍ਰੀ ਅਕਾਲ"),
    ("Gujarati", "નમસ્તે દુનિયા"),
    ("Tamil", "வணக்கம் உலகம்"),
    ("Telugu", "నమస్కారం ప్రపంచం"),
    ("Kannada", "ನಮಸ್ಕಾರ ಪ್ರಪಂಚ"),
    ("Malayalam", "നമസ്കാരം ലോകം"),
    ("Sinhala", "ආයුබෝවන් ලෝකය"),
    ("Thai", "สวัสดีชาวโลก น้ำ"),
    ("Lao", "ສະບາຍດີຊາວໂລກ"),
    ("Khmer", "សួស្តីពិភពលោក"),
    ("Myanmar", "မင်္ဂလာပါကမ္ဘာ"),
    ("Ethiopic", "ሰላም ልዑል"),
    ("Hangul", "안녕하세요 세계"),
    ("Kana", "こんにちは、カタカナ"),
    ("Han", "你好世界，漢字學習"),
];

/// Emoji of every group, among them some of Unicode 15, with skin tones, joined families and flags.
pub const EMOJI: &str = "😀🚀✅❌🔥✨💡🎉👍🏽👩‍💻👨‍👩‍👧‍👦🏳️‍🌈🇩🇪🇯🇵❤️⚠️⭐🫠🫶🫨🪿🩷🛜🪭♥☑☐✔✖☀☎✈";

/// Signs that mathematics is written with where it is plain text.
pub const MATHEMATICS: &str =
    "∀∂∃∅∆∇∈∉∋∏∑−±∓∗√∛∝∞∠∧∨∩∪∫∬∮∴∼≅≈≠≡≤≥≪≫⊂⊃⊆⊇⊕⊗⊥⋅⌈⌉⌊⌋⟨⟩ℂℕℙℚℝℤℏℓ℘ℵ𝔸𝒜𝐱𝛼𝟙′″‴ᵢⱼₖₙₓ₀₁₂ⁿ⁰¹²³⁺⁻ᵀ½⅓¾";

/// Arrows, boxes, shapes, dingbats and other signs.
pub const SIGNS: &str =
    "←↑→↓↔↕⇐⇒⇔↦⟶⟹⤴⬆➜➤▶◀■□▪●○◆◇★☆─│┌┐└┘├┤┬┴┼═║╔╗╚╝▀▄█░▒▓⠿⌘⌥⏎⎋①②⑳Ⓐ✓✗✎✂♠♣♦♪♫☯☮⚙⚡№™©®€£¥₹₽₿‰†‡§¶•…–—«»‹›„“”";

/// All texts by name.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCRIPTS.into_iter().chain([("emoji", EMOJI), ("mathematics", MATHEMATICS), ("signs", SIGNS)])
}

/// The same as Markdown that a model could have written.
pub fn as_reply() -> String {
    let scripts: Vec<String> = SCRIPTS.iter().map(|(name, text)| format!("{name}: {text}")).collect();
    format!("✅ Done\n❌ Not done\n\n{EMOJI}\n\n{MATHEMATICS}\n\n{SIGNS}\n\n{}", scripts.join(" · "))
}
