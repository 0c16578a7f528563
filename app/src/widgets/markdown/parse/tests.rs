//! Blocks of Markdown, of its tags of HTML and of its formulas.

use super::super::highlight::CodePart;
use super::*;

fn span(text: &str) -> Span {
    Span { text: text.into(), ..Span::default() }
}

#[test]
fn paragraphs_carry_their_styles() {
    let blocks = parse("one **two** *three* `four` ~~five~~ [six](http://x)");
    let Block::Paragraph(spans) = &blocks[0] else { panic!("{blocks:?}") };
    let found: Vec<(&str, bool, bool, bool, bool, bool)> = spans
        .iter()
        .map(|s| (s.text.trim(), s.bold, s.italic, s.kind == SpanKind::Code, s.struck, s.link.is_some()))
        .filter(|s| !s.0.is_empty())
        .collect();
    assert_eq!(
        found,
        [
            ("one", false, false, false, false, false),
            ("two", true, false, false, false, false),
            ("three", false, true, false, false, false),
            ("four", false, false, true, false, false),
            ("five", false, false, false, true, false),
            ("six", false, false, false, false, true),
        ]
    );
}

#[test]
fn lists_nest_and_tasks_are_known() {
    let blocks = parse("3. a\n   - [x] b\n   - [ ] c\n4. d");
    let Block::List { start: Some(3), items } = &blocks[0] else { panic!("{blocks:?}") };
    assert_eq!(items.len(), 2);
    let Block::List { start: None, items } = &items[0].blocks[1] else { panic!("{blocks:?}") };
    assert_eq!(items.iter().map(|item| item.task).collect::<Vec<_>>(), [Some(true), Some(false)]);
}

#[test]
fn an_unfinished_fence_is_code_already() {
    let blocks = parse("See:\n```rust\nfn main() {");
    let parts = vec![(2, CodePart::Keyword), (11, CodePart::Plain)];
    let expected = Block::Code { language: "rust".into(), text: "fn main() {".into(), parts };
    assert_eq!(blocks[1], expected);
}

#[test]
fn tables_have_heads_and_rows() {
    let blocks = parse("| a | b |\n|---|--:|\n| 1 | 2 |");
    let expected = MarkdownTable {
        sides: vec![CellSide::Left, CellSide::Right],
        head: vec![vec![span("a")], vec![span("b")]],
        rows: vec![vec![vec![span("1")], vec![span("2")]]],
    };
    assert_eq!(blocks, [Block::Table(expected)]);
}

#[test]
fn deep_nesting_is_bounded() {
    let blocks = parse(&format!("{} deep", ">".repeat(5000)));
    let mut depth = 0;
    let mut inner = &blocks;
    while let Some(Block::Quote(next)) = inner.first() {
        depth += 1;
        inner = next;
    }
    assert_eq!(depth, DEEPEST);
}

fn formula(text: &str) -> Span {
    Span { kind: SpanKind::Formula { displayed: false }, ..span(text) }
}

#[test]
fn formulas_are_spans_in_a_line_and_blocks_where_they_are_displayed() {
    let blocks = parse("so $x_1$ is\n$$\n\\frac{a}{b} * c\n$$\nand **$y$**");
    let bold = Span { bold: true, ..formula("y") };
    let expected = [
        Block::Paragraph(vec![span("so "), formula("x_1"), span(" is")]),
        Block::Formula("\\frac{a}{b} * c".into()),
        Block::Paragraph(vec![span("and "), bold]),
    ];
    assert_eq!(blocks, expected);
    let Block::Table(table) = &parse("| a |\n|---|\n| $|x|$ |")[0] else { panic!() };
    assert_eq!(table.rows, [vec![vec![formula("|x|")]]]);
    assert_eq!(parse("```math\nx^2\n```"), [Block::Formula("x^2".into())]);
}

#[test]
fn the_few_tags_change_words_and_others_are_dropped() {
    let blocks = parse(
        "H<sub>2</sub>O <b>b</b> <kbd>Ctrl</kbd> <u>u</u><br>x<sup>2</sup> <span style='a'>kept</span> List<T> <!-- gone -->",
    );
    let [Block::Paragraph(spans)] = &blocks[..] else { panic!("{blocks:?}") };
    let expected = [
        span("H"),
        Span { shift: Shift::Below, ..span("2") },
        span("O "),
        Span { bold: true, ..span("b") },
        span(" "),
        Span { kind: SpanKind::Key, ..span("Ctrl") },
        span(" "),
        Span { underlined: true, ..span("u") },
        span("\nx"),
        Span { shift: Shift::Above, ..span("2") },
        span(" kept List<T>"),
    ];
    assert_eq!(spans[..], expected);
}

#[test]
fn details_fold_the_blocks_within() {
    let blocks =
        parse("<details>\n<summary>More <b>here</b></summary>\n\n- one\n\ntwo\n\n</details>\n\nafter");
    let [Block::Fold { summary, blocks: inside }, Block::Paragraph(after)] = &blocks[..] else {
        panic!("{blocks:?}")
    };
    assert_eq!(summary[..], [span("More "), Span { bold: true, ..span("here") }]);
    assert!(matches!(&inside[..], [Block::List { .. }, Block::Paragraph(_)]));
    assert_eq!(after[..], [span("after")]);
    // One that is never closed ends with the text, or with what it was opened in.
    assert!(matches!(&parse("<details>\n\ntext")[..], [Block::Fold { .. }]));
    let nested = parse("> <details>\n>\n> text\n\nafter");
    assert!(matches!(&nested[..], [Block::Quote(_), Block::Paragraph(_)]), "{nested:?}");
    parse(&"<details>\n\n".repeat(3000));
}

#[test]
fn footnotes_are_numbered_in_the_order_in_which_they_are_named() {
    let blocks = parse("one[^b] two[^a]\n\n[^a]: first\n\n[^b]: second");
    let Block::Paragraph(spans) = &blocks[0] else { panic!("{blocks:?}") };
    let above = |text: &str| Span { shift: Shift::Above, ..span(text) };
    assert_eq!(spans[..], [span("one"), above("1"), span(" two"), above("2")]);
    let numbers = blocks.iter().filter_map(|block| match block {
        Block::Footnote { number, .. } => Some(*number),
        _ => None,
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn typed_text_keeps_its_lines_and_its_tags() {
    let blocks = parse_typed("one\ntwo <b>raw</b>\n```c\n#include <a>\n```");
    let [Block::Paragraph(spans), Block::Code { .. }] = &blocks[..] else { panic!("{blocks:?}") };
    assert_eq!(spans[..], [span("one\ntwo <b>raw</b>")]);
}
