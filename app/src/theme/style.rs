//! egui's style, bent to ours.

use egui::style::{ScrollAnimation, ScrollStyle, WidgetVisuals};
use egui::{
    Context, CornerRadius, FontFamily, FontId, Margin, RichText, Shadow, Stroke, Style, TextStyle, Theme,
    ThemePreference, Vec2, Visuals,
};

use super::{BOLD, GRID, MEDIUM, MOTION, Palette, RADIUS, RADIUS_SMALL};
use crate::state::{TextSize, ThemeChoice};

/// The three sizes of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// What stands back: captions, statistics.
    Small,
    /// Body size, for all other text.
    Body,
    /// Headings of screens.
    Title,
}

impl Scale {
    fn points(self) -> f32 {
        match self {
            Self::Small => 12.5,
            Self::Body => 15.0,
            Self::Title => 24.0,
        }
    }

    fn style(self) -> TextStyle {
        match self {
            Self::Small => TextStyle::Small,
            Self::Body => TextStyle::Body,
            Self::Title => TextStyle::Heading,
        }
    }
}

/// A font of this size in the family of that name; the plain one for an empty name.
pub fn font(ui: &egui::Ui, scale: Scale, family: &'static str) -> FontId {
    let size = scale.style().resolve(ui.style()).size;
    let family = if family.is_empty() { FontFamily::Proportional } else { FontFamily::Name(family.into()) };
    FontId::new(size, family)
}

/// Text of this size in the family of that name; the plain one for an empty name.
pub fn text(ui: &egui::Ui, words: impl Into<String>, scale: Scale, family: &'static str) -> RichText {
    RichText::new(words).font(font(ui, scale, family))
}

/// Gives the context our fonts' sizes, distances and colors; nothing moves where all is to be still.
pub fn apply(ctx: &Context, theme: ThemeChoice, size: TextSize, still: bool) {
    for (kind, dark) in [(Theme::Light, false), (Theme::Dark, true)] {
        let mut style = style(Palette::when(dark), dark, size.scale());
        style.animation_time = if still { 0.0 } else { MOTION };
        style.scroll_animation =
            if still { ScrollAnimation::none() } else { ScrollAnimation::duration(MOTION) };
        ctx.set_style_of(kind, style);
    }
    ctx.set_theme(match theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::Dark => ThemePreference::Dark,
    });
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

fn style(palette: &Palette, dark: bool, scale: f32) -> Style {
    let mut style = Style { visuals: visuals(palette, dark), ..Style::default() };
    let sized = |size: Scale, family| FontId::new((size.points() * scale * 2.0).round() / 2.0, family);
    style.text_styles = [
        (TextStyle::Small, sized(Scale::Small, FontFamily::Proportional)),
        (TextStyle::Body, sized(Scale::Body, FontFamily::Proportional)),
        (TextStyle::Button, sized(Scale::Body, FontFamily::Name(MEDIUM.into()))),
        (TextStyle::Heading, sized(Scale::Title, FontFamily::Name(BOLD.into()))),
        (TextStyle::Monospace, sized(Scale::Body, FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(GRID * 2.0);
    spacing.button_padding = Vec2::new(GRID * 3.0, GRID * 2.0);
    spacing.interact_size = Vec2::new(GRID * 8.0, GRID * 8.0);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.slider_rail_height = 4.0;
    spacing.scroll = ScrollStyle { bar_width: 8.0, floating_width: 4.0, ..ScrollStyle::floating() };
    spacing.scroll.fade.strength = 0.0;
    style.interaction.tooltip_delay = 0.4;
    style.explanation_tooltips = false;
    style
}

fn visuals(palette: &Palette, dark: bool) -> Visuals {
    let mut visuals = if dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = palette.ground;
    visuals.window_fill = palette.card;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.extreme_bg_color = palette.card;
    visuals.text_edit_bg_color = Some(palette.card);
    visuals.faint_bg_color = palette.tint;
    visuals.code_bg_color = palette.code;
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warn;
    visuals.error_fg_color = palette.bad;
    visuals.weak_text_color = Some(palette.soft);
    visuals.selection.bg_fill = palette.selection;
    visuals.selection.stroke = Stroke::new(1.0, palette.accent);
    visuals.window_corner_radius = CornerRadius::same(RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = egui::style::HandleShape::Circle;
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.accent);
    // A blinking cursor would repaint an idle window twice a second.
    visuals.text_cursor.blink = false;
    let shadow = Shadow { offset: [0, 6], blur: 24, spread: 0, color: palette.shadow };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    let widgets = &mut visuals.widgets;
    let plain = |fill, line, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(RADIUS_SMALL),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    widgets.noninteractive = plain(palette.ground, palette.line, palette.text);
    widgets.inactive = plain(palette.tint, palette.line, palette.text);
    widgets.hovered = plain(palette.hover, palette.line, palette.text);
    widgets.active = plain(palette.hover, palette.accent, palette.text);
    widgets.open = plain(palette.tint, palette.line, palette.text);
    visuals
}
