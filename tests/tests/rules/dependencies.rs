//! The engine does not know the window, and the list of licenses knows every crate.

use std::collections::BTreeSet;
use std::process::Command;

use crate::repository::{none, top};

/// Crates of the window and of its dialogs.
const OF_THE_WINDOW: [&str; 6] = ["egui", "eframe", "winit", "rfd", "glow", "wgpu"];

#[test]
fn nothing_of_the_window_is_below_the_engine() {
    let crates: Vec<String> = below("nibble-engine", "normal,build")
        .into_iter()
        .filter_map(|line| Some(line.split(' ').next()?.to_owned()))
        .collect();
    assert!(crates.iter().any(|name| name == "nibble-kernels"));
    for name in OF_THE_WINDOW {
        assert!(!crates.iter().any(|other| other == name), "{name} is below nibble-engine");
    }
}

#[test]
fn every_crate_by_others_stands_in_the_list_of_licenses() {
    let text = std::fs::read_to_string(top().join("assets/licenses/parts.txt")).unwrap();
    let listed: BTreeSet<&str> = text
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    let used = below("nibble", "normal").into_iter().chain(below("nibble-engine", "normal"));
    let missing = used.filter(|line| !line.starts_with("nibble") && !listed.contains(line.as_str()));
    let missing: BTreeSet<String> = missing.collect();
    none(
        "not in assets/licenses/parts.txt, which `cargo run --release -p nibble-tests --example licenses` writes",
        &missing.into_iter().collect::<Vec<_>>(),
    );
    let lock = std::fs::read_to_string(top().join("Cargo.lock")).unwrap();
    let gone = listed.into_iter().filter(|line| {
        let (name, version) = line.split_once(' ').unwrap();
        !lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\""))
    });
    none("in that list, and used no more", &gone.map(str::to_owned).collect::<Vec<_>>());
}

/// The crates that one of ours is made of on this system, each as its name and version.
fn below(package: &str, edges: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "--edges", edges, "--prefix", "none"])
        .args(["--package", package])
        .current_dir(top())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let line = |line: &str| {
        let mut words = line.split(' ');
        Some(format!("{} {}", words.next()?, words.next()?.strip_prefix('v')?))
    };
    tree.lines().filter_map(line).collect()
}
