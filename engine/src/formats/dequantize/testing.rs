//! Quantized checkpoints in memory, valid and corrupted, for tests.

use proptest::prelude::*;
use serde_json::Value;

use super::{Dequantized, Error};
use crate::base::TensorSource;
use crate::formats::foreign;
use crate::formats::raw::{RawDType, RawTensor, RawTensors};

/// Stored tensors in memory.
#[derive(Clone, Debug, Default)]
pub(in crate::formats) struct Stored(Vec<StoredTensor>);

#[derive(Clone, Debug)]
struct StoredTensor {
    name: String,
    dtype_name: String,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl RawTensors for Stored {
    fn n_tensors(&self) -> usize {
        self.0.len()
    }

    fn tensor(&self, index: usize) -> RawTensor<'_> {
        let StoredTensor { name, dtype_name, shape, bytes } = &self.0[index];
        RawTensor { name, dtype_name, shape, bytes }
    }

    fn release(&self, index: usize, bytes: std::ops::Range<usize>) {
        assert!(self.0[index].bytes.get(bytes).is_some(), "released bytes outside the tensor");
    }
}

impl Stored {
    /// Adds a tensor, or replaces the one of the same name.
    pub(in crate::formats) fn with(
        mut self,
        name: &str,
        dtype: RawDType,
        shape: &[usize],
        bytes: Vec<u8>,
    ) -> Self {
        self.0.retain(|tensor| tensor.name != name);
        let (name, dtype_name) = (name.to_owned(), dtype.name().to_owned());
        self.0.push(StoredTensor { name, dtype_name, shape: shape.to_vec(), bytes });
        self
    }

    pub(in crate::formats) fn words(self, name: &str, shape: &[usize], words: &[u32]) -> Self {
        self.with(name, RawDType::I32, shape, words.iter().flat_map(|word| word.to_le_bytes()).collect())
    }

    pub(in crate::formats) fn halves(self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        let halves = values.iter().flat_map(|&value| half::f16::from_f32(value).to_le_bytes());
        self.with(name, RawDType::F16, shape, halves.collect())
    }

    pub(in crate::formats) fn floats(self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        self.with(name, RawDType::F32, shape, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// Removes the tensor of this name.
    pub(in crate::formats) fn without(mut self, name: &str) -> Self {
        self.0.retain(|tensor| tensor.name != name);
        self
    }
}

/// Opens `stored` with the format named in `config`.
pub(in crate::formats) fn open(config: &Value, stored: Stored) -> Result<Dequantized<Stored>, Error> {
    let (format, _) = foreign::find(config["quant_method"].as_str().unwrap()).unwrap();
    foreign::open(format, config.as_object().unwrap(), stored)
}

/// Reads rows `rows` of the F32 tensor `name`.
pub(in crate::formats) fn rows<R: RawTensors>(
    source: &Dequantized<R>,
    name: &str,
    rows: std::ops::Range<usize>,
) -> Vec<f32> {
    let index = source.find(name).unwrap();
    let bytes = source.read_rows(index, rows).unwrap();
    bytes.as_chunks().0.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect()
}

/// Reads all rows of the tensor `name` at once, and in pieces of every size of `step`, which must give the same values.
pub(in crate::formats) fn all_rows<R: RawTensors>(source: &Dequantized<R>, name: &str) -> Vec<f32> {
    let meta = &source.tensors()[source.find(name).unwrap()];
    let all = rows(source, name, 0..meta.n_rows());
    for step in [1, 3, 8] {
        let cut: Vec<f32> = (0..meta.n_rows())
            .step_by(step)
            .flat_map(|start| rows(source, name, start..meta.n_rows().min(start + step)))
            .collect();
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&cut), bits(&all), "{name} in steps of {step}");
    }
    all
}

/// One change to a checkpoint, after which it may no longer be valid.
#[derive(Clone, Debug)]
pub(in crate::formats) enum Spoiling {
    Dtype(usize, &'static str),
    Shape(usize, Vec<usize>),
    Byte(usize, usize, u8),
    Remove(usize),
    Rename(usize, &'static str),
    Setting(&'static str, Value),
}

/// Random changes of all kinds; settings named in `fields` are set to one of `values`.
pub(in crate::formats) fn spoilings(
    fields: &'static [&'static str],
    suffixes: &'static [&'static str],
) -> impl Strategy<Value = Vec<Spoiling>> {
    let types = ["I32", "F16", "F32", "F8_E4M3", "F8_E5M2", "U8", "I8", "I64", "BF16", "X9", "BOOL"];
    let lengths = prop_oneof![0_usize..40, Just(usize::MAX), Just(1 << 62), Just(1 << 33)];
    let values = prop_oneof![
        any::<i64>().prop_map(Value::from),
        (-2_i64..130).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::Null),
        Just(serde_json::json!([1, 0])),
        Just(serde_json::json!([3, 5])),
        Just(serde_json::json!({"a": [1]})),
        Just(Value::from("gptq_v2")),
    ];
    let spoiling = prop_oneof![
        (0_usize..8, prop::sample::select(types.to_vec())).prop_map(|(at, dtype)| Spoiling::Dtype(at, dtype)),
        (0_usize..8, prop::collection::vec(lengths, 0..4)).prop_map(|(at, shape)| Spoiling::Shape(at, shape)),
        (0_usize..8, any::<usize>(), any::<u8>()).prop_map(|(at, byte, to)| Spoiling::Byte(at, byte, to)),
        (0_usize..8).prop_map(Spoiling::Remove),
        (0_usize..8, prop::sample::select(suffixes)).prop_map(|(at, suffix)| Spoiling::Rename(at, suffix)),
        (prop::sample::select(fields), values).prop_map(|(field, value)| Spoiling::Setting(field, value)),
    ];
    prop::collection::vec(spoiling, 1..4)
}

/// Applies `spoilings`, opens the result and reads every row of every tensor: the outcome is an error or values, never a panic.
pub(in crate::formats) fn survive(config: &Value, stored: &Stored, spoilings: &[Spoiling]) {
    let (mut config, mut stored) = (config.clone(), stored.clone());
    for spoiling in spoilings {
        apply(spoiling, &mut config, &mut stored);
    }
    let Ok(source) = open(&config, stored) else { return };
    for (index, meta) in source.tensors().iter().enumerate() {
        if meta.n_elements() < 1 << 20 {
            let bytes = source.read_rows(index, 0..meta.n_rows()).unwrap();
            assert_eq!(bytes.len(), meta.n_bytes());
        }
        for row in (0..meta.n_rows()).take(9) {
            source.release_rows(index, row..row + 1);
        }
        source.release_rows(index, 0..meta.n_rows());
    }
}

fn apply(spoiling: &Spoiling, config: &mut Value, Stored(tensors): &mut Stored) {
    let n_tensors = tensors.len().max(1);
    match spoiling {
        Spoiling::Setting(field, value) => config[field] = value.clone(),
        Spoiling::Remove(at) if !tensors.is_empty() => {
            tensors.remove(at % n_tensors);
        }
        Spoiling::Dtype(at, _)
        | Spoiling::Shape(at, _)
        | Spoiling::Byte(at, _, _)
        | Spoiling::Rename(at, _)
        | Spoiling::Remove(at) => {
            let Some(tensor) = tensors.get_mut(at % n_tensors) else { return };
            match spoiling {
                Spoiling::Dtype(_, dtype) => (*dtype).clone_into(&mut tensor.dtype_name),
                Spoiling::Shape(_, shape) => tensor.shape.clone_from(shape),
                Spoiling::Byte(_, byte, to) if !tensor.bytes.is_empty() => {
                    let len = tensor.bytes.len();
                    tensor.bytes[byte % len] = *to;
                }
                Spoiling::Rename(_, suffix) => tensor.name = format!("x{suffix}"),
                _ => {}
            }
            // A container checks the number of bytes against the shape, unless it does not know the type.
            let width = match tensor.dtype_name.as_str() {
                "X9" => return,
                "I64" => 8,
                "I32" | "F32" => 4,
                "F16" | "BF16" => 2,
                _ => 1,
            };
            let n_bytes =
                tensor.shape.iter().try_fold(width, |product: usize, &length| product.checked_mul(length));
            match n_bytes {
                Some(n_bytes) if n_bytes < 1 << 16 => tensor.bytes.resize(n_bytes, 0x5a),
                _ => {
                    tensor.shape = vec![tensor.bytes.len() / width];
                    let whole = tensor.bytes.len() / width * width;
                    tensor.bytes.truncate(whole);
                }
            }
        }
    }
    // Names are unique in a container.
    let mut seen = std::collections::HashSet::new();
    tensors.retain(|tensor| seen.insert(tensor.name.clone()));
}
