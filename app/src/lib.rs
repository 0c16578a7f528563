//! Nibble's window, as a library, so that tests build it without a display.
//!
//! Reading order: [`command`] (what a person can ask for), [`state`] (what there is), [`update`] (the only code that
//! changes it), [`jobs`] (the engine's child processes), [`store`] (chats on disk), [`import_export`] (chats as files),
//! [`screens`] (what is drawn), [`app`] (how they meet).

#![forbid(unsafe_code)]

pub mod app;
pub mod base;
pub mod command;
pub mod event;
pub mod import_export;
pub mod inbox;
pub mod jobs;
pub mod platform;
pub mod screens;
pub mod state;
pub mod store;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod update;
pub mod widgets;
