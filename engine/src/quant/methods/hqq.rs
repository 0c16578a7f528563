//! Half-quadratic quantization (HQQ, Badri and Shaji 2023; `hqq/core/optimize.py`): scales from the extremes, and minima or zero
//! points that minimize the errors to the power 0.7, which tolerates few large errors. Needs no data.
//!
//! The problem is split in two that are solved in turn: which part of the errors is better left alone (a shrinkage), and which
//! offset fits the remaining weights (a mean). Errors are measured in steps of the codes here, so that the shrinkage does not
//! depend on the size of the weights. An offset counts only if its own errors, after it is stored, are smaller; what has no
//! offset is rounded to nearest.

use nibble_kernels::block::Fields;
use nibble_kernels::{DType, quantize};

use crate::quant::method::{Method, Needs, TensorJob};
use crate::quant::number_format::WeightRows;
use crate::quant::number_formats::{Format, Integer, IntegerOffset, IntegerScale};
use crate::quant::scale_span::{ScaleSpan, half_precision};
use crate::quant::statistics::TensorStatistics;

/// Chooses minima and zero points by half-quadratic optimization, for formats that have them.
pub struct Hqq;

/// Power of the errors.
const POWER: f32 = 0.7;
/// Weight of the quadratic part at first, and its growth with each step.
const BETA: (f32, f32) = (10.0, 1.01);
/// Most steps; fewer if the offset no longer changes.
const MOST_STEPS: usize = 20;

/// Codes from `low` to `high`, `scale` apart, of which code q stands for `q · scale + offset`.
#[derive(Clone, Copy)]
struct Steps {
    scale: f32,
    low: f32,
    high: f32,
}

impl Steps {
    fn code(self, offset: f32, weight: f32) -> f32 {
        ((weight - offset) / self.scale).round_ties_even().clamp(self.low, self.high)
    }

    /// Sum of the errors to the power 0.7, in steps.
    fn error(self, offset: f32, weights: &[f32]) -> f32 {
        let error = |&weight: &f32| {
            let value = self.code(offset, weight) * self.scale + offset;
            ((weight - value) / self.scale).abs().powf(POWER)
        };
        weights.iter().map(error).sum()
    }

    /// The offset with the smallest errors on the way from `start`.
    fn optimal_offset(self, start: f32, weights: &[f32]) -> f32 {
        let (mut offset, mut best, mut beta) = (start, (f32::INFINITY, start), BETA.0);
        for _ in 0..MOST_STEPS {
            let error = self.error(offset, weights);
            // Codes jump, so that errors may grow for a step and fall below after it.
            if error < best.0 {
                best = (error, offset);
            }
            let remaining = |&weight: &f32| {
                let code = self.code(offset, weight);
                let steps = (weight - offset) / self.scale - code;
                // An error of 0 shrinks to 0: its power is infinite.
                let shrunk = (steps.abs() - steps.abs().powf(POWER - 1.0) / beta).max(0.0).copysign(steps);
                weight - (shrunk + code) * self.scale
            };
            let next = weights.iter().map(remaining).sum::<f32>() / weights.len() as f32;
            if next.to_bits() == offset.to_bits() {
                break;
            }
            offset = next;
            beta *= BETA.1;
        }
        best.1
    }
}

impl Method for Hqq {
    fn name(&self) -> &'static str {
        "hqq"
    }

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn encode(&self, job: &TensorJob<'_>, weights: &[f32], _: Option<&TensorStatistics>, out: &mut [u8]) {
        quantize(job.level, job.dtype, weights, None, out);
        let Some(largest_min) = largest_min(job.dtype) else { return };
        let blocks = weights.chunks(job.dtype.block_len()).zip(out.chunks_mut(job.dtype.block_bytes()));
        for (weights, block) in blocks {
            improve_block(job.dtype, largest_min, weights, block);
        }
    }

    fn round(&self, format: Format, rows: &WeightRows<'_>, out: &mut [f32]) {
        match format {
            Format::Integer(integer)
                if integer.offset() != IntegerOffset::Symmetric && integer.span() != ScaleSpan::Tensor =>
            {
                round_integers(integer, rows, out);
            }
            _ => format.round(rows, out),
        }
    }
}

/// Largest factor of a group's minimum in formats with minima: 1 where a block has one minimum.
fn largest_min(dtype: DType) -> Option<f32> {
    match dtype {
        DType::Q4_1 | DType::Q5_1 => Some(1.0),
        DType::Q2_K => Some(15.0),
        DType::Q4_K | DType::Q5_K => Some(63.0),
        _ => None,
    }
}

/// Replaces the minima and codes of an encoded block where that makes its errors smaller.
fn improve_block(dtype: DType, largest_min: f32, weights: &[f32], block: &mut [u8]) {
    let mut found = Fields::default();
    dtype.fields(block, &mut found);
    let (group, high) = (dtype.group_len(), dtype.code_values().len() as f32 - 1.0);
    let steps =
        |fields: &Fields, g: usize| Steps { scale: fields.d * f32::from(fields.scales[g]), low: 0.0, high };
    let min = |fields: &Fields, g: usize| fields.dmin * f32::from(fields.mins[g]);
    let groups = || weights.chunks(group).enumerate();
    let optimal: Vec<f32> = groups()
        .map(|(g, weights)| {
            let steps = steps(&found, g);
            if steps.scale > 0.0 { -steps.optimal_offset(-min(&found, g), weights) } else { min(&found, g) }
        })
        .collect();
    let total = |fields: &Fields| -> f32 {
        let error = |(g, weights): (usize, &[f32])| {
            let steps = steps(fields, g);
            if steps.scale > 0.0 {
                steps.error(-min(fields, g), weights) * steps.scale.powf(POWER)
            } else {
                0.0
            }
        };
        groups().map(error).sum()
    };
    // With the unit of the minima as it is, and with the smallest that reaches all of them.
    let of_all = optimal.iter().fold(0.0_f32, |largest, min| largest.max(*min)) / largest_min;
    let unit = if largest_min > 1.0 { of_all } else { optimal[0] };
    let mut best = (total(&found), None);
    for dmin in [found.dmin, half_precision(unit)] {
        let mut fields = Fields { dmin, ..found.clone() };
        if largest_min > 1.0 {
            for (factor, min) in fields.mins.iter_mut().zip(&optimal) {
                *factor = if dmin > 0.0 { (min / dmin).round().clamp(0.0, largest_min) as u8 } else { 0 };
            }
        }
        let error = total(&fields);
        if error < best.0 {
            best = (error, Some(fields));
        }
    }
    let Some(mut fields) = best.1 else { return };
    for (g, weights) in groups() {
        let (steps, min) = (steps(&fields, g), min(&fields, g));
        for (code, &weight) in fields.codes[g * group..].iter_mut().zip(weights) {
            *code = if steps.scale > 0.0 { steps.code(-min, weight) as u8 } else { 0 };
        }
    }
    dtype.pack(&fields, block);
}

/// Rounds to integers with an offset for each span.
fn round_integers(integer: Integer, rows: &WeightRows<'_>, out: &mut [f32]) {
    let (low, high) = integer.codes();
    for (at, span) in integer.span().split(rows) {
        let found = integer.scale(rows, at, span);
        let steps = Steps { scale: found.scale, low, high };
        let mut best = found;
        if found.scale > 0.0 {
            let optimal = steps.optimal_offset(found.min - found.zero * found.scale, span);
            let candidate = integer.with_offset(found, optimal);
            let error = |scale: IntegerScale| steps.error(scale.min - scale.zero * scale.scale, span);
            if error(candidate) < error(found) {
                best = candidate;
            }
        }
        for (out, &weight) in out[at..].iter_mut().zip(span) {
            *out = integer.nearest(best, weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::Level;
    use nibble_kernels::decode::decode_row;
    use nibble_kernels::testing::Random;

    use super::*;
    use crate::base::TensorMeta;

    const N_COLS: usize = 512;

    /// Weights of which a few are large.
    fn weights() -> Vec<f32> {
        Random::new(8).numbers(64 * N_COLS).into_iter().map(|x| x * x * x * 0.1 + 0.01).collect()
    }

    fn error(weights: &[f32], values: &[f32]) -> f64 {
        weights.iter().zip(values).map(|(w, v)| f64::from((w - v).abs()).powf(0.7)).sum()
    }

    #[test]
    fn blocks_with_minima_have_smaller_errors_and_others_are_rounded_to_nearest() {
        let weights = weights();
        let tensor = TensorMeta { name: "a.weight".to_owned(), shape: vec![64, N_COLS], dtype: DType::F32 };
        for dtype in DType::all().filter(|dtype| !dtype.is_float()) {
            let job = TensorJob { tensor: &tensor, dtype, first_row: 0, level: Level::best() };
            let mut nearest = vec![0; dtype.row_bytes(weights.len()).unwrap()];
            quantize(Level::best(), dtype, &weights, None, &mut nearest);
            let mut optimized = vec![0; nearest.len()];
            Hqq.encode(&job, &weights, None, &mut optimized);
            if largest_min(dtype).is_none() {
                assert!(optimized == nearest, "{dtype}");
                continue;
            }
            let mut decoded = [vec![0.0; weights.len()], vec![0.0; weights.len()]];
            decode_row(dtype, &nearest, &mut decoded[0]);
            decode_row(dtype, &optimized, &mut decoded[1]);
            for (row, weights) in weights.chunks(N_COLS).enumerate() {
                let [nearest, optimized] =
                    [0, 1].map(|which: usize| error(weights, &decoded[which][row * N_COLS..][..N_COLS]));
                assert!(optimized <= nearest * 1.000_01, "{dtype} row {row}: {optimized} {nearest}");
            }
            let ratio = error(&weights, &decoded[1]) / error(&weights, &decoded[0]);
            assert!((0.85..0.995).contains(&ratio), "{dtype}: {ratio}");
        }
    }

    #[test]
    fn integers_with_an_offset_have_smaller_errors() {
        let weights = weights();
        let rows = WeightRows::of_matrix(&weights, N_COLS);
        for name in [
            "int4-min-g64",
            "int2-min-g32",
            "int4-asym-g64",
            "int3-asym-row",
            "int4-sym-g64",
            "int4-asym-tensor",
        ] {
            let format: Format = name.parse().unwrap();
            let (mut nearest, mut optimized) = (vec![0.0; weights.len()], vec![0.0; weights.len()]);
            format.round(&rows, &mut nearest);
            Hqq.round(format, &rows, &mut optimized);
            let ratio = error(&weights, &optimized) / error(&weights, &nearest);
            // A zero point moves by whole codes, and is the best one mostly.
            let is_smaller = if name.contains("min") { ratio < 0.995 } else { ratio <= 1.0 };
            assert!(is_smaller, "{name}: {ratio}");
        }
    }

    #[test]
    fn equal_weights_and_zeros_stay() {
        let tensor = TensorMeta { name: "a.weight".to_owned(), shape: vec![1, 256], dtype: DType::F32 };
        for weights in [[0.0; 256], [0.25; 256], [-0.5; 256]] {
            for dtype in [DType::Q4_1, DType::Q5_1, DType::Q2_K, DType::Q4_K, DType::Q5_K] {
                let (mut bytes, mut decoded) = (vec![0; dtype.row_bytes(256).unwrap()], [0.0; 256]);
                let job = TensorJob { tensor: &tensor, dtype, first_row: 0, level: Level::best() };
                Hqq.encode(&job, &weights, None, &mut bytes);
                decode_row(dtype, &bytes, &mut decoded);
                let largest = decoded.iter().zip(&weights).map(|(d, w)| (d - w).abs()).fold(0.0, f32::max);
                assert!(largest <= 0.001, "{dtype} {}: {largest}", weights[0]);
            }
        }
    }
}
