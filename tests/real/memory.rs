//! Memory and speed of a real model: a process of its own loads and runs it.

use std::process::Command;

use nibble_engine::jobs::bench::{BenchOptions, bench};
use nibble_engine::progress::Cancel;
use nibble_kernels::Level;
use nibble_tests::real_models::SMOLLM2;

use crate::files::{in_f32, on_cpu};

/// Environment variable of the process that is measured.
const IS_MEASURED: &str = "NIBBLE_MEASURED_PROCESS";
/// Room beside the weights: vocabulary and merges of 49,152 tokens, keys and values of 300 tokens, the program itself.
const BESIDE_BYTES: u64 = 48 << 20;

/// Weights are released by the file while they are packed, so file and copy are not in memory together.
#[test]
fn a_loaded_model_takes_little_more_memory_than_its_file() {
    let Some(path) = SMOLLM2.path() else { return };
    if std::env::var_os(IS_MEASURED).is_none() {
        let test = "memory::a_loaded_model_takes_little_more_memory_than_its_file";
        let mut child = Command::new(std::env::current_exe().unwrap());
        let output = child.args(["--exact", test, "--nocapture"]).env(IS_MEASURED, "1").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        println!("{said}");
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let options = BenchOptions { prompt: 256, generate: 32, depth: 0, repeat: 3 };
    let model = on_cpu(path, Level::best());
    let report = bench(&model, &options, &Cancel::new()).unwrap();
    let file = std::fs::metadata(path).unwrap().len();
    let ratio = |bytes: u64| bytes as f64 / file as f64;
    println!(
        "weights {:.3} of the file, peak memory {:.2}; prompt {:.0} tokens/s, {:.2} of the product probe; \
         decode {:.0} tokens/s, {:.2} of the memory probe",
        ratio(report.weights_bytes),
        ratio(report.peak_rss_bytes),
        report.prompt_tps,
        report.achieved_gops / report.dot_gops,
        report.gen_tps,
        report.achieved_gbps / report.read_gbps,
    );
    assert!(ratio(report.weights_bytes) < 1.05, "{}", report.weights_bytes);
    assert!(report.peak_rss_bytes < file + BESIDE_BYTES, "{}", report.peak_rss_bytes);
}

/// Speed is printed as a ratio measured side by side, and not judged: only that both were measured is asserted.
#[test]
fn speed_is_shown_beside_the_reference() {
    let Some(path) = SMOLLM2.path() else { return };
    let options = BenchOptions { prompt: 64, generate: 8, depth: 0, repeat: 1 };
    let run = |model| bench(&model, &options, &Cancel::new()).unwrap();
    let (fast, slow) = (run(on_cpu(path, Level::best())), run(in_f32(path)));
    println!(
        "{} times the reference's prompt speed, {} times its decode speed",
        fast.prompt_tps / slow.prompt_tps,
        fast.gen_tps / slow.gen_tps
    );
    assert!(fast.prompt_tps.min(slow.prompt_tps) > 0.0 && fast.gen_tps.min(slow.gen_tps) > 0.0);
}
