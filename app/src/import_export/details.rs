//! Reasoning as Open WebUI writes it into a reply: `<details type="reasoning" …>` with a summary and a quotation in HTML.

const BEGIN: &str = "<details type=\"reasoning\"";
const END: &str = "</details>";

/// Reasoning and answer of a reply; without such a part, the reply is the answer as it is.
pub(super) fn without_reasoning(reply: &str) -> (String, String) {
    let (mut reasoning, mut answer, mut rest) = (Vec::new(), String::new(), reply);
    while let Some(start) = rest.find(BEGIN) {
        let part = &rest[start + BEGIN.len()..];
        // A part that does not end is text.
        let Some((body, after)) = part.split_once('>').and_then(|(_, part)| part.split_once(END)) else {
            break;
        };
        let body = body.split_once("</summary>").map_or(body, |(_, body)| body);
        reasoning.push(unquoted(body));
        answer.push_str(&rest[..start]);
        rest = after.trim_start();
    }
    if reasoning.is_empty() {
        return (String::new(), reply.to_owned());
    }
    answer.push_str(rest);
    (reasoning.join("\n").trim().to_owned(), answer)
}

/// The text of a quotation in HTML.
fn unquoted(body: &str) -> String {
    let signs =
        [("&gt;", ">"), ("&lt;", "<"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    let plain = signs.iter().fold(body.trim().to_owned(), |text, (name, sign)| text.replace(name, sign));
    let line = |line: &str| {
        let line = line.strip_prefix('>').unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line).to_owned()
    };
    plain.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_comes_apart_from_the_answer() {
        let both = |reply: &str| without_reasoning(reply);
        let reply = "<details type=\"reasoning\" done=\"true\" duration=\"5\">\n<summary>Thought for 5 seconds</summary>\n&gt; Is 1 &lt; 2?\n&gt; Yes.\n</details>\nIt is.";
        assert_eq!(both(reply), ("Is 1 < 2?\nYes.".to_owned(), "It is.".to_owned()));
        for plain in
            ["It is.", "<details>\nmore\n</details>", "<details type=\"reasoning\" done=\"false\">\n> open"]
        {
            assert_eq!(both(plain), (String::new(), plain.to_owned()));
        }
        let twice = format!("A {reply} B {reply}");
        assert_eq!(both(&twice).1, "A It is. B It is.");
    }
}
