//! Which parts of code are comments, texts, numbers and words of the language.
//!
//! One reader for all languages, told by a table what their comments, quotes and words look like. It is wrong about the
//! corners of a language (nested comments, expressions in texts, regular expressions), and then a color is wrong; grammars
//! for all of them would be larger than the rest of the window.

/// What a part of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePart {
    /// Text without highlighting.
    Plain,
    /// A word of the language.
    Keyword,
    /// A text or character.
    Text,
    /// A number literal.
    Number,
    /// A code comment.
    Comment,
}

/// What a family of languages looks like.
struct Language {
    names: &'static [&'static str],
    line_comments: &'static [&'static str],
    block_comment: Option<(&'static str, &'static str)>,
    quotes: &'static [&'static str],
    ignores_case: bool,
    words: &'static str,
}

const C_LIKE: Option<(&str, &str)> = Some(("/*", "*/"));

/// Languages by the names that fences give them.
const LANGUAGES: [Language; 12] = [
    Language {
        names: &["rust", "rs"],
        line_comments: &["//"],
        block_comment: C_LIKE,
        quotes: &["\""],
        ignores_case: false,
        words: concat!(
            "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match ",
            "mod move mut pub ref return self Self static struct super trait true type unsafe use where while",
        ),
    },
    Language {
        names: &["python", "py"],
        line_comments: &["#"],
        block_comment: None,
        quotes: &["\"\"\"", "'''", "\"", "'"],
        ignores_case: false,
        words: "False None True and as assert async await break case class continue def del elif else except finally \
                for from global if import in is lambda match nonlocal not or pass raise return try while with yield",
    },
    Language {
        names: &["javascript", "js", "jsx", "typescript", "ts", "tsx"],
        line_comments: &["//"],
        block_comment: C_LIKE,
        quotes: &["\"", "'", "`"],
        ignores_case: false,
        words: "abstract any as async await boolean break case catch class const continue declare default delete do \
                else enum export extends false finally for from function if implements import in instanceof \
                interface keyof let namespace new null number of private protected public readonly return static \
                string super switch this throw true try type typeof undefined var void while yield",
    },
    Language {
        names: &["c", "cpp", "c++", "h", "hpp", "cuda", "objc", "glsl", "wgsl", "metal"],
        line_comments: &["//"],
        block_comment: C_LIKE,
        quotes: &["\"", "'"],
        ignores_case: false,
        words: "alignas auto bool break case catch char class const constexpr continue default define delete do double \
                else endif enum explicit extern false float for friend if ifdef ifndef include inline int long \
                namespace new noexcept nullptr operator override private protected public return short signed sizeof \
                static struct switch template this throw true try typedef typename union unsigned using virtual void \
                volatile while",
    },
    Language {
        names: &["java", "kotlin", "kt", "scala", "csharp", "cs", "c#", "swift", "dart"],
        line_comments: &["//"],
        block_comment: C_LIKE,
        quotes: &["\"\"\"", "\"", "'"],
        ignores_case: false,
        words: "abstract as async await base bool boolean break byte case catch char class companion const continue \
                data def default defer do double else enum extends extension false final finally float for foreach \
                fun func get guard if implements import in init int interface internal is let long namespace new nil \
                null object open operator out override package private protected public return sealed self set short \
                static string struct super switch synchronized this throw throws trait true try typealias using val \
                var virtual void when where while with yield",
    },
    Language {
        names: &["go", "golang"],
        line_comments: &["//"],
        block_comment: C_LIKE,
        quotes: &["\"", "`", "'"],
        ignores_case: false,
        words: "any bool break byte case chan const continue default defer else error fallthrough false float64 for func \
                go goto if import int interface map nil package range return rune select string struct switch true \
                type var",
    },
    Language {
        names: &["bash", "sh", "shell", "zsh", "console", "fish"],
        line_comments: &["#"],
        block_comment: None,
        quotes: &["\"", "'"],
        ignores_case: false,
        words: "alias case cd do done echo elif else esac exit export fi for function if in local read return select set \
                shift source sudo then trap unset until while",
    },
    Language {
        names: &["sql", "sqlite", "postgresql", "mysql"],
        line_comments: &["--"],
        block_comment: C_LIKE,
        quotes: &["'", "\""],
        ignores_case: true,
        words: "add all alter and as asc begin between by case check column commit constraint create default delete desc \
                distinct drop else end exists foreign from full group having if in index inner insert integer into is \
                join key left like limit not null offset on or order outer primary references right rollback select \
                set table text then trigger union unique update using values varchar view when where with",
    },
    Language {
        names: &["json", "jsonc", "json5", "toml", "yaml", "yml", "ini"],
        line_comments: &["#", "//"],
        block_comment: None,
        quotes: &["\"\"\"", "\"", "'"],
        ignores_case: false,
        words: "false no null off on true yes",
    },
    Language {
        names: &["html", "xml", "svg", "vue"],
        line_comments: &[],
        block_comment: Some(("<!--", "-->")),
        quotes: &["\"", "'"],
        ignores_case: true,
        words: "a body br button class div form h1 h2 h3 head header html href id img input li link main meta nav ol p \
                script section span src style table td th title tr type ul",
    },
    Language {
        names: &["css", "scss", "less"],
        line_comments: &[],
        block_comment: C_LIKE,
        quotes: &["\"", "'"],
        ignores_case: false,
        words: "absolute auto block bold border center color display fixed flex font grid height inherit inline margin \
                none padding position relative solid width",
    },
    Language {
        names: &["lua", "ruby", "rb", "php", "perl", "r", "julia", "elixir", "haskell", "hs"],
        line_comments: &["--", "#", "//"],
        block_comment: None,
        quotes: &["\"", "'"],
        ignores_case: false,
        words: "and as begin break case class const def defmodule do echo else elseif elsif end ensure false for foreach \
                function global if import in instance let local module my namespace new next nil not null of or \
                private public quote repeat require rescue return self static struct sub then true type unless until \
                use using when where while with yield",
    },
];

/// The parts of `code` in order, as their ends and what they are; one plain part for an unknown language.
pub(super) fn parts(language: &str, code: &str) -> Vec<(usize, CodePart)> {
    let name = language.to_ascii_lowercase();
    let Some(language) = LANGUAGES.iter().find(|known| known.names.contains(&name.as_str())) else {
        return vec![(code.len(), CodePart::Plain)];
    };
    let mut parts: Vec<(usize, CodePart)> = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let (length, part) = language.next(&code[at..]);
        at += length;
        match parts.last_mut() {
            Some((end, last)) if *last == part => *end = at,
            _ => parts.push((at, part)),
        }
    }
    parts
}

impl Language {
    /// How long the first part of `rest` is, and what it is.
    fn next(&self, rest: &str) -> (usize, CodePart) {
        if self.line_comments.iter().any(|mark| rest.starts_with(mark)) {
            return (rest.find('\n').unwrap_or(rest.len()), CodePart::Comment);
        }
        if let Some((open, close)) = self.block_comment
            && let Some(inside) = rest.strip_prefix(open)
        {
            let end = inside.find(close).map_or(rest.len(), |at| open.len() + at + close.len());
            return (end, CodePart::Comment);
        }
        if let Some(quote) = self.quotes.iter().find(|quote| rest.starts_with(**quote)) {
            return (quoted(rest, quote), CodePart::Text);
        }
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        match word {
            0 => (first, CodePart::Plain),
            _ if rest.starts_with(|c: char| c.is_ascii_digit()) => (number(rest), CodePart::Number),
            _ if self.knows(&rest[..word]) => (word, CodePart::Keyword),
            _ => (word, CodePart::Plain),
        }
    }

    fn knows(&self, word: &str) -> bool {
        self.words
            .split_ascii_whitespace()
            .any(|known| known == word || (self.ignores_case && known.eq_ignore_ascii_case(word)))
    }
}

/// The length of a text; one in single marks ends with its line, if not before.
fn quoted(rest: &str, quote: &str) -> usize {
    let mut at = quote.len();
    while at < rest.len() {
        let ahead = &rest[at..];
        if ahead.starts_with(quote) {
            return at + quote.len();
        }
        let mut chars = ahead.chars();
        at += match chars.next() {
            Some('\\') => 1 + chars.next().map_or(0, char::len_utf8),
            Some('\n') if quote.len() == 1 && quote != "`" => return at,
            first => first.map_or(1, char::len_utf8),
        };
    }
    rest.len()
}

/// The length of a number with its point, exponent and suffix.
fn number(rest: &str) -> usize {
    let mut before = ' ';
    let ends = |c: char| {
        let belongs =
            c.is_alphanumeric() || c == '_' || c == '.' || (matches!(c, '+' | '-') && before == 'e');
        before = c;
        !belongs
    };
    rest.find(ends).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named<'a>(language: &str, code: &'a str) -> Vec<(&'a str, CodePart)> {
        let mut start = 0;
        parts(language, code)
            .into_iter()
            .map(|(end, part)| (&code[std::mem::replace(&mut start, end)..end], part))
            .filter(|(text, part)| *part != CodePart::Plain && !text.trim().is_empty())
            .collect()
    }

    #[test]
    fn words_texts_numbers_and_comments_are_told_apart() {
        assert_eq!(
            named("rust", "let x = \"a \\\" b\"; // fn 1\nreturned = 1.5e-3_f32;"),
            [
                ("let", CodePart::Keyword),
                ("\"a \\\" b\"", CodePart::Text),
                ("// fn 1", CodePart::Comment),
                ("1.5e-3_f32", CodePart::Number),
            ]
        );
        assert_eq!(
            named("Python", "def f():\n  '''a\nb'''  # c"),
            [("def", CodePart::Keyword), ("'''a\nb'''", CodePart::Text), ("# c", CodePart::Comment)]
        );
        assert_eq!(
            named("sql", "SELECT é FROM t"),
            [("SELECT", CodePart::Keyword), ("FROM", CodePart::Keyword)]
        );
        assert_eq!(named("c", "/* open"), [("/* open", CodePart::Comment)]);
        assert!(named("klingon", "if 1").is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

        #[test]
        fn all_of_any_code_is_in_some_part(code in "[ -~\\n\"'`é日/*#]{0,60}", language in 0..LANGUAGES.len()) {
            let mut start = 0;
            for (end, _) in parts(LANGUAGES[language].names[0], &code) {
                prop_assert!(end > start && code.is_char_boundary(end));
                start = end;
            }
            prop_assert_eq!(start, code.len());
        }
    }
}
