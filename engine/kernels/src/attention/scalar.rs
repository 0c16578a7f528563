//! Attention of one token, head by head: the scalar definition.

use super::problem::Problem;

/// Computes attention of all heads of token `token`; online softmax, f32 throughout.
pub(super) fn attend_token(problem: &Problem<'_>, token: usize, out: &mut [f32]) {
    let head_dim = problem.cache.shape().head_dim;
    for (head, out) in out.chunks_exact_mut(head_dim).enumerate() {
        let query = &problem.queries[token * problem.row_len() + head * head_dim..][..head_dim];
        let kv_head = head / problem.group();
        let (mut largest, mut total) = (f32::NEG_INFINITY, 0.0);
        out.fill(0.0);
        for position in problem.visible(token) {
            let dot: f32 = query.iter().zip(problem.cache.key(kv_head, position)).map(|(&q, k)| q * k).sum();
            let mut score = [dot * problem.params.scale];
            if let Some(cap) = problem.params.softcap {
                crate::softcap::softcap_scalar(cap, &mut score);
            }
            let new_largest = largest.max(score[0]);
            let (rescale, weight) = ((largest - new_largest).exp(), (score[0] - new_largest).exp());
            total = total * rescale + weight;
            for (out, value) in out.iter_mut().zip(problem.cache.value(kv_head, position)) {
                *out = *out * rescale + weight * value;
            }
            largest = new_largest;
        }
        for out in out {
            *out /= total;
        }
    }
}
