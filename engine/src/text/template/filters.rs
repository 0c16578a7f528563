//! jinja2's filters, tests and functions, where minijinja's differ or are missing. Source: jinja2 3.1, `filters.py`, `tests.py`.

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use minijinja_contrib::{filters, globals};

use super::python;

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
    environment.add_function("cycler", |items: Rest<Value>| globals::cycler(items.0));
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
