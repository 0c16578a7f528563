//! The second moments of a matrix's inputs, damped, ordered and factored.

use faer::linalg::triangular_inverse::invert_upper_triangular;
use faer::{Mat, Par, Side};

use crate::quant::layers::InputMoments;

/// Share of the mean of the diagonal that is added to it.
const DAMPING: f32 = 0.01;

/// H = E\[x·xᵀ\] + damping, and the factor that error feedback takes.
pub(super) struct Factor {
    /// H in the order of the columns, `[cols, cols]`.
    pub(super) hessian: Mat<f32>,
    /// The order in which columns are rounded: largest inputs first.
    pub(super) order: Vec<usize>,
    /// The upper triangular U with H⁻¹ = Uᵀ·U, in the order of rounding.
    pub(super) feedback: Mat<f32>,
}

impl Factor {
    /// Damps and factors the moments. Columns without inputs get the mean of the others.
    pub(super) fn of(moments: &InputMoments) -> Self {
        let n = moments.squares.len();
        let scale = 1.0 / moments.n_rows.max(1) as f32;
        let mean = (moments.squares.iter().sum::<f64>() / n as f64) as f32 * scale;
        let mean = if mean > 0.0 { mean } else { 1.0 };
        let mut hessian = Mat::from_fn(n, n, |i, j| moments.gram[(i.max(j), i.min(j))] * scale);
        for i in 0..n {
            if hessian[(i, i)] <= 0.0 {
                hessian[(i, i)] = mean;
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| hessian[(b, b)].total_cmp(&hessian[(a, a)]).then(a.cmp(&b)));
        let mut damping = DAMPING * mean;
        loop {
            // Rounding goes through the columns forward, so they are factored backward: with J the reversal, J·H·J = L·Lᵀ, and
            // H = R·Rᵀ for the upper triangular R = J·L·J, whose inverse is U.
            let reversed = Mat::from_fn(n, n, |i, j| {
                let (a, b) = (order[n - 1 - i], order[n - 1 - j]);
                hessian[(a, b)] + if a == b { damping } else { 0.0 }
            });
            if let Ok(factored) = reversed.llt(Side::Lower) {
                let lower = factored.L();
                let upper =
                    Mat::from_fn(n, n, |i, j| if i <= j { lower[(n - 1 - i, n - 1 - j)] } else { 0.0 });
                let mut feedback = Mat::zeros(n, n);
                invert_upper_triangular(feedback.as_mut(), upper.as_ref(), Par::rayon(0));
                for i in 0..n {
                    hessian[(i, i)] += damping;
                }
                return Self { hessian, order, feedback };
            }
            damping *= 10.0;
        }
    }

    /// What a squared error in each column costs once the columns that are rounded after it have made up for it: 1/\[H⁻¹\]ⱼⱼ,
    /// where H⁻¹ is that of column j and those after it, in the order of the matrix.
    pub(super) fn costs(&self) -> Vec<f32> {
        let mut costs = vec![0.0; self.order.len()];
        for (k, &col) in self.order.iter().enumerate() {
            costs[col] = self.feedback[(k, k)].powi(-2);
        }
        costs
    }
}
