//! Numbers as people read them.

/// A size: `2.3 GB`, in powers of ten as file managers show it.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{n} bytes") } else { format!("{} {}", short(value), UNITS[unit]) }
}

/// Why a file is not read.
pub fn too_large(size: u64, most: u64) -> String {
    format!("The file has {}, and at most {} are read", bytes(size), bytes(most))
}

/// A number of weights: `1.24 billion`.
pub fn parameters(n: u64) -> String {
    match n as f64 {
        value if value >= 999.5e6 => format!("{:.2} billion", value / 1e9),
        value if value >= 999.5e3 => format!("{} million", short(value / 1e6)),
        value if value >= 1e4 => format!("{} thousand", short(value / 1e3)),
        _ => count(n),
    }
}

/// A whole number with its thousands apart: `131 072`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202F}');
        }
        text.push(digit);
    }
    text
}

/// A number of tokens: `4 096 tokens`.
pub fn tokens(n: usize) -> String {
    if n == 1 { "1 token".to_owned() } else { format!("{} tokens", count(n as u64)) }
}

/// A number with this many decimals.
pub fn decimals(value: f64, n: usize) -> String {
    format!("{value:.n$}")
}

/// A share: `42 %`.
pub fn percent(fraction: f32) -> String {
    format!("{:.0}\u{202F}%", fraction * 100.0)
}

/// A throughput: `310 MB/s`.
pub fn per_second(bytes_per_second: f64) -> String {
    format!("{}/s", bytes(bytes_per_second as u64))
}

/// A speed of generating: `12.3 tokens/s`.
pub fn rate(tokens_per_second: f64) -> String {
    format!("{} tokens/s", short(tokens_per_second))
}

/// A time: `0.42 s`, `38 s`, `2 min 05 s`, `1 h 12 min`.
pub fn duration(seconds: f64) -> String {
    match seconds.max(0.0) {
        s if s < 1.0 => format!("{s:.2} s"),
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 60.0 => format!("{s:.0} s"),
        s if s < 3600.0 => format!("{} min {:02} s", s as u64 / 60, s as u64 % 60),
        s if s < 360_000.0 => format!("{} h {:02} min", s as u64 / 3600, s as u64 / 60 % 60),
        _ => "days".to_owned(),
    }
}

/// Three digits that count.
fn short(value: f64) -> String {
    match value {
        v if v < 9.995 => format!("{v:.2}"),
        v if v < 99.95 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(bytes(12), "12 bytes");
        assert_eq!(bytes(2_345_000_000), "2.35 GB");
        assert_eq!(bytes(999_600), "1.00 MB");
        assert_eq!(parameters(1_235_814_400), "1.24 billion");
        assert_eq!(parameters(134_500_000), "134 million");
        assert_eq!(count(131_072), "131\u{202F}072");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(duration(0.416), "0.42 s");
        assert_eq!(duration(125.0), "2 min 05 s");
        assert_eq!(duration(4321.0), "1 h 12 min");
        assert_eq!(duration(f64::NAN), "0.00 s");
    }
}
