//! Rotated models compute what the original ones do, and lose less where outliers are.

use std::path::Path;

use nibble_kernels::decode::decode_row;

use super::*;
use crate::backend::gradient::{GradientModel, KeepLogits, softmax};
use crate::backend::testing::{Random, TinyModel, tiny_models, tiny_q8_0};
use crate::base::{DType, TensorMeta};
use crate::formats::gguf::WriteError;
use crate::models;
use crate::progress::Cancel;
use crate::quant::{Assignment, LayerwiseRun, Precision, QuantizePlan, TensorSink};

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
        weights.iter_mut().enumerate().for_each(|(at, weight)| change(at % n_cols, weight));
        self.set(index, &weights);
    }
}

impl TensorSource for InMemory {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(
        &self,
        index: usize,
        rows: std::ops::Range<usize>,
    ) -> std::io::Result<std::borrow::Cow<'_, [u8]>> {
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

fn rotated<'s>(
    spec: &DecoderSpec,
    source: &'s dyn TensorSource,
) -> Result<Box<dyn TensorSource + 's>, Error> {
    Rotation.prepare(Box::new(source), Some(spec), None)
}

#[test]
fn rotated_models_compute_the_same_or_are_refused() {
    let mut random = Random::new(7);
    let (mut n_refused, mut n_rotated) = (0, 0);
    for tiny in tiny_models() {
        let name = tiny.spec.architecture.clone();
        if let Some(layer) = tiny.spec.layers.iter().position(|layer| layer.post_norms) {
            let refusal = rotated(&tiny.spec, &tiny).err().unwrap();
            assert!(
                matches!(refusal, Error::NotRotatable(RotationError::PostNorms { layer: told }) if told == layer),
                "{name}: {refusal}"
            );
            n_refused += 1;
        }
        // Those that are refused can be rotated without the norms that are in the way.
        let mut spec = tiny.spec.clone();
        spec.layers.iter_mut().for_each(|layer| layer.post_norms = false);
        for has_output in [false, true] {
            let tiny = TinyModel::new(spec.clone(), has_output);
            let rotated = rotated(&spec, &tiny).unwrap();
            let sequences: Vec<Vec<u32>> = [40, 1, 9]
                .map(|n| (0..n).map(|_| random.below(spec.vocab_size as u64) as u32).collect())
                .to_vec();
            let [want, got] =
                [&tiny as &dyn TensorSource, &*rotated].map(|one| logits(&spec, one, &sequences));
            let largest = want.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
            let worst = want.iter().zip(&got).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst <= 1e-4 * largest.max(1.0), "{name} {has_output}: {worst} of {largest}");
            let embedding = rotated.find("token_embd.weight").unwrap();
            assert!(weights(&*rotated, embedding) != weights(&tiny, embedding), "{name} was not rotated");
            n_rotated += 1;
        }
    }
    assert!(n_refused == 2 && n_rotated == 10, "{n_refused} {n_rotated}");
    let refusal = Rotation.prepare(Box::new(tiny_q8_0()), None, None).err().unwrap();
    assert!(matches!(refusal, Error::NotRotatable(RotationError::NotDescribed)), "{refusal}");
    let mut tiny = tiny_q8_0();
    tiny.remove(tiny.find("blk.1.attn_v.weight").unwrap());
    let refusal = rotated(&tiny.spec.clone(), &tiny).err().unwrap().to_string();
    assert!(refusal.starts_with("tensor \"blk.1.attn_v.weight\" is missing"), "{refusal}");
}

#[test]
fn any_rows_are_those_of_the_whole() {
    for tiny in tiny_models().into_iter().chain([tiny_q8_0()]) {
        let mut spec = tiny.spec.clone();
        spec.layers.iter_mut().for_each(|layer| layer.post_norms = false);
        let rotated = rotated(&spec, &tiny).unwrap();
        for (index, tensor) in rotated.tensors().iter().enumerate() {
            let (whole, n_rows) = (rotated.read_rows(index, 0..tensor.n_rows()).unwrap(), tensor.n_rows());
            assert_eq!(whole.len(), tensor.n_bytes(), "{}", tensor.name);
            let row = whole.len() / n_rows;
            for (start, end) in
                [(0, n_rows.min(5)), (n_rows / 3, n_rows.min(n_rows / 3 + 7)), (n_rows - 1, n_rows)]
            {
                let part = rotated.read_rows(index, start..end).unwrap();
                assert!(part[..] == whole[start * row..end * row], "{} {start}", tensor.name);
                rotated.release_rows(index, start..end);
            }
        }
    }
}

/// A trained model with outliers, which computes the same: some columns behind each norm are large or small, and so is a
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
            values.iter_mut().for_each(|value| *value /= by(row));
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
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data");
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

    let [alone, rotated] = [&Gptq as &'static dyn Method, &Rotation].map(|method| {
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
