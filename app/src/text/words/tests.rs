//! Every language has every text, with the same facts in it.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;
use crate::text::{
    about, labels, model_sentences, models, quality, quality_sentences, sentences, settings, workshop,
    workshop_sentences,
};

/// The names of a language's texts, with the facts in each.
fn texts(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(source(language).to_owned())
        .unwrap_or_else(|(_, errors)| panic!("{language:?}: {errors:?}"));
    let mut texts = BTreeMap::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        let mut facts = BTreeSet::new();
        collect(message.value.as_ref().expect("a text of the interface has a value"), &mut facts);
        let twice = texts.insert(message.id.name.to_owned(), facts);
        assert_eq!(twice, None, "{language:?} says {} twice", message.id.name);
    }
    texts
}

fn collect(pattern: &Pattern<&str>, facts: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                facts.insert(id.name.to_owned());
            }
            Expression::Select { selector: InlineExpression::VariableReference { id }, variants } => {
                facts.insert(id.name.to_owned());
                for variant in variants {
                    collect(&variant.value, facts);
                }
            }
            Expression::Inline(InlineExpression::StringLiteral { .. }) => {}
            other => panic!("a text of the interface uses {other:?}"),
        }
    }
}

#[test]
fn every_language_has_every_text_with_the_same_facts() {
    let english = texts(Language::English);
    for language in Language::ALL {
        let other = texts(language);
        for (id, facts) in &english {
            assert_eq!(other.get(id), Some(facts), "{id} in {language:?}");
        }
        assert_eq!(other.len(), english.len(), "{language:?} has texts that nothing asks for");
    }
}

#[test]
fn every_text_is_asked_for_by_a_function_and_every_function_has_its_text() {
    let english = texts(Language::English);
    let all = [
        labels::NAMES,
        models::NAMES,
        quality::NAMES,
        about::NAMES,
        settings::NAMES,
        sentences::NAMES,
        model_sentences::NAMES,
        quality_sentences::NAMES,
        workshop::NAMES,
        workshop_sentences::NAMES,
    ];
    let asked: BTreeSet<&str> = all.into_iter().flatten().copied().collect();
    let written: BTreeSet<&str> = english.keys().map(String::as_str).collect();
    assert_eq!(asked, written);
    let plain =
        [labels::NAMES, models::NAMES, quality::NAMES, about::NAMES, settings::NAMES, workshop::NAMES];
    for id in plain.into_iter().flatten() {
        assert!(english[*id].is_empty(), "{id} has facts and stands among the labels");
    }
}

#[test]
fn forms_of_numbers_follow_the_language() {
    speak(Language::Russian);
    let said: Vec<String> = [1, 3, 5].map(sentences::chats_imported).into();
    let different: BTreeSet<String> =
        said.iter().map(|text| text.replace(|c: char| c.is_ascii_digit(), "")).collect();
    assert_eq!(different.len(), 3, "{said:?}");
    speak(Language::English);
}
