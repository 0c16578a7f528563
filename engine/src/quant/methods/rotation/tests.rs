//! Rotated models compute what the original ones do.

use nibble_kernels::decode::decode_row;

use super::*;
use crate::backend::gradient::{GradientModel, KeepLogits};
use crate::backend::testing::{Random, TinyModel, plain_tiny_models, tiny_q8_0};

/// Tokens of a sequence.
const LENGTH: usize = 48;

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
    for tiny in plain_tiny_models() {
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
        for layer in &mut spec.layers {
            layer.post_norms = false;
        }
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
    assert!(n_refused == 3 && n_rotated == 12, "{n_refused} {n_rotated}");
    let refusal = Rotation.prepare(Box::new(tiny_q8_0()), None, None).err().unwrap();
    assert!(matches!(refusal, Error::NotRotatable(RotationError::NotDescribed)), "{refusal}");
    let mut tiny = tiny_q8_0();
    tiny.remove(tiny.find("blk.1.attn_v.weight").unwrap());
    let refusal = rotated(&tiny.spec.clone(), &tiny).err().unwrap().to_string();
    assert!(refusal.starts_with("tensor \"blk.1.attn_v.weight\" is missing"), "{refusal}");
}

#[test]
fn any_rows_are_those_of_the_whole() {
    for tiny in plain_tiny_models().into_iter().chain([tiny_q8_0()]) {
        let mut spec = tiny.spec.clone();
        for layer in &mut spec.layers {
            layer.post_norms = false;
        }
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
