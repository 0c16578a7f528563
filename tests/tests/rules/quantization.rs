//! A quantization method and a planner are one file each, listed once, and named in few other places.

use nibble_engine::quant::{methods, plan};

use crate::repository::{none, rust_files};

/// Files besides its own that may name a method or planner: the list, and two more.
const MOST_OTHERS: usize = 3;

/// Names of the files in a folder of `engine/src/quant`, without ending.
fn files_in(folder: &str) -> Vec<String> {
    let prefix = format!("engine/src/quant/{folder}/");
    let mut names: Vec<String> = rust_files("engine/src/quant")
        .iter()
        .filter_map(|text| text.path.strip_prefix(&prefix)?.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| !name.contains('/') && name != "mod" && name != "tests")
        .collect();
    names.sort_unstable();
    names
}

fn sorted(names: impl Iterator<Item = &'static str>) -> Vec<String> {
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_method_and_planner_has_its_file_and_every_file_is_listed() {
    assert_eq!(files_in("methods"), sorted(methods::ALL.iter().map(|method| method.name())));
    assert_eq!(files_in("plan"), sorted(plan::ALL.iter().map(|planner| planner.name())));
}

/// The type of a file's name: `round_to_nearest` is `RoundToNearest`.
fn type_of(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').map(capital).collect()
}

#[test]
fn a_method_or_planner_touches_few_files_beside_its_own() {
    let mut offenses = Vec::new();
    // What published checkpoints were quantized by has the same names there, and is another thing.
    let of_checkpoints = ["engine/src/formats/", "engine/src/hub/"];
    let mut texts = [rust_files("engine"), rust_files("app")].concat();
    texts.retain(|text| !of_checkpoints.iter().any(|folder| text.path.starts_with(folder)));
    for name in [files_in("methods"), files_in("plan")].concat() {
        let own = format!("/{name}.rs");
        let (listed, spelled) = (type_of(&name), format!("{name:?}"));
        let names_it = |line: &str| {
            line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == listed)
                || line.contains(&spelled)
        };
        let others = texts.iter().filter(|text| !text.path.ends_with(&own) && !text.path.contains("/tests"));
        let naming: Vec<&str> = others
            .filter(|text| text.code().any(|(_, line)| names_it(line)))
            .map(|text| text.path.as_str())
            .collect();
        if naming.is_empty() || naming.len() > MOST_OTHERS {
            offenses.push(format!("{name} is named in {naming:?}"));
        }
    }
    none("a method or planner is named in its list and in two more files at most", &offenses);
}
