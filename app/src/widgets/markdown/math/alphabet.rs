//! Letters in the alphabets of mathematics, at their places in Unicode's block of mathematical letters.

/// An alphabet of mathematics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Letters slant, capital Greek ones and digits do not.
    #[default]
    Usual,
    Upright,
    Italic,
    Bold,
    BoldItalic,
    /// Bold, and slanted where the usual letter is.
    BoldUsual,
    Script,
    Fraktur,
    DoubleStruck,
    Sans,
    Mono,
}

/// Places of the letters A and a, of the digit 0 and of Alpha and alpha in an alphabet; 0 where it has none.
struct Places {
    capital: u32,
    small: u32,
    digit: u32,
    greek_capital: u32,
    greek_small: u32,
}

const fn places(capital: u32, small: u32, digit: u32, greek_capital: u32, greek_small: u32) -> Places {
    Places { capital, small, digit, greek_capital, greek_small }
}

const BOLD: Places = places(0x1_D400, 0x1_D41A, 0x1_D7CE, 0x1_D6A8, 0x1_D6C2);
const ITALIC: Places = places(0x1_D434, 0x1_D44E, 0, 0x1_D6E2, 0x1_D6FC);
const BOLD_ITALIC: Places = places(0x1_D468, 0x1_D482, 0x1_D7CE, 0x1_D71C, 0x1_D736);
const SCRIPT: Places = places(0x1_D49C, 0x1_D4B6, 0, 0, 0);
const FRAKTUR: Places = places(0x1_D504, 0x1_D51E, 0, 0, 0);
const DOUBLE_STRUCK: Places = places(0x1_D538, 0x1_D552, 0x1_D7D8, 0, 0);
const SANS: Places = places(0x1_D5A0, 0x1_D5BA, 0x1_D7E2, 0, 0);
const MONO: Places = places(0x1_D670, 0x1_D68A, 0x1_D7F6, 0, 0);
const USUAL: Places = places(0x1_D434, 0x1_D44E, 0, 0, 0x1_D6FC);
const BOLD_USUAL: Places = places(0x1_D468, 0x1_D482, 0x1_D7CE, 0x1_D6A8, 0x1_D736);

/// Forms of small Greek letters, in the order in which they follow omega.
const GREEK_FORMS: &str = "∂ϵϑϰϕϱϖ";

/// Letters that were in Unicode before the block was, by the place they would have there.
const ELSEWHERE: [(u32, char); 24] = [
    (0x1_D455, 'ℎ'),
    (0x1_D49D, 'ℬ'),
    (0x1_D4A0, 'ℰ'),
    (0x1_D4A1, 'ℱ'),
    (0x1_D4A3, 'ℋ'),
    (0x1_D4A4, 'ℐ'),
    (0x1_D4A7, 'ℒ'),
    (0x1_D4A8, 'ℳ'),
    (0x1_D4AD, 'ℛ'),
    (0x1_D4BA, 'ℯ'),
    (0x1_D4BC, 'ℊ'),
    (0x1_D4C4, 'ℴ'),
    (0x1_D506, 'ℭ'),
    (0x1_D50B, 'ℌ'),
    (0x1_D50C, 'ℑ'),
    (0x1_D515, 'ℜ'),
    (0x1_D51D, 'ℨ'),
    (0x1_D53A, 'ℂ'),
    (0x1_D53F, 'ℍ'),
    (0x1_D545, 'ℕ'),
    (0x1_D547, 'ℙ'),
    (0x1_D548, 'ℚ'),
    (0x1_D549, 'ℝ'),
    (0x1_D551, 'ℤ'),
];

impl Alphabet {
    /// A character in this alphabet; itself where the alphabet has none.
    pub(super) fn letter(self, c: char) -> char {
        let places = match self {
            Self::Usual => &USUAL,
            Self::Upright => return c,
            Self::Italic => &ITALIC,
            Self::Bold => &BOLD,
            Self::BoldItalic => &BOLD_ITALIC,
            Self::BoldUsual => &BOLD_USUAL,
            Self::Script => &SCRIPT,
            Self::Fraktur => &FRAKTUR,
            Self::DoubleStruck => &DOUBLE_STRUCK,
            Self::Sans => &SANS,
            Self::Mono => &MONO,
        };
        let code = u32::from(c);
        let (first, from) = match c {
            'A'..='Z' => (places.capital, u32::from('A')),
            'a'..='z' => (places.small, u32::from('a')),
            '0'..='9' => (places.digit, u32::from('0')),
            'Α'..='Ω' => (places.greek_capital, u32::from('Α')),
            '∇' if self != Self::Italic => (places.greek_capital, u32::from('∇') - 25),
            'α'..='ω' => (places.greek_small, u32::from('α')),
            _ => match GREEK_FORMS.chars().position(|form| form == c) {
                Some(at) => (places.greek_small, code - 25 - at as u32),
                None => return c,
            },
        };
        if first == 0 {
            return c;
        }
        let place = first + (code - from);
        let elsewhere = ELSEWHERE.iter().find(|(gap, _)| *gap == place).map(|(_, letter)| *letter);
        elsewhere.or(char::from_u32(place)).unwrap_or(c)
    }
}
