//! Conversions in the fields of `str.format`: `{!r}`, `{name!s:>9}`.
//!
//! Each field with one gets the converted text as an argument of its own, behind those that were given.

use minijinja::value::{Kwargs, Rest, from_args};
use minijinja::{Error, ErrorKind, Value};

use super::python;

/// The format with its conversions applied, and the arguments that it then takes.
pub(super) fn applied(format: &str, args: &[Value]) -> Result<(String, Vec<Value>), Error> {
    let (positional, named): (Rest<Value>, Kwargs) = from_args(args)?;
    let mut given = positional.0;
    let (n_given, mut next) = (given.len(), 0_usize);
    let (mut output, mut rest) = (String::with_capacity(format.len()), format);
    while let Some(open) = rest.find(['{', '}']) {
        output.push_str(&rest[..open]);
        rest = &rest[open..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            output.push_str(&rest[..2]);
            rest = &rest[2..];
            continue;
        }
        let Some((field, after)) = rest.strip_prefix('{').and_then(|field| field.split_once('}')) else {
            break;
        };
        rest = after;
        let (name, spec) = field.split_once(':').map_or((field, None), |(name, spec)| (name, Some(spec)));
        let (name, conversion) = name.split_once('!').map_or((name, None), |(name, how)| (name, Some(how)));
        let name = if name.is_empty() {
            next += 1;
            (next - 1).to_string()
        } else {
            name.to_owned()
        };
        let name = match conversion {
            None => name,
            Some(how) => {
                let value = match name.parse::<usize>() {
                    Ok(place) => given.get(place).filter(|_| place < n_given).cloned(),
                    Err(_) => named.get::<Option<Value>>(&name)?,
                };
                let missing =
                    || Error::new(ErrorKind::MissingArgument, format!("no argument for {{{name}}}"));
                given.push(Value::from(converted(&value.ok_or_else(missing)?, how)?));
                (given.len() - 1).to_string()
            }
        };
        output.extend(["{", &name]);
        output.extend(spec.map(|spec| format!(":{spec}")));
        output.push('}');
    }
    output.push_str(rest);
    given.push(named.into());
    Ok((output, given))
}

/// A value as Python's `repr`, `str` or `ascii` spells it.
fn converted(value: &Value, how: &str) -> Result<String, Error> {
    match how {
        "s" => python::python_str(value),
        "r" => python::python_repr(value),
        "a" => {
            let text = python::python_repr(value)?;
            let escape = |c: char| match u32::from(c) {
                0..=0x7f => c.to_string(),
                code @ 0x80..=0xff => format!("\\x{code:02x}"),
                code @ 0x100..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            };
            Ok(text.chars().map(escape).collect())
        }
        _ => Err(Error::new(ErrorKind::InvalidOperation, format!("unknown conversion {how:?} of a format"))),
    }
}
