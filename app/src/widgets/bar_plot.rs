//! A small plot of bars that stands still: nothing to drag, nothing to zoom.

use egui::{Role, Ui, WidgetInfo};
use egui_plot::{AxisHints, Bar, BarChart, GridMark, Plot};

use crate::theme::{GRID, Palette, Scale, font};

/// Height of a plot.
const HEIGHT: f32 = 168.0;
/// Share of its place that a bar fills.
const FILL: f64 = 0.8;

/// Most heights that are marked above 0.
const MOST_HEIGHTS: u32 = 5;

/// What a plot shows.
pub struct BarPlot<'a> {
    /// Tells plots apart, and is read by screen readers with `summary`.
    pub name: &'a str,
    /// What it comes to in words.
    pub summary: &'a str,
    /// Heights of the bars.
    pub bars: &'a [f64],
    /// Where the bars stand: the first at `start`, each next one `step` further.
    pub start: f64,
    /// Distance between two bars.
    pub step: f64,
    /// Marks on the axis below: places at which the words of `word_at` stand.
    pub marks: &'a [f64],
    /// What stands at a mark.
    pub word_at: &'a dyn Fn(f64) -> String,
    /// What stands at a height.
    pub height_word: &'a dyn Fn(f64) -> String,
    /// What is told of the bar under the pointer, by its index.
    pub tell: Box<dyn Fn(usize) -> String>,
}

impl BarPlot<'_> {
    /// Shows the plot.
    pub fn show(self, ui: &mut Ui) {
        let Self { start, step, marks, .. } = self;
        let palette = Palette::of(ui);
        let tell = self.tell;
        let bar = |(index, height): (usize, &f64)| Bar::new(start + index as f64 * step, *height);
        let chart = BarChart::new(self.name, self.bars.iter().enumerate().map(bar).collect())
            .width(step * FILL)
            .color(palette.accent)
            .element_formatter(Box::new(move |bar, _| {
                tell(((bar.argument - start) / step).round().max(0.0) as usize)
            }));
        let small = font(ui, Scale::Small, "");
        let (word_at, height_word) = (self.word_at, self.height_word);
        let x_axis = AxisHints::new_x()
            .tick_label_color(palette.soft)
            .tick_label_font(small.clone())
            .formatter(move |mark, _| word_at(mark.value));
        let y_axis = AxisHints::new_y()
            .tick_label_color(palette.soft)
            .tick_label_font(small)
            .formatter(move |mark, _| height_word(mark.value));
        // How far apart marks stand decides whether their words are shown.
        let between = marks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(step);
        let rise = round_step(self.bars.iter().copied().fold(0.0, f64::max));
        let width = step / 2.0;
        let end = start + (self.bars.len().saturating_sub(1)) as f64 * step;
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
            .include_x(start - width)
            .include_x(end + width)
            .include_y(0.0)
            .grid_color(palette.line)
            .x_grid_spacer(move |_| {
                marks.iter().map(|&value| GridMark { value, step_size: between }).collect()
            })
            .y_grid_spacer(move |shown| {
                // A mark above the plot would have its word over what stands there.
                (0..=MOST_HEIGHTS)
                    .map(|at| GridMark { value: f64::from(at) * rise, step_size: rise })
                    .filter(|mark| mark.value <= shown.bounds.1)
                    .collect()
            })
            .grid_spacing(GRID * 10.0..=GRID * 60.0)
            .custom_x_axes(vec![x_axis])
            .custom_y_axes(vec![y_axis]);
        let label = format!("{}: {}", self.name, self.summary);
        let shown = plot.show(ui, |plot| plot.bar_chart(chart));
        shown.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
    }
}

/// A round distance between marks that cuts `height` into two to five parts.
fn round_step(height: f64) -> f64 {
    if height <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf((height / 2.0).log10().floor());
    [5.0, 2.0].into_iter().map(|digit| digit * power).find(|step| *step * 2.0 <= height).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_few() {
        for (height, step) in [(7.2, 2.0), (180.0, 50.0), (1.0, 0.5), (0.0, 1.0)] {
            assert!((round_step(height) - step).abs() < 1e-12, "{height}: {}", round_step(height));
        }
        for tenth in 1..1000_u32 {
            let parts = f64::from(tenth) / 10.0 / round_step(f64::from(tenth) / 10.0);
            assert!((2.0 - 1e-9..=f64::from(MOST_HEIGHTS)).contains(&parts), "{tenth}: {parts}");
        }
    }
}
