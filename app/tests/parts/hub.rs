//! What the engine tells of the Hub and of the library.

use nibble_engine::jobs::protocol::{
    Advice, DescribeRequest, FetchReport, FetchRequest, Found, FoundPage, LibraryModel, ListedFile,
    ModelOrigin, ModelPage, ReadyMade, Refusal, RepoFacts, SearchRequest, Verdict, Wish,
};
use nibble_engine::quant::Precision;

/// What the Hub says of a model.
pub fn facts(repo: &str) -> RepoFacts {
    RepoFacts {
        repo: repo.into(),
        commit: Some("c".repeat(40)),
        model_type: Some("qwen3".into()),
        quantized_by: None,
        gguf_architecture: None,
        parameters: Some(596_000_000),
        context_length: None,
        license: Some("apache-2.0".into()),
        gated: false,
        downloads: 12_345,
        likes: 67,
        last_modified: Some("2026-05-04T03:02:01.000Z".into()),
        task: Some("text-generation".into()),
    }
}

/// A page of what `request` found: these models, and more if `next`.
pub fn found(request: SearchRequest, repos: &[&str], next: Option<&str>) -> FoundPage {
    let models = repos.iter().map(|repo| Found { facts: facts(repo), refusal: None }).collect();
    FoundPage { request, models, next: next.map(str::to_owned) }
}

/// Advice for one precision.
pub fn advice(precision: Precision, gb: f64, verdict: Verdict) -> Advice {
    let bytes = (gb * 1e9) as u64;
    Advice {
        precision,
        disk_bytes: bytes,
        weights_bytes: bytes,
        context_bytes: 100_000_000,
        memory_bytes: bytes + 250_000_000,
        tokens_per_second: Some(20.0 / gb),
        verdict,
    }
}

/// The page of a checkpoint that runs, with a file that others made at 4 bits.
pub fn page(repo: &str) -> ModelPage {
    ModelPage {
        request: DescribeRequest { repo: repo.into(), revision: None, context: 4096 },
        facts: facts(repo),
        needs_agreement: false,
        card: "# About\n\nA **small** model.".into(),
        files: vec![
            ListedFile { path: "config.json".into(), bytes: 700 },
            ListedFile { path: "model.safetensors".into(), bytes: 1_190_000_000 },
        ],
        checkpoint_bytes: Some(1_190_000_700),
        refusal: None,
        ready_made: vec![ReadyMade {
            repo: "other/Files-GGUF".into(),
            file: "files-Q4_K_M.gguf".into(),
            precision: Some("q4_k_m".into()),
            bytes: 380_000_000,
            refusal: None,
        }],
        advice: vec![
            advice(Precision::F16, 1.19, Verdict::DoesNotFit),
            advice(Precision::Q8_0, 0.63, Verdict::Comfortable),
            advice(Precision::Q5_0, 0.45, Verdict::Comfortable),
            advice(Precision::Q4_K_M, 0.38, Verdict::Comfortable),
        ],
        preselected: Some(Precision::Q8_0),
    }
}

/// The page of a model that does not run.
pub fn refused(repo: &str) -> ModelPage {
    let refusal = Refusal::UnknownArchitecture { found: "mamba".into(), known: "llama".into() };
    ModelPage {
        refusal: Some(refusal),
        checkpoint_bytes: None,
        advice: Vec::new(),
        preselected: None,
        ready_made: Vec::new(),
        ..page(repo)
    }
}

/// A wish for a model at 8 bits.
pub fn fetch(repo: &str) -> FetchRequest {
    let wish = Wish::Quantized(Precision::Q8_0);
    FetchRequest { repo: repo.into(), revision: None, wish, threads: None }
}

/// A model that was brought.
pub fn fetched(path: &str) -> FetchReport {
    FetchReport { path: path.into(), bytes: 630_000_000, fetched_bytes: 1_190_000_700, seconds: 60.0 }
}

/// A model of the library.
pub fn shelved(name: &str, path: &str, origin: ModelOrigin) -> LibraryModel {
    LibraryModel {
        name: name.into(),
        path: path.into(),
        origin,
        repo: None,
        original: None,
        architecture: Some("qwen3".into()),
        precision: Some("q8_0".into()),
        parameters: 596_000_000,
        context_length: 40_960,
        bytes: 630_000_000,
        last_used: None,
        quality: None,
        problem: None,
    }
}
