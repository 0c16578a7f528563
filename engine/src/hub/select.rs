//! Selection of a repository's files that a model needs: weights in one format, configuration, tokenizer.
//!
//! Weights are safetensors under the names that transformers writes, or one GGUF file that the user chose. Pickles (`.bin`,
//! `.pth`) and other programs' formats are never fetched.

use super::file::RepoFile;
use super::name::RepoPath;
use super::refusal::Refusal;

/// Files that belong to a checkpoint beside its weights, if the repository has them.
const COMPANIONS: [&str; 12] = [
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
    "model.safetensors.index.json",
];
const SINGLE_WEIGHTS: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
/// File name extensions of pickles.
const PICKLES: [&str; 4] = [".bin", ".pth", ".pt", ".ckpt"];
/// Words in the names of GGUF files that are not language models themselves.
const SIDE_FILES: [&str; 3] = ["mmproj", "imatrix", "mtp-"];
/// Unsupported weight types in names of GGUF files (those of ik_llama.cpp, and removed ones); more characters may follow.
const UNREADABLE_TYPES: [&str; 7] = ["IQ1_K", "IQ2_K", "IQ3_K", "IQ4_K", "IQ5_K", "IQ6_K", "Q4_0_"];

/// The selected files of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The files, small ones first.
    pub files: Vec<RepoFile>,
    /// The chosen GGUF file; `None` for a checkpoint.
    pub gguf: Option<RepoFile>,
}

impl Selection {
    /// Size of all files in bytes.
    pub fn n_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }
}

/// The GGUF files of a repository that the user can choose from, smallest first.
pub fn gguf_files(files: &[RepoFile]) -> Vec<&RepoFile> {
    let mut found: Vec<_> = files.iter().filter(|file| is_gguf(file)).collect();
    found.sort_by_key(|file| (file.size_bytes, &file.path));
    found
}

/// Selects the files to download: the GGUF file that `gguf` names, by its name or its precision, otherwise the checkpoint,
/// otherwise the only GGUF file.
///
/// # Errors
/// [`Refusal`] if nothing is supported or a choice is required.
pub fn select(files: &[RepoFile], gguf: Option<&str>) -> Result<Selection, Refusal> {
    let choices = gguf_files(files);
    if let Some(wanted) = gguf {
        let named: Vec<_> = choices.iter().copied().filter(|file| is_named(file, wanted)).collect();
        return match named.as_slice() {
            [one] => select_gguf(one),
            [] if let Some(part) = choices.iter().find(|file| is_part_named(file, wanted)) => {
                select_gguf(part)
            }
            [] => Err(Refusal::NoSuchFile { wanted: wanted.to_owned(), choices: names(&choices) }),
            _ => Err(Refusal::ChooseGguf { choices: names(&named) }),
        };
    }
    match (choices.as_slice(), select_checkpoint(files)) {
        (
            [_, ..],
            Err(
                Refusal::NoWeights
                | Refusal::NoIndex { .. }
                | Refusal::PickleOnly { .. }
                | Refusal::Adapter { .. },
            ),
        ) => {}
        (_, checkpoint) => return checkpoint,
    }
    match choices.as_slice() {
        [one] => select_gguf(one),
        _ => Err(Refusal::ChooseGguf { choices: names(&choices) }),
    }
}

/// Selects the files of a checkpoint.
///
/// # Errors
/// [`Refusal`] if there is no supported checkpoint.
pub fn select_checkpoint(files: &[RepoFile]) -> Result<Selection, Refusal> {
    let weights = weights(files);
    if weights.is_empty() {
        return Err(no_weights(files));
    }
    if !files.iter().any(|file| file.path.as_str() == "config.json") {
        return Err(Refusal::NoConfiguration);
    }
    let is_companion = |file: &&RepoFile| COMPANIONS.contains(&file.path.as_str());
    let mut files: Vec<_> = files.iter().filter(is_companion).cloned().collect();
    files.extend(weights);
    files.sort_by_key(|file| file.size_bytes);
    Ok(Selection { files, gguf: None })
}

/// The weights of a checkpoint in the root folder, under the names that transformers writes.
fn weights(files: &[RepoFile]) -> Vec<RepoFile> {
    let named = |name: &str| files.iter().find(|file| file.path.as_str() == name);
    if let Some(single) = named(SINGLE_WEIGHTS) {
        return vec![single.clone()];
    }
    if named(INDEX).is_none() { Vec::new() } else { shards(files) }
}

/// The files in the root folder that are named as parts of a checkpoint's weights.
fn shards(files: &[RepoFile]) -> Vec<RepoFile> {
    let is_shard = |file: &&RepoFile| {
        let numbers = file.path.as_str().strip_prefix("model-").and_then(|n| n.strip_suffix(".safetensors"));
        numbers.and_then(|numbers| numbers.split_once("-of-")).is_some_and(|(part, of)| {
            [part, of].iter().all(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
        })
    };
    files.iter().filter(is_shard).cloned().collect()
}

fn select_gguf(file: &RepoFile) -> Result<Selection, Refusal> {
    let name = file.path.as_str();
    if let Some(parts) = split_into(file.path.file_name()) {
        return Err(Refusal::SplitGguf { file: name.to_owned(), parts });
    }
    if let Some(precision) = unreadable_type(file.path.file_name()) {
        return Err(Refusal::UnreadableType { file: name.to_owned(), precision });
    }
    Ok(Selection { files: vec![file.clone()], gguf: Some(file.clone()) })
}

fn is_gguf(file: &RepoFile) -> bool {
    is_model_file(file.path.file_name())
}

/// Whether a file of this name is a GGUF file with a language model.
pub fn is_model_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.strip_suffix(".gguf").is_some() && !SIDE_FILES.iter().any(|word| name.contains(word))
}

/// Whether `wanted` names the split model that `file` is a part of.
fn is_part_named(file: &RepoFile, wanted: &str) -> bool {
    let name = file.path.file_name();
    let whole = split_into(name).and_then(|_| name.rsplit_once("-of-")?.0.rsplit_once('-'));
    let path = whole.and_then(|(whole, _)| RepoPath::new(&format!("{whole}.gguf")));
    path.is_some_and(|path| names_file(&path, wanted))
}

fn is_named(file: &RepoFile, wanted: &str) -> bool {
    names_file(&file.path, wanted)
}

/// Whether `wanted` is a GGUF file's name, with or without extension, or the precision at its end.
pub(super) fn names_file(path: &RepoPath, wanted: &str) -> bool {
    let (path, name) = (path.as_str(), path.file_name());
    let wanted = wanted.to_ascii_lowercase();
    let (path, name) = (path.to_ascii_lowercase(), name.to_ascii_lowercase());
    let stem = name.strip_suffix(".gguf").unwrap_or(&name);
    let precision = stem.strip_suffix(&wanted).is_some_and(|before| before.ends_with(['-', '.', '_']));
    path == wanted || name == wanted || stem == wanted || precision
}

/// The precision at the end of a GGUF file's name, such as `q4_k_m`; `None` if it ends with no known one.
pub fn precision_in_name(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let last = lower.strip_suffix(".gguf")?.rsplit(['-', '.']).next()?;
    let is_known =
        ["q", "iq", "tq", "f16", "bf16", "f32", "mxfp", "nvfp"].iter().any(|start| last.starts_with(start));
    (is_known && last.contains(|c: char| c.is_ascii_digit())).then(|| last.to_owned())
}

/// Number of files of a split GGUF, from `NAME-00001-of-00003.gguf`.
fn split_into(name: &str) -> Option<u32> {
    let (before, parts) = name.strip_suffix(".gguf")?.rsplit_once("-of-")?;
    let number = before.rsplit_once('-')?.1;
    let is_number = |text: &str| text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(number) && is_number(parts) { parts.parse().ok() } else { None }
}

/// The type in a GGUF file's name, if it is not supported.
fn unreadable_type(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let stem = upper.strip_suffix(".GGUF").unwrap_or(&upper);
    let last = stem.rsplit(['-', '.']).next()?;
    UNREADABLE_TYPES.iter().any(|kind| last.starts_with(kind)).then(|| last.to_owned())
}

fn no_weights(files: &[RepoFile]) -> Refusal {
    let ends =
        |file: &&RepoFile, endings: &[&str]| endings.iter().any(|end| file.path.as_str().ends_with(end));
    if let Some(adapter) = files.iter().find(|file| file.path.as_str() == "adapter_config.json") {
        return Refusal::Adapter { file: adapter.path.as_str().to_owned() };
    }
    if let Some(part) = shards(files).first() {
        return Refusal::NoIndex { file: part.path.as_str().to_owned() };
    }
    match files.iter().find(|file| ends(file, &PICKLES)) {
        Some(pickle) => Refusal::PickleOnly { file: pickle.path.as_str().to_owned() },
        None => Refusal::NoWeights,
    }
}

fn names(files: &[&RepoFile]) -> Vec<String> {
    files.iter().map(|file| file.path.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::name::{Checksum, RepoPath};
    use super::*;

    fn files(names: &[&str]) -> Vec<RepoFile> {
        let file = |(at, name): (usize, &&str)| RepoFile {
            path: RepoPath::new(name).unwrap(),
            size_bytes: 1000 - at as u64,
            checksum: Checksum::Sha256([at as u8; 32]),
        };
        names.iter().enumerate().map(file).collect()
    }

    fn chosen(names: &[&str], gguf: Option<&str>) -> Result<Vec<String>, Refusal> {
        let mut chosen = select(&files(names), gguf)?.files;
        chosen.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(chosen.iter().map(|file| file.path.as_str().to_owned()).collect())
    }

    #[test]
    fn a_checkpoint_is_its_safetensors_configuration_and_tokenizer() {
        let all = [
            "model.safetensors",
            "config.json",
            "tokenizer.json",
            "README.md",
            "pytorch_model.bin",
            "onnx/model.onnx",
            "original/consolidated.00.pth",
            "consolidated.safetensors",
            "flax_model.msgpack",
        ];
        assert_eq!(chosen(&all, None).unwrap(), ["config.json", "model.safetensors", "tokenizer.json"]);
        let sharded = [
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "consolidated.safetensors",
            "model-x-of-y.safetensors",
        ];
        assert_eq!(chosen(&sharded, None).unwrap().len(), 4);
    }

    #[test]
    fn one_gguf_file_is_chosen_by_name_or_precision() {
        let all = ["m-Q8_0.gguf", "m-Q4_K_M.gguf", "m-IQ2_KS.gguf", "mmproj-f16.gguf", "sub/m-F16.gguf"];
        for wanted in ["m-Q4_K_M.gguf", "m-q4_k_m", "Q4_K_M"] {
            assert_eq!(chosen(&all, Some(wanted)).unwrap(), ["m-Q4_K_M.gguf"], "{wanted}");
        }
        assert_eq!(chosen(&all, Some("sub/m-F16.gguf")).unwrap(), ["sub/m-F16.gguf"]);
        assert_eq!(
            chosen(&all, Some("iq2_ks")).unwrap_err().to_string(),
            "the weights of m-IQ2_KS.gguf are IQ2_KS, which Nibble does not support; choose a file of another precision"
        );
        assert!(
            matches!(chosen(&all, Some("q5_0")), Err(Refusal::NoSuchFile { choices, .. }) if choices.len() == 4)
        );
        assert!(matches!(chosen(&all, None), Err(Refusal::ChooseGguf { .. })));
        assert_eq!(chosen(&all[..1], None).unwrap(), ["m-Q8_0.gguf"]);
        let split = ["big-Q8_0-00001-of-00003.gguf"];
        assert!(matches!(chosen(&split, Some("q8_0")), Err(Refusal::SplitGguf { parts: 3, .. })));
        assert!(matches!(chosen(&split, None), Err(Refusal::SplitGguf { parts: 3, .. })));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_reason() {
        assert!(matches!(
            chosen(&["pytorch_model.bin", "config.json"], None),
            Err(Refusal::PickleOnly { .. })
        ));
        assert!(matches!(
            chosen(&["adapter_config.json", "adapter_model.bin"], None),
            Err(Refusal::Adapter { .. })
        ));
        assert_eq!(chosen(&["README.md"], None), Err(Refusal::NoWeights));
        assert!(matches!(
            chosen(&["model-00001-of-00002.safetensors", "config.json"], None),
            Err(Refusal::NoIndex { .. })
        ));
        assert_eq!(chosen(&["model.safetensors"], None), Err(Refusal::NoConfiguration));
    }
}
