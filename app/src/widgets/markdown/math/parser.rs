//! TeX to a tree.

use super::alphabet::Alphabet;
use super::tree::{Class, Level, List, Node};

/// Longest source that is read, in bytes.
const LONGEST: usize = 8192;
/// Deepest nesting of groups and arguments.
const DEEPEST: usize = 40;
/// Most nodes of a formula.
const MOST_NODES: usize = 6000;

/// Why a source is not a formula that can be laid out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in super::super) enum TexError {
    /// The command is none that is known.
    #[error("the command \\{0} is not known")]
    Unknown(String),
    /// The environment is none that is known.
    #[error("the environment {0} is not known")]
    UnknownEnvironment(String),
    /// Something that was opened is never closed.
    #[error("{0} is not closed")]
    Unclosed(&'static str),
    /// Something is closed, or parted, that was never opened.
    #[error("{0} stands where nothing was opened")]
    Unopened(String),
    /// A command lacks what it works on.
    #[error("an argument is missing")]
    MissingArgument,
    /// A script follows another of its kind.
    #[error("a script follows another of its kind")]
    DoubleScript,
    /// The source is longer than what is read.
    #[error("a formula of {0} bytes is too long")]
    TooLong(usize),
    /// It nests deeper, or has more parts, than what is read.
    #[error("the formula is nested too deeply or has too many parts")]
    TooLarge,
    /// There is nothing to show.
    #[error("the formula is empty")]
    Empty,
}

/// A formula as a tree that can be laid out.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Formula(pub(super) List);

impl Formula {
    /// Reads the TeX of a formula, without the marks around it.
    pub(in super::super) fn parse(tex: &str) -> Result<Self, TexError> {
        if tex.len() > LONGEST {
            return Err(TexError::TooLong(tex.len()));
        }
        let mut parser = Parser::new(tex, Alphabet::Usual);
        let list = parser.list()?;
        parser.skip_space();
        if let Some(c) = parser.peek() {
            return Err(TexError::Unopened(c.to_string()));
        }
        if list.iter().all(|node| matches!(node, Node::Space(_))) {
            return Err(TexError::Empty);
        }
        Ok(Self(list))
    }
}

/// What is left of a source.
pub(super) struct Parser<'a> {
    pub(super) rest: &'a str,
    pub(super) alphabet: Alphabet,
    depth: usize,
    n_nodes: usize,
}

impl<'a> Parser<'a> {
    fn new(rest: &'a str, alphabet: Alphabet) -> Self {
        Self { rest, alphabet, depth: 0, n_nodes: 0 }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn take(&mut self) -> Option<char> {
        let first = self.peek()?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    /// Skips spaces and comments.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('%') {
                return;
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    /// The command that begins here, without its backslash, unread.
    pub(super) fn peek_command(&self) -> Option<&'a str> {
        let name = self.rest.strip_prefix('\\')?;
        let letters = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
        let length = if letters > 0 { letters } else { name.chars().next().map_or(0, char::len_utf8) };
        Some(&name[..length])
    }

    /// Runs `read` one level deeper, with the alphabet restored after it.
    pub(super) fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, TexError>,
    ) -> Result<T, TexError> {
        if self.depth >= DEEPEST {
            return Err(TexError::TooLarge);
        }
        self.depth += 1;
        let alphabet = self.alphabet;
        let result = read(self);
        self.alphabet = alphabet;
        self.depth -= 1;
        result
    }

    /// Reads `words` as a formula within this one.
    pub(super) fn within(&mut self, words: &str) -> Result<List, TexError> {
        self.deeper(|outer| {
            let mut inner =
                Parser { rest: words, alphabet: outer.alphabet, depth: outer.depth, n_nodes: outer.n_nodes };
            let list = inner.list()?;
            inner.skip_space();
            outer.n_nodes = inner.n_nodes;
            inner.peek().map_or(Ok(list), |c| Err(TexError::Unopened(c.to_string())))
        })
    }

    /// Everything up to what ends a list: a closing brace, a cell's or row's end, `\end`, `\right`, `\middle`, or the end.
    pub(super) fn list(&mut self) -> Result<List, TexError> {
        let mut list = List::new();
        loop {
            self.skip_space();
            let Some(c) = self.peek() else { return Ok(list) };
            if matches!(c, '}' | '&') {
                return Ok(list);
            }
            if let Some(name) = self.peek_command() {
                match name {
                    "\\" | "cr" | "newline" | "end" | "right" | "middle" => return Ok(list),
                    "over" | "atop" | "choose" => return self.infix(name, list),
                    "displaystyle" | "textstyle" | "scriptstyle" | "scriptscriptstyle" => {
                        self.skip_command(name);
                        let level = match name {
                            "displaystyle" => Level::Display,
                            "textstyle" => Level::Text,
                            "scriptstyle" => Level::Script,
                            _ => Level::ScriptScript,
                        };
                        let rest = self.deeper(Parser::list)?;
                        list.push(Node::Styled(level, rest));
                        return Ok(list);
                    }
                    _ => {}
                }
            }
            let base = if matches!(c, '^' | '_') { Node::Group(List::new()) } else { self.atom()? };
            let node = self.scripts(base)?;
            list.push(node);
        }
    }

    fn infix(&mut self, name: &str, above: List) -> Result<List, TexError> {
        self.skip_command(name);
        let below = self.deeper(Parser::list)?;
        let fraction = Node::Fraction { above, below, rule: name == "over", level: None };
        Ok(vec![if name == "choose" {
            Node::Fenced {
                open: Some('('),
                close: Some(')'),
                parts: vec![vec![fraction]],
                between: Vec::new(),
            }
        } else {
            fraction
        }])
    }

    pub(super) fn skip_command(&mut self, name: &str) {
        self.rest = &self.rest[1 + name.len()..];
    }

    /// One group, command or character.
    fn atom(&mut self) -> Result<Node, TexError> {
        self.n_nodes += 1;
        if self.n_nodes > MOST_NODES {
            return Err(TexError::TooLarge);
        }
        if let Some(name) = self.peek_command() {
            if name.is_empty() {
                return Err(TexError::MissingArgument);
            }
            self.skip_command(name);
            return self.deeper(|parser| parser.command(name)).map(|(node, alphabet)| {
                self.alphabet = alphabet.unwrap_or(self.alphabet);
                node
            });
        }
        match self.take() {
            Some('{') => self.braced().map(Node::Group),
            Some('~') => Ok(Node::Space(0.25)),
            Some(c @ ('$' | '#')) => Err(TexError::Unopened(c.to_string())),
            Some('\'') => Ok(Node::Sign('′', Class::Ord)),
            Some(c) => Ok(self.lettered(super::symbols::typed(c))),
            None => Err(TexError::MissingArgument),
        }
    }

    /// A node in the present alphabet.
    pub(super) fn lettered(&self, node: Node) -> Node {
        match node {
            Node::Sign(sign, Class::Ord) => Node::Sign(self.alphabet.letter(sign), Class::Ord),
            node => node,
        }
    }

    /// The rest of a group whose brace was read.
    fn braced(&mut self) -> Result<List, TexError> {
        self.deeper(|parser| {
            let list = parser.list()?;
            match parser.take() {
                Some('}') => Ok(list),
                _ => Err(TexError::Unclosed("a brace")),
            }
        })
    }

    /// The argument of a command or script: a group, or the one thing that comes next.
    pub(super) fn argument(&mut self) -> Result<List, TexError> {
        self.skip_space();
        match self.peek() {
            Some('{') => {
                self.take();
                self.braced()
            }
            None | Some('}' | '&' | '^' | '_') => Err(TexError::MissingArgument),
            Some(_) => self.deeper(Parser::atom).map(|node| vec![node]),
        }
    }

    /// What stands in square brackets here, unparsed.
    pub(super) fn option(&mut self) -> Option<&'a str> {
        let (inside, rest) = self.rest.trim_start().strip_prefix('[')?.split_once(']')?;
        self.rest = rest;
        Some(inside)
    }

    /// The group that comes next, unparsed.
    pub(super) fn raw_argument(&mut self) -> Result<&'a str, TexError> {
        self.skip_space();
        let Some(inside) = self.rest.strip_prefix('{') else {
            let length = self.peek().filter(|c| !matches!(c, '}' | '\\')).map(char::len_utf8);
            let (argument, rest) = self.rest.split_at(length.ok_or(TexError::MissingArgument)?);
            self.rest = rest;
            return Ok(argument);
        };
        let (mut depth, mut escaped) = (0_usize, false);
        for (at, c) in inside.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '{' => depth += 1,
                '}' if depth == 0 => {
                    self.rest = &inside[at + 1..];
                    return Ok(&inside[..at]);
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
        Err(TexError::Unclosed("a brace"))
    }

    /// The scripts and primes that follow a base.
    fn scripts(&mut self, base: Node) -> Result<Node, TexError> {
        let (mut above, mut below, mut limits): (Option<List>, Option<List>, _) = (None, None, None);
        let mut n_primes = 0;
        loop {
            self.skip_space();
            if let Some(name @ ("limits" | "nolimits")) = self.peek_command() {
                self.skip_command(name);
                limits = Some(name == "limits");
                continue;
            }
            match self.peek() {
                Some('\'') if above.is_none() => {
                    self.take();
                    n_primes += 1;
                }
                Some('^') if above.is_none() => {
                    self.take();
                    above = Some(self.argument()?);
                }
                Some('_') if below.is_none() => {
                    self.take();
                    below = Some(self.argument()?);
                }
                Some('^' | '_' | '\'') => return Err(TexError::DoubleScript),
                _ => break,
            }
        }
        if n_primes > 0 {
            let mut list = vec![Node::Sign('′', Class::Ord); n_primes];
            list.extend(above.take().unwrap_or_default());
            above = Some(list);
        }
        if above.is_none() && below.is_none() {
            return Ok(base);
        }
        Ok(Node::Scripts { base: Box::new(base), above, below, limits })
    }
}
