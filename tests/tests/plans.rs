//! Plans for the recorded models: what a decoder's description says of its tensors is what their names say.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::path::{Path, PathBuf};

use nibble_engine::models;
use nibble_engine::quant::{ModelFacts, PlanInput, Precision, methods, plan};

/// Every recorded checkpoint that runs, and the starter.
fn checkpoints() -> Vec<PathBuf> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let recorded = std::fs::read_dir(tests.join("data/models")).unwrap();
    let mut folders: Vec<PathBuf> = recorded.map(|entry| entry.unwrap().path()).collect();
    folders.push(tests.join("../assets/starter"));
    folders.retain(|folder| folder.join("model.safetensors").is_file());
    folders.sort();
    folders
}

#[test]
fn descriptions_and_names_give_the_same_plans() {
    let mut compared = 0;
    for folder in checkpoints() {
        let model = models::open(&folder, &()).unwrap();
        let spec = model.spec().unwrap();
        let [described, named] = [Some(&spec), None].map(|spec| ModelFacts::new(model.metadata(), spec));
        let tensors = model.source().tensors();
        for tensor in tensors {
            let roles = [&described, &named].map(|facts| facts.roles.of(tensor));
            assert!(roles[0].tensor.is_some(), "{} is not described", tensor.name);
            assert_eq!(roles[0].layer, roles[1].layer, "{}", tensor.name);
            assert_eq!(roles[0].takes_precision, roles[1].takes_precision, "{}", tensor.name);
        }
        for planner in plan::ALL {
            for precision in Precision::all() {
                let [described, named] = [&described, &named].map(|facts| {
                    planner.plan(&PlanInput { precision, method: methods::USUAL, tensors, facts })
                });
                assert_eq!(described, named, "{} {planner} {precision}", folder.display());
                compared += 1;
            }
        }
    }
    assert!(compared >= 100, "only {compared} plans were compared");
}
