//! Code widths and block sizes that the groups of a configuration list.

use serde_json::Value;

use crate::formats::dequantize::{Error, Settings};

/// All widths and blocks of the configuration's groups of modules; the shapes of a weight's parts select among them.
pub(super) struct Schemes {
    /// Code widths in bits, 1 to 8.
    pub(super) bits: Vec<usize>,
    /// Block sizes: rows and columns that share a scale.
    pub(super) blocks: Vec<[usize; 2]>,
}

impl Schemes {
    /// Reads the object `config_groups`.
    pub(super) fn read(settings: Settings) -> Result<Self, Error> {
        let name = ["config_groups"];
        let wrong = || settings.wrong(&name, "an object of groups with weights");
        let groups = settings.value(&name).and_then(Value::as_object).ok_or_else(wrong)?;
        let mut schemes = Self { bits: Vec::new(), blocks: Vec::new() };
        for group in groups.values() {
            let Some(weights) = group.get("weights").and_then(Value::as_object) else { continue };
            let weights = Settings::new(weights);
            let bits = weights.count(&["num_bits"])?.unwrap_or(8);
            if bits > 8 {
                return Err(weights.wrong(&["num_bits"], "from 1 to 8"));
            }
            schemes.bits.push(bits);
            if let Some(group_size) = weights.group_size(&["group_size"])? {
                schemes.blocks.push([1, group_size]);
            }
            if let Some(structure) = weights.value(&["block_structure"]) {
                let rule = "a list of two whole numbers, at least 1";
                let block = block(structure).ok_or_else(|| weights.wrong(&["block_structure"], rule))?;
                schemes.blocks.push(block);
            }
        }
        if schemes.bits.is_empty() { Err(wrong()) } else { Ok(schemes) }
    }
}

/// Rows and columns of a block, from a list or from the spelling of older files, `128x128`.
fn block(structure: &Value) -> Option<[usize; 2]> {
    let lengths: Vec<usize> = match structure {
        Value::Array(list) => {
            list.iter().map(|length| length.as_u64()?.try_into().ok()).collect::<Option<_>>()?
        }
        Value::String(text) => text.split('x').map(|length| length.parse().ok()).collect::<Option<_>>()?,
        _ => return None,
    };
    <[usize; 2]>::try_from(lengths).ok().filter(|block| !block.contains(&0))
}
