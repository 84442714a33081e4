//! How far two words are from each other.

/// More letters are not compared.
const LENGTH_MAX: usize = 26;

/// Letters that are beside each other on a keyboard (QWERTY).
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// Letters that sound alike.
const SOUNDS: [&str; 6] = ["aeiouy", "ckqs", "sz", "vwf", "gj", "td"];

/// Letters to insert, delete, exchange or swap with their neighbours, if these are not more than `most`.
pub(crate) fn edits(one: &str, other: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let found = table(&a, &b, |_| 1, |_, _, _| 1, 1)?;
    let found = usize::try_from(found).ok()?;
    (found <= most).then_some(found)
}

/// How likely it is that one was typed for the other: edits in tenths, cheap ones for slips that people make.
pub(crate) fn effort(typed: &str, meant: &str) -> u32 {
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), meant.chars().collect());
    // A letter too many or too few is a slip when it doubles its neighbour.
    let gap = |(word, at): (&[char], usize)| {
        let before = at.checked_sub(1).and_then(|i| word.get(i));
        let doubled = before == word.get(at) || word.get(at + 1) == word.get(at);
        if doubled { 5 } else { 9 }
    };
    let exchange = |x: char, y: char, at: usize| {
        let first = if at == 0 { 8 } else { 0 };
        let both = |group: &&str| group.contains(x) && group.contains(y);
        let alike = SOUNDS.iter().any(both);
        first
            + if alike {
                7
            } else if beside(x, y) {
                8
            } else {
                10
            }
    };
    let first = if a.first() == b.first() { 0 } else { 3 };
    table(&a, &b, gap, exchange, 6).map_or(u32::MAX, |found| found + first)
}

/// The cheapest way from one word to the other: gaps, exchanges and swaps of neighbours.
fn table(
    a: &[char],
    b: &[char],
    gap: impl Fn((&[char], usize)) -> u32,
    exchange: impl Fn(char, char, usize) -> u32,
    swap: u32,
) -> Option<u32> {
    if a.len() > LENGTH_MAX || b.len() > LENGTH_MAX {
        return None;
    }
    let mut rows = [[0u32; LENGTH_MAX + 1]; LENGTH_MAX + 1];
    for j in 1..=b.len() {
        rows[0][j] = rows[0][j - 1] + gap((b, j - 1));
    }
    for i in 1..=a.len() {
        rows[i][0] = rows[i - 1][0] + gap((a, i - 1));
        for j in 1..=b.len() {
            let (x, y) = (a[i - 1], b[j - 1]);
            let same = if x == y {
                0
            } else {
                exchange(x, y, (i - 1).max(j - 1))
            };
            let mut best = rows[i - 1][j - 1] + same;
            best = best.min(rows[i - 1][j] + gap((a, i - 1)));
            best = best.min(rows[i][j - 1] + gap((b, j - 1)));
            if i > 1 && j > 1 && x != y && x == b[j - 2] && a[i - 2] == y {
                best = best.min(rows[i - 2][j - 2] + swap);
            }
            rows[i][j] = best;
        }
    }
    Some(rows[a.len()][b.len()])
}

/// Whether two letters are neighbours in a row of the keyboard or in the next.
fn beside(x: char, y: char) -> bool {
    let place = |c: char| {
        ROWS.iter()
            .enumerate()
            .find_map(|(row, keys)| keys.find(c).map(|column| (row, column)))
    };
    match (place(x), place(y)) {
        (Some(one), Some(other)) => one.0.abs_diff(other.0) <= 1 && one.1.abs_diff(other.1) <= 1,
        _ => false,
    }
}
