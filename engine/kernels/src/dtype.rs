//! The types a tensor's elements can have on disk, with GGUF's names and numbers.
//!
//! Sizes and type numbers: ggml `docs/gguf.md` and `ggml-common.h`. A block is the smallest unit that can be decoded; rows
//! consist of whole blocks.

/// Element type of a stored tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, non_camel_case_types, reason = "the names are the formats' own")]
pub enum DType {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    IQ4_NL,
    IQ4_XS,
    MXFP4,
}

/// One row of the catalog: name, GGUF number, weights and bytes of a block.
struct Entry(DType, &'static str, u32, usize, usize);

#[rustfmt::skip]
const CATALOG: [Entry; 16] = [
    Entry(DType::F32,    "f32",     0,   1,   4),
    Entry(DType::F16,    "f16",     1,   1,   2),
    Entry(DType::BF16,   "bf16",   30,   1,   2),
    Entry(DType::Q4_0,   "q4_0",    2,  32,  18),
    Entry(DType::Q4_1,   "q4_1",    3,  32,  20),
    Entry(DType::Q5_0,   "q5_0",    6,  32,  22),
    Entry(DType::Q5_1,   "q5_1",    7,  32,  24),
    Entry(DType::Q8_0,   "q8_0",    8,  32,  34),
    Entry(DType::Q2_K,   "q2_k",   10, 256,  84),
    Entry(DType::Q3_K,   "q3_k",   11, 256, 110),
    Entry(DType::Q4_K,   "q4_k",   12, 256, 144),
    Entry(DType::Q5_K,   "q5_k",   13, 256, 176),
    Entry(DType::Q6_K,   "q6_k",   14, 256, 210),
    Entry(DType::IQ4_NL, "iq4_nl", 20,  32,  18),
    Entry(DType::IQ4_XS, "iq4_xs", 23, 256, 136),
    Entry(DType::MXFP4,  "mxfp4",  39,  32,  17),
];

impl DType {
    /// Every type there is, in the order of their declaration.
    pub fn all() -> impl Iterator<Item = Self> {
        CATALOG.iter().map(|entry| entry.0)
    }

    fn entry(self) -> &'static Entry {
        &CATALOG[self as usize]
    }

    /// The ecosystem's name in lower case, such as `q4_k`.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The number GGUF stores for this type.
    pub fn gguf_id(self) -> u32 {
        self.entry().2
    }

    /// The type with this number in GGUF, if it is one we read.
    pub fn from_gguf_id(id: u32) -> Option<Self> {
        CATALOG.iter().find(|entry| entry.2 == id).map(|entry| entry.0)
    }

    /// The type with this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        CATALOG.iter().find(|entry| entry.1.eq_ignore_ascii_case(name)).map(|entry| entry.0)
    }

    /// Weights in one block; 1 for the plain floating-point types.
    pub fn block_len(self) -> usize {
        self.entry().3
    }

    /// Bytes of one block.
    pub fn block_bytes(self) -> usize {
        self.entry().4
    }

    /// Whether elements are stored one by one as floating-point numbers.
    pub fn is_float(self) -> bool {
        self.block_len() == 1
    }

    /// Bytes of a row of `n_cols` weights, or `None` if the row is not a whole number of blocks or too large.
    pub fn row_bytes(self, n_cols: usize) -> Option<usize> {
        n_cols
            .is_multiple_of(self.block_len())
            .then(|| (n_cols / self.block_len()).checked_mul(self.block_bytes()))?
    }

    /// Bits per weight, scales included.
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

    #[test]
    fn the_catalog_stands_in_declaration_order_and_finds_itself() {
        for (position, dtype) in DType::all().enumerate() {
            assert_eq!(dtype as usize, position);
            assert_eq!(DType::from_gguf_id(dtype.gguf_id()), Some(dtype));
            assert_eq!(DType::from_name(&dtype.name().to_uppercase()), Some(dtype));
        }
    }

    #[test]
    fn a_row_is_whole_blocks() {
        assert_eq!(DType::Q4_K.row_bytes(512), Some(288));
        assert_eq!(DType::Q4_K.row_bytes(300), None);
        assert_eq!(DType::F32.row_bytes(usize::MAX), None);
    }
}
