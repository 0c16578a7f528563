//! The picker of models above the composer: what is loaded, what is on this computer, and the way to more.

use std::path::{Path, PathBuf};

use egui::{Align2, Frame, Id, Key, Margin, Modifiers, ScrollArea, Sense, TextEdit, Ui, Vec2};
use nibble_engine::jobs::protocol::{LibraryModel, ModelOrigin, Verdict};

use super::palette_form::holds;
use crate::command::{ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Screen, State, listed_name};
use crate::text::{self, labels, models};
use crate::theme::{GRID, MEDIUM, Palette, RADIUS_SMALL, Scale, font, icons};
use crate::widgets::button::{self, one_line};

/// Width of the picker.
const WIDTH: f32 = 420.0;
/// Height of a model's row.
const ROW: f32 = 48.0;
/// Share of a file's size that loading takes beside it, for the context and buffers.
const BESIDE: f64 = 1.15;

/// What is typed into the picker, and the model that Enter takes.
#[derive(Clone, Debug, Default)]
pub struct PickerForm {
    query: String,
    chosen: usize,
    asked_focus: bool,
    wanted: Option<bool>,
    open: bool,
}

impl PickerForm {
    /// Opens the picker in the next frame, or closes it.
    pub(super) fn toggle(&mut self) {
        self.wanted = Some(!self.open);
    }

    /// Whether it is open.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }
}

/// Shows the picker at `chip`, which opens it; says whether it was closed just now.
pub(super) fn show(
    chip: &egui::Response,
    state: &State,
    form: &mut PickerForm,
    commands: &CommandSender,
) -> bool {
    let was_open = form.open;
    if chip.clicked() {
        form.wanted = Some(!was_open);
    }
    if let Some(open) = form.wanted.take() {
        *form = PickerForm { open, ..PickerForm::default() };
    }
    if !form.open {
        return was_open;
    }
    let mut open = true;
    let popup = egui::Popup::from_response(chip).open_bool(&mut open).align(egui::RectAlign::TOP_START);
    popup.close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).width(WIDTH).show(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 2.0;
        if contents(ui, state, form, commands) {
            form.open = false;
        }
    });
    form.open &= open || chip.clicked();
    !form.open
}

/// A model to choose.
struct Offered {
    name: String,
    path: PathBuf,
    /// Precision and size, as far as they are known.
    facts: String,
    bytes: u64,
    is_built_in: bool,
    is_loaded: bool,
}

/// Whether both paths are of one model: the built-in one is a checkpoint, and what it becomes at each precision.
fn is_same(state: &State, one: &Path, other: &Path) -> bool {
    one == other || (state.library.is_starter(one) && state.library.is_starter(other))
}

/// The models that are ready to chat, the built-in one once, and the one in use, which may have been opened from elsewhere.
fn offered(state: &State) -> Vec<Offered> {
    let used = state.engine.model.as_ref();
    let is_used = |path: &Path| used.is_some_and(|model| is_same(state, &model.path, path));
    let has_built_in = state.library.starter().is_some();
    let is_made_of_it = |model: &&LibraryModel| {
        has_built_in && model.origin != ModelOrigin::BuiltIn && state.library.is_starter(&model.path)
    };
    let mut all: Vec<Offered> = state
        .library
        .ready()
        .filter(|model| !is_made_of_it(model))
        .map(|model| Offered {
            name: listed_name(model).to_owned(),
            path: model.path.clone(),
            facts: facts(model),
            bytes: model.bytes,
            is_built_in: model.origin == ModelOrigin::BuiltIn,
            is_loaded: is_used(&model.path) && state.engine.is_loaded(),
        })
        .collect();
    if let Some(used) = used.filter(|used| !all.iter().any(|model| is_same(state, &model.path, &used.path))) {
        let bytes = used.loaded.as_ref().map_or(0, |report| report.weights_bytes);
        all.push(Offered {
            name: used.name.clone(),
            path: used.path.clone(),
            facts: if bytes == 0 { String::new() } else { text::bytes(bytes) },
            bytes,
            is_built_in: state.library.is_starter(&used.path),
            is_loaded: used.loaded.is_some(),
        });
    }
    all
}

/// Draws the field and the models; says whether the picker is done.
fn contents(ui: &mut Ui, state: &State, form: &mut PickerForm, commands: &CommandSender) -> bool {
    let present = state.chats.current().and_then(|chat| state.model_in(chat));
    let present = present.or_else(|| state.engine.model.as_ref().map(|model| model.path.as_path()));
    let fitting = |model: &Offered| holds(&model.name, &form.query);
    let (above, below): (Vec<_>, Vec<_>) =
        offered(state).into_iter().filter(fitting).partition(|model| model.is_loaded);
    let count = above.len() + below.len();
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        form.chosen += 1;
    }
    if pressed(Key::ArrowUp) {
        form.chosen = form.chosen.saturating_sub(1);
    }
    form.chosen = form.chosen.min(count.saturating_sub(1));
    let entered = pressed(Key::Enter);
    if pressed(Key::Escape) {
        return true;
    }
    field(ui, form);
    let mut done = false;
    let mut index = 0;
    ScrollArea::vertical().max_height(ROW * 7.0).show(ui, |ui| {
        for (heading, list) in [(models::pick_loaded(), above), (models::pick_here(), below)] {
            if list.is_empty() {
                continue;
            }
            caption(ui, heading);
            for model in list {
                let is_present = present.is_some_and(|present| is_same(state, present, &model.path));
                let mark = Mark { is_present, is_marked: index == form.chosen };
                if row(ui, state, &model, mark, commands) || (entered && mark.is_marked) {
                    commands.send(ModelCommand::ChatWith(model.path));
                    done = true;
                }
                index += 1;
            }
        }
        if count == 0 {
            caption(ui, models::pick_none());
        }
    });
    ui.separator();
    if button::row(ui, icons::SEARCH, models::find_models(), false).clicked() {
        commands.send(ViewCommand::Show(Screen::Discover));
        done = true;
    }
    if button::row(ui, icons::FILE, models::open_file(), false).clicked() {
        commands.send(ModelCommand::ChooseFile);
        done = true;
    }
    if button::row(ui, icons::MODELS, labels::more_models(), false).clicked() {
        commands.send(ViewCommand::Show(Screen::Models));
        done = true;
    }
    done
}

fn field(ui: &mut Ui, form: &mut PickerForm) {
    let soft = Palette::of(ui).soft;
    let hint = crate::theme::text(ui, models::pick_hint(), Scale::Body, "").color(soft);
    let edit = TextEdit::singleline(&mut form.query).id(Id::unique("model picker")).hint_text(hint);
    let response =
        ui.add(edit.desired_width(f32::INFINITY).frame(Frame::new().inner_margin(Margin::symmetric(10, 8))));
    let now = form.query.clone();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, models::pick_hint());
        info.current_text_value = Some(now.clone());
        info
    });
    if !std::mem::replace(&mut form.asked_focus, true) {
        response.request_focus();
    }
    if response.changed() {
        form.chosen = 0;
    }
}

fn caption(ui: &mut Ui, words: &str) {
    let soft = Palette::of(ui).soft;
    Frame::new().inner_margin(Margin { left: 10, right: 10, top: 8, bottom: 2 }).show(ui, |ui| {
        ui.label(crate::theme::text(ui, words, Scale::Small, MEDIUM).color(soft));
    });
}

/// How a row is marked.
#[derive(Clone, Copy)]
struct Mark {
    /// It is the model that replies.
    is_present: bool,
    /// Enter takes it.
    is_marked: bool,
}

/// A model's row: name, precision and size, whether it fits; a check on the present one, and a way to unload the loaded one. Says
/// whether it was chosen.
fn row(ui: &mut Ui, state: &State, model: &Offered, mark: Mark, commands: &CommandSender) -> bool {
    let palette = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
    let (verdict, color) = fit(ui, state, model);
    let said = [model.facts.as_str(), &verdict].into_iter().filter(|words| !words.is_empty());
    button::describe_with(
        &response,
        &model.name,
        Some(mark.is_present),
        &said.collect::<Vec<_>>().join(", "),
    );
    if mark.is_marked || response.hovered() {
        ui.painter().rect_filled(rect, RADIUS_SMALL, palette.hover);
    }
    button::paint_focus(ui, rect, &response);
    let inner = rect.shrink2(Vec2::new(GRID * 2.5, GRID * 1.5));
    let icon = if mark.is_present {
        icons::CHECK
    } else if model.is_built_in {
        icons::STARTER
    } else {
        icons::MODELS
    };
    let ink = if mark.is_present { palette.accent } else { palette.soft };
    let symbol = egui::FontId::proportional(font(ui, Scale::Body, "").size * 1.15);
    ui.painter().text(inner.left_center(), Align2::LEFT_CENTER, icon, symbol, ink);
    let left = inner.left() + GRID * 7.0;
    let verdict = one_line(ui, &verdict, font(ui, Scale::Small, ""), WIDTH * 0.35);
    let right = inner.right() - if model.is_loaded { GRID * 9.0 } else { 0.0 };
    let room = right - left - verdict.size().x - GRID * 2.0;
    let name = one_line(ui, &model.name, font(ui, Scale::Body, MEDIUM), room);
    let more = one_line(ui, &model.facts, font(ui, Scale::Small, ""), room);
    let verdict_at = egui::pos2(right - verdict.size().x, inner.center().y - verdict.size().y / 2.0);
    ui.painter().galley(verdict_at, verdict, color);
    let more_at = egui::pos2(left, inner.bottom() - more.size().y);
    ui.painter().galley(egui::pos2(left, inner.top()), name, palette.text);
    ui.painter().galley(more_at, more, palette.soft);
    if model.is_loaded {
        let side = GRID * 8.0;
        let corner = egui::Rect::from_center_size(
            egui::pos2(rect.right() - side * 0.6, rect.center().y),
            Vec2::splat(side),
        );
        if button::corner(ui, corner, response.id.with("eject"), icons::EJECT, models::eject()).clicked() {
            commands.send(ModelCommand::Unload);
            return false;
        }
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// Precision and size of a model.
fn facts(model: &LibraryModel) -> String {
    let precision = model.precision.as_deref().map(labels::precision_spelling);
    precision.into_iter().chain([text::bytes(model.bytes)]).collect::<Vec<_>>().join(" · ")
}

/// Whether a model fits into what is free now, with what the present one holds.
fn fit(ui: &Ui, state: &State, model: &Offered) -> (String, egui::Color32) {
    let palette = Palette::of(ui);
    let Some(memory) = state.memory.filter(|_| !model.is_loaded && model.bytes > 0) else {
        return (String::new(), palette.soft);
    };
    let held = state
        .engine
        .model
        .as_ref()
        .and_then(|model| model.loaded.as_ref())
        .map_or(0, |report| report.weights_bytes);
    let need = model.bytes as f64 * BESIDE;
    let free = (memory.available_bytes + held) as f64;
    let (verdict, color) = match need {
        need if need > free => (Verdict::DoesNotFit, palette.bad),
        need if need > free * 0.8 => (Verdict::Tight, palette.warn),
        _ => (Verdict::Comfortable, palette.good),
    };
    (labels::fit(verdict).to_owned(), color)
}
