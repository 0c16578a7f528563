//! Measures of the signs of the mathematics font, read once from the table beside it (`assets/fonts/math/cut` says how it is laid
//! out).

use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: &[u8] = include_bytes!("../../../../../assets/fonts/StixMath.bin");

/// A combining mark's code point beside its own, under which it is drawn like any other sign.
const MARK: u32 = 0xF_8000;

/// Measures of a sign, as shares of the font size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Metrics {
    pub(super) advance: f32,
    /// Edges of the ink; y goes up.
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
    pub(super) top: f32,
    pub(super) italic: f32,
    /// Where an accent's middle goes, from the left.
    pub(super) accent: Option<f32>,
}

/// A part that a stretched sign is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) sign: char,
    /// Lengths of the joints at which neighbors may overlap.
    pub(super) start: f32,
    pub(super) end: f32,
    pub(super) length: f32,
    pub(super) repeats: bool,
}

/// How a sign grows: larger forms, and beyond them parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Growth {
    pub(super) forms: Vec<char>,
    pub(super) parts: Vec<Part>,
}

struct Tables {
    signs: HashMap<char, Metrics>,
    upright: HashMap<char, Growth>,
    across: HashMap<char, Growth>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut table = Reader(TABLE);
    let signs = (0..table.u16()).map(|_| (table.sign(), table.metrics())).collect();
    Tables { signs, upright: table.growths(), across: table.growths() }
});

/// The measures of a sign; `None` for one that the font lacks.
pub(super) fn metrics(sign: char) -> Option<Metrics> {
    TABLES.signs.get(&sign).copied()
}

/// The advance of a sign as a share of the font size; `None` for one that the font lacks.
pub(in super::super) fn advance_of(sign: char) -> Option<f32> {
    metrics(sign).map(|metrics| metrics.advance)
}

/// How a sign grows upright.
pub(super) fn upright(sign: char) -> Option<&'static Growth> {
    TABLES.upright.get(&sign)
}

/// How a sign grows across.
pub(super) fn across(sign: char) -> Option<&'static Growth> {
    TABLES.across.get(&sign)
}

/// The sign under which a combining mark is drawn.
pub(super) fn drawn(mark: char) -> char {
    char::from_u32(u32::from(mark) + MARK).filter(|sign| TABLES.signs.contains_key(sign)).unwrap_or(mark)
}

/// The table from where it is read next; what lies beyond its end reads as nothing.
struct Reader(&'static [u8]);

impl Reader {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let Some((first, rest)) = self.0.split_first_chunk() else { return [0; N] };
        self.0 = rest;
        *first
    }

    fn u8(&mut self) -> u8 {
        self.bytes::<1>()[0]
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    fn share(&mut self) -> f32 {
        f32::from(i16::from_le_bytes(self.bytes())) / 1000.0
    }

    fn sign(&mut self) -> char {
        char::from_u32(u32::from_le_bytes(self.bytes())).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn metrics(&mut self) -> Metrics {
        let [advance, left, right, bottom, top, italic, accent] = std::array::from_fn(|_| self.share());
        Metrics {
            advance,
            left,
            right,
            bottom,
            top,
            italic,
            accent: Some(accent).filter(|accent| *accent > -30.0),
        }
    }

    fn growths(&mut self) -> HashMap<char, Growth> {
        let n = self.u16();
        (0..n)
            .map(|_| {
                let sign = self.sign();
                let forms = (0..self.u8()).map(|_| self.sign()).collect();
                let parts = (0..self.u8())
                    .map(|_| Part {
                        sign: self.sign(),
                        start: self.share(),
                        end: self.share(),
                        length: self.share(),
                        repeats: self.u8() != 0,
                    })
                    .collect();
                (sign, Growth { forms, parts })
            })
            .collect()
    }
}
