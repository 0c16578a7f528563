//! Formulas that models write, parsed and laid out.

use super::tree::{Class, Node};
use super::*;

#[test]
fn placeholder() {
    assert!(Formula::parse("x").is_ok());
    let _ = (Class::Ord, Node::Space(0.0));
}
