//! Commands with arguments, and those that change how the rest is set.

use super::alphabet::Alphabet;
use super::negation::negated;
use super::parser::{Parser, TexError};
use super::symbols::{sign_of, typed};
use super::tree::{Class, Level, List, Mark, Node};

/// One em has 18 of TeX's mathematical units.
const MU: f32 = 1.0 / 18.0;

impl Parser<'_> {
    /// What a command stands for, and the alphabet that goes on after it where it changes that.
    pub(super) fn command(&mut self, name: &str) -> Result<(Node, Option<Alphabet>), TexError> {
        if let Some(alphabet) = switched(name) {
            return Ok((Node::Group(List::new()), Some(alphabet)));
        }
        let node = match name {
            "," | "thinspace" => Node::Space(3.0 * MU),
            ":" | ">" | "medspace" => Node::Space(4.0 * MU),
            ";" | "thickspace" => Node::Space(5.0 * MU),
            "!" | "negthinspace" => Node::Space(-3.0 * MU),
            " " | "\n" | "\t" | "space" | "nobreakspace" => Node::Space(0.25),
            "enspace" | "enskip" => Node::Space(0.5),
            "quad" => Node::Space(1.0),
            "qquad" => Node::Space(2.0),
            "hspace" | "mspace" | "hskip" | "kern" | "mkern" | "mskip" => Node::Space(self.length()?),
            // They say how lines break or equations are numbered, which is nothing to see.
            "nonumber" | "notag" | "allowbreak" | "nobreak" | "relax" | "hfill" | "limits" | "nolimits"
            | "noindent" | "strut" | "mathstrut" | "/" | "-" | "displaylimits" => Node::Group(List::new()),
            "label" | "color" => {
                self.raw_argument()?;
                Node::Group(List::new())
            }
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let level = match name {
                    "dfrac" | "cfrac" => Some(Level::Display),
                    "tfrac" => Some(Level::Text),
                    _ => None,
                };
                Node::Fraction { above: self.argument()?, below: self.argument()?, rule: true, level }
            }
            "binom" | "dbinom" | "tbinom" => {
                let level = match name {
                    "dbinom" => Some(Level::Display),
                    "tbinom" => Some(Level::Text),
                    _ => None,
                };
                let (above, below) = (self.argument()?, self.argument()?);
                fenced('(', ')', vec![Node::Fraction { above, below, rule: false, level }])
            }
            "sqrt" => {
                let index = match self.option() {
                    Some(index) => self.within(index)?,
                    None => List::new(),
                };
                Node::Root { index, inside: self.argument()? }
            }
            "text" | "textrm" | "textnormal" | "textup" | "mbox" | "hbox" | "textsf" | "texttt" => {
                self.words(Alphabet::Upright)?
            }
            "textbf" => self.words(Alphabet::Bold)?,
            "textit" | "emph" => self.words(Alphabet::Italic)?,
            "operatorname" => {
                let limits = self.rest.starts_with('*');
                if limits {
                    self.take();
                }
                let name = self.raw_argument()?.replace("\\,", " ").replace("\\ ", " ");
                if name.contains(['\\', '{', '$']) {
                    return Err(TexError::Unknown(name));
                }
                Node::Name { name, limits }
            }
            "overline" | "widebar" => Node::Marked(Mark::Over, self.argument()?),
            "underline" | "underbar" => Node::Marked(Mark::Under, self.argument()?),
            "boxed" | "fbox" | "framebox" => Node::Marked(Mark::Frame, self.argument()?),
            "cancel" | "bcancel" | "xcancel" => Node::Marked(Mark::Cancel, self.argument()?),
            "phantom" | "hphantom" | "vphantom" => Node::Marked(Mark::Phantom, self.argument()?),
            "not" => match self.argument()?.as_slice() {
                [Node::Sign(sign, Class::Rel | Class::Ord)] if negated(*sign).is_some() => {
                    Node::Sign(negated(*sign).unwrap_or(*sign), Class::Rel)
                }
                list => Node::Classed(Class::Rel, vec![Node::Marked(Mark::Not, list.to_vec())]),
            },
            "overset" | "stackrel" => {
                let (above, base) = (self.argument()?, self.argument()?);
                Node::Stack { base, above: Some(above), below: None }
            }
            "underset" => {
                let (below, base) = (self.argument()?, self.argument()?);
                Node::Stack { base, above: None, below: Some(below) }
            }
            "substack" => self.substack()?,
            "left" => self.fenced()?,
            "begin" => self.environment()?,
            "tag" => {
                let bare = self.rest.starts_with('*');
                if bare {
                    self.take();
                }
                let number = self.raw_argument()?;
                let words = if bare { number.to_owned() } else { format!("({number})") };
                Node::Tag(vec![Node::Text(words)])
            }
            "textcolor" => {
                self.raw_argument()?;
                Node::Group(self.argument()?)
            }
            "mathop" => Node::Classed(Class::Op, self.argument()?),
            "mathbin" => Node::Classed(Class::Bin, self.argument()?),
            "mathrel" => Node::Classed(Class::Rel, self.argument()?),
            "mathopen" => Node::Classed(Class::Open, self.argument()?),
            "mathclose" => Node::Classed(Class::Close, self.argument()?),
            "mathpunct" => Node::Classed(Class::Punct, self.argument()?),
            "mathord" | "mathinner" | "ensuremath" | "smash" | "mathstrut*" => Node::Group(self.argument()?),
            "bmod" => Node::Classed(Class::Bin, vec![word("mod")]),
            "mod" => Node::Group(vec![Node::Space(0.7), word("mod"), Node::Space(0.3)]),
            "pmod" => {
                let mut inside = vec![word("mod"), Node::Space(0.3)];
                inside.extend(self.argument()?);
                Node::Group(vec![Node::Space(0.6), fenced('(', ')', inside)])
            }
            _ => return self.other(name),
        };
        Ok((node, None))
    }

    /// Accents, braces, arrows, alphabets, large delimiters; else a sign from the table.
    fn other(&mut self, name: &str) -> Result<(Node, Option<Alphabet>), TexError> {
        let node = if let Some((sign, wide)) = accent(name) {
            Node::Accent { sign, wide, base: self.argument()? }
        } else if let Some((sign, above)) = brace(name) {
            Node::Brace { sign, above, base: self.argument()? }
        } else if let Some(sign) = arrow(name) {
            let below = match self.option() {
                Some(below) => self.within(below)?,
                None => List::new(),
            };
            Node::Arrow { sign, above: self.argument()?, below }
        } else if let Some(alphabet) = alphabet(name) {
            self.alphabet = alphabet;
            Node::Group(self.argument()?)
        } else if let Some((height, class)) = sized(name) {
            Node::Sized { sign: self.delimiter()?.unwrap_or(' '), class, height }
        } else {
            let sign = sign_of(name).ok_or_else(|| TexError::Unknown(name.to_owned()))?;
            self.lettered(sign)
        };
        Ok((node, None))
    }

    /// Words in an alphabet, with formulas between dollars.
    fn words(&mut self, alphabet: Alphabet) -> Result<Node, TexError> {
        let raw = self.raw_argument()?;
        let mut list = List::new();
        for (at, part) in raw.split('$').enumerate() {
            if at % 2 == 1 {
                let alphabet = std::mem::replace(&mut self.alphabet, Alphabet::Usual);
                list.extend(self.within(part)?);
                self.alphabet = alphabet;
            } else if !part.is_empty() {
                list.push(Node::Text(plain(part)?.chars().map(|c| alphabet.letter(c)).collect()));
            }
        }
        Ok(Node::Group(list))
    }

    fn substack(&mut self) -> Result<Node, TexError> {
        self.skip_space();
        if self.take() != Some('{') {
            return Err(TexError::MissingArgument);
        }
        let grid = self.deeper(Parser::rows)?.small();
        match self.take() {
            Some('}') => Ok(Node::Grid(Box::new(grid))),
            _ => Err(TexError::Unclosed("a brace")),
        }
    }

    fn fenced(&mut self) -> Result<Node, TexError> {
        let open = self.delimiter()?;
        let (mut parts, mut between) = (Vec::new(), Vec::new());
        loop {
            parts.push(self.list()?);
            match self.peek_command() {
                Some(name @ "middle") => {
                    self.skip_command(name);
                    between.push(self.delimiter()?.unwrap_or(' '));
                }
                Some(name @ "right") => {
                    self.skip_command(name);
                    break;
                }
                _ => return Err(TexError::Unclosed("\\left")),
            }
        }
        Ok(Node::Fenced { open, close: self.delimiter()?, parts, between })
    }

    /// A delimiter; nothing for a dot.
    fn delimiter(&mut self) -> Result<Option<char>, TexError> {
        self.skip_space();
        let node = if let Some(name) = self.peek_command() {
            self.skip_command(name);
            sign_of(name).ok_or_else(|| TexError::Unknown(name.to_owned()))?
        } else {
            match self.take() {
                Some('.') => return Ok(None),
                Some('<') => return Ok(Some('⟨')),
                Some('>') => return Ok(Some('⟩')),
                Some(c @ ('(' | ')' | '[' | ']' | '|' | '/' | '⟨' | '⟩' | '⌊' | '⌋' | '⌈' | '⌉' | '‖')) => {
                    typed(c)
                }
                _ => return Err(TexError::MissingArgument),
            }
        };
        match node {
            Node::Sign('∣', _) => Ok(Some('|')),
            Node::Sign('∥', _) => Ok(Some('‖')),
            Node::Sign(sign, _) => Ok(Some(sign)),
            _ => Err(TexError::MissingArgument),
        }
    }

    /// A length, in em.
    fn length(&mut self) -> Result<f32, TexError> {
        self.skip_space();
        self.rest = self.rest.strip_prefix('*').unwrap_or(self.rest);
        let length = if self.rest.starts_with('{') {
            self.raw_argument()?
        } else {
            let number =
                self.rest.find(|c: char| !matches!(c, '-' | '.' | '0'..='9')).unwrap_or(self.rest.len());
            let unit = self.rest.get(number..number + 2).ok_or(TexError::MissingArgument)?;
            let length = &self.rest[..number + unit.len()];
            self.rest = &self.rest[length.len()..];
            length
        };
        let length = length.trim();
        let unit = length.len().saturating_sub(2);
        let number = length.get(..unit).and_then(|number| number.trim().parse::<f32>().ok());
        let em = match (number, length.get(unit..)) {
            (Some(number), Some("em")) => number,
            (Some(number), Some("ex")) => number * 0.45,
            (Some(number), Some("mu")) => number * MU,
            (Some(number), Some("pt")) => number / 10.0,
            (Some(number), Some("px")) => number / 13.0,
            (Some(number), Some("mm")) => number / 3.5,
            (Some(number), Some("cm")) => number / 0.35,
            _ => return Err(TexError::MissingArgument),
        };
        Ok(em.clamp(-10.0, 40.0))
    }
}

/// Words of a text without commands of TeX, of which only escaped signs and spaces are known.
fn plain(words: &str) -> Result<String, TexError> {
    let mut text = String::new();
    let mut rest = words.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some(c @ ('%' | '$' | '&' | '#' | '_' | '{' | '}' | ' ')) => text.push(c),
                Some(',' | ';' | ':' | '!') => text.push('\u{2009}'),
                c => return Err(TexError::Unknown(c.into_iter().collect())),
            },
            '{' | '}' => {}
            '~' => text.push(' '),
            c if c.is_whitespace() => text.push(' '),
            c => text.push(c),
        }
    }
    Ok(text)
}

fn word(name: &str) -> Node {
    Node::Name { name: name.to_owned(), limits: false }
}

fn fenced(open: char, close: char, list: List) -> Node {
    Node::Fenced { open: Some(open), close: Some(close), parts: vec![list], between: Vec::new() }
}

/// Alphabets that go on to the end of the group.
fn switched(name: &str) -> Option<Alphabet> {
    Some(match name {
        "bf" | "bfseries" => Alphabet::Bold,
        "rm" => Alphabet::Upright,
        "it" => Alphabet::Italic,
        "cal" => Alphabet::Script,
        "sf" => Alphabet::Sans,
        "tt" => Alphabet::Mono,
        _ => return None,
    })
}

/// Alphabets of one argument.
fn alphabet(name: &str) -> Option<Alphabet> {
    Some(match name {
        "mathrm" | "mathup" | "symrm" => Alphabet::Upright,
        "mathbf" | "symbf" => Alphabet::Bold,
        "mathit" => Alphabet::Italic,
        "mathbfit" => Alphabet::BoldItalic,
        "boldsymbol" | "bm" | "pmb" | "bold" => Alphabet::BoldUsual,
        "mathcal" | "mathscr" => Alphabet::Script,
        "mathfrak" | "frak" => Alphabet::Fraktur,
        "mathbb" | "Bbb" | "mathds" => Alphabet::DoubleStruck,
        "mathsf" => Alphabet::Sans,
        "mathtt" => Alphabet::Mono,
        "mathnormal" => Alphabet::Usual,
        _ => return None,
    })
}

/// The combining mark of an accent, and whether it grows with its base.
fn accent(name: &str) -> Option<(char, bool)> {
    Some(match name {
        "hat" => ('\u{302}', false),
        "widehat" => ('\u{302}', true),
        "tilde" => ('\u{303}', false),
        "widetilde" => ('\u{303}', true),
        "bar" => ('\u{304}', false),
        "breve" => ('\u{306}', false),
        "dot" => ('\u{307}', false),
        "ddot" => ('\u{308}', false),
        "dddot" => ('\u{20DB}', false),
        "mathring" => ('\u{30A}', false),
        "check" => ('\u{30C}', false),
        "widecheck" => ('\u{30C}', true),
        "acute" => ('\u{301}', false),
        "grave" => ('\u{300}', false),
        "vec" => ('\u{20D7}', false),
        "overrightarrow" => ('\u{20D7}', true),
        "overleftarrow" => ('\u{20D6}', true),
        _ => return None,
    })
}

/// The brace of a command, and whether it stands above.
fn brace(name: &str) -> Option<(char, bool)> {
    Some(match name {
        "overbrace" => ('⏞', true),
        "underbrace" => ('⏟', false),
        "overbracket" => ('⎴', true),
        "underbracket" => ('⎵', false),
        "overparen" => ('⏜', true),
        "underparen" => ('⏝', false),
        "overleftrightarrow" => ('↔', true),
        "underrightarrow" => ('→', false),
        "underleftarrow" => ('←', false),
        _ => return None,
    })
}

/// Arrows as long as what they carry.
fn arrow(name: &str) -> Option<char> {
    Some(match name {
        "xrightarrow" => '→',
        "xleftarrow" => '←',
        "xleftrightarrow" => '↔',
        "xRightarrow" => '⇒',
        "xLeftarrow" => '⇐',
        "xLeftrightarrow" => '⇔',
        "xmapsto" => '↦',
        "xhookrightarrow" => '↪',
        _ => return None,
    })
}

/// The height of a delimiter in em (as amsmath has it), and its class.
fn sized(name: &str) -> Option<(f32, Class)> {
    let (size, class) = match (name.strip_suffix('l'), name.strip_suffix('r'), name.strip_suffix('m')) {
        (Some(size), ..) => (size, Class::Open),
        (_, Some(size), _) => (size, Class::Close),
        (.., Some(size)) => (size, Class::Rel),
        _ => (name, Class::Ord),
    };
    let height = match size {
        "big" => 1.2,
        "Big" => 1.8,
        "bigg" => 2.4,
        "Bigg" => 3.0,
        _ => return None,
    };
    Some((height, class))
}
