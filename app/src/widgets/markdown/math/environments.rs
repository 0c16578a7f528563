//! Environments: matrices, cases, aligned equations.

use super::parser::{Parser, TexError};
use super::tree::{Grid, Level, List, Node, Side};

/// Most rows and columns of a grid.
const MOST: usize = 64;
/// Space between the columns of a matrix, in em.
const MATRIX_GAP: f32 = 1.0;
/// Space between two pairs of aligned columns, in em.
const PAIR_GAP: f32 = 2.0;
/// Space between rows of equations beyond that of a matrix, in em (amsmath's `\jot` at 10 points).
const JOT: f32 = 0.3;

impl Grid {
    /// Rows in small type without much space, as under a sum.
    pub(super) fn small(self) -> Self {
        Self { level: Level::Script, gaps: vec![0.4], ..self }
    }
}

impl Parser<'_> {
    /// An environment whose `\begin` was read.
    pub(super) fn environment(&mut self) -> Result<Node, TexError> {
        let name = self.raw_argument()?.to_owned();
        let kind = name.trim_end_matches('*');
        let mut sides = vec![Side::Middle];
        let mut upright_lines = Vec::new();
        match kind {
            "array" | "tabular" => {
                self.option();
                (sides, upright_lines) = columns(self.raw_argument()?);
            }
            "alignat" | "alignedat" | "subarray" => {
                self.raw_argument()?;
            }
            _ => {}
        }
        let mut grid = self.rows()?;
        self.close(&name)?;
        grid.sides = sides;
        grid.upright_lines = upright_lines;
        let fences = match kind {
            "matrix" | "array" | "tabular" => (None, None),
            "smallmatrix" | "subarray" => {
                grid = grid.small();
                (None, None)
            }
            "pmatrix" => (Some('('), Some(')')),
            "bmatrix" => (Some('['), Some(']')),
            "Bmatrix" => (Some('{'), Some('}')),
            "vmatrix" => (Some('|'), Some('|')),
            "Vmatrix" => (Some('‖'), Some('‖')),
            "cases" | "dcases" => {
                grid.sides = vec![Side::Left];
                if kind == "dcases" {
                    grid.level = Level::Display;
                }
                (Some('{'), None)
            }
            "rcases" => {
                grid.sides = vec![Side::Left];
                (None, Some('}'))
            }
            "equation" | "displaymath" | "math" | "gather" | "gathered" | "multline" => {
                equations(&mut grid, vec![Side::Middle], vec![PAIR_GAP]);
                (None, None)
            }
            "align" | "aligned" | "alignat" | "alignedat" | "split" | "flalign" | "eqnarray" => {
                // A relation at the beginning of a cell has space before it.
                for cell in grid.rows.iter_mut().flat_map(|row| row.iter_mut().skip(1).step_by(2)) {
                    cell.insert(0, Node::Group(List::new()));
                }
                if kind == "eqnarray" {
                    equations(&mut grid, vec![Side::Right, Side::Middle, Side::Left], vec![0.28]);
                } else {
                    equations(&mut grid, vec![Side::Right, Side::Left], vec![0.0, PAIR_GAP]);
                }
                (None, None)
            }
            _ => return Err(TexError::UnknownEnvironment(name)),
        };
        let grid = Node::Grid(Box::new(grid));
        Ok(match fences {
            (None, None) => grid,
            (open, close) => Node::Fenced { open, close, parts: vec![vec![grid]], between: Vec::new() },
        })
    }

    /// Rows and cells up to what ends them.
    pub(super) fn rows(&mut self) -> Result<Grid, TexError> {
        let mut rows: Vec<Vec<List>> = vec![Vec::new()];
        let mut level_lines = Vec::new();
        loop {
            self.skip_space();
            while let Some(name @ ("hline" | "toprule" | "midrule" | "bottomrule")) = self.peek_command() {
                self.skip_command(name);
                level_lines.push(rows.len() - 1);
                self.skip_space();
            }
            let cell = self.list()?;
            let n_rows = rows.len();
            if let Some(row) = rows.last_mut() {
                row.push(cell);
                if row.len() > MOST || n_rows > MOST {
                    return Err(TexError::TooLarge);
                }
            }
            match (self.peek(), self.peek_command()) {
                (Some('&'), _) => {
                    self.take();
                }
                (_, Some(name @ ("\\" | "cr" | "newline"))) => {
                    self.skip_command(name);
                    self.rest = self.rest.strip_prefix('*').unwrap_or(self.rest);
                    // More space after a row is not kept; brackets with something else begin the next one.
                    let before = self.rest;
                    if self.option().is_some_and(|option| !is_length(option)) {
                        self.rest = before;
                    }
                    rows.push(Vec::new());
                }
                _ => break,
            }
        }
        // What follows the last row's end is not a row.
        let is_blank = |row: &Vec<List>| matches!(row.as_slice(), [] | [_]) && row.iter().all(Vec::is_empty);
        if rows.len() > 1 && rows.last().is_some_and(is_blank) {
            rows.pop();
        }
        Ok(Grid {
            rows,
            sides: vec![Side::Middle],
            gaps: vec![MATRIX_GAP],
            row_gap: 0.0,
            level: Level::Text,
            upright_lines: Vec::new(),
            level_lines,
        })
    }

    fn close(&mut self, name: &str) -> Result<(), TexError> {
        match self.peek_command() {
            Some(command @ "end") => {
                self.skip_command(command);
                let closed = self.raw_argument()?;
                if closed == name { Ok(()) } else { Err(TexError::Unopened(closed.to_owned())) }
            }
            _ => Err(TexError::Unclosed("an environment")),
        }
    }
}

fn equations(grid: &mut Grid, sides: Vec<Side>, gaps: Vec<f32>) {
    grid.sides = sides;
    grid.gaps = gaps;
    grid.row_gap = JOT;
    grid.level = Level::Display;
}

/// The columns of an array, and those with a line before them.
fn columns(spec: &str) -> (Vec<Side>, Vec<usize>) {
    let (mut sides, mut lines) = (Vec::new(), Vec::new());
    for c in spec.chars() {
        match c {
            'l' => sides.push(Side::Left),
            'c' => sides.push(Side::Middle),
            'r' => sides.push(Side::Right),
            '|' => lines.push(sides.len()),
            _ => {}
        }
    }
    if sides.is_empty() {
        sides.push(Side::Middle);
    }
    (sides, lines)
}

fn is_length(words: &str) -> bool {
    words.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'))
        && ["em", "ex", "pt", "mm", "cm"].iter().any(|unit| words.ends_with(unit))
}
