//! Files written by the formats' own Python packages are read rightly, and written again byte for byte.
//! `tests/record/formats.py` made them.

use std::path::{Path, PathBuf};

use nibble_engine::base::{DType, TensorSource};
use nibble_engine::formats::gguf::{Array, GgufFile, GgufWriter, Value};
use nibble_engine::formats::safetensors::{Checkpoint, SafetensorsFile};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/formats").join(name)
}

fn f32s(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect()
}

#[test]
fn a_gguf_file_by_python_is_read() {
    let file = GgufFile::open(&data("python.gguf")).unwrap();
    let metadata = file.metadata();
    let expected: [(&str, Value); 18] = [
        ("general.architecture", "llama".into()),
        ("u8", 255_u8.into()),
        ("i8", (-1_i8).into()),
        ("u16", 65_535_u16.into()),
        ("i16", (-2_i16).into()),
        ("u32", 4_000_000_000_u32.into()),
        ("i32", (-3_i32).into()),
        ("u64", u64::MAX.into()),
        ("i64", i64::MIN.into()),
        ("f32", 0.1_f32.into()),
        ("f64", 0.1_f64.into()),
        ("bool", true.into()),
        ("text", "Größe 語".into()),
        ("texts", vec!["a".to_owned(), String::new(), "語".to_owned()].into()),
        ("ints", vec![1_i32, -2, 3].into()),
        ("floats", vec![0.5_f32, -1.5].into()),
        ("bools", vec![true, false].into()),
        ("bytes", Value::Array(Array::U8(vec![1, 2, 3]))),
    ];
    let found: Vec<(&str, Value)> = metadata.iter().map(|(key, value)| (key, value.clone())).collect();
    assert_eq!(found, expected);
    let tensors: Vec<_> =
        file.tensors().iter().map(|meta| (meta.name.as_str(), meta.shape.as_slice(), meta.dtype)).collect();
    assert_eq!(
        tensors,
        [
            ("floats", [2, 3].as_slice(), DType::F32),
            ("halves", &[5], DType::F16),
            ("blocks", &[3, 32], DType::Q8_0)
        ]
    );
    assert_eq!(f32s(&file.read_rows(0, 1..2).unwrap()), [3.0, 4.0, 5.0]);
    assert_eq!(&*file.read_rows(2, 2..3).unwrap(), (68..102).collect::<Vec<u8>>());
}

#[test]
fn the_same_content_gives_the_same_gguf_bytes() {
    let file = GgufFile::open(&data("python.gguf")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.gguf");
    let mut writer = GgufWriter::create(&copy, file.metadata(), file.tensors()).unwrap();
    for (index, meta) in file.tensors().iter().enumerate() {
        for row in 0..meta.n_rows() {
            writer.write(&file.read_rows(index, row..row + 1).unwrap()).unwrap();
        }
    }
    writer.finish().unwrap();
    assert_eq!(std::fs::read(copy).unwrap(), std::fs::read(data("python.gguf")).unwrap());
}

#[test]
fn a_safetensors_file_by_python_is_read() {
    let file = SafetensorsFile::open(&data("python.safetensors")).unwrap();
    assert_eq!(file.entries().len(), 5);

    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(data("python.safetensors"), folder.path().join("model.safetensors")).unwrap();
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    let tensor = |name: &str| {
        let index = checkpoint.find(name).unwrap();
        let meta = &checkpoint.tensors()[index];
        (meta.shape.clone(), meta.dtype, checkpoint.read_rows(index, 0..meta.n_rows()).unwrap().into_owned())
    };
    let (shape, dtype, bytes) = tensor("floats");
    assert_eq!(
        (shape.as_slice(), dtype, f32s(&bytes)),
        ([2, 3].as_slice(), DType::F32, vec![0., 1., 2., 3., 4., 5.])
    );
    let (shape, dtype, bytes) = tensor("halves");
    assert_eq!(
        (shape.as_slice(), dtype, bytes.as_slice()),
        ([4].as_slice(), DType::F16, [0, 0, 0, 60, 0, 64, 0, 66].as_slice())
    );
    let (shape, dtype, bytes) = tensor("brains");
    assert_eq!(
        (shape.as_slice(), dtype, &bytes[8..]),
        ([3, 2].as_slice(), DType::BF16, [0x80, 0x40, 0xa0, 0x40].as_slice())
    );
    let (shape, _, bytes) = tensor("scalar");
    assert_eq!((shape.as_slice(), f32s(&bytes)), ([].as_slice(), vec![2.5]));
    assert_eq!(checkpoint.unreadable()[0].name, "ids");
}
