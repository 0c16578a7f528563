//! The first and the last step of a decoder: embedding lookup and logits.

use nibble_kernels::norm::rms_norm;
use nibble_kernels::rows::for_each_row;
use nibble_kernels::softcap::softcap;
use nibble_kernels::{Activations, InputPrecision, Product, matmul};

use super::buffers::Buffers;
use super::model::Model;
use super::pass::{Batch, Part, Pass};
use crate::backend::Logits;

/// Computes stream = token_embd\[token\] · embedding_scale, or copies the given stream, and the angles of the tokens' positions.
pub(super) fn embed(model: &Model, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
    let (width, scale) = (model.spec.d_model, model.spec.embedding_scale);
    for part in batch.parts() {
        let (tokens, sequence) = (part.tokens, part.sequence);
        let first = sequence.first_position();
        for rope in &mut sequence.ropes {
            rope.fill(first, tokens.len());
        }
        let stream = &mut buffers.stream[part.rows.start * width..part.rows.end * width];
        if let Some(given) = part.stream {
            stream.copy_from_slice(given);
            continue;
        }
        for_each_row(pass.pool, (stream, width), (&mut [(); 0], 0), &|row, stream, _| {
            model.weights.embedding.row_f32(tokens[row] as usize, stream);
            if scale.to_bits() != 1.0_f32.to_bits() {
                for x in stream {
                    *x *= scale;
                }
            }
        });
    }
}

/// Copies the residual stream to the feeds that gave one.
pub(super) fn return_stream(model: &Model, batch: &mut Batch<'_, '_>, buffers: &Buffers) {
    let width = model.spec.d_model;
    for part in batch.parts() {
        if let Some(given) = part.stream {
            given.copy_from_slice(&buffers.stream[part.rows.start * width..part.rows.end * width]);
        }
    }
}

/// Writes the logits that the sequences of a pass request.
///
/// Where several sequences request those after their last token, the output matrix is read once for all of them.
pub(super) fn write_logits(model: &Model, pass: &Pass<'_>, batch: &mut Batch<'_, '_>, buffers: &mut Buffers) {
    let mut n_last = 0;
    for part in batch.parts() {
        match part.logits {
            Logits::None => {}
            Logits::Last => n_last += usize::from(part.is_last),
            Logits::All | Logits::AllExact => write_all(model, pass, part, buffers),
        }
    }
    if n_last > 0 {
        write_last(model, pass, batch, buffers, n_last);
    }
}

/// Writes the logits of every row of a part.
fn write_all(model: &Model, pass: &Pass<'_>, part: Part<'_>, buffers: &mut Buffers) {
    let (width, vocab) = (model.spec.d_model, model.spec.vocab_size);
    let (rows_per_call, n_rows) = (part.rows_per_call(), part.rows.len());
    let stream = &mut buffers.stream[part.rows.start * width..part.rows.end * width];
    let normed = &mut buffers.block[..n_rows * width];
    for_each_row(pass.pool, (stream, width), (&mut *normed, width), &|_, stream, normed| {
        norm(model, pass, stream, normed);
    });
    if let Some(tap) = part.tap {
        tap.input(model.weights.head_slot, normed);
    }
    let out = &mut part.sequence.logits[part.sequence.done * vocab..][..n_rows * vocab];
    project(model, pass, (normed, &mut buffers.input), rows_per_call, out);
}

/// Writes the logits of the last row of each of `n_last` parts.
fn write_last(
    model: &Model,
    pass: &Pass<'_>,
    batch: &mut Batch<'_, '_>,
    buffers: &mut Buffers,
    n_last: usize,
) {
    let (width, vocab) = (model.spec.d_model, model.spec.vocab_size);
    let wanting = |part: &Part<'_>| part.logits == Logits::Last && part.is_last;
    let normed = &mut buffers.block[..n_last * width];
    for (part, normed) in batch.parts().filter(wanting).zip(normed.chunks_exact_mut(width)) {
        let last = part.rows.end - 1;
        norm(model, pass, &buffers.stream[last * width..][..width], normed);
        if let Some(tap) = part.tap {
            tap.input(model.weights.head_slot, normed);
        }
    }
    if n_last == 1 {
        for part in batch.parts().filter(wanting) {
            let out = &mut part.sequence.logits[..vocab];
            project(model, pass, (normed, &mut buffers.input), 1, out);
        }
        return;
    }
    if buffers.head.len() < n_last * vocab {
        buffers.head.resize(n_last * vocab, 0.0); // allocates only for a larger number of sequences than before
    }
    let out = &mut buffers.head[..n_last * vocab];
    project(model, pass, (normed, &mut buffers.input), 1, out);
    for (part, logits) in batch.parts().filter(wanting).zip(out.chunks_exact(vocab)) {
        part.sequence.logits[..vocab].copy_from_slice(logits);
    }
}

fn norm(model: &Model, pass: &Pass<'_>, stream: &[f32], normed: &mut [f32]) {
    rms_norm(pass.level, stream, &model.weights.output_norm, model.spec.norm_eps, normed);
}

/// Computes out = \[cap\](rows · output · logit_scale), with `rows_per_call` rows per kernel call.
fn project(
    model: &Model,
    pass: &Pass<'_>,
    (rows, input): (&[f32], &mut Activations),
    rows_per_call: usize,
    out: &mut [f32],
) {
    let (head, width, vocab) = (model.weights.head(), model.spec.d_model, model.spec.vocab_size);
    let formats =
        head.input_formats().for_batch(pass.level, rows_per_call).with_precision(InputPrecision::Twice);
    let at_once = input.most_tokens(formats);
    for (rows, out) in rows.chunks(at_once * width).zip(out.chunks_mut(at_once * vocab)) {
        input.quantize(pass.level, pass.pool, rows, rows.len() / width, formats);
        matmul(pass.level, pass.pool, &mut [Product { matrix: head, out }], input);
    }
    let scale = model.spec.logit_scale;
    if scale.to_bits() != 1.0_f32.to_bits() {
        for logit in &mut *out {
            *logit *= scale;
        }
    }
    if let Some(cap) = model.spec.final_softcap {
        out.chunks_mut(vocab).for_each(|row| softcap(pass.level, cap, row));
    }
}
