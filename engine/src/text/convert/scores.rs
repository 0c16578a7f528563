//! Conversion of merge ranks to token scores, for vocabularies that GGUF stores with scores.
//!
//! `tokenizer.json` merges the pair of lowest rank, SentencePiece the pair whose union has the highest score. The two are
//! equivalent if every union of two tokens that is a token is a merge, and if all merges into one token are contiguous, so that
//! the token's rank can be its score. Files converted from SentencePiece have this property; it is checked here.

use std::collections::{HashMap, HashSet};

use super::definition::BytePairs;

/// Scores of merged tokens, and whether merging by them is equivalent to merging by rank.
pub(super) struct Scores {
    /// Scores by token; tokens that no merge creates are absent.
    pub(super) by_token: HashMap<String, f32>,
    /// A score below all others.
    pub(super) lowest: f32,
    /// Whether both ways to merge always agree.
    pub(super) is_exact: bool,
}

/// Computes scores from `model`'s merges. `ordinary` are the tokens that text can be encoded to.
pub(super) fn scores_of(model: &BytePairs, ordinary: &HashSet<&str>) -> Scores {
    let mut by_token: HashMap<String, f32> = HashMap::new();
    let mut pairs: HashSet<(&str, &str)> = HashSet::new();
    let mut is_exact = true;
    let mut last = String::new();
    for merge in &model.merges {
        let Some((left, right)) = merge.parts() else {
            is_exact = false;
            continue;
        };
        pairs.insert((left, right));
        let union = format!("{left}{right}");
        if union == last {
            continue;
        }
        // A token that was made before and is made again further down has no one place.
        let score = -(by_token.len() as f32);
        is_exact &= by_token.insert(union.clone(), score).is_none();
        last = union;
    }
    is_exact &= ordinary.iter().all(|token| every_union_merges(token, ordinary, &pairs));
    Scores { lowest: -(by_token.len() as f32), by_token, is_exact }
}

/// Whether each split of `token` into two tokens is a merge, and each of its characters a token.
fn every_union_merges(token: &str, ordinary: &HashSet<&str>, pairs: &HashSet<(&str, &str)>) -> bool {
    let mut starts = token.char_indices().map(|(start, _)| start).skip(1);
    let unions_merge = starts.all(|at| {
        let (left, right) = token.split_at(at);
        !ordinary.contains(left) || !ordinary.contains(right) || pairs.contains(&(left, right))
    });
    unions_merge && token.chars().all(|c| ordinary.contains(&*c.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn model(vocab: &[&str], merges: &[[&str; 2]]) -> BytePairs {
        let vocab: HashMap<&str, usize> = vocab.iter().enumerate().map(|(id, token)| (*token, id)).collect();
        serde_json::from_value(json!({"vocab": vocab, "merges": merges})).unwrap()
    }

    fn scores(vocab: &[&str], merges: &[[&str; 2]]) -> Scores {
        scores_of(&model(vocab, merges), &vocab.iter().copied().collect())
    }

    #[test]
    fn a_tokens_place_among_the_merges_is_its_score() {
        let vocab = ["a", "b", "c", "ab", "bc", "abc"];
        let scores = scores(&vocab, &[["a", "b"], ["b", "c"], ["a", "bc"], ["ab", "c"]]);
        assert!(scores.is_exact);
        let found = [scores.by_token["ab"], scores.by_token["abc"], scores.lowest];
        assert_eq!(found.map(|score| score as i32), [0, -2, -3]);
    }

    #[test]
    fn what_scores_cannot_say_is_noticed() {
        let vocab = ["a", "b", "c", "ab", "bc", "abc"];
        // "ab" and "c" are not merged by rank, but would be by score.
        assert!(!scores(&vocab, &[["a", "b"], ["b", "c"], ["a", "bc"]]).is_exact);
        // "abc" is made at two places.
        assert!(!scores(&vocab, &[["a", "b"], ["ab", "c"], ["b", "c"], ["a", "bc"]]).is_exact);
        // "d" is not a token by itself.
        assert!(!scores(&["a", "ad"], &[]).is_exact);
    }
}
