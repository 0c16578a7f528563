//! Prints what the arithmetic of activations costs: the KL divergence of Nibble's `cpu` backend, and of llama.cpp on the same files and
//! tokens, from the same weights in f32 arithmetic, and from the F16 weights in f32 arithmetic. As a Markdown table.
//!
//! ```text
//! tests/real/fetch
//! cargo run --release -p nibble-tests --example activations -- [--levels avx2,avx512] [--llama-cpp AVX2=PYTHON]...
//! ```
//! SmolLM2 reads sonnets, the starter model its held-out questions. PYTHON is an interpreter with the package `llama-cpp-python`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool of the repository; what is wrong should stop it"
)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use nibble_engine::backend;
use nibble_engine::jobs::{self, LoadOptions, LoadedModel, QuantizeRequest, RunOptions};
use nibble_engine::progress::Cancel;
use nibble_kernels::Level;
use nibble_tests::divergence::{Feeding, ScoredLogits, ScoredText};
use nibble_tests::real_models;
use serde_json::json;

/// The precisions of the table; all others are made from the first.
const PRECISIONS: [&str; 7] = ["f16", "int8", "q6_k", "q5_k_m", "int4", "iq4_xs", "q4_0"];
const THREADS: usize = 2;

/// One way to compute a file: its heading, and the divergences from the same weights and from F16, by precision.
type Columns = Vec<(String, Vec<[f64; 2]>)>;

struct Options {
    levels: Vec<Level>,
    /// Build of llama.cpp and the interpreter that has it.
    llama_cpp: Vec<(String, PathBuf)>,
}

struct Subject<'a> {
    title: &'a str,
    source: PathBuf,
    text: String,
    context: usize,
    windows: usize,
}

fn main() {
    let options = options();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| std::fs::read_to_string(top.join(path)).unwrap();
    let smollm2 = real_models::SMOLLM2.path().map(|path| Subject {
        title: "SmolLM2-135M-Instruct, from its Q4_1 file, on sonnets",
        source: path.to_owned(),
        text: read("tests/data/real/sonnets.txt"),
        context: 480,
        windows: 4,
    });
    let starter = Subject {
        title: "The starter model, on its held-out questions",
        source: top.join("assets/starter"),
        text: held_out(&read("tests/data/starter/held_out.toml"), &top),
        context: 256,
        windows: 8,
    };
    for subject in smollm2.into_iter().chain([starter]) {
        let folder = tempfile::tempdir().unwrap();
        println!("{}", table(&subject, &options, folder.path()));
    }
}

fn options() -> Options {
    let mut arguments = std::env::args().skip(1);
    let mut options = Options { levels: Vec::new(), llama_cpp: Vec::new() };
    while let Some(flag) = arguments.next() {
        let value = arguments.next().expect("a value after each flag");
        match flag.as_str() {
            "--levels" => {
                options.levels = value.split(',').map(|name| jobs::level(Some(name)).unwrap()).collect();
            }
            "--llama-cpp" => {
                let (build, python) = value.split_once('=').expect("BUILD=PYTHON");
                options.llama_cpp.push((build.to_owned(), python.into()));
            }
            _ => panic!("unknown option {flag}"),
        }
    }
    if options.levels.is_empty() {
        options.levels.push(Level::best());
    }
    options
}

/// The starter's held-out questions with their answers.
fn held_out(questions: &str, top: &Path) -> String {
    let table = |text: &str| text.parse::<toml::Table>().unwrap();
    let mut answers = HashMap::new();
    for file in std::fs::read_dir(top.join("assets/starter/training/corpus")).unwrap() {
        for intent in
            table(&std::fs::read_to_string(file.unwrap().path()).unwrap())["intent"].as_array().unwrap()
        {
            let text = |key: &str| intent[key].as_str().unwrap().to_owned();
            answers.insert(text("id"), text("answer"));
        }
    }
    let mut text = String::new();
    for question in table(questions)["question"].as_array().unwrap() {
        let intent = question.get("intent").or_else(|| question.get("intents")?.get(0));
        let answer = &answers[intent.unwrap().as_str().unwrap()];
        writeln!(text, "{}\n{answer}\n", question["text"].as_str().unwrap()).unwrap();
    }
    text
}

fn load(path: &Path, backend: &str, level: Level) -> LoadedModel {
    let run = RunOptions { level, ..RunOptions::new(THREADS) };
    let options = LoadOptions { backend: backend::by_name(backend).unwrap(), run };
    jobs::load(path, &options, &(), &Cancel::new()).unwrap()
}

fn quantize(source: &Path, target: &Path, precision: &str) {
    let precision = precision.parse().unwrap();
    let request = QuantizeRequest::new(source.to_owned(), target.to_owned(), precision);
    jobs::quantize(&request, &(), &Cancel::new()).unwrap();
}

fn table(subject: &Subject<'_>, options: &Options, folder: &Path) -> String {
    let original = folder.join("f16.gguf");
    quantize(&subject.source, &original, "f16");
    let reference = load(&original, "candle", Level::best());
    let tokens = reference.tokenizer.encode(&subject.text).unwrap();
    let text = ScoredText::new(&tokens, subject.context, subject.windows);
    let of_f16 = text.read(&*reference.decoder, Feeding::Together);
    drop(reference);
    let (mut sizes, mut weights, mut columns) = (Vec::new(), Vec::new(), Columns::new());
    for (row, precision) in PRECISIONS.into_iter().enumerate() {
        let file = folder.join(format!("{precision}.gguf"));
        if precision != "f16" {
            quantize(&original, &file, precision);
        }
        sizes.push(std::fs::metadata(&file).unwrap().len());
        let same = text.read(&*load(&file, "candle", Level::best()).decoder, Feeding::Together);
        weights.push(text.compare(&of_f16, &same).kl_mean);
        let mut add = |heading: String, logits: &ScoredLogits| {
            let found = [&same, &of_f16].map(|first| text.compare(first, logits).kl_mean);
            eprintln!("{precision} {heading}: {found:?}");
            match columns.iter_mut().find(|(name, _)| *name == heading) {
                Some((_, column)) => column.push(found),
                None => columns.push((heading, vec![found])),
            }
        };
        for &level in &options.levels {
            let model = load(&file, "cpu", level);
            for (feeding, name) in [(Feeding::Together, "prefill"), (Feeding::OneByOne, "decode")] {
                add(format!("{} {name}", level.name()), &text.read(&*model.decoder, feeding));
            }
        }
        for (build, python) in &options.llama_cpp {
            add(format!("llama.cpp {build}"), &llama_cpp(python, &file, &text, folder));
        }
        assert!(columns.iter().all(|(_, column)| column.len() == row + 1));
    }
    markdown(subject, &sizes, &weights, &columns)
}

/// The logits of llama.cpp at the scored positions.
fn llama_cpp(python: &Path, file: &Path, text: &ScoredText, folder: &Path) -> ScoredLogits {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("record/llama_cpp_logits.py");
    let (asked, written) = (folder.join("windows.json"), folder.join("logits"));
    let windows: Vec<_> = text
        .passages()
        .iter()
        .map(|passage| json!({ "tokens": passage.tokens, "first": passage.first }))
        .collect();
    std::fs::write(&asked, json!({ "threads": THREADS, "windows": windows }).to_string()).unwrap();
    let status = Command::new(python).arg(script).args([file, &asked, &written]).status().unwrap();
    assert!(status.success(), "{status}");
    let bytes = std::fs::read(written).unwrap();
    let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect();
    text.of_another(values)
}

fn markdown(subject: &Subject<'_>, sizes: &[u64], weights: &[f64], columns: &Columns) -> String {
    let headings: Vec<_> = columns.iter().map(|(heading, _)| heading.as_str()).collect();
    let mut out = format!(
        "## {}\n\n{} windows of {} tokens, of which the second half is scored.\n",
        subject.title, subject.windows, subject.context
    );
    for (kind, title, first) in [
        (0, "From activations alone: the same weights in f32 arithmetic", "MB"),
        (1, "In total: the F16 weights in f32 arithmetic", "weights alone"),
    ] {
        let rule = "| --- ".repeat(2 + headings.len());
        write!(out, "\n### {title}\n\n| precision | {first} | {} |\n{rule}|\n", headings.join(" | "))
            .unwrap();
        for (row, precision) in PRECISIONS.into_iter().enumerate() {
            let first = match kind {
                0 => format!("{:.1}", sizes[row] as f64 / 1e6),
                _ => format!("{:.1e}", weights[row]),
            };
            let cells: Vec<_> =
                columns.iter().map(|(_, column)| format!("{:.1e}", column[row][kind])).collect();
            writeln!(out, "| {precision} | {first} | {} |", cells.join(" | ")).unwrap();
        }
    }
    out
}
