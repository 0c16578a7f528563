//! What happened, in one sentence a person can act on.

use nibble_engine::jobs::{Failure, QuantizeReport};
use nibble_engine::progress::Warning;

use super::{bytes, decimals, duration};
use crate::command::Command;
use crate::jobs::{Death, Lane};
use crate::state::{NoticeTopic, Screen};

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
        NoticeTopic::CannotRead(failure) => failed("This model cannot be opened", failure),
        NoticeTopic::CannotLoad(failure) => failed("The model could not be loaded", failure),
        NoticeTopic::CannotQuantize(failure) => failed("Quantizing did not succeed", failure),
        NoticeTopic::CannotReply(failure) => failed("The reply broke off", failure),
        NoticeTopic::EngineDied { work, death } => died(*work, *death),
        NoticeTopic::EngineMissing { reason } => Wording {
            sentence: "The engine could not be started; was the program moved or replaced while it ran?"
                .into(),
            details: vec![reason.clone()],
        },
        NoticeTopic::Quantized { name, report } => plain(quantized(name, report)),
        NoticeTopic::Warned(warning) => plain(warned(warning)),
        NoticeTopic::SettingsSetAside { kept_as, reason } => Wording {
            sentence:
                "The settings file could not be read, so settings start afresh. Yours is kept beside it."
                    .into(),
            details: vec![kept_as.display().to_string(), reason.clone()],
        },
        NoticeTopic::SettingsNotSaved { reason } => Wording {
            sentence: "The settings could not be saved; they hold until the program ends".into(),
            details: vec![reason.clone()],
        },
        topic @ (NoticeTopic::ChatDeleted { .. }
        | NoticeTopic::MessagesDeleted { .. }
        | NoticeTopic::ChatsSetAside { .. }
        | NoticeTopic::ChatsNotKept { .. }
        | NoticeTopic::ChatsNotSaved { .. }
        | NoticeTopic::ChatsImported { .. }
        | NoticeTopic::ChatsNotRead { .. }
        | NoticeTopic::ChatWritten(_)
        | NoticeTopic::ChatNotWritten { .. }) => of_chats(topic),
        NoticeTopic::AlreadyQuantizing => {
            plain("A model is being quantized already; this one can follow when that is done".into())
        }
        NoticeTopic::NotAModel(path) => Wording {
            sentence: "That is not a model: drop a folder with config.json and safetensors, or a GGUF file"
                .into(),
            details: vec![path.display().to_string()],
        },
    }
}

/// A notice about chats and where they are kept.
fn of_chats(topic: &NoticeTopic) -> Wording {
    let because = |sentence: &str, details: Vec<String>| Wording { sentence: sentence.to_owned(), details };
    match topic {
        NoticeTopic::ChatDeleted { title, .. } if title.is_empty() => plain("Chat deleted".into()),
        NoticeTopic::ChatDeleted { title, .. } => plain(format!("Deleted “{title}”")),
        NoticeTopic::MessagesDeleted { count: 1, .. } => plain("Message deleted".into()),
        NoticeTopic::MessagesDeleted { count, .. } => plain(format!("{count} messages deleted")),
        NoticeTopic::ChatsSetAside { kept_as, reason } => because(
            "Your saved chats could not be read, so the list starts afresh. The old file is kept beside the new one.",
            vec![kept_as.display().to_string(), reason.clone()],
        ),
        NoticeTopic::ChatsNotKept { reason } => because(
            "Chats cannot be saved on this computer now; they last until Nibble closes",
            vec![reason.clone()],
        ),
        NoticeTopic::ChatsNotSaved { reason } => because(
            "Something could not be saved; is the disk full? Copy what matters before you close Nibble.",
            vec![reason.clone()],
        ),
        NoticeTopic::ChatsImported { count: 1 } => plain("One chat was imported".into()),
        NoticeTopic::ChatsImported { count } => plain(format!("{count} chats were imported")),
        NoticeTopic::ChatsNotRead { path, reason } => because(
            "No chats could be read from this file: choose an export of Nibble, Open WebUI or ChatGPT",
            vec![path.display().to_string(), reason.clone()],
        ),
        NoticeTopic::ChatWritten(path) => plain(format!("The chat was exported to {}", path.display())),
        NoticeTopic::ChatNotWritten { path, reason } => because(
            "The chat could not be exported; try another folder",
            vec![path.display().to_string(), reason.clone()],
        ),
        _ => Wording::default(),
    }
}

/// What the button of a notice says.
pub fn next_step(command: &Command) -> &'static str {
    match command {
        Command::Regenerate => "Try again",
        Command::BringBack(_) => "Undo",
        Command::ChooseImport => "Choose another file",
        Command::Quantize => "Quantize again",
        Command::ChatWith(_) => "Chat with it",
        Command::OpenModel(_) => "Open again",
        Command::Show(Screen::Models) => "Choose another model",
        Command::Show(_) => "Show",
        _ => "Continue",
    }
}

fn plain(sentence: String) -> Wording {
    Wording { sentence, details: Vec::new() }
}

fn failed(what: &str, failure: &Failure) -> Wording {
    Wording { sentence: format!("{what}: {}", failure.message), details: failure.details.clone() }
}

/// A dead engine, in words.
pub fn died(work: Lane, death: Death) -> Wording {
    let what = match work {
        Lane::Look => "The engine stopped while it looked into the model",
        Lane::Quantize => "The engine stopped while it quantized; nothing half-made was kept",
        Lane::Talk => "The engine stopped; your conversation is kept, and the next message starts it again",
    };
    let sentence = if death.was_killed() {
        format!(
            "{what}. The system ended it, probably for want of memory: a smaller precision or context may fit."
        )
    } else {
        what.to_owned()
    };
    let details = match death {
        Death { signal: Some(signal), .. } => vec![format!("Ended by signal {signal}")],
        Death { code: Some(code), .. } => vec![format!("Ended with status {code}")],
        Death { .. } => Vec::new(),
    };
    Wording { sentence, details }
}

/// The end of quantizing the model `name`, in words.
pub fn quantized(name: &str, report: &QuantizeReport) -> String {
    format!(
        "{name} is ready: {}, {} bits per weight, made in {}",
        bytes(report.bytes),
        decimals(report.bits_per_weight, 2),
        duration(report.seconds)
    )
}

/// A warning, in words.
pub fn warned(warning: &Warning) -> String {
    match warning {
        Warning::TypeFallback { tensor, wanted, used } => {
            format!("{tensor} cannot be {wanted} and was made {used}")
        }
        Warning::ValuesClamped { tensor, count } => {
            format!("{count} values of {tensor} were too large for the format and were cut off")
        }
        Warning::QuantizedTwice { count, from } => {
            format!("{count} tensors were {from} already; quantizing the original weights loses less")
        }
        Warning::TensorIgnored { tensor } => format!("{tensor} has no place in this model and was left out"),
        Warning::TokenizerInexact { what } => {
            format!("Other programs may cut text a little differently: GGUF has no words for {what}")
        }
        Warning::NoChatTemplate => "This model has no chat template, so a plain one is used".into(),
        Warning::TakenFromCache { reason } => {
            format!("The version on this machine is taken, since the newest is not known: {reason}")
        }
        Warning::MessagesDropped { count: 1 } => {
            "The conversation outgrew the context: the model no longer sees its oldest message".into()
        }
        Warning::MessagesDropped { count } => {
            format!(
                "The conversation outgrew the context: the model no longer sees its oldest {count} messages"
            )
        }
    }
}
