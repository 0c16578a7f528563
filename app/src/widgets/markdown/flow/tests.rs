//! Lines of words, code and formulas as egui's text: what is copied, what is in line, what keeps its distance.

use egui::{Context, Pos2, RawInput, Rect, Ui, Vec2};

use super::super::blocks::Block;
use super::super::parse::parse;
use super::*;
use crate::theme;

const STYLE: LineStyle =
    LineStyle { size: 15.0, strong: false, soft: false, width: 300.0, side: CellSide::Left };

/// Runs `look` in a frame with the program's fonts, at a scale.
fn in_frame(scale: f32, mut look: impl FnMut(&mut Ui)) {
    let ctx = Context::default();
    theme::install_fonts(&ctx);
    ctx.set_pixels_per_point(scale);
    for _ in 0..2 {
        let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 600.0)));
        let input = RawInput { screen_rect, ..RawInput::default() };
        ctx.run_ui(input, |ui| look(ui)).drop_without_applying_deltas();
    }
}

fn spans(markdown: &str) -> Vec<Span> {
    match parse(markdown).into_iter().next() {
        Some(Block::Paragraph(spans)) => spans,
        other => panic!("{other:?}"),
    }
}

const MIXED: &str = "Words and `some code`, a formula $\\frac{a}{b} + x^2$, **bold** words, H<sub>2</sub>O, <kbd>Esc</kbd>; more \
    words and `code_that_is_much_longer_than_one_line_of_this_text_can_be_so_that_it_breaks`.<br>~~Struck~~ 中文 $y$ end.";

#[test]
fn lines_are_one_text_that_fits_and_is_copied_with_its_formulas() {
    for scale in [1.0, 1.5, 2.0] {
        in_frame(scale, |ui| {
            let flow = flow(ui, &spans(MIXED), STYLE);
            let galley = &flow.galley;
            let text = "Words and some code, a formula $\\frac{a}{b} + x^2$, bold words, H2O, Esc; more words and \
                code_that_is_much_longer_than_one_line_of_this_text_can_be_so_that_it_breaks.\nStruck 中文 $y$ end.";
            assert_eq!(galley.text(), text);
            let shown: String = galley
                .rows
                .iter()
                .map(|row| row.row.text() + if row.ends_with_newline { "\n" } else { "" })
                .collect();
            assert_eq!(shown, text);
            assert_eq!(flow.n_chars.iter().sum::<usize>(), text.chars().count());
            assert!(galley.rows.len() > 4 && flow.width() <= STYLE.width + 1.0, "{}", flow.width());
            let mut bottom = 0.0;
            for row in &galley.rows {
                assert!((row.pos.y - bottom).abs() < 0.01);
                bottom += row.row.size.y;
                assert!(row.row.size.y >= STYLE.line_height());
                let starts: Vec<f32> = row.row.glyphs.iter().map(|glyph| glyph.pos.x).collect();
                assert!(starts.is_sorted(), "{starts:?}");
                assert!(row.row.visuals.mesh.is_valid());
                assert!(starts.first().is_none_or(|start| *start >= 0.0));
            }
            assert!((galley.size().y - bottom).abs() < 1.0);
        });
    }
}

#[test]
fn words_code_and_scripts_stand_on_one_line_and_grounds_keep_their_distance() {
    in_frame(1.0, |ui| {
        let flow = flow(ui, &spans("aa `bb` cc<sup>dd</sup>"), STYLE);
        let [row] = &flow.galley.rows[..] else { panic!() };
        let foot = |c: char| {
            let glyph = row.row.glyphs.iter().find(|glyph| glyph.chr == c).unwrap();
            glyph.pos.y + glyph.uv_rect.offset.y + glyph.uv_rect.size.y
        };
        assert!((foot('a') - foot('b')).abs() <= 1.0 && (foot('a') - foot('c')).abs() <= 1.0);
        assert!(foot('d') < foot('a') - 3.0);
        let [ground] = &flow.grounds[..] else { panic!("{:?}", flow.grounds) };
        let at = |c: char| {
            row.row
                .glyphs
                .iter()
                .filter(move |glyph| glyph.chr == c)
                .map(|glyph| (glyph.pos.x, glyph.max_x()))
        };
        let (end, start) = (at('a').next_back().unwrap().1, at('c').next().unwrap().0);
        assert!(ground.rect.left() > end + 2.0 && ground.rect.right() < start - 2.0);
        assert!(ground.rect.left() < at('b').next().unwrap().0 - 2.0);
    });
}

#[test]
fn closing_code_moves_no_line() {
    in_frame(1.0, |ui| {
        let [open, closed] =
            ["some `code and words", "some `code` and words"].map(|text| flow(ui, &spans(text), STYLE));
        assert!((open.galley.size().y - closed.galley.size().y).abs() < 0.01);
        let baseline = |flow: &Flow| flow.galley.rows[0].row.glyphs[0].pos.y;
        assert!((baseline(&open) - baseline(&closed)).abs() < 0.01);
    });
}

#[test]
fn what_is_no_formula_is_shown_as_it_was_written() {
    in_frame(1.0, |ui| {
        let flow = flow(ui, &spans("see $\\mystery{x}$ here"), STYLE);
        assert_eq!(flow.galley.text(), "see $\\mystery{x}$ here");
        assert_eq!(flow.grounds.len(), 1);
    });
}

#[test]
fn a_formula_wider_than_the_line_shrinks_and_a_link_is_found_behind_it() {
    in_frame(1.0, |ui| {
        // One that would be too small to read is shown as it was written, in lines.
        let endless = flow(ui, &spans(&format!("${}$", vec!["abc"; 90].join(" + "))), STYLE);
        assert!(endless.width() <= STYLE.width + 1.0 && endless.galley.rows.len() > 3);
        let wide = format!("${}$", vec!["abc"; 18].join(" + "));
        assert!(flow(ui, &spans(&wide), LineStyle { width: 600.0, ..STYLE }).width() <= 601.0);
        let spans = spans("$\\frac{a}{b}$ [link](https://a.b)");
        let flow = flow(ui, &spans, STYLE);
        let at = |c: char| {
            let glyph = flow.galley.rows[0].row.glyphs.iter().rfind(|glyph| glyph.chr == c).unwrap();
            Vec2::new(glyph.pos.x + 1.0, STYLE.line_height() / 2.0)
        };
        assert_eq!(flow.link_at(&spans, at('k')), Some("https://a.b"));
        assert_eq!(flow.link_at(&spans, at('f')), None);
    });
}

#[test]
fn flows_are_kept_while_they_are_in_sight_and_no_longer() {
    let mut cache = FlowCache::default();
    in_frame(1.0, |ui| {
        let one = flow(ui, &spans("`one`"), STYLE);
        assert!(Arc::ptr_eq(&one, &flow(ui, &spans("`one`"), STYLE)));
        assert!(!Arc::ptr_eq(&one, &flow(ui, &spans("`two`"), STYLE)));
        cache.check(Arc::clone(&one.galley), 1);
        cache.insert(1, Arc::clone(&one), 1);
        for key in 2..FlowCache::MOST as u64 + 2 {
            cache.insert(key, Arc::clone(&one), 9);
        }
        assert!(cache.get(1, 9).is_none() && cache.get(2, 9).is_some());
        // Another galley where the same was asked for says that the glyphs were moved.
        cache.check(Arc::new(Galley::clone(&one.galley)), 10);
        assert!(cache.get(2, 10).is_none());
    });
}

/// egui makes more glyphs than characters of right-to-left words, by which nothing can be composed: code has no ground beside them, and
/// a formula is its source.
#[test]
fn beside_right_to_left_words_egui_lays_out_alone() {
    in_frame(1.0, |ui| {
        let flow = flow(ui, &spans("שלום עולם `code` السلام عليكم $x^2$ end"), STYLE);
        assert_eq!(flow.galley.text(), "שלום עולם code السلام عليكم $x^2$ end");
        assert!(flow.grounds.is_empty() && flow.width() <= STYLE.width + 1.0);
    });
}
