//! Attention of one token, head by head: the definition.

use super::{
    Problem,
    cache::{Element, Head, HeadView, PANEL},
};

/// Attends with all heads of token `token`; softmax online, f32 throughout.
pub(super) fn attend_token(problem: &Problem<'_>, token: usize, out: &mut [f32]) {
    let head_dim = problem.cache.shape().head_dim;
    for (head, out) in out.chunks_exact_mut(head_dim).enumerate() {
        let query = &problem.queries[token * problem.row_len() + head * head_dim..][..head_dim];
        match problem.cache.head(head / problem.group()) {
            Head::F16(cached) => attend_head(problem, token, query, cached, out),
            Head::Int8(cached) => attend_head(problem, token, query, cached, out),
        }
    }
}

fn attend_head<E: Element>(
    problem: &Problem<'_>,
    token: usize,
    query: &[f32],
    cached: HeadView<'_, E>,
    out: &mut [f32],
) {
    let head_dim = query.len();
    let scale = |scales: Option<&[f32]>, position: usize| scales.map_or(1.0, |scales| scales[position]);
    let (mut largest, mut total) = (f32::NEG_INFINITY, 0.0);
    out.fill(0.0);
    for position in problem.visible(token) {
        let key = &cached.keys[position / PANEL * PANEL * head_dim + position % PANEL..];
        let dot: f32 = query.iter().zip(key.iter().step_by(PANEL)).map(|(&q, k)| q * k.number()).sum();
        let mut score = [dot * scale(cached.key_scales, position) * problem.params.scale];
        if let Some(cap) = problem.params.softcap {
            crate::softcap::softcap_scalar(cap, &mut score);
        }
        let new_largest = largest.max(score[0]);
        let (rescale, weight) = ((largest - new_largest).exp(), (score[0] - new_largest).exp());
        total = total * rescale + weight;
        let weight = weight * scale(cached.value_scales, position);
        let value = &cached.values[position * problem.cache.value_stride()..][..head_dim];
        for (out, value) in out.iter_mut().zip(value) {
            *out = *out * rescale + weight * value.number();
        }
        largest = new_largest;
    }
    for out in out {
        *out /= total;
    }
}
