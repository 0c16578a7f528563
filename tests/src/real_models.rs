//! The real models that tests use where they were fetched, and the record of which ones a run had.
//!
//! `tests/real/fetch` puts them into a folder. Where a file is missing, the tests of its model are skipped, which the last line of
//! a run tells; with `NIBBLE_REQUIRE_REAL_MODELS=1` they fail. A file with another checksum is an error either way.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ring::digest::{Context, SHA256};

/// Environment variable that makes a missing model an error: any value but 0.
const REQUIRE: &str = "NIBBLE_REQUIRE_REAL_MODELS";
/// Environment variable with the folder of the models.
const FOLDER: &str = "NIBBLE_REAL_MODELS";
/// The files with their checksums, as `sha256sum` writes them.
const CHECKSUMS: &str = include_str!("../real/models.sha256");

/// A real model: its GGUF file, and what transformers computes with its weights.
#[derive(Debug)]
pub struct RealModel {
    /// Name of the model, and of the file of recorded values below `tests/data/real`.
    pub name: &'static str,
    file: &'static str,
    checked: OnceLock<Option<PathBuf>>,
}

/// SmolLM2-135M-Instruct in Q4_1: a chat model with the architecture of llama.
pub static SMOLLM2: RealModel = RealModel::new("smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");
/// Gemma 3 270M in Q4_K_M: a base model with windows, a scored vocabulary of 262,144 tokens and widths that K formats do not hold.
pub static GEMMA3: RealModel = RealModel::new("gemma-3-270m", "gemma-3-270m-q4_k_m.gguf");

/// All real models.
pub fn all() -> [&'static RealModel; 2] {
    [&SMOLLM2, &GEMMA3]
}

impl RealModel {
    const fn new(name: &'static str, file: &'static str) -> Self {
        Self { name, file, checked: OnceLock::new() }
    }

    /// The model's file, checked once per process; `None`, with a printed line, if it was not fetched.
    ///
    /// # Panics
    /// If the environment requires a file that is missing, or a file is not the known one.
    pub fn path(&self) -> Option<&Path> {
        let found = self.checked.get_or_init(|| {
            let path = folder().join(self.file);
            let path = path.is_file().then_some(path)?;
            assert_eq!(sha256(&path), self.checksum(), "{} is another file", path.display());
            Some(path)
        });
        if found.is_none() {
            assert!(
                !is_required(),
                "{} is required ({REQUIRE}) and not in {}",
                self.file,
                folder().display()
            );
            println!("skipped: {} was not fetched (tests/real/fetch)", self.name);
        }
        found.as_deref()
    }

    /// Whether the model was fetched.
    pub fn is_present(&self) -> bool {
        folder().join(self.file).is_file()
    }

    fn checksum(&self) -> &'static str {
        let line = CHECKSUMS.lines().find_map(|line| line.strip_suffix(self.file));
        line.expect("every model has its checksum").trim()
    }
}

/// Checks that the models which the environment requires are present.
///
/// # Errors
/// A sentence with the names of those that are missing.
pub fn check() -> Result<(), String> {
    let missing: Vec<_> =
        all().into_iter().filter(|model| !model.is_present()).map(|model| model.name).collect();
    if missing.is_empty() || !is_required() {
        return Ok(());
    }
    Err(format!("{REQUIRE} is set, and {} not in {}", missing.join(", "), folder().display()))
}

fn is_required() -> bool {
    std::env::var(REQUIRE).is_ok_and(|value| !value.is_empty() && value != "0")
}

fn folder() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/real-models");
    std::env::var_os(FOLDER).map_or_else(default, PathBuf::from)
}

fn sha256(path: &Path) -> String {
    let mut file = std::fs::File::open(path).unwrap();
    let (mut context, mut buffer) = (Context::new(&SHA256), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => break,
            n_bytes => context.update(&buffer[..n_bytes]),
        }
    }
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
