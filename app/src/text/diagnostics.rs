//! What a report of a fault needs, as plain text in English for those who read it: the program, the machine, settings that
//! matter to the engine, and the last problems. Nothing a person or a model wrote, no titles, no names of files or folders.

use std::path::Path;

use super::notices::wording;
use super::{bytes, speak, spoken};
use crate::state::{Language, NoticeTopic, Source, State};

/// Stands where a path stood.
const PATH: &str = "<path>";

/// Writes the diagnostics as text.
pub fn write(state: &State) -> String {
    let language = spoken();
    speak(Language::English);
    let lines = [program(state), machine(state), settings(state), model(state), problems(state)].concat();
    speak(language);
    lines.join("\n")
}

fn program(state: &State) -> Vec<String> {
    let portable = if state.places.portable.is_some() { ", portable" } else { "" };
    let (n_chats, keeping) = (state.chats.all().len(), state.keeping);
    vec![format!("Nibble {}{portable}", env!("CARGO_PKG_VERSION")), format!("chats: {n_chats} ({keeping:?})")]
}

fn machine(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(machine) = &state.machine {
        let gpus = if machine.gpus.is_empty() { "none found".to_owned() } else { machine.gpus.join(", ") };
        lines.push(format!("system: {}", machine.system));
        lines.push(format!("processor: {}, {}, {} cores", machine.cpu, machine.level, machine.cores));
        lines.push(format!("graphics: {gpus}"));
    }
    if let Some(memory) = state.memory {
        let (free, all) = (bytes(memory.available_bytes), bytes(memory.total_bytes));
        lines.push(format!("memory: {free} free of {all}"));
    }
    lines
}

fn settings(state: &State) -> Vec<String> {
    let settings = &state.settings;
    let or_default = |value: Option<usize>| value.map_or("default".to_owned(), |value| value.to_string());
    vec![format!(
        "precision: {}, context: {}, cache: {:?}, threads: {}, offline: {}, language: {}",
        settings.precision.short_name(),
        or_default(settings.context),
        settings.cache,
        or_default(settings.threads),
        settings.offline,
        state.language().code(),
    )]
}

/// Architecture and precision of the open model, and what the loaded one takes.
fn model(state: &State) -> Vec<String> {
    let open = state.source.as_ref().and_then(Source::summary).map(|summary| {
        let (architecture, parameters) = (&summary.architecture, summary.parameters);
        format!("open model: {architecture}, {parameters} weights of {:.2} bits", summary.bits_per_weight)
    });
    let loaded = state.engine.model.as_ref().and_then(|model| model.loaded.as_ref());
    let loaded = loaded
        .map(|loaded| format!("loaded model: {}, context {}", bytes(loaded.weights_bytes), loaded.context));
    open.into_iter().chain(loaded).collect()
}

/// The last problems of the engine and of files.
fn problems(state: &State) -> Vec<String> {
    let known = known_paths(state);
    let told = state.notices.problems.iter().filter(|topic| is_of_the_program(topic)).map(wording);
    let lines = told.flat_map(|wording| std::iter::once(wording.sentence).chain(wording.details));
    lines.map(|line| format!("problem: {}", without_paths(&line, &known))).collect()
}

/// Whether a problem says nothing of what is in chats.
fn is_of_the_program(topic: &NoticeTopic) -> bool {
    !matches!(topic, NoticeTopic::ChatDeleted { .. } | NoticeTopic::MessagesDeleted { .. })
}

fn known_paths(state: &State) -> Vec<&Path> {
    let places = &state.places;
    let own =
        [&places.models, &places.own_models, &places.settings_file, &places.chats_file, &places.log_file];
    let open = state.source.iter().map(|source| &source.path);
    let loaded = state.engine.model.iter().map(|model| &model.path);
    let listed = state.library.models.iter().map(|model| &model.path);
    let recent = state.settings.recent.iter();
    own.into_iter().chain(open).chain(loaded).chain(listed).chain(recent).map(AsRef::as_ref).collect()
}

/// A line without paths: those that are known, which may have spaces in them, and every word that looks like one.
fn without_paths(line: &str, known: &[&Path]) -> String {
    let mut line = line.to_owned();
    for path in known {
        for path in path.ancestors().filter(|path| path.components().count() > 1) {
            line = line.replace(&*path.to_string_lossy(), PATH);
        }
    }
    let hide = |word: &str| {
        let is_path = word != PATH && word.contains(['/', '\\']) || word.starts_with(PATH);
        if is_path { PATH.to_owned() } else { word.to_owned() }
    };
    line.split_whitespace().map(hide).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_hidden_with_and_without_spaces() {
        let known = [Path::new("/home/anna/My Models/secret one.gguf")];
        let hidden = |line| without_paths(line, &known);
        assert_eq!(
            hidden("cannot open /home/anna/My Models/secret one.gguf: gone"),
            "cannot open <path> gone"
        );
        assert_eq!(hidden("no /home/anna/My Models/other.gguf"), "no <path>");
        assert_eq!(hidden("at C:\\Users\\anna\\x.gguf, line 3"), "at <path> line 3");
        assert_eq!(hidden("a tensor is missing"), "a tensor is missing");
    }
}
