//! Any template is rejected, renders within its limits, or ends with an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nibble_engine::text::{ChatTemplate, Message, TemplateInput};

fuzz_target!(|source: &str| {
    let special = [("bos_token".to_owned(), "<s>".to_owned())];
    let Ok(template) = ChatTemplate::new(source, &special) else { return };
    let messages = [Message::system("s"), Message::user("größer"), Message::assistant("<think></think>\n")];
    let input = TemplateInput { add_generation_prompt: true, ..TemplateInput::default() };
    let _ = template.render(&messages, input);
});
