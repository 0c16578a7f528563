//! The precisions that most people choose between.

use nibble_engine::quant::Precision;

/// The precisions offered first, smallest first: int4, int8 and f16.
pub const USUAL_PRECISIONS: [Precision; 3] = [Precision::Q4_K_M, Precision::Q8_0, Precision::F16];
