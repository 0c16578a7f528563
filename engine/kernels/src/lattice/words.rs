//! Tables from which kernels look up the points of all rows at once: 16 bits for each point, of which two are looked up for a
//! row; in IQ1, which has many points, words of 32 bits.
//!
//! A level and a sign (or the shift of IQ1) become a code, which indexes a table of sixteen values, raised to be unsigned.

use super::points;
use crate::lanes::{CodeLanes, Numbers};

/// Numbers of 16 bits for points of eight: the levels of weights 0, 1, 4 and 5 in the first byte, two bits each, and those of 2, 3,
/// 6 and 7 in the second.
const fn eights<const N: usize>(keys: &[u16; N]) -> Numbers<N> {
    let mut numbers = [0; N];
    let mut index = 0;
    while index < N {
        let mut i = 0;
        while i < 8 {
            numbers[index] |= (keys[index] >> (2 * i) & 3) << (i % 4 / 2 * 8 + i / 4 * 4 + i % 2 * 2);
            i += 1;
        }
        index += 1;
    }
    Numbers::new(numbers)
}

/// Words of eight codes: those of the first four weights in the low nibbles of the bytes, the others in the high ones. Points with
/// a shift up, and then the same points with a shift down.
const fn shifted() -> [u32; 4096] {
    let mut words = [0; 4096];
    let mut index = 0;
    while index < 2048 {
        let mut i = 0;
        while i < 8 {
            let code = (points::IQ1[index] as u32 >> (2 * i) & 3) << 1;
            words[index] |= code << (i % 4 * 8 + i / 4 * 4);
            i += 1;
        }
        words[index + 2048] = words[index] | 0x1111_1111;
        index += 1;
    }
    words
}

/// The points of IQ2_XXS.
pub(crate) static IQ2_XXS: Numbers<256> = eights(&points::IQ2_XXS);
/// The points of IQ2_XS.
pub(crate) static IQ2_XS: Numbers<512> = eights(&points::IQ2_XS);
/// The points of IQ2_S.
pub(crate) static IQ2_S: Numbers<1024> = eights(&points::IQ2_S);
/// The points of IQ3_XXS, as packed there: four bits for each of four weights.
pub(crate) static IQ3_XXS: Numbers<256> = Numbers::new(points::IQ3_XXS);
/// The points of IQ3_S, as packed there.
pub(crate) static IQ3_S: Numbers<512> = Numbers::new(points::IQ3_S);
/// Words of the points of IQ1: bit 11 of an index is 1 where the shift is down.
pub(crate) static IQ1: [u32; 4096] = shifted();

/// Values of the codes: each level, and after `half` of them each negative, with an offset added.
pub(crate) const fn signed_values(levels: &[i8], half: usize, offset: i8) -> [i8; 16] {
    let mut values = [0; 16];
    let mut level = 0;
    while level < levels.len() {
        values[level] = offset + levels[level];
        values[half + level] = offset - levels[level];
        level += 1;
    }
    values
}

/// The values of a point of eight for each row: its number is in the lower or upper half of a word, its signs are those of the
/// columns 8j..8j+8 in a line of bits.
#[inline(always)]
pub(crate) fn eight<L: CodeLanes>(
    l: L,
    numbers: L::C,
    signs: L::C,
    j: usize,
    values: &[i8; 16],
) -> [L::C; 2] {
    let bytes = if j % 2 == 1 { l.doubled::<true>(numbers) } else { l.doubled::<false>(numbers) };
    // The levels of weights 0 to 3 in the low nibbles, those of 4 to 7 in the high ones.
    let levels = l.or_words(l.words(bytes, 0, 0x0033_0033), bytes, 2, 0x3300_3300);
    let (table, from) = (l.table(values), 2 * j as u32);
    let first = l.or_bits(l.shr_and(levels, 0, 3), signs, (from, 2), 4);
    let second = l.or_bits(l.shr_and(levels, 4, 3), signs, (from + 1, 2), 4);
    [l.lookup(table, first), l.lookup(table, second)]
}

/// The values of two points of four for each row, as [`eight`]; each word of `numbers` has the point of its columns in the half that
/// j says.
#[inline(always)]
pub(crate) fn twice_four<L: CodeLanes>(
    l: L,
    numbers: [L::C; 2],
    signs: L::C,
    j: usize,
    values: &[i8; 16],
) -> [L::C; 2] {
    let (table, from, [left, right]) = (l.table(values), 2 * j as u32, numbers);
    let left = l.or_bits(four(l, left, j), signs, (from, 3), 8);
    let right = l.or_bits(four(l, right, j), signs, (from + 1, 3), 8);
    [l.lookup(table, left), l.lookup(table, right)]
}

/// The levels of a point of four for each row, a byte each.
#[inline(always)]
fn four<L: CodeLanes>(l: L, numbers: L::C, j: usize) -> L::C {
    let bytes = if j % 2 == 1 { l.doubled::<true>(numbers) } else { l.doubled::<false>(numbers) };
    l.or_words(l.words(bytes, 0, 0x0007_0007), bytes, 4, 0x0700_0700)
}
