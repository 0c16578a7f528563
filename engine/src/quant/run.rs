//! The streaming quantization run: tensors are read, quantized and written in a pipeline.
//!
//! The work is divided into units of some rows. Threads take the next unit, read and quantize it; the calling thread writes
//! finished units in order. No thread is more than a few units ahead of the writer, so memory stays small for models of any
//! size. The bytes do not depend on the number of threads.

mod queue;
mod rounding;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use nibble_kernels::decode::decode_row;
use nibble_kernels::{DType, Level, quantize};

use super::assignment::{Assignment, QuantizePlan};
use super::deviation::{SquaredSums, WeightErrors};
use super::error::Error;
use super::method::{Needs, TensorJob};
use super::number_formats::Format;
use super::statistics::{ActivationStatistics, TensorStatistics};
use crate::base::{TensorMeta, TensorSource};
use crate::formats::gguf::{GgufWriter, WriteError};
use crate::progress::{Cancel, Observer, Progress, Warning};
use queue::Queue;
use rounding::Surveys;

/// Weights in a unit, unless rows are longer: few enough that the slowest type on the slowest machine takes about 50 ms.
const UNIT_WEIGHTS: usize = 1 << 18;

/// Units per thread that may be finished or running beyond the one being written.
const UNITS_AHEAD: usize = 4;

/// Receives the bytes of a plan's tensors, one tensor after the other.
pub trait TensorSink {
    /// Goes to the tensor at `index` in the plan, whose bytes come next.
    ///
    /// # Errors
    /// When writing fails.
    fn begin(&mut self, index: usize) -> Result<(), WriteError>;

    /// Writes the next bytes.
    ///
    /// # Errors
    /// When writing fails.
    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError>;

    /// The note of a tensor that is complete from an earlier run; `None` for those to be written.
    fn note(&self, index: usize) -> Option<&str> {
        let _ = index;
        None
    }

    /// Records that the tensor at `index` is complete, with a note for a run that continues this one.
    ///
    /// # Errors
    /// When writing fails.
    fn complete(&mut self, index: usize, note: &str) -> Result<(), WriteError> {
        let _ = (index, note);
        Ok(())
    }

    /// The bytes of a complete tensor; called only for tensors that have a note.
    ///
    /// # Errors
    /// When reading fails.
    fn read_back(&mut self, index: usize) -> Result<Vec<u8>, WriteError> {
        let _ = index;
        Ok(Vec::new())
    }
}

impl TensorSink for GgufWriter {
    fn begin(&mut self, index: usize) -> Result<(), WriteError> {
        Self::begin(self, index)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        Self::write(self, bytes)
    }

    fn note(&self, index: usize) -> Option<&str> {
        Self::note(self, index)
    }

    fn complete(&mut self, index: usize, note: &str) -> Result<(), WriteError> {
        Self::complete(self, index, note)
    }

    fn read_back(&mut self, index: usize) -> Result<Vec<u8>, WriteError> {
        Self::read_back(self, index)
    }
}

/// A quantization run: source, plan and options.
#[derive(Clone, Copy)]
pub struct QuantizeRun<'a> {
    source: &'a dyn TensorSource,
    plan: &'a QuantizePlan,
    statistics: Option<&'a ActivationStatistics>,
    /// Number of tensors whose method needs statistics, but which have none.
    n_not_calibrated: usize,
    /// The tensors that the run encodes, by index; all if `None`.
    selected: Option<&'a [bool]>,
    level: Level,
    threads: usize,
}

/// Some rows of a tensor.
struct Unit {
    tensor_idx: usize,
    rows: Range<usize>,
}

/// Result of one unit.
struct Quantized {
    bytes: Vec<u8>,
    /// Number of weights beyond the range of the target type, which were clamped.
    n_clamped: u64,
    /// Deviation of the result from the source; zeros where it is unchanged.
    sums: SquaredSums,
}

impl<'a> QuantizeRun<'a> {
    /// A run over `source` with a plan for it, at the best instruction-set level of this machine and with `threads` threads, at
    /// least one. All levels and numbers of threads give the same bytes.
    ///
    /// # Errors
    /// [`Error::ActivationStatistics`] if the statistics do not fit the tensors that need them; [`Error::NeedsImportance`] if there
    /// are none and the plan's precision needs them.
    pub fn new(
        source: &'a dyn TensorSource,
        plan: &'a QuantizePlan,
        statistics: Option<&'a ActivationStatistics>,
        threads: usize,
    ) -> Result<Self, Error> {
        let precision = plan.precision();
        if precision.needs_importance() && statistics.is_none() {
            return Err(Error::NeedsImportance { precision });
        }
        Self::over(source, plan, statistics, None, threads)
    }

    /// A run over the `selected` tensors, by index in the plan; all if `None`.
    ///
    /// # Errors
    /// The errors of [`QuantizeRun::new`], for the selected tensors.
    pub(super) fn over(
        source: &'a dyn TensorSource,
        plan: &'a QuantizePlan,
        statistics: Option<&'a ActivationStatistics>,
        selected: Option<&'a [bool]>,
        threads: usize,
    ) -> Result<Self, Error> {
        let is_selected = |index: usize| selected.is_none_or(|selected| selected[index]);
        let pairs = source.tensors().iter().zip(plan.assignments()).enumerate();
        let pairs = pairs.filter(|(index, _)| is_selected(*index)).map(|(_, pair)| pair);
        let needed = pairs.filter(|(tensor, assignment)| looks_at_activations(tensor, *assignment));
        let n_not_calibrated =
            statistics.map(|known| known.check(needed.map(|(tensor, _)| tensor))).transpose()?.unwrap_or(0);
        let (level, threads) = (Level::best(), threads.max(1));
        Ok(Self { source, plan, statistics, n_not_calibrated, selected, level, threads })
    }

    /// Quantizes all tensors into `sink`, and returns the quantization errors of the weights. Quantized sources are decoded
    /// first.
    ///
    /// Progress is counted in bytes of the source. Warns `observer` of types that did not fit, clamped values, and tensors that
    /// were already quantized.
    ///
    /// # Errors
    /// [`Error`]; the bytes written to `sink` so far are useless.
    pub fn run(
        &self,
        sink: &mut dyn TensorSink,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<WeightErrors, Error> {
        self.tell_what_is_known(observer);
        let sums = self.run_selected(sink, observer, cancel)?;
        Ok(WeightErrors::new(self.plan.tensors(), &sums))
    }

    /// Quantizes the selected tensors into `sink`, and returns the deviation of each tensor, zero of those not selected.
    pub(super) fn run_selected(
        &self,
        sink: &mut dyn TensorSink,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Vec<SquaredSums>, Error> {
        let units = self.units(sink);
        let surveys = &Surveys::new(self.source, self.rounded_formats(), UNIT_WEIGHTS, cancel)?;
        let queue = Queue::new(units.len(), UNITS_AHEAD * self.threads);
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| queue.work(|unit_idx| self.quantize_unit(&units[unit_idx], surveys, cancel)));
            }
            let written = self.write_units(&units, &queue, &mut Output { sink, observer, cancel });
            // Also after an error: otherwise threads would wait for room forever.
            queue.close();
            written
        })
    }

    pub(super) fn tell_what_is_known(&self, observer: &dyn Observer) {
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

    /// Number formats of the selected tensors, in the order of the source.
    fn rounded_formats(&self) -> impl Iterator<Item = Option<Format>> {
        let is_selected = |index: usize| self.selected.is_none_or(|selected| selected[index]);
        let assignments = self.plan.assignments().enumerate();
        assignments.map(move |(index, assignment)| assignment.format.filter(|_| is_selected(index)))
    }

    /// All units of the run that are not complete from an earlier one, in the order of writing.
    fn units(&self, sink: &dyn TensorSink) -> Vec<Unit> {
        let mut units = Vec::new();
        for (tensor_idx, tensor) in self.plan.tensors().iter().enumerate() {
            if self.selected.is_some_and(|selected| !selected[tensor_idx]) || sink.note(tensor_idx).is_some()
            {
                continue;
            }
            let step = (UNIT_WEIGHTS / tensor.n_cols().max(1)).max(1);
            let format = self.plan.assignment(tensor_idx).format;
            let ranges = rounding::row_ranges(tensor, format, step);
            units.extend(ranges.into_iter().map(|rows| Unit { tensor_idx, rows }));
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
        let mut sums: Vec<SquaredSums> = (0..tensors.len())
            .map(|index| output.sink.note(index).map_or_else(SquaredSums::default, SquaredSums::from_note))
            .collect();
        let total = tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum();
        for unit in units {
            let tensor = &tensors[unit.tensor_idx];
            let Some(quantized) = queue.next() else {
                // A thread panicked; joining it propagates the panic.
                return Ok(sums);
            };
            let quantized = quantized?;
            output.cancel.check()?;
            if unit.rows.start == 0 {
                output.sink.begin(unit.tensor_idx)?;
            }
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
                output.sink.complete(unit.tensor_idx, &sums[unit.tensor_idx].note())?;
            }
        }
        Ok(sums)
    }

    fn quantize_unit(&self, unit: &Unit, surveys: &Surveys, cancel: &Cancel) -> Result<Quantized, Error> {
        cancel.check()?;
        let before = &self.source.tensors()[unit.tensor_idx];
        let assignment = self.plan.assignment(unit.tensor_idx);
        let failed = |source| Error::Read { tensor: before.name.clone(), source };
        let raw = self.source.read_rows(unit.tensor_idx, unit.rows.clone()).map_err(failed)?;
        let quantized = if is_copied(before, assignment) {
            Quantized { bytes: raw.into_owned(), n_clamped: 0, sums: SquaredSums::default() }
        } else {
            self.convert(unit, assignment, &raw, surveys)?
        };
        self.source.release_rows(unit.tensor_idx, unit.rows.clone());
        Ok(quantized)
    }

    /// Decodes rows, checks them and encodes them according to their assignment.
    fn convert(
        &self,
        unit: &Unit,
        assignment: Assignment,
        raw: &[u8],
        surveys: &Surveys,
    ) -> Result<Quantized, Error> {
        let Assignment { dtype, method, format } = assignment;
        let (before, first_row) = (&self.source.tensors()[unit.tensor_idx], unit.rows.start);
        let n_cols = before.n_cols();
        let n_weights = raw.len() / before.dtype.block_bytes() * before.dtype.block_len();
        let mut weights = vec![0.0; n_weights];
        // Rows are whole blocks, so several of them are decoded together.
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
        let statistics = self.statistics_of(before);
        if let Some(format) = format {
            let (tensor, assigned) = ((unit.tensor_idx, before), (assignment, format));
            let rounded = rounding::rounded(tensor, assigned, first_row, &weights, statistics, surveys);
            // The type holds the values of the format, so that nothing is left to choose.
            quantize(self.level, dtype, &rounded, None, &mut bytes);
        } else {
            method.encode(&job, &weights, statistics, &mut bytes);
        }
        // Tensors that stay f32 are exact, and would only dilute the error of the rest.
        let is_exact = dtype == DType::F32 && format.is_none();
        let sums = if is_exact { SquaredSums::default() } else { SquaredSums::of(dtype, &weights, &bytes) };
        Ok(Quantized { bytes, n_clamped, sums })
    }

    /// The statistics of a tensor's activations, if any.
    fn statistics_of(&self, tensor: &TensorMeta) -> Option<&TensorStatistics> {
        self.statistics?.get(&tensor.name)
    }
}

/// Whether a tensor is quantized and already has its target type, so that its bytes are copied.
fn is_copied(tensor: &TensorMeta, assignment: Assignment) -> bool {
    tensor.dtype == assignment.dtype && !tensor.dtype.is_float() && assignment.format.is_none()
}

/// Whether a tensor's encoding uses statistics of activations. Floating-point types have no codes to choose.
fn looks_at_activations(tensor: &TensorMeta, assignment: Assignment) -> bool {
    let Assignment { dtype, method, format } = assignment;
    let has_choice = !dtype.is_float() || format.is_some();
    method.needs() != Needs::Nothing && has_choice && !is_copied(tensor, assignment)
}

/// Destinations of results, progress and warnings.
struct Output<'a> {
    sink: &'a mut dyn TensorSink,
    observer: &'a dyn Observer,
    cancel: &'a Cancel,
}

/// Index of the first infinity or NaN.
pub(super) fn not_finite(row: &[f32]) -> Option<usize> {
    // Zero times a finite number is zero; the sum is fast, the search rare.
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
