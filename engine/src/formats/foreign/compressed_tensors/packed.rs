//! Integers of 1 to 8 bits that are packed into words.

use std::ops::Range;

use super::schemes::Schemes;
use crate::formats::dequantize::{DecodeRows, Error, Grid, Groups, Part, Parts, Weight, Words, low_mask};
use crate::formats::raw::{RawDType, RawTensors};

/// Layout of a row's codes in its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    /// Successive bits, also across two words.
    Stream,
    /// As many whole codes in a word as fit.
    Whole,
}

impl Packing {
    /// Word index and shift of code `at`.
    fn place(self, at: usize, bits: usize) -> (usize, usize) {
        match self {
            Self::Stream => (at * bits / 32, at * bits % 32),
            Self::Whole => (at / (32 / bits), at % (32 / bits) * bits),
        }
    }

    /// Number of words for `n_codes` codes.
    fn n_words(self, n_codes: usize, bits: usize) -> usize {
        match self {
            Self::Stream => (n_codes * bits).div_ceil(32),
            Self::Whole => n_codes.div_ceil(32 / bits),
        }
    }
}

pub(super) fn weight(stem: &str, part: &Part, schemes: &Schemes, parts: &Parts) -> Result<Weight, Error> {
    let name = format!("{stem}.weight");
    let scale = parts.need(stem, ".weight_scale")?;
    part.of_type(&[RawDType::I32])?;
    let [n_out, n_words] = part.matrix()?;
    let n_in = columns(&parts.need(stem, ".weight_shape")?, n_out, n_words)?;
    let packings = [Packing::Stream, Packing::Whole];
    let candidates = schemes.bits.iter().flat_map(|&bits| packings.map(|packing| (bits, packing)));
    let found = candidates.clone().find(|&(bits, packing)| packing.n_words(n_in, bits) == n_words);
    let expected = packings[0].n_words(n_in, schemes.bits[0]);
    let (bits, packing) = found.ok_or_else(|| part.wrong_shape(&[n_out, expected]))?;

    let scales = Grid::new(&scale, [n_out, n_in], &schemes.blocks)?;
    let g_idx = parts.get(stem, ".weight_g_idx").filter(is_used);
    let groups = match &g_idx {
        Some(g_idx) => even_groups(g_idx, n_in, &scales)?,
        None => Groups::Every(scales.block_cols()),
    };
    let zero_point = parts.get(stem, ".weight_zero_point");
    let zeros = zero_point.as_ref().map(|part| {
        let n_words = packing.n_words(n_out, bits);
        Ok::<_, Error>((Words::new(part, [n_words, scales.n_cols()])?, scales.n_cols()))
    });
    let decoder = PackedRows {
        bits,
        packing,
        n_in,
        n_words,
        codes: Words::new(part, [n_out, n_words])?,
        zeros: zeros.transpose()?,
        scales,
        groups,
    };
    let used = [Some(*part), Some(scale), g_idx, zero_point].into_iter().flatten();
    Ok(Weight {
        name,
        shape: [n_out, n_in],
        parts: used.map(|part| part.index).collect(),
        rows: Box::new(decoder),
    })
}

/// The number of inputs in `weight_shape`, whose outputs must match the words and whose inputs must fit into them.
fn columns(part: &Part, n_out: usize, n_words: usize) -> Result<usize, Error> {
    let bytes = part.tensor.bytes;
    if part.vector(&[RawDType::I32, RawDType::I64])? != 2 {
        return Err(part.wrong_shape(&[2]));
    }
    let [rows, cols] = if part.element() == Some(RawDType::I32) {
        let words = bytes.as_chunks().0;
        [0, 1].map(|at| i64::from(i32::from_le_bytes(words[at])))
    } else {
        let words = bytes.as_chunks().0;
        [0, 1].map(|at| i64::from_le_bytes(words[at]))
    };
    let wrong = |found: i64, expected: usize| Error::PartValue {
        part: part.tensor.name.to_owned(),
        found,
        expected: expected as i64,
    };
    if usize::try_from(rows) != Ok(n_out) {
        return Err(wrong(rows, n_out));
    }
    // A code has at least one bit.
    let most = n_words * 32;
    usize::try_from(cols).ok().filter(|&cols| (1..=most).contains(&cols)).ok_or_else(|| wrong(cols, most))
}

/// Whether a list of groups is used: -1 stands for a list that was never filled.
fn is_used(part: &Part) -> bool {
    let unfilled = |word: &[u8; 4]| i32::from_le_bytes(*word) == -1;
    part.element() != Some(RawDType::I32) || !part.tensor.bytes.as_chunks().0.iter().any(unfilled)
}

/// The listed groups. The format sorts columns by group and divides them evenly, so all groups must have one length.
fn even_groups(part: &Part, n_in: usize, scales: &Grid) -> Result<Groups, Error> {
    let groups = Groups::listed(part, n_in, scales.n_cols())?;
    let mut lengths = vec![0; scales.n_cols()];
    for column in 0..n_in {
        lengths[groups.of(column)] += 1;
    }
    let expected = scales.block_cols();
    match lengths.iter().position(|&length| length != expected) {
        None => Ok(groups),
        Some(group) => {
            let (part, found) = (part.tensor.name.to_owned(), lengths[group]);
            Err(Error::GroupLength { part, group, found, expected })
        }
    }
}

/// Decoder of rows of packed words.
struct PackedRows {
    bits: usize,
    packing: Packing,
    n_in: usize,
    n_words: usize,
    codes: Words,
    /// Packed zero points and the number of groups.
    zeros: Option<(Words, usize)>,
    scales: Grid,
    groups: Groups,
}

impl DecodeRows for PackedRows {
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]) {
        let mut scales = vec![0.0; self.scales.n_cols()];
        let mut zeros = vec![self.offset(); self.scales.n_cols()];
        let mut words = vec![0; self.n_words];
        for (out, row) in out.chunks_exact_mut(self.n_in).zip(rows) {
            self.scales.read(raw, row, &mut scales);
            self.read_zeros(raw, row, &mut zeros);
            for (word, stored) in words.iter_mut().zip(self.codes.row(raw, row, 0..self.n_words)) {
                *word = stored;
            }
            for (column, out) in out.iter_mut().enumerate() {
                let (word, shift) = self.packing.place(column, self.bits);
                let code = self.field(words[word], shift, || words[word + 1]);
                let group = self.groups.of(column);
                *out = scales[group] * (code - zeros[group]);
            }
        }
    }

    fn own_bytes(&self, rows: Range<usize>) -> Option<(usize, Range<usize>)> {
        Some(self.codes.row_bytes(rows))
    }
}

impl PackedRows {
    /// The code that represents zero.
    fn offset(&self) -> f32 {
        (1_u32 << (self.bits - 1)) as f32
    }

    /// The zero points of one row as codes; weights and zero points have the same offset, which their difference cancels.
    fn read_zeros(&self, raw: &dyn RawTensors, row: usize, out: &mut [f32]) {
        let Some((words, n_groups)) = &self.zeros else { return };
        let (word, shift) = self.packing.place(row, self.bits);
        let next = || words.row(raw, word + 1, 0..*n_groups);
        let mut next = (shift + self.bits > 32).then(next);
        for (zero, low) in out.iter_mut().zip(words.row(raw, word, 0..*n_groups)) {
            let high = next.as_mut().and_then(Iterator::next).unwrap_or(0);
            *zero = self.field(low, shift, || high);
        }
    }

    /// The code that begins at bit `shift` of `low` and may continue in the next word.
    fn field(&self, low: u32, shift: usize, next: impl Fn() -> u32) -> f32 {
        let mut field = low >> shift;
        if shift + self.bits > 32 {
            field |= next() << (32 - shift);
        }
        (field & low_mask(self.bits as u32)) as f32
    }
}
