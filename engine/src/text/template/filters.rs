//! jinja2's filters, tests and functions, where minijinja's differ or are missing. Source: jinja2 3.1, `filters.py`, `tests.py`.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use minijinja_contrib::{filters, globals};

use super::{cycler, percent, python, wordwrap};

/// Adds them to an environment.
pub(super) fn add_to(environment: &mut Environment<'static>) {
    environment.add_test("iterable", |value: &Value| !value.is_none() && value.try_iter().is_ok());
    environment.add_test("sequence", |value: &Value| {
        let kind = value.kind();
        matches!(kind, ValueKind::Seq | ValueKind::Map | ValueKind::String | ValueKind::Undefined)
    });
    environment.add_test("callable", |value: &Value| {
        value.kind() == ValueKind::Plain && value.as_object().is_some()
    });
    environment.add_filter("indent", indent);
    environment.add_filter("int", int);
    environment.add_filter("float", float);
    environment.add_filter("title", |text: &Value| python::python_str(text).map(|text| title(&text)));
    environment.add_filter("center", center);
    environment
        .add_filter("wordcount", |text: &Value| python::python_str(text).map(|text| word_count(&text)));
    environment.add_filter("truncate", truncate);
    environment.add_filter("striptags", |text: &Value| python::python_str(text).map(filters::striptags));
    environment.add_filter("urlencode", |text: &Value| python::python_str(text).map(|text| quoted(&text)));
    environment.add_filter("wordwrap", wordwrap);
    environment.add_filter("xmlattr", xmlattr);
    environment.add_filter("random", random);
    environment.add_filter(percent::NAME, percent::percent);
    environment.add_function("cycler", cycler::cycler);
    environment.add_function("joiner", globals::joiner);
}

/// Arguments that may be given by place or by name.
struct Given {
    positional: Vec<Value>,
    options: Kwargs,
}

impl Given {
    fn get(&self, place: usize, name: &str) -> Result<Option<Value>, Error> {
        let named: Option<Value> = self.options.get(name)?;
        Ok(self.positional.get(place).cloned().or(named))
    }
}

/// `wordwrap(width=79, break_long_words=True, wrapstring='\n', break_on_hyphens=True)`.
fn wordwrap(text: &Value, given: Rest<Value>, options: Kwargs) -> Result<String, Error> {
    let given = Given { positional: given.0, options };
    let flag = |place, name| Ok::<_, Error>(given.get(place, name)?.is_none_or(|flag| flag.is_true()));
    let width = given.get(0, "width")?.and_then(|width| width.as_usize()).unwrap_or(79);
    let (breaks_words, breaks_hyphens) = (flag(1, "break_long_words")?, flag(3, "break_on_hyphens")?);
    let wrap = given.get(2, "wrapstring")?.filter(|wrap| !wrap.is_none());
    let wrap = wrap.map_or_else(|| Ok("\n".to_owned()), |wrap| python::python_str(&wrap))?;
    given.options.assert_all_used()?;
    Ok(wordwrap::word_wrap(&python::python_str(text)?, width, breaks_words, &wrap, breaks_hyphens))
}

/// `xmlattr(autospace=True)`: a dictionary as attributes of an element; entries without a value are left out.
fn xmlattr(attributes: &Value, autospace: Option<bool>) -> Result<String, Error> {
    let mut output = String::new();
    for key in attributes.try_iter()? {
        let value = attributes.get_item(&key)?;
        if value.is_none() || value.is_undefined() {
            continue;
        }
        let key = python::python_str(&key)?;
        if key.contains(|c: char| c.is_ascii_whitespace() || "/>=".contains(c)) {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                "invalid character in the name of an attribute",
            ));
        }
        let value = escaped(&python::python_str(&value)?);
        output.extend([if output.is_empty() { "" } else { " " }, &escaped(&key), "=\"", &value, "\""]);
    }
    let space = if autospace.unwrap_or(true) && !output.is_empty() { " " } else { "" };
    Ok(format!("{space}{output}"))
}

/// A text as HTML, as markupsafe escapes it.
fn escaped(text: &str) -> String {
    let signs = [("&", "&amp;"), (">", "&gt;"), ("<", "&lt;"), ("'", "&#39;"), ("\"", "&#34;")];
    signs.iter().fold(text.to_owned(), |text, (sign, name)| text.replace(sign, name))
}

/// `random`: one item of a list or one character, by chance; undefined if there is none.
fn random(list: &Value) -> Result<Value, Error> {
    let items: Vec<Value> = match list.as_str() {
        Some(text) => text.chars().map(Value::from).collect(),
        None => list.try_iter()?.collect(),
    };
    // The keys of a hasher are the standard library's source of chance.
    let chance = RandomState::new().build_hasher().finish() as usize;
    Ok(items.get(chance % items.len().max(1)).cloned().unwrap_or_default())
}

/// `truncate(length=255, killwords=False, end='...', leeway=5)`.
fn truncate(text: &Value, given: Rest<Value>, options: Kwargs) -> Result<String, Error> {
    let given = Given { positional: given.0, options };
    let number = |place, name, default| {
        let value = given.get(place, name)?;
        Ok::<_, Error>(value.and_then(|value| value.as_usize()).unwrap_or(default))
    };
    let (length, leeway) = (number(0, "length", 255)?, number(3, "leeway", 5)?);
    let kills_words = given.get(1, "killwords")?.is_some_and(|kills| kills.is_true());
    let end = given.get(2, "end")?.map_or_else(|| Ok("...".to_owned()), |end| python::python_str(&end))?;
    given.options.assert_all_used()?;
    let text = python::python_str(text)?;
    if text.chars().count() <= length.saturating_add(leeway) {
        return Ok(text);
    }
    let cut: String = text.chars().take(length.saturating_sub(end.chars().count())).collect();
    let kept = if kills_words { &cut } else { cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words) };
    Ok(format!("{kept}{end}"))
}

fn invalid(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// `indent(width=4, first=False, blank=False)`, where the width may be a text; lines keep their ends, the last one too.
fn indent(state: &State, text: &Value, given: Rest<Value>, options: Kwargs) -> Result<String, Error> {
    let given = Given { positional: given.0, options };
    let width = given.get(0, "width")?;
    let first = given.get(1, "first")?.is_some_and(|first| first.is_true());
    let blank = given.get(2, "blank")?.is_some_and(|blank| blank.is_true());
    given.options.assert_all_used()?;
    let text = python::python_str(text)?;
    let lines: Vec<&str> = text.split('\n').collect();
    let (filling, length) = match &width {
        None => (None, 4),
        Some(width) => match width.as_str() {
            Some(filling) => (Some(filling), filling.len()),
            None => (None, width.as_usize().ok_or_else(|| invalid("the width is not a number"))?),
        },
    };
    let made = (length as u64).saturating_mul(lines.len() as u64).saturating_add(text.len() as u64);
    state.consume_fuel(made / 64)?;
    let filling = filling.map_or_else(|| " ".repeat(length), str::to_owned);
    let mut output = String::new();
    for (index, line) in lines.into_iter().enumerate() {
        let is_indented = if index == 0 { first } else { blank || !line.is_empty() };
        output.push_str(if index == 0 { "" } else { "\n" });
        output.push_str(if is_indented { &filling } else { "" });
        output.push_str(line);
    }
    Ok(output)
}

/// `int(default=0, base=10)`: the default where the value is not a number.
#[allow(clippy::needless_pass_by_value, reason = "the shape of minijinja's filters")]
fn int(value: &Value, default: Option<Value>, base: Option<u32>, options: Kwargs) -> Result<Value, Error> {
    let default = match default {
        Some(default) => default,
        None => options.get::<Option<Value>>("default")?.unwrap_or_else(|| Value::from(0)),
    };
    let base = base.or(options.get("base")?).unwrap_or(10);
    options.assert_all_used()?;
    let parsed = match value.as_str() {
        Some(text) => {
            let text = text.trim().replace('_', "");
            let digits = match base {
                16 => text.strip_prefix("0x").or(text.strip_prefix("0X")).unwrap_or(&text),
                8 => text.strip_prefix("0o").unwrap_or(&text),
                2 => text.strip_prefix("0b").unwrap_or(&text),
                _ => &text,
            };
            let whole = (2..=36).contains(&base).then(|| i64::from_str_radix(digits, base).ok()).flatten();
            whole.map(Value::from).or_else(|| truncated(text.parse::<f64>().ok()?))
        }
        None if value.is_integer() => Some(value.clone()),
        None if value.kind() == ValueKind::Bool => Some(Value::from(i64::from(value.is_true()))),
        None => f64::try_from(value.clone()).ok().and_then(truncated),
    };
    Ok(parsed.unwrap_or(default))
}

fn truncated(number: f64) -> Option<Value> {
    (number.is_finite() && number.abs() < 9e18).then(|| Value::from(number as i64))
}

/// `float(default=0.0)`: the default where the value is not a number.
fn float(value: &Value, default: Option<Value>) -> Value {
    let number = match value.as_str() {
        Some(text) => text.trim().parse::<f64>().ok(),
        None => f64::try_from(value.clone()).ok(),
    };
    number.map(Value::from).or(default).unwrap_or_else(|| Value::from(0.0))
}

/// The filter `title`: words begin behind white space, hyphens and opening brackets.
fn title(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        if begins {
            output.extend(c.to_uppercase());
        } else {
            output.extend(c.to_lowercase());
        }
        begins = c.is_whitespace() || "-({[<".contains(c);
    }
    output
}

/// The filter `center(width=80)`.
fn center(state: &State, text: &Value, width: Option<usize>) -> Result<String, Error> {
    let (text, width) = (python::python_str(text)?, width.unwrap_or(80));
    let missing = width.saturating_sub(text.chars().count());
    state.consume_fuel(missing as u64 / 64)?;
    let left = missing / 2 + (missing & width & 1);
    Ok(format!("{}{text}{}", " ".repeat(left), " ".repeat(missing - left)))
}

/// Runs of letters, digits and underscores.
fn word_count(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).count()
}

/// A text as part of an address; slashes stay.
fn quoted(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~/".contains(&byte) {
            output.push(char::from(byte));
        } else {
            let digit =
                |number: u8| char::from_digit(u32::from(number), 16).unwrap_or_default().to_ascii_uppercase();
            output.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    output
}
