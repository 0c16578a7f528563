//! What happened, in one sentence a person can act on.

use std::path::Path;

use nibble_engine::jobs::{Failure, QuantizeReport};
use nibble_engine::progress::Warning;

use super::{
    about, bytes, labels, model_sentences, models, percent_to, quality, quality_sentences, sentences,
    workshop_sentences,
};
use crate::command::{
    ChatCommand, ChatsCommand, Command, DiscoverCommand, DownloadsCommand, LibraryCommand, ModelCommand,
    QualityCommand, QuantizeCommand, ViewCommand,
};
use crate::state::{Death, Lane, NoText, NoticeTopic, Screen};

/// A notice in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// What happened and what to do.
    pub sentence: String,
    /// For those who want to know, to be unfolded.
    pub details: Vec<String>,
}

/// A notice's words.
pub fn wording(topic: &NoticeTopic) -> Wording {
    match topic {
        NoticeTopic::CannotRead(failure) => failed(sentences::cannot_read, failure),
        NoticeTopic::CannotLoad(failure) => failed(sentences::cannot_load, failure),
        NoticeTopic::CannotQuantize(failure) => failed(sentences::cannot_quantize, failure),
        NoticeTopic::CannotMeasure(failure) => failed(quality_sentences::cannot_measure, failure),
        NoticeTopic::CannotMeasureCurve(failure) => failed(workshop_sentences::cannot_measure_curve, failure),
        NoticeTopic::CannotCompare(failure) => failed(workshop_sentences::cannot_compare, failure),
        NoticeTopic::Compared { count } => plain(workshop_sentences::compared(*count)),
        NoticeTopic::MeasureDied { death } => ended(quality::engine_died_measuring(), *death),
        NoticeTopic::Measured { name, closeness, agreement } => {
            let words = quality::closeness(*closeness, &percent_to(*agreement));
            plain(sentences::item_of(name, &words))
        }
        NoticeTopic::CannotReply(failure) => failed(sentences::cannot_reply, failure),
        NoticeTopic::EngineDied { work, death } => died(*work, *death),
        NoticeTopic::EngineMissing { reason } => because(labels::engine_missing(), [reason.clone()]),
        NoticeTopic::Quantized { name, report } => plain(quantized(name, report)),
        NoticeTopic::Warned(warning) => plain(warned(warning)),
        NoticeTopic::SettingsSetAside { kept_as, reason } => {
            because(labels::settings_set_aside(), [kept_as.display().to_string(), reason.clone()])
        }
        NoticeTopic::SettingsNotSaved { reason } => because(labels::settings_not_saved(), [reason.clone()]),
        topic @ (NoticeTopic::ChatDeleted { .. }
        | NoticeTopic::MessagesDeleted { .. }
        | NoticeTopic::ChatsSetAside { .. }
        | NoticeTopic::ChatsNotKept { .. }
        | NoticeTopic::ChatsNotSaved { .. }
        | NoticeTopic::ChatsImported { .. }
        | NoticeTopic::ChatsLeftOut { .. }
        | NoticeTopic::ChatsNotRead { .. }
        | NoticeTopic::ChatWritten(_)
        | NoticeTopic::ChatNotWritten { .. }) => of_chats(topic),
        topic @ (NoticeTopic::ModelRemoved { .. }
        | NoticeTopic::ModelVerified { .. }
        | NoticeTopic::CannotRemove(_)
        | NoticeTopic::CannotVerify(_)
        | NoticeTopic::CannotSearch(_)
        | NoticeTopic::Fetched { .. }
        | NoticeTopic::CannotFetch { .. }) => of_models(topic),
        NoticeTopic::DiagnosticsCopied => plain(about::diagnostics_copied()),
        NoticeTopic::AlreadyQuantizing => plain(labels::already_quantizing()),
        NoticeTopic::NotAttached { path, reason } => not_attached(path, reason),
        NoticeTopic::NotAModel(path) => because(labels::not_a_model(), [path.display().to_string()]),
    }
}

/// A notice about chats and where they are kept.
fn of_chats(topic: &NoticeTopic) -> Wording {
    match topic {
        NoticeTopic::ChatDeleted { title, .. } if title.is_empty() => plain(labels::chat_deleted()),
        NoticeTopic::ChatDeleted { title, .. } => plain(sentences::titled_chat_deleted(title)),
        NoticeTopic::MessagesDeleted { count, .. } => plain(sentences::messages_deleted(*count)),
        NoticeTopic::ChatsSetAside { kept_as, reason } => {
            because(labels::chats_set_aside(), [kept_as.display().to_string(), reason.clone()])
        }
        NoticeTopic::ChatsNotKept { reason } => because(labels::chats_not_kept(), [reason.clone()]),
        NoticeTopic::ChatsNotSaved { reason } => because(labels::chats_not_saved(), [reason.clone()]),
        NoticeTopic::ChatsImported { count } => plain(sentences::chats_imported(*count)),
        NoticeTopic::ChatsLeftOut { names } => {
            Wording { sentence: sentences::chats_left_out(names.len()), details: names.clone() }
        }
        NoticeTopic::ChatsNotRead { path, reason } => {
            because(labels::chats_not_read(), [path.display().to_string(), reason.clone()])
        }
        NoticeTopic::ChatWritten(path) => plain(sentences::chat_written(&path.display().to_string())),
        NoticeTopic::ChatNotWritten { path, reason } => {
            because(labels::chat_not_written(), [path.display().to_string(), reason.clone()])
        }
        _ => Wording::default(),
    }
}

/// A notice about models of the Hub and of the library.
fn of_models(topic: &NoticeTopic) -> Wording {
    match topic {
        NoticeTopic::ModelRemoved { name, bytes: freed } => {
            plain(model_sentences::model_removed(name, &bytes(*freed)))
        }
        NoticeTopic::ModelVerified { name, n_files: 0 } => plain(model_sentences::model_readable(name)),
        NoticeTopic::ModelVerified { name, n_files } => {
            plain(model_sentences::model_verified(*n_files, name))
        }
        NoticeTopic::CannotRemove(failure) => failed(model_sentences::cannot_remove, failure),
        NoticeTopic::CannotVerify(failure) => failed(model_sentences::cannot_verify, failure),
        NoticeTopic::CannotSearch(failure) => failed(model_sentences::cannot_search, failure),
        NoticeTopic::Fetched { name, bytes: size } => plain(model_sentences::fetched(name, &bytes(*size))),
        NoticeTopic::CannotFetch { name, failure } => {
            failed(|reason| model_sentences::cannot_fetch(name, reason), failure)
        }
        _ => Wording::default(),
    }
}

/// What the button of a notice says.
pub fn next_step(command: &Command) -> &'static str {
    match command {
        Command::Chat(ChatCommand::Regenerate)
        | Command::Discover(DiscoverCommand::MoreResults | DiscoverCommand::OpenModel(_)) => {
            labels::step_again()
        }
        Command::Library(LibraryCommand::AskRemove(_)) => models::delete_model(),
        Command::Downloads(DownloadsCommand::Resume(_)) => models::resume(),
        Command::Chats(ChatsCommand::Restore(_)) => labels::step_undo(),
        Command::Chats(ChatsCommand::ChooseImport) | Command::Chat(ChatCommand::ChooseAttachment) => {
            labels::step_other_file()
        }
        Command::Quantize(QuantizeCommand::MeasureCurve) | Command::Compare(_) => labels::step_again(),
        Command::Quantize(QuantizeCommand::Start) => labels::step_quantize_again(),
        Command::Model(ModelCommand::ChatWith(_)) => labels::step_chat(),
        Command::Quality(QualityCommand::Show(_)) => quality::step_report(),
        Command::Quality(QualityCommand::Measure(_)) => quality::measure_again(),
        Command::Model(ModelCommand::Open(_) | ModelCommand::ShowPage(_)) => labels::step_open_again(),
        Command::View(ViewCommand::Show(Screen::Models)) => labels::step_other_model(),
        Command::View(ViewCommand::Show(_)) => labels::step_show(),
        _ => labels::step_continue(),
    }
}

/// Why a file could not be attached.
fn not_attached(path: &Path, reason: &NoText) -> Wording {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match reason {
        NoText::TooLarge { size, most } => {
            plain(sentences::not_attached(&name, &super::too_large(*size, *most)))
        }
        NoText::NotText => plain(sentences::not_attached(&name, labels::not_text())),
        NoText::Empty => plain(sentences::not_attached(&name, labels::empty_file())),
        NoText::Unreadable(reason) => plain(sentences::not_attached(&name, reason)),
    }
}

fn plain(sentence: impl Into<String>) -> Wording {
    Wording { sentence: sentence.into(), details: Vec::new() }
}

fn because<const N: usize>(sentence: &str, details: [String; N]) -> Wording {
    Wording { sentence: sentence.to_owned(), details: details.into() }
}

fn failed(sentence: impl FnOnce(&str) -> String, failure: &Failure) -> Wording {
    Wording { sentence: sentence(&failure.message), details: failure.details.clone() }
}

/// A dead engine, in words.
pub fn died(work: Lane, death: Death) -> Wording {
    let what = match work {
        Lane::Inspect => labels::engine_died_looking(),
        Lane::Quantize => labels::engine_died_quantizing(),
        Lane::Chat => labels::engine_died_talking(),
        Lane::HubSearch => models::engine_died_asking(),
        Lane::Download => models::engine_died_fetching(),
        Lane::Library => models::engine_died_keeping(),
    };
    ended(what, death)
}

/// What `what` says, and how the process ended.
fn ended(what: &str, death: Death) -> Wording {
    let sentence = if death.was_killed() { sentences::engine_killed(what) } else { what.to_owned() };
    let details = match death {
        Death { signal: Some(signal), .. } => vec![sentences::ended_by_signal(signal)],
        Death { code: Some(code), .. } => vec![sentences::ended_with_status(code)],
        Death { .. } => Vec::new(),
    };
    Wording { sentence, details }
}

/// The end of quantizing the model `name`, in words.
pub fn quantized(name: &str, report: &QuantizeReport) -> String {
    sentences::quantized(name, &bytes(report.bytes))
}

/// A warning, in words.
pub fn warned(warning: &Warning) -> String {
    match warning {
        Warning::TypeFallback { tensor, wanted, used } => {
            sentences::type_fallback(tensor, wanted.name(), used.name())
        }
        Warning::ValuesClamped { tensor, count } => sentences::values_clamped(*count, tensor),
        Warning::QuantizedTwice { count, from } => sentences::quantized_twice(*count, from.name()),
        Warning::QuantizedCheckpoint { count, method } => sentences::quantized_twice(*count, method),
        Warning::NotCalibrated { count } => sentences::not_calibrated(*count),
        Warning::TensorIgnored { tensor } => sentences::tensor_ignored(tensor),
        Warning::TokenIdIgnored { field, value } => sentences::token_id_ignored(field, value),
        Warning::TokenizerInexact { what } => sentences::tokenizer_inexact(what),
        Warning::QualityNotKept { path, reason } => quality_sentences::quality_not_kept(path, reason),
        Warning::NoChatTemplate => labels::no_chat_template().to_owned(),
        Warning::TakenFromCache { reason } => sentences::taken_from_cache(reason),
        Warning::MessagesDropped { count } => sentences::messages_dropped(*count),
        Warning::QualityNotMeasured { reason } => model_sentences::quality_not_measured(reason),
    }
}
