//! Boxes of ink: signs, rules and lines at their places, with a width, and a height and depth about the baseline.

/// What is drawn. Lengths are points; y goes down from the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) enum Ink {
    /// A sign of the mathematics font in this size, its origin at the place.
    Sign {
        /// The character under which it is drawn.
        sign: char,
        /// Font size in points.
        size: f32,
    },
    /// A filled rectangle whose upper left corner is the place.
    Rule {
        /// Width in points.
        width: f32,
        /// Height in points.
        height: f32,
    },
    /// A line from the place to another.
    Line {
        /// How far it goes to the right.
        right: f32,
        /// How far it goes down.
        down: f32,
        /// How thick it is.
        thickness: f32,
    },
}

/// A part of a formula, laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct MathBox {
    /// Its width in points.
    pub(in super::super) width: f32,
    /// How far it goes above the baseline.
    pub(in super::super) height: f32,
    /// How far it goes below the baseline.
    pub(in super::super) depth: f32,
    /// How far its last sign leans over its width.
    pub(super) italic: f32,
    /// Where an accent's middle goes.
    pub(super) accent: Option<f32>,
    /// Places and ink.
    pub(in super::super) inks: Vec<(f32, f32, Ink)>,
}

impl MathBox {
    /// Room without ink.
    pub(super) fn space(width: f32) -> Self {
        Self { width, ..Self::default() }
    }

    /// A rule that stands on a baseline `raise` above that of the box.
    pub(super) fn rule(width: f32, thickness: f32, raise: f32) -> Self {
        let top = raise + thickness;
        let inks = vec![(0.0, -top, Ink::Rule { width, height: thickness })];
        Self { width, height: top, depth: -raise, inks, ..Self::default() }
    }

    /// Height and depth together.
    pub(super) fn extent(&self) -> f32 {
        self.height + self.depth
    }

    /// Puts the ink of `other` in at a place, y going down, and makes room above and below for it, not to the right.
    pub(super) fn put(&mut self, other: &Self, x: f32, y: f32) {
        let is_first = self.inks.is_empty() && self.width == 0.0 && self.height == 0.0 && self.depth == 0.0;
        self.inks.extend(other.inks.iter().map(|(left, top, ink)| (left + x, top + y, *ink)));
        if is_first {
            (self.height, self.depth) = (other.height - y, other.depth + y);
        } else {
            self.height = self.height.max(other.height - y);
            self.depth = self.depth.max(other.depth + y);
        }
    }

    /// The same, and to the right as well.
    pub(super) fn put_wide(&mut self, other: &Self, x: f32, y: f32) {
        self.put(other, x, y);
        self.width = self.width.max(x + other.width);
    }

    /// Appends `other` at the right, on the same baseline.
    pub(super) fn append(&mut self, other: &Self) {
        let x = self.width;
        self.put(other, x, 0.0);
        self.width = x + other.width;
        self.italic = other.italic;
    }

    /// The same box, `down` points lower.
    pub(super) fn lowered(self, down: f32) -> Self {
        let mut moved = Self { width: self.width, ..Self::default() };
        moved.inks = self.inks.into_iter().map(|(x, y, ink)| (x, y + down, ink)).collect();
        (moved.height, moved.depth) = (self.height - down, self.depth + down);
        (moved.italic, moved.accent) = (self.italic, self.accent);
        moved
    }

    /// The same box without ink.
    pub(super) fn emptied(self) -> Self {
        Self { inks: Vec::new(), ..self }
    }
}
