//! Scales of every shape, checkpoints that do not fit together, and such as come about by chance.
//! What other programs wrote is in `tests/foreign.rs`.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::base::TensorSource;
use crate::formats::dequantize::testing::{Stored, all_rows, open, spoilings, survive};
use crate::formats::raw::RawDType;

fn config() -> Value {
    json!({"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [2, 2]})
}

/// Three rows and columns of ones, signs alternating, without scales.
fn ones() -> Stored {
    let bytes = vec![0x38, 0xb8, 0x38, 0xb8, 0x38, 0xb8, 0x38, 0xb8, 0x38];
    Stored::default().with("x.weight", RawDType::F8E4M3, &[3, 3], bytes)
}

#[test]
fn each_block_has_its_scale() {
    let stored = ones().floats("x.weight_scale_inv", &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    let source = open(&config(), stored).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [1.0, -1.0, 2.0, -1.0, 1.0, -2.0, 3.0, -3.0, 4.0]);
    let one_block = ones().floats("x.weight_scale_inv", &[1, 1], &[0.5]);
    let config = json!({"quant_method": "fp8"});
    assert_eq!(all_rows(&open(&config, one_block).unwrap(), "x.weight")[..2], [0.5, -0.5]);
}

#[test]
fn a_scale_may_be_of_the_whole_matrix_or_of_an_output() {
    let stored = ones().halves("x.weight_scale", &[], &[0.25]).floats("x.input_scale", &[], &[7.0]).floats(
        "y.input_scale",
        &[],
        &[7.0],
    );
    let source = open(&config(), stored).unwrap();
    assert_eq!(all_rows(&source, "x.weight")[..3], [0.25, -0.25, 0.25]);
    assert!(source.tensors().len() == 1 && source.unreadable().is_empty());
    for shape in [&[3][..], &[3, 1]] {
        let stored = ones().floats("x.weight_scale", shape, &[1.0, 2.0, 4.0]);
        let weight = all_rows(&open(&config(), stored).unwrap(), "x.weight");
        assert_eq!(weight, [1.0, -1.0, 1.0, -2.0, 2.0, -2.0, 4.0, -4.0, 4.0]);
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let sentence = |config: &Value, stored: Stored| open(config, stored).err().unwrap().to_string();
    assert_eq!(
        sentence(&config(), ones()),
        "tensor x.weight is quantized, but its part x.weight_scale is missing"
    );
    assert_eq!(
        sentence(&config(), ones().floats("x.weight_scale_inv", &[2, 3], &[1.0; 6])),
        "tensor x.weight_scale_inv has shape [2, 3], but to match the other parts it must have [2, 2]"
    );
    let cube = Stored::default().with("x.weight", RawDType::F8E4M3, &[1, 1, 1], vec![0]);
    assert_eq!(sentence(&config(), cube), "tensor x.weight has 3 dimensions, but it must have 2");
    for value in [json!([0, 2]), json!([2]), json!(2), json!([2, -2]), json!([2, 2, 2])] {
        let mut config = config();
        config["weight_block_size"] = value.clone();
        let found = sentence(&config, ones());
        assert!(
            found.starts_with(&format!("quantization_config: weight_block_size is {value}, ")),
            "{found}"
        );
    }
}

proptest! {
    #[test]
    fn any_change_gives_values_or_an_error(
        changes in spoilings(
            &["weight_block_size", "fmt", "activation_scheme"],
            &[".weight", ".weight_scale", ".weight_scale_inv", ".input_scale"],
        ),
    ) {
        let stored = ones().floats("x.weight_scale_inv", &[2, 2], &[1.0; 4]);
        survive(&config(), &stored, &changes);
    }
}
