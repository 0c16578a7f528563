//! Perplexity and divergence on Shakespeare's sonnets, which no test chose for being easy.

use std::path::Path;

use nibble_engine::eval::Figures;
use nibble_kernels::Level;
use nibble_tests::divergence::{Feeding, ScoredLogits, ScoredText};
use nibble_tests::real_models::{self, GEMMA3, RealModel, SMOLLM2};

use crate::expected::{Expected, sonnets};
use crate::files::{in_f32, on_cpu, smollm2};

/// Largest divergence that rounded activations may cost, in nats: a fifth of what eight bits for each activation cost, and a
/// third of what the rounding of INT8's weights does. The aim is 3e-4.
const FROM_ACTIVATIONS: f64 = 9e-4;
/// The same for Gemma 3 270M, whose activations vary more: a seventh of what eight bits for each activation cost it.
const FROM_ACTIVATIONS_OF_GEMMA: f64 = 1.1e-3;

/// The windows of a model that transformers' values are recorded for.
fn text(model: &RealModel, path: &Path) -> ScoredText {
    let tokenizer = nibble_engine::models::open(path, &()).unwrap().tokenizer().unwrap();
    let recorded = Expected::of(model).sonnets;
    ScoredText::new(&tokenizer.encode(&sonnets()).unwrap(), recorded.context, recorded.windows)
}

fn compare(
    text: &ScoredText,
    reference: &ScoredLogits,
    path: &Path,
    level: Level,
    feeding: Feeding,
) -> Figures {
    let logits = text.read(&*on_cpu(path, level).decoder, feeding);
    let figures = text.compare(reference, &logits);
    let name = path.file_stem().unwrap().display();
    println!("{name} at {}, {feeding:?}: KL {:.2e}", level.name(), figures.kl_mean);
    figures
}

#[test]
fn perplexity_in_f32_is_that_of_transformers() {
    for model in real_models::all() {
        let Some(path) = model.path() else { continue };
        let text = text(model, path);
        let found = text.nll(&text.read(&*in_f32(path).decoder, Feeding::Together));
        let expected = Expected::of(model).sonnets.nll;
        println!("{}: {found:?}, transformers {expected:?}", model.name);
        assert_eq!(found.len(), expected.len());
        let is_near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= 1e-4;
        assert!(found.iter().zip(&expected).all(is_near), "{}: {found:?} {expected:?}", model.name);
    }
}

#[test]
fn activations_cost_next_to_nothing() {
    let mut costly = Vec::new();
    for precision in ["q4_1", "f16", "int8"] {
        let Some(path) = smollm2(precision) else { return };
        let text = text(&SMOLLM2, &path);
        let reference = text.read(&*in_f32(&path).decoder, Feeding::Together);
        for feeding in [Feeding::Together, Feeding::OneByOne] {
            let figures = compare(&text, &reference, &path, Level::best(), feeding);
            let perplexity = figures.perplexity / figures.original_perplexity;
            if figures.kl_mean > FROM_ACTIVATIONS || (perplexity - 1.0).abs() > 0.005 {
                costly.push(format!("{precision}, {feeding:?}: {:.2e}, {perplexity:.4}", figures.kl_mean));
            }
        }
    }
    assert!(costly.is_empty(), "{costly:#?}");
}

/// One window alone, since plain Rust takes its time.
#[test]
fn activations_cost_next_to_nothing_at_every_level() {
    let mut costly = Vec::new();
    for precision in ["q4_1", "int8"] {
        let Some(path) = smollm2(precision) else { return };
        let whole = text(&SMOLLM2, &path);
        let window = &whole.passages()[0].tokens;
        let text = ScoredText::new(window, window.len(), 1);
        let reference = text.read(&*in_f32(&path).decoder, Feeding::Together);
        for level in Level::available() {
            let figures = compare(&text, &reference, &path, level, Feeding::Together);
            if figures.kl_mean > FROM_ACTIVATIONS {
                costly.push(format!("{precision} at {}: {:.2e}", level.name(), figures.kl_mean));
            }
        }
    }
    assert!(costly.is_empty(), "{costly:#?}");
}

#[test]
fn activations_of_gemma_cost_next_to_nothing() {
    let Some(path) = GEMMA3.path() else { return };
    let text = text(&GEMMA3, path);
    let reference = text.read(&*in_f32(path).decoder, Feeding::Together);
    let figures = compare(&text, &reference, path, Level::best(), Feeding::Together);
    assert!(figures.kl_mean < FROM_ACTIVATIONS_OF_GEMMA, "{:.2e}", figures.kl_mean);
}
