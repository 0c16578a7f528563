//! Activation statistics, and importance matrices of both kinds as others write them, damaged in every way.

use std::borrow::Cow;
use std::ops::Range;

use proptest::prelude::*;

use super::imatrix::{ImatrixError, from_gguf, from_legacy};
use super::*;
use crate::base::{DType, TensorSource};
use crate::formats::gguf::Metadata;

fn meta(name: &str, shape: &[usize]) -> TensorMeta {
    TensorMeta { name: name.to_owned(), shape: shape.to_vec(), dtype: DType::F32 }
}

/// Tensors of F32 in memory.
#[derive(Default)]
struct InMemory {
    tensors: Vec<TensorMeta>,
    values: Vec<Vec<u8>>,
}

impl InMemory {
    fn with(mut self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        self.tensors.push(meta(name, shape));
        self.values.push(values.iter().flat_map(|value| value.to_le_bytes()).collect());
        self
    }
}

impl TensorSource for InMemory {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        assert_eq!(rows, 0..self.tensors[index].n_rows());
        Ok(Cow::Borrowed(&self.values[index]))
    }
}

fn imatrix_metadata() -> Metadata {
    let mut metadata = Metadata::new();
    metadata.set("general.type", "imatrix");
    metadata
}

/// Bytes of the older kind.
fn legacy(entries: &[(&str, i32, &[f32])], end: &[u8]) -> Vec<u8> {
    let mut bytes = (entries.len() as i32).to_le_bytes().to_vec();
    for (name, calls, values) in entries {
        bytes.extend((name.len() as i32).to_le_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(calls.to_le_bytes());
        bytes.extend((values.len() as i32).to_le_bytes());
        values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    }
    bytes.extend(end);
    bytes
}

const QUERY: &str = "blk.0.attn_q.weight";
const EXPERTS: &str = "blk.0.ffn_up_exps.weight";

#[test]
fn a_gguf_importance_matrix_is_sums_over_counts() {
    let source = InMemory::default()
        .with(&format!("{QUERY}.counts"), &[1, 1], &[4.0])
        .with(&format!("{QUERY}.in_sum"), &[3], &[9.0, 9.0, 9.0])
        .with(&format!("{QUERY}.in_sum2"), &[3], &[8.0, 0.0, 2.0])
        .with(&format!("{EXPERTS}.in_sum2"), &[2, 3], &[1.0, 2.0, 3.0, 0.0, 0.0, 0.0])
        .with(&format!("{EXPERTS}.counts"), &[2, 1], &[2.0, 0.0]);
    let statistics = from_gguf(&imatrix_metadata(), &source).unwrap();
    assert_eq!(statistics.len(), 2);
    assert_eq!(statistics.get(QUERY).unwrap().mean_squares(0, 3), [2.0, 0.0, 0.5]);
    let experts = statistics.get(EXPERTS).unwrap();
    assert_eq!(experts.mean_squares(0, 3), [0.5, 1.0, 1.5]);
    assert_eq!(experts.mean_squares(1, 3), [1.0; 3], "an expert that saw nothing");
    let model = [meta(QUERY, &[8, 3]), meta(EXPERTS, &[2, 8, 3]), meta("token_embd.weight", &[8, 3])];
    assert_eq!(statistics.check(model.iter()), Ok(1));
}

#[test]
fn the_older_kind_is_values_over_calls_with_any_end() {
    let entries: [(&str, i32, &[f32]); 3] =
        [(QUERY, 2, &[4.0, 1.0]), (EXPERTS, 4, &[4.0, 8.0, 2.0, 2.0]), ("uncalled", 0, &[3.0])];
    let with_text = [&7_i32.to_le_bytes()[..], &4_i32.to_le_bytes(), b"text"].concat();
    for end in [&b""[..], &7_i32.to_le_bytes(), &with_text] {
        let statistics = from_legacy(&legacy(&entries, end)).unwrap();
        assert_eq!(statistics.get(QUERY).unwrap().mean_squares(0, 2), [2.0, 0.5]);
        assert_eq!(statistics.get(EXPERTS).unwrap().mean_squares(1, 2), [0.5, 0.5]);
        assert_eq!(statistics.get("uncalled").unwrap().mean_squares(0, 1), [3.0]);
        assert_eq!(statistics.check([meta(EXPERTS, &[2, 8, 2])].iter()), Ok(0));
    }
}

#[test]
fn statistics_of_another_model_are_refused() {
    let statistics = from_legacy(&legacy(&[(QUERY, 1, &[1.0; 4])], b"")).unwrap();
    let wider = statistics.check([meta(QUERY, &[2, 8])].iter());
    let expected = StatisticsError::OtherShape { tensor: QUERY.to_owned(), found: 4, expected: 8 };
    assert_eq!(wider, Err(expected));
    let others = statistics.check([meta("a.weight", &[2, 4]), meta("b.weight", &[2, 4])].iter());
    assert_eq!(others, Err(StatisticsError::OtherModel { found: 1, needed: 2 }));
    assert_eq!(statistics.check([].iter()), Ok(0), "nothing is needed");
    let stacked = statistics.check([meta(QUERY, &[2, 8, 2])].iter());
    assert_eq!(stacked, Ok(0), "calls of the older kind are counted together");
    // Two matrices of two columns are not one of four.
    let mut apart = ActivationStatistics::default();
    apart.add(QUERY, vec![1.0, 1.0], vec![1.0; 4]).unwrap();
    assert!(matches!(apart.check([meta(QUERY, &[2, 4])].iter()), Err(StatisticsError::OtherShape { .. })));
}

#[test]
fn numbers_that_no_sum_of_squares_has_are_refused() {
    for value in [f32::NAN, f32::INFINITY, -1.0] {
        let error = from_legacy(&legacy(&[(QUERY, 1, &[1.0, value])], b"")).unwrap_err();
        let found = matches!(&error, ImatrixError::ActivationStatistics(StatisticsError::Number { tensor, position: 1, value: found })
            if tensor == QUERY && found.to_bits() == value.to_bits());
        assert!(found, "{error:?}");
        let source = InMemory::default().with("a.in_sum2", &[1], &[1.0]).with("a.counts", &[1, 1], &[value]);
        let error = from_gguf(&imatrix_metadata(), &source).unwrap_err();
        assert!(
            matches!(error, ImatrixError::ActivationStatistics(StatisticsError::Number { .. })),
            "{error:?}"
        );
    }
    let twice = from_legacy(&legacy(&[(QUERY, 1, &[1.0]), (QUERY, 1, &[1.0])], b"")).unwrap_err();
    assert!(matches!(twice, ImatrixError::ActivationStatistics(StatisticsError::Twice { .. })), "{twice:?}");
}

#[test]
fn a_gguf_file_that_is_no_importance_matrix_or_half_of_one_is_refused() {
    let refusal = |metadata: &Metadata, source: InMemory| from_gguf(metadata, &source).unwrap_err();
    let nothing = refusal(&Metadata::new(), InMemory::default());
    assert!(matches!(nothing, ImatrixError::OtherGguf { found } if found.is_empty()));
    let mut model = Metadata::new();
    model.set("general.type", "model");
    assert!(
        matches!(refusal(&model, InMemory::default()), ImatrixError::OtherGguf { found } if found == "model")
    );
    for alone in ["a.in_sum2", "a.counts"] {
        let error = refusal(&imatrix_metadata(), InMemory::default().with(alone, &[1, 1], &[1.0]));
        assert!(matches!(error, ImatrixError::Incomplete { there, .. } if there == alone));
    }
    let uneven =
        InMemory::default().with("a.in_sum2", &[2, 2], &[1.0; 4]).with("a.counts", &[3, 1], &[1.0; 3]);
    let error = refusal(&imatrix_metadata(), uneven);
    assert!(matches!(
        error,
        ImatrixError::ActivationStatistics(StatisticsError::Uneven { squares: 4, matrices: 3, .. })
    ));
    let mut halves = InMemory::default().with("a.in_sum2", &[2], &[1.0; 2]).with("a.counts", &[1], &[1.0]);
    halves.tensors[0].dtype = DType::F16;
    let error = refusal(&imatrix_metadata(), halves);
    assert!(matches!(error, ImatrixError::TensorType { found: DType::F16, .. }), "{error}");
}

#[test]
fn damaged_files_of_the_older_kind_are_refused_with_their_place() {
    let whole = legacy(&[(QUERY, 1, &[1.0, 2.0]), ("b", 1, &[3.0])], &7_i32.to_le_bytes());
    // Cut anywhere, it is whole only without its end, and within it half a number is left.
    for length in 0..whole.len() {
        let result = from_legacy(&whole[..length]);
        assert_eq!(result.is_ok(), length == whole.len() - 4, "{length}: {result:?}");
    }
    let with = |at: usize, number: i32| {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        from_legacy(&bytes).unwrap_err()
    };
    let (name_at, calls_at) = (4, 8 + QUERY.len());
    let file_bytes = whole.len();
    for claimed in [i32::MIN, -1, 0, 1000, i32::MAX] {
        let error = with(0, claimed);
        let expected = matches!(error, ImatrixError::NoImatrix { claimed: found, file_bytes: size } if (found, size) == (claimed, file_bytes));
        assert!(expected, "{error:?}");
    }
    for claimed in [i32::MIN, -1, 0] {
        assert!(
            matches!(with(name_at, claimed), ImatrixError::Count { entry: 0, claimed: found, .. } if found == claimed)
        );
        assert!(matches!(with(calls_at + 4, claimed), ImatrixError::Count { entry: 0, .. }));
    }
    assert!(matches!(with(calls_at, -1), ImatrixError::Count { what: "calls", claimed: -1, .. }));
    for (at, needed) in [(name_at, i32::MAX as usize), (calls_at + 4, i32::MAX as usize * 4)] {
        let error = with(at, i32::MAX);
        assert!(
            matches!(error, ImatrixError::CutOff { entry: 0, needed: found, .. } if found == needed),
            "{error:?}"
        );
    }
    let mut no_name = whole.clone();
    no_name[8] = 0xFF;
    assert!(matches!(from_legacy(&no_name), Err(ImatrixError::Name { entry: 0 })));
    let long = [&whole[..], &1_i32.to_le_bytes(), b"t", b"excess"].concat();
    assert!(matches!(from_legacy(&long), Err(ImatrixError::Excess { excess: 6 })));
    let text = b"The quick brown fox jumps over the lazy dog, again and again.";
    assert!(matches!(from_legacy(text), Err(ImatrixError::NoImatrix { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_are_sums_of_squares(
        n_entries in 1..3_i32,
        bytes in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..200),
    ) {
        let bytes = [&n_entries.to_le_bytes()[..], &bytes].concat();
        if let Ok(statistics) = from_legacy(&bytes) {
            for (_, known) in statistics.iter() {
                prop_assert!(known.mean_squares(0, known.n_values()).iter().all(|mean| *mean >= 0.0));
            }
        }
    }
}
