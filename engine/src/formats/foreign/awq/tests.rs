//! Words written by hand, checkpoints that do not fit together, and such as come about by chance.
//! What other programs wrote is in `tests/foreign.rs`.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::formats::dequantize::testing::{Stored, all_rows, open, spoilings, survive};

fn config(group_size: i64) -> Value {
    json!({"quant_method": "awq", "bits": 4, "group_size": group_size, "version": "gemm", "zero_point": true})
}

/// Two inputs in groups of one, eight outputs: codes 0 to 7 and 8 to 15, zero points 0 to 7.
fn two_inputs() -> Stored {
    Stored::default()
        .words("x.qweight", &[2, 1], &[0x7531_6420, 0xfdb9_eca8])
        .words("x.qzeros", &[2, 1], &[0, 0x7531_6420])
        .halves(
            "x.scales",
            &[2, 8],
            &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0],
        )
}

#[test]
fn codes_of_a_word_are_in_the_order_of_the_format() {
    let source = open(&config(1), two_inputs()).unwrap();
    let expected: Vec<f32> = (0..8).flat_map(|out| [out as f32, 16.0]).collect();
    assert_eq!(all_rows(&source, "x.weight"), expected);
    let old = json!({"quant_method": "awq", "w_bit": 4, "q_group_size": 1});
    assert_eq!(all_rows(&open(&old, two_inputs()).unwrap(), "x.weight"), expected);
}

#[test]
fn what_does_not_fit_is_named() {
    let sentence = |config: &Value, stored: Stored| open(config, stored).err().unwrap().to_string();
    assert_eq!(
        sentence(&config(2), two_inputs()),
        "tensor x.weight has 2 groups of scales, but 2 columns in groups of 2 make another number"
    );
    assert_eq!(
        sentence(&config(1), two_inputs().halves("x.scales", &[2, 4], &[1.0; 8])),
        "tensor x.scales has shape [2, 4], but to match the other parts it must have [2, 8]"
    );
    assert_eq!(
        sentence(&config(1), two_inputs().without("x.qzeros")),
        "tensor x.weight is quantized, but its part x.qzeros is missing"
    );
    for (field, value) in [("bits", json!(8)), ("group_size", json!(0)), ("version", json!("gemv"))] {
        let mut config = config(1);
        config[field] = value.clone();
        let found = sentence(&config, two_inputs());
        assert!(found.starts_with(&format!("quantization_config: {field} is {value}, ")), "{found}");
    }
}

proptest! {
    #[test]
    fn any_change_gives_values_or_an_error(
        changes in spoilings(
            &["bits", "w_bit", "group_size", "version"],
            &[".qweight", ".qzeros", ".scales", ".weight"],
        ),
    ) {
        survive(&config(1), &two_inputs(), &changes);
    }
}
