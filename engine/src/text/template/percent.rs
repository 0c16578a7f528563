//! Python's `%` between a string literal and its values, which minijinja does not have: `'%s of %s' % (a, b)`.
//!
//! The lexer writes it as a call of the filter [`NAME`], whose argument is the right side; here its values are put into the text
//! by minijinja's filter `format`.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, State, Value};

use super::literal::string_length;
use super::python;

/// Name of the filter, which no template has.
pub(super) const NAME: &str = "__percent";

/// Puts `values` into `format`: the items of a tuple, the entries of a dictionary by their names, or one value.
pub(super) fn percent(state: &mut State, format: &Value, values: &Value) -> Result<Value, Error> {
    let text = format.as_str().unwrap_or_default();
    let is_named = values.kind() == ValueKind::Map && text.contains("%(");
    let given: Vec<Value> = match (is_named, values.is_tuple()) {
        (true, _) => Vec::new(),
        (false, true) => values.try_iter()?.collect(),
        (false, false) => vec![values.clone()],
    };
    let (text, given) = with_spelled(text, given)?;
    let mut arguments = vec![Value::from(text)];
    arguments.extend(given);
    if is_named {
        let mut pairs = Vec::new();
        for key in values.try_iter()? {
            pairs.push((key.to_string(), values.get_item(&key)?));
        }
        arguments.push(Kwargs::from_iter(pairs).into());
    }
    state.apply_filter("format", &arguments)
}

/// The format with `%s` for each `%r`, and the values with those for `%r` as Python's `repr` spells them.
fn with_spelled(format: &str, mut values: Vec<Value>) -> Result<(String, Vec<Value>), Error> {
    let (mut output, mut rest, mut place) = (String::with_capacity(format.len()), format, 0);
    while let Some(start) = rest.find('%') {
        let spec = &rest[start + 1..];
        let end = spec.find(|c: char| c.is_ascii_alphabetic() || c == '%' || c == '(').unwrap_or(spec.len());
        output.push_str(&rest[..=start]);
        output.push_str(&spec[..end]);
        // A width given as a star takes a value of its own.
        place += spec[..end].matches('*').count();
        let kind = spec[end..].chars().next();
        match (kind, values.get_mut(place)) {
            (Some('r'), Some(value)) => {
                *value = Value::from(python::python_repr(value)?);
                output.push('s');
            }
            _ => output.extend(kind),
        }
        place += usize::from(!matches!(kind, Some('%' | '(') | None));
        rest = &spec[end + kind.map_or(0, char::len_utf8)..];
    }
    output.push_str(rest);
    Ok((output, values))
}

/// Appends `tag` with every `%` behind a string literal as a call of the filter.
pub(super) fn with_calls(tag: &str, output: &mut String) {
    let (mut at, mut copied) = (0, 0);
    while let Some(start) = tag[at..].find(['\'', '"']).map(|found| at + found) {
        let end = start + string_length(&tag[start..], tag.as_bytes()[start]);
        at = end;
        let Some(after) = tag.get(end..) else { break };
        let operator = after.trim_start();
        let is_operator =
            operator.starts_with('%') && !operator.starts_with("%}") && !operator.starts_with("%%");
        if !is_operator {
            continue;
        }
        let begin = end + (after.len() - operator.len()) + 1;
        let length = operand(&tag[begin..]);
        if length == 0 {
            continue;
        }
        output.push_str(&tag[copied..end]);
        output.extend([" | ", NAME, "("]);
        with_calls(&tag[begin..begin + length], output);
        output.push(')');
        (copied, at) = (begin + length, begin + length);
    }
    output.push_str(&tag[copied..]);
}

/// Bytes of the operand that `rest` begins with: a literal, a name or something in brackets, and what is called, looked up and
/// filtered of it; 0 if there is none.
fn operand(rest: &str) -> usize {
    let mut at = rest.len() - rest.trim_start().len();
    let Some(mut end) = primary(rest, at) else { return 0 };
    loop {
        at = end + (rest[end..].len() - rest[end..].trim_start().len());
        let next = match rest[at..].chars().next() {
            Some('(' | '[') => bracketed(rest, at),
            Some('.' | '|') => {
                let name = at + 1 + (rest[at + 1..].len() - rest[at + 1..].trim_start().len());
                primary(rest, name).filter(|_| !rest[name..].starts_with(['(', '[', '{', '\'', '"']))
            }
            _ => None,
        };
        match next {
            Some(next) => end = next,
            None => return end,
        }
    }
}

fn primary(rest: &str, at: usize) -> Option<usize> {
    let text = &rest[at..];
    match text.chars().next()? {
        '(' | '[' | '{' => bracketed(rest, at),
        '\'' | '"' => Some(at + string_length(text, text.as_bytes()[0])),
        c if c.is_alphanumeric() || c == '_' => {
            Some(at + text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len()))
        }
        _ => None,
    }
}

/// The place behind the bracket that closes the one at `at`; strings within are passed over.
fn bracketed(rest: &str, at: usize) -> Option<usize> {
    let (bytes, mut depth, mut place) = (rest.as_bytes(), 0_usize, at);
    while place < bytes.len() {
        match bytes[place] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(place + 1);
                }
            }
            quote @ (b'\'' | b'"') => {
                place += string_length(&rest[place..], quote);
                continue;
            }
            _ => {}
        }
        place += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_operator_behind_a_literal_is_rewritten() {
        let written = |tag: &str| {
            let mut output = String::new();
            with_calls(tag, &mut output);
            output
        };
        for same in
            ["{{ 7 % 3 }}", "{% if 'a' %}", "{{ '%s' | format(a) }}", "{{ 'a' % }}", "{{ 'a%'", "{{ '"]
        {
            assert_eq!(written(same), same);
        }
        assert_eq!(
            written("{{ '%s' % a.b['c'] | upper ~ 'x' }}"),
            "{{ '%s' | __percent( a.b['c'] | upper) ~ 'x' }}"
        );
        assert_eq!(written("{{ '%s' % ('%d' % 1) }}"), "{{ '%s' | __percent( ('%d' | __percent( 1))) }}");
    }
}
