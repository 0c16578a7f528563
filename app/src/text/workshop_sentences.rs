//! Sentences of the quantization workshop with facts in them.

use super::words::with_facts;

with_facts! {
    /// A time of some minutes.
    whole_minutes(minutes: &str);
    /// What a run takes.
    estimate(time: &str, memory: &str);
    /// How long measuring the curve takes.
    curve_takes(time: &str);
    /// The file that a limit allows.
    limited_file(size: &str, bits: &str);
    /// A form with a limit.
    of_limit(size: &str);
    /// Models are being compared.
    comparing(name: &str);
    /// What is being done with which model.
    at_model(name: &str, stage: &str);
    /// A point of a plot in words.
    size_and_kl(name: &str, size: &str, kl: &str);
    /// The curve could not be measured.
    cannot_measure_curve(reason: &str);
    /// Models could not be compared.
    cannot_compare(reason: &str);
    /// Models were compared.
    compared(count: usize);
    /// How many chats are chosen.
    chats_chosen(count: usize);
}
