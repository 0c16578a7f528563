//! The streaming run: tensors are read, quantized and written one after another, all three at the same time.
//!
//! The work is cut into units of some rows. Threads take the next unit each, read and quantize it; the calling thread writes
//! finished units in their order. Nobody runs more than a few units ahead of the writer, so memory stays small however large
//! the model is. The bytes do not depend on the number of threads.

mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use nibble_kernels::decode::decode_row;
use nibble_kernels::{DType, Level};

use super::assignment::{Assignment, QuantizePlan};
use super::deviation::{SquaredSums, WeightErrors};
use super::error::Error;
use super::method::{Needs, TensorJob};
use super::statistics::{ActivationStatistics, TensorStatistics};
use crate::base::{TensorMeta, TensorSource};
use crate::formats::gguf::{GgufWriter, WriteError};
use crate::progress::{Cancel, Observer, Progress, Warning};
use queue::Queue;

/// Weights in a unit, if rows are not longer: few enough that the slowest type on the slowest machine stays near 50 ms.
const UNIT_WEIGHTS: usize = 1 << 18;

/// Units that may be finished or in work beyond the one being written, per thread.
const UNITS_AHEAD: usize = 4;

/// Takes the bytes of a plan's tensors, in the plan's order.
pub trait TensorSink {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError>;
}

impl TensorSink for GgufWriter {
    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        Self::write(self, bytes)
    }
}

/// What to quantize, and with what.
#[derive(Clone, Copy)]
pub struct QuantizeRun<'a> {
    source: &'a dyn TensorSource,
    plan: &'a QuantizePlan,
    statistics: Option<&'a ActivationStatistics>,
    /// Tensors whose method looks at activations, but of which nothing is known.
    n_not_calibrated: usize,
    level: Level,
    threads: usize,
}

/// Some rows of a tensor.
struct Unit {
    tensor_idx: usize,
    rows: Range<usize>,
}

/// A unit's result.
struct Quantized {
    bytes: Vec<u8>,
    /// Weights that the target type cannot hold and that were held at its end.
    n_clamped: u64,
    /// How far the result is from the source; zeros where it is the same.
    sums: SquaredSums,
}

impl<'a> QuantizeRun<'a> {
    /// A run over `source` by a plan that was made for it, with the best instruction set of this machine and that many
    /// threads, at least one. All instruction sets and numbers of threads give the same bytes.
    ///
    /// # Errors
    /// [`Error::ActivationStatistics`] if the statistics do not fit the tensors that need them.
    pub fn new(
        source: &'a dyn TensorSource,
        plan: &'a QuantizePlan,
        statistics: Option<&'a ActivationStatistics>,
        threads: usize,
    ) -> Result<Self, Error> {
        let pairs = source.tensors().iter().zip(plan.assignments());
        let needed = pairs.filter(|(tensor, assignment)| looks_at_activations(tensor, *assignment));
        let n_not_calibrated =
            statistics.map(|known| known.check(needed.map(|(tensor, _)| tensor))).transpose()?.unwrap_or(0);
        Ok(Self { source, plan, statistics, n_not_calibrated, level: Level::best(), threads: threads.max(1) })
    }

    /// Quantizes all tensors into `sink`, and says what that did to the weights. Sources that are quantized already are
    /// decoded first.
    ///
    /// Progress is counted in bytes of the source. What could not be kept is told to `observer`: types that did not fit,
    /// values that were clamped, tensors that were quantized before.
    ///
    /// # Errors
    /// [`Error`]; what `sink` got by then is of no use.
    pub fn run(
        &self,
        sink: &mut dyn TensorSink,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<WeightErrors, Error> {
        self.tell_what_is_known(observer);
        let units = self.units();
        let queue = Queue::new(units.len(), UNITS_AHEAD * self.threads);
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| queue.work(|unit_idx| self.quantize_unit(&units[unit_idx], cancel)));
            }
            let written = self.write_units(&units, &queue, &mut Output { sink, observer, cancel });
            // Also after an error: threads that wait for room would wait forever.
            queue.close();
            written.map(|sums| WeightErrors::new(self.plan.tensors(), &sums))
        })
    }

    fn tell_what_is_known(&self, observer: &dyn Observer) {
        for warning in self.plan.warnings() {
            observer.warn(warning.clone());
        }
        if self.n_not_calibrated > 0 {
            observer.warn(Warning::NotCalibrated { count: self.n_not_calibrated });
        }
        let pairs = self.source.tensors().iter().zip(self.plan.tensors());
        let again = pairs.filter(|(before, after)| !before.dtype.is_float() && before.dtype != after.dtype);
        let mut counts = BTreeMap::new();
        for (before, _) in again {
            *counts.entry(before.dtype).or_insert(0) += 1;
        }
        for (dtype, count) in counts {
            observer.warn(Warning::QuantizedTwice { count, from: dtype });
        }
    }

    /// All work, in the order it is written.
    fn units(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for (tensor_idx, tensor) in self.plan.tensors().iter().enumerate() {
            let (n_rows, step) = (tensor.n_rows(), (UNIT_WEIGHTS / tensor.n_cols().max(1)).max(1));
            for first in (0..n_rows).step_by(step) {
                units.push(Unit { tensor_idx, rows: first..n_rows.min(first + step) });
            }
        }
        units
    }

    fn write_units(
        &self,
        units: &[Unit],
        queue: &Queue<Result<Quantized, Error>>,
        output: &mut Output<'_>,
    ) -> Result<Vec<SquaredSums>, Error> {
        let row_bytes = |tensor: &TensorMeta| (tensor.n_bytes() / tensor.n_rows().max(1)) as u64;
        let tensors = self.source.tensors();
        let (mut done, mut n_clamped) = (0, 0);
        let mut sums = vec![SquaredSums::default(); tensors.len()];
        let total = tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum();
        for unit in units {
            let tensor = &tensors[unit.tensor_idx];
            let Some(quantized) = queue.next() else {
                // A thread panicked; joining it passes the panic on.
                return Ok(sums);
            };
            let quantized = quantized?;
            output.cancel.check()?;
            output.sink.write(&quantized.bytes)?;
            n_clamped += quantized.n_clamped;
            sums[unit.tensor_idx].add(quantized.sums);
            done += unit.rows.len() as u64 * row_bytes(tensor);
            output.observer.progress(Progress::new(&tensor.name, done, total));
            if unit.rows.end == tensor.n_rows() {
                if n_clamped > 0 {
                    let (tensor, count) = (tensor.name.clone(), n_clamped);
                    output.observer.warn(Warning::ValuesClamped { tensor, count });
                }
                n_clamped = 0;
            }
        }
        Ok(sums)
    }

    fn quantize_unit(&self, unit: &Unit, cancel: &Cancel) -> Result<Quantized, Error> {
        cancel.check()?;
        let before = &self.source.tensors()[unit.tensor_idx];
        let assignment = self.plan.assignment(unit.tensor_idx);
        let failed = |source| Error::Read { tensor: before.name.clone(), source };
        let raw = self.source.read_rows(unit.tensor_idx, unit.rows.clone()).map_err(failed)?;
        let quantized = if is_copied(before, assignment) {
            Quantized { bytes: raw.into_owned(), n_clamped: 0, sums: SquaredSums::default() }
        } else {
            self.convert(before, assignment, &raw, unit.rows.start)?
        };
        self.source.release_rows(unit.tensor_idx, unit.rows.clone());
        Ok(quantized)
    }

    /// Decodes rows, checks them and encodes them as their assignment says.
    fn convert(
        &self,
        before: &TensorMeta,
        Assignment { dtype, method }: Assignment,
        raw: &[u8],
        first_row: usize,
    ) -> Result<Quantized, Error> {
        let n_cols = before.n_cols();
        let n_weights = raw.len() / before.dtype.block_bytes() * before.dtype.block_len();
        let mut weights = vec![0.0; n_weights];
        // Rows are whole blocks, so many of them decode as one.
        decode_row(before.dtype, raw, &mut weights);
        let largest = dtype.max_magnitude();
        let mut n_clamped = 0;
        for (row_idx, row) in weights.chunks(n_cols).enumerate() {
            if let Some(column) = not_finite(row) {
                let (tensor, row_idx) = (before.name.clone(), first_row + row_idx);
                return Err(Error::NotFinite { tensor, row: row_idx, column, value: row[column] });
            }
            n_clamped += row.iter().map(|weight| u64::from(weight.abs() > largest)).sum::<u64>();
        }
        let n_bytes = dtype.row_bytes(n_weights).expect("plans give a tensor only types that its rows fit");
        let mut bytes = vec![0; n_bytes];
        let job = TensorJob { tensor: before, dtype, first_row, level: self.level };
        method.encode(&job, &weights, self.known_of(before), &mut bytes);
        // What stays f32 is kept as it is, and would only make the rest look better.
        let is_exact = dtype == DType::F32;
        let sums = if is_exact { SquaredSums::default() } else { SquaredSums::of(dtype, &weights, &bytes) };
        Ok(Quantized { bytes, n_clamped, sums })
    }

    /// What is known of the activations of a tensor.
    fn known_of(&self, tensor: &TensorMeta) -> Option<&TensorStatistics> {
        self.statistics?.get(&tensor.name)
    }
}

/// Whether a tensor has its type already and is quantized, so that its bytes are taken as they are.
fn is_copied(tensor: &TensorMeta, assignment: Assignment) -> bool {
    tensor.dtype == assignment.dtype && !tensor.dtype.is_float()
}

/// Whether a tensor's codes are found with what is known of activations. Floating-point types have no codes to choose.
fn looks_at_activations(tensor: &TensorMeta, assignment: Assignment) -> bool {
    let Assignment { dtype, method } = assignment;
    method.needs() != Needs::Nothing && !dtype.is_float() && !is_copied(tensor, assignment)
}

/// Where results and news go.
struct Output<'a> {
    sink: &'a mut dyn TensorSink,
    observer: &'a dyn Observer,
    cancel: &'a Cancel,
}

/// Position of the first infinity or not-a-number.
fn not_finite(row: &[f32]) -> Option<usize> {
    // Zero times anything else is zero; the sum is quick, the search rare.
    let mut sums = [0.0_f32; 16];
    let (chunks, rest) = row.as_chunks::<16>();
    for chunk in chunks {
        for (sum, weight) in sums.iter_mut().zip(chunk) {
            *sum += weight * 0.0;
        }
    }
    let suspicious = sums.iter().chain(rest).any(|value| !value.is_finite());
    suspicious.then(|| row.iter().position(|weight| !weight.is_finite())).flatten()
}
