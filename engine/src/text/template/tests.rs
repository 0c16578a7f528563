//! Prompts equal transformers' (recorded by `tests/record/chat_templates.py`), and bad templates end as errors.

use serde::Deserialize;

use super::*;
use crate::text::{Error, GgufVocabulary, TokenizerFiles, ToolCall};

#[derive(Deserialize)]
struct Case {
    name: String,
    template: String,
    messages: String,
    add_generation_prompt: bool,
    prompt: Option<String>,
    error: Option<String>,
}

fn special() -> Vec<(String, String)> {
    [("bos_token", "<s>"), ("eos_token", "</s>")]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec()
}

fn rendered(source: &str) -> Result<String, Error> {
    let template = ChatTemplate::new(source, &special())?;
    template.render(&[Message::user("hi")], TemplateInput::default())
}

#[test]
fn prompts_equal_transformers() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/text/chat_templates.json");
    let cases: Vec<Case> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(cases.len() >= 50);
    for case in cases {
        let template = ChatTemplate::new(&case.template, &special()).unwrap();
        let input =
            TemplateInput { add_generation_prompt: case.add_generation_prompt, ..TemplateInput::default() };
        let messages: Vec<Message> = serde_json::from_str(&case.messages).unwrap();
        if let Some(expected) = &case.prompt {
            assert_eq!(&template.render(&messages, input).unwrap(), expected, "{} from messages", case.name);
        }
        let prompt = template.render_json(&case.messages, input);
        match (case.prompt, case.error) {
            (Some(expected), _) => assert_eq!(prompt.unwrap(), expected, "{}", case.name),
            (None, Some(words)) => match prompt {
                Err(Error::TemplateRaised { message }) => assert_eq!(message, words),
                // Jinja's own complaints read otherwise, but they are complaints.
                other => assert!(other.is_err(), "{}: {other:?}, but transformers says {words}", case.name),
            },
            (None, None) => unreachable!("each case has one of both"),
        }
    }
}

#[test]
fn what_goes_wrong_is_told_apart() {
    let raised = rendered("{{ raise_exception('no ' + messages[0].role) }}").unwrap_err();
    assert!(matches!(&raised, Error::TemplateRaised { message } if message == "no user"), "{raised:?}");
    let inside = rendered("{% macro m() %}{{ raise_exception('deep') }}{% endmacro %}{{ m() }}").unwrap_err();
    assert!(matches!(&inside, Error::TemplateRaised { message } if message == "deep"), "{inside:?}");
    let syntax = rendered("a\n{% if %}").unwrap_err();
    assert!(matches!(syntax, Error::TemplateSyntax { line: 2, .. }), "{syntax:?}");
    let failed = rendered("\n\n{{ messages[0].role | nonsense }}").unwrap_err();
    assert!(
        matches!(failed, Error::TemplateFailed { line: 3, .. } | Error::TemplateSyntax { line: 3, .. }),
        "{failed:?}"
    );
}

#[test]
fn a_template_that_loops_or_swells_is_stopped() {
    for source in [
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='x') %}{% for i in range(64) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{{ 'x' * 100000000000 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in range(90000) %}{{ 'x' * 1000000 }}{% endfor %}",
    ] {
        let error = rendered(source).unwrap_err();
        assert!(
            matches!(
                error,
                Error::TemplateEndless { .. } | Error::TemplateTooLong { .. } | Error::TemplateFailed { .. }
            ),
            "{source}: {error:?}"
        );
    }
    let deep = format!("{}1{}", "(".repeat(20_000), ")".repeat(20_000));
    assert!(rendered(&format!("{{{{ {deep} }}}}")).is_err());
}

#[test]
fn any_template_ends() {
    let pieces = [
        "{% for m in messages %}",
        "{% endfor %}",
        "{{ m",
        "{{ messages",
        "[0]",
        ".role",
        "['content']",
        " }}",
        " %}",
        "{% if ",
        "{% endif %}",
        "{% set x = ",
        "x",
        " + ",
        " ~ ",
        "'a'",
        " | tojson",
        " | length",
        "[1:]",
        "(",
        ")",
        "{%- ",
        "-%}",
        "{% generation %}",
        "{% endgeneration %}",
        "{% macro f(a) %}",
        "{% endmacro %}",
        "f(1)",
        "namespace(a=1)",
        " | join(',')",
        "raise_exception('no')",
        "strftime_now('%Y%q')",
        "range(9)",
        " is iterable",
        "none",
        "{#",
        "#}",
        "\n",
        ".split('a')",
        ".items()",
        "{'a': 1}",
        " * 3",
        " % 2",
        "{% break %}",
        " | string",
        "é",
        "{% raw %}",
        "{% call f() %}",
    ];
    let sources = proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..14);
    crate::text::testing::runner(3000)
        .run(&sources, |pieces| {
            let _ = rendered(&pieces.concat());
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_clock_can_be_set() {
    let now = chrono::NaiveDate::from_ymd_opt(2024, 7, 26).and_then(|day| day.and_hms_opt(5, 4, 3));
    let template = ChatTemplate::new("{{ strftime_now('%d %b %Y %H:%M') }}", &[]).unwrap();
    let input = TemplateInput { now, ..TemplateInput::default() };
    assert_eq!(template.render(&[], input).unwrap(), "26 Jul 2024 05:04");
    let bad = ChatTemplate::new("{{ strftime_now('%Q%!') }}", &[]).unwrap();
    assert!(matches!(bad.render(&[], input), Err(Error::TemplateFailed { .. })));
}

#[test]
fn variables_reach_the_template() {
    let template =
        ChatTemplate::new("{{ enable_thinking }} {{ tools | length }} {{ bos_token }}", &special()).unwrap();
    let input = TemplateInput { variables: r#"{"enable_thinking": false}"#, ..TemplateInput::default() };
    assert_eq!(template.render_json(r#"{"messages": [], "tools": [1, 2]}"#, input).unwrap(), "False 2 <s>");
    assert!(matches!(template.render_json("{", input), Err(Error::Json { .. })));
}

fn files<'a>(config: Option<&'a str>, chat_template: Option<&'a str>) -> TokenizerFiles<'a> {
    TokenizerFiles { config, chat_template, ..TokenizerFiles::default() }
}

#[test]
fn the_jinja_file_overrules_and_tools_choose_theirs() {
    let config = r#"{"bos_token": {"content": "<s>"}, "eos_token": "</s>", "chat_template": [
        {"name": "default", "template": "plain {{ bos_token }}"}, {"name": "tool_use", "template": "tools"}]}"#;
    let templates = ChatTemplates::from_checkpoint(&files(Some(config), None)).unwrap();
    let prompt = |templates: &ChatTemplates, with_tools| {
        let template = templates.choose(with_tools).unwrap().unwrap();
        template.render(&[], TemplateInput::default()).unwrap()
    };
    assert_eq!(prompt(&templates, false), "plain <s>");
    assert_eq!(prompt(&templates, true), "tools");
    let overruled = ChatTemplates::from_checkpoint(&files(Some(config), Some("file"))).unwrap();
    assert_eq!(prompt(&overruled, false), "file");
    assert!(ChatTemplates::from_checkpoint(&files(None, None)).unwrap().choose(false).unwrap().is_none());
    let unusual =
        ChatTemplates { templates: vec![("rag".into(), String::new())], ..ChatTemplates::default() };
    assert!(matches!(unusual.choose(false), Err(Error::NoSuchTemplate { .. })));
}

#[test]
fn gguf_brings_template_and_special_tokens() {
    let vocabulary = GgufVocabulary {
        tokens: vec!["a".into(), "<|eos|>".into()],
        eos: Some(1),
        chat_template: Some("{{ eos_token }}".into()),
        ..GgufVocabulary::default()
    };
    let template = ChatTemplates::from_gguf(&vocabulary).choose(false).unwrap().unwrap();
    assert_eq!(template.render(&[], TemplateInput::default()).unwrap(), "<|eos|>");
}

#[test]
fn the_plain_template_names_who_speaks() {
    let messages =
        [Message::system("Be terse."), Message::user("Hi"), Message::assistant("Yo"), Message::user("Bye")];
    let input = TemplateInput { add_generation_prompt: true, ..TemplateInput::default() };
    let prompt = ChatTemplate::plain().render(&messages, input).unwrap();
    assert_eq!(prompt, "System: Be terse.\nUser: Hi\nAssistant: Yo\nUser: Bye\nAssistant:");
}

/// Shows all that a template can see of a message.
const EVERYTHING: &str = "{% for m in messages %}{{ m.role }}|{{ m.content }}|{{ m.reasoning_content }}|\
    {% for call in m.tool_calls %}{{ call.function.name }}({{ call.function.arguments | tojson }}){% endfor %};\
    {% endfor %}";

#[test]
fn parts_and_calls_of_tools_reach_the_template() {
    let mut asks = Message::assistant("<think>\nI must add.\n</think>\n\nOne moment.");
    asks.parts.push(Part::Text(" Please.".into()));
    asks.tool_calls.push(ToolCall { arguments: r#"{"b": 1, "a": 2}"#.into(), ..call("add") });
    asks.tool_calls.push(ToolCall { arguments: "not JSON".into(), ..call("sub") });
    let messages = [Message::user("2 + 1?"), asks, Message::new(Role::Tool, "3")];
    let template = ChatTemplate::new(EVERYTHING, &[]).unwrap();
    assert_eq!(
        template.render(&messages, TemplateInput::default()).unwrap(),
        "user|2 + 1?||;assistant|One moment. Please.|I must add.|\
         add({\"b\": 1, \"a\": 2})sub(\"not JSON\");tool|3||;"
    );
}

fn call(name: &str) -> ToolCall {
    ToolCall { name: name.to_owned(), ..ToolCall::default() }
}

#[test]
fn a_template_that_splits_text_gets_the_reasoning_in_it() {
    let messages = [Message::user("Hi"), Message::assistant("<think>hm</think>Hello")];
    let rendered = |source: &str| {
        ChatTemplate::new(source, &[]).unwrap().render(&messages, TemplateInput::default()).unwrap()
    };
    let splits = "{% for m in messages %}{% if '</think>' in m.content %}\
                  {{ m.content.split('</think>')[0].split('<think>')[-1].strip('\\n') }}+\
                  {{ m.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ m.content }}{% endif %};{% endfor %}";
    assert_eq!(rendered(splits), "Hi;hm+Hello;");
    // Qwen3's way: the field where there is one, or else the text.
    let either = "{% for m in messages %}{% if m.reasoning_content is string %}[{{ m.reasoning_content }}]{{ m.content }}\
                  {% elif '</think>' in m.content %}{{ m.content.split('</think>')[-1] }}\
                  {% else %}{{ m.content }}{% endif %};{% endfor %}";
    assert_eq!(rendered(either), "Hi;[hm]Hello;");
    assert_eq!(rendered("{% for m in messages %}{{ m.content }};{% endfor %}"), "Hi;Hello;");
}

#[test]
fn an_image_is_refused_by_name() {
    let mut message = Message::user("What is this?");
    message.parts.push(Part::Image { url: "data:image/png;base64,".into() });
    let refused = ChatTemplate::plain().render(&[message], TemplateInput::default());
    assert!(matches!(refused, Err(Error::NoImages)));
}
