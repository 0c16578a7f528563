//! The forward pass written down plainly in f64, all positions at once, without cache or tricks.

use half::f16;

use crate::backend::testing::TinyModel;
use crate::backend::{Activation, AttentionSpec, Ffn, LayerSpec, Mixer, RopeKind};

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
    let norm = tensor(model, "output_norm.weight");
    let normed: Rows = stream.iter().map(|x| rms_norm(model, x, &norm)).collect();
    let head = model.get("output.weight").map_or(embedding, |_| tensor(model, "output.weight"));
    let cap = |x: f64| spec.final_softcap.map_or(x, |cap| f64::from(cap) * (x / f64::from(cap)).tanh());
    let scale = f64::from(spec.logit_scale);
    normed.iter().flat_map(|x| product(x, &head)).map(|x| cap(x * scale)).collect()
}

fn run_layer(model: &TinyModel, number: usize, layer: &LayerSpec, stream: &mut Rows) {
    let (Mixer::Attention(spec), Ffn::Gated(mlp)) = (&layer.mixer, &layer.ffn);
    let get = |part: &str| tensor(model, &format!("blk.{number}.{part}"));
    let pre_norm = |x: &[f64], name: &str| {
        if layer.pre_norms { rms_norm(model, x, &get(name)) } else { x.to_vec() }
    };
    let normed: Rows = stream.iter().map(|x| pre_norm(x, "attn_norm.weight")).collect();
    let (q_len, kv_len) = (spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim);
    // What the model has a bias for, gets it.
    let project = |name: &str, x: &[f64]| {
        let mut y = product(x, &get(&format!("{name}.weight")));
        if let Some(bias) = model.get(&format!("blk.{number}.{name}.bias")) {
            y.iter_mut().zip(bias).for_each(|(y, bias)| *y += f64::from(bias));
        }
        y
    };
    let (mut q, mut k, mut v): (Rows, Rows, Rows) = (Vec::new(), Vec::new(), Vec::new());
    for (position, x) in normed.iter().enumerate() {
        let mut all = if spec.fused_qkv {
            project("attn_qkv", x)
        } else {
            [project("attn_q", x), project("attn_k", x), project("attn_v", x)].concat()
        };
        if spec.qk_norm_whole {
            let (query, rest) = all.split_at(q_len);
            let (key, value) = rest.split_at(kv_len);
            let norm = |x: &[f64], name: &str| rms_norm(model, x, &get(name));
            all =
                [norm(query, "attn_q_norm.weight"), norm(key, "attn_k_norm.weight"), value.to_vec()].concat();
        }
        let mut heads: Rows = all.chunks(spec.head_dim).map(<[f64]>::to_vec).collect();
        for (index, head) in heads.iter_mut().enumerate().take(spec.n_heads + spec.n_kv_heads) {
            if spec.qk_norm && !spec.qk_norm_whole {
                let part = if index < spec.n_heads { "attn_q_norm.weight" } else { "attn_k_norm.weight" };
                *head = rms_norm(model, head, &get(part));
            }
            rotate(model, spec, position, stream.len(), head);
            if let Some(scale) = spec.query_scale.filter(|_| index < spec.n_heads) {
                let contexts = (position / scale.original_context) as f64;
                head.iter_mut().for_each(|x| *x *= 1.0 + f64::from(scale.beta) * contexts.ln_1p());
            }
        }
        let all = heads.concat();
        let half = |x: &f64| f16::from_f32(*x as f32).to_f64();
        q.push(all[..q_len].to_vec());
        k.push(all[q_len..q_len + kv_len].iter().map(half).collect());
        v.push(all[q_len + kv_len..].iter().map(half).collect());
    }
    for position in 0..stream.len() {
        let o = project("attn_output", &attend(spec, position, &q[position], &k, &v));
        add(model, layer, &mut stream[position], o, || get("post_attention_norm.weight"));
        let f = pre_norm(&stream[position], "ffn_norm.weight");
        let (gate, up) = if mlp.fused_gate_up {
            let both = project("ffn_up", &f);
            (both[..mlp.d_ff].to_vec(), both[mlp.d_ff..].to_vec())
        } else {
            (project("ffn_gate", &f), project("ffn_up", &f))
        };
        let m: Vec<f64> =
            gate.iter().zip(up).map(|(&gate, up)| activate(mlp.activation, gate) * up).collect();
        let m = project("ffn_down", &m);
        add(model, layer, &mut stream[position], m, || get("post_ffw_norm.weight"));
    }
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
