//! Serves folders as repositories of a Hub on loopback, for programs that are not Rust.
//!
//! ```text
//! hub_server PORT OWNER/NAME=FOLDER ...
//! ```
//!
//! Files of a mebibyte and more are in LFS. A file `facts.json` is not served but told as the Hub's facts. It prints the address
//! and then does what lines of its standard input say, with whose end it ends:
//!
//! ```text
//! FILE stall N      requests for FILE get N bytes and then nothing more
//! FILE status N     they are answered with that status
//! FILE behave       they are served
//! ```

#![allow(
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "it prints the address, and knows the names of its files"
)]

use std::fs;
use std::io::BufRead;
use std::path::Path;

use nibble_tests::hub_server::{HubServer, Mischief, ServedFile, ServedRepo};
use serde_json::{Value, json};

/// The file that is told and not served.
const FACTS: &str = "facts.json";
/// From this size on, a file is in LFS.
const LFS_BYTES: usize = 1 << 20;

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let port = args.next().and_then(|port| port.parse().ok()).unwrap_or(0);
    let server = HubServer::start_on(port)?;
    for arg in args {
        let (name, folder) = arg.split_once('=').unwrap_or((&arg, "."));
        server.serve(name, repo(Path::new(folder))?);
    }
    println!("{}", server.endpoint());
    for line in std::io::stdin().lock().lines() {
        obey(&server, &line?);
    }
    Ok(())
}

/// Does what a line says; one that says nothing is passed over.
fn obey(server: &HubServer, line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mischief = match words[..] {
        [_, "stall", n] => n.parse().ok().map(Mischief::Stall),
        [_, "status", n] => n.parse().ok().map(|status| Mischief::Status(status, None)),
        [_, "behave"] => Some(Mischief::Behave),
        _ => None,
    };
    if let (Some(file), Some(mischief)) = (words.first(), mischief) {
        server.always_misbehave(file, mischief);
    }
}

fn repo(folder: &Path) -> std::io::Result<ServedRepo> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && name != FACTS {
            let bytes = fs::read(&path)?;
            let is_large =
                bytes.len() >= LFS_BYTES || name.ends_with(".safetensors") || name.ends_with(".gguf");
            files.push((name, if is_large { ServedFile::large(bytes) } else { ServedFile::small(bytes) }));
        }
    }
    let config = files.iter().find(|(name, _)| name == "config.json").map(|(_, file)| file.bytes().to_vec());
    let config: Value = config.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let told = fs::read(folder.join(FACTS)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let mut facts: Value = told.unwrap_or_else(|| json!({ "tags": [] }));
    facts["config"] = json!({ "model_type": config["model_type"] });
    let files = files.iter().map(|(name, file)| (name.as_str(), file.clone()));
    Ok(ServedRepo::new(files, facts))
}
