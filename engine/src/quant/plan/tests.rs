//! Plans against what llama.cpp does, and what all planners keep to.

use super::*;
use crate::base::DType;
use crate::progress::Warning;
use crate::quant::{Method, Roles};

/// Made-up models, and the types llama.cpp gives to their tensors (`tests/record/plans.py`).
const MODELS: &str = include_str!("../../../tests/data/plans/models.txt");
const LLAMA_CPP: &str = include_str!("../../../tests/data/plans/llama_cpp.txt");

fn meta(name: &str, shape: &[usize], dtype: DType) -> TensorMeta {
    TensorMeta { name: name.to_owned(), shape: shape.to_vec(), dtype }
}

/// One model of `models.txt`: a line of facts, then a line per tensor, `{}` standing for each layer.
fn read_model(block: &str) -> (&str, ModelFacts, Vec<TensorMeta>) {
    let mut lines = block.lines();
    let mut first = lines.next().unwrap().split(' ');
    let name = first.next().unwrap();
    let mut fact = |key: &str| first.next().unwrap().strip_prefix(key).unwrap();
    let facts = ModelFacts {
        architecture: fact("architecture=").to_owned(),
        n_layers: fact("layers=").parse().unwrap(),
        n_heads: fact("heads=").parse().unwrap(),
        n_kv_heads: fact("kv_heads=").parse().unwrap(),
        n_experts: fact("experts=").parse().unwrap(),
        roles: Roles::default(),
    };
    let mut tensors = Vec::new();
    for line in lines {
        let mut words = line.split(' ');
        let pattern = words.next().unwrap();
        let shape: Vec<usize> = words.map(|word| word.parse().unwrap()).collect();
        let times = if pattern.contains("{}") { facts.n_layers } else { 1 };
        for layer in 0..times {
            tensors.push(meta(&pattern.replace("{}", &layer.to_string()), &shape, DType::F16));
        }
    }
    (name, facts, tensors)
}

/// `3*q4_k` is three of them.
fn read_repeated(word: &str) -> impl Iterator<Item = &str> {
    let (count, name) = word.split_once('*').unwrap();
    std::iter::repeat_n(name, count.parse().unwrap())
}

#[test]
fn types_are_those_of_llama_cpp() {
    let mut compared = 0;
    for block in MODELS.trim().split("\n\n") {
        let (name, facts, tensors) = read_model(block);
        for precision in Precision::all() {
            let method: &dyn Method =
                if precision.needs_importance() { &methods::Importance } else { methods::USUAL };
            let input = PlanInput { precision, method, tensors: &tensors, facts: &facts };
            let planned = LlamaCpp.plan(&input);
            let start = format!("{name} {} ", precision.file_type());
            let recorded = LLAMA_CPP.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
            let theirs: Vec<&str> = recorded.split(' ').flat_map(read_repeated).collect();
            assert_eq!(planned.tensors().len(), theirs.len(), "{name} {precision}");
            for (tensor, theirs) in planned.tensors().iter().zip(theirs) {
                assert_eq!(tensor.dtype.name(), theirs, "{name} {precision} {}", tensor.name);
            }
            compared += 1;
        }
    }
    assert_eq!(compared, LLAMA_CPP.lines().count());
}

#[test]
fn with_an_importance_matrix_the_first_down_projections_are_others() {
    let (_, facts, tensors) = read_model(MODELS.trim().split("\n\n").next().unwrap());
    let downs = |precision, method| -> Vec<DType> {
        let planned = LlamaCpp.plan(&PlanInput { precision, method, tensors: &tensors, facts: &facts });
        let downs = planned.tensors().iter().filter(|tensor| tensor.name.contains("ffn_down"));
        downs.map(|tensor| tensor.dtype).collect()
    };
    // Two of 18 layers are the first eighth.
    for (precision, first, first_calibrated, rest) in [
        (Precision::Q4_0, DType::Q4_0, DType::Q4_1, DType::Q4_0),
        (Precision::Q5_0, DType::Q5_0, DType::Q5_1, DType::Q5_0),
        (Precision::IQ4_NL, DType::Q5_K, DType::IQ4_NL, DType::IQ4_NL),
        (Precision::IQ4_XS, DType::Q5_K, DType::IQ4_XS, DType::IQ4_XS),
    ] {
        let (plain, calibrated) = (downs(precision, methods::USUAL), downs(precision, &methods::Importance));
        assert_eq!(
            (plain[..2].to_vec(), calibrated[..2].to_vec()),
            (vec![first; 2], vec![first_calibrated; 2])
        );
        assert!(plain[2..].iter().chain(&calibrated[2..]).all(|dtype| *dtype == rest), "{precision}");
    }
    let other = [Precision::Q4_K_M, Precision::Q6_K, Precision::Q2_K, Precision::Q3_K_M];
    assert!(other.into_iter().all(|one| downs(one, methods::USUAL) == downs(one, &methods::Importance)));
}

#[test]
fn the_order_of_the_source_does_not_matter() {
    let (_, facts, mut tensors) = read_model(MODELS.trim().split("\n\n").next().unwrap());
    let mut forward = plan(Precision::Q4_K_M, &tensors, &facts).tensors().to_vec();
    tensors.reverse();
    let backward = plan(Precision::Q4_K_M, &tensors, &facts).tensors().to_vec();
    forward.reverse();
    assert_eq!(forward, backward);
}

#[test]
fn a_type_that_does_not_fit_is_told() {
    let tensors =
        [meta("token_embd.weight", &[4, 256], DType::F32), meta("blk.0.attn_q.weight", &[4, 96], DType::F32)];
    let planned = plan(Precision::Q4_K_S, &tensors, &ModelFacts::default());
    assert_eq!(planned.tensors()[1].dtype, DType::Q5_0);
    let (wanted, used) = (DType::Q4_K, DType::Q5_0);
    let fallback = Warning::TypeFallback { tensor: "blk.0.attn_q.weight".to_owned(), wanted, used };
    assert_eq!(planned.warnings(), [fallback]);
}

#[test]
fn norms_and_biases_become_f32_and_quantized_leftovers_stay() {
    let tensors = [
        meta("blk.0.attn_norm.weight", &[256], DType::BF16),
        meta("blk.0.attn_q.bias", &[256], DType::F16),
        meta("blk.0.ffn_gate_inp.weight", &[8, 256], DType::Q8_0),
    ];
    let planned = plan(Precision::F16, &tensors, &ModelFacts::default());
    let dtypes: Vec<DType> = planned.tensors().iter().map(|tensor| tensor.dtype).collect();
    assert_eq!(dtypes, [DType::F32, DType::F32, DType::Q8_0]);
}

#[test]
fn sizes_are_predicted() {
    let tensors = [
        meta("blk.0.attn_q.weight", &[16, 256], DType::BF16),
        meta("blk.0.attn_norm.weight", &[256], DType::BF16),
    ];
    let planned = plan(Precision::Q4_0, &tensors, &ModelFacts::default());
    assert_eq!(planned.tensor_bytes(), 16 * 8 * 18 + 256 * 4);
    assert_eq!(predicted_bytes(Precision::Q4_0, &tensors, &ModelFacts::default()), planned.tensor_bytes());
    let bits = planned.bits_per_weight();
    assert!((bits - 8.0 * 3328.0 / 4352.0).abs() < 1e-12, "{bits}");
}

fn plan_with(planner: &dyn Planner, precision: Precision, tensors: &[TensorMeta]) -> QuantizePlan {
    let facts = ModelFacts { n_layers: 1, ..ModelFacts::default() };
    planner.plan(&PlanInput { precision, method: methods::USUAL, tensors, facts: &facts })
}

#[test]
fn planners_are_found_by_their_names() {
    for planner in ALL {
        assert_eq!(planner.name().parse(), Ok(*planner));
        assert_eq!(serde_json::to_string(planner).unwrap(), format!("{:?}", planner.name()));
    }
    let unknown = serde_json::from_str::<&'static dyn Planner>("\"knapsack\"").unwrap_err().to_string();
    assert!(unknown.starts_with("there is no planner called \"knapsack\"; there are llama_cpp, uniform"));
    assert!(ALL.contains(&USUAL));
}

#[test]
fn a_uniform_plan_has_one_type_for_matrices_and_falls_back_as_others_do() {
    let tensors = [
        meta("token_embd.weight", &[8, 256], DType::BF16),
        meta("blk.0.attn_norm.weight", &[256], DType::BF16),
        meta("blk.0.attn_v.weight", &[4, 256], DType::BF16),
        meta("blk.0.ffn_down.weight", &[4, 96], DType::BF16),
        meta("blk.0.ffn_up.weight", &[4, 40], DType::BF16),
        meta("output.weight", &[8, 256], DType::BF16),
    ];
    let planned = plan_with(&Uniform, Precision::Q4_K_M, &tensors);
    let dtypes: Vec<DType> = planned.assignments().map(|assignment| assignment.dtype).collect();
    assert_eq!(dtypes, [DType::Q4_K, DType::F32, DType::Q4_K, DType::Q5_0, DType::F16, DType::Q4_K]);
    assert_eq!(planned.warnings().len(), 2);
    let mixed = plan_with(&LlamaCpp, Precision::Q4_K_M, &tensors);
    assert_ne!(mixed.tensors()[0].dtype, mixed.tensors()[5].dtype, "the mix gives the output more bits");
}

#[test]
fn every_plan_speaks_of_every_tensor_and_fits_its_rows() {
    for block in MODELS.trim().split("\n\n") {
        let (name, facts, tensors) = read_model(block);
        for planner in ALL {
            for precision in Precision::all() {
                let input = PlanInput { precision, method: methods::USUAL, tensors: &tensors, facts: &facts };
                let planned = planner.plan(&input);
                assert_eq!(planned.tensors().len(), tensors.len(), "{name} {planner}");
                for (before, after) in tensors.iter().zip(planned.tensors()) {
                    assert_eq!((&before.name, &before.shape), (&after.name, &after.shape));
                    assert!(
                        after.dtype.row_bytes(after.n_cols()).is_some(),
                        "{name} {planner} {}",
                        after.name
                    );
                }
            }
        }
    }
}
