//! Words written by hand, checkpoints that do not fit together, and such as come about by chance.
//! What other programs wrote is in `tests/foreign.rs`.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::base::{DType, TensorSource};
use crate::formats::dequantize::Error;
use crate::formats::dequantize::testing::{Stored, all_rows, open, spoilings, survive};

fn config(bits: usize, group_size: i64) -> Value {
    json!({"quant_method": "gptq", "bits": bits, "group_size": group_size})
}

/// One output of 8 inputs, 4 bits, codes 0 to 7, zero point 8 stored as 7, scale 0.5.
fn eight_inputs() -> Stored {
    Stored::default()
        .words("x.qweight", &[1, 1], &[0x7654_3210])
        .words("x.qzeros", &[1, 1], &[0x7777_7777])
        .halves("x.scales", &[1, 1], &[0.5])
        .halves("x.bias", &[1], &[3.0])
}

#[test]
fn codes_come_lowest_first_and_stored_zeros_are_one_less() {
    let source = open(&config(4, -1), eight_inputs()).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5]);
    let bias = &source.tensors()[source.find("x.bias").unwrap()];
    assert_eq!((bias.dtype, bias.shape.as_slice()), (DType::F16, &[1][..]));
    assert_eq!((source.tensors().len(), source.n_dequantized()), (2, 1));
    assert!(source.unreadable().is_empty());

    let mut second = config(4, 8);
    second["checkpoint_format"] = json!("gptq_v2");
    let stored = eight_inputs().words("x.qzeros", &[1, 1], &[0x8888_8888]);
    assert_eq!(all_rows(&open(&second, stored).unwrap(), "x.weight")[6..], [-1.0, -0.5]);
}

#[test]
fn a_list_of_groups_decides_which_scale_a_column_has() {
    let stored = eight_inputs()
        .words("x.qzeros", &[2, 1], &[0xffff_ffff; 2])
        .halves("x.scales", &[2, 1], &[1.0, 16.0])
        .words("x.g_idx", &[8], &[0, 1, 0, 1, 1, 1, 0, 0]);
    // Zero points of 0 were stored as one less with a borrow.
    let source = open(&config(4, 4), stored.clone()).unwrap();
    let weight = all_rows(&source, "x.weight");
    assert_eq!(weight[1..], [16.0, 2.0, 48.0, 64.0, 80.0, 6.0, 7.0]);
    let wrong = stored.words("x.g_idx", &[8], &[0, 1, 2, 1, 0, 0, 0, 0]);
    assert_eq!(
        open(&config(4, 4), wrong).err(),
        Some(Error::GroupIndex { part: "x.g_idx".to_owned(), column: 2, found: 2, n_groups: 2 })
    );
    let negative = eight_inputs().words("x.g_idx", &[8], &[u32::MAX; 8]);
    assert!(matches!(open(&config(4, -1), negative).err(), Some(Error::GroupIndex { found: -1, .. })));
}

#[test]
fn parts_that_do_not_fit_together_are_named() {
    let sentence = |config: &Value, stored: Stored| open(config, stored).err().unwrap().to_string();
    let plain = config(4, 8);
    for (stored, expected) in [
        (
            eight_inputs().without("x.scales"),
            "tensor x.weight is quantized, but its part x.scales is missing",
        ),
        (
            eight_inputs().without("x.qzeros"),
            "tensor x.weight is quantized, but its part x.qzeros is missing",
        ),
        (
            eight_inputs().halves("x.scales", &[1, 2], &[1.0, 1.0]),
            "tensor x.scales has shape [1, 2], but to match the other parts it must have [1, 1]",
        ),
        (
            eight_inputs().words("x.qzeros", &[1, 2], &[0, 0]),
            "tensor x.qzeros has shape [1, 2], but to match the other parts it must have [1, 1]",
        ),
        (
            eight_inputs().words("x.g_idx", &[9], &[0; 9]),
            "tensor x.qweight has shape [1, 1], but to match the other parts it must have [2, 1]",
        ),
        (
            eight_inputs().words("x.qweight", &[1], &[0]),
            "tensor x.qweight has 1 dimensions, but it must have 2",
        ),
        (
            eight_inputs().words("x.qweight", &[0, 1], &[]),
            "tensor x.qweight has shape [0, 1], which is empty or larger than a matrix can be",
        ),
        (
            eight_inputs().halves("x.qweight", &[1, 1], &[1.0]),
            "tensor x.qweight holds elements of type F16, but it must hold I32 or U32",
        ),
        (
            eight_inputs().words("x.scales", &[1, 1], &[1]),
            "tensor x.scales holds elements of type I32, but it must hold F16 or BF16 or F32 or F8_E8M0",
        ),
        (
            eight_inputs().floats("x.weight", &[1, 8], &[0.0; 8]),
            "the checkpoint holds x.weight both unquantized and quantized",
        ),
        (
            Stored::default().floats("x.weight", &[1], &[0.0]),
            "quantization_config says gptq, but no tensor is stored in that format",
        ),
    ] {
        assert_eq!(sentence(&plain, stored), expected);
    }
    assert_eq!(
        sentence(&config(4, 4), eight_inputs()),
        "tensor x.weight has 1 groups of scales, but 8 columns in groups of 4 make another number"
    );
    for (field, value, rule) in [
        ("bits", json!(5), "2, 3, 4 or 8"),
        ("bits", json!(0), "a whole number from 1 to 268435456"),
        ("group_size", json!(0), "a whole number from 1 to 268435456"),
        ("checkpoint_format", json!("marlin"), "gptq or gptq_v2; others are specific to one program"),
        ("pack_dtype", json!("int8"), "int32"),
    ] {
        let mut config = plain.clone();
        config[field] = value.clone();
        let expected = format!("quantization_config: {field} is {value}, but it must be {rule}");
        assert_eq!(sentence(&config, eight_inputs()), expected);
    }
}

#[test]
fn single_weights_may_have_widths_of_their_own_where_the_configuration_says_so() {
    // 8 bits, 4 inputs, 8 outputs.
    let stored = Stored::default()
        .words("x.qweight", &[1, 8], &[0x0302_0100; 8])
        .words("x.qzeros", &[1, 2], &[0; 2])
        .halves("x.scales", &[1, 8], &[1.0; 8])
        .words("x.g_idx", &[4], &[0; 4]);
    let mut config = config(4, 128);
    assert!(open(&config, stored.clone()).is_err());
    config["dynamic"] = json!({"+:x": {"bits": 8, "group_size": 4}});
    let source = open(&config, stored).unwrap();
    assert_eq!(all_rows(&source, "x.weight")[..4], [-1.0, 0.0, 1.0, 2.0]);
}

/// 32 inputs in groups of 16, 32 outputs, of `bits` bits.
fn larger(bits: usize) -> Stored {
    let words = |n_words: usize| (0..n_words as u32).map(|n| n.wrapping_mul(0x9e37_79b9)).collect::<Vec<_>>();
    let groups: Vec<u32> = (0..32).map(|column| (column * 7 / 5) % 2).collect();
    Stored::default()
        .words("x.qweight", &[bits, 32], &words(bits * 32))
        .words("x.qzeros", &[2, bits], &words(2 * bits))
        .halves("x.scales", &[2, 32], &[0.25; 64])
        .words("x.g_idx", &[32], &groups)
}

proptest! {
    #[test]
    fn any_change_gives_values_or_an_error(
        bits in prop::sample::select(vec![2_usize, 3, 4, 8]),
        changes in spoilings(
            &["bits", "group_size", "checkpoint_format", "dynamic", "pack_dtype"],
            &[".qweight", ".qzeros", ".scales", ".g_idx", ".weight"],
        ),
    ) {
        survive(&config(bits, 16), &larger(bits), &changes);
    }
}
