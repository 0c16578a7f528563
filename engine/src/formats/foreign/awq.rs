//! `awq`: codes of 4 bits with a scale and a zero point per group of inputs, in AutoAWQ's layout "GEMM".
//!
//! ```text
//! X.qweight I32 [in, out / 8]     codes, along the outputs
//! X.qzeros  I32 [groups, out / 8] zero points, packed alike
//! X.scales  F16 [groups, out]
//! weight[o][i] = scales[g][o] · (code[i][o] - zero[g][o]), g = i / group_size
//! ```
//!
//! The eight codes of a word are of the outputs 0, 2, 4, 6, 1, 3, 5, 7 after its first, from the lowest bits on.
//! Source: casper-hansen/AutoAWQ `modules/linear/gemm.py`, `utils/packing_utils.py`.

use std::ops::Range;

use crate::formats::dequantize::{
    DecodeRows, Error, Floats, ForeignFormat, Groups, Part, Parts, Settings, Weight, Words,
};
use crate::formats::raw::RawTensors;

/// Shift that brings the code of output 0, 1, … of a word to the lowest bits.
const SHIFTS: [u32; 8] = [0, 16, 4, 20, 8, 24, 12, 28];

/// AutoAWQ's format, registered as `awq`.
pub(super) struct Awq;

impl ForeignFormat for Awq {
    fn methods(&self) -> &'static [&'static str] {
        &["awq"]
    }

    fn find(&self, settings: Settings, parts: &Parts) -> Result<Vec<Weight>, Error> {
        let bits = ["bits", "w_bit"];
        if settings.count(&bits)?.is_some_and(|bits| bits != 4) {
            return Err(settings.wrong(&bits, "4"));
        }
        settings.only("version", &["gemm", "GEMM"], "gemm; other layouts are specific to one program")?;
        let sizes = ["group_size", "q_group_size"];
        let group_size = match settings.value(&sizes) {
            Some(_) => settings.group_size(&sizes)?,
            None => Some(128),
        };
        parts
            .with_suffix(".qweight")
            .map(|(stem, qweight)| weight(stem, &qweight, group_size, parts))
            .collect()
    }
}

/// Finds the parts of one weight; `group_size` is `None` for one group of all inputs.
fn weight(stem: &str, qweight: &Part, group_size: Option<usize>, parts: &Parts) -> Result<Weight, Error> {
    let name = format!("{stem}.weight");
    let (qzeros, scales) = (parts.need(stem, ".qzeros")?, parts.need(stem, ".scales")?);
    let [n_in, n_words] = qweight.matrix()?;
    let [n_groups, _] = scales.matrix()?;
    let n_out = n_words * 8;
    let decoder = AwqRows {
        n_in,
        n_groups,
        groups: Groups::every(&name, n_in, n_groups, group_size.unwrap_or(n_in))?,
        codes: Words::new(qweight, [n_in, n_words])?,
        zeros: Words::new(&qzeros, [n_groups, n_words])?,
        scales: Floats::new(&scales, [n_groups, n_out])?,
    };
    let parts = vec![qweight.index, qzeros.index, scales.index];
    Ok(Weight { name, shape: [n_out, n_in], parts, rows: Box::new(decoder) })
}

/// Decoder of rows, which lie within the words of each input.
struct AwqRows {
    n_in: usize,
    n_groups: usize,
    groups: Groups,
    codes: Words,
    zeros: Words,
    scales: Floats,
}

impl DecodeRows for AwqRows {
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]) {
        let n_rows = rows.len();
        if n_rows == 0 {
            return;
        }
        let mut scales = vec![0.0; self.n_groups * n_rows];
        let mut zeros = vec![0.0; self.n_groups * n_rows];
        for group in 0..self.n_groups {
            let of_group = group * n_rows..(group + 1) * n_rows;
            self.scales.read(raw, group, rows.clone(), &mut scales[of_group.clone()]);
            unpack(&self.zeros, raw, group, rows.clone(), zeros[of_group].iter_mut());
        }
        let mut codes = vec![0.0; n_rows];
        for column in 0..self.n_in {
            unpack(&self.codes, raw, column, rows.clone(), codes.iter_mut());
            let of_group = self.groups.of(column) * n_rows..;
            let factors = scales[of_group.clone()].iter().zip(&zeros[of_group]);
            let outs = out[column..].iter_mut().step_by(self.n_in);
            for ((out, code), (scale, zero)) in outs.zip(&codes).zip(factors) {
                *out = scale * (code - zero);
            }
        }
    }
}

/// The codes of the outputs `rows` in row `row` of `words`.
fn unpack<'a>(
    words: &Words,
    raw: &dyn RawTensors,
    row: usize,
    rows: Range<usize>,
    out: impl Iterator<Item = &'a mut f32>,
) {
    let words = words.row(raw, row, rows.start / 8..rows.end.div_ceil(8));
    let codes = words.flat_map(|word| SHIFTS.map(|shift| (word >> shift) & 0xf));
    for (out, code) in out.zip(codes.skip(rows.start % 8)) {
        *out = code as f32;
    }
}

#[cfg(test)]
mod tests;
