//! Specification of a mixture of experts.

use super::MlpSpec;

/// Mixture of experts: for each token a router chooses some of many MLPs, whose outputs are added with weights.
///
/// ```text
/// s      = f·ffn_gate_inp [+ bias]                             one score per expert
/// p      = softmax(s) or sigmoid(s)                            over all experts
/// chosen = the n_used experts with the largest p [+ exp_probs_b]; the first of equal ones
/// w      = p[chosen], or softmax(s[chosen])
/// [w     = w / Σ w]
/// out    = scale · Σ w[e] · mlp_e(f)  [+ [sigmoid(f·ffn_gate_inp_shexp) ·] shared mlp(f)]
/// ```
///
/// The MLPs' matrices are stacks of one matrix per expert: `ffn_gate_exps`, `ffn_up_exps`, `ffn_down_exps`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpertsSpec {
    /// Number of experts.
    pub n_experts: usize,
    /// Number of experts that compute each token; at most `n_experts`.
    pub n_used: usize,
    /// One expert; all are of one shape.
    pub expert: MlpSpec,
    /// How experts are chosen and weighted.
    pub router: RouterSpec,
    /// The expert that computes every token, if there is one.
    pub shared: Option<SharedExpert>,
}

/// How a mixture of experts chooses and weights experts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RouterSpec {
    /// The function of the scores.
    pub scores: RouterScores,
    /// Whether the scores have a bias.
    pub bias: bool,
    /// Whether experts are chosen by scores plus `exp_probs_b`, which their weights do not contain.
    pub selection_bias: bool,
    /// Whether the chosen experts' weights are divided by their sum.
    pub renormalized: bool,
    /// Factor of the weights.
    pub scale: f32,
}

/// The function that turns a router's products into weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouterScores {
    /// Softmax over all experts.
    Softmax,
    /// Softmax over the chosen experts alone.
    SoftmaxOfChosen,
    /// Sigmoid of each product.
    Sigmoid,
}

/// An expert that computes every token.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedExpert {
    /// The expert's MLP: `ffn_gate_shexp`, `ffn_up_shexp`, `ffn_down_shexp`.
    pub mlp: MlpSpec,
    /// Whether its output is multiplied with the sigmoid of a product of its own (`ffn_gate_inp_shexp`).
    pub gated: bool,
}
