//! Measures of STIX Two Math's MATH table, as shares of the font size, and a few of TeX's own. Alone in a file because it is
//! nothing else; the names are those of the OpenType specification.

pub(super) const SCRIPT_SCALE: f32 = 0.70;
pub(super) const SCRIPT_SCRIPT_SCALE: f32 = 0.55;
pub(super) const DISPLAY_OPERATOR_MIN_HEIGHT: f32 = 1.8;
pub(super) const AXIS_HEIGHT: f32 = 0.258;
pub(super) const ACCENT_BASE_HEIGHT: f32 = 0.480;

pub(super) const SUBSCRIPT_SHIFT_DOWN: f32 = 0.210;
pub(super) const SUBSCRIPT_TOP_MAX: f32 = 0.368;
pub(super) const SUBSCRIPT_BASELINE_DROP_MIN: f32 = 0.160;
pub(super) const SUPERSCRIPT_SHIFT_UP: f32 = 0.360;
pub(super) const SUPERSCRIPT_SHIFT_UP_CRAMPED: f32 = 0.252;
pub(super) const SUPERSCRIPT_BOTTOM_MIN: f32 = 0.120;
pub(super) const SUPERSCRIPT_BASELINE_DROP_MAX: f32 = 0.230;
pub(super) const SUB_SUPERSCRIPT_GAP_MIN: f32 = 0.150;
pub(super) const SUPERSCRIPT_BOTTOM_MAX_WITH_SUBSCRIPT: f32 = 0.380;
pub(super) const SPACE_AFTER_SCRIPT: f32 = 0.040;

pub(super) const UPPER_LIMIT_GAP_MIN: f32 = 0.135;
pub(super) const UPPER_LIMIT_BASELINE_RISE_MIN: f32 = 0.300;
pub(super) const LOWER_LIMIT_GAP_MIN: f32 = 0.135;
pub(super) const LOWER_LIMIT_BASELINE_DROP_MIN: f32 = 0.670;

pub(super) const STACK_TOP_SHIFT_UP: f32 = 0.470;
pub(super) const STACK_TOP_DISPLAY_SHIFT_UP: f32 = 0.780;
pub(super) const STACK_BOTTOM_SHIFT_DOWN: f32 = 0.385;
pub(super) const STACK_BOTTOM_DISPLAY_SHIFT_DOWN: f32 = 0.690;
pub(super) const STACK_GAP_MIN: f32 = 0.150;
pub(super) const STACK_DISPLAY_GAP_MIN: f32 = 0.300;

pub(super) const FRACTION_NUMERATOR_SHIFT_UP: f32 = 0.585;
pub(super) const FRACTION_NUMERATOR_DISPLAY_SHIFT_UP: f32 = 0.640;
pub(super) const FRACTION_DENOMINATOR_SHIFT_DOWN: f32 = 0.585;
pub(super) const FRACTION_DENOMINATOR_DISPLAY_SHIFT_DOWN: f32 = 0.640;
pub(super) const FRACTION_GAP_MIN: f32 = 0.068;
pub(super) const FRACTION_DISPLAY_GAP_MIN: f32 = 0.150;
pub(super) const FRACTION_RULE_THICKNESS: f32 = 0.068;

pub(super) const BAR_VERTICAL_GAP: f32 = 0.175;
pub(super) const BAR_RULE_THICKNESS: f32 = 0.068;
pub(super) const BAR_EXTRA: f32 = 0.068;

pub(super) const RADICAL_VERTICAL_GAP: f32 = 0.085;
pub(super) const RADICAL_DISPLAY_VERTICAL_GAP: f32 = 0.170;
pub(super) const RADICAL_RULE_THICKNESS: f32 = 0.068;
pub(super) const RADICAL_EXTRA_ASCENDER: f32 = 0.078;
pub(super) const RADICAL_KERN_BEFORE_DEGREE: f32 = 0.065;
pub(super) const RADICAL_KERN_AFTER_DEGREE: f32 = -0.335;
pub(super) const RADICAL_DEGREE_BOTTOM_RAISE: f32 = 0.55;

/// Least overlap of the parts that a stretched sign is made of.
pub(super) const MIN_CONNECTOR_OVERLAP: f32 = 0.1;

/// Room beside a fraction (TeX's `\nulldelimiterspace`).
pub(super) const NULL_DELIMITER_SPACE: f32 = 0.12;
/// How much of what they hold delimiters cover at least, and by how much they may be shorter (TeX's `\delimiterfactor` and
/// `\delimitershortfall`).
pub(super) const DELIMITER_FACTOR: f32 = 0.901;
pub(super) const DELIMITER_SHORTFALL: f32 = 0.5;
/// Least height and depth of a row of a grid (`\strutbox`).
pub(super) const STRUT_HEIGHT: f32 = 0.84;
pub(super) const STRUT_DEPTH: f32 = 0.36;
/// Least distance between two rows of a grid.
pub(super) const LINE_SKIP: f32 = 0.15;
/// Distance of a frame from what it holds (`\fboxsep`), and its thickness.
pub(super) const FRAME_GAP: f32 = 0.3;
pub(super) const FRAME_RULE: f32 = 0.05;
