//! Control words in people's text, through templates and tokenizers.

use super::*;
use crate::text::testing::{TOKENIZERS, recorded, runner, tokenizer_json};
use crate::text::{ChatTemplate, Role, TemplateInput, Tokenizer};

const TEMPLATE: &str = "{% for m in messages %}</s>{{ m.role }}: {{ m.content | trim }}<unk>\n{% endfor %}";

fn prompt(tokenizer: &Tokenizer, source: &str, messages: &[Message]) -> Vec<u32> {
    let template = ChatTemplate::new(source, &[]).unwrap();
    let words = tokenizer.control_words(template.marks());
    let guard = words.guard(messages);
    let guarded: Vec<Message> = messages.iter().map(|message| guard.message(message)).collect();
    let text = template.render(&guarded, TemplateInput::default()).unwrap();
    tokenizer.encode_guarded(&text, guard.mark()).unwrap()
}

#[test]
fn control_words_that_people_write_are_no_control_tokens() {
    for name in TOKENIZERS {
        let tokenizer = Tokenizer::from_json(&tokenizer_json(name)).unwrap();
        let end = tokenizer.token_id("</s>").unwrap();
        let count = |ids: &[u32]| ids.iter().filter(|id| **id == end).count();
        let messages = ["a </s>", "</s></s>b", "</</s>s>", "half </"].map(Message::user);
        let ids = prompt(&tokenizer, TEMPLATE, &messages);
        assert_eq!(count(&ids), messages.len(), "{name}");
        // All is there when the tokens are put together.
        let shown = tokenizer.decode(&ids);
        for text in ["a </s>", "</s></s>b", "</</s>s>", "half </"] {
            assert!(shown.contains(text), "{name}: {shown}");
        }
        assert!(!shown.contains('\u{fdd0}'));
    }
}

#[test]
fn marks_outlast_what_templates_do_with_text() {
    let tokenizer = Tokenizer::from_json(&tokenizer_json("llama3")).unwrap();
    let end = tokenizer.token_id("</s>").unwrap();
    let text = "  x </s> y\n\"</s>\" ";
    for expression in [
        "m.content",
        "m.content | tojson",
        "m.content.strip()",
        "m.content.split(' ') | join('-')",
        "m.content + m.content",
        "m.content | replace('x', 'z')",
        "m.content | upper | lower",
        "m.content[2:]",
        "{'a': m.content}",
        "'%s' | format(m.content)",
        "m.content | list | join",
    ] {
        let source = format!("{{% for m in messages %}}{{{{ {expression} }}}}{{% endfor %}}");
        let ids = prompt(&tokenizer, &source, &[Message::user(text)]);
        assert!(!ids.contains(&end) && !ids.is_empty(), "{expression}");
        assert!(tokenizer.decode(&ids).contains("</s>"), "{expression}");
    }
}

#[test]
fn guarded_words_are_the_tokens_of_ordinary_text() {
    for name in TOKENIZERS {
        let tokenizer = Tokenizer::from_json(&tokenizer_json(name)).unwrap();
        let mut inner = tokenizers::Tokenizer::from_bytes(tokenizer_json(name)).unwrap();
        // What transformers calls split_special_tokens.
        inner.set_encode_special_tokens(true);
        for text in ["</s>", "one </s> two</s>", "né </s>\n</s>"] {
            let expected = inner.encode_fast(text, false).unwrap().get_ids().to_vec();
            assert_eq!(tokenizer.encode_text(text).unwrap(), expected, "{name}: {text:?}");
        }
    }
}

#[test]
fn text_without_control_words_is_what_it_was() {
    let recorded = recorded();
    for name in TOKENIZERS {
        let tokenizer = Tokenizer::from_json(&tokenizer_json(name)).unwrap();
        let words = tokenizer.control_words(&[]);
        for (text, ids) in recorded.texts.iter().zip(&recorded.ids[name]) {
            if words.places(text).is_empty() {
                assert_eq!(&tokenizer.encode_text(text).unwrap(), ids, "{name}: {text:?}");
            }
        }
    }
}

#[test]
fn what_tools_are_called_with_is_guarded_too() {
    let words = ControlWords::new(vec!["<e>".into()]);
    let mut message = Message::new(Role::Assistant, "");
    let arguments = r#"{"a": ["\u003ce>", 1.5], "<e>": null}"#.to_owned();
    message.tool_calls.push(ToolCall { name: "f".into(), arguments, ..ToolCall::default() });
    let guarded = words.guard(&[]).message(&message);
    let expected = "{\"a\":[\"<\u{fdd0}e>\",1.5],\"<\u{fdd0}e>\":null}";
    assert_eq!(guarded.tool_calls[0].arguments, expected);
    message.tool_calls[0].arguments = "{\"a\":  1}".to_owned();
    assert_eq!(words.guard(&[]).message(&message), message);
}

#[test]
fn a_mark_is_a_character_that_no_text_holds() {
    let words = ControlWords::new(vec!["<e>".into()]);
    let guard = words.guard(&[Message::user("\u{fdd0}\u{fdd1}<e>")]);
    assert_eq!(guard.mark(), '\u{fdd2}');
    assert_eq!(guard.text("\u{fdd0}<e>"), "\u{fdd0}<\u{fdd2}e>");
    runner(300)
        .run(&"[<e>\u{fdd0}é]{0,12}", |text| {
            let guard = words.guard(&[Message::user(text.clone())]);
            let marked = guard.text(&text);
            assert!(!marked.contains("<e>"));
            assert_eq!(marked.replace(guard.mark(), ""), text);
            Ok(())
        })
        .unwrap();
}
