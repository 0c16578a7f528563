//! Buffers of a mixture of experts.

use nibble_kernels::zeroed::Zeroed;

use super::routing::Choice;
use crate::backend::cpu::sizes::Sizes;

/// The input of a mixture, the rows of one expert, and the choices for all tokens of a pass.
#[derive(Debug)]
pub(in crate::backend::cpu) struct ExpertsRows {
    /// The normed input of the tokens.
    pub(super) input: Zeroed<f32>,
    /// The tokens of one expert, then their outputs.
    pub(super) gathered: Zeroed<f32>,
    /// The router's products.
    pub(super) scores: Zeroed<f32>,
    /// The choices for each token.
    pub(super) choices: Vec<Choice>,
    /// Token and weight of each choice, expert by expert.
    pub(super) by_expert: Vec<(usize, f32)>,
    /// Where the choices of each expert begin in `by_expert`, with their end.
    pub(super) starts: Vec<usize>,
    /// Experts by score, for one token.
    pub(super) order: Vec<usize>,
}

impl ExpertsRows {
    /// Buffers for the widest mixture of a model; `None` if allocation fails.
    pub(in crate::backend::cpu) fn new(sizes: &Sizes) -> Option<Self> {
        let rows = |len: usize| Zeroed::new(sizes.chunk * len);
        let width = if sizes.n_experts == 0 { 0 } else { sizes.d_model };
        let n_choices = sizes.chunk * sizes.n_used;
        Some(Self {
            input: rows(width)?,
            gathered: rows(width)?,
            scores: rows(sizes.n_experts)?,
            choices: vec![Choice::default(); n_choices],
            by_expert: vec![(0, 0.0); n_choices],
            starts: vec![0; sizes.n_experts + 1],
            order: Vec::with_capacity(sizes.n_experts),
        })
    }

    /// Bytes of the buffers that [`ExpertsRows::new`] allocates.
    pub(in crate::backend::cpu) fn size_bytes(sizes: &Sizes) -> u64 {
        let width = if sizes.n_experts == 0 { 0 } else { sizes.d_model };
        let floats = 4 * sizes.chunk * (2 * width + sizes.n_experts);
        let choices = sizes.chunk * sizes.n_used * (size_of::<Choice>() + size_of::<(usize, f32)>());
        (floats + choices + size_of::<usize>() * (2 * sizes.n_experts + 1)) as u64
    }

    /// Sorts the choices of `n_tokens` tokens by expert, each expert's in the order of the tokens.
    pub(super) fn sort(&mut self, n_tokens: usize, n_used: usize, n_experts: usize) {
        let choices = &self.choices[..n_tokens * n_used];
        let starts = &mut self.starts[..=n_experts];
        starts.fill(0);
        for choice in choices {
            starts[choice.expert + 1] += 1;
        }
        for expert in 0..n_experts {
            starts[expert + 1] += starts[expert];
        }
        // Each start moves to its end while it is filled, which is the next one's start.
        for (index, choice) in choices.iter().enumerate() {
            let place = &mut starts[choice.expert];
            self.by_expert[*place] = (index / n_used, choice.weight);
            *place += 1;
        }
        starts.rotate_right(1);
        starts[0] = 0;
    }
}
