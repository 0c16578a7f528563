//! `gptq`: codes of 2, 3, 4 or 8 bits with a scale and a zero point per group of inputs.
//!
//! ```text
//! X.qweight I32 [in · bits / 32, out]     codes of a column, along the inputs
//! X.qzeros  I32 [groups, out · bits / 32] zero points, along the outputs
//! X.scales  F16 [groups, out]
//! X.g_idx   I32 [in]                      group of each input; may be absent if groups follow each other
//! weight[o][i] = scales[g][o] · (code[i][o] - zero[g][o]), g = g_idx[i]
//! ```
//!
//! Codes are a stream of bits, lowest first, so that codes of 3 bits may cross two words. Files of version 1 store zero points
//! minus one, subtracted from whole words; `checkpoint_format: gptq_v2` stores them unchanged.
//! Source: ModelCloud/GPTQModel `nn_modules/qlinear/__init__.py`, `utils/model.py`.

use std::ops::Range;

use crate::formats::dequantize::{
    DecodeRows, Error, Floats, ForeignFormat, Groups, Part, Parts, Settings, Weight, Words, low_mask,
};
use crate::formats::raw::{RawDType, RawTensors};

/// Code widths of the format in bits.
const WIDTHS: [usize; 4] = [2, 3, 4, 8];

/// AutoGPTQ's format, registered as `gptq`.
pub(super) struct Gptq;

impl ForeignFormat for Gptq {
    fn methods(&self) -> &'static [&'static str] {
        &["gptq"]
    }

    fn find(&self, settings: Settings, parts: &Parts) -> Result<Vec<Weight>, Error> {
        let layout = Layout::read(settings)?;
        parts.with_suffix(".qweight").map(|(stem, qweight)| weight(stem, &qweight, &layout, parts)).collect()
    }
}

/// Settings of the configuration that apply to all weights.
struct Layout {
    bits: usize,
    /// Group size in inputs; `None` for one group of all inputs.
    group_size: Option<usize>,
    /// Whether zero points are stored minus one.
    less_one: bool,
    /// Whether single weights may have other widths.
    any_width: bool,
    /// Whether the group size follows from each weight's scales.
    any_groups: bool,
}

impl Layout {
    fn read(settings: Settings) -> Result<Self, Error> {
        let bits = settings.count(&["bits"])?.unwrap_or(4);
        if !WIDTHS.contains(&bits) {
            return Err(settings.wrong(&["bits"], "2, 3, 4 or 8"));
        }
        let versions = ["gptq", "gptq_v2"];
        settings.only(
            "checkpoint_format",
            &versions,
            "gptq or gptq_v2; others are specific to one program",
        )?;
        settings.only("pack_dtype", &["int32"], "int32")?;
        let less_one = settings.text("checkpoint_format")?.unwrap_or(versions[0]) == versions[0];
        let group_size = settings.group_size(&["group_size"])?;
        let any_width = settings.value(&["dynamic"]).is_some();
        let any_groups = any_width || settings.value(&["group_size"]).is_none();
        Ok(Self { bits, group_size, less_one, any_width, any_groups })
    }

    fn group_size_of(&self, n_in: usize, n_groups: usize) -> usize {
        if self.any_groups { n_in.div_ceil(n_groups) } else { self.group_size.unwrap_or(n_in) }
    }
}

fn weight(stem: &str, qweight: &Part, layout: &Layout, parts: &Parts) -> Result<Weight, Error> {
    let name = format!("{stem}.weight");
    let (qzeros, scales) = (parts.need(stem, ".qzeros")?, parts.need(stem, ".scales")?);
    let g_idx = parts.get(stem, ".g_idx");
    let [n_words, n_out] = qweight.matrix()?;
    let [n_groups, _] = scales.matrix()?;

    let bits = width(layout, n_out, &qzeros)?;
    // Without a list, the codes fill their words.
    let n_in = match &g_idx {
        Some(g_idx) => g_idx.vector(&[RawDType::I32])?,
        None => n_words * 32 / bits,
    };
    let words = Words::new(qweight, [(n_in * bits).div_ceil(32), n_out])?;
    let every = Groups::every(&name, n_in, n_groups, layout.group_size_of(n_in, n_groups))?;
    let groups = g_idx.as_ref().map_or(Ok(every), |g_idx| Groups::listed(g_idx, n_in, n_groups))?;
    let decoder = GptqRows {
        bits,
        n_in,
        n_groups,
        groups,
        less_one: layout.less_one,
        codes: words,
        zeros: Words::new(&qzeros, [n_groups, (n_out * bits).div_ceil(32)])?,
        scales: Floats::new(&scales, [n_groups, n_out])?,
    };
    let used = [Some(*qweight), Some(qzeros), Some(scales), g_idx];
    Ok(Weight {
        name,
        shape: [n_out, n_in],
        parts: used.into_iter().flatten().map(|part| part.index).collect(),
        rows: Box::new(decoder),
    })
}

/// The code width of a weight: the configuration's, unless it allows others and the zero points determine one.
fn width(layout: &Layout, n_out: usize, qzeros: &Part) -> Result<usize, Error> {
    let [_, n_words] = qzeros.matrix()?;
    let fits = |bits: usize| (n_out * bits).div_ceil(32) == n_words;
    if !layout.any_width || fits(layout.bits) {
        return Ok(layout.bits);
    }
    let n_groups = qzeros.tensor.shape[0];
    let wrong = || qzeros.wrong_shape(&[n_groups, (n_out * layout.bits).div_ceil(32)]);
    WIDTHS.into_iter().find(|&bits| fits(bits)).ok_or_else(wrong)
}

/// Decoder of rows, which lie across the rows of words.
struct GptqRows {
    bits: usize,
    n_in: usize,
    n_groups: usize,
    groups: Groups,
    less_one: bool,
    codes: Words,
    zeros: Words,
    scales: Floats,
}

impl DecodeRows for GptqRows {
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]) {
        let (n_rows, mask) = (rows.len(), low_mask(self.bits as u32));
        let mut scales = vec![0.0; self.n_groups * n_rows];
        let mut zeros = vec![0.0; self.n_groups * n_rows];
        if n_rows == 0 {
            return;
        }
        for (group, scales) in scales.chunks_exact_mut(n_rows).enumerate() {
            self.scales.read(raw, group, rows.clone(), scales);
            self.read_zeros(raw, group, rows.clone(), &mut zeros[group * n_rows..][..n_rows]);
        }
        let mut codes = vec![0; n_rows];
        for column in 0..self.n_in {
            let (word, shift) = (column * self.bits / 32, column * self.bits % 32);
            for (code, low) in codes.iter_mut().zip(self.codes.row(raw, word, rows.clone())) {
                *code = low >> shift;
            }
            if shift + self.bits > 32 {
                for (code, high) in codes.iter_mut().zip(self.codes.row(raw, word + 1, rows.clone())) {
                    *code |= high << (32 - shift);
                }
            }
            let of_group = self.groups.of(column) * n_rows..;
            let factors = scales[of_group.clone()].iter().zip(&zeros[of_group]);
            let outs = out[column..].iter_mut().step_by(self.n_in);
            for ((out, code), (scale, zero)) in outs.zip(&codes).zip(factors) {
                *out = scale * ((code & mask) as f32 - zero);
            }
        }
    }
}

impl GptqRows {
    /// The zero points of outputs `rows` in one group.
    fn read_zeros(&self, raw: &dyn RawTensors, group: usize, rows: Range<usize>, out: &mut [f32]) {
        let (bits, mask) = (self.bits, low_mask(self.bits as u32));
        let first = rows.start * bits / 32;
        let words = self.zeros.row(raw, group, first..(rows.end * bits).div_ceil(32));
        // Where fields do not cross words, writers subtract from whole words, including borrows.
        let whole_words = self.less_one && 32 % bits == 0;
        let ones = if whole_words { u32::MAX / mask } else { 0 };
        let words: Vec<u32> = words.map(|word| word.wrapping_add(ones)).collect();
        for (zero, row) in out.iter_mut().zip(rows) {
            let (word, shift) = (row * bits / 32 - first, row * bits % 32);
            let mut field = words[word] >> shift;
            if shift + bits > 32 {
                field |= words[word + 1] << (32 - shift);
            }
            let added = u32::from(self.less_one && !whole_words);
            *zero = (field.wrapping_add(added) & mask) as f32;
        }
    }
}

#[cfg(test)]
mod tests;
