//! A block format has one name, the same in every place.

use nibble_engine::base::DType;

use crate::repository::rust_files;

#[test]
fn every_block_format_has_its_file_and_every_file_its_format() {
    let files = rust_files("engine/kernels/src/formats");
    let mut found: Vec<&str> = files
        .iter()
        .filter_map(|text| text.path.strip_prefix("engine/kernels/src/formats/")?.strip_suffix(".rs"))
        .filter(|name| !["mod", "floats"].contains(name))
        .collect();
    let mut expected: Vec<&str> = DType::all().filter(|dtype| !dtype.is_float()).map(DType::name).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}
