//! A plot of sizes against divergences on a logarithmic axis: a line, named points, and a limit. It stands still; a click says
//! which size is meant.

use egui::{Align2, Role, Ui, WidgetInfo};
use egui_plot::{
    AxisHints, GridMark, HoverPosition, Line, LineStyle, MarkerShape, Plot, PlotPoint, PlotPoints, Points,
    Text, VLine,
};

use crate::theme::{GRID, Palette, Scale, font};

/// Height of a plot.
const HEIGHT: f32 = 260.0;
/// Share of the plot's width and height that a name takes.
const NAME_SIZE: (f64, f64) = (0.13, 0.07);
/// Room around the points, as a share of their extent.
const MARGIN: f64 = 0.08;
/// Most marks on the axis of sizes.
const MOST_MARKS: usize = 7;

/// A point with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPoint {
    /// Name of the point.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// The divergence, above 0.
    pub kl: f64,
}

/// What a plot shows.
pub struct SizePlot<'a> {
    /// Tells plots apart, and is read by screen readers with `summary`.
    pub name: &'a str,
    /// What it comes to in words.
    pub summary: &'a str,
    /// Sizes in bytes and divergences of the line, by ascending size.
    pub line: Vec<(u64, f64)>,
    /// Points beside the line.
    pub points: Vec<NamedPoint>,
    /// A limit in bytes, and its name.
    pub limit: Option<(u64, &'a str)>,
    /// The size that is chosen, in bytes.
    pub chosen: Option<u64>,
    /// What stands at a size in bytes.
    pub size_word: &'a dyn Fn(u64) -> String,
    /// What stands at a divergence.
    pub kl_word: &'a dyn Fn(f64) -> String,
}

impl SizePlot<'_> {
    /// Shows the plot, and returns the size in bytes that was clicked.
    pub fn show(self, ui: &mut Ui) -> Option<u64> {
        let palette = Palette::of(ui);
        let view = View::around(&self)?;
        let small = font(ui, Scale::Small, "");
        let (size_word, kl_word) = (self.size_word, self.kl_word);
        let x_axis = AxisHints::new_x()
            .tick_label_color(palette.soft)
            .tick_label_font(small.clone())
            .formatter(move |mark, _| size_word(mark.value.max(0.0) as u64));
        let y_axis = AxisHints::new_y()
            .tick_label_color(palette.soft)
            .tick_label_font(small.clone())
            .min_thickness(GRID * 12.0)
            .formatter(move |mark, _| kl_word(10_f64.powf(mark.value)));
        let (size_step, marks) = (round_step(view.width()), view.decades());
        let between = marks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(1.0);
        let plot = Plot::new(self.name)
            .height(HEIGHT)
            .allow_drag(false)
            .allow_zoom(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .allow_double_click_reset(false)
            .allow_axis_zoom_drag(false)
            .show_background(false)
            .show_crosshair(false)
            .set_margin_fraction(egui::Vec2::ZERO)
            .grid_color(palette.line)
            .include_x(view.left)
            .include_x(view.right)
            .include_y(view.bottom)
            .include_y(view.top)
            .x_grid_spacer(move |shown| {
                let first = (shown.bounds.0 / size_step).ceil().max(0.0) as usize;
                (first..first + 2 * MOST_MARKS)
                    .map(|at| GridMark { value: at as f64 * size_step, step_size: size_step })
                    .filter(|mark| mark.value <= shown.bounds.1)
                    .collect()
            })
            .y_grid_spacer(move |_| {
                marks.iter().map(|&value| GridMark { value, step_size: between }).collect()
            })
            .grid_spacing(GRID * 6.0..=GRID * 60.0)
            .label_formatter(move |hover| match hover {
                HoverPosition::NearDataPoint { plot_name, position, .. } => {
                    let (size, kl) =
                        (size_word(position.x.max(0.0) as u64), kl_word(10_f64.powf(position.y)));
                    Some(format!("{plot_name}\n{size} · KL {kl}"))
                }
                HoverPosition::Elsewhere { .. } => None,
            })
            .custom_x_axes(vec![x_axis])
            .custom_y_axes(vec![y_axis]);
        let label = format!("{}: {}", self.name, self.summary);
        let shown = plot.show(ui, |plot| {
            if let Some((bytes, name)) = self.limit.filter(|(bytes, _)| view.holds(*bytes as f64)) {
                let style = LineStyle::dashed_dense();
                plot.vline(
                    VLine::new(name, bytes as f64).color(palette.warn).style(style).allow_hover(false),
                );
                let at = PlotPoint::new(bytes as f64, view.top);
                let words = egui::RichText::new(format!(" {name}")).font(small.clone());
                // The words stand on the side where there is room.
                let is_right = bytes as f64 > view.left + 0.8 * view.width();
                let anchor = if is_right { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
                plot.text(Text::new(name, at, words).anchor(anchor).color(palette.warn).allow_hover(false));
            }
            if let Some(bytes) = self.chosen.filter(|bytes| view.holds(*bytes as f64)) {
                plot.vline(VLine::new("", bytes as f64).color(palette.accent).width(1.0).allow_hover(false));
            }
            let series: Vec<[f64; 2]> =
                self.line.iter().map(|(bytes, kl)| [*bytes as f64, kl.log10()]).collect();
            if !series.is_empty() {
                plot.line(Line::new(self.name, PlotPoints::from(series)).color(palette.accent).width(2.0));
            }
            for point in &self.points {
                let at = [point.bytes as f64, point.kl.log10()];
                let shape = Points::new(point.name.as_str(), PlotPoints::from(vec![at]));
                plot.points(shape.color(palette.text).radius(4.0).shape(MarkerShape::Circle));
            }
            for (point, is_left) in view.named(&self.points) {
                let at = PlotPoint::new(point.bytes as f64, point.kl.log10());
                let words = egui::RichText::new(format!("  {}  ", point.name)).font(small.clone());
                let anchor = if is_left { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
                let text = Text::new(point.name.as_str(), at, words).anchor(anchor);
                plot.text(text.color(palette.soft).allow_hover(false));
            }
            let clicked = plot.response().clicked();
            plot.pointer_coordinate().filter(|_| clicked).map(|at| at.x.max(0.0) as u64)
        });
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
        shown.inner
    }
}

/// The part of the plane that is shown: sizes in bytes, and logarithms of divergences.
#[derive(Clone, Copy, Debug, PartialEq)]
struct View {
    left: f64,
    right: f64,
    bottom: f64,
    top: f64,
}

impl View {
    /// The part that holds everything with room around it; `None` if there is nothing.
    fn around(plot: &SizePlot<'_>) -> Option<Self> {
        let of_line = plot.line.iter().copied();
        let of_points = plot.points.iter().map(|point| (point.bytes, point.kl));
        let all: Vec<(f64, f64)> = of_line
            .chain(of_points)
            .filter(|(_, kl)| *kl > 0.0)
            .map(|(x, kl)| (x as f64, kl.log10()))
            .collect();
        let (first_x, first_y) = *all.first()?;
        let mut view = Self { left: first_x, right: first_x, bottom: first_y, top: first_y };
        for (x, y) in all {
            view = Self {
                left: view.left.min(x),
                right: view.right.max(x),
                bottom: view.bottom.min(y),
                top: view.top.max(y),
            };
        }
        let x_margin = if view.width() > 0.0 { MARGIN * view.width() } else { 0.2 * view.right.max(1.0) };
        let y_margin = (MARGIN * (view.top - view.bottom)).max(0.1);
        // Names stand beside their points.
        Some(Self {
            left: (view.left - x_margin).max(0.0),
            right: view.right + 1.5 * x_margin,
            bottom: view.bottom - y_margin,
            top: view.top + 1.5 * y_margin,
        })
    }

    fn width(&self) -> f64 {
        self.right - self.left
    }

    fn holds(&self, bytes: f64) -> bool {
        (self.left..=self.right).contains(&bytes)
    }

    /// Marks at 1, 2 and 5 of each decade if there are few decades, else at each.
    fn decades(&self) -> Vec<f64> {
        let digits: &[f64] = if self.top - self.bottom < 1.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let powers = self.bottom.floor() as i32..=self.top.ceil() as i32;
        let marks = powers.flat_map(|power| digits.iter().map(move |digit| digit.log10() + f64::from(power)));
        marks.filter(|mark| (self.bottom..=self.top).contains(mark)).collect()
    }

    /// The points whose names do not cover each other, and whether a name stands at the left of its point.
    fn named<'p>(&self, points: &'p [NamedPoint]) -> Vec<(&'p NamedPoint, bool)> {
        let mut taken: Vec<(f64, f64)> = Vec::new();
        let mut named = Vec::new();
        for point in points {
            let x = (point.bytes as f64 - self.left) / self.width();
            let y = (point.kl.log10() - self.bottom) / (self.top - self.bottom);
            let is_left = x > 1.0 - 1.5 * NAME_SIZE.0;
            let x = if is_left { x - NAME_SIZE.0 } else { x };
            let is_free = |&(other_x, other_y): &(f64, f64)| {
                (x - other_x).abs() > NAME_SIZE.0 || (y - other_y).abs() > NAME_SIZE.1
            };
            if taken.iter().all(is_free) {
                taken.push((x, y));
                named.push((point, is_left));
            }
        }
        named
    }
}

/// A round distance between marks that cuts `width` into at most [`MOST_MARKS`] parts.
fn round_step(width: f64) -> f64 {
    let power = 10_f64.powf((width.max(1.0) / MOST_MARKS as f64).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    steps.into_iter().find(|step| width / step <= MOST_MARKS as f64).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(name: &str, bytes: u64, kl: f64) -> NamedPoint {
        NamedPoint { name: name.to_owned(), bytes, kl }
    }

    #[test]
    fn marks_are_round_and_few() {
        assert!((round_step(3.2e9) - 5e8).abs() < 1.0);
        for width in [1e5, 7.3e8, 1e9, 2.5e9, 9.9e9, 4e11] {
            let parts = width / round_step(width);
            assert!((2.0..=MOST_MARKS as f64).contains(&parts), "{width}: {parts}");
        }
    }

    #[test]
    fn names_do_not_cover_each_other_and_stay_inside() {
        let view = View { left: 0.0, right: 100.0, bottom: -3.0, top: 0.0 };
        let points = [point("a", 10, 0.1), point("b", 12, 0.1), point("c", 12, 0.01), point("d", 99, 0.1)];
        let named: Vec<(&str, bool)> =
            view.named(&points).into_iter().map(|(point, is_left)| (point.name.as_str(), is_left)).collect();
        assert_eq!(named, [("a", false), ("c", false), ("d", true)]);
    }
}
