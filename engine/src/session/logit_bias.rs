//! Logit biases and bans of single tokens.

use super::Error;
use super::logit_filter::LogitFilter;

/// Adds a bias to the logits of some tokens; negative infinity bans a token.
#[derive(Clone, Debug)]
pub(super) struct LogitBias(Vec<(u32, f32)>);

impl LogitBias {
    /// A filter that adds each bias to the logit of its token. Several biases of one token add up; a ban stays a ban.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a token outside a vocabulary of `vocab_size`, and for a bias that is NaN or positive infinity.
    pub(super) fn new(biases: &[(u32, f32)], vocab_size: usize) -> Result<Self, Error> {
        let option = "logit bias";
        for &(token, bias) in biases {
            if token as usize >= vocab_size {
                let rule = "given for tokens of the vocabulary";
                return Err(Error::BadOption { option, value: token.into(), rule });
            }
            if bias.is_nan() || bias == f32::INFINITY {
                return Err(Error::BadOption { option, value: bias.into(), rule: "a number or -inf" });
            }
        }
        Ok(Self(biases.to_vec()))
    }
}

impl LogitFilter for LogitBias {
    fn apply(&mut self, logits: &mut [f32]) {
        for &(token, bias) in &self.0 {
            let logit = &mut logits[token as usize];
            *logit = if bias == f32::NEG_INFINITY { bias } else { *logit + bias };
        }
    }

    fn accept(&mut self, _: u32) {}
}

/// JSON form of biases: pairs of a token and a number, or `null` for negative infinity, which JSON cannot represent.
pub(super) mod json {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::session) fn serialize<S: Serializer>(
        biases: &[(u32, f32)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let finite = |&(token, bias): &(u32, f32)| (token, (bias != f32::NEG_INFINITY).then_some(bias));
        biases.iter().map(finite).collect::<Vec<_>>().serialize(serializer)
    }

    pub(in crate::session) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(u32, f32)>, D::Error> {
        let biases: Vec<(u32, Option<f32>)> = Vec::deserialize(deserializer)?;
        Ok(biases.into_iter().map(|(token, bias)| (token, bias.unwrap_or(f32::NEG_INFINITY))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::GenerateOptions;
    use super::*;

    #[test]
    fn biases_add_up_and_bans_hold() {
        let biases = [(0, 1.5), (2, f32::NEG_INFINITY), (0, -0.5), (2, 3.0)];
        let mut logits = [1.0, 2.0, 3.0];
        LogitBias::new(&biases, 3).unwrap().apply(&mut logits);
        assert_eq!(logits.map(f32::to_bits), [2.0, 2.0, f32::NEG_INFINITY].map(f32::to_bits));
    }

    #[test]
    fn nonsense_is_refused() {
        for biases in [[(3, 0.0)], [(0, f32::NAN)], [(0, f32::INFINITY)]] {
            let refused = LogitBias::new(&biases, 3);
            assert!(matches!(refused, Err(Error::BadOption { option: "logit bias", .. })), "{biases:?}");
        }
    }

    #[test]
    fn bans_cross_a_pipe_of_json() {
        let logit_bias = vec![(1, 0.5), (2, f32::NEG_INFINITY)];
        let options = GenerateOptions { logit_bias, ..GenerateOptions::default() };
        let json = serde_json::to_string(&options).unwrap();
        assert!(json.contains("[[1,0.5],[2,null]]"), "{json}");
        assert_eq!(serde_json::from_str::<GenerateOptions>(&json).unwrap(), options);
        assert!(serde_json::from_str::<GenerateOptions>("{}").unwrap().logit_bias.is_empty());
    }
}
