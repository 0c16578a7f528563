//! The sensitivity of one matrix, and the divergence that it predicts for an error of its weights.

/// Second moments of a matrix's inputs, the mean over tokens.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnMoments {
    /// Mean square of each input column, `[in]`.
    Diagonal(Vec<f32>),
    /// Mean product of each two input columns, `[in, in]`.
    Full(Vec<f32>),
}

/// Sensitivity of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixSensitivity {
    /// Name of the tensor.
    pub name: String,
    /// Mean square over tokens of the gradient of each output row, `[out]`; empty for an embedding that is only looked up.
    pub rows: Vec<f32>,
    /// Second moments of the input; a diagonal without columns for an embedding that is only looked up.
    pub inputs: ColumnMoments,
    /// What the matrix does as an embedding, if it is one.
    pub lookup: Option<LookupSensitivity>,
}

/// Sensitivity of an embedding whose rows are looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct LookupSensitivity {
    /// Share of each row among the tokens, `[vocab]`.
    pub frequencies: Vec<f32>,
    /// Mean square over tokens of the gradient of each column, `[d_model]`.
    pub columns: Vec<f32>,
}

impl MatrixSensitivity {
    /// The KL divergence per token, in nats, that an error of some rows costs to second order: rows of `original` and
    /// `quantized` weights, `[rows, in]`, of which the first is row `first_row` of the matrix. Divergences of disjoint rows add
    /// up. Sums are f64.
    ///
    /// # Panics
    /// When the lengths do not match.
    pub fn predicted_kl(&self, first_row: usize, original: &[f32], quantized: &[f32]) -> f64 {
        assert_eq!(original.len(), quantized.len(), "two versions of the same rows");
        let n_cols = self.n_cols();
        let rows = original.chunks_exact(n_cols).zip(quantized.chunks_exact(n_cols)).enumerate();
        let costs = rows.map(|(row, (original, quantized))| {
            let error: Vec<f32> = original.iter().zip(quantized).map(|(a, b)| b - a).collect();
            0.5 * self.row_cost(first_row + row, &error)
        });
        costs.sum()
    }

    /// Number of columns of the matrix.
    pub fn n_cols(&self) -> usize {
        match (&self.inputs, &self.lookup) {
            (_, Some(lookup)) => lookup.columns.len(),
            (ColumnMoments::Diagonal(diagonal), None) => diagonal.len(),
            (ColumnMoments::Full(moments), None) => moments.len().isqrt(),
        }
    }

    /// Mean square of each input column, `[in]`.
    pub fn diagonal(&self) -> Vec<f32> {
        match &self.inputs {
            ColumnMoments::Diagonal(diagonal) => diagonal.clone(),
            ColumnMoments::Full(moments) => {
                let n_cols = moments.len().isqrt();
                moments.iter().step_by(n_cols + 1).copied().collect()
            }
        }
    }

    fn row_cost(&self, row: usize, error: &[f32]) -> f64 {
        let mut cost = 0.0;
        if let Some(&square) = self.rows.get(row) {
            cost += f64::from(square) * self.output_square(error);
        }
        if let Some(lookup) = &self.lookup {
            cost += f64::from(lookup.frequencies[row]) * weighted_square(&lookup.columns, error);
        }
        cost
    }

    /// Mean square of the product of a row's error with the inputs.
    fn output_square(&self, error: &[f32]) -> f64 {
        match &self.inputs {
            ColumnMoments::Diagonal(diagonal) => weighted_square(diagonal, error),
            ColumnMoments::Full(moments) => {
                let rows = moments.chunks_exact(error.len()).zip(error);
                rows.map(|(row, &e)| f64::from(e) * dot(row, error)).sum()
            }
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    // Parts of 64 are summed in f32, in lanes that the compiler turns into registers.
    let part = |(a, b): (&[f32], &[f32])| {
        let mut lanes = [0.0_f32; 8];
        for (a, b) in a.chunks(8).zip(b.chunks(8)) {
            lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (a, b))| *lane += a * b);
        }
        f64::from(lanes.iter().sum::<f32>())
    };
    a.chunks(64).zip(b.chunks(64)).map(part).sum()
}

fn weighted_square(weights: &[f32], error: &[f32]) -> f64 {
    weights.iter().zip(error).map(|(&weight, &e)| f64::from(weight) * f64::from(e) * f64::from(e)).sum()
}
