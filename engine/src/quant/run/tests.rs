//! The run over tensors in memory.

use std::borrow::Cow;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use nibble_kernels::DType;
use nibble_kernels::quantize;
use nibble_kernels::testing::Random;

use super::*;
use crate::progress::WarningCollector;
use crate::quant::method::Method;
use crate::quant::plan::LlamaCpp;
use crate::quant::{ModelFacts, PlanInput, Planner, Precision, StatisticsError, plan};

/// Tensors in memory, raw bytes each.
struct InMemory {
    tensors: Vec<TensorMeta>,
    bytes: Vec<Vec<u8>>,
    /// Rows read and not released, and the most there were.
    held: AtomicUsize,
    most_held: AtomicUsize,
    fails_at: Option<usize>,
}

impl TensorSource for InMemory {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        if self.fails_at == Some(index) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let held = self.held.fetch_add(rows.len(), Ordering::SeqCst) + rows.len();
        self.most_held.fetch_max(held, Ordering::SeqCst);
        let row_bytes = self.bytes[index].len() / self.tensors[index].n_rows();
        Ok(Cow::Borrowed(&self.bytes[index][rows.start * row_bytes..rows.end * row_bytes]))
    }

    fn release_rows(&self, _index: usize, rows: Range<usize>) {
        self.held.fetch_sub(rows.len(), Ordering::SeqCst);
    }
}

/// A small model: an embedding of many units, a matrix, a norm.
fn model(dtype: DType) -> InMemory {
    let meta =
        |name: &str, shape: &[usize]| TensorMeta { name: name.to_owned(), shape: shape.to_vec(), dtype };
    let mut tensors = vec![
        meta("token_embd.weight", &[5000, 256]),
        meta("blk.0.ffn_down.weight", &[70, 512]),
        meta("norm", &[256]),
    ];
    tensors[2].dtype = DType::F32;
    let mut random = Random::new(1);
    let mut weight = || random.number() * 0.05;
    let bytes = tensors.iter().map(|tensor| {
        let weights: Vec<f32> = (0..tensor.n_elements()).map(|_| weight()).collect();
        let mut bytes = vec![0; tensor.n_bytes()];
        quantize(Level::SCALAR, tensor.dtype, &weights, None, &mut bytes);
        bytes
    });
    let bytes = bytes.collect();
    InMemory { tensors, bytes, held: 0.into(), most_held: 0.into(), fails_at: None }
}

/// Collects bytes, and cancels after some of them.
#[derive(Default)]
struct Collected {
    bytes: Vec<u8>,
    cancel_after: Option<(usize, Cancel)>,
    fails: bool,
}

impl TensorSink for Collected {
    fn begin(&mut self, _: usize) -> Result<(), WriteError> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        if self.fails {
            return Err(WriteError::Excess { excess_bytes: bytes.len() });
        }
        self.bytes.extend(bytes);
        if let Some((after, cancel)) = &self.cancel_after
            && self.bytes.len() >= *after
        {
            cancel.cancel();
        }
        Ok(())
    }
}

/// Keeps all progress.
#[derive(Default)]
struct Steps(Mutex<Vec<Progress>>);

impl Observer for Steps {
    fn progress(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

struct Outcome {
    result: Result<WeightErrors, Error>,
    bytes: Vec<u8>,
    progress: Vec<Progress>,
    warnings: Vec<Warning>,
}

fn run(source: &InMemory, precision: Precision, threads: usize, mut sink: Collected) -> Outcome {
    let plan = plan(precision, &source.tensors, &ModelFacts::default());
    let steps = Steps::default();
    let collector = WarningCollector::new(&steps);
    let cancel = sink.cancel_after.as_ref().map(|(_, cancel)| cancel.clone()).unwrap_or_default();
    let run = QuantizeRun::new(source, &plan, None, threads).unwrap();
    let result = run.run(&mut sink, &collector, &cancel);
    let warnings = collector.into_warnings();
    Outcome { result, bytes: sink.bytes, progress: steps.0.into_inner().unwrap(), warnings }
}

#[test]
fn bytes_are_those_of_whole_tensors_for_any_number_of_threads() {
    let source = model(DType::F32);
    let planned = plan(Precision::Q4_K_M, &source.tensors, &ModelFacts::default());
    let mut expected = Vec::new();
    for ((before, after), raw) in source.tensors.iter().zip(planned.tensors()).zip(&source.bytes) {
        let mut weights = vec![0.0; before.n_elements()];
        decode_row(before.dtype, raw, &mut weights);
        let mut bytes = vec![0; after.n_bytes()];
        quantize(Level::SCALAR, after.dtype, &weights, None, &mut bytes);
        expected.extend(bytes);
    }
    for threads in [1, 2, 5] {
        let outcome = run(&source, Precision::Q4_K_M, threads, Collected::default());
        outcome.result.unwrap();
        assert!(outcome.bytes == expected, "{threads} threads");
        assert_eq!(outcome.warnings, []);
    }
}

#[test]
fn errors_are_small_where_bits_are_many_and_do_not_depend_on_threads() {
    let source = model(DType::F32);
    let errors = |precision, threads| run(&source, precision, threads, Collected::default()).result.unwrap();
    let eight = errors(Precision::Q8_0, 1);
    let names: Vec<_> = eight.tensors.iter().map(|one| one.tensor.as_str()).collect();
    assert_eq!(names, ["token_embd.weight", "blk.0.ffn_down.weight", "norm"]);
    assert_eq!(eight.tensors[2].relative_rmse.to_bits(), 0.0_f64.to_bits(), "f32 stays f32");
    // Evenly spread weights and steps of 1/127 of the largest: 1 / 127 / √12 of it, over its root mean square of 1/√3.
    assert!((0.003..0.005).contains(&eight.tensors[1].relative_rmse), "{eight:?}");
    let four = errors(Precision::Q4_0, 5);
    // The embedding, which serves as output too, gets six bits.
    assert!(four.tensors[1].relative_rmse > 10.0 * eight.tensors[1].relative_rmse, "{four:?}");
    assert_eq!(four, errors(Precision::Q4_0, 2));
    let copied = run(&model(DType::Q8_0), Precision::Q8_0, 2, Collected::default()).result.unwrap();
    assert!(copied.tensors.iter().all(|one| one.relative_rmse < 1e-12), "{copied:?}");
}

#[test]
fn progress_rises_to_the_size_of_the_source() {
    let source = model(DType::BF16);
    let outcome = run(&source, Precision::Q8_0, 2, Collected::default());
    let total = source.bytes.iter().map(|bytes| bytes.len() as u64).sum::<u64>();
    assert!(outcome.progress.iter().all(|progress| progress.total == total));
    assert!(outcome.progress.is_sorted_by(|a, b| a.done < b.done));
    assert_eq!(outcome.progress.first().unwrap().item, "token_embd.weight");
    assert_eq!(outcome.progress.last().unwrap().done, total);
}

#[test]
fn few_units_are_held_at_once() {
    let source = model(DType::F32);
    run(&source, Precision::Q4_0, 2, Collected::default()).result.unwrap();
    let rows_per_unit = UNIT_WEIGHTS / 256;
    assert!(source.most_held.into_inner() <= 2 * rows_per_unit, "each thread holds one unit of the source");
    assert_eq!(source.held.into_inner(), 0, "all rows are released");
}

#[test]
fn cancel_stops_between_units() {
    let source = model(DType::F32);
    let sink = Collected { cancel_after: Some((1, Cancel::new())), ..Collected::default() };
    let outcome = run(&source, Precision::Q8_0, 2, sink);
    assert!(matches!(outcome.result, Err(Error::Cancelled(_))), "{:?}", outcome.result);
    assert_eq!(outcome.progress.len(), 1);
}

#[test]
fn weights_that_are_no_numbers_are_refused_with_their_place() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut source = model(DType::F32);
        source.bytes[1][4 * (512 * 3 + 7)..][..4].copy_from_slice(&bad.to_le_bytes());
        match run(&source, Precision::F16, 2, Collected::default()).result {
            Err(Error::NotFinite { tensor, row: 3, column: 7, value }) => {
                assert_eq!((tensor.as_str(), value.to_bits()), ("blk.0.ffn_down.weight", bad.to_bits()));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn values_beyond_half_precision_are_clamped_and_counted() {
    let mut source = model(DType::F32);
    for column in 0..3 {
        source.bytes[0][4 * 256 * column..][..4].copy_from_slice(&1e6_f32.to_le_bytes());
    }
    let outcome = run(&source, Precision::F16, 2, Collected::default());
    outcome.result.unwrap();
    let clamped = Warning::ValuesClamped { tensor: "token_embd.weight".to_owned(), count: 3 };
    assert_eq!(outcome.warnings, [clamped]);
    assert_eq!(outcome.bytes[..2], half::f16::MAX.to_le_bytes());
    let outcome = run(&source, Precision::BF16, 2, Collected::default());
    assert_eq!(outcome.warnings, []);
}

#[test]
fn quantized_sources_are_decoded_and_told_or_copied() {
    let source = model(DType::Q8_0);
    let outcome = run(&source, Precision::Q4_0, 2, Collected::default());
    outcome.result.unwrap();
    assert_eq!(outcome.warnings, [Warning::QuantizedTwice { count: 2, from: DType::Q8_0 }]);
    let outcome = run(&source, Precision::Q8_0, 2, Collected::default());
    assert_eq!(outcome.warnings, []);
    assert!(outcome.bytes == source.bytes.concat(), "the same type is copied");
}

/// Rounds to nearest, and sees to it that what is known of activations is that of the tensor.
struct Calibrated;

impl Method for Calibrated {
    fn name(&self) -> &'static str {
        "calibrated"
    }

    fn needs(&self) -> Needs {
        Needs::Diagonal
    }

    fn encode(
        &self,
        job: &TensorJob<'_>,
        weights: &[f32],
        statistics: Option<&TensorStatistics>,
        out: &mut [u8],
    ) {
        let n_cols = job.tensor.n_cols();
        assert!(weights.len().is_multiple_of(n_cols));
        assert!(job.first_row + weights.len() / n_cols <= job.tensor.n_rows());
        let known = statistics.map(|known| known.mean_squares(0, n_cols));
        let expected = (job.tensor.name == "blk.0.ffn_down.weight").then(|| vec![0.5; n_cols]);
        assert_eq!(known, expected, "{}", job.tensor.name);
        quantize(job.level, job.dtype, weights, None, out);
    }
}

#[test]
fn statistics_reach_the_tensor_they_are_of_and_what_lacks_them_is_told() {
    let source = model(DType::F32);
    let facts = ModelFacts::default();
    let plan_at = |precision| {
        LlamaCpp.plan(&PlanInput { precision, method: &Calibrated, tensors: &source.tensors, facts: &facts })
    };
    let four = plan_at(Precision::Q4_0);
    let mut statistics = ActivationStatistics::default();
    statistics.add("blk.0.ffn_down.weight", vec![2.0], vec![1.0; 512]).unwrap();
    let (mut sink, collector) = (Collected::default(), WarningCollector::new(&()));
    let run = QuantizeRun::new(&source, &four, Some(&statistics), 2).unwrap();
    run.run(&mut sink, &collector, &Cancel::new()).unwrap();
    assert_eq!(collector.into_warnings(), [Warning::NotCalibrated { count: 1 }], "the embedding");
    assert!(sink.bytes == run_plain(&source), "what is done with statistics is the method's");

    let halves = plan_at(Precision::F16);
    let collector = WarningCollector::new(&());
    let run = QuantizeRun::new(&source, &halves, Some(&statistics), 2).unwrap();
    run.run(&mut Collected::default(), &collector, &Cancel::new()).unwrap();
    assert_eq!(collector.into_warnings(), [], "floating-point types have no codes to choose");

    let mut wider = ActivationStatistics::default();
    wider.add("blk.0.ffn_down.weight", vec![2.0], vec![1.0; 513]).unwrap();
    let refusal = QuantizeRun::new(&source, &four, Some(&wider), 2).map(|_| ());
    assert!(matches!(
        refusal,
        Err(Error::ActivationStatistics(StatisticsError::OtherShape { found: 513, .. }))
    ));
}

/// The model at [`Precision::Q4_0`], rounded to nearest.
fn run_plain(source: &InMemory) -> Vec<u8> {
    run(source, Precision::Q4_0, 2, Collected::default()).bytes
}

#[test]
fn failures_of_either_end_stop_the_run() {
    let source = InMemory { fails_at: Some(1), ..model(DType::F32) };
    let outcome = run(&source, Precision::Q8_0, 2, Collected::default());
    assert!(matches!(outcome.result, Err(Error::Read { tensor, .. }) if tensor == "blk.0.ffn_down.weight"));
    let outcome =
        run(&model(DType::F32), Precision::Q8_0, 2, Collected { fails: true, ..Collected::default() });
    assert!(matches!(outcome.result, Err(Error::Write(_))));
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_panic_in_a_thread_ends_the_run() {
    let source = model(DType::F32);
    let planned = plan(Precision::Q4_0, &source.tensors, &ModelFacts::default());
    let source = InMemory { bytes: Vec::new(), ..source };
    let run = QuantizeRun::new(&source, &planned, None, 2).unwrap();
    let _ = run.run(&mut Collected::default(), &(), &Cancel::new());
}
