//! Types of tensors chosen for a number of bytes: the mix with the least predicted loss that fits.
//!
//! [`LossTable`] predicts what each type costs in each tensor, from the sensitivities of the model; [`choose`] solves which mix is
//! best, to a distance from the optimum that it states.

mod solve;
mod table;

pub use solve::{Choice, Chosen, choose};
pub use table::{LossTable, TensorLosses};
