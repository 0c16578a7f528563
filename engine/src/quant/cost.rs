//! Estimates of a quantizing run before it starts: how long it takes and how much memory.
//!
//! The time of encoding is measured, not tabled ([`MachineSpeed::measure`]). Calibration is counted in operations. The estimate is
//! for choosing a method: it tells minutes from hours.

mod speed;

use std::collections::BTreeMap;

use super::assignment::{Assignment, QuantizePlan};
use super::method_cost::{MethodCost, WorkingSet};
use crate::backend::foreign::layer_by_name;
use crate::base::TensorMeta;
pub use speed::MachineSpeed;

/// Nanoseconds that reading and decoding a weight take.
const DECODE_NS: f64 = 1.0;
/// Bytes per second that a disk reads and writes; usual for built-in solid-state disks.
const DISK_BYTES_PER_SECOND: f64 = 1e9;
/// Bytes that each thread of a run holds: groups of rows as f32 and encoded.
const BYTES_PER_THREAD: u64 = 8 << 20;
/// Bytes of the program itself and the tokenizer.
const PROGRAM_BYTES: u64 = 64 << 20;
/// Sequences that write a calibration text together.
const WRITTEN_TOGETHER: f64 = 8.0;

/// The text that a method is calibrated with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalibrationWork {
    /// Number of tokens; 0 if statistics are given.
    pub tokens: usize,
    /// Whether the model writes the text itself.
    pub is_written: bool,
}

/// Duration and memory of a run, estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunEstimate {
    /// Duration in seconds.
    pub seconds: f64,
    /// Peak memory in bytes.
    pub peak_bytes: u64,
}

/// Estimates a run of `plan` over `tensors`, the source's, calibrated with `calibration`.
pub fn estimate(
    tensors: &[TensorMeta],
    plan: &QuantizePlan,
    calibration: CalibrationWork,
    speed: &MachineSpeed,
) -> RunEstimate {
    let threads = speed.threads.max(1) as f64;
    let operations_per_second = speed.float_gops.max(1e-3) * 1e9;
    let mut work = Work::default();
    for (tensor, assignment) in tensors.iter().zip(plan.assignments()) {
        work.add(tensor, assignment, speed);
    }
    let written_bytes = plan.tensor_bytes() as f64;
    let disk = (work.bytes + written_bytes) / DISK_BYTES_PER_SECOND;
    let codes = work.encode_ns * 1e-9 / threads + work.operations / operations_per_second;
    let tokens = calibration.tokens as f64;
    let passes = tokens * work.passes * 2.0 * work.weights / operations_per_second;
    let is_used = work.passes > 0.0 && calibration.is_written;
    let writing = if is_used {
        tokens / WRITTEN_TOGETHER * work.bytes / (speed.read_gbps.max(1e-3) * 1e9)
    } else {
        0.0
    };
    let in_row_groups = BYTES_PER_THREAD * speed.threads.max(1) as u64;
    RunEstimate {
        seconds: codes.max(disk) + passes + writing,
        peak_bytes: PROGRAM_BYTES + in_row_groups + work.layer_bytes(calibration.tokens),
    }
}

/// The work of a run, summed over its tensors.
#[derive(Default)]
struct Work {
    /// Bytes of the source.
    bytes: f64,
    /// Weights of the source.
    weights: f64,
    /// Nanoseconds of one thread for decoding and encoding.
    encode_ns: f64,
    /// Multiplications and additions of the methods.
    operations: f64,
    /// Most passes of the calibration text that a method takes.
    passes: f64,
    /// Weights of each layer whose method works layer by layer.
    layers: BTreeMap<u32, u64>,
    /// Columns of the widest input of those layers.
    widest: u64,
    /// Columns of the narrowest matrix of those layers: the width between layers.
    width: u64,
    has_second_moments: bool,
}

impl Work {
    fn add(&mut self, tensor: &TensorMeta, Assignment { dtype, method }: Assignment, speed: &MachineSpeed) {
        let n_weights = tensor.n_elements() as f64;
        self.bytes += tensor.n_bytes() as f64;
        self.weights += n_weights;
        if tensor.dtype == dtype && !dtype.is_float() {
            return;
        }
        let MethodCost { encodings, operations_per_column, passes, memory } = method.cost();
        let ns = speed.encode_ns.get(&dtype).copied().unwrap_or(DECODE_NS);
        if dtype.is_float() {
            self.encode_ns += n_weights * (DECODE_NS + ns);
            return;
        }
        self.encode_ns += n_weights * (DECODE_NS + ns * encodings);
        self.operations += n_weights * tensor.n_cols() as f64 * operations_per_column;
        self.passes = self.passes.max(passes);
        let Some(layer) = layer_by_name(&tensor.name).filter(|_| memory != WorkingSet::RowGroups) else {
            return;
        };
        *self.layers.entry(layer).or_default() += tensor.n_elements() as u64;
        let n_cols = tensor.n_cols() as u64;
        self.widest = self.widest.max(n_cols);
        self.width = if self.width == 0 { n_cols } else { self.width.min(n_cols) };
        self.has_second_moments |= memory == WorkingSet::SecondMoments;
    }

    /// Bytes of the largest layer, of its activations and second moments.
    fn layer_bytes(&self, tokens: usize) -> u64 {
        const F32: u64 = 4;
        let layer = self.layers.values().max().copied().unwrap_or(0) * F32;
        let activations = 2 * tokens as u64 * self.width * F32;
        let moments = if self.has_second_moments { 2 * self.widest * self.widest * F32 } else { 0 };
        layer + activations + moments
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::DType;

    use super::*;
    use crate::quant::method::Method;
    use crate::quant::{Precision, methods};

    const TOKENS: CalibrationWork = CalibrationWork { tokens: 16_384, is_written: false };

    /// Matrices of a model of about a billion weights.
    fn tensors() -> Vec<TensorMeta> {
        let tensor =
            |name: String, rows, cols| TensorMeta { name, shape: vec![rows, cols], dtype: DType::BF16 };
        let layer = |index: usize| {
            [
                ("attn_q", 2048, 2048),
                ("ffn_up", 8192, 2048),
                ("ffn_gate", 8192, 2048),
                ("ffn_down", 2048, 8192),
            ]
            .map(|(part, rows, cols)| tensor(format!("blk.{index}.{part}.weight"), rows, cols))
        };
        (0..18).flat_map(layer).collect()
    }

    fn speed(threads: usize) -> MachineSpeed {
        let encode_ns = [(DType::Q8_0, 1.0), (DType::Q4_K, 100.0)].into_iter().collect();
        MachineSpeed { encode_ns, float_gops: 100.0, read_gbps: 10.0, threads }
    }

    fn estimated(dtype: DType, method: &'static dyn Method, threads: usize) -> RunEstimate {
        let wanted = vec![Some(Assignment { dtype, method }); tensors().len()];
        let plan = QuantizePlan::new(Precision::default(), &tensors(), &wanted);
        estimate(&tensors(), &plan, TOKENS, &speed(threads))
    }

    #[test]
    fn seconds_and_bytes_are_of_the_right_size() {
        let simple = estimated(DType::Q4_K, methods::USUAL, 2);
        // A billion weights of 101 ns on two threads.
        assert!((40.0..70.0).contains(&simple.seconds), "{simple:?}");
        assert!((64 << 20..128 << 20).contains(&simple.peak_bytes), "{simple:?}");
        // Little to compute: the disk decides.
        let fast = estimated(DType::Q8_0, methods::USUAL, 2);
        assert!((2.0..5.0).contains(&fast.seconds), "{fast:?}");
        let weighted = methods::ALL.iter().find(|method| method.cost() == MethodCost::WEIGHTED).unwrap();
        // One pass of 16,384 tokens through a billion weights at 100 GOP/s: five minutes.
        let weighted = estimated(DType::Q4_K, *weighted, 2);
        assert!((250.0..600.0).contains(&weighted.seconds), "{weighted:?}");
        assert!((300 << 20..1 << 30).contains(&weighted.peak_bytes), "{weighted:?}");
    }

    #[test]
    fn more_threads_take_less_time_and_more_memory() {
        let [one, four] = [1, 4].map(|threads| estimated(DType::Q4_K, methods::USUAL, threads));
        assert!(four.seconds < 0.3 * one.seconds && four.peak_bytes > one.peak_bytes, "{one:?} {four:?}");
    }
}
