//! Sampling of the next token from the logits.

use super::logit_bias::LogitBias;
use super::logit_filter::LogitFilter;
use super::random::Random;
use super::{Error, GenerateOptions};

/// Samples tokens according to [`GenerateOptions`]; one per reply, since it counts the generated tokens for penalties.
///
/// Logits and penalties are f32. Probabilities are f64: e to the power of (logit − largest logit) / temperature, summed in the
/// order of the candidates; top-p and min-p are applied before the temperature.
#[derive(Debug)]
pub struct Sampler {
    options: GenerateOptions,
    random: Random,
    filters: Vec<Box<dyn LogitFilter>>,
    /// Logits after the filters; empty without filters.
    filtered: Vec<f32>,
    /// Number of occurrences of each token in the reply. Empty without penalties.
    generated: Vec<u32>,
    /// Whether each token occurs in the prompt. Empty without penalties.
    in_prompt: Vec<bool>,
    candidates: Vec<Candidate>,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    token: u32,
    logit: f32,
}

impl Sampler {
    /// A sampler for a reply to `prompt`, in a vocabulary of `vocab_size` tokens.
    ///
    /// # Errors
    /// [`Error::BadOption`] for an option out of range.
    pub fn new(options: &GenerateOptions, prompt: &[u32], vocab_size: usize) -> Result<Self, Error> {
        options.check()?;
        let remembered = if options.penalizes() { vocab_size } else { 0 };
        let mut in_prompt = vec![false; remembered];
        for &token in prompt {
            if let Some(seen) = in_prompt.get_mut(token as usize) {
                *seen = true;
            }
        }
        let candidates = Vec::with_capacity(if options.temperature > 0.0 { vocab_size } else { 0 });
        let sampler = Self {
            random: Random::new(options.seed),
            options: options.clone(),
            filters: Vec::new(),
            filtered: Vec::new(),
            generated: vec![0; remembered],
            in_prompt,
            candidates,
        };
        if options.logit_bias.is_empty() {
            return Ok(sampler);
        }
        Ok(sampler.with_filter(Box::new(LogitBias::new(&options.logit_bias, vocab_size)?), vocab_size))
    }

    /// Adds a filter after the existing ones, in a vocabulary of `vocab_size` tokens.
    #[must_use]
    pub fn with_filter(mut self, filter: Box<dyn LogitFilter>, vocab_size: usize) -> Self {
        self.filters.push(filter);
        self.filtered.reserve_exact(vocab_size);
        self
    }

    /// Samples the next token from `logits`, `[vocab]`, f32.
    ///
    /// The lower id wins on a tie. Temperature 0 is greedy: nothing is allocated or random.
    ///
    /// # Errors
    /// [`Error::NotANumber`] when logits are NaN, [`Error::EveryTokenBanned`] when filters leave none.
    pub fn choose(&mut self, logits: &[f32]) -> Result<u32, Error> {
        let count = logits.iter().filter(|logit| logit.is_nan()).count();
        if count > 0 {
            return Err(Error::NotANumber { count });
        }
        let token = if self.filters.is_empty() { self.pick_from(logits) } else { self.filter(logits)? };
        if let Some(times) = self.generated.get_mut(token as usize) {
            *times += 1;
        }
        Ok(token)
    }

    /// Samples the next token without filters.
    fn pick_from(&mut self, logits: &[f32]) -> u32 {
        if self.options.temperature > 0.0 { self.draw(logits) } else { self.most_likely(logits) }
    }

    /// Samples the next token from the filtered logits.
    fn filter(&mut self, logits: &[f32]) -> Result<u32, Error> {
        let mut filtered = std::mem::take(&mut self.filtered);
        filtered.clear();
        filtered.extend_from_slice(logits);
        for filter in &mut self.filters {
            filter.apply(&mut filtered);
        }
        let is_banned = |logit: &f32| *logit == f32::NEG_INFINITY;
        let token = if filtered.iter().all(is_banned) {
            Err(Error::EveryTokenBanned)
        } else {
            Ok(self.pick_from(&filtered))
        };
        self.filtered = filtered;
        let token = token?;
        for filter in &mut self.filters {
            filter.accept(token);
        }
        Ok(token)
    }

    fn most_likely(&self, logits: &[f32]) -> u32 {
        let mut best = Candidate { token: 0, logit: f32::NEG_INFINITY };
        for (token, &logit) in (0..).zip(logits) {
            let logit = self.penalized(token, logit);
            if logit > best.logit {
                best = Candidate { token, logit };
            }
        }
        best.token
    }

    /// The logit of `token` after penalties.
    fn penalized(&self, token: u32, mut logit: f32) -> f32 {
        let Some(&times) = self.generated.get(token as usize) else { return logit };
        if times > 0 || self.in_prompt[token as usize] {
            let penalty = self.options.repetition_penalty;
            logit = if logit > 0.0 { logit / penalty } else { logit * penalty };
        }
        if times > 0 {
            logit -= self.options.presence_penalty + self.options.frequency_penalty * times as f32;
        }
        logit
    }

    fn draw(&mut self, logits: &[f32]) -> u32 {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        candidates.extend(
            (0..).zip(logits).map(|(token, &logit)| Candidate { token, logit: self.penalized(token, logit) }),
        );
        self.narrow(&mut candidates);
        let token = self.pick(&candidates);
        self.candidates = candidates;
        token
    }

    /// Applies top-k, top-p and min-p; keeps the likeliest tokens first.
    fn narrow(&self, candidates: &mut Vec<Candidate>) {
        let by_logit = |a: &Candidate, b: &Candidate| b.logit.total_cmp(&a.logit).then(a.token.cmp(&b.token));
        let top_k = if self.options.top_k == 0 { candidates.len() } else { self.options.top_k };
        if top_k < candidates.len() {
            candidates.select_nth_unstable_by(top_k - 1, by_logit);
            candidates.truncate(top_k);
        }
        candidates.sort_unstable_by(by_logit);
        let Some(&Candidate { logit: best, .. }) = candidates.first() else { return };
        let likelihood = |candidate: &Candidate| f64::from(candidate.logit - best).exp();
        if self.options.top_p < 1.0 {
            let wanted = f64::from(self.options.top_p) * candidates.iter().map(likelihood).sum::<f64>();
            let mut sum = 0.0;
            let reached = candidates.iter().position(|candidate| {
                sum += likelihood(candidate);
                sum >= wanted
            });
            candidates.truncate(reached.map_or(candidates.len(), |last| last + 1));
        }
        if self.options.min_p > 0.0 {
            let least = f64::from(self.options.min_p);
            let kept = candidates.partition_point(|candidate| likelihood(candidate) >= least);
            candidates.truncate(kept.max(1));
        }
    }

    /// Samples from the softmax of the sorted `candidates` at the temperature, in f64.
    fn pick(&mut self, candidates: &[Candidate]) -> u32 {
        let Some(&Candidate { token: first, logit: best }) = candidates.first() else { return 0 };
        let temperature = f64::from(self.options.temperature);
        let weight = |candidate: &Candidate| (f64::from(candidate.logit - best) / temperature).exp();
        let mut left = self.random.uniform() * candidates.iter().map(weight).sum::<f64>();
        for candidate in candidates {
            left -= weight(candidate);
            if left < 0.0 {
                return candidate.token;
            }
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn choices(options: &GenerateOptions, logits: &[f32], draws: usize) -> Vec<u32> {
        let mut sampler = Sampler::new(options, &[], logits.len()).unwrap();
        (0..draws).map(|_| sampler.choose(logits).unwrap()).collect()
    }

    fn free() -> GenerateOptions {
        GenerateOptions {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            seed: Some(7),
            ..Default::default()
        }
    }

    #[test]
    fn greedy_takes_the_largest_and_the_lower_token_of_equals() {
        assert_eq!(choices(&GenerateOptions::greedy(), &[0.0, 2.0, 2.0, -1.0], 2), [1, 1]);
    }

    #[test]
    fn draws_follow_the_softmax() {
        let logits = [0.0, (2.0_f32).ln(), (5.0_f32).ln()];
        let drawn = choices(&free(), &logits, 8000);
        for (token, share) in [(0, 0.125), (1, 0.25), (2, 0.625)] {
            let found = drawn.iter().filter(|&&other| other == token).count() as f64 / 8000.0;
            assert!((found - share).abs() < 0.02, "token {token}: {found}");
        }
    }

    #[test]
    fn each_filter_keeps_what_it_says() {
        let logits = [4.0, 3.0, 2.0, -5.0];
        let seen = |options: GenerateOptions| {
            let mut tokens = choices(&options, &logits, 2000);
            tokens.sort_unstable();
            tokens.dedup();
            tokens
        };
        assert_eq!(seen(GenerateOptions { top_k: 2, ..free() }), [0, 1]);
        assert_eq!(seen(GenerateOptions { top_p: 0.5, ..free() }), [0]);
        assert_eq!(seen(GenerateOptions { top_p: 0.8, ..free() }), [0, 1]);
        assert_eq!(seen(GenerateOptions { min_p: 0.1, ..free() }), [0, 1, 2]);
    }

    #[test]
    fn penalties_count_what_was_seen() {
        let options = GenerateOptions { frequency_penalty: 0.6, ..GenerateOptions::greedy() };
        assert_eq!(choices(&options, &[2.0, 1.0], 4), [0, 0, 1, 0]);
        let options = GenerateOptions { repetition_penalty: 3.0, ..GenerateOptions::greedy() };
        let mut sampler = Sampler::new(&options, &[0], 2).unwrap();
        assert_eq!(sampler.choose(&[2.0, 1.0]).unwrap(), 1);
    }

    /// Lets a token be chosen once.
    #[derive(Debug, Default)]
    struct Once(Vec<u32>);

    impl LogitFilter for Once {
        fn apply(&mut self, logits: &mut [f32]) {
            for &token in &self.0 {
                logits[token as usize] = f32::NEG_INFINITY;
            }
        }

        fn accept(&mut self, token: u32) {
            self.0.push(token);
        }
    }

    #[test]
    fn filters_come_before_penalties_and_learn_what_was_chosen() {
        let biased = |logit_bias| GenerateOptions { logit_bias, ..GenerateOptions::greedy() };
        assert_eq!(choices(&biased(vec![(2, 1.5)]), &[2.0, 1.0, 1.0], 2), [2, 2]);
        assert_eq!(choices(&biased(vec![(0, f32::NEG_INFINITY)]), &[2.0, 1.0, 0.0], 2), [1, 1]);
        // The bias makes the logit negative, so that the penalty multiplies it: -1 beside -1.5 after the first time.
        let options = GenerateOptions { repetition_penalty: 2.0, ..biased(vec![(0, -3.0)]) };
        assert_eq!(choices(&options, &[2.0, -1.5], 2), [0, 1]);
        for options in [GenerateOptions::greedy(), free()] {
            let mut sampler =
                Sampler::new(&options, &[], 3).unwrap().with_filter(Box::new(Once::default()), 3);
            let mut chosen: Vec<u32> = (0..3).map(|_| sampler.choose(&[2.0, 1.0, 3.0]).unwrap()).collect();
            assert!(matches!(sampler.choose(&[2.0, 1.0, 3.0]), Err(Error::EveryTokenBanned)));
            chosen.sort_unstable();
            assert_eq!(chosen, [0, 1, 2]);
        }
    }

    #[test]
    fn filters_allocate_nothing_per_token() {
        let options = GenerateOptions { logit_bias: vec![(1, 0.5)], ..GenerateOptions::greedy() };
        let mut sampler = Sampler::new(&options, &[], 100).unwrap();
        let (buffer, capacity) = (sampler.filtered.as_ptr(), sampler.filtered.capacity());
        for _ in 0..3 {
            sampler.choose(&[0.0; 100]).unwrap();
        }
        assert_eq!((buffer, capacity), (sampler.filtered.as_ptr(), sampler.filtered.capacity()));
        assert_eq!(Sampler::new(&free(), &[], 100).unwrap().filtered.capacity(), 0);
    }

    #[test]
    fn nonsense_is_refused() {
        let options = GenerateOptions { top_p: 1.5, ..free() };
        assert!(matches!(Sampler::new(&options, &[], 2), Err(Error::BadOption { option: "top-p", .. })));
        let mut sampler = Sampler::new(&free(), &[], 2).unwrap();
        assert!(matches!(sampler.choose(&[f32::NAN, 0.0]), Err(Error::NotANumber { count: 1 })));
    }

    proptest! {
        #[test]
        fn any_logits_give_a_token_that_the_seed_repeats(
            logits in proptest::collection::vec(-50.0_f32..50.0, 1..200),
            top_k in 0_usize..20, top_p in 0.0_f32..=1.0, min_p in 0.0_f32..=1.0, seed: u64, temperature in 0.0_f32..3.0,
        ) {
            let options = GenerateOptions { temperature, top_k, top_p, min_p, seed: Some(seed), ..Default::default() };
            let drawn = choices(&options, &logits, 3);
            prop_assert!(drawn.iter().all(|&token| (token as usize) < logits.len()));
            prop_assert_eq!(drawn, choices(&options, &logits, 3));
        }
    }
}
