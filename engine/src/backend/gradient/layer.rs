//! A decoder layer with its weights in f32: forward over whole sequences, and backward.

use super::attention::{Attention, AttentionPass, Tokens};
use super::gated::{Gated, GatedPass};
use super::linear::{Linear, ProductGradients};
use super::norm::{add_rms_norm_gradient, rms_norm};

/// A mixer block with its weights.
#[derive(Clone, Debug)]
pub(super) enum MixerBlock {
    Attention(Attention),
}

/// A feed-forward block with its weights.
#[derive(Clone, Debug)]
pub(super) enum FfnBlock {
    Gated(Gated),
}

/// A layer of a decoder in f32.
///
/// Its tokens are those of several independent sequences, one after the other, each from position 0.
#[derive(Clone, Debug)]
pub struct GradientLayer {
    pub(super) d_model: usize,
    pub(super) mixer_norm: Option<Vec<f32>>,
    pub(super) mixer: MixerBlock,
    pub(super) mixer_post_norm: Option<Vec<f32>>,
    pub(super) ffn_norm: Option<Vec<f32>>,
    pub(super) ffn: FfnBlock,
    pub(super) ffn_post_norm: Option<Vec<f32>>,
    pub(super) norm_eps: f32,
    /// Factor of the outputs of both blocks.
    pub(super) residual_scale: f32,
}

/// A forward pass through a layer: its output, and what the gradient needs.
pub struct LayerPass {
    /// Output of the layer, `[tokens, d_model]`.
    pub output: Vec<f32>,
    /// Normed input of the mixer.
    mixer_input: Vec<f32>,
    mixer: MixerPass,
    /// Output of the mixer before its post norm; empty without one.
    mixed: Vec<f32>,
    /// Residual stream between the blocks.
    middle: Vec<f32>,
    /// Normed input of the feed-forward block.
    ffn_input: Vec<f32>,
    ffn: FfnPass,
    /// Output of the feed-forward block before its post norm; empty without one.
    worked: Vec<f32>,
}

enum MixerPass {
    Attention(AttentionPass),
}

enum FfnPass {
    Gated(GatedPass),
}

impl GradientLayer {
    /// Width of the residual stream.
    pub fn d_model(&self) -> usize {
        self.d_model
    }

    /// The matrices of the layer, in the order of use.
    pub fn matrices(&self) -> Vec<&Linear> {
        let MixerBlock::Attention(attention) = &self.mixer;
        let FfnBlock::Gated(gated) = &self.ffn;
        let mut matrices: Vec<_> = attention.qkv.tensors().iter().collect();
        matrices.push(&attention.output);
        matrices.extend(gated.gate_up.tensors());
        matrices.push(&gated.down);
        matrices
    }

    /// The matrices of the layer for changes of their weights, in the order of use.
    pub fn matrices_mut(&mut self) -> Vec<&mut Linear> {
        let MixerBlock::Attention(attention) = &mut self.mixer;
        let FfnBlock::Gated(gated) = &mut self.ffn;
        let mut matrices: Vec<_> = attention.qkv.tensors_mut().iter_mut().collect();
        matrices.push(&mut attention.output);
        matrices.extend(gated.gate_up.tensors_mut());
        matrices.push(&mut gated.down);
        matrices
    }

    /// Longest sequence that the layer has angles of rotation for.
    pub fn max_tokens(&self) -> usize {
        let MixerBlock::Attention(attention) = &self.mixer;
        attention.rotation.as_ref().map_or(usize::MAX, super::rope::Rotary::n_positions)
    }

    /// The output for `x`, `[tokens, d_model]`, of sequences with these lengths.
    ///
    /// All numbers are f32; sums of norms and softmax are f64. The bits do not depend on the number of threads.
    ///
    /// # Panics
    /// When the lengths do not add up to the tokens of `x`, or one exceeds [`GradientLayer::max_tokens`].
    pub fn forward(&self, x: &[f32], lengths: &[usize]) -> LayerPass {
        assert_eq!(x.len(), lengths.iter().sum::<usize>() * self.d_model(), "the tokens of all sequences");
        assert!(lengths.iter().all(|&length| length <= self.max_tokens()), "angles of all positions");
        let mixer_input = self.pre_norm(x, self.mixer_norm.as_ref());
        let MixerBlock::Attention(attention) = &self.mixer;
        let (mixed, mixer) = attention.forward(&mixer_input, lengths);
        let (middle, mixed) = self.add(x, mixed, self.mixer_post_norm.as_ref());
        let ffn_input = self.pre_norm(&middle, self.ffn_norm.as_ref());
        let FfnBlock::Gated(gated) = &self.ffn;
        let (worked, ffn) = gated.forward(&ffn_input);
        let (output, worked) = self.add(&middle, worked, self.ffn_post_norm.as_ref());
        let (mixer, ffn) = (MixerPass::Attention(mixer), FfnPass::Gated(ffn));
        LayerPass { output, mixer_input, mixer, mixed, middle, ffn_input, ffn, worked }
    }

    /// The gradient of the input `x`, given that of the output; passes input and output gradient of every product to
    /// `gradients`, from the last product to the first.
    ///
    /// # Panics
    /// When the lengths differ from those of the forward pass.
    pub fn backward(
        &self,
        x: &[f32],
        lengths: &[usize],
        pass: &LayerPass,
        d_output: &[f32],
        gradients: &mut dyn ProductGradients,
    ) -> Vec<f32> {
        self.walk_back(Tokens { x, lengths }, pass, d_output, gradients, true)
    }

    /// [`GradientLayer::backward`] without the gradient of the input, which saves the products of the first matrices.
    ///
    /// # Panics
    /// When the lengths differ from those of the forward pass.
    pub fn backward_weights(
        &self,
        x: &[f32],
        lengths: &[usize],
        pass: &LayerPass,
        d_output: &[f32],
        gradients: &mut dyn ProductGradients,
    ) {
        self.walk_back(Tokens { x, lengths }, pass, d_output, gradients, false);
    }

    fn walk_back(
        &self,
        Tokens { x, lengths }: Tokens<'_>,
        pass: &LayerPass,
        d_output: &[f32],
        gradients: &mut dyn ProductGradients,
        wants_input: bool,
    ) -> Vec<f32> {
        assert!(x.len() == pass.output.len() && d_output.len() == x.len(), "the tokens of the forward pass");
        let (FfnBlock::Gated(gated), FfnPass::Gated(ffn)) = (&self.ffn, &pass.ffn);
        let mut dx = d_output.to_vec();
        let d_worked = self.before_post_norm(&pass.worked, self.ffn_post_norm.as_ref(), d_output);
        let mut d_input = vec![0.0; dx.len()];
        gated.backward(&pass.ffn_input, ffn, &d_worked, gradients, &mut d_input);
        self.before_pre_norm(&pass.middle, self.ffn_norm.as_ref(), &d_input, &mut dx);

        let (MixerBlock::Attention(attention), MixerPass::Attention(mixer)) = (&self.mixer, &pass.mixer);
        let d_mixed = self.before_post_norm(&pass.mixed, self.mixer_post_norm.as_ref(), &dx);
        d_input.fill(0.0);
        let wanted = wants_input.then_some(&mut d_input[..]);
        let tokens = Tokens { x: &pass.mixer_input, lengths };
        attention.backward(tokens, mixer, &d_mixed, gradients, wanted);
        if wants_input {
            self.before_pre_norm(x, self.mixer_norm.as_ref(), &d_input, &mut dx);
        }
        dx
    }

    /// The sum of the residual stream and a block's output, and that output if the gradient of its norm needs it.
    fn add(&self, x: &[f32], block: Vec<f32>, post_norm: Option<&Vec<f32>>) -> (Vec<f32>, Vec<f32>) {
        let (mut sum, before) = match post_norm {
            Some(weight) => (rms_norm(&block, weight, self.norm_eps), block),
            None => (block, Vec::new()),
        };
        sum.iter_mut().zip(x).for_each(|(sum, x)| *sum = *sum * self.residual_scale + x);
        (sum, before)
    }

    /// The input of a block, given the residual stream.
    fn pre_norm(&self, x: &[f32], weight: Option<&Vec<f32>>) -> Vec<f32> {
        weight.map_or_else(|| x.to_vec(), |weight| rms_norm(x, weight, self.norm_eps))
    }

    /// Adds the gradient of the residual stream `x` to `dx`, given that of a block's input.
    fn before_pre_norm(&self, x: &[f32], weight: Option<&Vec<f32>>, d_input: &[f32], dx: &mut [f32]) {
        match weight {
            Some(weight) => add_rms_norm_gradient(x, weight, self.norm_eps, d_input, dx),
            None => dx.iter_mut().zip(d_input).for_each(|(dx, d)| *dx += d),
        }
    }

    /// The gradient of a block's output before its post norm, if it has one.
    fn before_post_norm(&self, before: &[f32], post_norm: Option<&Vec<f32>>, d: &[f32]) -> Vec<f32> {
        let d: Vec<f32> = d.iter().map(|d| d * self.residual_scale).collect();
        let Some(weight) = post_norm else { return d };
        let mut d_before = vec![0.0; d.len()];
        add_rms_norm_gradient(before, weight, self.norm_eps, &d, &mut d_before);
        d_before
    }
}
