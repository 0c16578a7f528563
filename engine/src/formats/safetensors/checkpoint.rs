//! Weights of a checkpoint folder: `model.safetensors`, or the files listed in `model.safetensors.index.json`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::error::IndexError;
use super::file::SafetensorsFile;
use super::index::{Index, check_length};
use crate::base::{TensorMeta, TensorSource};
use crate::formats::Error;
use crate::formats::raw::{RawTensor, RawTensors};

const SINGLE_FILE: &str = "model.safetensors";
const INDEX_FILE: &str = "model.safetensors.index.json";
/// File extensions of PyTorch pickles.
const PICKLE_EXTENSIONS: [&str; 4] = ["bin", "pth", "pt", "ckpt"];
/// Folder where the Hugging Face tools store unfinished downloads.
const DOWNLOAD_FOLDER: &str = ".cache/huggingface/download";

/// All weights of a checkpoint, under the checkpoint's names.
#[derive(Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    files: Vec<SafetensorsFile>,
    tensors: Vec<TensorMeta>,
    /// For each of `tensors`, the index of its file and its index in the file.
    places: Vec<(usize, usize)>,
    /// The same indices for every tensor, of any type.
    all_places: Vec<(usize, usize)>,
    by_name: HashMap<String, usize>,
    unreadable: Vec<Unreadable>,
}

/// A tensor that cannot be read as weights: of another type, such as I64, or empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Name of the tensor in the checkpoint.
    pub name: String,
    /// Name of the type in the file.
    pub dtype_name: String,
    /// Shape, outermost dimension first.
    pub shape: Vec<usize>,
}

impl Checkpoint {
    /// Opens the folder's weights and checks all headers; tensors are read when requested.
    ///
    /// # Errors
    /// [`Error`] if the folder or its weights are missing, only pickles are present, or files or the index are damaged.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let io_error = |source| Error::Io { path: folder.to_owned(), source };
        if !fs::metadata(folder).map_err(io_error)?.is_dir() {
            return Err(io_error(io::ErrorKind::NotADirectory.into()));
        }
        let single = folder.join(SINGLE_FILE);
        let index_path = folder.join(INDEX_FILE);
        if single.is_file() {
            let file = SafetensorsFile::open(&single)?;
            return Self::collect(folder, vec![file]).map_err(|source| Error::Index { path: single, source });
        }
        if !index_path.is_file() {
            return Err(no_weights(folder));
        }
        let index_error = |source| Error::Index { path: index_path.clone(), source };
        let index = read_index(&index_path)?;
        let mut files = Vec::new();
        for shard in index.shards() {
            let path = folder.join(shard);
            if !path.is_file() {
                return Err(index_error(IndexError::MissingShard { shard: shard.to_owned() }));
            }
            files.push(SafetensorsFile::open(&path)?);
        }
        refuse_missing(&index, &files).map_err(index_error)?;
        Self::collect(folder, files).map_err(index_error)
    }

    /// Path of the checkpoint's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Size of all files in bytes.
    pub fn n_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.map().bytes().len() as u64).sum()
    }

    /// Tensors that cannot be read as weights.
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    fn collect(folder: &Path, files: Vec<SafetensorsFile>) -> Result<Self, IndexError> {
        let mut checkpoint = Self {
            folder: folder.to_owned(),
            files: Vec::new(),
            tensors: Vec::new(),
            places: Vec::new(),
            all_places: Vec::new(),
            by_name: HashMap::new(),
            unreadable: Vec::new(),
        };
        let mut seen: HashMap<&str, &SafetensorsFile> = HashMap::new();
        for (file_idx, file) in files.iter().enumerate() {
            for (entry_idx, entry) in file.entries().iter().enumerate() {
                if let Some(first) = seen.insert(&entry.name, file) {
                    let (first, second) = (first.file_name(), file.file_name());
                    return Err(IndexError::DuplicateTensor { tensor: entry.name.clone(), first, second });
                }
                let (name, shape) = (entry.name.clone(), entry.shape.clone());
                checkpoint.all_places.push((file_idx, entry_idx));
                match entry.dtype() {
                    Some(dtype) if !entry.range.is_empty() => {
                        checkpoint.by_name.insert(name.clone(), checkpoint.tensors.len());
                        checkpoint.tensors.push(TensorMeta { name, shape, dtype });
                        checkpoint.places.push((file_idx, entry_idx));
                    }
                    _ => {
                        let dtype_name = entry.dtype_name.clone();
                        checkpoint.unreadable.push(Unreadable { name, dtype_name, shape });
                    }
                }
            }
        }
        checkpoint.files = files;
        Ok(checkpoint)
    }

    /// File of a tensor, and the byte range of its rows; `None` if it has no such rows.
    fn row_range(&self, index: usize, rows: &Range<usize>) -> Option<(&SafetensorsFile, Range<usize>)> {
        let (meta, &(file_idx, entry_idx)) = (self.tensors.get(index)?, self.places.get(index)?);
        if rows.start > rows.end || rows.end > meta.n_rows() {
            return None;
        }
        let file = &self.files[file_idx];
        let range = &file.entries()[entry_idx].range;
        let row_bytes = range.len() / meta.n_rows();
        Some((file, range.start + rows.start * row_bytes..range.start + rows.end * row_bytes))
    }
}

impl TensorSource for Checkpoint {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        let (file, range) = self.row_range(index, &rows).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Cow::Borrowed(&file.map().bytes()[range]))
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    fn release_rows(&self, index: usize, rows: Range<usize>) {
        if let Some((file, range)) = self.row_range(index, &rows) {
            file.map().release(range);
        }
    }
}

impl RawTensors for Checkpoint {
    fn n_tensors(&self) -> usize {
        self.all_places.len()
    }

    fn tensor(&self, index: usize) -> RawTensor<'_> {
        let (file_idx, entry_idx) = self.all_places[index];
        let (file, entry) = (&self.files[file_idx], &self.files[file_idx].entries()[entry_idx]);
        let bytes = file.bytes(entry_idx);
        RawTensor { name: &entry.name, dtype_name: &entry.dtype_name, shape: &entry.shape, bytes }
    }

    fn release(&self, index: usize, bytes: Range<usize>) {
        let (file_idx, entry_idx) = self.all_places[index];
        let (file, range) = (&self.files[file_idx], &self.files[file_idx].entries()[entry_idx].range);
        let end = range.end.min(range.start + bytes.end);
        file.map().release((range.start + bytes.start).min(end)..end);
    }
}

fn read_index(path: &Path) -> Result<Index, Error> {
    let io_error = |source| Error::Io { path: path.to_owned(), source };
    let index_error = |source| Error::Index { path: path.to_owned(), source };
    check_length(fs::metadata(path).map_err(io_error)?.len()).map_err(index_error)?;
    let json = fs::read(path).map_err(io_error)?;
    Index::parse(&json).map_err(index_error)
}

/// Checks that every tensor of the index is in the file that the index states.
fn refuse_missing(index: &Index, files: &[SafetensorsFile]) -> Result<(), IndexError> {
    let places: HashSet<(&str, &str)> = files
        .iter()
        .filter_map(|file| Some((file.path().file_name()?.to_str()?, file)))
        .flat_map(|(shard, file)| file.entries().iter().map(move |entry| (shard, entry.name.as_str())))
        .collect();
    for (tensor, shard) in &index.weight_map {
        if !places.contains(&(shard.as_str(), tensor.as_str())) {
            return Err(IndexError::MissingTensor { tensor: tensor.clone(), shard: shard.clone() });
        }
    }
    Ok(())
}

/// The error for a folder without weights, by its other content.
fn no_weights(folder: &Path) -> Error {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(source) => return Error::Io { path: folder.to_owned(), source },
    };
    let mut names: Vec<PathBuf> =
        entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name()))).collect();
    names.sort();
    let with_extension = |wanted: &[&str]| {
        let found = names.iter().find(|name| {
            name.extension().and_then(OsStr::to_str).is_some_and(|extension| wanted.contains(&extension))
        });
        found.map(|name| folder.join(name))
    };
    let downloading = || {
        let mut entries = fs::read_dir(folder.join(DOWNLOAD_FOLDER)).ok()?;
        entries.find_map(|entry| {
            Some(entry.ok()?.path()).filter(|path| path.extension() == Some("incomplete".as_ref()))
        })
    };
    let named = |name: &str| Some(folder.join(name)).filter(|path| path.is_file());
    let is_dangling = |name: &&PathBuf| {
        let path = folder.join(name);
        path.is_symlink() && !path.exists()
    };
    if let Some(path) = with_extension(&["incomplete"]).or_else(downloading) {
        Error::Incomplete { path }
    } else if let Some(name) = names.iter().find(is_dangling) {
        Error::DanglingLink { path: folder.join(name) }
    } else if let Some(path) = named("adapter_config.json") {
        Error::Adapter { path }
    } else if let Some(path) = newest_snapshot(folder) {
        Error::CacheFolder { path }
    } else if let Some(path) = with_extension(&["safetensors"]) {
        Error::NoIndex { path }
    } else if let Some(path) = with_extension(&PICKLE_EXTENSIONS) {
        Error::Pickle { path }
    } else if let Some(path) = with_extension(&["gguf"]) {
        Error::GgufInFolder { path }
    } else {
        Error::NoWeights { path: folder.to_owned() }
    }
}

/// The newest snapshot in a folder `models--OWNER--NAME` of the Hugging Face cache.
fn newest_snapshot(folder: &Path) -> Option<PathBuf> {
    let snapshots = fs::read_dir(folder.join("snapshots")).ok()?.flatten().map(|entry| entry.path());
    let changed = |path: &PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
    snapshots.filter(|path| path.is_dir()).max_by_key(changed)
}
