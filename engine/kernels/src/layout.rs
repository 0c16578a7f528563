//! The packed layout "N16K4" of weights in memory: 16 rows make a panel, and a panel is read from end to end.
//!
//! Along the columns a panel is cut into units of 32, 64 or 256 columns. The codes of a unit lie in lines of 64 bytes: four
//! neighboring columns of row 0, the same columns of row 1, up to row 15. One line is one AVX-512 register, two AVX2
//! registers, one row of an AMX tile and four NEON registers, with each 32-bit lane belonging to one row, which is what
//! their dot-product instructions sum over. Codes of fewer bits share lines: of nibbles, the low ones are four columns and the
//! high ones the next four. Scales stay about as small as in the file and follow the codes.
//!
//! The layout of a format's unit is defined in the format's file; this file has the parts that units are made of.

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]
#![allow(clippy::cast_ptr_alignment, reason = "read by instructions and functions that need no alignment")]

use crate::lanes::CodeLanes;

/// Rows of a panel.
pub(crate) const ROWS: usize = 16;
/// Bytes of a line of codes.
pub(crate) const LINE: usize = 64;

/// Writes up to 16 rows of raw bytes, `row_bytes` each, into a zeroed panel: unit by unit, so that a unit's lines stay in the
/// first-level cache until every row is in them. `put` writes what a row has in one unit: `raw_unit_bytes`, or fewer at the end.
pub(crate) fn pack_panel(
    raw: &[u8],
    row_bytes: usize,
    raw_unit_bytes: usize,
    units: std::slice::ChunksMut<'_, u8>,
    put: fn(&[u8], usize, &mut [u8]),
) {
    for (u, unit) in units.enumerate() {
        let columns = u * raw_unit_bytes..row_bytes.min((u + 1) * raw_unit_bytes);
        for (row, raw) in raw.chunks(row_bytes).enumerate() {
            put(&raw[columns.clone()], row, unit);
        }
    }
}

/// A field of a unit, with entries of 16 rows: lines of codes, or numbers that belong to groups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// First byte, counted from the unit's beginning.
    pub(crate) at: usize,
    len: usize,
}

impl Field {
    /// A field of `len` entries, a power of two, from byte `at` on.
    pub(crate) const fn new(at: usize, len: usize) -> Self {
        assert!(len.is_power_of_two());
        Self { at, len }
    }
}

/// The rows of a unit that one register holds, as kernels read them.
#[derive(Clone, Copy)]
pub(crate) struct Unit<'a, L> {
    /// Token of the level's vectors.
    pub(crate) l: L,
    bytes: &'a [u8],
    first_row: usize,
}

impl<'a, L: CodeLanes> Unit<'a, L> {
    /// The rows from `register · N` on.
    #[inline(always)]
    pub(crate) fn new(l: L, bytes: &'a [u8], register: usize) -> Self {
        assert!((register + 1) * L::N <= ROWS, "register {register} of a unit");
        Self { l, bytes, first_row: register * L::N }
    }

    /// Address of this register's rows in entry `index` of a field with `row_bytes` for each row. An index beyond the field
    /// wraps to its first entry, so that nothing outside the unit is read and no comparison is needed.
    #[inline(always)]
    fn at(&self, field: Field, index: usize, row_bytes: usize) -> *const u8 {
        debug_assert!(index < field.len, "entry {index} of {field:?}");
        // Known at compile time, as the lengths of units are.
        assert!(field.at + field.len * ROWS * row_bytes <= self.bytes.len(), "a field within the unit");
        let entry = field.at + (index & (field.len - 1)) * ROWS * row_bytes;
        self.bytes.as_ptr().wrapping_add(entry + self.first_row * row_bytes)
    }

    /// Loads one line of codes.
    #[inline(always)]
    pub(crate) fn line(&self, lines: Field, index: usize) -> L::C {
        // SAFETY: `at` returns an address within the unit with four bytes for each row.
        unsafe { self.l.load_codes(self.at(lines, index, 4)) }
    }

    /// Loads a line of nibbles: the low ones, and the high ones.
    #[inline(always)]
    pub(crate) fn nibbles(&self, lines: Field, index: usize) -> [L::C; 2] {
        let line = self.line(lines, index);
        [self.l.shr_and(line, 0, 15), self.l.shr_and(line, 4, 15)]
    }

    /// Loads half-precision numbers, one for each row.
    #[inline(always)]
    pub(crate) fn halves(&self, field: Field, index: usize) -> L::V {
        // SAFETY: `at` returns an address within the unit with two bytes for each row.
        unsafe { self.l.load_f16(self.at(field, index, 2).cast()) }
    }

    /// Loads unsigned bytes as numbers, one for each row.
    #[inline(always)]
    pub(crate) fn bytes(&self, field: Field, index: usize) -> L::V {
        // SAFETY: `at` returns an address within the unit with a byte for each row.
        unsafe { self.l.load_u8(self.at(field, index, 1)) }
    }

    /// Loads signed bytes as numbers, one for each row.
    #[inline(always)]
    pub(crate) fn signed_bytes(&self, field: Field, index: usize) -> L::V {
        // SAFETY: as above.
        unsafe { self.l.load_i8(self.at(field, index, 1).cast()) }
    }

    /// Loads the low nibbles of bytes as numbers, one for each row.
    #[inline(always)]
    pub(crate) fn low_nibbles(&self, field: Field, index: usize) -> L::V {
        // SAFETY: as above.
        unsafe { self.l.load_nibbles(self.at(field, index, 1), 0) }
    }

    /// Loads the high nibbles of bytes as numbers, one for each row.
    #[inline(always)]
    pub(crate) fn high_nibbles(&self, field: Field, index: usize) -> L::V {
        // SAFETY: as above.
        unsafe { self.l.load_nibbles(self.at(field, index, 1), 4) }
    }

    /// Loads nibble `index`, the low ones of a field's bytes first, as numbers, one for each row.
    #[inline(always)]
    pub(crate) fn nibble(&self, field: Field, index: usize) -> L::V {
        // SAFETY: as above.
        unsafe { self.l.load_nibbles(self.at(field, index / 2, 1), 4 * (index % 2) as u32) }
    }

    /// Loads unsigned E4M3 floats, one for each row.
    #[inline(always)]
    pub(crate) fn e4m3(&self, field: Field, index: usize) -> L::V {
        // SAFETY: as above.
        unsafe { self.l.load_e4m3(self.at(field, index, 1)) }
    }

    /// Loads halves of the scales of E8M0 exponents, one for each row.
    #[inline(always)]
    pub(crate) fn half_e8m0(&self, field: Field, index: usize) -> L::V {
        // SAFETY: as above.
        unsafe { self.l.load_half_e8m0(self.at(field, index, 1)) }
    }
}

/// Eight bytes as one little-endian number, for steps on eight codes at once.
pub(crate) fn word(bytes: &[u8], index: usize) -> u64 {
    u64::from_le_bytes(bytes[8 * index..8 * index + 8].try_into().expect("eight bytes"))
}

/// Writes four bytes of `row` into a line.
pub(crate) fn put(line: &mut [u8; LINE], row: usize, bytes: u32) {
    line[row * 4..row * 4 + 4].copy_from_slice(&bytes.to_le_bytes());
}

/// Writes the low nibbles of words of eight codes of `row`, one line for each: the first four codes into low nibbles, the others
/// into high ones.
pub(crate) fn put_nibbles(lines: &mut [u8], row: usize, words: &[u64]) {
    for (line, word) in lines.as_chunks_mut().0.iter_mut().zip(words) {
        let codes = word & 0x0F0F_0F0F_0F0F_0F0F;
        put(line, row, codes as u32 | (codes >> 32 << 4) as u32);
    }
}

/// Reads 32 four-bit codes of `row` from four lines.
pub(crate) fn take_nibbles(lines: &[u8], row: usize, codes: &mut [i8]) {
    for (line, codes) in lines.chunks(LINE).zip(codes.as_chunks_mut::<8>().0) {
        for i in 0..4 {
            let byte = line[row * 4 + i];
            codes[i] = (byte & 15) as i8;
            codes[i + 4] = (byte >> 4) as i8;
        }
    }
}

/// Writes eight-bit codes of `row` into as many lines as they need.
pub(crate) fn put_bytes(lines: &mut [u8], row: usize, codes: &[i8]) {
    for (line, codes) in lines.as_chunks_mut().0.iter_mut().zip(codes.as_chunks::<4>().0) {
        put(line, row, u32::from_le_bytes(codes.map(|code| code as u8)));
    }
}

/// Reads eight-bit codes of `row`.
pub(crate) fn take_bytes(lines: &[u8], row: usize, codes: &mut [i8]) {
    for (line, codes) in lines.chunks(LINE).zip(codes.as_chunks_mut::<4>().0) {
        for i in 0..4 {
            codes[i] = line[row * 4 + i] as i8;
        }
    }
}

/// Copies the two bytes of a half-precision number into place `row` of sixteen.
pub(crate) fn put_half(halves: &mut [u8], row: usize, raw: &[u8]) {
    halves[2 * row..2 * row + 2].copy_from_slice(&raw[..2]);
}

/// Copies a half-precision number with its sign changed, as minima are stored.
pub(crate) fn put_negated_half(halves: &mut [u8], row: usize, raw: &[u8]) {
    put_half(halves, row, &[raw[0], raw[1] ^ 0x80]);
}

/// Writes the low two bits of each of sixteen codes of `row` to a line.
pub(crate) fn put_pairs(line: &mut [u8; LINE], row: usize, codes: [u32; 4]) {
    let [a, b, c, d] = codes.map(|code| code & 0x0303_0303);
    put(line, row, a | b << 2 | c << 4 | d << 6);
}

/// Reads 256 codes of two bits of `row` from 16 lines.
pub(crate) fn take_pairs(lines: &[u8], row: usize, codes: &mut [i8]) {
    for (line, codes) in lines.chunks(LINE).zip(codes.as_chunks_mut::<16>().0) {
        for (column, code) in codes.iter_mut().enumerate() {
            *code = (line[row * 4 + column % 4] >> (column / 4 * 2) & 3) as i8;
        }
    }
}

/// Writes one bit of each of 32 codes of `row` to a line: bit q of byte i is that of code 4q + i, which is the lowest bit of
/// byte i of the word `quads[q]`.
pub(crate) fn put_bits(line: &mut [u8; LINE], row: usize, quads: [u32; 8]) {
    put(line, row, (0..8).fold(0, |bits, q| bits | (quads[q] & 0x0101_0101) << q));
}

/// Writes 32 bits, in the order of the codes, of `row` to a line, as [`put_bits`].
pub(crate) fn put_bit_word(line: &mut [u8; LINE], row: usize, word: u32) {
    // Bits 0, 4, 8, ... of the shifted word become a byte: pairs, then fours, then all eight move together.
    let gather = |i: u32| {
        let ones = word >> i & 0x1111_1111;
        let pairs = (ones | ones >> 3) & 0x0303_0303;
        let fours = (pairs | pairs >> 6) & 0x000F_000F;
        (fours | fours >> 12) & 0xFF
    };
    put(line, row, gather(0) | gather(1) << 8 | gather(2) << 16 | gather(3) << 24);
}

/// Adds `value` to the codes of `row` whose bit in the lines is set.
pub(crate) fn take_bits(lines: &[u8], row: usize, value: i8, codes: &mut [i8]) {
    for (column, code) in codes.iter_mut().enumerate() {
        let bits = lines[column / 32 * LINE + row * 4 + column % 4];
        *code += (bits >> (column % 32 / 4) & 1) as i8 * value;
    }
}
