//! The engine's face: what an application asks for, and what comes back.
//!
//! [`Command`] and [`Event`] are plain values, so the same jobs run in this process (`nibble-cli`, tests) and in a child
//! process behind a pipe (the window; see [`worker`]).

pub mod protocol;
pub mod quantize;
pub mod worker;

pub use protocol::{
    ChatRequest, Command, Event, Failure, GenerateOptions, LoadReport, LoadRequest, Message, ModelSummary,
    QuantizeReport, QuantizeRequest, ReplyReport, Role, TensorSummary,
};
