//! Weights written by hand, checkpoints that do not fit together, and such as come about by chance.
//! What other programs wrote is in `tests/foreign.rs`.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::formats::dequantize::testing::{Stored, all_rows, open, spoilings, survive};
use crate::formats::raw::RawDType;

fn config() -> Value {
    json!({"quant_method": "bitsandbytes", "load_in_4bit": true})
}

fn state(stored: Stored, state: &Value) -> Stored {
    let text = state.to_string().into_bytes();
    stored.with("x.weight.quant_state.bitsandbytes__nf4", RawDType::U8, &[text.len()], text)
}

/// Two rows of three weights in blocks of four; code n is worth n.
fn six_weights() -> Stored {
    let map: Vec<f32> = (0..16).map(|code| code as f32).collect();
    let stored = Stored::default()
        .with("x.weight", RawDType::U8, &[3, 1], vec![0x12, 0x34, 0x56])
        .floats("x.weight.quant_map", &[16], &map)
        .floats("x.weight.absmax", &[2], &[1.0, 10.0]);
    state(stored, &json!({"quant_type": "nf4", "blocksize": 4, "shape": [2, 3], "dtype": "bfloat16"}))
}

#[test]
fn codes_come_high_half_first_and_blocks_go_over_rows() {
    let source = open(&config(), six_weights()).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [1.0, 2.0, 3.0, 4.0, 50.0, 60.0]);
    let nested = json!({"blocksize": 4, "shape": [2, 3], "nested_blocksize": 1, "nested_offset": 0.5});
    let map: Vec<f32> = (0..256).map(|code| code as f32).collect();
    let stored = six_weights()
        .with("x.weight.absmax", RawDType::U8, &[2], vec![1, 255])
        .floats("x.weight.nested_absmax", &[2], &[2.0, 1.0])
        .floats("x.weight.nested_quant_map", &[256], &map);
    let source = open(&config(), state(stored, &nested)).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [2.5, 5.0, 7.5, 10.0, 1277.5, 1533.0]);
}

#[test]
fn what_does_not_fit_is_named() {
    let sentence = |stored: Stored| open(&config(), stored).err().unwrap().to_string();
    let with = |value: Value| sentence(state(six_weights(), &value));
    assert!(with(json!([1])).contains("is not a JSON object"));
    assert!(with(json!({"blocksize": 0, "shape": [2, 3]})).contains("blocksize is 0"));
    assert!(with(json!({"blocksize": 4, "shape": [2, 3, 1]})).contains("shape is [2,3,1]"));
    assert!(with(json!({"blocksize": 4, "shape": [u64::MAX, 2]})).contains("two lengths of a matrix"));
    assert!(with(json!({"blocksize": 4, "shape": [2, 4]})).contains("must have [4, 1]"));
    assert!(with(json!({"blocksize": 2, "shape": [2, 3]})).contains("must have [1, 3]"));
    assert!(with(json!({"blocksize": 4, "shape": [2, 3], "nested_blocksize": 9})).contains("nested_offset"));
    let short = six_weights().floats("x.weight.quant_map", &[8], &[0.0; 8]);
    assert!(sentence(short).contains("x.weight.quant_map has shape [8]"));
    let tiled = Stored::default()
        .with("x.weight", RawDType::I8, &[1, 2], vec![1, 2])
        .floats("x.SCB", &[1], &[127.0])
        .with("x.weight_format", RawDType::U8, &[], vec![2]);
    assert_eq!(sentence(tiled.clone()), "tensor x.weight_format holds 2, but 0 is expected");
    let source = open(&config(), tiled.without("x.weight_format")).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [1.0, 2.0]);
}

proptest! {
    #[test]
    fn any_change_gives_values_or_an_error(
        changes in spoilings(
            &["load_in_4bit"],
            &[".weight", ".SCB", ".weight_format", ".weight.absmax", ".weight.quant_map", ".weight.nested_absmax"],
        ),
    ) {
        survive(&config(), &six_weights(), &changes);
    }
}
