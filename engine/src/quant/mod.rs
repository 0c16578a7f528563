//! quant.
