//! The forward pass written down plainly in f64, all positions at once, without cache or tricks.

use half::f16;

use crate::backend::testing::TinyModel;
use crate::backend::{
    Activation, AttentionSpec, ExpertsSpec, Ffn, GatedDeltaSpec, LayerSpec, Mixer, MlpSpec, RopeKind,
    RouterScores, ShortConvSpec,
};

type Rows = Vec<Vec<f64>>;

/// Logits after every token, row by row.
pub(super) fn logits(model: &TinyModel, tokens: &[u32]) -> Vec<f64> {
    let spec = &model.spec;
    let embedding = tensor(model, "token_embd.weight");
    let mut stream: Rows = tokens
        .iter()
        .map(|&token| {
            let row = &embedding[token as usize * spec.d_model..][..spec.d_model];
            row.iter().map(|x| x * f64::from(spec.embedding_scale)).collect()
        })
        .collect();
    for (number, layer) in spec.layers.iter().enumerate() {
        run_layer(model, number, layer, &mut stream);
    }
    let norm = tensor(model, &format!("{}.weight", spec.output_norm));
    let normed: Rows = stream.iter().map(|x| rms_norm(model, x, &norm)).collect();
    let head = model.get("output.weight").map_or(embedding, |_| tensor(model, "output.weight"));
    let cap = |x: f64| spec.final_softcap.map_or(x, |cap| f64::from(cap) * (x / f64::from(cap)).tanh());
    let scale = f64::from(spec.logit_scale);
    normed.iter().flat_map(|x| product(x, &head)).map(|x| cap(x * scale)).collect()
}

/// A layer of the model, by which its tensors are found.
#[derive(Clone, Copy)]
struct Place<'m> {
    model: &'m TinyModel,
    number: usize,
}

impl Place<'_> {
    fn get(&self, part: &str) -> Vec<f64> {
        tensor(self.model, &format!("blk.{}.{part}", self.number))
    }

    /// The product with a matrix; what the model has a bias for, gets it.
    fn project(&self, name: &str, x: &[f64]) -> Vec<f64> {
        let mut y = product(x, &self.get(&format!("{name}.weight")));
        if let Some(bias) = self.model.get(&format!("blk.{}.{name}.bias", self.number)) {
            y.iter_mut().zip(bias).for_each(|(y, bias)| *y += f64::from(bias));
        }
        y
    }

    /// The product with a matrix of a stack.
    fn project_by(&self, name: &str, expert: usize, n_experts: usize, x: &[f64]) -> Vec<f64> {
        let of_expert =
            |all: &[f64]| all.chunks(all.len() / n_experts).nth(expert).expect("an expert").to_vec();
        let mut y = product(x, &of_expert(&self.get(&format!("{name}.weight"))));
        if let Some(bias) = self.model.get(&format!("blk.{}.{name}.bias", self.number)) {
            let bias: Vec<f64> = bias.into_iter().map(f64::from).collect();
            y.iter_mut().zip(of_expert(&bias)).for_each(|(y, bias)| *y += bias);
        }
        y
    }
}

fn run_layer(model: &TinyModel, number: usize, layer: &LayerSpec, stream: &mut Rows) {
    let place = Place { model, number };
    let pre_norm = |x: &[f64], name: &str| {
        if layer.pre_norms { rms_norm(model, x, &place.get(&format!("{name}.weight"))) } else { x.to_vec() }
    };
    let normed: Rows = stream.iter().map(|x| pre_norm(x, "attn_norm")).collect();
    let mixed = match &layer.mixer {
        Mixer::Attention(spec) => attention(place, spec, &normed),
        Mixer::ShortConv(spec) => short_conv(place, spec, &normed),
        Mixer::GatedDelta(spec) => gated_delta(place, spec, &normed),
    };
    for (x, mixed) in stream.iter_mut().zip(mixed) {
        add(model, layer, x, mixed, || place.get("post_attention_norm.weight"));
        let f = pre_norm(x, layer.ffn_norm);
        let worked = match &layer.ffn {
            Ffn::Gated(spec) => mlp(spec, &f, |name, x| place.project(name, x)),
            Ffn::Experts(spec) => experts(place, spec, &f),
        };
        add(model, layer, x, worked, || place.get("post_ffw_norm.weight"));
    }
}

fn attention(place: Place<'_>, spec: &AttentionSpec, normed: &Rows) -> Rows {
    let (q_len, kv_len) = (spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim);
    let (mut q, mut k, mut v, mut gates): (Rows, Rows, Rows, Rows) = Default::default();
    for (position, x) in normed.iter().enumerate() {
        let mut all = if spec.fused_qkv {
            place.project("attn_qkv", x)
        } else {
            ["attn_q", "attn_k", "attn_v"].map(|name| place.project(name, x)).concat()
        };
        if spec.gated {
            let rest = all.split_off(2 * q_len);
            let (mut queries, mut gate) = (Vec::new(), Vec::new());
            for both in all.chunks(2 * spec.head_dim) {
                queries.extend_from_slice(&both[..spec.head_dim]);
                gate.extend(both[spec.head_dim..].iter().map(|x| sigmoid(*x)));
            }
            gates.push(gate);
            all = [queries, rest].concat();
        }
        if spec.qk_norm_whole {
            let (query, rest) = all.split_at(q_len);
            let (key, value) = rest.split_at(kv_len);
            let norm = |x: &[f64], name: &str| rms_norm(place.model, x, &place.get(name));
            all =
                [norm(query, "attn_q_norm.weight"), norm(key, "attn_k_norm.weight"), value.to_vec()].concat();
        }
        let mut heads: Rows = all.chunks(spec.head_dim).map(<[f64]>::to_vec).collect();
        for (index, head) in heads.iter_mut().enumerate().take(spec.n_heads + spec.n_kv_heads) {
            if spec.qk_norm && !spec.qk_norm_whole {
                let part = if index < spec.n_heads { "attn_q_norm.weight" } else { "attn_k_norm.weight" };
                *head = rms_norm(place.model, head, &place.get(part));
            }
            rotate(place.model, spec, position, normed.len(), head);
            if let Some(scale) = spec.query_scale.filter(|_| index < spec.n_heads) {
                let contexts = (position / scale.original_context) as f64;
                for x in head.iter_mut() {
                    *x *= 1.0 + f64::from(scale.beta) * contexts.ln_1p();
                }
            }
        }
        let all = heads.concat();
        let half = |x: &f64| f16::from_f32(*x as f32).to_f64();
        q.push(all[..q_len].to_vec());
        k.push(all[q_len..q_len + kv_len].iter().map(half).collect());
        v.push(all[q_len + kv_len..].iter().map(half).collect());
    }
    let of_position = |position: usize| {
        let mut attended = attend(spec, position, &q[position], &k, &v);
        if let Some(gate) = gates.get(position) {
            attended.iter_mut().zip(gate).for_each(|(x, gate)| *x *= gate);
        }
        place.project("attn_output", &attended)
    };
    (0..normed.len()).map(of_position).collect()
}

fn short_conv(place: Place<'_>, spec: &ShortConvSpec, normed: &Rows) -> Rows {
    let projected: Rows = normed.iter().map(|x| place.project("shortconv.in_proj", x)).collect();
    let width = normed[0].len();
    let inputs: Rows =
        projected.iter().map(|row| (0..width).map(|c| row[c] * row[2 * width + c]).collect()).collect();
    let mixed = convolve(&inputs, &place.get("shortconv.conv.weight"), spec.kernel);
    let gated = projected.iter().zip(mixed).map(|(row, mixed)| {
        let gated: Vec<f64> = mixed.iter().zip(&row[width..]).map(|(x, gate)| x * gate).collect();
        place.project("shortconv.out_proj", &gated)
    });
    gated.collect()
}

/// Convolution over the last `kernel` rows, zeros before the first; `weights` are `[channels, kernel]`.
fn convolve(rows: &Rows, weights: &[f64], kernel: usize) -> Rows {
    let of = |token: usize, channel: usize| -> f64 {
        let tap = |j: usize| {
            let row = (token + 1 + j).checked_sub(kernel).map(|at| &rows[at]);
            row.map_or(0.0, |row| row[channel] * weights[channel * kernel + j])
        };
        (0..kernel).map(tap).sum()
    };
    (0..rows.len()).map(|token| (0..rows[0].len()).map(|channel| of(token, channel)).collect()).collect()
}

fn gated_delta(place: Place<'_>, spec: &GatedDeltaSpec, normed: &Rows) -> Rows {
    let GatedDeltaSpec { n_key_heads, n_value_heads, key_dim, value_dim, kernel } = *spec;
    let projected: Rows = normed.iter().map(|x| place.project("attn_qkv", x)).collect();
    let mixed = convolve(&projected, &place.get("ssm_conv1d.weight"), kernel);
    let (factor, added, norm) = (place.get("ssm_a"), place.get("ssm_dt.bias"), place.get("ssm_norm.weight"));
    let mut memories = vec![vec![0.0; key_dim * value_dim]; n_value_heads];
    let mut out = Vec::new();
    for (x, row) in normed.iter().zip(mixed) {
        let row: Vec<f64> = row.iter().map(|x| x * sigmoid(*x)).collect();
        let unit = |from: usize| -> Vec<f64> {
            let head = &row[from..from + key_dim];
            let length = (head.iter().map(|x| x * x).sum::<f64>() + 1e-6).sqrt();
            head.iter().map(|x| x / length).collect()
        };
        let rates = place.project("ssm_beta", x);
        let decays = product(x, &place.get("ssm_alpha.weight"));
        let gate = place.project("attn_gate", x);
        let mut outputs = Vec::new();
        for (head, memory) in memories.iter_mut().enumerate() {
            let key_head = head % n_key_heads * key_dim;
            let (query, key) = (unit(key_head), unit(n_key_heads * key_dim + key_head));
            let value = &row[2 * n_key_heads * key_dim + head * value_dim..][..value_dim];
            let decay = (factor[head] * (decays[head] + added[head]).exp().ln_1p()).exp();
            for cell in memory.iter_mut() {
                *cell *= decay;
            }
            let read = |memory: &[f64], by: &[f64]| -> Vec<f64> {
                (0..value_dim)
                    .map(|v| (0..key_dim).map(|k| by[k] * memory[k * value_dim + v]).sum())
                    .collect()
            };
            let before = read(memory, &key);
            for (k, key) in key.iter().enumerate() {
                for v in 0..value_dim {
                    memory[k * value_dim + v] += key * sigmoid(rates[head]) * (value[v] - before[v]);
                }
            }
            let output: Vec<f64> = read(memory, &query).iter().map(|x| x / (key_dim as f64).sqrt()).collect();
            outputs.extend(rms_norm(place.model, &output, &norm));
        }
        outputs.iter_mut().zip(gate).for_each(|(x, gate)| *x *= gate * sigmoid(gate));
        out.push(place.project("ssm_out", &outputs));
    }
    out
}

/// A gated MLP with the products of `project`, by name.
fn mlp(spec: &MlpSpec, x: &[f64], project: impl Fn(&str, &[f64]) -> Vec<f64>) -> Vec<f64> {
    let (gate, up) = if spec.fused_gate_up {
        let both = project("ffn_up", x);
        (both[..spec.d_ff].to_vec(), both[spec.d_ff..].to_vec())
    } else {
        (project("ffn_gate", x), project("ffn_up", x))
    };
    let gated: Vec<f64> =
        gate.iter().zip(up).map(|(&gate, up)| activate(spec.activation, gate) * up).collect();
    project("ffn_down", &gated)
}

fn experts(place: Place<'_>, spec: &ExpertsSpec, x: &[f64]) -> Vec<f64> {
    let router = spec.router;
    let products = place.project("ffn_gate_inp", x);
    let total: f64 = products.iter().map(|product| product.exp()).sum();
    let scores: Vec<f64> = match router.scores {
        RouterScores::Softmax | RouterScores::SoftmaxOfChosen => {
            products.iter().map(|product| product.exp() / total).collect()
        }
        RouterScores::Sigmoid => products.iter().map(|product| sigmoid(*product)).collect(),
    };
    let bias = if router.selection_bias { place.get("exp_probs_b.bias") } else { vec![0.0; scores.len()] };
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| (scores[b] + bias[b]).total_cmp(&(scores[a] + bias[a])));
    let chosen = &order[..spec.n_used];
    // A softmax of the chosen alone is a softmax of all, divided by the sum of the chosen.
    let is_divided = router.renormalized || router.scores == RouterScores::SoftmaxOfChosen;
    let sum = if is_divided { chosen.iter().map(|&expert| scores[expert]).sum() } else { 1.0 };
    let mut out = vec![0.0; x.len()];
    for &expert in chosen {
        let project =
            |name: &str, x: &[f64]| place.project_by(&format!("{name}_exps"), expert, spec.n_experts, x);
        let weight = f64::from(router.scale) * scores[expert] / sum;
        let of_expert = mlp(&spec.expert, x, project);
        out.iter_mut().zip(of_expert).for_each(|(out, y)| *out += weight * y);
    }
    if let Some(shared) = &spec.shared {
        let of_shared = mlp(&shared.mlp, x, |name, x| place.project(&format!("{name}_shexp"), x));
        let gate =
            if shared.gated { sigmoid(product(x, &place.get("ffn_gate_inp_shexp.weight"))[0]) } else { 1.0 };
        out.iter_mut().zip(of_shared).for_each(|(out, y)| *out += gate * y);
    }
    out
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn attend(spec: &AttentionSpec, position: usize, q: &[f64], k: &Rows, v: &Rows) -> Vec<f64> {
    let (hd, group) = (spec.head_dim, spec.n_heads / spec.n_kv_heads);
    let from = spec.window.map_or(0, |window| (position + 1).saturating_sub(window));
    let mut out = Vec::new();
    for (head, q) in q.chunks(hd).enumerate() {
        let at = head / group * hd..(head / group + 1) * hd;
        let scores = k[from..=position].iter().map(|k| {
            let score: f64 = q.iter().zip(&k[at.clone()]).map(|(q, k)| q * k).sum::<f64>();
            let score = score * f64::from(spec.scale);
            spec.softcap.map_or(score, |cap| f64::from(cap) * (score / f64::from(cap)).tanh())
        });
        let weights: Vec<f64> = scores.map(f64::exp).collect();
        let total: f64 = weights.iter().sum();
        for element in at {
            out.push(weights.iter().zip(&v[from..]).map(|(w, v)| w * v[element]).sum::<f64>() / total);
        }
    }
    out
}

fn rotate(model: &TinyModel, spec: &AttentionSpec, position: usize, capacity: usize, head: &mut [f64]) {
    let Some(rope) = &spec.rope else { return };
    let factors = rope.factors_tensor(capacity).map(|name| model.get(name).expect("factors"));
    for (pair, frequency) in rope.frequencies(&factors.unwrap_or_default()).into_iter().enumerate() {
        let (i, j) = match rope.kind {
            RopeKind::Interleaved => (2 * pair, 2 * pair + 1),
            RopeKind::NeoX => (pair, pair + rope.n_rotary / 2),
        };
        let (sin, cos) = (position as f64 * f64::from(frequency)).sin_cos();
        let (a, b) = (head[i], head[j]);
        head[i] = f64::from(rope.magnitude()) * (a * cos - b * sin);
        head[j] = f64::from(rope.magnitude()) * (b * cos + a * sin);
    }
}

fn activate(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Silu => x / (1.0 + (-x).exp()),
        Activation::GeluTanh => {
            0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3))).tanh())
        }
    }
}

fn add(
    model: &TinyModel,
    layer: &LayerSpec,
    stream: &mut [f64],
    block: Vec<f64>,
    post_norm: impl Fn() -> Vec<f64>,
) {
    let block = if layer.post_norms { rms_norm(model, &block, &post_norm()) } else { block };
    stream.iter_mut().zip(block).for_each(|(x, y)| *x += y * f64::from(layer.residual_scale));
}

fn rms_norm(model: &TinyModel, x: &[f64], weight: &[f64]) -> Vec<f64> {
    let mean = x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
    let factor = 1.0 / (mean + f64::from(model.spec.norm_eps)).sqrt();
    x.iter().zip(weight).map(|(x, weight)| x * factor * weight).collect()
}

fn product(x: &[f64], matrix: &[f64]) -> Vec<f64> {
    matrix.chunks(x.len()).map(|row| row.iter().zip(x).map(|(w, x)| w * x).sum()).collect()
}

fn tensor(model: &TinyModel, name: &str) -> Vec<f64> {
    model.get(name).expect("the tiny model has it").into_iter().map(f64::from).collect()
}
