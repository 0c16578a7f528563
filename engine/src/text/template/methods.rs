//! Python's methods of strings and lists, where minijinja's differ or are missing.
//!
//! Positions count characters, as in Python. What can make more text than it was given is paid for before it is made.

use minijinja::value::{Kwargs, Rest, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State, Value};
use minijinja_contrib::pycompat;

use super::conversions;

/// Calls a method that a value does not have of itself.
pub(super) fn call(state: &mut State, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let found = match value.kind() {
        ValueKind::String => string_method(state, value.as_str().unwrap_or_default(), method, args)?,
        ValueKind::Seq if method == "index" => Some(index_in(value, args)?),
        _ => None,
    };
    found.map_or_else(|| pycompat::unknown_method_callback(state, value, method, args), Ok)
}

/// A method of strings; `None` for those that minijinja knows rightly.
fn string_method(
    state: &mut State,
    text: &str,
    method: &str,
    args: &[Value],
) -> Result<Option<Value>, Error> {
    let value = match method {
        "find" | "index" => place(text, method, args, |text, wanted| text.find(wanted))?,
        "rfind" | "rindex" => place(text, method, args, |text, wanted| text.rfind(wanted))?,
        "count" => {
            let (wanted, within) = part(text, args)?;
            let empty = within.map_or(0, |(_, within)| within.chars().count() + 1);
            let count = |(_, within): (usize, &str)| within.matches(&wanted).count();
            Value::from(if wanted.is_empty() { empty } else { within.map_or(0, count) })
        }
        "startswith" => Value::from(edge(text, args, |text, edge| text.starts_with(edge))?),
        "endswith" => Value::from(edge(text, args, |text, edge| text.ends_with(edge))?),
        "split" | "rsplit" => split(state, text, method == "rsplit", args)?,
        "partition" | "rpartition" => {
            let (separator,): (&str,) = from_args(args)?;
            partition(text, separator, method == "rpartition")?
        }
        "removeprefix" => {
            let (prefix,): (&str,) = from_args(args)?;
            Value::from(text.strip_prefix(prefix).unwrap_or(text))
        }
        "removesuffix" => {
            let (suffix,): (&str,) = from_args(args)?;
            Value::from(text.strip_suffix(suffix).unwrap_or(text))
        }
        "zfill" => {
            let (width,): (usize,) = from_args(args)?;
            let missing = paid(state, width, text)?;
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['+', '-'])));
            Value::from(format!("{sign}{}{digits}", "0".repeat(missing)))
        }
        "ljust" | "rjust" | "center" => {
            let (width, fill): (usize, Option<&str>) = from_args(args)?;
            justified(state, text, method, width, fill.unwrap_or(" "))?
        }
        // Folding differs from lower case in a few letters only.
        "casefold" => {
            let () = from_args(args)?;
            Value::from(text.replace(['ß', 'ẞ'], "ss").to_lowercase())
        }
        "swapcase" => {
            let () = from_args(args)?;
            Value::from(text.chars().map(swapped).collect::<String>())
        }
        "title" => {
            let () = from_args(args)?;
            Value::from(title(text))
        }
        "format" => {
            pay_for_widths(state, text, args)?;
            if !["!r", "!s", "!a"].iter().any(|conversion| text.contains(conversion)) {
                return Ok(None);
            }
            let (text, args) = conversions::applied(text, args)?;
            return pycompat::unknown_method_callback(state, &Value::from(text), method, &args).map(Some);
        }
        "isdecimal" => Value::from(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit())),
        _ => return Ok(None),
    };
    Ok(Some(value))
}

/// Pays for the widths that a format asks for, whether it gives them itself or takes them from numbers.
fn pay_for_widths(state: &State, format: &str, args: &[Value]) -> Result<(), Error> {
    let written = format.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let given = args.iter().filter(|arg| arg.is_integer()).map(ToString::to_string);
    // A format may take a width from an argument only where it nests braces.
    let is_nested = format.split('{').skip(1).any(|field| !field.contains('}'));
    let widths = written.map(str::to_owned).chain(given.filter(|_| is_nested));
    let total = widths.map(|width| width.parse().unwrap_or(u64::MAX)).fold(0_u64, u64::saturating_add);
    state.consume_fuel(total / 64)
}

fn not_found(what: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("{what} not found"))
}

/// The characters before `width` that `text` lacks, paid for.
fn paid(state: &State, width: usize, text: &str) -> Result<usize, Error> {
    let missing = width.saturating_sub(text.chars().count());
    state.consume_fuel(missing as u64 / 64)?;
    Ok(missing)
}

/// A part of a text that positions begin and end, and how many characters come before it; `None` where the beginning lies
/// behind the text.
type Within<'t> = Option<(usize, &'t str)>;

/// The text that is looked for, and the part of `text` that the arguments behind it name.
fn part<'t>(text: &'t str, args: &[Value]) -> Result<(String, Within<'t>), Error> {
    let (wanted, start, end): (&str, Option<i64>, Option<i64>) = from_args(args)?;
    Ok((wanted.to_owned(), within(text, start, end)))
}

fn within(text: &str, start: Option<i64>, end: Option<i64>) -> Within<'_> {
    let length = text.chars().count();
    let position = |at: i64| {
        let from_end = i64::try_from(length).unwrap_or(i64::MAX).saturating_add(at);
        usize::try_from(if at < 0 { from_end.max(0) } else { at }).unwrap_or(usize::MAX)
    };
    let start = start.map_or(0, position);
    let end = end.map_or(length, position).min(length);
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    (start <= length).then(|| (start, if start <= end { &text[byte(start)..byte(end)] } else { "" }))
}

fn place(
    text: &str,
    method: &str,
    args: &[Value],
    find: for<'t> fn(&'t str, &'t str) -> Option<usize>,
) -> Result<Value, Error> {
    let (wanted, within) = part(text, args)?;
    let found = within.and_then(|(before, within)| {
        let byte = find(within, wanted.as_str())?;
        Some(before + within[..byte].chars().count())
    });
    match found {
        Some(place) => Ok(Value::from(place)),
        None if method.ends_with("index") => Err(not_found("the substring was")),
        None => Ok(Value::from(-1)),
    }
}

/// Whether the text, or the part of it that positions name, has one of the edges, given as a text or several.
fn edge(text: &str, args: &[Value], has: fn(&str, &str) -> bool) -> Result<bool, Error> {
    let (edges, start, end): (&Value, Option<i64>, Option<i64>) = from_args(args)?;
    let Some((_, within)) = within(text, start, end) else { return Ok(false) };
    if let Some(edge) = edges.as_str() {
        return Ok(has(within, edge));
    }
    Ok(edges.try_iter()?.any(|edge| edge.as_str().is_some_and(|edge| has(within, edge))))
}

fn split(state: &State, text: &str, from_right: bool, args: &[Value]) -> Result<Value, Error> {
    let (positional, options): (Rest<Value>, Kwargs) = from_args(args)?;
    let named: Option<Value> = options.get("sep")?;
    let separator = positional.first().cloned().or(named).filter(|separator| !separator.is_none());
    let most: Option<i64> = match positional.get(1) {
        Some(most) => Some(i64::try_from(most.clone())?),
        None => options.get("maxsplit")?,
    };
    options.assert_all_used()?;
    // One list place for each part.
    state.consume_fuel(text.len() as u64 / 16)?;
    let most = most.and_then(|most| usize::try_from(most).ok()).map(|most| most.saturating_add(1));
    let parts: Vec<&str> = match separator.as_ref().map(|separator| separator.as_str()) {
        Some(Some("")) => return Err(Error::new(ErrorKind::InvalidOperation, "the separator is empty")),
        Some(Some(separator)) => match (most, from_right) {
            (None, _) => text.split(separator).collect(),
            (Some(most), false) => text.splitn(most, separator).collect(),
            (Some(most), true) => reversed(text.rsplitn(most, separator).collect()),
        },
        Some(None) => return Err(Error::new(ErrorKind::InvalidOperation, "the separator is not a string")),
        None => words(text, most.unwrap_or(usize::MAX), from_right),
    };
    Ok(parts.into_iter().map(Value::from).collect())
}

fn reversed(mut parts: Vec<&str>) -> Vec<&str> {
    parts.reverse();
    parts
}

/// The words of a text, at most `most`, of which the last takes the rest, or from the right the first.
fn words(text: &str, most: usize, from_right: bool) -> Vec<&str> {
    let mut rest = if from_right { text.trim_end() } else { text.trim_start() };
    let mut words = Vec::new();
    while !rest.is_empty() {
        let cut = if from_right { rest.rfind(char::is_whitespace) } else { rest.find(char::is_whitespace) };
        match cut.filter(|_| words.len() + 1 < most) {
            None => {
                words.push(rest);
                break;
            }
            Some(cut) if from_right => {
                let (before, word) =
                    rest.split_at(cut + rest[cut..].chars().next().map_or(0, char::len_utf8));
                words.push(word);
                rest = before.trim_end();
            }
            Some(cut) => {
                words.push(&rest[..cut]);
                rest = rest[cut..].trim_start();
            }
        }
    }
    if from_right { reversed(words) } else { words }
}

fn partition(text: &str, separator: &str, from_right: bool) -> Result<Value, Error> {
    if separator.is_empty() {
        return Err(Error::new(ErrorKind::InvalidOperation, "the separator is empty"));
    }
    let found = if from_right { text.rsplit_once(separator) } else { text.split_once(separator) };
    let parts = match found {
        Some((before, after)) => [before, separator, after],
        None if from_right => ["", "", text],
        None => [text, "", ""],
    };
    Ok(parts.into_iter().map(Value::from).collect())
}

fn justified(state: &State, text: &str, method: &str, width: usize, fill: &str) -> Result<Value, Error> {
    if fill.chars().count() != 1 {
        return Err(Error::new(ErrorKind::InvalidOperation, "the fill is not one character"));
    }
    let missing = paid(state, width, text)?;
    let left = match method {
        "ljust" => 0,
        "rjust" => missing,
        // Python gives the odd one to the left if the width is odd.
        _ => missing / 2 + (missing & width & 1),
    };
    Ok(Value::from(format!("{}{text}{}", fill.repeat(left), fill.repeat(missing - left))))
}

fn swapped(c: char) -> String {
    if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
}

/// Python's `str.title`: a letter behind one that is none becomes a capital, the others small.
fn title(text: &str) -> String {
    let mut is_inside = false;
    let mut output = String::with_capacity(text.len());
    for c in text.chars() {
        if is_inside {
            output.extend(c.to_lowercase());
        } else {
            output.extend(c.to_uppercase());
        }
        is_inside = c.is_alphabetic();
    }
    output
}

fn index_in(list: &Value, args: &[Value]) -> Result<Value, Error> {
    let (wanted,): (&Value,) = from_args(args)?;
    let place = list.try_iter()?.position(|item| item == *wanted);
    place.map(Value::from).ok_or_else(|| not_found("the item was"))
}
