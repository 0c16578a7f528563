//! No index names a file outside its folder.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use nibble_engine::formats::safetensors::shard_names;

fuzz_target!(|json: &[u8]| {
    let Ok(names) = shard_names(json) else { return };
    let folder = Path::new("folder");
    assert!(names.iter().all(|name| folder.join(name).parent() == Some(folder)));
});
