//! Formulas as models write them, parsed and laid out: what is above stays above, nothing overlaps, nothing hostile runs long.

use super::alphabet::Alphabet;
use super::boxes::{Ink, MathBox};
use super::metrics::{across, drawn, metrics, upright};
use super::parser::TexError;
use super::*;

/// Formulas that can be laid out, one a line.
const GOOD: &str = include_str!("../../../../tests/data/markdown/formulas.tex");

const SIZE: f32 = 20.0;

fn laid_out(tex: &str, displayed: bool) -> MathBox {
    let formula = Formula::parse(tex).unwrap_or_else(|error| panic!("{tex}: {error}"));
    formula.typeset(Setting::new(SIZE, displayed, &|_| 0.5))
}

/// The ink of a sign or rule as left, top, right, bottom; y goes down.
fn edges((x, y, ink): &(f32, f32, Ink)) -> [f32; 4] {
    match ink {
        Ink::Sign { sign, size } => {
            let measures = metrics(*sign).unwrap_or_else(|| panic!("{sign:?} is not in the font"));
            [
                x + measures.left * size,
                y - measures.top * size,
                x + measures.right * size,
                y - measures.bottom * size,
            ]
        }
        Ink::Rule { width, height } => [*x, *y, x + width, y + height],
        Ink::Line { right, down, .. } => [*x, y.min(y + down), x + right, y.max(y + down)],
    }
}

/// Place, size and edges of a sign of the formula, in the order of its signs.
fn signs(formula: &MathBox) -> Vec<(char, f32, [f32; 4])> {
    let sign = |part: &(f32, f32, Ink)| match part.2 {
        Ink::Sign { sign, size } => Some((sign, size, edges(part))),
        _ => None,
    };
    formula.inks.iter().filter_map(sign).collect()
}

fn only(formula: &MathBox, sign: char) -> (f32, [f32; 4]) {
    let found: Vec<_> = signs(formula).into_iter().filter(|(found, ..)| *found == sign).collect();
    assert_eq!(found.len(), 1, "{sign} in {formula:?}");
    (found[0].1, found[0].2)
}

fn italic(letter: char) -> char {
    Alphabet::Usual.letter(letter)
}

#[test]
fn formulas_of_many_kinds_are_laid_out_within_their_boxes() {
    let formulas: Vec<&str> = GOOD.lines().filter(|line| !line.is_empty()).collect();
    assert!(formulas.len() >= 60);
    for tex in formulas {
        for displayed in [true, false] {
            let formula = laid_out(tex, displayed);
            assert!(formula.width > 0.0 && formula.width.is_finite(), "{tex}");
            assert!(!formula.inks.is_empty(), "{tex}");
            for part in &formula.inks {
                let [left, top, right, bottom] = edges(part);
                // Slanted letters lean a little over their advance, accents a little over their letters.
                let slack = SIZE * 0.35;
                assert!(
                    left >= -slack && right <= formula.width + slack,
                    "{tex}: {part:?} of {}",
                    formula.width
                );
                let slack = SIZE * 0.12;
                assert!(
                    top >= -formula.height - slack && bottom <= formula.depth + slack,
                    "{tex}: {part:?} {formula:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_broken_or_unknown_is_an_error() {
    let unknown = |name: &str| TexError::Unknown(name.to_owned());
    for (tex, error) in [
        (r"\frac{a}{", TexError::Unclosed("a brace")),
        (r"\frac{a}", TexError::MissingArgument),
        (r"a}", TexError::Unopened("}".into())),
        (r"a & b", TexError::Unopened("&".into())),
        (r"a \\ b", TexError::Unopened("\\".into())),
        (r"\mystery{x}", unknown("mystery")),
        (r"\left( x", TexError::Unclosed("\\left")),
        (r"x \right)", TexError::Unopened("\\".into())),
        (r"\begin{pmatrix} a", TexError::Unclosed("an environment")),
        (r"\begin{pmatrix} a \end{bmatrix}", TexError::Unopened("bmatrix".into())),
        (r"\begin{wrong} a \end{wrong}", TexError::UnknownEnvironment("wrong".into())),
        ("x^a^b", TexError::DoubleScript),
        ("x_a_b", TexError::DoubleScript),
        ("x^", TexError::MissingArgument),
        ("\\", TexError::MissingArgument),
        ("a $ b", TexError::Unopened("$".into())),
        (r"\text{a \foo b}", unknown("f")),
        (r"\hspace{wide}", TexError::MissingArgument),
        ("   ", TexError::Empty),
        ("", TexError::Empty),
    ] {
        assert_eq!(Formula::parse(tex), Err(error), "{tex}");
    }
}

#[test]
fn hostile_sources_end_as_errors_or_small_trees() {
    let hostile = [
        "{".repeat(10_000),
        "{".repeat(4000) + &"}".repeat(4000),
        "{".repeat(36) + "x" + &"}".repeat(36),
        r"\xrightarrow{".repeat(18) + "x" + &"}".repeat(18),
        r"\hat{".repeat(18) + "x" + &"}".repeat(18),
        r"\sqrt{x^{".repeat(8) + "x" + &"}}".repeat(8),
        "^".repeat(5000),
        "x^{".repeat(2000),
        r"\frac".repeat(1500),
        r"\sqrt[".repeat(1000),
        r"\left(".repeat(1000),
        r"\begin{matrix}".repeat(500),
        format!(r"\begin{{matrix}}{}\end{{matrix}}", "&".repeat(5000)),
        format!(r"\begin{{matrix}}{}\end{{matrix}}", r"\\".repeat(3000)),
        "\\text{$".repeat(1000),
        "'".repeat(8000),
        "\\displaystyle".repeat(600),
        "a \\over ".repeat(800),
        "\\hat".repeat(2000),
        "\u{302}".repeat(4000),
        "\\not".repeat(2000),
        "x".repeat(9000),
    ];
    for tex in hostile {
        if let Ok(formula) = Formula::parse(&tex) {
            let laid_out = formula.typeset(Setting::new(SIZE, true, &|_| 0.5));
            assert!(laid_out.inks.len() < 20_000 && laid_out.width.is_finite());
        }
    }
    // Large, but what may be asked for: it is laid out.
    let row = vec!["a_{ij}"; 20].join(" & ");
    let matrix = format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", vec![row; 20].join(r" \\ "));
    assert!(laid_out(&matrix, true).inks.len() > 1000);
}

#[test]
fn every_sign_and_alphabet_is_in_the_font() {
    for name in super::symbols::all_names() {
        let formula = Formula::parse(&format!("\\{name} ")).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (sign, ..) in signs(&formula.typeset(Setting::new(SIZE, true, &|_| 0.5))) {
            assert!(metrics(sign).is_some(), "{name}: {sign:?}");
        }
    }
    for alphabet in [
        Alphabet::Usual,
        Alphabet::Bold,
        Alphabet::BoldItalic,
        Alphabet::Script,
        Alphabet::Fraktur,
        Alphabet::DoubleStruck,
        Alphabet::Sans,
        Alphabet::Mono,
    ] {
        for letter in ('A'..='Z').chain('a'..='z').chain('0'..='9') {
            let letter = alphabet.letter(letter);
            assert!(metrics(letter).is_some(), "{alphabet:?}: {letter}");
        }
    }
    assert_eq!(Alphabet::DoubleStruck.letter('R'), 'ℝ');
    assert_eq!(Alphabet::Usual.letter('h'), 'ℎ');
    assert_eq!(Alphabet::Usual.letter('Γ'), 'Γ');
    assert_eq!(Alphabet::Usual.letter('α'), '𝛼');
    assert_eq!(Alphabet::Bold.letter('∇'), '𝛁');
    assert_eq!(Alphabet::BoldUsual.letter('θ'), '𝜽');
    assert_ne!(drawn('\u{302}'), '\u{302}');
    assert!(upright('(').is_some_and(|growth| growth.forms.len() > 3 && !growth.parts.is_empty()));
    assert!(across('⏞').is_some());
}

#[test]
fn a_fraction_stands_on_the_axis_and_its_parts_apart() {
    for tex in [r"\frac{a}{b}", r"\frac{\frac{a}{c}}{\sqrt{b}}", r"\frac{x^{2^2}}{\sum_i b_i}"] {
        for displayed in [true, false] {
            let formula = laid_out(tex, displayed);
            // The outermost rule is the last ink.
            let rule = edges(formula.inks.last().unwrap());
            let axis = constants::AXIS_HEIGHT * SIZE;
            assert!((f32::midpoint(rule[1], rule[3]) + axis).abs() < 0.01, "{tex}");
            for part in &formula.inks[..formula.inks.len() - 1] {
                let [_, top, _, bottom] = edges(part);
                assert!(bottom <= rule[1] + 0.01 || top >= rule[3] - 0.01, "{tex}: {part:?} and {rule:?}");
            }
        }
    }
    // One of a fraction's size is on each side.
    let formula = laid_out(r"\frac{a}{b}", true);
    assert!(only(&formula, italic('a')).1[3] < only(&formula, italic('b')).1[1]);
    let inline = laid_out(r"\frac{a}{b}", false);
    assert!(only(&inline, italic('a')).0 < only(&formula, italic('a')).0);
}

#[test]
fn scripts_are_smaller_and_above_or_below() {
    let formula = laid_out("x_a^b", true);
    let ((size, base), (above_size, above), (below_size, below)) =
        (only(&formula, italic('x')), only(&formula, italic('b')), only(&formula, italic('a')));
    assert!(above_size < size && below_size < size);
    assert!(above[3] < base[3] && below[3] > base[3] && above[3] < below[1]);
    assert!(above[0] > base[0] && below[0] > base[0]);
    let nested = laid_out("x^{a^b}", true);
    assert!(only(&nested, italic('b')).0 < only(&nested, italic('a')).0);
    // A prime is as large as on the line, and above it.
    let prime = laid_out("f'", true);
    let (size, edges) = only(&prime, '′');
    assert!((size - SIZE).abs() < 0.01 && edges[3] < -0.3 * SIZE);
}

#[test]
fn limits_stand_above_and_below_where_displayed_and_beside_in_a_line() {
    let displayed = laid_out(r"\sum_a^b", true);
    let (above, below) = (only(&displayed, italic('b')).1, only(&displayed, italic('a')).1);
    let sum = signs(&displayed)[0].2;
    assert!(above[3] < sum[1] && below[1] > sum[3]);
    assert!(above[2] < sum[2] + 1.0 && below[0] > sum[0] - 1.0);
    let inline = laid_out(r"\sum_a^b", false);
    let sum_inline = signs(&inline)[0].2;
    assert!(only(&inline, italic('b')).1[0] >= sum_inline[2] - 1.0);
    assert!(sum_inline[3] - sum_inline[1] < sum[3] - sum[1]);
    // Integrals keep them beside, and what is said goes first.
    let integral = laid_out(r"\int_a^b", true);
    assert!(only(&integral, italic('b')).1[0] >= signs(&integral)[0].2[0] + 5.0);
    let said = laid_out(r"\int\limits_a^b", true);
    assert!(only(&said, italic('b')).1[3] < signs(&said)[0].2[1]);
    let lim = laid_out(r"\lim_{a \to 0} b", true);
    assert!(only(&lim, italic('a')).1[1] > only(&lim, 'm').1[3]);
}

#[test]
fn delimiters_and_roots_grow_with_what_they_hold() {
    let extent = |tex: &str| {
        let formula = laid_out(tex, true);
        let edges = signs(&formula).into_iter().map(|(.., edges)| edges);
        let (top, bottom) =
            edges.fold((0.0_f32, 0.0_f32), |(top, bottom), edges| (top.min(edges[1]), bottom.max(edges[3])));
        bottom - top
    };
    let tall = r"\begin{matrix} a \\ b \\ c \\ d \\ e \\ f \\ g \\ h \end{matrix}";
    let heights = [r"\left( a \right)", r"\left( \frac{a}{b} \right)"].map(extent);
    assert!(heights[0] < heights[1]);
    let inside = laid_out(tall, true);
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        (r"\{", r"\}"),
        ("|", "|"),
        (r"\langle", r"\rangle"),
        (r"\lfloor", r"\rfloor"),
    ] {
        let fenced = laid_out(&format!(r"\left{open} {tall} \right{close}"), true);
        // All but angles are made of parts and cover the whole.
        if open != r"\langle" {
            assert!(fenced.extent() >= inside.extent() * 0.9, "{open}");
            assert!(fenced.extent() <= inside.extent() * 1.4, "{open}");
        }
    }
    let root = laid_out(r"\sqrt{\frac{a}{b}}", true);
    let rules: Vec<[f32; 4]> =
        root.inks.iter().filter(|part| matches!(part.2, Ink::Rule { .. })).map(edges).collect();
    let top = rules.iter().map(|rule| rule[1]).fold(f32::MAX, f32::min);
    assert!(top < only(&root, italic('a')).1[1]);
    let brace = laid_out(r"\underbrace{a + b + c + d + e + f}_{n}", true);
    assert!(only(&brace, italic('n')).1[1] > only(&brace, italic('f')).1[3]);
}

#[test]
fn columns_align_and_rows_follow_each_other() {
    let aligned = laid_out(r"\begin{aligned} aaaa &= b \\ c &= d \end{aligned}", true);
    let equals: Vec<[f32; 4]> =
        signs(&aligned).into_iter().filter(|(sign, ..)| *sign == '=').map(|(.., edges)| edges).collect();
    assert!((equals[0][0] - equals[1][0]).abs() < 0.01 && equals[0][3] < equals[1][1]);
    let matrix = laid_out(r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", true);
    let at = |letter: char| only(&matrix, italic(letter)).1;
    assert!(at('a')[2] < at('b')[0] && at('a')[3] < at('c')[1] && at('c')[2] < at('d')[0]);
    let axis = -constants::AXIS_HEIGHT * SIZE;
    assert!((f32::midpoint(matrix.depth, -matrix.height) - axis).abs() < SIZE * 0.1);
}

#[test]
fn spaces_follow_classes() {
    let width = |tex: &str| laid_out(tex, true).width;
    assert!(width("a=b") > width("ab") + laid_out("=", true).width + SIZE * 0.4);
    // A sign without a term before it does not stand between two.
    assert!((width("-a") - width("-") - width("a")).abs() < 0.01);
    assert!(width("b-a") > width("b") + width("-a") + SIZE * 0.3);
    assert!(width(r"\sin x") > width(r"\sin") + width("x") + SIZE * 0.1);
    assert!(width(r"a\quad b") > width("ab") + SIZE * 0.99);
    // Not around relations in scripts.
    let added = width("x^{a=b}") - width("x^{ab}");
    assert!((added - width("=") * constants::SCRIPT_SCALE).abs() < 0.01);
}
