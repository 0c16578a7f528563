//! Random numbers for tests, benches and examples: SplitMix64 (Steele, Lea, Flood 2014), the same on every machine.

/// A stream of random numbers that depends on its seed alone.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A whole number, all 64 bits of which vary.
    pub fn whole(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A whole number below `end`, almost uniform.
    ///
    /// # Panics
    /// When `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.whole() % end
    }

    /// A number in [-1, 1), with 24 bits.
    pub fn number(&mut self) -> f32 {
        (self.whole() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// A number in [0, 1), with 24 bits.
    pub fn unit(&mut self) -> f32 {
        (self.whole() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// `n` numbers in [-1, 1).
    pub fn numbers(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.number()).collect()
    }

    /// Random bytes, `n` of them.
    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..n.div_ceil(8)).flat_map(|_| self.whole().to_le_bytes()).collect();
        bytes.truncate(n);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of seed 1234567, as published with Java's SplittableRandom and in many ports.
    #[test]
    fn the_stream_is_that_of_splitmix64() {
        let mut random = Random::new(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(expected.map(|_| random.whole()), expected);
    }

    #[test]
    fn numbers_are_spread_over_their_range() {
        let numbers = Random::new(1).numbers(1000);
        assert!(numbers.iter().all(|number| (-1.0..1.0).contains(number)));
        assert!((numbers.iter().sum::<f32>() / 1000.0).abs() < 0.1);
        assert_eq!(Random::new(2).bytes(13), Random::new(2).bytes(20)[..13]);
    }
}
