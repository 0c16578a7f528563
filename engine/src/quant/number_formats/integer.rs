//! Integers of 2 to 8 and of 16 bits under a scale: symmetric, with an integer zero point, or with a minimum.
//!
//! ```text
//! sym    q · s            s = largest magnitude / (2^bits - 1) · 2       codes from -2^(bits - 1) to 2^(bits - 1) - 1
//! asym   (q - z) · s      s = (max - min) / (2^bits - 1), extended to 0   z is one of the codes, so that 0 is exact
//! min    q · s + m        s = (max - min) / (2^bits - 1), m = min         codes from 0 to 2^bits - 1
//! ```
//! Symmetric and zero-point rules are those of compressed-tensors (`calculate_qparams`) and torchao, ties round to even;
//! the minimum is that of GGUF's Q4_1, MLX and HQQ. Constants of blocks are stored in half precision, and of 16-bit integers,
//! rows and matrices in single precision.

use nibble_kernels::DType;

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, extremes};
use crate::quant::scale_span::ScaleSpan;

/// Most steps of the clip search, each a hundredth of the range (GPTQ's `quant.py`).
const CLIP_STEPS: usize = 80;

/// What an integer of 0 stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegerOffset {
    /// Zero itself: codes are signed.
    Symmetric,
    /// A multiple of the scale: the zero point is a code.
    ZeroPoint,
    /// Any number: the minimum of the weights.
    Minimum,
}

/// Integers under a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integer {
    bits: u8,
    offset: IntegerOffset,
    span: ScaleSpan,
    /// Whether the range is the one with the least squared error, instead of that from the smallest to the largest weight.
    clipped: bool,
}

/// Scale and offset of a span of weights: a code q is the value `(q - zero) · scale + min`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntegerScale {
    /// Distance of neighboring values.
    pub scale: f32,
    /// The zero point, in codes.
    pub zero: f32,
    /// The minimum, which code 0 stands for.
    pub min: f32,
}

impl Integer {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &[
        "int4",
        "int4-sym-g32",
        "int4-asym-g64",
        "int4-min-g64",
        "int3-asym-row",
        "int8-tensor",
        "int4-clip",
    ];

    /// Reads `int` with the bits, and in this order or left out: `sym`, `asym` or `min`; the span of a scale; `clip`. Left
    /// out, integers are symmetric, in blocks of 128, and not clipped.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let mut words = name.strip_prefix("int")?.split('-').peekable();
        let bits: u8 = words.next().filter(|digits| !digits.starts_with(['0', '+']))?.parse().ok()?;
        let offset = match words.peek() {
            Some(&"sym") => Some(IntegerOffset::Symmetric),
            Some(&"asym") => Some(IntegerOffset::ZeroPoint),
            Some(&"min") => Some(IntegerOffset::Minimum),
            _ => None,
        };
        words.next_if(|_| offset.is_some());
        let span = words.peek().and_then(|word| ScaleSpan::parse(word));
        words.next_if(|_| span.is_some());
        let clipped = words.next_if_eq(&"clip").is_some();
        let offset = offset.unwrap_or(IntegerOffset::Symmetric);
        let span = span.unwrap_or(ScaleSpan::Block(128));
        let known =
            matches!(bits, 2..=8 | 16) && !(clipped && span == ScaleSpan::Tensor) && words.next().is_none();
        known.then_some(Self { bits, offset, span, clipped })
    }

    /// What an integer of 0 stands for.
    pub fn offset(self) -> IntegerOffset {
        self.offset
    }

    /// The weights that share a scale.
    pub fn span(self) -> ScaleSpan {
        self.span
    }

    /// Smallest and largest code.
    pub fn codes(self) -> (f32, f32) {
        let half = f32::from(1_u16 << (self.bits - 1));
        match self.offset {
            IntegerOffset::Minimum => (0.0, 2.0 * half - 1.0),
            IntegerOffset::Symmetric | IntegerOffset::ZeroPoint => (-half, half - 1.0),
        }
    }

    /// A constant as it is stored: half precision is too coarse for 16 bits.
    fn stored(self, constant: f32) -> f32 {
        if self.bits > 8 { constant } else { self.span.stored(constant) }
    }

    /// Scale and offset for weights from `min` to `max`, as they are stored.
    fn scale_of_range(self, min: f32, max: f32) -> IntegerScale {
        let (low, high) = self.codes();
        match self.offset {
            IntegerOffset::Symmetric => {
                let scale = self.stored(max.max(-min) / ((high - low) / 2.0));
                IntegerScale { scale, zero: 0.0, min: 0.0 }
            }
            IntegerOffset::ZeroPoint => {
                let (min, max) = (min.min(0.0), max.max(0.0));
                // Halves first, so that the range of finite weights is finite.
                let scale = (max / 2.0 - min / 2.0) / ((high - low) / 2.0);
                let zero =
                    if scale > 0.0 { (low - min / scale).clamp(low, high).round_ties_even() } else { 0.0 };
                IntegerScale { scale: self.stored(scale), zero, min: 0.0 }
            }
            IntegerOffset::Minimum => {
                let scale = self.stored((max / 2.0 - min / 2.0) / ((high - low) / 2.0));
                IntegerScale { scale, zero: 0.0, min: self.stored(min) }
            }
        }
    }

    /// A scale with the offset nearest to `offset`, the value of code 0, as it is stored; for integers with an offset.
    pub fn with_offset(self, found: IntegerScale, offset: f32) -> IntegerScale {
        let (low, high) = self.codes();
        match self.offset {
            IntegerOffset::Symmetric => found,
            IntegerOffset::ZeroPoint => {
                let zero = (-offset / found.scale).round_ties_even().clamp(low, high);
                IntegerScale { zero, ..found }
            }
            IntegerOffset::Minimum => IntegerScale { min: self.stored(offset), ..found },
        }
    }

    /// Smallest and largest weight of a span.
    fn range(self, rows: &WeightRows<'_>, span: &[f32]) -> (f32, f32) {
        match (self.span, self.offset) {
            (ScaleSpan::Tensor, _) => (rows.survey.min, rows.survey.max),
            (_, IntegerOffset::Minimum) => {
                let first = span.first().copied().unwrap_or(0.0);
                span.iter().fold((first, first), |(min, max), &weight| (min.min(weight), max.max(weight)))
            }
            _ => extremes(span),
        }
    }

    /// Scale and offset of the span of `rows` that begins at weight `at`.
    pub fn scale(self, rows: &WeightRows<'_>, at: usize, span: &[f32]) -> IntegerScale {
        let (min, max) = self.range(rows, span);
        let widest = self.scale_of_range(min, max);
        if !self.clipped {
            return widest;
        }
        let col = at % rows.n_cols;
        let importance = rows.importance.map(|importance| &importance[col..][..span.len()]);
        let mut best = (self.squared_error(widest, span, importance), widest);
        for step in 1..CLIP_STEPS {
            let share = 1.0 - step as f32 / 100.0;
            let scale = self.scale_of_range(min * share, max * share);
            let error = self.squared_error(scale, span, importance);
            if error < best.0 {
                best = (error, scale);
            }
        }
        best.1
    }

    fn squared_error(self, scale: IntegerScale, span: &[f32], importance: Option<&[f32]>) -> f32 {
        let errors = span.iter().map(|&weight| (self.nearest(scale, weight) - weight).powi(2));
        match importance {
            None => errors.sum(),
            Some(importance) => errors.zip(importance).map(|(error, counts)| error * counts).sum(),
        }
    }

    /// The code nearest to a weight, ties to even; 0, or the code nearest to it, where the scale is 0.
    pub fn code(self, scale: IntegerScale, weight: f32) -> f32 {
        let (low, high) = self.codes();
        if scale.scale == 0.0 {
            return scale.zero;
        }
        ((weight - scale.min) / scale.scale + scale.zero).clamp(low, high).round_ties_even()
    }

    /// The value nearest to a weight.
    pub fn nearest(self, scale: IntegerScale, weight: f32) -> f32 {
        let value = (self.code(scale, weight) - scale.zero) * scale.scale + scale.min;
        value.clamp(f32::MIN, f32::MAX)
    }
}

impl NumberFormat for Integer {
    fn name(&self) -> String {
        let offset = match self.offset {
            IntegerOffset::Symmetric => "sym",
            IntegerOffset::ZeroPoint => "asym",
            IntegerOffset::Minimum => "min",
        };
        let clip = if self.clipped { "-clip" } else { "" };
        format!("int{}-{offset}-{}{clip}", self.bits, self.span)
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        let bits = usize::from(self.bits);
        let more = match (self.offset, self.span) {
            (IntegerOffset::Symmetric, _) => 0,
            (IntegerOffset::ZeroPoint, _) => bits,
            (IntegerOffset::Minimum, ScaleSpan::Block(_)) => 16,
            (IntegerOffset::Minimum, _) => 32,
        };
        // Constants of 16-bit integers in single precision.
        let more = match (self.bits > 8, self.offset, self.span) {
            (true, IntegerOffset::Minimum, ScaleSpan::Block(_)) => 48,
            (true, _, ScaleSpan::Block(_)) => more + 16,
            _ => more,
        };
        bits as f64 + self.span.scale_bits(n_rows, n_cols, more)
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        use FormatStorage as S;
        let mut stores = Vec::new();
        let (bits, block) = (self.bits, if let ScaleSpan::Block(len) = self.span { len } else { 0 });
        let blocks_of_32 = block > 0 && block.is_multiple_of(32);
        if self.offset == IntegerOffset::Minimum {
            match bits {
                4 if blocks_of_32 => stores.push(S::Gguf(DType::Q4_1)),
                5 if blocks_of_32 => stores.push(S::Gguf(DType::Q5_1)),
                _ => {}
            }
            if matches!(bits, 2..=6 | 8) && [32, 64, 128].contains(&block) {
                stores.push(S::MlxCheckpoint);
            }
            if matches!(bits, 2 | 3 | 4 | 8) && block > 0 {
                stores.push(S::HqqCheckpoint);
            }
            return stores;
        }
        let is_symmetric = self.offset == IntegerOffset::Symmetric;
        match bits {
            4 if is_symmetric && blocks_of_32 => stores.push(S::Gguf(DType::Q4_0)),
            5 if is_symmetric && blocks_of_32 => stores.push(S::Gguf(DType::Q5_0)),
            8 if is_symmetric && blocks_of_32 => stores.push(S::Gguf(DType::Q8_0)),
            _ => {}
        }
        if matches!(bits, 2 | 3 | 4 | 8) && self.span != ScaleSpan::Tensor {
            stores.push(S::GptqCheckpoint);
        }
        if bits == 4 && !is_symmetric && block > 0 {
            stores.push(S::AwqCheckpoint);
        }
        if bits <= 8 {
            stores.push(S::CompressedTensorsCheckpoint);
        }
        if matches!(bits, 2 | 4 | 8) && block.is_power_of_two() && block >= 16 {
            stores.push(S::OnnxModel);
        }
        if matches!(bits, 4 | 8) && self.span != ScaleSpan::Tensor {
            stores.push(S::OpenVinoModel);
        }
        stores
    }

    fn needs_survey(&self) -> bool {
        self.span == ScaleSpan::Tensor
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let (mut scales, mut mins) = (Vec::new(), Vec::new());
        for (at, span) in self.span.split(rows) {
            let scale = self.scale(rows, at, span);
            scales.push(scale.scale);
            mins.push(scale.zero * scale.scale - scale.min);
        }
        let (low, high) = self.codes();
        let levels = (low as i32..=high as i32).map(|code| code as f32).collect();
        Some(Grid::new(rows.n_cols, self.span.n_cols(rows.n_cols), scales, mins, Levels::new(levels)))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        for (at, span) in self.span.split(rows) {
            let scale = self.scale(rows, at, span);
            for (out, &weight) in out[at..].iter_mut().zip(span) {
                *out = self.nearest(scale, weight);
            }
        }
    }
}
