//! Lookup of the models on this machine, and of one by its name.

use std::path::{Path, PathBuf};

use super::data_folder::models_folder;
use super::error::Error;
use super::place::{Origin, Place, stem};
use super::{elsewhere, starter};
use crate::hub::{HubCache, HubSettings};

/// The GGUF files in the folder of quantized models, by name.
///
/// # Errors
/// [`Error::NoDataFolder`]; a folder that does not exist yet is an empty library.
pub fn models() -> Result<Vec<PathBuf>, Error> {
    let Ok(entries) = std::fs::read_dir(models_folder()?) else { return Ok(Vec::new()) };
    let is_model =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
    let mut models: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_model).collect();
    models.sort();
    Ok(models)
}

/// All models of the library: first the built-in one, then those in Nibble's folder, those of the shared cache, and those of
/// other programs.
///
/// # Errors
/// [`Error::NoDataFolder`] if the system names none.
pub fn places() -> Result<Vec<Place>, Error> {
    // Where it cannot be written it is not there; who asks for it by name is told why.
    let built_in = starter::folder().ok();
    let built_in =
        built_in.map(|path| Place { name: starter::NAME.to_owned(), path, origin: Origin::BuiltIn });
    let mut places: Vec<_> = built_in.into_iter().collect();
    let own = models()?.into_iter();
    places.extend(own.map(|path| Place { name: stem(&path), path, origin: Origin::Quantized }));
    // Without a home folder there is no shared cache, and nothing in it.
    if let Ok(settings) = HubSettings::from_environment() {
        places.extend(cached(&HubCache::new(settings.cache)));
    }
    places.extend(elsewhere::elsewhere());
    Ok(places)
}

/// The path of `model`: a path that exists, or the name of a model in the library.
///
/// # Errors
/// [`Error::NotFound`] names what there is; [`Error::Ambiguous`]; [`Error::StarterNotWritten`].
pub fn locate(model: &str) -> Result<PathBuf, Error> {
    let path = Path::new(model);
    if path.exists() {
        return Ok(path.to_path_buf());
    }
    if model == starter::NAME {
        return starter::folder();
    }
    Ok(find(places()?, model)?.path)
}

/// The one of `places` that `name` matches: its name, its file's name, the part of its name after the owner, or, where none of
/// these is, the last part of its name.
pub(super) fn find(mut places: Vec<Place>, name: &str) -> Result<Place, Error> {
    let is_file = |place: &Place| place.path.file_name().is_some_and(|file| file == name);
    let is_short = |place: &Place| place.name.split_once('/').is_some_and(|(_, short)| short == name);
    if let Some(at) = places.iter().position(|place| place.name == name) {
        return Ok(places.swap_remove(at));
    }
    let names = |places: &[Place]| places.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ");
    let known = names(&places);
    let is_last = |place: &Place| place.name.rsplit('/').next() == Some(name);
    let has_better = places.iter().any(|place| is_file(place) || is_short(place));
    places.retain(|place| is_file(place) || is_short(place) || (!has_better && is_last(place)));
    match places.len() {
        0 => Err(Error::NotFound { name: name.to_owned(), known }),
        1 => Ok(places.remove(0)),
        _ => Err(Error::Ambiguous { name: name.to_owned(), known: names(&places) }),
    }
}

/// Models of the shared cache: checkpoints as `owner/name`, GGUF files as `owner/name/file`.
fn cached(cache: &HubCache) -> Vec<Place> {
    let mut places = Vec::new();
    for model in cache.models() {
        let repo = &model.repo;
        if model.is_checkpoint() {
            let (name, path) = (repo.as_str().to_owned(), model.folder.clone());
            places.push(Place { name, path, origin: Origin::Checkpoint(repo.clone()) });
        }
        for file in model.gguf_files() {
            let path = file.path.below(&model.folder);
            let name = format!("{repo}/{}", stem(&path));
            places.push(Place { name, path, origin: Origin::Gguf(repo.clone(), file.path.clone()) });
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_found_by_its_name_its_file_or_what_follows_the_owner() {
        let place = |name: &str, path: &str| Place {
            name: name.to_owned(),
            path: PathBuf::from(path),
            origin: Origin::Quantized,
        };
        let places = || {
            vec![
                place("small", "m/small.gguf"),
                place("a/big", "c/s1"),
                place("b/big", "c/s2"),
                place("b/files/x-Q8_0", "c/s3/x-Q8_0.gguf"),
                place("lm-studio/a/M/m-Q8_0", "l/a/m-Q8_0.gguf"),
                place("lm-studio/b/M/m-Q8_0", "l/b/m-Q8_0.gguf"),
            ]
        };
        let found = |name| find(places(), name).map(|place| place.name);
        assert_eq!(found("small").unwrap(), "small");
        assert_eq!(found("small.gguf").unwrap(), "small");
        assert_eq!(found("a/big").unwrap(), "a/big");
        assert_eq!(found("x-Q8_0.gguf").unwrap(), "b/files/x-Q8_0");
        assert!(matches!(found("big"), Err(Error::Ambiguous { known, .. }) if known == "a/big, b/big"));
        assert_eq!(found("x-Q8_0").unwrap(), "b/files/x-Q8_0");
        let both = "lm-studio/a/M/m-Q8_0, lm-studio/b/M/m-Q8_0";
        assert!(matches!(found("m-Q8_0"), Err(Error::Ambiguous { known, .. }) if known == both));
        assert!(matches!(found("other"), Err(Error::NotFound { .. })));
    }
}
