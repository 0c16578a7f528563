//! Element types of stored tensors, with GGUF's names and numbers: the list of formats.
//!
//! Sizes and type numbers: ggml `docs/gguf.md` and `ggml-common.h`. A block is the smallest unit that can be decoded; rows
//! consist of whole blocks.

use crate::block::Fields;
use crate::format::{BlockFunctions, FormatEntry};
use crate::formats::{
    floats, iq1_m, iq1_s, iq2_s, iq2_xs, iq2_xxs, iq3_s, iq3_xxs, iq4_nl, iq4_xs, mxfp4, nvfp4, q1_0, q2_0,
    q2_k, q3_k, q4_0, q4_1, q4_k, q5_0, q5_1, q5_k, q6_k, q8_0, tq1_0, tq2_0,
};

/// Declares [`DType`] and the table of its formats from one line each: name, GGUF number, kind and file.
macro_rules! formats {
    ($($dtype:ident $name:literal $id:literal $kind:ident $format:path;)*) => {
        /// Element type of a stored tensor.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, non_camel_case_types, reason = "the names are the formats' own")]
        pub enum DType {
            $($dtype,)*
        }

        const ALL: &[DType] = &[$(DType::$dtype,)*];

        static FORMATS: &[FormatEntry] = &[$(FormatEntry::$kind::<$format>($name, $id),)*];
    };
}

#[rustfmt::skip]
formats! {
    F32     "f32"      0 float floats::F32;
    F16     "f16"      1 float floats::F16;
    BF16    "bf16"    30 float floats::BF16;
    Q1_0    "q1_0"    41 block q1_0::Q1_0;
    Q2_0    "q2_0"    42 block q2_0::Q2_0;
    Q4_0    "q4_0"     2 block q4_0::Q4_0;
    Q4_1    "q4_1"     3 block q4_1::Q4_1;
    Q5_0    "q5_0"     6 block q5_0::Q5_0;
    Q5_1    "q5_1"     7 block q5_1::Q5_1;
    Q8_0    "q8_0"     8 block q8_0::Q8_0;
    Q2_K    "q2_k"    10 block q2_k::Q2_K;
    Q3_K    "q3_k"    11 block q3_k::Q3_K;
    Q4_K    "q4_k"    12 block q4_k::Q4_K;
    Q5_K    "q5_k"    13 block q5_k::Q5_K;
    Q6_K    "q6_k"    14 block q6_k::Q6_K;
    IQ1_S   "iq1_s"   19 block iq1_s::IQ1_S;
    IQ1_M   "iq1_m"   29 block iq1_m::IQ1_M;
    IQ2_XXS "iq2_xxs" 16 block iq2_xxs::IQ2_XXS;
    IQ2_XS  "iq2_xs"  17 block iq2_xs::IQ2_XS;
    IQ2_S   "iq2_s"   22 block iq2_s::IQ2_S;
    IQ3_XXS "iq3_xxs" 18 block iq3_xxs::IQ3_XXS;
    IQ3_S   "iq3_s"   21 block iq3_s::IQ3_S;
    IQ4_NL  "iq4_nl"  20 block iq4_nl::IQ4_NL;
    IQ4_XS  "iq4_xs"  23 block iq4_xs::IQ4_XS;
    TQ1_0   "tq1_0"   34 block tq1_0::TQ1_0;
    TQ2_0   "tq2_0"   35 block tq2_0::TQ2_0;
    MXFP4   "mxfp4"   39 block mxfp4::MXFP4;
    NVFP4   "nvfp4"   40 block nvfp4::NVFP4;
}

impl DType {
    /// All element types, in the order of their declaration.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().copied()
    }

    /// The table entry of the type: its sizes and functions.
    pub(crate) fn format(self) -> &'static FormatEntry {
        &FORMATS[self as usize]
    }

    /// Name of the type in lower case, such as `q4_k`, as llama.cpp spells it.
    pub fn name(self) -> &'static str {
        self.format().name
    }

    /// Number of the type in GGUF.
    pub fn gguf_id(self) -> u32 {
        self.format().gguf_id
    }

    /// The type with this number in GGUF; `None` for types that Nibble does not read.
    pub fn from_gguf_id(id: u32) -> Option<Self> {
        Self::all().find(|dtype| dtype.gguf_id() == id)
    }

    /// The type with this name, in upper or lower case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|dtype| dtype.name().eq_ignore_ascii_case(name))
    }

    /// Weights in one block; 1 for floating-point types.
    pub fn block_len(self) -> usize {
        self.format().block_len
    }

    /// Bytes of one block.
    pub fn block_bytes(self) -> usize {
        self.format().block_bytes
    }

    /// Whether elements are stored as floating-point numbers, without blocks.
    pub fn is_float(self) -> bool {
        self.format().blocks.is_none()
    }

    /// Whether neighboring codes are points of a lattice: weights cannot be rounded one by one, since not every combination of
    /// codes can be stored.
    pub fn is_lattice(self) -> bool {
        self.format().blocks.as_ref().is_some_and(|blocks| blocks.is_lattice)
    }

    /// The largest magnitude representable at every position of a block; larger weights are clamped to it.
    pub fn max_magnitude(self) -> f32 {
        self.format().max_magnitude
    }

    /// Reads the stored fields of a raw block.
    ///
    /// # Panics
    /// When `block` is not one block long, or the type is a floating-point type, which has no blocks.
    pub fn fields(self, block: &[u8], fields: &mut Fields) {
        assert_eq!(block.len(), self.block_bytes(), "one block of {self}");
        (self.blocks().fields)(block, fields);
    }

    /// Writes a raw block from its fields, the inverse of [`DType::fields`].
    ///
    /// # Panics
    /// When `block` is not one block long, or the type is a floating-point type.
    pub fn pack(self, fields: &Fields, block: &mut [u8]) {
        assert_eq!(block.len(), self.block_bytes(), "one block of {self}");
        (self.blocks().pack)(fields, block);
    }

    /// Weights of a block that share a scale.
    ///
    /// # Panics
    /// When the type is a floating-point type.
    pub fn group_len(self) -> usize {
        self.blocks().group_len
    }

    /// The scale of a group of a block, a multiple of the block's in most formats.
    ///
    /// # Panics
    /// When the type is a floating-point type, or has no such group.
    pub fn group_scale(self, fields: &Fields, group: usize) -> f32 {
        (self.blocks().group_scale)(fields, group)
    }

    /// The integer values of all stored codes, in the order of the codes; none in formats of a lattice, whose codes are not
    /// stored one by one.
    ///
    /// # Panics
    /// When the type is a floating-point type.
    pub fn code_values(self) -> Vec<i8> {
        if self.is_lattice() {
            return Vec::new();
        }
        let (mut fields, mut block) = (Fields::default(), vec![0; self.block_bytes()]);
        // A block keeps the bits of a code that its format has; the first code that comes back changed is one too many.
        let is_kept = |code: &u8| {
            fields.codes = [*code; crate::block::MAX_LEN];
            self.pack(&fields, &mut block);
            let mut stored = Fields::default();
            self.fields(&block, &mut stored);
            stored.codes[0] == *code
        };
        (0..=u8::MAX).take_while(is_kept).map(self.blocks().value).collect()
    }

    fn blocks(self) -> &'static BlockFunctions {
        let Some(blocks) = &self.format().blocks else { panic!("{self} has no blocks") };
        blocks
    }

    /// Bytes of a row of `n_cols` weights; `None` if the row is not whole blocks or the size overflows.
    pub fn row_bytes(self, n_cols: usize) -> Option<usize> {
        n_cols
            .is_multiple_of(self.block_len())
            .then(|| (n_cols / self.block_len()).checked_mul(self.block_bytes()))?
    }

    /// Bits per weight, including scales.
    pub fn bits_per_weight(self) -> f64 {
        8.0 * self.block_bytes() as f64 / self.block_len() as f64
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::random_rows;

    #[test]
    fn the_list_stands_in_declaration_order_and_finds_itself() {
        for (position, dtype) in DType::all().enumerate() {
            assert_eq!(dtype as usize, position);
            assert_eq!(DType::from_gguf_id(dtype.gguf_id()), Some(dtype));
            assert_eq!(DType::from_name(&dtype.name().to_uppercase()), Some(dtype));
        }
    }

    #[test]
    fn packing_is_the_inverse_of_taking_apart() {
        for dtype in DType::all().filter(|dtype| !dtype.is_float()) {
            let (mut fields, mut packed) = (Fields::default(), vec![0; dtype.block_bytes()]);
            for block in random_rows(dtype, 40, 4 * dtype.block_len()).chunks(dtype.block_bytes()) {
                dtype.fields(block, &mut fields);
                packed.fill(0xA5);
                dtype.pack(&fields, &mut packed);
                assert_eq!(block, packed, "{dtype}");
            }
        }
    }

    #[test]
    fn every_code_of_a_format_has_a_value() {
        let values = |dtype: DType| dtype.code_values();
        assert_eq!(values(DType::Q4_0), (-8..8).collect::<Vec<_>>());
        assert_eq!(values(DType::Q5_1), (0..32).collect::<Vec<_>>());
        assert_eq!(values(DType::Q2_K), [0, 1, 2, 3]);
        assert_eq!(values(DType::Q3_K), (-4..4).collect::<Vec<_>>());
        assert_eq!(values(DType::Q6_K), (-32..32).collect::<Vec<_>>());
        assert_eq!(values(DType::Q8_0)[126..130], [126, 127, -128, -127]);
        assert_eq!(values(DType::IQ4_XS)[..3], [-127, -104, -83]);
        assert_eq!(values(DType::MXFP4)[..8], [0, 1, 2, 3, 4, 6, 8, 12]);
        assert_eq!(values(DType::Q1_0), [-1, 1]);
        assert_eq!(values(DType::TQ1_0), [-1, 0, 1]);
        assert_eq!(values(DType::TQ2_0), [-1, 0, 1, 2]);
        assert_eq!(values(DType::NVFP4), values(DType::MXFP4));
        assert_eq!(values(DType::IQ2_XS), []);
    }

    #[test]
    fn a_row_is_whole_blocks() {
        assert_eq!(DType::Q4_K.row_bytes(512), Some(288));
        assert_eq!(DType::Q4_K.row_bytes(300), None);
        assert_eq!(DType::F32.row_bytes(usize::MAX), None);
    }
}
