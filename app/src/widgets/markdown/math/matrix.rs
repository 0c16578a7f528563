//! Rows and columns, with their middle on the axis.

use super::boxes::MathBox;
use super::constants::{FRAME_RULE, LINE_SKIP, STRUT_DEPTH, STRUT_HEIGHT};
use super::layout::Setting;
use super::tree::{Grid, Side};

impl Setting<'_> {
    /// A grid of cells.
    pub(super) fn grid(&self, grid: &Grid) -> MathBox {
        let setting = self.at(grid.level.max(self.level));
        let em = setting.em();
        let rows: Vec<Vec<MathBox>> =
            grid.rows.iter().map(|row| row.iter().map(|cell| setting.list(cell)).collect()).collect();
        let n_columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let widest = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width).fold(0.0, f32::max)
        };
        let widths: Vec<f32> = (0..n_columns).map(widest).collect();
        let mut lefts = Vec::with_capacity(n_columns + 1);
        // Lines at the outer edges stand half a gap off.
        let outside = |column: usize| {
            if grid.upright_lines.contains(&column) { grid.gaps[0] * em / 2.0 } else { 0.0 }
        };
        let mut x = outside(0);
        for (column, width) in widths.iter().enumerate() {
            if column > 0 {
                x += grid.gaps[(column - 1) % grid.gaps.len()] * em;
            }
            lefts.push(x);
            x += width;
        }
        x += outside(n_columns);
        let mut whole = MathBox::space(x);
        let mut tops = Vec::with_capacity(rows.len());
        let mut y = 0.0;
        for (at, row) in rows.iter().enumerate() {
            let height = row.iter().map(|cell| cell.height).fold(STRUT_HEIGHT * em, f32::max);
            let depth = row.iter().map(|cell| cell.depth).fold(STRUT_DEPTH * em, f32::max);
            if at > 0 {
                let over = row.iter().any(|cell| cell.height > STRUT_HEIGHT * em);
                y += grid.row_gap * em + if over { LINE_SKIP * em } else { 0.0 };
            }
            tops.push(y);
            y += height;
            for (column, cell) in row.iter().enumerate() {
                let side = grid.sides[if grid.gaps.len() > 1 {
                    column % grid.sides.len()
                } else {
                    column.min(grid.sides.len() - 1)
                }];
                let spare = widths[column] - cell.width;
                let indent = match side {
                    Side::Left => 0.0,
                    Side::Middle => spare / 2.0,
                    Side::Right => spare,
                };
                whole.put(cell, lefts[column] + indent, y);
            }
            y += depth;
        }
        let thickness = FRAME_RULE * em;
        for row in &grid.level_lines {
            let at = tops.get(*row).copied().unwrap_or(y);
            whole.put(&MathBox::rule(x, thickness, -at), 0.0, 0.0);
        }
        for column in &grid.upright_lines {
            let gap = grid.gaps[0] * em / 2.0;
            let at = lefts.get(*column).map_or(x - thickness, |left| left - gap);
            whole.put(&MathBox::rule(thickness, y, -y), at, 0.0);
        }
        (whole.height, whole.depth) = (0.0, y);
        // Ends of the grid touch the axis at the same distance.
        whole.lowered(-(y / 2.0 + self.axis()))
    }
}
