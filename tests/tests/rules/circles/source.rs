//! What one file of Rust declares, imports and names.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{Token, tokens};

/// A module's own code: a file's, or that of a module with a body within a file.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Names of the bodies it stands in, from the file's own module down.
    pub(super) inner: Vec<String>,
    /// Modules declared here that have a file or a body of their own.
    pub(super) children: BTreeSet<String>,
    /// Modules declared here for tests alone.
    pub(super) of_tests: BTreeSet<String>,
    /// Functions, types, constants and so on that are defined here.
    pub(super) items: BTreeSet<String>,
    /// Imported names and what they stand for.
    pub(super) imports: BTreeMap<String, Import>,
    /// Modules of which everything is imported.
    pub(super) globs: Vec<Vec<String>>,
    /// Paths of two and more parts in the code.
    pub(super) paths: BTreeSet<Vec<String>>,
    /// Single names in the code.
    pub(super) words: BTreeSet<String>,
}

/// What one imported name stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// The path as it is written.
    pub(super) path: Vec<String>,
    /// Whether the name is given on.
    pub(super) is_public: bool,
}

/// Words before the name of an item.
const DEFINING: [&str; 8] = ["const", "enum", "fn", "macro_rules", "static", "struct", "trait", "type"];

/// Reads the code of a file; what is there for tests alone is left out.
pub(super) fn scopes(code: &str) -> Vec<Scope> {
    let tokens = tokens(code);
    let mut reader = Reader { tokens: &tokens, at: 0, found: Vec::new() };
    reader.module(Vec::new());
    reader.found
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    found: Vec<Scope>,
}

impl<'a> Reader<'a> {
    /// The token `ahead` of the next one.
    fn peek(&self, ahead: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn word(&self, ahead: usize) -> Option<&'a str> {
        if let Some(Token::Word(word)) = self.peek(ahead) { Some(word) } else { None }
    }

    fn is_sign(&self, ahead: usize, sign: char) -> bool {
        self.peek(ahead) == Some(Token::Sign(sign))
    }

    /// Reads up to the end of a module's body and past it.
    fn module(&mut self, inner: Vec<String>) {
        let mut scope = Scope { inner, ..Scope::default() };
        let (mut depth, mut is_public) = (0, false);
        while let Some(token) = self.peek(0) {
            match token {
                Token::Sign('}') if depth == 0 => {
                    self.at += 1;
                    break;
                }
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => depth -= 1,
                Token::Sign('#') => {
                    let start = self.at;
                    if self.skip_attribute() {
                        scope.of_tests.extend(self.skip_item().map(str::to_owned));
                    } else {
                        // Its paths are code as well.
                        self.at = start + 1;
                    }
                    continue;
                }
                // A path that begins outside, or goes on after a type in angle brackets.
                Token::Separator => {
                    self.path();
                    continue;
                }
                // A field or a method.
                Token::Sign('.') if self.word(1).is_some() && !self.is_sign(2, '!') => {
                    self.at += 2;
                    continue;
                }
                Token::Word("pub") => {
                    is_public = true;
                    self.at += 1;
                    if self.is_sign(0, '(') {
                        self.skip_group('(', ')');
                    }
                    continue;
                }
                Token::Word("use") if !self.is_sign(1, '<') => {
                    self.at += 1;
                    self.import(&mut Vec::new(), is_public, &mut scope);
                }
                // In a macro a module may be called by what the macro is given.
                Token::Word("mod") if self.word(1).is_some() || self.is_sign(1, '$') => {
                    self.at += usize::from(self.is_sign(1, '$'));
                    let name = self.word(1).unwrap_or_default().to_owned();
                    scope.children.insert(name.clone());
                    self.at += 3;
                    if self.tokens.get(self.at - 1) == Some(&Token::Sign('{')) {
                        let inner = scope.inner.iter().cloned().chain([name]).collect();
                        self.module(inner);
                    }
                    is_public = false;
                    continue;
                }
                Token::Word(word) => self.name(word, depth, &mut scope),
                Token::Sign(_) => {}
            }
            is_public = false;
            self.at += 1;
        }
        self.found.push(scope);
    }

    /// Notes the item that `word` begins, or the path it is the first part of. Ends on the last token it took.
    fn name(&mut self, word: &str, depth: usize, scope: &mut Scope) {
        let name_at = if self.is_sign(1, '!') { 2 } else { 1 };
        if DEFINING.contains(&word)
            && let Some(name) = self.word(name_at)
            && !DEFINING.contains(&name)
        {
            if depth == 0 {
                scope.items.insert(name.to_owned());
            }
            self.at += name_at;
            return;
        }
        let path = self.path();
        self.at -= 1;
        if path.len() > 1 {
            scope.paths.insert(path);
        } else {
            scope.words.extend(path);
        }
    }

    /// The path that begins here, without what stands in angle brackets.
    fn path(&mut self) -> Vec<String> {
        let mut path: Vec<String> = self.word(0).map(str::to_owned).into_iter().collect();
        self.at += 1;
        while self.peek(0) == Some(Token::Separator)
            && let Some(word) = self.word(1)
        {
            path.push(word.to_owned());
            self.at += 2;
        }
        path
    }

    /// Reads a tree of imports below `before`; ends on the token after which the tree goes on or ends.
    fn import(&mut self, before: &mut Vec<String>, is_public: bool, scope: &mut Scope) {
        let n_before = before.len();
        loop {
            match self.peek(0) {
                Some(Token::Word("as")) => {
                    if let Some(name) = self.word(1) {
                        let import = Import { path: before.clone(), is_public };
                        scope.imports.insert(name.to_owned(), import);
                    }
                    self.at += 2;
                    before.truncate(n_before);
                    return;
                }
                Some(Token::Word("self")) if !before.is_empty() => self.at += 1,
                Some(Token::Word(word)) => {
                    before.push(word.to_owned());
                    self.at += 1;
                }
                Some(Token::Separator) => self.at += 1,
                Some(Token::Sign('*')) => {
                    scope.globs.push(before.clone());
                    self.at += 1;
                    before.truncate(n_before);
                    return;
                }
                Some(Token::Sign('{')) => {
                    while !self.is_sign(0, '}') && self.peek(0).is_some() {
                        self.at += 1;
                        if !self.is_sign(0, '}') {
                            self.import(before, is_public, scope);
                        }
                    }
                    self.at += 1;
                    before.truncate(n_before);
                    return;
                }
                _ => {
                    if let Some(name) = before.last() {
                        let import = Import { path: before.clone(), is_public };
                        scope.imports.insert(name.clone(), import);
                    }
                    before.truncate(n_before);
                    return;
                }
            }
        }
    }

    /// Skips an attribute; returns whether what follows is there for tests alone.
    fn skip_attribute(&mut self) -> bool {
        self.at += 1;
        if self.is_sign(0, '!') {
            self.at += 1;
        }
        let start = self.at;
        self.skip_group('[', ']');
        let words: Vec<&str> = self.tokens[start..self.at]
            .iter()
            .filter_map(|token| if let Token::Word(word) = token { Some(*word) } else { None })
            .collect();
        matches!(words[..], ["cfg", "test"] | ["cfg", "all", "test", ..])
    }

    /// Skips the item that begins here, with its attributes; returns its name if it is a module.
    fn skip_item(&mut self) -> Option<&'a str> {
        while self.is_sign(0, '#') {
            self.skip_attribute();
        }
        let mut depth = 0;
        let module = (0..5).find(|ahead| self.word(*ahead) == Some("mod")).and_then(|at| self.word(at + 1));
        let is_import = (0..5).any(|ahead| self.word(ahead) == Some("use"));
        while let Some(token) = self.peek(0) {
            match token {
                Token::Sign('(' | '[' | '{') => depth += 1,
                Token::Sign('}') if depth == 0 => return module,
                Token::Sign(')' | ']' | '}') => depth -= 1,
                _ => {}
            }
            self.at += 1;
            let ends = token == Token::Sign(';') || (token == Token::Sign('}') && !is_import);
            if depth == 0 && ends {
                return module;
            }
        }
        module
    }

    /// Skips a group that begins here.
    fn skip_group(&mut self, open: char, close: char) {
        let mut depth = 0;
        while let Some(token) = self.peek(0) {
            self.at += 1;
            if token == Token::Sign(open) {
                depth += 1;
            } else if token == Token::Sign(close) {
                depth -= 1;
                if depth == 0 {
                    return;
                }
            }
        }
    }
}

#[test]
fn every_form_of_import_is_read() {
    let code = "
        pub(crate) use super::a::{self, B as C, d::{E, f::*}};
        use crate::g;
        mod h;
        mod i { use super::J; fn k() { l::<u8>::m(); self.n(); } }
        #[cfg(test)]
        mod tests { use crate::o; }
        #[cfg(test)]
        use p::{q};
        #[error(\"u\", v = crate::w::x())]
        pub const fn r() -> impl Sized + use<> { crate::s::T::new() }
    ";
    let found = scopes(code);
    let [inner, outer] = &found[..] else { panic!("{found:?}") };
    let imports: Vec<(&str, String, bool)> = outer
        .imports
        .iter()
        .map(|(name, import)| (name.as_str(), import.path.join("::"), import.is_public))
        .collect();
    let expected = [
        ("C", "super::a::B", true),
        ("E", "super::a::d::E", true),
        ("a", "super::a", true),
        ("g", "crate::g", false),
    ];
    assert_eq!(imports, expected.map(|(name, path, is_public)| (name, path.to_owned(), is_public)));
    assert_eq!(outer.globs, [["super", "a", "d", "f"]]);
    assert!(outer.items.contains("r") && outer.children.contains("h") && outer.of_tests.contains("tests"));
    for path in [["crate", "s", "T", "new"].as_slice(), &["crate", "w", "x"]] {
        assert!(outer.paths.iter().any(|found| found == path), "{path:?}");
    }
    assert_eq!(inner.inner, ["i"]);
    assert_eq!(inner.imports["J"].path, ["super", "J"]);
}
