//! Models that other programs downloaded, found in their folders and used in place.
//!
//! | program | folder | layout |
//! | --- | --- | --- |
//! | LM Studio | `~/.lmstudio/models`, before 0.3.6 `~/.cache/lm-studio/models` | `PUBLISHER/MODEL/FILE.gguf` |
//! | Ollama | `OLLAMA_MODELS`, `~/.ollama/models`, of the service `/usr/share/ollama/.ollama/models` | `manifests/HOST/NAMESPACE/MODEL/TAG` names a layer in `blobs/sha256-…` |
//! | Jan | `Jan/data/llamacpp/models` below the data folder | `…/model.gguf`, the folders naming it |
//! | llama.cpp | `LLAMA_CACHE`, or `llama.cpp` below the cache folder | `FILE.gguf` |
//! | GPT4All | `nomic.ai/GPT4All` below the data folder | `FILE.gguf` |
//!
//! Sources: lmstudio.ai/docs (import models); ollama `envconfig/config.go` and `manifest/`; jan.ai/docs (data folder);
//! llama.cpp `common/common.cpp` (`fs_get_cache_directory`); GPT4All's FAQ (model download folder).

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::place::{Origin, Place, stem};
use super::program::Program;
use crate::hub::is_model_file;

/// Deepest folder that is searched.
const DEEPEST: usize = 5;
/// Media type of the model's layer in an Ollama manifest.
const OLLAMA_MODEL: &str = "application/vnd.ollama.image.model";
/// Largest manifest in bytes.
const LONGEST_MANIFEST: u64 = 1 << 20;

/// The system's folders for programs of a user.
pub(super) struct Folders {
    pub(super) home: PathBuf,
    pub(super) data: PathBuf,
    pub(super) local_data: PathBuf,
    pub(super) cache: PathBuf,
}

/// Manifest of an Ollama model.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    media_type: String,
    digest: String,
}

/// Folders in which `program` may store models.
fn folders(program: Program, lookup: &dyn Fn(&str) -> Option<OsString>, at: &Folders) -> Vec<PathBuf> {
    let set = |name: &str| lookup(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    match program {
        Program::LmStudio => vec![at.home.join(".lmstudio/models"), at.home.join(".cache/lm-studio/models")],
        Program::Ollama => match set("OLLAMA_MODELS") {
            Some(folder) => vec![folder],
            None => {
                vec![at.home.join(".ollama/models"), PathBuf::from("/usr/share/ollama/.ollama/models")]
            }
        },
        Program::Jan => vec![at.data.join("Jan/data/llamacpp/models")],
        Program::LlamaCpp => vec![set("LLAMA_CACHE").unwrap_or_else(|| at.cache.join("llama.cpp"))],
        Program::Gpt4All => vec![at.local_data.join("nomic.ai/GPT4All")],
    }
}

/// Models of other programs in the user's folders.
pub(super) fn elsewhere() -> Vec<Place> {
    let Some(base) = directories::BaseDirs::new() else { return Vec::new() };
    let folders = Folders {
        home: base.home_dir().to_owned(),
        data: base.data_dir().to_owned(),
        local_data: base.data_local_dir().to_owned(),
        cache: base.cache_dir().to_owned(),
    };
    find(&|name| std::env::var_os(name), &folders)
}

/// Models of other programs, with `lookup` for the variables that move their folders.
pub(super) fn find(lookup: &dyn Fn(&str) -> Option<OsString>, at: &Folders) -> Vec<Place> {
    let mut places = Vec::new();
    for program in Program::ALL {
        let folders = folders(program, lookup, at);
        let mut found: Vec<_> = folders.iter().flat_map(|folder| models_in(program, folder)).collect();
        found.sort();
        // Links may lead to one file on several ways.
        let mut seen = HashSet::new();
        found.retain(|(name, path)| {
            let file = path.canonicalize().unwrap_or_else(|_| path.clone());
            seen.insert((name.clone(), file))
        });
        make_distinct(&mut found);
        let place = |(name, path)| Place {
            name: format!("{}/{name}", program.prefix()),
            path,
            origin: Origin::Elsewhere(program),
        };
        places.extend(found.into_iter().map(place));
    }
    places
}

/// Puts before equal names the folders of their files, as many as tell them apart: publishers use the same file names.
fn make_distinct(found: &mut [(String, PathBuf)]) {
    for depth in 1..=DEEPEST {
        let mut counts = HashMap::new();
        for (name, _) in found.iter() {
            *counts.entry(name.clone()).or_insert(0_usize) += 1;
        }
        let mut is_done = true;
        for (name, path) in found.iter_mut().filter(|(name, _)| counts[name] > 1) {
            let folder = path.ancestors().nth(depth).and_then(|folder| folder.file_name());
            if let Some(folder) = folder {
                *name = format!("{}/{name}", folder.to_string_lossy());
                is_done = false;
            }
        }
        if is_done {
            return;
        }
    }
}

/// Name and file of each model that `program` stores in `folder`.
fn models_in(program: Program, folder: &Path) -> Vec<(String, PathBuf)> {
    match program {
        Program::Ollama => ollama_models(folder),
        Program::Jan => {
            let name = |path: &Path| {
                let below = path.parent().and_then(|model| model.strip_prefix(folder).ok())?;
                Some(below.to_string_lossy().replace('\\', "/")).filter(|name| !name.is_empty())
            };
            gguf_files(folder)
                .into_iter()
                .map(|path| (name(&path).unwrap_or_else(|| stem(&path)), path))
                .collect()
        }
        _ => gguf_files(folder).into_iter().map(|path| (stem(&path), path)).collect(),
    }
}

/// The GGUF files below `folder`.
fn gguf_files(folder: &Path) -> Vec<PathBuf> {
    let name_is_right = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(is_model_file)
    };
    files(folder, DEEPEST).into_iter().filter(name_is_right).collect()
}

/// All files below `folder`, at most `depth` folders down.
fn files(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if depth > 0 {
                found.extend(files(&path, depth - 1));
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

/// The models of an Ollama folder: `MODEL:TAG`, with the namespace before it unless that is Ollama's own.
fn ollama_models(folder: &Path) -> Vec<(String, PathBuf)> {
    let manifests = folder.join("manifests");
    let read = |path: PathBuf| {
        let parts: Vec<_> =
            path.strip_prefix(&manifests).ok()?.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
        let [_, namespace, model, tag] = parts[..] else { return None };
        if fs::metadata(&path).ok()?.len() > LONGEST_MANIFEST {
            return None;
        }
        let manifest: Manifest = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        let layer = manifest.layers.iter().find(|layer| layer.media_type == OLLAMA_MODEL)?;
        let hex = layer.digest.strip_prefix("sha256:")?;
        // A digest becomes part of a path: nothing but digits may be in it.
        let is_digest = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        let blob = folder.join("blobs").join(format!("sha256-{hex}"));
        let name = if namespace == "library" {
            format!("{model}:{tag}")
        } else {
            format!("{namespace}/{model}:{tag}")
        };
        (is_digest && blob.is_file()).then_some((name, blob))
    };
    files(&manifests, DEEPEST).into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Folders of a person who has tried everything.
    fn made_up(home: &Path) -> Folders {
        let folders = Folders {
            home: home.to_owned(),
            data: home.join("data"),
            local_data: home.join("local"),
            cache: home.join("cache"),
        };
        write(home.join(".lmstudio/models/someone/Some-GGUF/Some-Q4_K_M.gguf"), "GGUF");
        write(home.join(".lmstudio/models/someone/Some-GGUF/mmproj-Some.gguf"), "GGUF");
        write(home.join(".lmstudio/models/someone/Some-GGUF/notes.txt"), "");
        write(folders.data.join("Jan/data/llamacpp/models/owner/tiny/model.gguf"), "GGUF");
        write(folders.data.join("Jan/data/llamacpp/models/owner/tiny/model.yml"), "");
        write(folders.cache.join("llama.cpp/ggml-org_tiny.gguf"), "GGUF");
        write(folders.local_data.join("nomic.ai/GPT4All/Old.Q4_0.gguf"), "GGUF");
        let digest = "ab".repeat(32);
        let manifest = |digest: &str| {
            format!(
                r#"{{"schemaVersion":2,"layers":[{{"mediaType":"application/vnd.ollama.image.template","digest":"x"}},
                    {{"mediaType":"{OLLAMA_MODEL}","digest":"sha256:{digest}","size":4}}]}}"#
            )
        };
        let ollama = home.join(".ollama/models");
        write(ollama.join(format!("blobs/sha256-{digest}")), "GGUF");
        let registry = ollama.join("manifests/registry.ollama.ai");
        write(registry.join("library/llama3.2/1b"), &manifest(&digest));
        write(registry.join("someone/own/latest"), &manifest(&digest));
        write(registry.join("library/gone/latest"), &manifest(&"cd".repeat(32)));
        write(registry.join("library/hostile/latest"), &manifest("../../../.ssh/id"));
        folders
    }

    #[test]
    fn models_of_other_programs_are_found_where_they_lie() {
        let home = tempfile::tempdir().unwrap();
        let places = find(&|_| None, &made_up(home.path()));
        let names: Vec<_> = places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "lm-studio/Some-Q4_K_M",
                "ollama/llama3.2:1b",
                "ollama/someone/own:latest",
                "jan/owner/tiny",
                "llama.cpp/ggml-org_tiny",
                "gpt4all/Old.Q4_0",
            ]
        );
        assert!(places.iter().all(|place| fs::read(&place.path).unwrap() == b"GGUF"));
    }

    #[test]
    fn one_file_name_of_two_publishers_is_two_names() {
        let home = tempfile::tempdir().unwrap();
        let folders = made_up(home.path());
        for publisher in ["a", "b"] {
            write(home.path().join(format!(".lmstudio/models/{publisher}/M-GGUF/M-Q8_0.gguf")), publisher);
        }
        write(home.path().join(".lmstudio/models/a/Other/M-Q8_0.gguf"), "other");
        let places = find(&|_| None, &folders);
        let mut names: Vec<_> = places.iter().map(|place| place.name.as_str()).collect();
        names.retain(|name| name.ends_with("M-Q8_0"));
        names.sort_unstable();
        assert_eq!(
            names,
            ["lm-studio/Other/M-Q8_0", "lm-studio/a/M-GGUF/M-Q8_0", "lm-studio/b/M-GGUF/M-Q8_0"]
        );
        assert!(places.iter().any(|place| place.name == "lm-studio/Some-Q4_K_M"), "others keep their names");
    }

    #[test]
    fn variables_move_the_folders() {
        let (home, moved) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write(moved.path().join("other.gguf"), "GGUF");
        let lookup = |name: &str| {
            ["LLAMA_CACHE", "OLLAMA_MODELS"].contains(&name).then(|| moved.path().as_os_str().to_owned())
        };
        let places = find(&lookup, &made_up(home.path()));
        let names: Vec<_> = places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, ["lm-studio/Some-Q4_K_M", "jan/owner/tiny", "llama.cpp/other", "gpt4all/Old.Q4_0"]);
    }
}
