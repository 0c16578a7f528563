//! Numbers as people read them, in the language that is spoken.

use super::{labels, sentences, workshop_sentences};

/// A size: `2.3 GB`, in powers of ten as file managers show it.
pub fn bytes(n: u64) -> String {
    let value = n as f64;
    match value {
        v if v < 999.5 => sentences::size_bytes(&n.to_string()),
        v if v < 999.5e3 => sentences::size_kilo(&short(v / 1e3)),
        v if v < 999.5e6 => sentences::size_mega(&short(v / 1e6)),
        v if v < 999.5e9 => sentences::size_giga(&short(v / 1e9)),
        v => sentences::size_tera(&short(v / 1e12)),
    }
}

/// A size that is only roughly known, with two digits: `4.9 GB`.
pub fn about_bytes(n: u64) -> String {
    let value = n as f64;
    match value {
        v if v < 995e6 => sentences::size_mega(&significant(v / 1e6, 2)),
        v => sentences::size_giga(&significant(v / 1e9, 2)),
    }
}

/// A speed of generating that is only roughly known: `7 tokens/s`.
pub fn about_rate(tokens_per_second: f64) -> String {
    sentences::token_rate(&significant(tokens_per_second, 2))
}

/// Why a file is not read.
pub fn too_large(size: u64, most: u64) -> String {
    sentences::file_too_large(&bytes(size), &bytes(most))
}

/// A number of weights: `1.24B`.
pub fn parameters(n: u64) -> String {
    scaled(n, 10_000, 3)
}

/// A number of which only the magnitude matters: `842`, `12K`, `2.3M`.
pub fn compact(n: u64) -> String {
    scaled(n, 1000, 2)
}

/// A number in thousands, millions or billions with at most so many digits; one below `least` is written out.
fn scaled(n: u64, least: u64, digits: usize) -> String {
    match n as f64 {
        _ if n < least => count(n),
        value if value >= 999.5e6 => sentences::billions(&significant(value / 1e9, digits)),
        value if value >= 999.5e3 => sentences::millions(&significant(value / 1e6, digits)),
        value => sentences::thousands(&significant(value / 1e3, digits)),
    }
}

/// A number from 1 to 1,000 with at most so many digits, without zeros at the end.
fn significant(value: f64, digits: usize) -> String {
    let n_whole = match value {
        v if v < 10.0 => 1,
        v if v < 100.0 => 2,
        _ => 3,
    };
    let text = decimals(value, digits.saturating_sub(n_whole));
    let mark = labels::decimal_mark();
    if text.contains(mark) { text.trim_end_matches('0').trim_end_matches(mark).to_owned() } else { text }
}

/// A whole number with its thousands apart: `131,072`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(labels::group_mark());
        }
        text.push(digit);
    }
    text
}

/// A number of tokens: `4,096 tokens`.
pub fn tokens(n: usize) -> String {
    sentences::token_count(n, &count(n as u64))
}

/// A number with this many decimals.
pub fn decimals(value: f64, n: usize) -> String {
    format!("{value:.n$}").replace('.', labels::decimal_mark())
}

/// A share: `42%`.
pub fn percent(fraction: f32) -> String {
    sentences::share(&format!("{:.0}", fraction * 100.0))
}

/// A share to one decimal: `98.6%`. What is not quite all is never written as all, which is `100%`.
pub fn percent_to(fraction: f64) -> String {
    let tenths = (fraction * 1000.0).round();
    let tenths = if fraction < 1.0 { tenths.min(999.0) } else { tenths };
    sentences::share(&decimals(tenths / 10.0, usize::from(tenths < 1000.0)))
}

/// A number that may be very small, with two digits that count: `0.0123`, `4.5e-6`.
pub fn small(value: f64) -> String {
    match value {
        v if v <= 0.0 => decimals(0.0, 0),
        v if v < 1e-4 => format!("{v:.1e}").replace('.', labels::decimal_mark()),
        v => decimals(v, (1.0 - v.log10().floor()).clamp(1.0, 5.0) as usize),
    }
}

/// A throughput: `310 MB/s`.
pub fn per_second(bytes_per_second: f64) -> String {
    sentences::each_second(&bytes(bytes_per_second as u64))
}

/// A speed of generating: `12.3 tokens/s`.
pub fn rate(tokens_per_second: f64) -> String {
    sentences::token_rate(&short(tokens_per_second))
}

/// A time: `0.42 s`, `38 s`, `2 min 05 s`, `1 h 12 min`.
pub fn duration(seconds: f64) -> String {
    let two = |n: u64| format!("{n:02}");
    match seconds.max(0.0) {
        s if s < 1.0 => sentences::seconds(&decimals(s, 2)),
        s if s < 10.0 => sentences::seconds(&decimals(s, 1)),
        s if s < 60.0 => sentences::seconds(&decimals(s, 0)),
        s if s < 3600.0 => sentences::minutes(&(s as u64 / 60).to_string(), &two(s as u64 % 60)),
        s if s < 360_000.0 => sentences::hours(&(s as u64 / 3600).to_string(), &two(s as u64 / 60 % 60)),
        _ => labels::days().to_owned(),
    }
}

/// An estimated time, no more exact than it is known: `15 s`, `4 min`, `1 h 12 min`.
pub fn estimated(seconds: f64) -> String {
    match seconds.max(0.0) {
        s if s < 55.0 => sentences::seconds(&decimals((s / 5.0).ceil().max(1.0) * 5.0, 0)),
        s if s < 3570.0 => workshop_sentences::whole_minutes(&decimals(s / 60.0, 0)),
        s => duration((s / 300.0).round() * 300.0),
    }
}

/// Three digits that count, or a whole number with its thousands.
fn short(value: f64) -> String {
    match value {
        v if v < 9.995 => decimals(v, 2),
        v if v < 99.95 => decimals(v, 1),
        v => count(v.round() as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Language;

    #[test]
    fn sizes_are_short() {
        assert_eq!(bytes(12), "12 bytes");
        assert_eq!(bytes(2_345_000_000), "2.35 GB");
        assert_eq!(bytes(999_600), "1.00 MB");
    }

    #[test]
    fn large_numbers_are_short_or_have_their_thousands_apart() {
        let weights = [1_235_814_400, 14_770_033_664, 8_000_000_000, 134_500_000, 999_600_000, 9_999];
        assert_eq!(weights.map(parameters), ["1.24B", "14.8B", "8B", "134M", "1B", "9,999"]);
        let times = [842, 1_000, 9_960, 12_345, 2_345_678, 2_000_000, 999_700];
        assert_eq!(times.map(compact), ["842", "1K", "10K", "12K", "2.3M", "2M", "1M"]);
        assert_eq!([999, 1_024, 131_072, 2_345_678].map(count), ["999", "1,024", "131,072", "2,345,678"]);
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let written = [
            (Language::English, ["131,072", "98.6%", "1.24B", "2.3M"]),
            (Language::German, ["131.072", "98,6\u{00A0}%", "1,24\u{00A0}Mrd.", "2,3\u{00A0}Mio."]),
            (Language::French, ["131\u{00A0}072", "98,6\u{00A0}%", "1,24\u{00A0}Md", "2,3\u{00A0}M"]),
            (Language::Russian, ["131\u{00A0}072", "98,6\u{00A0}%", "1,24\u{00A0}млрд", "2,3\u{00A0}млн"]),
            (Language::Chinese, ["131,072", "98.6%", "1.24B", "2.3M"]),
        ];
        for (language, expected) in written {
            crate::text::speak(language);
            let said = [count(131_072), percent_to(0.9864), parameters(1_235_814_400), compact(2_345_678)];
            assert_eq!(said, expected, "{language:?}");
        }
        crate::text::speak(Language::English);
    }

    #[test]
    fn shares_and_small_numbers_keep_the_digits_that_count() {
        assert_eq!([0.6, 0.9864, 0.9999, 1.0].map(percent_to), ["60.0%", "98.6%", "99.9%", "100%"]);
        assert_eq!([0.0, 4.52e-6, 0.01234, 0.5, 3.07].map(small), ["0", "4.5e-6", "0.012", "0.50", "3.1"]);
    }

    #[test]
    fn times_are_short() {
        assert_eq!(duration(0.416), "0.42 s");
        assert_eq!(duration(125.0), "2 min 05 s");
        assert_eq!(duration(4321.0), "1 h 12 min");
        assert_eq!(duration(f64::NAN), "0.00 s");
        let times = [0.2, 12.0, 54.0, 62.0, 3500.0, 4321.0].map(estimated);
        assert_eq!(times, ["5 s", "15 s", "55 s", "1 min", "58 min", "1 h 10 min"]);
    }
}
