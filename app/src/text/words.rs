//! The languages of the interface: Fluent files (projectfluent.org) in `assets/languages`, compiled in.
//!
//! Draw code runs on one thread, so the language is a thread's: [`speak`] says it once per frame and every function of
//! [`super::labels`] and [`super::sentences`] answers in it. A text that a language lacks is said in English, and a test fails.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::state::Language;

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// Says which language this thread speaks from now on.
pub fn speak(language: Language) {
    SPOKEN.set(language);
}

/// The language this thread speaks.
pub fn spoken() -> Language {
    SPOKEN.get()
}

/// The text of a language's file.
fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../../assets/languages/en.ftl"),
        Language::German => include_str!("../../../assets/languages/de.ftl"),
        Language::French => include_str!("../../../assets/languages/fr.ftl"),
        Language::Russian => include_str!("../../../assets/languages/ru.ftl"),
        Language::Chinese => include_str!("../../../assets/languages/zh.ftl"),
    }
}

fn words(language: Language) -> &'static Words {
    static ALL: [LazyLock<Words>; 5] = [
        LazyLock::new(|| Words::read(Language::English)),
        LazyLock::new(|| Words::read(Language::German)),
        LazyLock::new(|| Words::read(Language::French)),
        LazyLock::new(|| Words::read(Language::Russian)),
        LazyLock::new(|| Words::read(Language::Chinese)),
    ];
    &ALL[language as usize]
}

/// The texts of one language.
struct Words {
    bundle: FluentBundle<FluentResource>,
    /// Texts without facts in them, worked out once: drawing asks for them in every frame.
    plain: HashMap<String, String>,
}

impl Words {
    fn read(language: Language) -> Self {
        let (resource, ids) = parse(language);
        let tag: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Marks around facts are for mixing directions of writing, which egui does not do.
        bundle.set_use_isolating(false);
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?language, ?errors, "a text of the interface stands twice");
        }
        let mut words = Self { bundle, plain: HashMap::new() };
        for id in ids {
            if let Some(text) = words.format(&id, None) {
                let text = text.into_owned();
                words.plain.insert(id, text);
            }
        }
        words
    }

    /// The text of `id`; `None` if there is none or if it wants facts that are not given.
    fn format<'a>(&'a self, id: &str, facts: Option<&'a FluentArgs<'_>>) -> Option<Cow<'a, str>> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, facts, &mut errors);
        errors.is_empty().then_some(text)
    }
}

/// A language's file and the names of its texts. What cannot be understood is left out here and told by a test.
fn parse(language: Language) -> (FluentResource, Vec<String>) {
    let resource = match FluentResource::try_new(source(language).to_owned()) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            tracing::error!(?language, ?errors, "texts of the interface are malformed");
            resource
        }
    };
    let ids = resource.entries().filter_map(|entry| match entry {
        fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
        _ => None,
    });
    let ids = ids.collect();
    (resource, ids)
}

/// A text without facts, in the language this thread speaks.
pub(super) fn plain_text(id: &'static str) -> &'static str {
    let in_language = |language: Language| words(language).plain.get(id).map(String::as_str);
    in_language(spoken()).or_else(|| in_language(Language::English)).unwrap_or(id)
}

/// A text with facts, in the language this thread speaks.
pub(super) fn text_with<const N: usize>(
    id: &'static str,
    facts: [(&'static str, FluentValue<'_>); N],
) -> String {
    let facts = FluentArgs::from_iter(facts);
    let in_language = |language: Language| words(language).format(id, Some(&facts)).map(Cow::into_owned);
    in_language(spoken()).or_else(|| in_language(Language::English)).unwrap_or_else(|| id.to_owned())
}

/// Makes a function of each name that says the text of that name, which has no facts in it.
macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* pub fn $name() -> &'static str { $crate::text::words::plain_text(stringify!($name)) })*

        /// The names of these texts.
        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}
pub(super) use plain;

/// Makes a function of each name that says the text of that name with the given facts in it.
macro_rules! with_facts {
    ($($(#[$doc:meta])* $name:ident($($fact:ident: $kind:ty),+);)*) => {
        $($(#[$doc])* pub fn $name($($fact: $kind),+) -> String {
            $crate::text::words::text_with(stringify!($name), [$((stringify!($fact), $fact.into())),+])
        })*

        /// The names of these texts.
        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}
pub(super) use with_facts;

#[cfg(test)]
mod tests;
