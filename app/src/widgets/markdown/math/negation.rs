//! Relations that do not hold, as signs of their own.

/// The sign of a relation with a slash through it.
pub(super) fn negated(sign: char) -> Option<char> {
    Some(match sign {
        '=' => '≠',
        '<' => '≮',
        '>' => '≯',
        '≤' => '≰',
        '≥' => '≱',
        '∈' => '∉',
        '∋' => '∌',
        '⊂' => '⊄',
        '⊃' => '⊅',
        '⊆' => '⊈',
        '⊇' => '⊉',
        '∃' => '∄',
        '≡' => '≢',
        '∼' => '≁',
        '≃' => '≄',
        '≅' => '≇',
        '≈' => '≉',
        '∣' => '∤',
        '∥' => '∦',
        '→' => '↛',
        '←' => '↚',
        '↔' => '↮',
        '⇒' => '⇏',
        '⇐' => '⇍',
        '⇔' => '⇎',
        '≺' => '⊀',
        '≻' => '⊁',
        '⊢' => '⊬',
        '⊨' => '⊭',
        _ => return None,
    })
}
