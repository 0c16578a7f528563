//! The multiple-choice knapsack: one choice per item, the least total loss within a number of bytes.
//!
//! Dynamic programming over bytes in equal steps (Kellerer, Pferschy and Pisinger, Knapsack Problems, 2004, section 11.5). A
//! choice's bytes are counted in whole steps, rounded up, so the result always fits; the bound from below comes from Lagrangian
//! relaxation with the exact bytes.

/// Steps that a budget is divided into.
const STEPS: usize = 50_000;
/// Halvings of the interval of Lagrange multipliers.
const HALVINGS: usize = 100;

/// A choice for an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Size of the item with this choice in bytes.
    pub bytes: u64,
    /// Loss of the item with this choice.
    pub loss: f64,
}

/// A choice for every item.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Index of the choice of each item.
    pub choices: Vec<usize>,
    /// Bytes of all items.
    pub bytes: u64,
    /// Loss of all items.
    pub loss: f64,
    /// A bound from below of the loss of any choice that fits.
    pub least_loss: f64,
}

/// Chooses for each item so that all fit into `budget` bytes and their loss is least; `None` if the smallest do not fit.
///
/// Every item needs at least one choice.
pub fn choose(items: &[Vec<Choice>], budget: u64) -> Option<Chosen> {
    let smallest = |item: &Vec<Choice>| item.iter().map(|choice| choice.bytes).min();
    let least: u64 = items.iter().map(smallest).sum::<Option<u64>>()?;
    if least > budget {
        return None;
    }
    // The steps divide what is left beyond the least of every item.
    let room = budget - least;
    let step = (room / STEPS as u64).max(1);
    let n_steps = (room / step) as usize;
    let extra = |item: &Vec<Choice>, choice: &Choice| {
        let bytes = choice.bytes - smallest(item).unwrap_or(0);
        bytes.div_ceil(step) as usize
    };
    // best[s]: the least loss of the items so far in s steps; taken[i][s]: the choice of item i there.
    let mut best = vec![0.0_f64; n_steps + 1];
    let mut taken = Vec::with_capacity(items.len());
    for item in items {
        let mut next = vec![f64::INFINITY; n_steps + 1];
        let mut choices = vec![0_u16; n_steps + 1];
        for (index, choice) in item.iter().enumerate() {
            let steps = extra(item, choice);
            for s in steps..=n_steps {
                let loss = best[s - steps] + choice.loss;
                if loss < next[s] {
                    (next[s], choices[s]) = (loss, index as u16);
                }
            }
        }
        best = next;
        taken.push(choices);
    }
    let mut left = n_steps;
    let mut choices = vec![0; items.len()];
    for (index, item) in items.iter().enumerate().rev() {
        let choice = usize::from(taken[index][left]);
        choices[index] = choice;
        left -= extra(item, &item[choice]);
    }
    use_the_rest(items, budget, &mut choices);
    let pairs = || items.iter().zip(&choices).map(|(item, &choice)| item[choice]);
    let (bytes, loss) = (pairs().map(|choice| choice.bytes).sum(), pairs().map(|choice| choice.loss).sum());
    Some(Chosen { choices, bytes, loss, least_loss: bound(items, budget).min(loss) })
}

/// Improves choices with the bytes that rounding up left: the best change of one item that fits, as long as there is one.
fn use_the_rest(items: &[Vec<Choice>], budget: u64, choices: &mut [usize]) {
    loop {
        let used: u64 = items.iter().zip(&*choices).map(|(item, &choice)| item[choice].bytes).sum();
        let mut best = (0.0, None);
        for (index, item) in items.iter().enumerate() {
            let now = item[choices[index]];
            for (other, choice) in item.iter().enumerate() {
                let gain = now.loss - choice.loss;
                if gain > best.0 && used - now.bytes + choice.bytes <= budget {
                    best = (gain, Some((index, other)));
                }
            }
        }
        let Some((index, other)) = best.1 else { return };
        choices[index] = other;
    }
}

/// The largest bound from below that a Lagrange multiplier gives: min Σ loss + λ·(bytes - budget).
fn bound(items: &[Vec<Choice>], budget: u64) -> f64 {
    let relaxed = |multiplier: f64| {
        let (mut value, mut bytes) = (-multiplier * budget as f64, 0);
        for item in items {
            let cost = |choice: &Choice| choice.loss + multiplier * choice.bytes as f64;
            if let Some(choice) = item.iter().min_by(|a, b| cost(a).total_cmp(&cost(b))) {
                value += cost(choice);
                bytes += choice.bytes;
            }
        }
        (value, bytes)
    };
    let worst = items.iter().flatten().map(|choice| choice.loss).fold(0.0, f64::max);
    let (mut low, mut high) = (0.0, worst.max(f64::MIN_POSITIVE));
    let mut best = relaxed(0.0).0;
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        let (value, bytes) = relaxed(middle);
        best = best.max(value);
        if bytes > budget { low = middle } else { high = middle }
    }
    best
}

#[cfg(test)]
mod tests {
    use nibble_kernels::testing::Random;

    use super::*;

    /// Items of random choices, more bytes with less loss.
    fn items(random: &mut Random, n_items: usize, n_choices: usize) -> Vec<Vec<Choice>> {
        let item = |random: &mut Random| {
            let size = 1000.0 + 9000.0 * random.unit();
            let weight = f64::from(random.unit().powi(3));
            let choice = |bits: usize| Choice {
                bytes: (size * (bits + 2) as f32) as u64 + 7,
                loss: weight * 0.25_f64.powi(bits as i32),
            };
            (0..n_choices).map(choice).collect()
        };
        (0..n_items).map(|_| item(random)).collect()
    }

    /// The least loss within a budget, by trying everything.
    fn least(items: &[Vec<Choice>], budget: u64) -> Option<f64> {
        let Some((first, rest)) = items.split_first() else { return Some(0.0) };
        let fitting = first.iter().filter(|choice| choice.bytes <= budget);
        fitting
            .filter_map(|choice| Some(choice.loss + least(rest, budget - choice.bytes)?))
            .min_by(f64::total_cmp)
    }

    #[test]
    fn the_choice_fits_and_is_as_good_as_any() {
        let mut random = Random::new(11);
        for _ in 0..30 {
            let items = items(&mut random, 6, 4);
            let total = |choice: fn(&Vec<Choice>) -> u64| items.iter().map(choice).sum::<u64>();
            let (low, high) = (total(|item| item[0].bytes), total(|item| item[3].bytes));
            assert_eq!(choose(&items, low - 1), None);
            for share in 0..=8 {
                let budget = low + (high - low) * share / 8;
                let chosen = choose(&items, budget).unwrap();
                let least = least(&items, budget).unwrap();
                assert!(chosen.bytes <= budget);
                // Rounding up costs at most six of fifty thousand steps.
                assert!(chosen.loss <= least * 1.01 + 1e-12, "{chosen:?} {least}");
                assert!(chosen.least_loss <= least * (1.0 + 1e-9), "{chosen:?} {least}");
            }
            assert_eq!(choose(&items, high).unwrap().choices, [3; 6]);
        }
    }

    #[test]
    fn many_items_are_solved_close_to_the_bound() {
        let items = items(&mut Random::new(3), 200, 8);
        let low: u64 = items.iter().map(|item| item[0].bytes).sum();
        let high: u64 = items.iter().map(|item| item[7].bytes).sum();
        for share in 1..8 {
            let chosen = choose(&items, low + (high - low) * share / 8).unwrap();
            assert!(
                chosen.loss <= chosen.least_loss * 1.02,
                "{}: {} {}",
                share,
                chosen.loss,
                chosen.least_loss
            );
        }
    }
}
