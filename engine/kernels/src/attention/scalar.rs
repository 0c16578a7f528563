//! Attention of one token, head by head: the definition.

use half::f16;

use super::{Problem, cache::PANEL};

/// Attends with all heads of token `token`; softmax online, f32 throughout.
pub(super) fn attend_token(problem: &Problem<'_>, token: usize, out: &mut [f32]) {
    let head_dim = problem.cache.shape().head_dim;
    let group = problem.group();
    for (head, out) in out.chunks_exact_mut(head_dim).enumerate() {
        let query = &problem.queries[token * problem.row_len() + head * head_dim..][..head_dim];
        let keys = problem.cache.keys(head / group);
        let values = problem.cache.values(head / group);
        let (mut largest, mut total) = (f32::NEG_INFINITY, 0.0);
        out.fill(0.0);
        for position in problem.visible(token) {
            let key = &keys[position / PANEL * PANEL * head_dim + position % PANEL..];
            let dot: f32 = query
                .iter()
                .zip(key.iter().step_by(PANEL))
                .map(|(&q, &k)| q * f16::from_bits(k).to_f32())
                .sum();
            let mut score = [dot * problem.params.scale];
            if let Some(cap) = problem.params.softcap {
                crate::softcap::softcap_scalar(cap, &mut score);
            }
            let new_largest = largest.max(score[0]);
            let (rescale, weight) = ((largest - new_largest).exp(), (score[0] - new_largest).exp());
            total = total * rescale + weight;
            let value = &values[position * problem.cache.value_stride()..][..head_dim];
            for (out, &value) in out.iter_mut().zip(value) {
                *out = *out * rescale + weight * f16::from_bits(value).to_f32();
            }
            largest = new_largest;
        }
        for out in out {
            *out /= total;
        }
    }
}
