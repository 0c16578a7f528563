//! Joined tensors on made sources: order, rows across parts, and parts that are missing or do not fit.

use std::sync::Mutex;

use serde_json::json;

use super::*;
use crate::models::error::ConfigFile;
use crate::models::fields::Fields;
use crate::models::names::{Mapping, Sources, tensor};
use crate::models::shape::{Defaults, Shape};

/// Checkpoint tensors in memory, which keep a record of the rows that were read and released.
struct Made {
    tensors: Vec<TensorMeta>,
    bytes: Vec<Vec<u8>>,
    log: std::sync::Arc<Mutex<Vec<String>>>,
}

impl TensorSource for Made {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        let meta = &self.tensors[index];
        self.log.lock().unwrap().push(format!("read {} {rows:?}", meta.name));
        let row_bytes = self.bytes[index].len() / meta.n_rows();
        let bytes = self.bytes[index].get(rows.start * row_bytes..rows.end * row_bytes);
        bytes.map(Cow::Borrowed).ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }

    fn release_rows(&self, index: usize, rows: Range<usize>) {
        self.log.lock().unwrap().push(format!("release {} {rows:?}", self.tensors[index].name));
    }
}

impl Made {
    fn new() -> Self {
        Self { tensors: Vec::new(), bytes: Vec::new(), log: std::sync::Arc::default() }
    }

    /// Adds a tensor whose values count up from `first`.
    fn with(mut self, name: &str, shape: &[usize], dtype: DType, first: f32) -> Self {
        let n_elements = shape.iter().product();
        let values = (0..n_elements).map(|offset: usize| first + offset as f32);
        self.bytes.push(match dtype {
            DType::BF16 => values.flat_map(|value| half::bf16::from_f32(value).to_le_bytes()).collect(),
            _ => values.flat_map(f32::to_le_bytes).collect(),
        });
        self.tensors.push(TensorMeta { name: name.to_owned(), shape: shape.to_vec(), dtype });
        self
    }
}

const DEFAULTS: Defaults = Defaults {
    vocab_size: 4,
    context_length: 8,
    d_model: 2,
    d_ff: 4,
    n_layers: 1,
    n_heads: 1,
    n_kv_heads: None,
    head_dim: Some(4),
    norm_eps: 1e-6,
};

const LAYERS: &[Mapping] = &[
    Mapping {
        sources: Sources::Stack("mlp.experts.{}.gate_proj.weight"),
        gguf: "ffn_gate_exps.weight",
        transform: Transform::Keep,
    },
    Mapping {
        sources: Sources::Concat(&["mlp.gate_proj.weight", "mlp.up_proj.weight"]),
        gguf: "ffn_up.weight",
        transform: Transform::Keep,
    },
    Mapping {
        sources: Sources::Concat(&["self_attn.q_proj.weight", "self_attn.k_proj.weight"]),
        gguf: "attn_qk.weight",
        transform: Transform::PermuteQuery,
    },
    Mapping {
        sources: Sources::Concat(&["self_attn.q_proj.bias", "self_attn.k_proj.bias"]),
        gguf: "attn_qk.bias",
        transform: Transform::AddOne,
    },
    tensor("mlp.down_proj.weight", "ffn_down.weight", Transform::Keep),
];

fn convert(made: Made, n_experts: usize) -> Result<ConvertedSource, Error> {
    let config = json!({});
    let fields = Fields::new(config.as_object().unwrap(), ConfigFile::Config);
    let shape = Shape::from_config(&fields, &DEFAULTS).unwrap();
    let mut conversion = Conversion::new("llama", shape, LAYERS, true);
    conversion.n_experts = n_experts;
    ConvertedSource::new(Box::new(made), &conversion, "llama", &())
}

fn expert(number: usize) -> String {
    format!("model.layers.0.mlp.experts.{number}.gate_proj.weight")
}

/// Three experts of 2 rows and 3 columns, the last one first in the file.
fn experts() -> Made {
    [2, 0, 1].into_iter().fold(Made::new(), |made, number| {
        made.with(&expert(number), &[2, 3], DType::F32, 100.0 * number as f32)
    })
}

fn values(source: &ConvertedSource, name: &str, rows: Range<usize>) -> Vec<f32> {
    let index = source.find(name).unwrap();
    let bytes = source.read_rows(index, rows).unwrap();
    let mut values = vec![0.0; bytes.len() / source.tensors()[index].dtype.block_bytes()];
    decode_row(source.tensors()[index].dtype, &bytes, &mut values);
    values
}

#[test]
fn experts_are_stacked_by_number() {
    let source = convert(experts(), 3).unwrap();
    let stack = &source.tensors()[0];
    assert_eq!((stack.name.as_str(), stack.dtype), ("blk.0.ffn_gate_exps.weight", DType::F32));
    assert_eq!(stack.shape, [3, 2, 3]);
    let all: Vec<f32> =
        [0.0, 100.0, 200.0].iter().flat_map(|first| (0..6).map(move |n| first + n as f32)).collect();
    for start in 0..=6 {
        for end in start..=6 {
            assert_eq!(values(&source, &stack.name, start..end), all[start * 3..end * 3], "{start}..{end}");
        }
    }
    assert!(source.read_rows(0, 5..7).is_err());
}

#[test]
fn only_the_rows_that_are_asked_for_are_read_and_released() {
    let made = experts();
    let log = made.log.clone();
    let source = convert(made, 3).unwrap();
    assert!(matches!(source.read_rows(0, 2..4).unwrap(), Cow::Borrowed(_)));
    let _ = source.read_rows(0, 3..5).unwrap();
    source.release_rows(0, 1..6);
    let expected = [
        format!("read {} 0..2", expert(1)),
        format!("read {} 1..2", expert(1)),
        format!("read {} 0..1", expert(2)),
        format!("release {} 1..2", expert(0)),
        format!("release {} 0..2", expert(1)),
        format!("release {} 0..2", expert(2)),
    ];
    assert_eq!(*log.lock().unwrap(), expected);
}

#[test]
fn a_missing_expert_is_named() {
    let error = convert(experts(), 4).err().unwrap();
    assert_eq!(
        error.to_string(),
        "tensor blk.0.ffn_gate_exps.weight is joined from several, of which the checkpoint lacks \
         model.layers.0.mlp.experts.3.gate_proj.weight"
    );
    let first = Made::new().with(&expert(1), &[2, 3], DType::F32, 0.0);
    let error = convert(first, 1 << 28).err().unwrap();
    assert!(matches!(error, Error::MissingPart { part, .. } if part == expert(0)));
    // One more than the configuration has.
    assert!(matches!(convert(experts(), 2), Err(Error::UnknownTensor { .. })));
    let twice = experts().with(&expert(1).replace("model.", ""), &[2, 3], DType::F32, 0.0);
    assert!(matches!(convert(twice, 3), Err(Error::TensorTwice { .. })));
}

#[test]
fn experts_of_another_shape_are_refused() {
    for shape in [&[3, 3][..], &[2, 4], &[6], &[2, 3, 1]] {
        let made = experts().with(&expert(3), shape, DType::F32, 0.0);
        match convert(made, 4).err().unwrap() {
            Error::PartShape { part, found, expected, .. } => {
                assert_eq!((part, found.as_slice(), expected.as_slice()), (expert(3), shape, &[2, 3][..]));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn rows_of_fused_matrices_follow_each_other() {
    let layer = |name: &str| format!("model.layers.0.{name}");
    let made = Made::new()
        .with(&layer("mlp.up_proj.weight"), &[3, 2], DType::BF16, 100.0)
        .with(&layer("mlp.gate_proj.weight"), &[1, 2], DType::F32, 0.0)
        .with(&layer("self_attn.k_proj.bias"), &[2], DType::BF16, 10.0)
        .with(&layer("self_attn.q_proj.bias"), &[1], DType::F32, 0.0)
        .with(&layer("self_attn.q_proj.weight"), &[4, 1], DType::F32, 0.0)
        .with(&layer("self_attn.k_proj.weight"), &[8, 1], DType::F32, 4.0);
    let source = convert(made, 0).unwrap();
    // Of different types, as F32.
    let up = "blk.0.ffn_up.weight";
    let index = source.find(up).unwrap();
    assert_eq!(
        (source.tensors()[index].shape.as_slice(), source.tensors()[index].dtype),
        (&[4, 2][..], DType::F32)
    );
    assert_eq!(values(&source, up, 0..4), [0.0, 1.0, 100.0, 101.0, 102.0, 103.0, 104.0, 105.0]);
    assert_eq!(values(&source, up, 3..4), [104.0, 105.0]);
    assert_eq!(values(&source, "blk.0.attn_qk.bias", 0..1), [1.0, 11.0, 12.0]);
    // Heads of four rows, whose halves are taken in turn, also across parts.
    let permuted = [0.0, 2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 7.0, 8.0, 10.0, 9.0, 11.0];
    assert_eq!(values(&source, "blk.0.attn_qk.weight", 0..12), permuted);
    assert_eq!(values(&source, "blk.0.attn_qk.weight", 3..9), permuted[3..9]);
    let wide = Made::new().with(&layer("mlp.gate_proj.weight"), &[1, 2], DType::F32, 0.0).with(
        &layer("mlp.up_proj.weight"),
        &[3, 3],
        DType::F32,
        0.0,
    );
    assert!(matches!(convert(wide, 0), Err(Error::PartShape { .. })));
}
