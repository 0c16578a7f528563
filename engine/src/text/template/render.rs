//! Rendering of one template.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDateTime;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, Value};

use super::lexer::prepared;
use super::message::{Message, Part};
use super::{clock, filters, methods, python, roles};
use crate::text::Error;
use crate::text::control::marks_in;
use crate::text::thinking::{join_thinking, template_splits};
use crate::text::tool_call::ToolCall;

/// Allowed steps of a template; each is about an instruction, or 64 bytes of output.
const FUEL: u64 = 4_000_000;
/// Longest prompt in bytes.
const MAX_OUTPUT: usize = 64 << 20;
const NAME: &str = "chat";

/// The template for models without one.
const PLAIN: &str = "{% for message in messages %}{{ message.role | capitalize }}: {{ message.content }}\n\
                     {% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}";

/// A template, compiled and ready to render.
#[derive(Debug)]
pub struct ChatTemplate {
    environment: Arc<Environment<'static>>,
    /// Whether a render took too long and was left to itself, so that there is no second one.
    is_stuck: AtomicBool,
    is_plain: bool,
    reasoning: Reasoning,
    marks: Vec<String>,
}

/// Where a template expects the reasoning of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reasoning {
    /// In the message's field `reasoning_content`; templates without it omit reasoning.
    Field,
    /// In the text, between tags.
    Content,
}

/// Inputs of a template besides the conversation.
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateInput<'a> {
    /// Whether to append the generation prompt, after which the model's reply begins.
    pub add_generation_prompt: bool,
    /// Current time for `strftime_now`; the local time if `None`.
    pub now: Option<NaiveDateTime>,
    /// Further variables as a JSON object, such as `{"enable_thinking": false}`; none if empty.
    pub variables: &'a str,
}

/// Message with which a template rejected a conversation; the source of minijinja's error.
struct Raised(String);

impl std::fmt::Debug for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Raised {}

impl ChatTemplate {
    /// Compiles `source`. `special` are texts of special tokens by their names in templates, such as `bos_token`.
    ///
    /// # Errors
    /// [`Error::TemplateSyntax`] if it cannot be parsed.
    pub fn new(source: &str, special: &[(String, String)]) -> Result<Self, Error> {
        let mut environment = environment();
        for (name, text) in special {
            environment.add_global(name.clone(), text.clone());
        }
        environment.add_template_owned(NAME, prepared(source)?).map_err(|error| Error::TemplateSyntax {
            line: error.line().unwrap_or_default(),
            message: error.detail().unwrap_or("syntax error").to_owned(),
        })?;
        let in_content = template_splits(source) && !source.contains("reasoning_content");
        let reasoning = if in_content { Reasoning::Content } else { Reasoning::Field };
        let marks = marks_in(source).map(str::to_owned).collect();
        let (environment, is_stuck) = (Arc::new(environment), AtomicBool::new(false));
        Ok(Self { environment, is_stuck, is_plain: false, reasoning, marks })
    }

    /// The template for models without one: names before messages.
    ///
    /// # Panics
    /// Never: the template is a constant that tests compile.
    pub fn plain() -> Self {
        let template = Self::new(PLAIN, &[]).expect("a constant that the tests compile");
        Self { is_plain: true, ..template }
    }

    /// What in its source is spelled as control tokens are, such as `<|im_end|>`.
    pub fn marks(&self) -> &[String] {
        &self.marks
    }

    /// Stop strings of a reply besides the model's end tokens: with [`Self::plain`], the user's next turn.
    pub fn stop_texts(&self) -> &'static [&'static str] {
        if self.is_plain { &["\nUser:", "\nSystem:"] } else { &[] }
    }

    /// Renders the prompt of `messages`: templates see the joined text of a message as `content`, its reasoning as
    /// `reasoning_content` or in the text, whichever they expect, and its tool calls as `tool_calls`.
    /// A template that rejects the conversation gets it in another form: successive messages of one role joined, instructions in
    /// the first turn.
    ///
    /// # Errors
    /// [`Error::NoImages`], [`Error::TemplateRaised`], [`Error::TemplateEndless`], [`Error::TemplateSlow`], [`Error::TemplateTooLong`],
    /// [`Error::TemplateFailed`].
    pub fn render(&self, messages: &[Message], input: TemplateInput<'_>) -> Result<String, Error> {
        let refused = match self.render_as_is(messages, input) {
            Err(refused @ (Error::TemplateRaised { .. } | Error::TemplateFailed { .. })) => refused,
            rendered => return rendered,
        };
        for form in roles::other_forms(messages) {
            if let Ok(prompt) = self.render_as_is(&form, input) {
                return Ok(prompt);
            }
        }
        Err(refused)
    }

    fn render_as_is(&self, messages: &[Message], input: TemplateInput<'_>) -> Result<String, Error> {
        let messages: Vec<_> =
            messages.iter().map(|message| self.message_value(message)).collect::<Result<_, _>>()?;
        self.run(&Value::from_pairs([("messages", Value::from(messages))]), input)
    }

    /// A message as templates see it.
    fn message_value(&self, message: &Message) -> Result<Value, Error> {
        if message.parts.iter().any(|part| matches!(part, Part::Image { .. })) {
            return Err(Error::NoImages);
        }
        let (mut content, reasoning) = (message.content(), message.reasoning());
        let mut fields = vec![("role", Value::from(message.role.name()))];
        match self.reasoning {
            _ if reasoning.is_empty() => {}
            Reasoning::Field => fields.push(("reasoning_content", Value::from(reasoning))),
            Reasoning::Content => content = join_thinking(&reasoning, &content),
        }
        fields.push(("content", Value::from(content)));
        if !message.tool_calls.is_empty() {
            fields.push(("tool_calls", message.tool_calls.iter().map(call_value).collect()));
        }
        Ok(Value::from_pairs(fields))
    }

    /// Renders the prompt of a conversation in JSON: a list of messages, or an object with `messages` and further variables
    /// such as `tools`.
    ///
    /// # Errors
    /// [`Error::Json`] and those of [`Self::render`].
    pub fn render_json(&self, conversation: &str, input: TemplateInput<'_>) -> Result<String, Error> {
        let value = parse("conversation", conversation)?;
        let context = match value.kind() {
            minijinja::value::ValueKind::Map => value,
            _ => Value::from_pairs([("messages", value)]),
        };
        self.run(&context, input)
    }

    fn run(&self, context: &Value, input: TemplateInput<'_>) -> Result<String, Error> {
        let now = input.now;
        let strftime = Value::from_function(move |format: &str| {
            python::strftime(now.unwrap_or_else(|| chrono::Local::now().naive_local()), format)
        });
        let mut variables = vec![
            ("add_generation_prompt".to_owned(), Value::from(input.add_generation_prompt)),
            ("strftime_now".to_owned(), strftime),
            ("tools".to_owned(), Value::from(())),
            ("documents".to_owned(), Value::from(())),
        ];
        let extra =
            if input.variables.is_empty() { Value::UNDEFINED } else { parse("variables", input.variables)? };
        for map in [context, &extra] {
            for key in map.try_iter().into_iter().flatten() {
                variables.push((key.to_string(), map.get_item(&key).unwrap_or_default()));
            }
        }
        let endless = Error::TemplateSlow { seconds: clock::LIMIT.as_secs() };
        if self.is_stuck.load(Ordering::Relaxed) {
            return Err(endless);
        }
        let (environment, variables) = (Arc::clone(&self.environment), Value::from_pairs(variables));
        match clock::within(clock::LIMIT, move || written(&environment, variables)) {
            Ok(Some(prompt)) => prompt,
            Ok(None) => {
                self.is_stuck.store(true, Ordering::Relaxed);
                Err(endless)
            }
            Err(error) => Err(Error::TemplateFailed { line: 0, message: error.to_string() }),
        }
    }
}

/// What the template writes with these variables.
fn written(environment: &Environment<'_>, variables: Value) -> Result<String, Error> {
    let template = environment.get_template(NAME).map_err(|error| failure(&error))?;
    let mut prompt = Bounded(Vec::new());
    match template.render_captured_to(variables, &mut prompt) {
        // Everything written was a &str.
        Ok(_) => Ok(String::from_utf8_lossy(&prompt.0).into_owned()),
        Err(_) if prompt.0.len() >= MAX_OUTPUT => Err(Error::TemplateTooLong { limit: MAX_OUTPUT }),
        Err(error) => Err(failure(&error)),
    }
}

/// A tool call as templates see it: its arguments as an object, or as text if they are not JSON.
fn call_value(call: &ToolCall) -> Value {
    let arguments =
        serde_json::from_str(&call.arguments).unwrap_or_else(|_| Value::from(call.arguments.as_str()));
    let function = Value::from_pairs([("name", Value::from(call.name.as_str())), ("arguments", arguments)]);
    let mut fields = vec![("type", Value::from("function")), ("function", function)];
    fields.extend(call.id.as_deref().map(|id| ("id", Value::from(id))));
    Value::from_pairs(fields)
}

fn parse(file: &'static str, json: &str) -> Result<Value, Error> {
    serde_json::from_str(json).map_err(|source| Error::Json { file, source })
}

/// The Jinja environment of transformers.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the default delimiters are valid"));
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(methods::call);
    environment.set_formatter(python::write_value);
    filters::add_to(&mut environment);
    environment.add_filter("tojson", python::tojson);
    environment.add_filter("string", |value: &Value| python::python_str(value));
    environment.add_function("raise_exception", |message: String| -> Result<Value, minijinja::Error> {
        let error = minijinja::Error::new(ErrorKind::InvalidOperation, message.clone());
        Err(error.with_source(Raised(message)))
    });
    environment
}

/// The error of a failed run.
fn failure(error: &minijinja::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(Raised(message)) = inner.downcast_ref() {
            return Error::TemplateRaised { message: message.clone() };
        }
        let is_endless = inner
            .downcast_ref::<minijinja::Error>()
            .is_some_and(|inner| inner.kind() == ErrorKind::OutOfFuel);
        if is_endless {
            return Error::TemplateEndless { fuel: FUEL };
        }
        cause = inner.source();
    }
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Error::TemplateFailed { line: error.line().unwrap_or_default(), message }
}

/// A writer with a bounded number of bytes.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = MAX_OUTPUT - self.0.len();
        let taken = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..taken]);
        if taken < bytes.len() { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
