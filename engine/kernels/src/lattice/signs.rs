//! Signs of weights whose magnitudes are points of a lattice, as bits: 1 for a negative weight.
//!
//! Some formats store seven signs of eight weights: the number of negative ones is even, from which the eighth sign follows.
//! In the packed layout they lie in lines of bits, column 4q + i of a group of 32 in bit q of byte i. The eighth signs would be
//! bits 1, 3, 5 and 7 of byte 3; other bits of the group are stored in their places.

use super::Lattice;
use crate::lanes::CodeLanes;
use crate::layout::{Field, LINE, Unit, put_bit_word};

/// The places of the eighth signs in a row's word of a line.
const EIGHTHS: u32 = 0xAA00_0000;

/// Eight signs from seven.
pub(crate) fn with_eighth(seven: u8) -> u8 {
    let seven = seven & 127;
    seven | (seven.count_ones() as u8 % 2) << 7
}

/// Values of 32 weights from the numbers of their points and their signs, bit i for weight i.
pub(crate) fn signed_points<const DIM: usize>(
    lattice: &Lattice<DIM>,
    index: impl Fn(usize) -> usize,
    signs: u32,
) -> [i8; 32] {
    let mut values = [0; 32];
    for (number, values) in values.as_chunks_mut::<DIM>().0.iter_mut().enumerate() {
        *values = lattice.point(index(number));
    }
    for (i, value) in values.iter_mut().enumerate() {
        *value = if signs >> i & 1 == 1 { -*value } else { *value };
    }
    values
}

/// Bytes of signed values, as the codes of [`Fields`](crate::block::Fields).
pub(crate) fn as_codes(values: [i8; 32]) -> [u8; 32] {
    values.map(|value| value as u8)
}

/// The magnitudes of values, and their signs, bit i for the i-th of them.
pub(crate) fn split<const DIM: usize>(values: &[u8]) -> ([i8; DIM], u8) {
    let signed = |i: usize| values[i] as i8;
    let signs = (0..DIM).fold(0, |signs, i| signs | u8::from(signed(i) < 0) << i);
    (std::array::from_fn(|i| signed(i).wrapping_abs()), signs)
}

/// Writes the signs of 32 columns of `row` to a line, with four other bits in the places of the eighth signs.
pub(crate) fn put_sevens(line: &mut [u8; LINE], row: usize, signs: u32, others: u8) {
    put_bit_word(line, row, signs);
    let places = (0..4).fold(0, |places, j| places | (others >> j & 1) << (2 * j + 1));
    line[row * 4 + 3] = line[row * 4 + 3] & 0x55 | places;
}

/// Reads the signs of 32 columns of `row` from a line.
pub(crate) fn take_signs(line: &[u8], row: usize) -> u32 {
    let sign = |column: usize| u32::from(line[row * 4 + column % 4] >> (column / 4) & 1);
    (0..32).fold(0, |signs, column| signs | sign(column) << column)
}

/// Reads what [`put_sevens`] wrote: all 32 signs, and the four other bits.
pub(crate) fn take_sevens(line: &[u8], row: usize) -> (u32, u8) {
    let signs = take_signs(line, row).to_le_bytes();
    let others = (0..4).fold(0, |others, j| others | (line[row * 4 + 3] >> (2 * j + 1) & 1) << j);
    (u32::from_le_bytes(signs.map(with_eighth)), others)
}

/// The line of all signs of group `g`, of lines with other bits in the places of the eighth signs.
#[inline(always)]
pub(crate) fn sevens<L: CodeLanes>(unit: &Unit<'_, L>, lines: Field, g: usize) -> L::C {
    let l = unit.l;
    let signs = l.words(unit.line(lines, g), 0, !EIGHTHS);
    // The sum modulo 2 of the four bytes, then of two neighboring bits: seven signs each.
    let bytes = l.fold_words(l.fold_words(signs, 16), 8);
    l.or_words(signs, l.fold_words(bytes, 1), -25, EIGHTHS)
}

/// The other four bits of group `g`, as numbers.
#[inline(always)]
pub(crate) fn others<L: CodeLanes>(unit: &Unit<'_, L>, lines: Field, g: usize) -> L::V {
    let l = unit.l;
    let apart = l.words(unit.line(lines, g), 25, 0x55);
    let pairs = l.words(l.or_words(apart, apart, 1, 0x7F), 0, 0x33);
    l.code::<false>(l.words(l.or_words(pairs, pairs, 2, 0x3F), 0, 15), 0)
}
