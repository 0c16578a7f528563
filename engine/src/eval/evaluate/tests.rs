//! Figures of decoders whose distributions are known by hand.

use super::*;
use crate::backend::testing::feed_in_turn;
use crate::backend::{self, DecoderSpec, Feed, Logits, Sequence, Snapshot};

/// Says at every position the same distribution, given as probabilities.
struct Constant {
    spec: DecoderSpec,
    logits: Vec<f32>,
}

struct Saying {
    logits: Vec<f32>,
    row: Vec<f32>,
    len: usize,
    capacity: usize,
}

impl Constant {
    fn new(probabilities: &[f32]) -> Self {
        let vocab_size = probabilities.len();
        let spec = DecoderSpec { vocab_size, ..DecoderSpec::tiny().with_depth(0) };
        // Any constant may be added to logits.
        Self { spec, logits: probabilities.iter().map(|p| p.ln() + 3.0).collect() }
    }
}

impl Decoder for Constant {
    fn spec(&self) -> &DecoderSpec {
        &self.spec
    }

    fn weights_bytes(&self) -> u64 {
        0
    }

    fn sequence(&self, capacity: usize) -> Result<Box<dyn Sequence>, backend::Error> {
        Ok(Box::new(Saying { logits: Vec::new(), row: self.logits.clone(), len: 0, capacity }))
    }

    fn feed(&self, batch: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), backend::Error> {
        feed_in_turn(batch, cancel)
    }
}

impl Sequence for Saying {
    fn len(&self) -> usize {
        self.len
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn truncate(&mut self, len: usize) -> usize {
        self.len = self.len.min(len);
        self.len
    }

    fn snapshot(&self) -> Result<Snapshot, backend::Error> {
        unreachable!("no test copies its state")
    }

    fn restore(&mut self, _: &Snapshot) -> Result<(), backend::Error> {
        unreachable!("no test copies its state")
    }

    fn logits(&self) -> &[f32] {
        &self.logits
    }

    fn feed(&mut self, tokens: &[u32], logits: Logits, _: &Cancel) -> Result<&[f32], backend::Error> {
        self.len += tokens.len();
        assert!(self.len <= self.capacity);
        let rows = if logits == Logits::All { tokens.len() } else { 0 };
        self.logits = self.row.repeat(rows);
        Ok(&self.logits)
    }
}

fn measure(
    model: &Constant,
    reference: Option<&Constant>,
    tokens: &[u32],
    context: usize,
) -> Result<Evaluated, Error> {
    let reference = reference.map(|reference| reference as &dyn Decoder);
    evaluate(&Evaluation { model, reference, tokens, beginning: &[], context }, &(), &Cancel::new())
}

#[test]
fn the_second_half_of_each_whole_window_is_scored() {
    let model = Constant::new(&[0.5, 0.25, 0.25]);
    // Windows 1 1 0 0 and 1 1 1 0; the last token is left over. Scored are 0 0 and 1 0.
    let quality = measure(&model, None, &[1, 1, 0, 0, 1, 1, 1, 0, 2], 4).unwrap();
    assert_eq!(quality.tokens, 4);
    let expected = (3.0 * 2.0_f64.ln() + 4.0_f64.ln()) / 4.0;
    assert!((quality.nll - expected).abs() < 1e-6, "{quality:?}");
    assert!((quality.perplexity() - expected.exp()).abs() < 1e-5);
    assert_eq!(quality.figures, None);
}

#[test]
fn divergence_is_that_of_the_distributions() {
    let reference = Constant::new(&[0.5, 0.25, 0.25]);
    let model = Constant::new(&[0.25, 0.5, 0.25]);
    let tokens = [0, 1, 2, 0, 1, 2];
    let other = measure(&model, Some(&reference), &tokens, 6).unwrap().figures.unwrap();
    let expected = 0.5 * 2.0_f64.ln() - 0.25 * 2.0_f64.ln();
    assert!((other.kl_mean - expected).abs() < 1e-6 && (other.kl_p99 - expected).abs() < 1e-6, "{other:?}");
    assert!(other.top1_agreement.abs() < 1e-12);
    let same = measure(&reference, Some(&reference), &tokens, 6).unwrap().figures.unwrap();
    assert!(same.kl_mean.abs() < 1e-12 && (same.top1_agreement - 1.0).abs() < 1e-12);
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let model = Constant::new(&[0.5, 0.5]);
    let three = Constant::new(&[0.5, 0.25, 0.25]);
    assert!(matches!(measure(&model, None, &[0; 5], 6), Err(Error::TextTooShort { tokens: 5, context: 6 })));
    assert!(matches!(measure(&model, None, &[0; 5], 1), Err(Error::WindowTooSmall { context: 1 })));
    let error = measure(&model, Some(&three), &[0; 5], 4).unwrap_err();
    assert!(matches!(error, Error::OtherVocabulary { model: 2, reference: 3 }));
}
