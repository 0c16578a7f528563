//! Weight sharing: each row has a table of 2^B numbers that its weights point to, the optimal clusters of its weights.
//!
//! ```text
//! kmeansB   B bits per weight, and 2^B half-precision numbers for each row
//! ```
//! Tables for each row are SqueezeLLM's (arXiv 2306.07629), which weighs squared errors by importance; sharing weights is from
//! Deep Compression (arXiv 1510.00149). In one dimension the best clusters are intervals of the sorted weights, which dynamic
//! programming finds exactly (Wang and Song 2011); each table is searched by halving, as its best borders ascend.

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows};
use crate::quant::scale_span::half_precision;

/// Tables of numbers, one for each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kmeans {
    bits: u32,
}

impl Kmeans {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["kmeans3", "kmeans4"];

    /// Reads `kmeans` with the bits, 1 to 6.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let digits = name.strip_prefix("kmeans").filter(|digits| digits.len() == 1)?;
        digits.parse().ok().filter(|bits| (1..=6).contains(bits)).map(|bits| Self { bits })
    }

    /// The table of a row, as it is stored.
    fn table(self, row: &[f32], importance: Option<&[f32]>) -> Levels {
        let centers = optimal_centers(row, importance, 1 << self.bits);
        let mut values: Vec<f32> =
            centers.into_iter().map(|center| half_precision(center as f32) + 0.0).collect();
        values.sort_by(f32::total_cmp);
        values.dedup_by(|later, earlier| later.to_bits() == earlier.to_bits());
        Levels::new(values)
    }
}

impl NumberFormat for Kmeans {
    fn name(&self) -> String {
        format!("kmeans{}", self.bits)
    }

    fn bits_per_weight(&self, _: usize, n_cols: usize) -> f64 {
        f64::from(self.bits) + f64::from(16 << self.bits) / n_cols.max(1) as f64
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        Vec::new()
    }

    /// The grid of one row; several rows have tables of their own.
    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let is_row = rows.weights.len() == rows.n_cols;
        is_row.then(|| {
            let table = self.table(rows.weights, rows.importance);
            Grid::new(rows.n_cols, rows.n_cols, vec![1.0], vec![0.0], table)
        })
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        for (row, out) in rows.weights.chunks(rows.n_cols).zip(out.chunks_mut(rows.n_cols)) {
            let table = self.table(row, rows.importance);
            for (out, &weight) in out.iter_mut().zip(row) {
                *out = table.values()[table.nearest(weight)];
            }
        }
    }
}

/// Sums over the first weights in ascending order, from which the error of any interval follows.
struct Sums {
    /// Factors, factors times weights, and factors times squares.
    of: Vec<[f64; 3]>,
}

impl Sums {
    /// Sums over weights in ascending order, each with its factor.
    fn new(sorted: &[(f32, f64)]) -> Self {
        let mut sums = [0.0; 3];
        let mut of = vec![sums];
        for &(x, factor) in sorted {
            let x = f64::from(x);
            sums = [sums[0] + factor, sums[1] + factor * x, sums[2] + factor * x * x];
            of.push(sums);
        }
        Self { of }
    }

    fn over(&self, start: usize, end: usize) -> [f64; 3] {
        let (low, high) = (self.of[start], self.of[end]);
        [high[0] - low[0], high[1] - low[1], high[2] - low[2]]
    }

    /// Squared error of an interval around its mean.
    fn error(&self, start: usize, end: usize) -> f64 {
        let [factors, firsts, squares] = self.over(start, end);
        if factors > 0.0 { (squares - firsts * firsts / factors).max(0.0) } else { 0.0 }
    }
}

/// The means of the `n_clusters` clusters, or fewer, with the least sum of squared errors, weighted by `importance`.
fn optimal_centers(row: &[f32], importance: Option<&[f32]>, n_clusters: usize) -> Vec<f64> {
    let usable = importance.filter(|importance| importance.iter().any(|&factor| factor > 0.0));
    let factor = |at: usize| usable.map_or(1.0, |importance| f64::from(importance[at]));
    let mut sorted: Vec<(f32, f64)> = row.iter().enumerate().map(|(at, &x)| (x, factor(at))).collect();
    sorted.sort_by(|(x, _), (y, _)| x.total_cmp(y));
    let (n, sums) = (sorted.len(), Sums::new(&sorted));
    let n_clusters = n_clusters.min(n).max(1);
    let mut least: Vec<f64> = (0..=n).map(|end| sums.error(0, end)).collect();
    let mut starts: Vec<Vec<u32>> = Vec::with_capacity(n_clusters);
    for _ in 1..n_clusters {
        let mut layer =
            Layer { sums: &sums, before: &least, least: vec![0.0; n + 1], starts: vec![0; n + 1] };
        layer.fill((0, n + 1), (0, n));
        let Layer { least: found, starts: first, .. } = layer;
        least = found;
        starts.push(first);
    }
    let (mut centers, mut end) = (Vec::with_capacity(n_clusters), n);
    for layer in (0..n_clusters).rev() {
        let start = if layer == 0 { 0 } else { starts[layer - 1][end] as usize };
        if start < end {
            let [factors, firsts, _] = sums.over(start, end);
            let plain =
                || sorted[start..end].iter().map(|&(x, _)| f64::from(x)).sum::<f64>() / (end - start) as f64;
            centers.push(if factors > 0.0 { firsts / factors } else { plain() });
        }
        end = start;
    }
    centers
}

/// One step of the dynamic program: the least error of the first weights in one cluster more than before.
struct Layer<'a> {
    sums: &'a Sums,
    before: &'a [f64],
    least: Vec<f64>,
    /// Where the last cluster begins.
    starts: Vec<u32>,
}

impl Layer<'_> {
    /// Fills the ends in `ends.0..ends.1`, whose last clusters begin from `starts.0` to `starts.1`.
    fn fill(&mut self, ends: (usize, usize), starts: (usize, usize)) {
        if ends.0 >= ends.1 {
            return;
        }
        let end = usize::midpoint(ends.0, ends.1);
        let mut best = (f64::INFINITY, starts.0);
        for start in starts.0..=starts.1.min(end) {
            let error = self.before[start] + self.sums.error(start, end);
            if error < best.0 {
                best = (error, start);
            }
        }
        (self.least[end], self.starts[end]) = (best.0, best.1 as u32);
        self.fill((ends.0, end), (starts.0, best.1));
        self.fill((end + 1, ends.1), (best.1, starts.1));
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::testing::Random;

    use super::*;

    fn error(row: &[f32], factors: &[f32], centers: &[f64]) -> f64 {
        let nearest =
            |x: f64| centers.iter().map(|center| (center - x).powi(2)).fold(f64::INFINITY, f64::min);
        row.iter().zip(factors).map(|(&x, &factor)| f64::from(factor) * nearest(f64::from(x))).sum()
    }

    /// The least error of all divisions of sorted weights into intervals.
    fn brute_force(sums: &Sums, start: usize, n_clusters: usize) -> f64 {
        let n = sums.of.len() - 1;
        if n_clusters == 1 || start == n {
            return sums.error(start, n);
        }
        let rest = |end: usize| sums.error(start, end) + brute_force(sums, end, n_clusters - 1);
        (start..=n).map(rest).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn clusters_are_those_of_a_search_through_all() {
        let mut random = Random::new(9);
        for n in 1..14 {
            for n_clusters in 1..5 {
                let row: Vec<f32> = random.numbers(n).into_iter().map(|x| x * x * x).collect();
                let factors: Vec<f32> = (0..n).map(|_| random.unit() + 0.01).collect();
                let mut sorted: Vec<_> =
                    row.iter().copied().zip(factors.iter().map(|&factor| f64::from(factor))).collect();
                sorted.sort_by(|(x, _), (y, _)| x.total_cmp(y));
                let least = brute_force(&Sums::new(&sorted), 0, n_clusters);
                let found = error(&row, &factors, &optimal_centers(&row, Some(&factors), n_clusters));
                assert!((found - least).abs() <= 1e-12, "{n} in {n_clusters}: {found} {least}");
            }
        }
    }

    #[test]
    fn few_distinct_weights_are_kept() {
        let row = [0.5, -1.0, 0.5, 0.25, -1.0];
        let mut out = [0.0; 5];
        Kmeans { bits: 2 }.round(&WeightRows::of_matrix(&row, 5), &mut out);
        assert_eq!(out.map(f32::to_bits), row.map(f32::to_bits));
        // Importance of nothing is importance of everything.
        let rows = WeightRows { importance: Some(&[0.0; 5]), ..WeightRows::of_matrix(&row, 5) };
        Kmeans { bits: 2 }.round(&rows, &mut out);
        assert_eq!(out.map(f32::to_bits), row.map(f32::to_bits));
    }
}
