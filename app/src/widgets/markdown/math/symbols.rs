//! Signs by the names of their commands. Mostly tables: names and signs in turn, parted by spaces.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tree::{Class, Node};

/// Letters and signs that stand for themselves.
const ORDINARY: &str = "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ \
     lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ \
     chi χ psi ψ omega ω Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ \
     Nu Ν Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω infty ∞ partial ∂ nabla ∇ \
     forall ∀ exists ∃ nexists ∄ emptyset ∅ varnothing ∅ hbar ℏ hslash ℏ ell ℓ Re ℜ Im ℑ wp ℘ aleph ℵ beth ℶ gimel ℷ \
     imath ı jmath ȷ prime ′ angle ∠ measuredangle ∡ triangle △ square □ Box □ blacksquare ■ lozenge ◊ Diamond ◊ \
     bigstar ★ top ⊤ bot ⊥ neg ¬ lnot ¬ surd √ flat ♭ natural ♮ sharp ♯ clubsuit ♣ diamondsuit ♢ heartsuit ♡ \
     spadesuit ♠ ldots … dots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ degree ° \
     complement ∁ dagger † ddagger ‡ checkmark ✓ S § P ¶ pounds £ mho ℧ eth ð Bbbk 𝕜 backslash \\ _ _ # # $ $ % % & & \
     | ‖ Vert ‖ vert |";

/// Operators between two terms.
const BINARY: &str = "pm ± mp ∓ times × div ÷ cdot ⋅ ast ∗ star ⋆ circ ∘ bullet • cap ∩ cup ∪ sqcap ⊓ sqcup ⊔ uplus ⊎ vee ∨ lor ∨ \
     wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ bigcirc ◯ amalg ⨿ \
     diamond ⋄ ltimes ⋉ rtimes ⋊ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ triangleleft ◃ triangleright ▹ \
     bigtriangleup △ bigtriangledown ▽ barwedge ⊼ veebar ⊻ Cap ⋒ Cup ⋓ dotplus ∔ intercal ⊺ divideontimes ⋇ \
     centerdot ⋅ circledast ⊛ circledcirc ⊚ lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵";

/// Relations and arrows.
const RELATIONS: &str = "leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅ propto ∝ varpropto ∝ in ∈ notin ∉ ni ∋ \
     owns ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ nsupseteq ⊉ sqsubset ⊏ \
     sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ ll ≪ gg ≫ lll ⋘ ggg ⋙ prec ≺ succ ≻ preceq ⪯ succeq ⪰ precsim ≾ succsim ≿ \
     mid ∣ nmid ∤ parallel ∥ nparallel ∦ perp ⟂ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭ asymp ≍ \
     doteq ≐ bowtie ⋈ Join ⋈ smile ⌣ frown ⌢ lesssim ≲ gtrsim ≳ leqslant ⩽ geqslant ⩾ leqq ≦ geqq ≧ lessgtr ≶ \
     gtrless ≷ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ approxeq ≊ backsim ∽ triangleq ≜ coloneqq ≔ eqqcolon ≕ therefore ∴ \
     because ∵ to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ \
     implies ⟹ impliedby ⟸ iff ⟺ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ \
     Longleftarrow ⟸ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ uparrow ↑ \
     downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ \
     rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋ \
     rightsquigarrow ⇝ leadsto ⇝ twoheadrightarrow ↠ twoheadleftarrow ↞ rightarrowtail ↣ leftarrowtail ↢ \
     rightrightarrows ⇉ leftleftarrows ⇇ rightleftarrows ⇄ leftrightarrows ⇆ nrightarrow ↛ nleftarrow ↚ \
     nRightarrow ⇏ nLeftarrow ⇍ nleftrightarrow ↮ upuparrows ⇈ downdownarrows ⇊ circlearrowleft ↺ circlearrowright ↻ \
     curvearrowleft ↶ curvearrowright ↷ trianglelefteq ⊴ trianglerighteq ⊵ vartriangleleft ⊲ vartriangleright ⊳ \
     ncong ≇ nsim ≁ nprec ⊀ nsucc ⊁ eqsim ≂ Bumpeq ≎ bumpeq ≏ risingdotseq ≓ fallingdotseq ≒ circeq ≗ colon :";

/// Delimiters at the left.
const OPENING: &str = "langle ⟨ lbrace { { { lbrack [ lfloor ⌊ lceil ⌈ lvert | lVert ‖ llbracket ⟦";

/// Delimiters at the right.
const CLOSING: &str = "rangle ⟩ rbrace } } } rbrack ] rfloor ⌋ rceil ⌉ rvert | rVert ‖ rrbracket ⟧";

/// Large operators with limits above and below.
const LARGE: &str = "sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ biguplus ⨄ \
     bigsqcup ⨆";

/// Large operators with limits beside them.
const INTEGRALS: &str = "int ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ oiiint ∰";

/// Functions by name, and whether they take limits.
const NAMES: [(&str, bool); 37] = [
    ("sin", false),
    ("cos", false),
    ("tan", false),
    ("cot", false),
    ("sec", false),
    ("csc", false),
    ("arcsin", false),
    ("arccos", false),
    ("arctan", false),
    ("arccot", false),
    ("sinh", false),
    ("cosh", false),
    ("tanh", false),
    ("coth", false),
    ("ln", false),
    ("log", false),
    ("lg", false),
    ("exp", false),
    ("dim", false),
    ("ker", false),
    ("deg", false),
    ("arg", false),
    ("hom", false),
    ("lim", true),
    ("limsup", true),
    ("liminf", true),
    ("max", true),
    ("min", true),
    ("sup", true),
    ("inf", true),
    ("det", true),
    ("gcd", true),
    ("Pr", true),
    ("argmax", true),
    ("argmin", true),
    ("lcm", true),
    ("plim", true),
];

static SIGNS: LazyLock<HashMap<&'static str, Node>> = LazyLock::new(|| {
    let mut signs = HashMap::new();
    let mut add = |table: &'static str, node: &dyn Fn(char) -> Node| {
        let words: Vec<&str> = table.split(' ').collect();
        for pair in words.chunks_exact(2) {
            if let Some(sign) = pair[1].chars().next() {
                signs.insert(pair[0], node(sign));
            }
        }
    };
    add(ORDINARY, &|sign| Node::Sign(sign, Class::Ord));
    add(BINARY, &|sign| Node::Sign(sign, Class::Bin));
    add(RELATIONS, &|sign| Node::Sign(sign, Class::Rel));
    add(OPENING, &|sign| Node::Sign(sign, Class::Open));
    add(CLOSING, &|sign| Node::Sign(sign, Class::Close));
    add(LARGE, &|sign| Node::Large { sign, limits: true });
    add(INTEGRALS, &|sign| Node::Large { sign, limits: false });
    for (name, limits) in NAMES {
        // Compound names are written apart, as in "lim sup".
        let spaced = match name {
            "limsup" => "lim sup",
            "liminf" => "lim inf",
            "argmax" => "arg max",
            "argmin" => "arg min",
            name => name,
        };
        signs.insert(name, Node::Name { name: spaced.to_owned(), limits });
    }
    signs
});

/// The sign, operator or function that a command stands for.
pub(super) fn sign_of(command: &str) -> Option<Node> {
    SIGNS.get(command).cloned()
}

/// The class of a character that is written as it is, and the sign it becomes.
pub(super) fn typed(c: char) -> Node {
    let class = match c {
        '+' | '−' | '*' | '×' | '÷' | '±' | '∓' | '·' | '⋅' | '∘' | '∩' | '∪' | '∧' | '∨' | '⊕' | '⊗' => {
            Class::Bin
        }
        '-' => return Node::Sign('−', Class::Bin),
        '(' | '[' | '⟨' | '⌊' | '⌈' => Class::Open,
        ')' | ']' | '!' | '?' | '⟩' | '⌋' | '⌉' => Class::Close,
        ',' | ';' => Class::Punct,
        '∑' | '∏' => return Node::Large { sign: c, limits: true },
        '∫' | '∮' => return Node::Large { sign: c, limits: false },
        '='
        | '<'
        | '>'
        | ':'
        | '\u{2190}'..='\u{21FF}'
        | '\u{27F0}'..='\u{27FF}'
        | '∈'
        | '∉'
        | '∋'
        | '≠'
        | '≈'
        | '≡'
        | '≤'
        | '≥'
        | '⊂'
        | '⊃'
        | '⊆'
        | '⊇'
        | '∼'
        | '≃'
        | '≅'
        | '∝'
        | '≪'
        | '≫' => Class::Rel,
        _ => Class::Ord,
    };
    let sign = match c {
        '*' => '∗',
        'µ' => 'μ',
        c => c,
    };
    Node::Sign(sign, class)
}

/// All commands of the table.
#[cfg(test)]
pub(super) fn all_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = SIGNS.keys().copied().collect();
    names.sort_unstable();
    names
}
