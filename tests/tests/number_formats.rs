//! Number formats are those of the programs that define them, keep what is claimed of them, and can be tried on whole models.
//!
//! `tests/record/number_formats.py` recorded the codes and constants.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use half::{bf16, f16};
use nibble_engine::base::{TensorMeta, TensorSource};
use nibble_engine::formats::gguf::GgufFile;
use nibble_engine::formats::safetensors::SafetensorsFile;
use nibble_engine::jobs::{self, Calibration, MeasureRequest, QuantizeReport, QuantizeRequest};
use nibble_engine::models;
use nibble_engine::progress::Cancel;
use nibble_engine::quant::{Format, Method, Needs, Precision, WeightRows, methods};
use nibble_kernels::DType;
use nibble_kernels::decode::decode_row;

/// Columns of the recorded matrix.
const N_COLS: usize = 256;

fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The tensors of a recorded file as numbers.
fn recorded(name: &str) -> BTreeMap<String, Vec<f32>> {
    let file =
        SafetensorsFile::open(&tests().join(format!("data/number_formats/{name}.safetensors"))).unwrap();
    let numbers = |(index, dtype_name): (usize, &str)| -> Vec<f32> {
        let bytes = file.bytes(index);
        match dtype_name {
            "F32" => bytes.as_chunks().0.iter().map(|&number| f32::from_le_bytes(number)).collect(),
            "F16" => bytes.as_chunks().0.iter().map(|&number| f16::from_le_bytes(number).to_f32()).collect(),
            "BF16" => {
                bytes.as_chunks().0.iter().map(|&number| bf16::from_le_bytes(number).to_f32()).collect()
            }
            "U8" => bytes.iter().copied().map(f32::from).collect(),
            "I8" => bytes.iter().map(|&byte| f32::from(byte.cast_signed())).collect(),
            other => panic!("{other} is not recorded"),
        }
    };
    let entries = file.entries().iter().enumerate();
    entries.map(|(index, entry)| (entry.name.clone(), numbers((index, &entry.dtype_name)))).collect()
}

fn weights() -> Vec<f32> {
    recorded("weights").remove("weights").unwrap()
}

fn rounded(name: &str, weights: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; weights.len()];
    name.parse::<Format>().unwrap().round(&WeightRows::of_matrix(weights, N_COLS), &mut out);
    out
}

/// Compares values bit for bit, but for the sign of zeros.
fn assert_same(name: &str, found: &[f32], expected: impl IntoIterator<Item = f32>) {
    let expected: Vec<f32> = expected.into_iter().collect();
    assert_eq!(found.len(), expected.len(), "{name}");
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!((found + 0.0).to_bits(), (expected + 0.0).to_bits(), "{name} {at}: {found} {expected}");
    }
}

#[test]
fn integers_are_those_of_compressed_tensors_and_torchao() {
    let (parts, weights) = (recorded("integers"), weights());
    let names: Vec<&str> = parts.keys().filter_map(|key| key.strip_suffix(".codes")).collect();
    assert_eq!(names.len(), 9);
    for name in names {
        let part = |kind: &str| &parts[&format!("{name}.{kind}")];
        let (codes, scales, zeros) = (part("codes"), part("scale"), part("zero"));
        let span = codes.len() / scales.len();
        let value = |(at, code): (usize, &f32)| (code - zeros[at / span]) * scales[at / span];
        assert_same(name, &rounded(name, &weights), codes.iter().enumerate().map(value));
    }
}

/// Values of E2M1 by their codes.
const E2M1: [f32; 16] =
    [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 0.0, -0.5, -1.0, -1.5, -2.0, -3.0, -4.0, -6.0];

#[test]
fn four_bit_floats_are_those_of_torchao_and_compressed_tensors() {
    let (parts, weights) = (recorded("four_bit_floats"), weights());
    for name in ["mxfp4", "mxfp4-even"] {
        let (codes, exponents) = (&parts[&format!("{name}.codes")], &parts[&format!("{name}.exponent")]);
        let value = |(at, code): (usize, &f32)| E2M1[*code as usize] * (exponents[at / 32] - 127.0).exp2();
        let expected = codes.iter().enumerate().map(value);
        assert_same(name, &rounded(name, &weights), expected);
    }
    let (codes, scales, global) = (&parts["nvfp4.codes"], &parts["nvfp4.scale"], parts["nvfp4.global"][0]);
    let value = |(at, code): (usize, &f32)| E2M1[*code as usize] * (scales[at / 16] / global);
    assert_same("nvfp4", &rounded("nvfp4", &weights), codes.iter().enumerate().map(value));
}

#[test]
fn eight_bit_floats_are_those_of_torch() {
    let (parts, weights) = (recorded("eight_bit_floats"), weights());
    for name in ["fp8-e4m3", "fp8-e4m3-row", "fp8-e5m2", "fp8-e5m2-row"] {
        let (values, scales) = (&parts[&format!("{name}.values")], &parts[&format!("{name}.scale")]);
        let span = values.len() / scales.len();
        let value = |(at, value): (usize, &f32)| value * scales[at / span];
        assert_same(name, &rounded(name, &weights), values.iter().enumerate().map(value));
    }
}

#[test]
fn nf4_fp4_and_int8_are_those_of_bitsandbytes() {
    let (parts, weights) = (recorded("bitsandbytes"), weights());
    for (name, theirs) in [("nf4", "nf4"), ("fp4-bnb", "fp4")] {
        let part = |kind: &str| &parts[&format!("{theirs}.{kind}")];
        let (codes, absmax, table) = (part("codes"), part("absmax"), part("table"));
        let value = |(at, code): (usize, &f32)| table[*code as usize] * absmax[at / 64];
        assert_same(name, &rounded(name, &weights), codes.iter().enumerate().map(value));
    }
    let (codes, absmax) = (&parts["int8.codes"], &parts["int8.absmax"]);
    let value = |(at, code): (usize, &f32)| code * (absmax[at / N_COLS] / 127.0);
    assert_same("llm-int8", &rounded("llm-int8", &weights), codes.iter().enumerate().map(value));
}

#[test]
fn double_quantization_is_that_of_bitsandbytes_within_one_code_of_few() {
    let parts = recorded("bitsandbytes");
    let (exact, codes) = (&parts["nested.exact"], &parts["nested.codes"]);
    let (absmax, map, offset) = (&parts["nested.absmax"], &parts["nested.map"], parts["nested.offset"][0]);
    // Blocks of which only the first weight is not zero: its value is the stored largest magnitude.
    let mut weights = vec![0.0; exact.len() * 64];
    for (block, exact) in weights.chunks_mut(64).zip(exact) {
        block[0] = *exact;
    }
    let found = rounded("nf4-dq", &weights);
    let mean = exact.iter().map(|&exact| f64::from(exact)).sum::<f64>() / exact.len() as f64;
    assert!((mean as f32 - offset).abs() <= offset * 1e-6, "{mean} {offset}");
    let (mut n_other, mut largest) = (0, 0.0_f32);
    for (at, &code) in codes.iter().enumerate() {
        let decoded = |code: f32| map[code as usize] * absmax[at / 256] + offset;
        let found = found[at * 64];
        // The mean of all, summed in another order, differs in its last bits.
        let is_near = |code: f32| (found - decoded(code)).abs() <= 2e-7;
        if !is_near(code) {
            n_other += 1;
            assert!(is_near(code - 1.0) || is_near(code + 1.0), "{at}: {found} {}", decoded(code));
        }
        largest = largest.max((found - exact[at]).abs());
    }
    assert!(n_other * 1000 <= codes.len() * 3, "{n_other} of {} differ", codes.len());
    assert!(largest > 0.0, "they are rounded");
}

#[test]
fn half_quadratic_errors_are_those_of_hqq() {
    let (parts, weights) = (recorded("hqq"), weights());
    for name in ["int4-min-g64", "int3-min-g64", "int2-min-g64"] {
        let mut values = vec![0.0; weights.len()];
        let hqq: &'static dyn Method = "hqq".parse().unwrap();
        hqq.round(name.parse().unwrap(), &WeightRows::of_matrix(&weights, N_COLS), &mut values);
        let power: f32 = weights.iter().zip(&values).map(|(w, v)| (w - v).abs().powf(0.7)).sum();
        let [rmse, power_of_theirs] = parts[&format!("{name}.errors")][..] else { panic!("two errors") };
        let ratios = [relative_rmse(&weights, &values) / f64::from(rmse), f64::from(power / power_of_theirs)];
        // Theirs measures errors in units of the weights, where its shrinkage has no effect on weights of this size.
        assert!(ratios.iter().all(|ratio| (0.96..1.01).contains(ratio)), "{name}: {ratios:?}");
    }
}

fn relative_rmse(weights: &[f32], values: &[f32]) -> f64 {
    let error: f64 = weights.iter().zip(values).map(|(&w, &v)| f64::from(w - v).powi(2)).sum();
    (error / weights.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>()).sqrt()
}

fn starter() -> PathBuf {
    tests().join("../assets/starter")
}

/// The relative root mean square error of a format on all matrices of the starter model.
fn error_on_starter(name: &str) -> f64 {
    let (model, format) = (models::open(&starter(), &()).unwrap(), name.parse::<Format>().unwrap());
    let source = model.source();
    let (mut error, mut total) = (0.0, 0.0);
    for (index, tensor) in source.tensors().iter().enumerate().filter(|(_, tensor)| tensor.shape.len() == 2) {
        let mut weights = vec![0.0; tensor.n_elements()];
        decode_row(tensor.dtype, &source.read_rows(index, 0..tensor.n_rows()).unwrap(), &mut weights);
        let mut values = vec![0.0; weights.len()];
        format.round(&WeightRows::of_matrix(&weights, tensor.n_cols()), &mut values);
        let squares: f64 = weights.iter().map(|&weight| f64::from(weight).powi(2)).sum();
        error += relative_rmse(&weights, &values).powi(2) * squares;
        total += squares;
    }
    (error / total).sqrt()
}

#[test]
fn claims_of_the_literature_hold_on_a_trained_model() {
    let nf4 = error_on_starter("nf4");
    // QLoRA: NF4 is better than integers and floats of four bits at the same block.
    for other in ["int4-sym-g64", "fp4-e2m1-g64", "fp4-e3m0-g64", "fp4-bnb"] {
        let ratio = nf4 / error_on_starter(other);
        assert!((0.4..0.95).contains(&ratio), "nf4 to {other}: {ratio}");
    }
    // Double quantization saves 0.37 bits and costs next to nothing.
    let ratio = error_on_starter("nf4-dq") / nf4;
    assert!((0.999..1.01).contains(&ratio), "{ratio}");
    // Optimal clusters are better than any fixed table of one scale for each row.
    assert!(error_on_starter("kmeans4") < 0.8 * error_on_starter("int4-row"));
    // Small groups with quantized constants and outliers are better than integers of a bit more.
    assert!(error_on_starter("spqr3") < error_on_starter("int3-asym-g16"));
}

/// Quantizes the starter to a trial of a format.
fn trial(folder: &Path, name: &str, method: &'static dyn Method) -> QuantizeReport {
    let target = folder.join(format!("{name}-{method}.gguf"));
    let chats = Calibration::File(tests().join("data/text/calibration_chat.txt"));
    let request = QuantizeRequest {
        format: Some(name.parse().unwrap()),
        method,
        calibration: if method.needs() == Needs::Nothing { Calibration::OwnText } else { chats },
        threads: Some(2),
        ..QuantizeRequest::new(starter(), target, Precision::default())
    };
    jobs::quantize(&request, &(), &Cancel::new()).unwrap()
}

#[test]
fn a_trial_stores_the_values_of_the_format_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let model = models::open(&starter(), &()).unwrap();
    let source = model.source();
    let n_weights: usize = source.tensors().iter().map(TensorMeta::n_elements).sum();
    for (name, dtype) in [
        ("int4-asym-g64", DType::F32),
        ("int8-sym-tensor", DType::F32),
        ("nf4-dq", DType::F32),
        ("spqr3", DType::F32),
        ("nvfp4", DType::F32),
        ("bf16", DType::BF16),
        ("mxfp4-even", DType::MXFP4),
        ("q4_k", DType::Q4_K),
    ] {
        let report = trial(folder.path(), name, methods::USUAL);
        let format: Format = name.parse().unwrap();
        let file = GgufFile::open(&report.path).unwrap();
        assert_eq!(file.metadata().required::<&str>("nibble.trial.format"), Ok(name));
        let (mut bits, mut bits_in_file) = (0.0, 0.0);
        for (index, tensor) in file.tensors().iter().enumerate() {
            let original = source.find(&tensor.name).unwrap();
            let meta = &source.tensors()[original];
            let mut weights = vec![0.0; tensor.n_elements()];
            decode_row(meta.dtype, &source.read_rows(original, 0..meta.n_rows()).unwrap(), &mut weights);
            let mut stored = vec![0.0; weights.len()];
            decode_row(tensor.dtype, &file.read_rows(index, 0..tensor.n_rows()).unwrap(), &mut stored);
            if tensor.shape.len() < 2 {
                assert_eq!(tensor.dtype, DType::F32);
                bits += 32.0 * weights.len() as f64;
                bits_in_file += 32.0 * weights.len() as f64;
                continue;
            }
            bits_in_file += 8.0 * tensor.n_bytes() as f64;
            if tensor.name == "token_embd.weight" && dtype != DType::Q4_K {
                assert_same(name, &stored, weights);
                bits += 8.0 * tensor.n_bytes() as f64;
                continue;
            }
            assert_eq!(tensor.dtype, dtype, "{name} {}", tensor.name);
            let mut expected = vec![0.0; weights.len()];
            format.round(&WeightRows::of_matrix(&weights, tensor.n_cols()), &mut expected);
            assert_same(&format!("{name} {}", tensor.name), &stored, expected);
            bits += format.bits_per_weight(tensor.n_rows(), tensor.n_cols()) * weights.len() as f64;
        }
        assert!((report.bits_per_weight - bits / n_weights as f64).abs() < 1e-9, "{name}: {report:?}");
        let in_file = bits_in_file / n_weights as f64;
        assert!((report.file_bits_per_weight - in_file).abs() < 1e-9, "{name}: {report:?}");
        assert!(report.file_bits_per_weight >= report.bits_per_weight - 1e-9, "{name}");
        assert!((report.errors.relative_rmse > 0.0) == (name != "bf16"), "{name}");
        assert_eq!(report.warnings, [], "{name}");
    }
}

#[test]
fn a_trial_takes_methods_and_threads_as_they_come() {
    let folder = tempfile::tempdir().unwrap();
    let nearest = trial(folder.path(), "int2-min-g64", methods::USUAL);
    let optimized = trial(folder.path(), "int2-min-g64", "hqq".parse().unwrap());
    let ratio = optimized.errors.relative_rmse / nearest.errors.relative_rmse;
    assert!((0.8..0.99).contains(&ratio), "{ratio}");
    for threads in [1, 3] {
        let request = QuantizeRequest {
            format: Some("spqr4".parse().unwrap()),
            threads: Some(threads),
            ..QuantizeRequest::new(
                starter(),
                folder.path().join(format!("{threads}.gguf")),
                Precision::default(),
            )
        };
        jobs::quantize(&request, &(), &Cancel::new()).unwrap();
    }
    let [one, three] = ["1.gguf", "3.gguf"].map(|name| std::fs::read(folder.path().join(name)).unwrap());
    assert!(one == three, "the bytes depend on the number of threads");
}

/// Divergence of a trial from the original, in nats for each token.
fn divergence(folder: &Path, name: &str, method: &'static dyn Method) -> f64 {
    let report = trial(folder, name, method);
    assert!(report.errors.layers.len() > 1 && report.errors.relative_rmse > 0.0, "{name} {method}");
    let request = MeasureRequest { tokens: Some(2048), ..MeasureRequest::new(report.path, starter()) };
    jobs::measure(&request, &(), &Cancel::new()).unwrap().measured.unwrap().figures.kl_mean
}

#[test]
fn error_feedback_is_nearer_to_the_original_on_any_grid() {
    let (folder, gptq) = (tempfile::tempdir().unwrap(), "gptq".parse().unwrap());
    for name in ["int3-sym-g64", "nf4", "kmeans3", "spqr3"] {
        let ratio = divergence(folder.path(), name, gptq) / divergence(folder.path(), name, methods::USUAL);
        assert!((0.1..0.9).contains(&ratio), "{name}: {ratio}");
    }
}

#[test]
fn a_method_that_does_not_round_to_formats_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, method) in [("nf4", "awq"), ("int4-sym-g128", "smoothquant"), ("spqr3", "auto_round")] {
        let request = QuantizeRequest {
            format: Some(name.parse().unwrap()),
            method: method.parse().unwrap(),
            calibration_tokens: Some(256),
            ..QuantizeRequest::new(starter(), folder.path().join("a.gguf"), Precision::default())
        };
        let refusal = jobs::quantize(&request, &(), &Cancel::new()).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("the method {method} does not round to {name}")), "{refusal}");
        assert!(!folder.path().join("a.gguf").exists());
    }
}

#[test]
fn e2m1_and_e3m0_differ_on_heavy_tails() {
    let weights = weights();
    let (normal, heavy) = weights.split_at(weights.len() / 2);
    let ratio = |weights: &[f32]| {
        let error = |name: &str| relative_rmse(weights, &rounded(name, weights));
        error("fp4-e3m0") / error("fp4-e2m1")
    };
    // Powers of two keep small weights beside large ones, and cost most where weights are even.
    assert!(ratio(heavy) < ratio(normal), "{} {}", ratio(heavy), ratio(normal));
}
