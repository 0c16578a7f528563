//! Serves folders as repositories of a Hub on loopback, for programs that are not Rust.
//!
//! ```text
//! hub_server PORT OWNER/NAME=FOLDER ...
//! ```
//!
//! Files of a mebibyte and more are in LFS. It prints the address and ends with its standard input.

#![allow(
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "it prints the address, and knows the names of its files"
)]

use std::fs;
use std::io::Read;
use std::path::Path;

use nibble_tests::hub_server::{HubServer, ServedFile, ServedRepo};
use serde_json::{Value, json};

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
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn repo(folder: &Path) -> std::io::Result<ServedRepo> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() {
            let bytes = fs::read(&path)?;
            let is_large =
                bytes.len() >= LFS_BYTES || name.ends_with(".safetensors") || name.ends_with(".gguf");
            files.push((name, if is_large { ServedFile::large(bytes) } else { ServedFile::small(bytes) }));
        }
    }
    let config = files.iter().find(|(name, _)| name == "config.json").map(|(_, file)| file.bytes().to_vec());
    let config: Value = config.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let files = files.iter().map(|(name, file)| (name.as_str(), file.clone()));
    Ok(ServedRepo::new(files, json!({ "config": { "model_type": config["model_type"] }, "tags": [] })))
}
