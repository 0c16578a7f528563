//! Words written by hand, checkpoints that do not fit together, and such as come about by chance.
//! What other programs wrote is in `tests/foreign.rs`.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::formats::dequantize::testing::{Stored, all_rows, open, spoilings, survive};
use crate::formats::raw::RawDType;

fn config(format: &str, bits: usize, group_size: i64) -> Value {
    json!({"quant_method": "compressed-tensors", "format": format, "config_groups": {"group_0": {
        "targets": ["Linear"], "weights": {"num_bits": bits, "type": "int", "group_size": group_size}}}})
}

fn shape(stored: Stored, rows: i64, cols: i64) -> Stored {
    let bytes = [rows, cols].iter().flat_map(|length| length.to_le_bytes()).collect();
    stored.with("x.weight_shape", RawDType::I64, &[2], bytes)
}

/// One output of 8 inputs in two groups, 4 bits, values -8 to -1.
fn eight_inputs() -> Stored {
    let stored = Stored::default().words("x.weight_packed", &[1, 1], &[0x7654_3210]).floats(
        "x.weight_scale",
        &[1, 2],
        &[1.0, 10.0],
    );
    shape(stored, 1, 8)
}

#[test]
fn codes_carry_an_offset_and_groups_follow_each_other_or_are_listed() {
    let config = config("pack-quantized", 4, 4);
    let source = open(&config, eight_inputs()).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [-8.0, -7.0, -6.0, -5.0, -40.0, -30.0, -20.0, -10.0]);
    let listed = eight_inputs().words("x.weight_g_idx", &[8], &[1, 0, 1, 0, 1, 0, 1, 0]);
    let source = open(&config, listed).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [-80.0, -7.0, -60.0, -5.0, -40.0, -3.0, -20.0, -1.0]);
    let unfilled = eight_inputs().words("x.weight_g_idx", &[8], &[u32::MAX; 8]);
    assert_eq!(all_rows(&open(&config, unfilled).unwrap(), "x.weight")[6..], [-20.0, -10.0]);
    // Zero points 8 and 1, less the offset 0 and -7.
    let shifted = eight_inputs().words("x.weight_zero_point", &[1, 2], &[8, 1]);
    let source = open(&config, shifted).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [-8.0, -7.0, -6.0, -5.0, 30.0, 40.0, 50.0, 60.0]);
}

#[test]
fn older_files_put_ten_codes_of_three_bits_into_a_word() {
    let word = (0..10).fold(0, |word, at| word | (at % 8) << (3 * at));
    let stored = Stored::default().words("x.weight_packed", &[1, 4], &[word; 4]).floats(
        "x.weight_scale",
        &[1, 1],
        &[1.0],
    );
    let source = open(&config("pack-quantized", 3, -1), shape(stored, 1, 40)).unwrap();
    let expected: Vec<f32> = (0..40).map(|at| (at % 10 % 8 - 4) as f32).collect();
    // A stream of forty codes takes as many words, and is what newer files hold.
    assert_ne!(all_rows(&source, "x.weight"), expected);
    let stored = Stored::default().words("x.weight_packed", &[1, 7], &[word; 7]).floats(
        "x.weight_scale",
        &[1, 1],
        &[1.0],
    );
    let source = open(&config("pack-quantized", 3, -1), shape(stored, 1, 64)).unwrap();
    let expected: Vec<f32> = (0..64).map(|at| (at % 10 % 8 - 4) as f32).collect();
    assert_eq!(all_rows(&source, "x.weight"), expected);
}

#[test]
fn bytes_have_zero_points_of_their_own() {
    let stored = Stored::default()
        .with("x.weight", RawDType::I8, &[2, 2], vec![0x80, 0x7f, 0xff, 1])
        .with("x.weight_zero_point", RawDType::I8, &[2, 1], vec![0, 0xfe])
        .floats("x.weight_scale", &[2, 1], &[1.0, 0.5])
        .floats("x.input_scale", &[1], &[1.0]);
    let source = open(&config("int-quantized", 8, -1), stored).unwrap();
    assert_eq!(all_rows(&source, "x.weight"), [-128.0, 127.0, 0.5, 1.5]);
}

#[test]
fn what_does_not_fit_is_named() {
    let sentence = |config: &Value, stored: Stored| open(config, stored).err().unwrap().to_string();
    let plain = config("pack-quantized", 4, 4);
    for (stored, expected) in [
        (shape(eight_inputs(), 2, 8), "tensor x.weight_shape holds 2, but 1 is expected"),
        (shape(eight_inputs(), 1, -8), "tensor x.weight_shape holds -8, but 32 is expected"),
        (
            shape(eight_inputs(), 1, 9),
            "tensor x.weight_packed has shape [1, 1], but to match the other parts it must have [1, 2]",
        ),
        (
            eight_inputs().without("x.weight_shape"),
            "tensor x.weight is quantized, but its part x.weight_shape is missing",
        ),
        (
            eight_inputs().words("x.weight_g_idx", &[8], &[0, 0, 0, 0, 0, 1, 1, 1]),
            "tensor x.weight_g_idx has 5 columns in group 0, but every group must have 4",
        ),
        (
            eight_inputs().floats("x.weight_scale", &[1, 3], &[1.0; 3]),
            "tensor x.weight_scale has shape [1, 3], but to match the other parts it must have [1, 2]",
        ),
    ] {
        assert_eq!(sentence(&plain, stored), expected);
    }
    let packed_floats = eight_inputs().with("x.weight_packed", RawDType::U8, &[1, 4], vec![0; 4]);
    assert_eq!(
        sentence(&plain, packed_floats),
        "tensor x.weight_packed holds elements of type U8, but it must hold I32"
    );
    assert!(sentence(&config("nvfp4-pack-quantized", 4, 16), eight_inputs()).contains("format is \"nvfp4"));
    assert!(sentence(&config("pack-quantized", 9, 16), eight_inputs()).contains("num_bits is 9"));
    assert!(sentence(&config("pack-quantized", 4, 0), eight_inputs()).contains("group_size is 0"));
    assert!(
        sentence(&json!({"quant_method": "compressed-tensors"}), eight_inputs()).contains("config_groups")
    );
}

proptest! {
    #[test]
    fn any_change_gives_values_or_an_error(
        bits in prop::sample::select(vec![3_usize, 4]),
        changes in spoilings(
            &["format", "config_groups"],
            &[".weight_packed", ".weight_scale", ".weight_shape", ".weight_zero_point", ".weight_g_idx", ".weight"],
        ),
    ) {
        let stored = eight_inputs()
            .words("x.weight_g_idx", &[8], &[0, 0, 0, 0, 1, 1, 1, 1])
            .words("x.weight_zero_point", &[1, 2], &[8, 1]);
        survive(&config("pack-quantized", bits, 4), &stored, &changes);
    }
}
