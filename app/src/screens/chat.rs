//! The current chat: its messages, and the composer below them.

use egui::{Align, Layout, Panel, Ui};
use nibble_engine::jobs::{ReplyReport, Role, starter};
use nibble_engine::session::StopReason;

use super::{Forms, composer};
use crate::command::{Command, CommandSender};
use crate::state::{Chat, ChatMessage, Outcome, Phase, Screen, State};
use crate::text::{self, labels};
use crate::theme::{GRID, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::column::column;
use crate::widgets::message::{self, MessageClick, ReplyFoot};
use crate::widgets::transcript::transcript;

/// Shows the current chat.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let foot =
        Panel::bottom("composer").frame(egui::Frame::new()).show_separator_line(false).resizable(false);
    foot.show(ui, |ui| {
        column(ui, |ui| composer::show(ui, state, forms, commands));
    });
    match state.chats.current() {
        Some(chat) if !chat.messages.is_empty() => messages(ui, state, chat, forms, commands),
        _ => empty(ui, state, commands),
    }
}

fn empty(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let palette = Palette::of(ui);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space(ui.available_height() * 0.36);
        if let Some(model) = &state.talk.model {
            ui.heading(labels::CHAT_EMPTY);
            ui.add_space(GRID * 2.0);
            let line = match &model.loaded {
                Some(report) => {
                    let context = text::tokens(report.context);
                    format!("{} · {context} · {}", model.name, text::bytes(report.weights_bytes))
                }
                None => model.name.clone(),
            };
            ui.label(crate::theme::text(ui, line, Scale::Small, "").color(palette.soft));
            questions(ui, state, &model.path, commands);
        } else {
            ui.heading(labels::CHAT_NO_MODEL);
            ui.add_space(GRID * 3.0);
            if button::primary(ui, icons::MODELS, labels::CHOOSE_MODEL).clicked() {
                commands.send(Command::Show(Screen::Models));
            }
        }
    });
}

/// Questions to begin with, for the model that has some, and the way to others.
fn questions(ui: &mut Ui, state: &State, model: &std::path::Path, commands: &CommandSender) {
    if !state.library.is_starter(model) {
        return;
    }
    ui.add_space(GRID * 4.0);
    for question in starter::EXAMPLE_QUESTIONS {
        if button::outlined(ui, "", question).clicked() {
            commands.send(Command::Send(question.to_owned()));
        }
        ui.add_space(GRID * 2.0);
    }
    ui.add_space(GRID * 4.0);
    let soft = Palette::of(ui).soft;
    ui.label(crate::theme::text(ui, labels::STARTER_LIMITS, Scale::Small, "").color(soft));
    ui.add_space(GRID);
    if button::quiet(ui, icons::FOLDER, labels::MORE_MODELS).clicked() {
        commands.send(Command::Show(Screen::Models));
    }
}

fn messages(ui: &mut Ui, state: &State, chat: &Chat, forms: &mut Forms, commands: &CommandSender) {
    let mut ids: Vec<u64> = chat.messages.iter().map(|message| message.id.0).collect();
    let waits = state.talk.waiting == Some(chat.id);
    if waits {
        ids.push(u64::MAX);
    }
    let Forms { heights, markdown, .. } = forms;
    let last = chat.messages.len() - 1;
    transcript(ui, chat.id.0, heights, &ids, |ui, index| {
        column(ui, |ui| {
            ui.add_space(if index == 0 { GRID * 4.0 } else { GRID });
            let Some(message) = chat.messages.get(index) else {
                return waiting(ui, state);
            };
            let idle = state.talk.phase == Phase::Idle;
            let click = match message.role {
                Role::User | Role::System => {
                    let unanswered = index == last && idle && !waits && state.talk.model.is_some();
                    message::person(ui, &message.text, unanswered)
                }
                Role::Assistant => {
                    let line = foot_line(state, message);
                    let foot = ReplyFoot {
                        line: &line,
                        growing: message.outcome == Outcome::Growing,
                        can_regenerate: index == last && idle,
                    };
                    message::reply(ui, markdown, &message.text, foot)
                }
            };
            match click {
                Some(MessageClick::Copy(words)) => commands.send(Command::Copy(words)),
                Some(MessageClick::Regenerate) => commands.send(Command::Regenerate),
                None => {}
            }
            ui.add_space(GRID * 2.0);
        });
    });
}

/// What happens before a model can reply: the starter is quantized on its first use.
pub(super) fn loading_label(state: &State) -> &'static str {
    let made_first = |path| state.library.is_starter(path) && !state.library.has(path);
    let waits = state.talk.model.as_ref().is_some_and(|model| made_first(&model.path));
    if waits { labels::PREPARING_STARTER } else { labels::LOADING }
}

/// What stands where the reply will be, while the model is loaded.
fn waiting(ui: &mut Ui, state: &State) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.add(egui::Spinner::new().size(14.0).color(palette.accent));
        let words = match &state.talk.phase {
            Phase::Loading(Some(progress)) if progress.total > 0 => {
                let share = progress.done as f32 / progress.total as f32;
                format!("{} {}", loading_label(state), text::percent(share))
            }
            _ => loading_label(state).to_owned(),
        };
        ui.label(crate::theme::text(ui, words, Scale::Small, "").color(palette.soft));
    });
}

/// The line below a reply.
fn foot_line(state: &State, message: &ChatMessage) -> String {
    match &message.outcome {
        Outcome::Growing => {
            let stopping = matches!(state.talk.phase, Phase::Replying { stopping: true, .. });
            match (stopping, message.text.is_empty()) {
                (true, _) => labels::STOPPING.to_owned(),
                (false, true) => labels::THINKING.to_owned(),
                (false, false) => String::new(),
            }
        }
        Outcome::Replied(report) => report_line(report),
        Outcome::Stopped => "Stopped".to_owned(),
        Outcome::Broken => "Broke off".to_owned(),
        Outcome::Written => String::new(),
    }
}

/// Speed, time to the first token and length of a reply, and why it ended if not by itself.
fn report_line(report: &ReplyReport) -> String {
    let mut line = format!(
        "{} · {} to first token · {}",
        text::rate(report.gen_tps),
        text::duration(report.first_token_seconds),
        text::tokens(report.tokens)
    );
    match report.stop_reason {
        StopReason::Cancelled => line.push_str(" · stopped"),
        StopReason::Length => line.push_str(" · cut at the longest reply"),
        StopReason::Context => line.push_str(" · cut where the context was full"),
        StopReason::Eos | StopReason::Stop => {}
    }
    line
}
