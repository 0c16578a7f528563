//! What a method takes to find codes, in units that do not depend on the machine; [`estimate`](super::estimate) makes seconds and
//! bytes of it.

/// The work and memory of a quantization method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MethodCost {
    /// Number of times that each weight is encoded; 1 for a single pass.
    pub encodings: f64,
    /// Multiplications and additions for each weight and each column of its row, as feedback of errors takes.
    pub operations_per_column: f64,
    /// Passes of the calibration text through the model; a pass backward counts as two.
    pub passes: f64,
    /// Memory of the method.
    pub memory: WorkingSet,
}

/// What a method holds in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingSet {
    /// Some groups of rows.
    RowGroups,
    /// One layer in f32, with the activations of all calibration tokens before and after it.
    Layer,
    /// As a layer, with the second-moment matrix of its widest input and its inverse.
    SecondMoments,
}

impl MethodCost {
    /// A method that looks at the weights alone, once.
    pub const STREAMING: Self =
        Self { encodings: 1.0, operations_per_column: 0.0, passes: 0.0, memory: WorkingSet::RowGroups };
    /// A method that encodes once, with statistics of one pass of the calibration text.
    pub const WEIGHTED: Self = Self { passes: 1.0, memory: WorkingSet::Layer, ..Self::STREAMING };
    /// A method that quantizes layer by layer: a pass for the moments of the inputs, one through the result, and products of each
    /// matrix with the moments.
    pub const LAYERS: Self =
        Self { encodings: 1.0, operations_per_column: 4.0, passes: 3.0, memory: WorkingSet::SecondMoments };
}
