//! Options of replies, for the current chat or for all: instructions and sampling.

use egui::{Margin, TextEdit, Ui};
use nibble_engine::session::USUAL_MAX_TOKENS;

use super::settings::part::{caption, choice};
use crate::command::{ChatsCommand, SettingsCommand};
use crate::inbox::CommandSender;
use crate::state::{Chat, ChatId, ReplyOptions, State, Style};
use crate::text::{self, labels};
use crate::theme::{GRID, Palette, Scale, icons};
use crate::widgets::{button, slider::slider};

/// Offered lengths of replies in tokens.
const REPLY_LENGTHS: [usize; 6] = [256, 1024, 4096, USUAL_MAX_TOKENS, 16_384, 32_768];

/// Whose options are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Those of the current chat.
    ThisChat,
    /// Those of all chats without options of their own.
    AllChats,
}

/// Fields being typed, and what they belong to.
#[derive(Clone, Debug, Default)]
pub struct RepliesForm {
    /// Whether the finer options are shown.
    pub more: bool,
    /// The name to keep the options under, while it is typed.
    pub preset_name: Option<String>,
    texts: Texts,
}

/// Options that are typed, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Texts {
    of: Option<(Option<ChatId>, ReplyTexts)>,
    typed: ReplyTexts,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ReplyTexts {
    instructions: String,
    stop: String,
    seed: String,
}

impl ReplyTexts {
    fn of(options: &ReplyOptions) -> Self {
        Self {
            instructions: options.system_prompt.clone(),
            stop: options.generate.stop.join("\n"),
            seed: options.generate.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        }
    }
}

/// Shows the options.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    scope: Scope,
    form: &mut RepliesForm,
    commands: &CommandSender,
) {
    let chat = state.chats.current().filter(|_| scope == Scope::ThisChat);
    let own = chat.and_then(|chat| chat.head.options.as_ref());
    let before = own.unwrap_or(&state.settings.replies);
    let mut options = before.clone();
    presets(ui, state, &mut options, form, commands);
    texts_follow(form, chat.map(Chat::id), before);
    ui.add_space(GRID);
    instructions(ui, &mut options, form);
    ui.add_space(GRID);
    temperature(ui, &mut options);
    ui.add_space(GRID);
    longest(ui, &mut options);
    finer(ui, &mut options, form);
    let reset = own.is_some() && button::quiet(ui, icons::AGAIN, labels::as_all_chats()).clicked();
    if options != *before {
        form.texts.of = Some((chat.map(Chat::id), ReplyTexts::of(&options)));
    }
    match chat {
        Some(chat) if reset => commands.send(ChatsCommand::SetReplies(chat.id(), None)),
        Some(chat) if options != *before => {
            commands.send(ChatsCommand::SetReplies(chat.id(), Some(options)));
        }
        None if options != *before => commands.send(SettingsCommand::SetReplies(options)),
        _ => {}
    }
}

/// Fills the fields anew when they come to belong to another chat, or when the options were changed elsewhere.
fn texts_follow(form: &mut RepliesForm, chat: Option<ChatId>, options: &ReplyOptions) {
    let now = Some((chat, ReplyTexts::of(options)));
    if form.texts.of != now {
        form.texts.typed = ReplyTexts::of(options);
        form.texts.of = now;
    }
}

/// Ways to choose words that come with the program, and those kept under a name.
fn presets(
    ui: &mut Ui,
    state: &State,
    options: &mut ReplyOptions,
    form: &mut RepliesForm,
    commands: &CommandSender,
) {
    caption(ui, labels::preset(), "");
    let own = &state.settings.presets;
    let same = |other: &ReplyOptions| options.clone().with_sampling_of(other) == *options;
    let named = own.iter().find(|preset| preset.options == *options).map(|preset| preset.name.as_str());
    let built_in = Style::ALL.into_iter().find(|style| same(&style.options())).map(labels::style_name);
    let shown = named.or(built_in).unwrap_or(labels::preset_own());
    let mut chosen = None;
    choice(ui, labels::preset(), shown, |ui| {
        for style in Style::ALL {
            if ui
                .selectable_label(Some(labels::style_name(style)) == built_in, labels::style_name(style))
                .clicked()
            {
                chosen = Some(options.clone().with_sampling_of(&style.options()));
            }
        }
        for preset in own {
            ui.horizontal(|ui| {
                if ui.selectable_label(Some(preset.name.as_str()) == named, &preset.name).clicked() {
                    chosen = Some(preset.options.clone());
                }
                let label = text::sentences::item_of(labels::forget_preset(), &preset.name);
                if button::icon(ui, icons::CLOSE, &label).clicked() {
                    commands.send(SettingsCommand::DeletePreset(preset.name.clone()));
                }
            });
        }
        if ui.selectable_label(false, labels::save_preset()).clicked() {
            form.preset_name = Some(String::new());
        }
    });
    if let Some(chosen) = chosen {
        *options = chosen;
    }
    if let Some(name) = &mut form.preset_name {
        let response = field(ui, name, (labels::preset_name(), labels::preset_name()), 1);
        response.request_focus();
        if ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            commands.send(SettingsCommand::SavePreset(name.trim().to_owned(), options.clone()));
            form.preset_name = None;
        } else if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            form.preset_name = None;
        }
    }
}

fn instructions(ui: &mut Ui, options: &mut ReplyOptions, form: &mut RepliesForm) {
    caption(ui, labels::system_prompt(), "");
    let typed = &mut form.texts.typed.instructions;
    if field(ui, typed, (labels::system_prompt(), labels::system_prompt_hint()), 3).changed() {
        options.system_prompt.clone_from(typed);
    }
}

fn temperature(ui: &mut Ui, options: &mut ReplyOptions) {
    caption(ui, labels::temperature(), labels::temperature_more());
    slider(ui, labels::temperature(), &mut options.generate.temperature, 0.0..=ReplyOptions::HOTTEST);
}

fn longest(ui: &mut Ui, options: &mut ReplyOptions) {
    caption(ui, labels::max_tokens(), labels::max_tokens_more());
    let word = |tokens: Option<usize>| tokens.map_or(labels::no_limit().to_owned(), text::tokens);
    choice(ui, labels::max_tokens(), &word(options.generate.max_tokens), |ui| {
        for tokens in REPLY_LENGTHS.into_iter().map(Some).chain([None]) {
            if ui.selectable_label(tokens == options.generate.max_tokens, word(tokens)).clicked() {
                options.generate.max_tokens = tokens;
            }
        }
    });
}

/// Options that few people touch, folded at first.
fn finer(ui: &mut Ui, options: &mut ReplyOptions, form: &mut RepliesForm) {
    let icon = if form.more { icons::UNFOLDED } else { icons::FOLDED };
    let fold = button::quiet(ui, icon, labels::finer_options());
    if fold.clicked() {
        form.more = !form.more;
    }
    if !form.more {
        return;
    }
    caption(ui, labels::top_p(), labels::top_p_more());
    slider(ui, labels::top_p(), &mut options.generate.top_p, 0.0..=1.0);
    caption(ui, labels::top_k(), labels::top_k_more());
    let mut top_k = options.generate.top_k as f32;
    slider(ui, labels::top_k(), &mut top_k, 0.0..=200.0);
    options.generate.top_k = top_k as usize;
    caption(ui, labels::min_p(), labels::min_p_more());
    slider(ui, labels::min_p(), &mut options.generate.min_p, 0.0..=1.0);
    caption(ui, labels::penalty(), labels::penalty_more());
    slider(ui, labels::penalty(), &mut options.generate.repetition_penalty, 1.0..=ReplyOptions::STRICTEST);
    let range = -ReplyOptions::FARTHEST..=ReplyOptions::FARTHEST;
    caption(ui, labels::presence_penalty(), labels::presence_penalty_more());
    slider(ui, labels::presence_penalty(), &mut options.generate.presence_penalty, range.clone());
    caption(ui, labels::frequency_penalty(), labels::frequency_penalty_more());
    slider(ui, labels::frequency_penalty(), &mut options.generate.frequency_penalty, range);
    caption(ui, labels::stop_texts(), labels::stop_texts_more());
    let typed = &mut form.texts.typed;
    if field(ui, &mut typed.stop, (labels::stop_texts(), ""), 2).changed() {
        options.generate.stop =
            typed.stop.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    }
    caption(ui, labels::seed(), labels::seed_more());
    if field(ui, &mut typed.seed, (labels::seed(), labels::seed_hint()), 1).changed() {
        typed.seed.retain(|c| c.is_ascii_digit());
        typed.seed.truncate(18);
        options.generate.seed = typed.seed.parse().ok();
    }
}

/// A field as wide as there is room, with a name and what it says while it is empty; with one row, a line without breaks.
fn field(ui: &mut Ui, words: &mut String, (name, hint): (&str, &str), rows: usize) -> egui::Response {
    let (role, edit) = if rows == 1 {
        (egui::Role::TextInput, TextEdit::singleline(words))
    } else {
        (egui::Role::MultilineTextInput, TextEdit::multiline(words).desired_rows(rows))
    };
    let soft = Palette::of(ui).soft;
    let hint = crate::theme::text(ui, hint, Scale::Body, "").color(soft);
    let response = ui.add(edit.desired_width(f32::INFINITY).margin(Margin::same(8)).hint_text(hint));
    button::follow_focus(&response);
    let now = words.clone();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(role, true, name);
        info.current_text_value = Some(now.clone());
        info
    });
    response
}
