//! Every path of attention against a plain f64 softmax of what the cache holds, with a bound from the inputs.

use super::*;
use crate::level::Kind;
use crate::rope::{Pairing, RopeTable};
use crate::testing::{Random, need};

/// Numbers between -1 and 1 that look random and are the same every time.
fn noise(seed: u64, n: usize) -> Vec<f32> {
    Random::new(seed).numbers(n)
}

const TYPES: [KvCacheType; 2] = [KvCacheType::F16, KvCacheType::Int8];

/// A level, and the weights of the model that attends.
type Way = (Level, InputFormats);

/// All levels with floating-point weights; those with tiles also with others, for which they are used.
fn ways() -> Vec<Way> {
    let with = |forms: InputFormats| move |level: Level| (level, forms);
    let mut ways: Vec<Way> = Level::available().into_iter().map(with(InputFormats::FLOAT)).collect();
    ways.extend(need(Kind::Amx).map(with(InputFormats::INTEGER)));
    ways
}

struct Case {
    cache_type: KvCacheType,
    n_heads: usize,
    shape: KvShape,
    context: usize,
    softcap: Option<f32>,
    window: Option<usize>,
}

impl Case {
    fn params(&self) -> AttentionParams {
        let scale = 3.0 / (self.shape.head_dim as f32).sqrt(); // peaked weights, so that mistakes in softmax show
        AttentionParams { n_heads: self.n_heads, scale, softcap: self.softcap, window: self.window }
    }

    fn row(&self) -> usize {
        self.n_heads * self.shape.head_dim
    }

    fn kv_row(&self) -> usize {
        self.shape.n_kv_heads * self.shape.head_dim
    }

    fn filled_cache(&self) -> KvCache {
        let mut cache = KvCache::new(self.cache_type, self.shape, self.context).expect("a small cache");
        let (keys, values) = (noise(1, self.context * self.kv_row()), noise(2, self.context * self.kv_row()));
        let writer = cache.writer();
        for position in 0..self.context {
            let at = position * self.kv_row()..(position + 1) * self.kv_row();
            // SAFETY: one thread.
            unsafe { writer.store(Level::SCALAR, position, &keys[at.clone()], &values[at]) };
        }
        cache
    }

    fn run(&self, (level, weights): Way, threads: usize, tokens: std::ops::Range<usize>) -> Vec<f32> {
        let cache = self.filled_cache();
        let pool = Pool::new(threads);
        let mut scratch =
            AttentionScratch::new(level, weights, self.n_heads, self.shape, self.context, threads)
                .expect("memory");
        let queries = noise(3, self.context * self.row());
        let queries = &queries[tokens.start * self.row()..tokens.end * self.row()];
        let params = self.params();
        let mut out = vec![f32::NAN; queries.len()];
        let step = AttentionStep { params: &params, cache: &cache, queries, first_position: tokens.start };
        attend(level, &pool, &step, &mut scratch, &mut out);
        out
    }

    /// What `attend` makes of `tokens`, in a scratch for tiles.
    #[cfg(target_arch = "x86_64")]
    fn run_on(
        &self,
        tokens: std::ops::Range<usize>,
        attend: impl Fn(&Problem<'_>, &mut tiles::Scratch, &SharedMut<'_, f32>),
    ) -> Vec<f32> {
        let (cache, params) = (self.filled_cache(), self.params());
        let queries = noise(3, self.context * self.row());
        let queries = &queries[tokens.start * self.row()..tokens.end * self.row()];
        let problem = Problem { params: &params, cache: &cache, queries, first: tokens.start };
        let mut scratch = tiles::Scratch::new(self.n_heads, self.shape, 2).expect("memory");
        let mut out = vec![f32::NAN; queries.len()];
        attend(&problem, &mut scratch, &SharedMut::new(&mut out));
        if self.cache_type == KvCacheType::Int8 {
            out.chunks_mut(self.row()).for_each(|row| rotate(row, self.shape.head_dim));
        }
        out
    }

    /// Checks results of `tokens` against f64. What the cache holds is taken as rotated, and the queries too; the results are not.
    ///
    /// Bound: a score of magnitude S = scale·Σ|q·k| carries (head_dim + 8) roundings, which change its weight by that much
    /// relatively; weights and sums add a few more per position. Values are at most 1.
    ///
    /// Where tiles round queries, keys, values and weights to 8 bits a score has two such roundings,
    /// a weight and a value one each.
    fn check(&self, got: &[f32], tokens: std::ops::Range<usize>, in_tiles: bool, what: &str) {
        let cache = self.filled_cache();
        let queries = noise(3, self.context * self.row());
        let mut got = got.to_vec();
        if self.cache_type == KvCacheType::Int8 {
            rotate(&mut got, self.shape.head_dim);
        }
        let (head_dim, group) = (self.shape.head_dim, self.n_heads / self.shape.n_kv_heads);
        let params = self.params();
        for (i, token) in tokens.enumerate() {
            for head in 0..self.n_heads {
                let [keys, values] = contents(&cache, head / group);
                let query = &queries[token * self.row() + head * head_dim..][..head_dim];
                let from = self.window.map_or(0, |window| (token + 1).saturating_sub(window));
                let mut magnitude = 0.0_f64;
                let scores: Vec<f64> = (from..=token)
                    .map(|position| {
                        let key = &keys[position * head_dim..][..head_dim];
                        let products = || query.iter().zip(key).map(|(&q, &k)| f64::from(q) * k);
                        let scale = f64::from(params.scale);
                        magnitude = magnitude.max(scale * products().map(f64::abs).sum::<f64>());
                        let score = scale * products().sum::<f64>();
                        params.softcap.map_or(score, |cap| f64::from(cap) * (score / f64::from(cap)).tanh())
                    })
                    .collect();
                let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let weights: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
                let total: f64 = weights.iter().sum();
                let cap = f64::from(params.softcap.unwrap_or(0.0));
                let roundings =
                    magnitude * (head_dim as f64 + 8.0) + 8.0 * cap + 4.0 * scores.len() as f64 + 32.0;
                let tile_roundings = if in_tiles { (2.0 * magnitude + 2.0) / 256.0 } else { 0.0 };
                let bound = roundings * f64::from(f32::EPSILON) / 2.0 + tile_roundings / 2.0;
                for element in 0..head_dim {
                    let want: f64 = (from..=token)
                        .zip(&weights)
                        .map(|(position, weight)| weight * values[position * head_dim + element])
                        .sum::<f64>()
                        / total;
                    let got = f64::from(got[i * self.row() + head * head_dim + element]);
                    assert!(
                        (got - want).abs() <= bound,
                        "{what}: token {token} head {head} element {element}: {got} is not {want} within {bound}"
                    );
                }
            }
        }
    }
}

fn cases() -> Vec<Case> {
    let case = |n_heads, n_kv_heads, head_dim, context, softcap, window| {
        TYPES.map(|cache_type| Case {
            cache_type,
            n_heads,
            shape: KvShape { n_kv_heads, head_dim },
            context,
            softcap,
            window,
        })
    };
    [
        case(4, 1, 64, 70, None, None),
        case(8, 2, 16, 600, None, None),
        case(3, 3, 8, 65, None, Some(5)),
        case(14, 2, 20, 130, None, None),
        case(5, 1, 96, 300, Some(2.0), Some(100)),
        case(6, 2, 80, 129, Some(5.0), None),
        case(2, 1, 128, 530, None, Some(257)),
        case(1, 1, 2, 3, None, None),
        case(16, 2, 32, 64, None, Some(1)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Keys and values of one head, `[position][element]`.
fn contents(cache: &KvCache, kv_head: usize) -> [Vec<f64>; 2] {
    let positions = 0..cache.capacity();
    [
        positions.clone().flat_map(|position| cache.key(kv_head, position)).map(f64::from).collect(),
        positions.flat_map(|position| cache.value(kv_head, position)).map(f64::from).collect(),
    ]
}

#[test]
fn every_level_attends_as_the_formula_says() {
    for (number, case) in cases().iter().enumerate() {
        for way in ways() {
            let (level, weights) = way;
            let all = 0..case.context;
            let what = format!("case {number} {} chunk", level.name());
            case.check(&case.run(way, 2, all.clone()), all, weights.integer, &what);
            for token in [0, case.context / 2, case.context - 1] {
                let one = token..token + 1;
                let what = format!("case {number} {} token", level.name());
                case.check(&case.run(way, 2, one.clone()), one, false, &what);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn tiles_attend_as_the_formula_says_and_the_processors_as_soft_ones() {
    if need(Kind::Avx2).is_none() {
        return;
    }
    for (number, case) in cases().iter().enumerate() {
        let tokens = case.context / 4..case.context;
        let soft = case.run_on(tokens.clone(), |problem, scratch, out| {
            // SAFETY: AVX2 is there, and with it FMA and F16C.
            unsafe { tiles::soft::attend(problem, scratch, out) };
        });
        case.check(&soft, tokens.clone(), true, &format!("case {number} on soft tiles"));
        if let Some(level) = need(Kind::Amx) {
            let hardware = case.run_on(tokens, |problem, scratch, out| {
                // SAFETY: the level proves that tiles may be used.
                unsafe { tiles::attend(&Pool::new(2), problem, scratch, out) };
            });
            let worst = soft.iter().zip(&hardware).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            // Sums of weights come in another order with 8 lanes than with 16, and a weight may fall to its neighbor.
            assert!(worst < 1.0 / 256.0, "case {number}: {worst} at {}", level.name());
        }
    }
}

#[test]
fn a_cache_of_codes_attends_much_as_one_of_halves() {
    let shape = KvShape { n_kv_heads: 2, head_dim: 64 };
    let (n_heads, n_tokens) = (4, 90);
    let rope = {
        let mut rope = RopeTable::new(Pairing::Halves, vec![0.5; 32], 1.0, n_tokens);
        rope.fill(0, n_tokens);
        rope
    };
    let params = AttentionParams { n_heads, scale: 0.125, softcap: None, window: None };
    for level in Level::available() {
        let results = TYPES.map(|cache_type| {
            let mut cache = KvCache::new(cache_type, shape, n_tokens).expect("a small cache");
            let mut queries = noise(21, n_tokens * n_heads * 64);
            let (mut keys, mut values) = (noise(22, n_tokens * 128), noise(23, n_tokens * 128));
            // Some elements are far larger than the rest, as in trained models.
            keys.iter_mut().skip(7).step_by(64).for_each(|key| *key *= 20.0);
            let rows = QkvRows { queries: &mut queries, keys: &mut keys, values: &mut values };
            let step = QkvStep { biases: None, norm: None, rope: &rope, first_position: 0 };
            finish_qkv(level, &Pool::new(1), &step, rows, &mut cache);
            let mut scratch = AttentionScratch::new(level, InputFormats::FLOAT, n_heads, shape, n_tokens, 1)
                .expect("memory");
            let mut out = vec![f32::NAN; queries.len()];
            let step = AttentionStep { params: &params, cache: &cache, queries: &queries, first_position: 0 };
            attend(level, &Pool::new(1), &step, &mut scratch, &mut out);
            out
        });
        let [halves, codes] = results;
        let error: f32 = halves.iter().zip(&codes).map(|(a, b)| (a - b).powi(2)).sum();
        let power: f32 = halves.iter().map(|a| a.powi(2)).sum();
        assert!(error < 1e-3 * power, "{}: relative error {}", level.name(), (error / power).sqrt());
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    for case in cases() {
        for way in ways() {
            for tokens in [0..case.context, case.context - 1..case.context] {
                let one = case.run(way, 1, tokens.clone());
                for threads in [2, 3] {
                    assert_eq!(case.run(way, threads, tokens.clone()), one, "{way:?} {threads}");
                }
            }
        }
    }
}

#[test]
fn results_do_not_depend_on_where_chunks_begin() {
    for case in cases() {
        for way in ways() {
            let whole = case.run(way, 2, 0..case.context);
            let middle = case.context / 3;
            if middle < 2 {
                continue;
            }
            let parts = [case.run(way, 2, 0..middle), case.run(way, 2, middle..case.context)].concat();
            assert_eq!(parts, whole, "{way:?}");
        }
    }
}

#[test]
fn finishing_a_chunk_equals_finishing_token_by_token() {
    let shape = KvShape { n_kv_heads: 2, head_dim: 24 };
    let (q_len, kv_len, n_tokens) = (96, 48, 19);
    let (queries, keys, values) =
        (noise(4, n_tokens * q_len), noise(5, n_tokens * kv_len), noise(6, n_tokens * kv_len));
    let (q_bias, k_bias, v_bias) = (noise(7, q_len), noise(8, kv_len), noise(9, kv_len));
    let (q_norm, k_norm) = (noise(10, 24), noise(11, 24));
    let norm = Some(HeadNorm { query: &q_norm, key: &k_norm, eps: 1e-5 });
    for (level, cache_type) in
        Level::available().into_iter().flat_map(|level| TYPES.map(|kind| (level, kind)))
    {
        let mut results = Vec::new();
        for chunk in [n_tokens, 1] {
            let mut cache = KvCache::new(cache_type, shape, 40).expect("a small cache");
            let (mut q, mut k, mut v) = (queries.clone(), keys.clone(), values.clone());
            let mut rope = RopeTable::new(Pairing::Halves, vec![1.0, 0.5, 0.25], 1.0, n_tokens);
            for first in (0..n_tokens).step_by(chunk) {
                rope.fill(5 + first, chunk);
                let biases = Some([&*q_bias, &*k_bias, &*v_bias]);
                let step = QkvStep { biases, norm, rope: &rope, first_position: 5 + first };
                let rows = QkvRows {
                    queries: &mut q[first * q_len..(first + chunk) * q_len],
                    keys: &mut k[first * kv_len..(first + chunk) * kv_len],
                    values: &mut v[first * kv_len..(first + chunk) * kv_len],
                };
                finish_qkv(level, &Pool::new(2), &step, rows, &mut cache);
            }
            results.push((q, [0, 1].map(|head| contents(&cache, head))));
        }
        assert_eq!(results[0], results[1], "{}", level.name());
    }
}
