//! The current chat: its messages, and the composer below them.

use egui::{Align, Layout, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2};
use nibble_engine::jobs::{ReplyReport, Role};
use nibble_engine::library::starter;
use nibble_engine::session::StopReason;

use super::forms::Forms;
use super::loading::loading_label;
use super::{composer, toasts, too_large};
use crate::command::{ChatCommand, ChatsCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Chat, ChatMessage, ChosenModel, Growth, Outcome, Phase, Screen, State};
use crate::text::{self, labels};
use crate::theme::{COLUMN, GRID, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::column::column;
use crate::widgets::message::{self, Said};
use crate::widgets::message_click::MessageClick;
use crate::widgets::message_tools::Tools;
use crate::widgets::transcript::{ListId, Rows, transcript};

/// Height in which text fades away above the composer.
const FADE: f32 = 24.0;

/// Shows the current chat.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    // The composer is drawn below, but after the messages, so that the keyboard comes to it after them.
    let room = ui.available_rect_before_wrap();
    let (above, below) = room.split_top_bottom_at_y((room.bottom() - forms.composer_height).max(room.top()));
    let mut above = ui.new_child(UiBuilder::new().max_rect(above).id_salt("messages"));
    match state.chats.current() {
        Some(chat) if !chat.is_read() => reading(&mut above),
        Some(chat) if !chat.messages.is_empty() => messages(&mut above, state, chat, forms, commands),
        chat => empty(&mut above, state, chat.is_some_and(|chat| chat.temporary), commands),
    }
    let mut below = ui.new_child(UiBuilder::new().max_rect(below).id_salt("composer"));
    toasts::inline(&mut below, state, commands);
    column(&mut below, |ui| {
        too_large::show(ui, state, commands);
        composer::show(ui, state, forms, commands);
    });
    let height = below.min_rect().height();
    if (height - forms.composer_height).abs() > 0.5 {
        forms.composer_height = height;
        ui.ctx().request_discard("the composer has another height");
    }
}

/// While a chat's messages are on their way from the store.
fn reading(ui: &mut Ui) {
    ui.vertical_centered(|ui| {
        ui.add_space(ui.available_height() * 0.4);
        crate::widgets::busy::busy(ui, 18.0);
        ui.label(crate::theme::text(ui, labels::reading_chat(), Scale::Small, ""));
    });
}

fn empty(ui: &mut Ui, state: &State, temporary: bool, commands: &CommandSender) {
    // Where room is short, what does not fit is scrolled to.
    let air = (ui.available_height() - GRID * 80.0).max(GRID * 4.0) * 0.6;
    ScrollArea::vertical().id_salt("empty chat").auto_shrink(false).show(ui, |ui| {
        ui.add_space(air);
        beginning(ui, state, temporary, commands);
        ui.add_space(GRID * 4.0);
    });
}

/// What a chat begins with.
fn beginning(ui: &mut Ui, state: &State, temporary: bool, commands: &CommandSender) {
    let palette = Palette::of(ui);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        if let Some(model) = &state.engine.model {
            ui.heading(labels::chat_empty());
            ui.add_space(GRID * 2.0);
            let soft = |ui: &mut Ui, words: String| {
                ui.label(crate::theme::text(ui, words, Scale::Small, "").color(palette.soft));
            };
            soft(ui, model_line(model));
            if temporary {
                ui.add_space(GRID);
                soft(ui, format!("{} {}", icons::TEMPORARY, labels::temporary_more()));
            }
            questions(ui, state, &model.path, commands);
        } else {
            ui.heading(labels::chat_no_model());
            ui.add_space(GRID * 3.0);
            if button::primary(ui, icons::MODELS, labels::choose_model()).clicked() {
                commands.send(ViewCommand::Show(Screen::Models));
            }
        }
    });
}

/// The model's name, and once it is loaded its context and size.
fn model_line(model: &ChosenModel) -> String {
    match &model.loaded {
        Some(report) => {
            let (context, size) = (text::tokens(report.context), text::bytes(report.weights_bytes));
            format!("{} · {context} · {size}", model.name)
        }
        None => model.name.clone(),
    }
}

/// Questions to begin with, for the model that has some, and the way to others.
fn questions(ui: &mut Ui, state: &State, model: &std::path::Path, commands: &CommandSender) {
    if !state.library.is_starter(model) {
        return;
    }
    ui.add_space(GRID * 4.0);
    for question in starter::EXAMPLE_QUESTIONS {
        if button::outlined(ui, "", question).clicked() {
            commands.send(ChatCommand::Send(question.to_owned()));
        }
        ui.add_space(GRID * 2.0);
    }
    ui.add_space(GRID * 4.0);
    let soft = Palette::of(ui).soft;
    ui.label(crate::theme::text(ui, labels::starter_limits(), Scale::Small, "").color(soft));
    ui.add_space(GRID);
    if button::quiet(ui, icons::FOLDER, labels::more_models()).clicked() {
        commands.send(ViewCommand::Show(Screen::Models));
    }
}

fn messages(ui: &mut Ui, state: &State, chat: &Chat, forms: &mut Forms, commands: &CommandSender) {
    let shown = &chat.messages;
    let waits = state.pending.waiting_chat() == Some(chat.id());
    let list = ListId {
        list: chat.id().0,
        last: shown.last().map(|last| last.id.0),
        n_rows: shown.len() + usize::from(waits),
    };
    let id = |index: usize| shown.get(index).map_or(u64::MAX, |message| message.id.0);
    let mut heights = std::mem::take(&mut forms.heights);
    let sought = state.sought.map(|id| shown.place(id).unwrap_or(list.n_rows));
    let room = ui.available_rect_before_wrap();
    let stand = transcript(ui, &mut heights, Rows { list, id: &id }, sought, |ui, index| {
        column(ui, |ui| {
            let message = chat.messages.get(index);
            // A question stands nearer to its answer than to the answer before it.
            let is_question = message.is_some_and(|message| message.role != Role::Assistant);
            ui.add_space(if is_question { GRID * 4.0 } else { 0.0 });
            match message {
                Some(message) => message_ui(ui, state, (chat, index, message), forms, commands),
                None => waiting(ui, state),
            }
            ui.add_space(if index + 1 == list.n_rows { FADE } else { 0.0 });
        });
    });
    fade(ui, room);
    if stand.below > room.height() && to_end(ui, room, state.is_busy_with(chat.id())) {
        heights.go_to_end();
    }
    forms.heights = heights;
    if stand.settled && sought.is_some() {
        commands.send(ChatsCommand::Arrived);
    }
}

/// Lets the text fade away above the composer, where it would be cut.
fn fade(ui: &Ui, room: Rect) {
    let ground = Palette::of(ui).ground;
    let mut mesh = egui::Mesh::default();
    let band = room.with_min_y(room.bottom() - FADE);
    for (corner, color) in [
        (band.left_top(), ground.gamma_multiply(0.0)),
        (band.right_top(), ground.gamma_multiply(0.0)),
        (band.right_bottom(), ground),
        (band.left_bottom(), ground),
    ] {
        mesh.colored_vertex(corner, color);
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(0, 2, 3);
    ui.painter().add(mesh);
}

/// The way to the newest message, with a dot while text grows there; says whether it was asked for.
fn to_end(ui: &Ui, room: Rect, grows: bool) -> bool {
    let palette = Palette::of(ui);
    // At the end of the column, where no notice lies over it.
    let half = (room.width() - GRID * 12.0).min(COLUMN) / 2.0;
    let center = room.center_bottom() + Vec2::new(half - GRID * 4.5, -GRID * 8.0);
    let rect = Rect::from_center_size(center, Vec2::splat(GRID * 9.0));
    let label = if grows { labels::new_text_below() } else { labels::to_end() };
    // An id of its own: those that are counted change with the number of messages in sight, also between press and release.
    let response = ui.interact(rect, ui.scope_id().with("to end"), Sense::click());
    button::describe(&response, label, None);
    let fill = if response.hovered() { palette.hover } else { palette.card };
    let ring = egui::Stroke::new(1.0, if response.has_focus() { palette.accent } else { palette.line });
    ui.painter().circle(center, rect.width() / 2.0, fill, ring);
    let icon = egui::FontId::proportional(crate::theme::font(ui, Scale::Body, "").size * 1.2);
    ui.painter().text(center, egui::Align2::CENTER_CENTER, icons::DOWN, icon, palette.text);
    if grows {
        ui.painter().circle_filled(rect.right_top() - Vec2::new(GRID, -GRID), GRID, palette.accent);
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(label).clicked()
}

/// One message with its tools, or the field in which it is changed.
fn message_ui(
    ui: &mut Ui,
    state: &State,
    (chat, index, message): (&Chat, usize, &ChatMessage),
    forms: &mut Forms,
    commands: &CommandSender,
) {
    if let Some(editing) = forms.editing.as_mut().filter(|editing| editing.message == message.id) {
        let take_focus = std::mem::take(&mut editing.take_focus);
        if let Some(words) = message::editor(ui, &mut editing.text, take_focus) {
            forms.editing = None;
            forms.focus_composer = true;
            commands.send(ChatCommand::Edit(message.id, words));
        }
        return;
    }
    let line = foot_line(state, message);
    let tools = tools_of(state, (chat, index, message), &line);
    let click = match message.role {
        Role::User | Role::System | Role::Tool => {
            message::person(ui, &mut forms.markdown, &message.text, &message.files, tools)
        }
        Role::Assistant => {
            if let Some(model) = another_model(chat, index, message) {
                let soft = Palette::of(ui).soft;
                ui.label(crate::theme::text(ui, model, Scale::Small, "").color(soft));
            }
            let growing = message.outcome == Outcome::Growing;
            let thought = match &message.outcome {
                Outcome::Replied(report) => report.thinking_seconds,
                _ => None,
            };
            let cache = &mut forms.markdown;
            let said = Said { reasoning: &message.reasoning, words: &message.text, growing, thought };
            message::reply(ui, cache, said, tools)
        }
    };
    if let Some(click) = click {
        answer(click, chat, message, forms, commands);
    }
}

/// The model that wrote a reply, where it is another than the one that wrote the reply before it.
fn another_model<'a>(chat: &Chat, index: usize, message: &'a ChatMessage) -> Option<&'a str> {
    let before = (0..index).rev().filter_map(|at| chat.messages.get(at));
    let before =
        before.filter(|message| message.role == Role::Assistant).find(|message| !message.model.is_empty())?;
    (!message.model.is_empty() && message.model != before.model).then_some(message.model.as_str())
}

/// What can be done with a message now.
fn tools_of<'a>(
    state: &State,
    (chat, index, message): (&Chat, usize, &ChatMessage),
    line: &'a str,
) -> Tools<'a> {
    let versions = chat.messages.versions(message.id);
    let this = versions.iter().position(|id| *id == message.id).map_or(1, |at| at + 1);
    let last = index + 1 == chat.messages.len();
    let can_ask = !state.is_replying() && state.engine.model.is_some();
    let is_reply = message.role == Role::Assistant;
    let regenerate = match (is_reply, last) {
        (true, _) => Some(labels::regenerate()),
        (false, true) => Some(labels::try_again()),
        (false, false) => None,
    };
    Tools {
        line,
        line_is_news: !matches!(&message.outcome, Outcome::Replied(report) if !ended_early(report)),
        version: (this, versions.len()),
        always: last,
        edit: can_ask && message.role == Role::User,
        delete: !state.is_busy_with(chat.id()),
        regenerate: regenerate.filter(|_| can_ask),
        go_on: can_ask && is_reply && last && message.outcome.is_cut(),
    }
}

/// Does what was asked of a message.
fn answer(
    click: MessageClick,
    chat: &Chat,
    message: &ChatMessage,
    forms: &mut Forms,
    commands: &CommandSender,
) {
    match click {
        MessageClick::Copy(words) => commands.send(ViewCommand::Copy(words)),
        MessageClick::Quote(words) => composer::quote(&words, forms, commands),
        MessageClick::Regenerate if message.role == Role::Assistant => {
            commands.send(ChatCommand::ReplyAgain(message.id));
        }
        MessageClick::Regenerate => commands.send(ChatCommand::Regenerate),
        MessageClick::Continue => commands.send(ChatCommand::Continue),
        MessageClick::Edit => forms.edit(message),
        MessageClick::Delete => commands.send(ChatCommand::DeleteMessage(message.id)),
        MessageClick::Version(step) => {
            let versions = chat.messages.versions(message.id);
            let this = versions.iter().position(|id| *id == message.id);
            let other = this.and_then(|at| at.checked_add_signed(step)).and_then(|at| versions.get(at));
            if let Some(other) = other {
                commands.send(ChatCommand::ShowVersion(*other));
            }
        }
    }
}

/// What stands where the reply will be, while the model is loaded.
fn waiting(ui: &mut Ui, state: &State) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        crate::widgets::busy::busy(ui, 14.0);
        let words = match &state.engine.phase {
            Phase::Loading(Some(progress)) if progress.total > 0 => {
                format!("{} {}", loading_label(state), text::percent(progress.fraction()))
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
            let stopping = matches!(state.engine.phase, Phase::Replying { stopping: true, .. });
            match (stopping, message.is_blank()) {
                (true, _) => labels::stopping().to_owned(),
                (false, true) => reading_line(&state.engine.growth),
                (false, false) => state.engine.growth.rate().map(text::rate).unwrap_or_default(),
            }
        }
        Outcome::Replied(report) => report_line(report),
        Outcome::Stopped => labels::reply_stopped().to_owned(),
        Outcome::Broken => labels::reply_broken().to_owned(),
        Outcome::Written => String::new(),
    }
}

/// Whether a reply ended before the model was done with it.
fn ended_early(report: &ReplyReport) -> bool {
    !matches!(report.stop_reason, StopReason::Eos | StopReason::Stop)
}

/// How much of a long prompt is read.
fn reading_line(growth: &Growth) -> String {
    match &growth.reading {
        Some(reading) if reading.total > 0 => {
            let share = text::percent(reading.fraction());
            text::sentences::reading_tokens(&text::tokens(reading.total as usize), &share)
        }
        _ => labels::thinking().to_owned(),
    }
}

/// Speed, time to the first token and length of a reply, and why it ended if not by itself.
fn report_line(report: &ReplyReport) -> String {
    let first = text::sentences::first_token(&text::duration(report.first_token_seconds));
    let line = format!("{} · {first} · {}", text::rate(report.gen_tps), text::tokens(report.tokens));
    let ended = match report.stop_reason {
        StopReason::Cancelled => labels::ended_by_person(),
        StopReason::Length => labels::ended_by_length(),
        StopReason::Context => labels::ended_by_context(),
        StopReason::Repetition => labels::ended_by_repetition(),
        StopReason::Eos | StopReason::Stop => return line,
    };
    format!("{line} · {ended}")
}
