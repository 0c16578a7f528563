//! Plans and methods on whole models.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{self, Calibration, MeasureRequest, QuantizeRequest};
use nibble_engine::models;
use nibble_engine::progress::{Cancel, Warning};
use nibble_engine::quant::{Method, ModelFacts, PlanInput, Precision, methods, plan};

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

/// The starter's importance matrix (`tests/record/starter_importance.py`).
const IMPORTANCE: &str = "data/starter/importance.bin";

#[test]
fn importance_of_its_own_activations_keeps_the_starter_nearer_to_the_original() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (folder, starter) = (tempfile::tempdir().unwrap(), tests.join("../assets/starter"));
    let diverges = |method: &'static dyn Method, calibration: Option<PathBuf>| {
        let target = folder.path().join(format!("{method}.gguf"));
        let request = QuantizeRequest {
            method,
            calibration: calibration.map_or(Calibration::OwnText, Calibration::File),
            ..QuantizeRequest::new(starter.clone(), target.clone(), Precision::Q2_K)
        };
        let report = jobs::quantize(&request, &(), &Cancel::new()).unwrap();
        let request = MeasureRequest { tokens: Some(2048), ..MeasureRequest::new(target, starter.clone()) };
        let measured = jobs::measure(&request, &(), &Cancel::new()).unwrap().measured.unwrap();
        (measured.figures.kl_mean, report)
    };
    let (rounded, plain) = diverges(&methods::RoundToNearest, None);
    let (weighted, calibrated) = diverges(&methods::Importance, Some(tests.join(IMPORTANCE)));
    assert_eq!(plain.warnings, []);
    // The embedding, which is the output matrix as well.
    assert_eq!(calibrated.warnings, [Warning::NotCalibrated { count: 1 }]);
    assert_eq!(calibrated.bytes, plain.bytes, "the types are the same");
    // 0.0032 and 0.0050 where this was written.
    assert!((0.3..0.9).contains(&(weighted / rounded)), "{weighted} {rounded}");
}
