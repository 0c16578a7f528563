//! Tables from which kernels look up the points of all rows at once: a word of 32 bits for each point.
//!
//! A code is twice the level, plus one where the weight is negative (or the shift of IQ1 is), and indexes a table of sixteen
//! values, which are raised to be unsigned.

use super::points;
use crate::lanes::CodeLanes;

/// Words of eight codes: those of the first four weights in the low nibbles, the others in the high ones.
const fn eights<const N: usize>(keys: &[u16; N]) -> [u32; N] {
    let mut words = [0; N];
    let mut index = 0;
    while index < N {
        let mut i = 0;
        while i < 8 {
            let code = (keys[index] as u32 >> (2 * i) & 3) << 1;
            words[index] |= code << (i % 4 * 8 + i / 4 * 4);
            i += 1;
        }
        index += 1;
    }
    words
}

/// Words of four codes, a byte each.
const fn fours<const N: usize>(keys: &[u16; N]) -> [u32; N] {
    let mut words = [0; N];
    let mut index = 0;
    while index < N {
        let mut i = 0;
        while i < 4 {
            words[index] |= (keys[index] as u32 >> (4 * i) & 7) << (8 * i + 1);
            i += 1;
        }
        index += 1;
    }
    words
}

/// Words of points with a shift up, and then of the same points with a shift down.
const fn shifted() -> [u32; 4096] {
    let up = eights(&points::IQ1);
    let mut words = [0; 4096];
    let mut index = 0;
    while index < 2048 {
        words[index] = up[index];
        words[index + 2048] = up[index] | 0x1111_1111;
        index += 1;
    }
    words
}

/// Words of the points of IQ2_XXS.
pub(crate) static IQ2_XXS: [u32; 256] = eights(&points::IQ2_XXS);
/// Words of the points of IQ2_XS.
pub(crate) static IQ2_XS: [u32; 512] = eights(&points::IQ2_XS);
/// Words of the points of IQ2_S.
pub(crate) static IQ2_S: [u32; 1024] = eights(&points::IQ2_S);
/// Words of the points of IQ3_XXS.
pub(crate) static IQ3_XXS: [u32; 256] = fours(&points::IQ3_XXS);
/// Words of the points of IQ3_S.
pub(crate) static IQ3_S: [u32; 512] = fours(&points::IQ3_S);
/// Words of the points of IQ1: bit 11 of an index is 1 where the shift is down.
pub(crate) static IQ1: [u32; 4096] = shifted();

/// Values of the codes: each level and its negative, with an offset added.
pub(crate) const fn signed_values(levels: &[i8], offset: i8) -> [i8; 16] {
    let mut values = [0; 16];
    let mut level = 0;
    while level < levels.len() {
        values[2 * level] = offset + levels[level];
        values[2 * level + 1] = offset - levels[level];
        level += 1;
    }
    values
}

/// The values of a point of eight for each row: words of nibbles, looked up in `values` with the signs of the columns 8j..8j+8
/// in a line of bits.
#[inline(always)]
pub(crate) fn eight<L: CodeLanes>(l: L, word: L::C, signs: L::C, j: usize, values: &[i8; 16]) -> [L::C; 2] {
    let (table, from) = (l.table(values), 2 * j as u32);
    let first = l.or_bits(l.shr_and(word, 0, 15), signs, (from, 0), 1);
    let second = l.or_bits(l.shr_and(word, 4, 15), signs, (from + 1, 0), 1);
    [l.lookup(table, first), l.lookup(table, second)]
}

/// The values of two points of four for each row, as [`eight`].
#[inline(always)]
pub(crate) fn twice_four<L: CodeLanes>(
    l: L,
    words: [L::C; 2],
    signs: L::C,
    j: usize,
    values: &[i8; 16],
) -> [L::C; 2] {
    let (table, from, [first, second]) = (l.table(values), 2 * j as u32, words);
    let first = l.or_bits(first, signs, (from, 0), 1);
    let second = l.or_bits(second, signs, (from + 1, 0), 1);
    [l.lookup(table, first), l.lookup(table, second)]
}
