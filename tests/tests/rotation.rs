//! Rotation on the second trained model: where outliers are, rotating before rounding loses a fraction of what is lost without.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "figures are worth seeing even where they are good enough")]

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use nibble_engine::backend::DecoderSpec;
use nibble_engine::backend::gradient::{GradientModel, KeepLogits, softmax};
use nibble_engine::base::{TensorMeta, TensorSource};
use nibble_engine::formats::gguf::WriteError;
use nibble_engine::models;
use nibble_engine::progress::Cancel;
use nibble_engine::quant::{Assignment, LayerwiseRun, Method, Precision, QuantizePlan, TensorSink};
use nibble_kernels::DType;
use nibble_kernels::decode::decode_row;
use nibble_kernels::testing::Random;

/// Tokens of a sequence.
const LENGTH: usize = 48;

/// Tensors in memory, raw bytes each; a sink too.
struct InMemory {
    tensors: Vec<TensorMeta>,
    bytes: Vec<Vec<u8>>,
    current: usize,
}

impl InMemory {
    fn empty(tensors: &[TensorMeta]) -> Self {
        Self { tensors: tensors.to_vec(), bytes: vec![Vec::new(); tensors.len()], current: 0 }
    }

    /// The tensors of `source` in f32.
    fn decoded(source: &dyn TensorSource) -> Self {
        let mut model = Self::empty(source.tensors());
        for index in 0..model.tensors.len() {
            let weights = weights(source, index);
            model.tensors[index].dtype = DType::F32;
            model.set(index, &weights);
        }
        model
    }

    fn set(&mut self, index: usize, weights: &[f32]) {
        self.bytes[index] = weights.iter().flat_map(|weight| weight.to_le_bytes()).collect();
    }

    /// Changes the elements of a tensor, given each element's column.
    fn change(&mut self, name: &str, change: impl Fn(usize, &mut f32)) {
        let index = self.find(name).unwrap();
        let (mut weights, n_cols) = (weights(self, index), self.tensors[index].n_cols());
        for (at, weight) in weights.iter_mut().enumerate() {
            change(at % n_cols, weight);
        }
        self.set(index, &weights);
    }
}

impl TensorSource for InMemory {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        let row = self.bytes[index].len() / self.tensors[index].n_rows();
        Ok(self.bytes[index][rows.start * row..rows.end * row].into())
    }
}

impl TensorSink for InMemory {
    fn begin(&mut self, index: usize) -> Result<(), WriteError> {
        self.current = index;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.bytes[self.current].extend_from_slice(bytes);
        Ok(())
    }
}

fn weights(source: &dyn TensorSource, index: usize) -> Vec<f32> {
    let tensor = &source.tensors()[index];
    let mut weights = vec![0.0; tensor.n_elements()];
    decode_row(tensor.dtype, &source.read_rows(index, 0..tensor.n_rows()).unwrap(), &mut weights);
    weights
}

/// Logits of all tokens in f32, `[tokens, vocab]`.
fn logits(spec: &DecoderSpec, source: &dyn TensorSource, sequences: &[Vec<u32>]) -> Vec<f32> {
    let model = GradientModel::new(spec, source, LENGTH).unwrap();
    let (tokens, lengths): (Vec<u32>, Vec<usize>) =
        (sequences.concat(), sequences.iter().map(Vec::len).collect());
    let mut stream = model.embedding(&tokens).unwrap().forward(&tokens);
    for index in 0..spec.layers.len() {
        stream = model.layer(index).unwrap().forward(&stream, &lengths).output;
    }
    model.head().unwrap().forward(&stream, &KeepLogits).concat()
}

/// A trained model with outliers, which computes the same: some columns behind each norm are large, and so is a
/// dimension of each head of values.
fn with_outliers(spec: &DecoderSpec, source: &dyn TensorSource) -> InMemory {
    const FACTOR: f32 = 32.0;
    let mut model = InMemory::decoded(source);
    let mut random = Random::new(5);
    for (layer, attention) in spec.attentions().enumerate() {
        let tensor = |name: &str| format!("blk.{layer}.{name}.weight");
        for (norm, readers) in
            [("attn_norm", &["attn_q", "attn_k", "attn_v"][..]), ("ffn_norm", &["ffn_gate", "ffn_up"])]
        {
            let columns: Vec<usize> = (0..4).map(|_| random.below(spec.d_model as u64) as usize).collect();
            let by = |column: usize| if columns.contains(&column) { FACTOR } else { 1.0 };
            model.change(&tensor(norm), |column, weight| *weight /= by(column));
            for reader in readers {
                model.change(&tensor(reader), |column, weight| *weight *= by(column));
            }
        }
        let (head_dim, place) = (attention.head_dim, random.below(attention.head_dim as u64) as usize);
        let by = |dimension: usize| if dimension % head_dim == place { FACTOR } else { 1.0 };
        model.change(&tensor("attn_output"), |column, weight| *weight *= by(column));
        let index = model.find(&tensor("attn_v")).unwrap();
        let mut values = weights(&model, index);
        for (row, values) in values.chunks_mut(spec.d_model).enumerate() {
            for value in values {
                *value /= by(row);
            }
        }
        model.set(index, &values);
    }
    model
}

/// Mean KL divergence of `got` from `want` in nats for each token.
fn divergence(want: &[f32], got: &[f32], vocab: usize) -> f64 {
    let pairs = want.chunks(vocab).zip(got.chunks(vocab));
    let total: f64 = pairs
        .map(|(want, got)| {
            let [mut p, mut q] = [want.to_vec(), got.to_vec()];
            softmax(&mut p);
            softmax(&mut q);
            let term = |(p, q): (&f32, &f32)| f64::from(*p) * (f64::from(*p) / f64::from(*q)).ln();
            p.iter().zip(&q).filter(|(p, q)| **p > 0.0 && **q > 0.0).map(term).sum::<f64>()
        })
        .sum();
    total / (want.len() / vocab) as f64
}

#[test]
fn rotation_halves_at_least_what_outliers_cost() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let model = models::open(&data.join("second"), &()).unwrap();
    let (spec, tokenizer) = (model.spec().unwrap(), model.tokenizer().unwrap());
    let sequences = |name: &str, n: usize| -> Vec<Vec<u32>> {
        let text = std::fs::read_to_string(data.join("text").join(name)).unwrap();
        let tokens = tokenizer.encode(&text).unwrap();
        tokens.chunks_exact(LENGTH).take(n).map(<[u32]>::to_vec).collect()
    };
    let (calibration, held_out) = (sequences("calibration_chat.txt", 32), sequences("held_out_chat.txt", 8));
    let planted = with_outliers(&spec, model.source());
    let want = logits(&spec, model.source(), &held_out);
    let exact = divergence(&want, &logits(&spec, &planted, &held_out), spec.vocab_size);
    assert!(exact < 1e-6, "outliers changed the model: {exact}");

    let [alone, rotated] = ["gptq", "rotation"].map(|method| {
        let method: &'static dyn Method = method.parse().unwrap();
        let source = method.prepare(Box::new(&planted), Some(&spec), None).unwrap();
        let wanted: Vec<_> = source
            .tensors()
            .iter()
            .map(|tensor| {
                let is_matrix = tensor.name.starts_with("blk.") && tensor.shape.len() == 2;
                is_matrix.then_some(Assignment { dtype: DType::Q4_0, method, format: None })
            })
            .collect();
        let plan = QuantizePlan::new(Precision::default(), source.tensors(), &wanted);
        let run = LayerwiseRun {
            source: &*source,
            spec: &spec,
            plan: &plan,
            method,
            sequences: &calibration,
            threads: 2,
        };
        let mut sink = InMemory::empty(plan.tensors());
        run.run(&mut sink, &(), &Cancel::new()).unwrap();
        divergence(&want, &logits(&spec, &sink, &held_out), spec.vocab_size)
    });
    println!("KL divergence: GPTQ alone {alone}, rotated before {rotated}");
    assert!(rotated > 0.0 && rotated < 0.5 * alone, "{rotated} {alone}");
}
