//! Finding models on the Hub; while nothing is looked for, a catalog to begin with.

use std::time::Duration;

use egui::{ScrollArea, TextEdit, Ui};
use nibble_engine::jobs::protocol::{Failure, Found, Sort};

use super::settings::part::choice;
use super::{catalog, model_tabs};
use crate::command::DiscoverCommand;
use crate::inbox::CommandSender;
use crate::state::{HubQuery, Results, Screen, SizeLimit, State};
use crate::text::{self, labels, model_sentences, models};
use crate::theme::{GRID, Palette, Scale, icons};
use crate::widgets::blank::{Blank, blank, blank_with_details, waiting};
use crate::widgets::column::column;
use crate::widgets::model_row::{ModelRow, model_row};

/// Pause in typing before a search starts, in seconds.
const REST: f64 = 0.4;

/// Width of a filter.
const FILTER: f32 = GRID * 43.0;

/// Text of the search field.
#[derive(Clone, Debug, Default)]
pub struct DiscoverForm {
    text: String,
    /// When the text changed, until the Hub was asked for it.
    changed_at: Option<f64>,
    /// Whether the field had the keyboard since the screen was opened.
    pub(super) had_focus: bool,
}

/// Shows the screen.
pub(super) fn show(ui: &mut Ui, state: &State, form: &mut DiscoverForm, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            ui.add_space(GRID * 2.0);
            model_tabs::show(ui, state, Screen::Discover, commands);
            search_field(ui, state, form, commands);
            filters(ui, state, commands);
            match &state.discover.results {
                Results::Catalog => catalog::show(ui, state, commands),
                Results::Searching => {
                    ui.add_space(GRID * 6.0);
                    waiting(ui, models::searching_hub());
                }
                Results::Found { models: found, .. } if found.is_empty() => nothing(ui, form, commands),
                Results::Found { models, next, is_loading } => {
                    found_ui(ui, state, models, next.is_some(), *is_loading, commands);
                }
                Results::Failed(failure) => failed(ui, state, failure, commands),
            }
            ui.add_space(GRID * 8.0);
        });
    });
}

fn search_field(ui: &mut Ui, state: &State, form: &mut DiscoverForm, commands: &CommandSender) {
    let now = ui.input(|input| input.time);
    if form.changed_at.is_none() {
        form.text.clone_from(&state.discover.query.text);
    }
    let soft = Palette::of(ui).soft;
    let hint = crate::theme::text(ui, models::search_models_hint(), Scale::Body, "").color(soft);
    let edit = TextEdit::singleline(&mut form.text).hint_text(hint).desired_width(f32::INFINITY);
    let response = ui.add(edit.margin(egui::Margin::symmetric(12, 9)));
    let typed = form.text.clone();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, models::search_models());
        info.current_text_value = Some(typed.clone());
        info
    });
    if !std::mem::replace(&mut form.had_focus, true) {
        response.request_focus();
    }
    if response.changed() {
        form.changed_at = Some(now);
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if entered {
        // So that typing goes on, and the next Tab leads to the filters.
        response.request_focus();
    }
    let Some(changed_at) = form.changed_at else { return };
    if entered || now - changed_at >= REST {
        form.changed_at = None;
        commands.send(DiscoverCommand::Search(HubQuery { text: typed, ..state.discover.query.clone() }));
    } else {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(REST - (now - changed_at)));
    }
}

/// The filters, in as many rows as they need.
fn filters(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let query = &state.discover.query;
    let mut wish = query.clone();
    let gap = ui.spacing().item_spacing.x;
    let in_a_row = (((ui.available_width() + gap) / (FILTER + gap)) as usize).max(1);
    for row in Filter::ALL.chunks(in_a_row) {
        ui.horizontal(|ui| {
            for filter in row {
                ui.scope(|ui| {
                    ui.set_width(FILTER);
                    filter.show(ui, &mut wish);
                });
            }
        });
    }
    if wish != *query {
        commands.send(DiscoverCommand::Search(wish));
    }
}

/// One of the filters of a search.
#[derive(Clone, Copy)]
enum Filter {
    Sort,
    Size,
    License,
    Runnable,
}

impl Filter {
    const ALL: [Self; 4] = [Self::Sort, Self::Size, Self::License, Self::Runnable];

    /// Shows the filter and takes over what is chosen.
    fn show(self, ui: &mut Ui, wish: &mut HubQuery) {
        match self {
            Self::Sort => choice(ui, models::sort_by(), sort_name(wish.sort), |ui| {
                for sort in Sort::ALL {
                    ui.selectable_value(&mut wish.sort, sort, sort_name(sort));
                }
            }),
            Self::Size => choice(ui, models::size_limit(), &size_name(wish.size), |ui| {
                for size in SizeLimit::ALL {
                    ui.selectable_value(&mut wish.size, size, size_name(size));
                }
            }),
            Self::License => {
                let name = |license: Option<&'static str>| license.unwrap_or(models::any_license());
                choice(ui, models::license(), name(wish.license), |ui| {
                    for license in std::iter::once(None).chain(HubQuery::LICENSES.map(Some)) {
                        ui.selectable_value(&mut wish.license, license, name(license));
                    }
                });
            }
            Self::Runnable => {
                ui.checkbox(&mut wish.only_runnable, models::only_runnable());
            }
        }
    }
}

fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Downloads => models::sort_downloads(),
        Sort::Likes => models::sort_likes(),
        Sort::Trending => models::sort_trending(),
        Sort::Updated => models::sort_updated(),
    }
}

fn size_name(size: SizeLimit) -> String {
    let most = size.most_parameters();
    most.map_or(models::any_size().to_owned(), |most| model_sentences::size_at_most(&text::parameters(most)))
}

fn found_ui(
    ui: &mut Ui,
    state: &State,
    found: &[Found],
    has_more: bool,
    is_loading: bool,
    commands: &CommandSender,
) {
    ui.add_space(GRID * 2.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    for one in found {
        let facts = &one.facts;
        let more = match &one.refusal {
            Some(refusal) => text::sentences::item_of(models::cannot_run(), &refusal.to_string()),
            None => summary(one),
        };
        let figure = match (&one.refusal, facts.parameters) {
            (None, Some(parameters)) => catalog::figure(state, parameters),
            _ => String::new(),
        };
        let icon = if one.refusal.is_some() { icons::WARNING } else { icons::MODELS };
        if model_row(ui, ModelRow { icon, name: &facts.repo, more: &more, figure: &figure }).clicked() {
            commands.send(DiscoverCommand::OpenModel(facts.repo.clone()));
        }
    }
    if has_more {
        // The end of the list is in sight: the next page is asked for.
        let row = ui.scope(|ui| waiting(ui, models::searching_hub()));
        if !is_loading && ui.is_rect_visible(row.response.rect) {
            commands.send(DiscoverCommand::MoreResults);
        }
    }
}

/// Size, license and how often it is downloaded, as far as they are known.
fn summary(found: &Found) -> String {
    let facts = &found.facts;
    let parts = [
        facts.parameters.map(text::parameters),
        facts.license.clone(),
        Some(model_sentences::downloads_of(&text::compact(facts.downloads))),
        facts.gated.then(|| models::gated().to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn nothing(ui: &mut Ui, form: &mut DiscoverForm, commands: &CommandSender) {
    let words = Blank {
        icon: icons::SEARCH,
        title: models::nothing_on_hub(),
        more: models::nothing_on_hub_more(),
        step: models::clear_search(),
    };
    if blank(ui, words) {
        *form = DiscoverForm::default();
        commands.send(DiscoverCommand::Search(HubQuery::default()));
    }
}

/// A search failed: why, and the catalog, which needs no network.
fn failed(ui: &mut Ui, state: &State, failure: &Failure, commands: &CommandSender) {
    let words = Blank {
        icon: icons::WARNING,
        title: models::hub_silent(),
        more: &text::sentence(&failure.message),
        step: labels::step_again(),
    };
    if blank_with_details(ui, words, &failure.details) {
        commands.send(DiscoverCommand::Search(state.discover.query.clone()));
    }
    ui.add_space(GRID * 4.0);
    catalog::show(ui, state, commands);
}
