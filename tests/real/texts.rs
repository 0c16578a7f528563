//! Tokens of odd texts and prompts of conversations are those of transformers.

use nibble_engine::jobs::{Message, Role};
use nibble_engine::text::TemplateInput;
use nibble_tests::real_models::{self, SMOLLM2};

use crate::expected::Expected;

#[test]
fn tokens_are_those_of_transformers() {
    for model in real_models::all() {
        let Some(path) = model.path() else { continue };
        let tokenizer = nibble_engine::models::open(path, &()).unwrap().tokenizer().unwrap();
        let expected = Expected::of(model).tokens;
        assert!(expected.len() >= 30, "{}", expected.len());
        for case in &expected {
            assert_eq!(tokenizer.encode(&case.text).unwrap(), case.tokens, "{}: {:?}", model.name, case.text);
            assert_eq!(tokenizer.decode(&case.tokens), case.text, "{}", model.name);
        }
    }
}

#[test]
fn prompts_of_conversations_are_those_of_transformers() {
    let Some(path) = SMOLLM2.path() else { return };
    let model = nibble_engine::models::open(path, &()).unwrap();
    let template = model.chat_templates().unwrap().choose(false).unwrap().unwrap();
    let expected = Expected::of(&SMOLLM2).conversations;
    assert!(expected.len() >= 10, "{}", expected.len());
    for case in &expected {
        let messages = case.messages.as_array().unwrap().iter().map(|message| {
            let text = message["content"].as_str().unwrap();
            match message["role"].as_str().unwrap() {
                "system" => Message::system(text),
                "user" => Message::user(text),
                "assistant" => Message::assistant(text),
                other => panic!("{other} is not one of {:?}", [Role::System, Role::User, Role::Assistant]),
            }
        });
        let messages: Vec<Message> = messages.collect();
        let input =
            TemplateInput { add_generation_prompt: case.add_generation_prompt, ..TemplateInput::default() };
        assert_eq!(template.render(&messages, input).unwrap(), case.prompt);
    }
}
