//! The engine does not know the window.

use std::process::Command;

use crate::repository::top;

/// Crates of the window and of its dialogs.
const OF_THE_WINDOW: [&str; 6] = ["egui", "eframe", "winit", "rfd", "glow", "wgpu"];

#[test]
fn nothing_of_the_window_is_below_the_engine() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "--edges", "normal,build", "--prefix", "none"])
        .args(["--package", "nibble-engine"])
        .current_dir(top())
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(crates.contains(&"nibble-kernels"));
    for name in OF_THE_WINDOW {
        assert!(!crates.contains(&name), "{name} is below nibble-engine");
    }
}
