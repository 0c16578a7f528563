//! The library: everything on this machine, where it came from, and what can be done with it.

use egui::{ScrollArea, Ui};
use nibble_engine::jobs::QualityReport;
use nibble_engine::jobs::protocol::{LibraryModel, ModelOrigin};
use nibble_engine::library::starter;
use nibble_engine::progress::Progress;

use super::{model_menu, model_tabs, unfinished};
use crate::command::{LibraryCommand, ModelCommand, QualityCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Closeness, LibraryWork, Screen, State, is_gguf, listed_name, name_of_path};
use crate::text::{self, labels, model_sentences, models, quality, workshop};
use crate::theme::{GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::blank::{Blank, blank, waiting};
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::list_heading::list_heading;
use crate::widgets::model_row::{ModelRow, model_row};
use crate::widgets::{button, meter};

/// Shows the models.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            ui.add_space(GRID * 2.0);
            model_tabs::show(ui, state, Screen::Models, commands);
            ui.horizontal_wrapped(|ui| {
                if button::primary(ui, icons::SEARCH, models::find_models()).clicked() {
                    commands.send(ViewCommand::Show(Screen::Discover));
                }
                if button::outlined(ui, icons::FOLDER, labels::choose_folder()).clicked() {
                    commands.send(ModelCommand::ChooseFolder);
                }
                if button::outlined(ui, icons::FILE, labels::choose_file()).clicked() {
                    commands.send(ModelCommand::ChooseFile);
                }
                if button::quiet(ui, "", workshop::compare()).clicked() {
                    commands.send(ViewCommand::Show(Screen::Compare));
                }
            });
            work(ui, state, commands);
            unfinished::show(ui, state, None, commands);
            listing(ui, state, commands);
            recent(ui, state, commands);
            ui.add_space(GRID * 8.0);
        });
    });
}

/// Whether a model belongs into a group of the list.
type IsIn = fn(ModelOrigin) -> bool;

/// What is being done with one of the models.
fn work(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Some(LibraryWork::Verifying(name, progress)) = &state.library.work else { return };
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(crate::theme::text(ui, model_sentences::verifying(name), Scale::Body, MEDIUM));
        let fraction = progress.as_ref().map_or(0.0, Progress::fraction);
        meter::bar(ui, fraction, &text::percent(fraction));
        if button::outlined(ui, "", labels::cancel()).clicked() {
            commands.send(LibraryCommand::CancelVerify);
        }
    });
}

fn listing(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let library = &state.library;
    if let Some(failure) = &library.failure {
        let words = Blank {
            icon: icons::WARNING,
            title: models::not_listed(),
            more: &text::sentence(&failure.message),
            step: labels::step_again(),
        };
        if blank(ui, words) {
            commands.send(ViewCommand::Show(Screen::Models));
        }
        return;
    }
    if !library.is_known {
        ui.add_space(GRID * 4.0);
        return waiting(ui, models::listing());
    }
    let groups: [(&str, IsIn); 3] = [
        (models::made_here(), |origin| matches!(origin, ModelOrigin::Made | ModelOrigin::BuiltIn)),
        (models::downloaded(), |origin| origin == ModelOrigin::Hub),
        (models::of_other_programs(), |origin| matches!(origin, ModelOrigin::Elsewhere(_))),
    ];
    if library.models.iter().all(|model| model.origin == ModelOrigin::BuiltIn) {
        ui.add_space(GRID * 2.0);
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, models::library_empty(), Scale::Body, "").color(soft));
    }
    for (words, is_in) in groups {
        let mut models = library.models.iter().filter(|model| is_in(model.origin)).peekable();
        if models.peek().is_some() {
            list_heading(ui, words);
        }
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            models.for_each(|model| {
                ui.push_id(&model.name, |ui| model_ui(ui, state, model, commands));
            });
        });
    }
}

/// One model, and below it the question whether it is to be deleted, if that was asked.
fn model_ui(ui: &mut Ui, state: &State, model: &LibraryModel, commands: &CommandSender) {
    let more = match &model.problem {
        Some(problem) => text::sentence(problem),
        None => about(state, model),
    };
    let icon = match model.origin {
        _ if model.problem.is_some() => icons::WARNING,
        ModelOrigin::BuiltIn => icons::STARTER,
        _ => icons::MODELS,
    };
    let figure = text::bytes(model.bytes);
    let name = if model.origin == ModelOrigin::BuiltIn { starter::TITLE } else { &model.name };
    let room = ui.available_width() - GRID * 10.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let row = ui.scope(|ui| {
            ui.set_max_width(room);
            model_row(ui, ModelRow { icon, name, more: &more, figure: &figure })
        });
        if row.inner.clicked() && model.problem.is_none() {
            commands.send(ModelCommand::ChatWith(model.path.clone()));
        }
        let words = text::sentences::item_of(models::more_for_model(), name);
        let more = button::icon(ui, icons::MORE, &words);
        egui::Popup::menu(&more).show(|ui| model_menu::show(ui, state, model, commands));
        row.inner.context_menu(|ui| model_menu::show(ui, state, model, commands));
    });
    if state.library.asked.as_ref() == Some(&model.name) {
        ask(ui, model, commands);
    }
}

/// Origin, size and precision, and when it was used last.
fn about(state: &State, model: &LibraryModel) -> String {
    let origin = match model.origin {
        ModelOrigin::Elsewhere(program) => Some(program.title().to_owned()),
        ModelOrigin::BuiltIn => Some(models::built_in().to_owned()),
        ModelOrigin::Made | ModelOrigin::Hub => None,
    };
    let used = model.last_used.map(|used| models::last_used(state.clock.age(used as i64)));
    let quality = model
        .quality
        .map(|figures| model_sentences::like_original(&text::percent_to(figures.top1_agreement)));
    let parts = [
        model.precision.as_deref().map(labels::precision_spelling),
        Some(text::parameters(model.parameters)),
        model.architecture.clone(),
        origin,
        quality,
        used,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Asks before a model is deleted.
fn ask(ui: &mut Ui, model: &LibraryModel, commands: &CommandSender) {
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(model_sentences::delete_question(&model.name, &text::bytes(model.bytes)));
        ui.horizontal(|ui| {
            if button::danger(ui, icons::DELETE, models::delete()).clicked() {
                commands.send(LibraryCommand::Remove(model.name.clone()));
            }
            if button::quiet(ui, "", models::keep()).clicked() {
                commands.send(LibraryCommand::AskRemove(None));
            }
        });
    });
}

/// The models ready to chat.
pub(super) fn ready(ui: &mut Ui, state: &State, commands: &CommandSender) {
    if state.library.ready().next().is_none() {
        return;
    }
    list_heading(ui, labels::ready_models());
    ui.spacing_mut().item_spacing.y = 2.0;
    for model in state.library.ready() {
        let figure = text::bytes(model.bytes);
        let icon = if model.origin == ModelOrigin::BuiltIn { icons::STARTER } else { icons::MODELS };
        let report = state.quality.of(&model.path);
        let more = report.and_then(QualityReport::figures).map(|figures| {
            let share = text::percent_to(figures.top1_agreement);
            quality::closeness(Closeness::of(figures.kl_mean, figures.top1_agreement), &share)
        });
        let row =
            ModelRow { icon, name: listed_name(model), more: &more.unwrap_or_default(), figure: &figure };
        ui.horizontal(|ui| {
            let room = ui.available_width() - if report.is_some() { GRID * 10.0 } else { 0.0 };
            let row = ui.scope(|ui| {
                ui.set_max_width(room);
                model_row(ui, row)
            });
            if row.inner.clicked() {
                commands.send(ModelCommand::ChatWith(model.path.clone()));
            }
            let words = text::sentences::item_of(quality::quality_report(), &model.name);
            if report.is_some() && button::icon(ui, icons::SPEED, &words).clicked() {
                commands.send(QualityCommand::Show(model.path.clone()));
            }
        });
    }
}

/// The models opened lately.
pub(super) fn recent(ui: &mut Ui, state: &State, commands: &CommandSender) {
    if state.settings.recent.is_empty() {
        return;
    }
    list_heading(ui, labels::recent_models());
    ui.spacing_mut().item_spacing.y = 2.0;
    for path in &state.settings.recent {
        let name = name_of_path(path);
        let folder = path.parent().map(|parent| parent.display().to_string()).unwrap_or_default();
        let gone = state.library.missing.contains(path);
        let figure = if gone { labels::gone() } else { "" };
        let icon = if is_gguf(path) { icons::FILE } else { icons::FOLDER };
        let row = model_row(ui, ModelRow { icon, name: &name, more: &folder, figure });
        if row.clicked() {
            commands.send(ModelCommand::Open(path.clone()));
        }
        row.context_menu(|ui| {
            ui.set_min_width(GRID * 44.0);
            if button::row(ui, icons::DELETE, labels::forget(), false).clicked() {
                commands.send(ModelCommand::ForgetRecent(path.clone()));
                ui.close();
            }
        });
    }
}
