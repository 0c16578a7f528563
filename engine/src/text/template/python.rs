//! Differences between Python's Jinja and minijinja: printing of values, `tojson`, `strftime_now`.

use std::fmt::Write as _;

use chrono::NaiveDateTime;
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Output, State, Value};

/// Deepest nesting that is printed; a template cannot build a cycle, but it can nest deeply.
const MAX_DEPTH: usize = 128;

/// Longest text that one value prints as, in bytes: a list that holds itself twice, forty times over, would fill the memory.
const MAX_TEXT: usize = 16 << 20;

/// Refuses values that are nested too deeply or print too long.
fn check(depth: usize, text: &str) -> Result<(), Error> {
    let fault = match (depth > MAX_DEPTH, text.len() > MAX_TEXT) {
        (true, _) => "a value is nested too deeply",
        (_, true) => "a value is too long",
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::InvalidOperation, fault))
}

/// Writes `value` into the prompt as Python's `str` spells it.
pub(super) fn write_value(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    let written = match value.as_str() {
        Some(text) => out.write_str(text),
        None => out.write_str(&python_str(value)?),
    };
    written.map_err(|error| {
        Error::new(ErrorKind::WriteFailure, "the prompt has become too long").with_source(error)
    })
}

/// Formats a value as Python's `str(value)`.
pub(super) fn python_str(value: &Value) -> Result<String, Error> {
    let mut text = String::new();
    match value.kind() {
        ValueKind::Undefined => {}
        ValueKind::String => text.push_str(value.as_str().unwrap_or_default()),
        _ => write_repr(value, 0, &mut text)?,
    }
    Ok(text)
}

/// Formats a value as Python's `repr(value)`.
pub(super) fn python_repr(value: &Value) -> Result<String, Error> {
    let mut text = String::new();
    write_repr(value, 0, &mut text)?;
    Ok(text)
}

fn write_repr(value: &Value, depth: usize, text: &mut String) -> Result<(), Error> {
    check(depth, text)?;
    match value.kind() {
        ValueKind::Undefined => text.push_str("Undefined"),
        ValueKind::None => text.push_str("None"),
        ValueKind::Bool => text.push_str(if value.is_true() { "True" } else { "False" }),
        ValueKind::String => write_quoted(value.as_str().unwrap_or_default(), text),
        ValueKind::Map => {
            text.push('{');
            for (index, key) in value.try_iter()?.enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_repr(&key, depth + 1, text)?;
                text.push_str(": ");
                write_repr(&value.get_item(&key)?, depth + 1, text)?;
            }
            text.push('}');
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let (open, close) = if value.is_tuple() { ('(', ')') } else { ('[', ']') };
            text.push(open);
            for (index, item) in value.try_iter()?.enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_repr(&item, depth + 1, text)?;
            }
            text.push_str(if value.is_tuple() && value.len() == Some(1) { "," } else { "" });
            text.push(close);
        }
        ValueKind::Number => text.push_str(&number(value)),
        _ => text.push_str(&value.to_string()),
    }
    Ok(())
}

/// A number as Python prints it: floats have an exponent below 1e-4 and from 1e16 on.
fn number(value: &Value) -> String {
    let float = if value.is_integer() { None } else { f64::try_from(value.clone()).ok() };
    let Some(float) = float.filter(|float| float.is_finite()) else { return value.to_string() };
    let scientific = format!("{float:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse::<i32>() {
        Ok(exponent) if exponent != 0 && !(-4..16).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => format!("{float:?}"),
    }
}

/// Writes a string between the quotes that Python would choose.
fn write_quoted(content: &str, text: &mut String) {
    let quote = if content.contains('\'') && !content.contains('"') { '"' } else { '\'' };
    text.push(quote);
    for c in content.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\\' => text.push_str("\\\\"),
            c if c == quote => text.extend(['\\', c]),
            c if c.is_control() => {
                text.extend(['\\', 'x', hex_digit(u32::from(c) >> 4), hex_digit(u32::from(c))]);
            }
            c => text.push(c),
        }
    }
    text.push(quote);
}

/// The last hexadecimal digit of `number`.
fn hex_digit(number: u32) -> char {
    char::from_digit(number & 15, 16).unwrap_or_default()
}

/// The filter `tojson` of transformers: `json.dumps` with `ensure_ascii=False`, nothing escaped for HTML.
#[allow(clippy::needless_pass_by_value, reason = "the shape of minijinja's filters")]
pub(super) fn tojson(state: &State, value: &Value, options: Kwargs) -> Result<Value, Error> {
    let indent: Option<Value> = options.get("indent")?;
    let indent = indent.filter(|indent| !indent.is_none()).map(|indent| match indent.as_str() {
        Some(filling) => filling.chars().take(MAX_DEPTH).collect(),
        None => " ".repeat(indent.as_usize().unwrap_or_default().min(MAX_DEPTH)),
    });
    let separators: Option<Vec<String>> = options.get("separators")?;
    let layout = Layout {
        indent,
        ensure_ascii: options.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false),
        sort_keys: options.get::<Option<bool>>("sort_keys")?.unwrap_or(false),
        between: separators.as_ref().and_then(|pair| pair.first().cloned()),
        after_key: separators
            .as_ref()
            .and_then(|pair| pair.get(1).cloned())
            .unwrap_or_else(|| ": ".to_owned()),
    };
    options.assert_all_used()?;
    let mut text = String::new();
    layout.write(value, 0, &mut text)?;
    state.consume_fuel(text.len() as u64 / 64)?;
    Ok(Value::from(text))
}

/// Options of `json.dumps`.
struct Layout {
    indent: Option<String>,
    ensure_ascii: bool,
    sort_keys: bool,
    between: Option<String>,
    after_key: String,
}

impl Layout {
    fn write(&self, value: &Value, depth: usize, text: &mut String) -> Result<(), Error> {
        check(depth, text)?;
        match value.kind() {
            ValueKind::None => text.push_str("null"),
            ValueKind::Bool => text.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => text.push_str(&number(value)),
            ValueKind::String => self.write_string(value.as_str().unwrap_or_default(), text),
            ValueKind::Map => self.write_map(value, depth, text)?,
            ValueKind::Seq | ValueKind::Iterable => {
                let items: Vec<Value> = value.try_iter()?.collect();
                self.write_items(['[', ']'], depth, &items, text, |item, text| {
                    self.write(item, depth + 1, text)
                })?;
            }
            kind => {
                let message = format!("a value of kind {kind} cannot be written as JSON");
                return Err(Error::new(ErrorKind::InvalidOperation, message));
            }
        }
        Ok(())
    }

    fn write_map(&self, map: &Value, depth: usize, text: &mut String) -> Result<(), Error> {
        let mut keys: Vec<Value> = map.try_iter()?.collect();
        if self.sort_keys {
            keys.sort();
        }
        self.write_items(['{', '}'], depth, &keys, text, |key, text| {
            if let Some(key) = key.as_str() {
                self.write_string(key, text);
            } else {
                // Python spells keys that are numbers or truth values as their JSON, in quotes.
                text.push('"');
                self.write(key, depth + 1, text)?;
                text.push('"');
            }
            text.push_str(&self.after_key);
            self.write(&map.get_item(key)?, depth + 1, text)
        })
    }

    fn write_items(
        &self,
        [open, close]: [char; 2],
        depth: usize,
        items: &[Value],
        text: &mut String,
        write: impl Fn(&Value, &mut String) -> Result<(), Error>,
    ) -> Result<(), Error> {
        text.push(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                let default = if self.indent.is_some() { "," } else { ", " };
                text.push_str(self.between.as_deref().unwrap_or(default));
            }
            self.break_line(depth + 1, text);
            write(item, text)?;
        }
        if !items.is_empty() {
            self.break_line(depth, text);
        }
        text.push(close);
        Ok(())
    }

    fn break_line(&self, depth: usize, text: &mut String) {
        if let Some(indent) = &self.indent {
            text.push('\n');
            text.extend(std::iter::repeat_n(indent.as_str(), depth));
        }
    }

    fn write_string(&self, content: &str, text: &mut String) {
        text.push('"');
        for c in content.chars() {
            match c {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\u{8}' => text.push_str("\\b"),
                '\u{c}' => text.push_str("\\f"),
                c if c < ' ' || (self.ensure_ascii && !c.is_ascii()) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        text.push_str("\\u");
                        text.extend([12, 8, 4, 0].map(|shift| hex_digit(u32::from(*unit) >> shift)));
                    }
                }
                c => text.push(c),
            }
        }
        text.push('"');
    }
}

/// Formats `now` as Python's `datetime.strftime(format)` does.
pub(super) fn strftime(now: NaiveDateTime, format: &str) -> Result<String, Error> {
    let mut text = String::new();
    // There is no time zone, of which Python writes nothing.
    let format = format.replace("%Z", "").replace("%z", "");
    write!(text, "{}", now.format(&format)).map_err(|error| {
        let message = format!("strftime_now cannot follow the format {format:?}");
        Error::new(ErrorKind::InvalidOperation, message).with_source(error)
    })?;
    Ok(text)
}
