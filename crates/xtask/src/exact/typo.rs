//! One slip of the finger.

use std::collections::HashSet;

use super::words::shuffled;

/// Shorter words are not mistyped: what they were meant to be is anybody's guess.
const CHARS_MIN: usize = 5;
/// Rows of a keyboard: who misses a key hits its neighbour.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The phrase with one edit in its longest word of five letters or more: two letters swapped, one left out, doubled or
/// hit beside. The first letter is right, and what comes out is no word of the catalogue.
pub(super) fn mistyped(phrase: &str, seed: &str, known: &HashSet<String>) -> Option<String> {
    let words: Vec<&str> = phrase.split(' ').collect();
    let longest = words
        .iter()
        .enumerate()
        .max_by_key(|(_, word)| word.len())?;
    let (place, word) = longest;
    if word.len() < CHARS_MIN || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let slips = shuffled(slips(word), &format!("{seed} {phrase}"), Clone::clone);
    let slip = slips.into_iter().find(|slip| !known.contains(slip))?;
    let mut words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    words[place] = slip;
    Some(words.join(" "))
}

/// Every slip in a word of small letters.
fn slips(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut slips = Vec::new();
    for at in 1..letters.len() {
        let mut slip = |edit: &dyn Fn(&mut Vec<char>)| {
            let mut changed = letters.clone();
            edit(&mut changed);
            slips.push(changed.into_iter().collect::<String>());
        };
        slip(&|letters| {
            letters.remove(at);
        });
        slip(&|letters| letters.insert(at, letters[at]));
        if at + 1 < letters.len() {
            slip(&|letters| letters.swap(at, at + 1));
        }
        for neighbour in neighbours(letters[at]) {
            slip(&|letters| letters[at] = neighbour);
        }
    }
    slips.sort();
    slips.dedup();
    slips.retain(|slip| slip != word);
    slips
}

fn neighbours(letter: char) -> Vec<char> {
    let row = ROWS.into_iter().find(|row| row.contains(letter));
    let Some((row, at)) = row.and_then(|row| Some((row, row.find(letter)?))) else {
        return Vec::new();
    };
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
    beside.filter_map(|at| row.chars().nth(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_and_words_with_digits_are_left_alone() {
        for phrase in ["tv", "ssd disk", "ps4pro4"] {
            assert_eq!(mistyped(phrase, "", &HashSet::new()), None);
        }
    }

    #[test]
    fn one_edit_and_never_another_word() {
        let known: HashSet<String> = slips("cable")
            .into_iter()
            .filter(|slip| slip != "cabel")
            .collect();
        assert_eq!(
            mistyped("usb cable", "", &known).as_deref(),
            Some("usb cabel")
        );
        for slip in slips("monitor") {
            assert!(slip.starts_with('m') && slip != "monitor", "{slip}");
            assert!(slip.len().abs_diff(7) <= 1, "{slip}");
        }
    }
}
