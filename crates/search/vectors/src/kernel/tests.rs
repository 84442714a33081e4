//! Every kernel gives the integers of the plainest loop.

use proptest::prelude::*;

use super::*;

/// Asks each kernel for one tile of `rows` rows over `panel`.
struct Tile<'a> {
    rows: &'a [Vec<u8>],
    panel: &'a [i8],
}

impl Job for Tile<'_> {
    type Out = Vec<[i32; PANEL]>;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Self::Out {
        let rows: Vec<Vec<K::Code>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|code| K::Code::from(*code)).collect())
            .collect();
        let mut found = Vec::new();
        for pair in rows.chunks(2) {
            if let [a, b] = pair {
                let mut out = [[0; PANEL]; 2];
                kernel.tile([a, b], self.panel, &mut out);
                found.extend(out);
            } else {
                let mut out = [[0; PANEL]; 1];
                kernel.tile([&pair[0]], self.panel, &mut out);
                found.extend(out);
            }
        }
        found
    }
}

struct Dot<'a>(&'a Row, &'a Row);

impl Job for Dot<'_> {
    type Out = i32;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> i32 {
        kernel.dot(self.0, self.1)
    }
}

fn plain(row: &[u8], panel: &[i8]) -> [i32; PANEL] {
    let mut out = [0; PANEL];
    for (k, x) in row.iter().enumerate() {
        for (o, sum) in out.iter_mut().enumerate() {
            let weight = panel[(k / GROUP) * GROUP_BYTES + o * GROUP + k % GROUP];
            *sum += i32::from(*x) * i32::from(weight);
        }
    }
    out
}

fn row(seed: u64) -> Row {
    let mut state = seed | 1;
    Row(std::array::from_fn(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((state >> 33) % 255) as i8
    }))
}

proptest! {
    #[test]
    fn tiles_agree(
        groups in 1_usize..20,
        rows in 1_usize..6,
        seed: Vec<u8>,
    ) {
        let byte = |i: usize| seed.get(i % seed.len().max(1)).copied().unwrap_or(255);
        let rows: Vec<Vec<u8>> = (0..rows)
            .map(|r| (0..groups * GROUP).map(|i| byte(i * 7 + r)).collect())
            .collect();
        let panel: Vec<i8> = (0..groups * GROUP_BYTES).map(|i| byte(i * 3 + 1) as i8).collect();
        let expected: Vec<_> = rows.iter().map(|row| plain(row, &panel)).collect();
        for set in Instructions::available() {
            let found = set.run(Tile { rows: &rows, panel: &panel });
            prop_assert_eq!(&found, &expected, "{:?}", set);
        }
    }

    #[test]
    fn dots_agree(a: u64, b: u64) {
        let (a, b) = (row(a), row(b));
        let expected: i32 = a.0.iter().zip(&b.0).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        for set in Instructions::available() {
            prop_assert_eq!(set.run(Dot(&a, &b)), expected, "{:?}", set);
        }
    }
}

#[test]
fn the_largest_values_do_not_overflow() {
    let inputs = 1_536;
    let rows = vec![vec![255; inputs]; 3];
    for weight in [-127, 127] {
        let panel = vec![weight; inputs * PANEL];
        let expected = 255 * i32::from(weight) * inputs as i32;
        for set in Instructions::available() {
            let found = set.run(Tile {
                rows: &rows,
                panel: &panel,
            });
            assert_eq!(found, vec![[expected; PANEL]; 3], "{set:?}");
        }
    }
    let (low, high) = (Row([-127; DIMENSIONS]), Row([127; DIMENSIONS]));
    for set in Instructions::available() {
        assert_eq!(set.run(Dot(&low, &high)), -127 * 127 * 384);
        assert_eq!(set.run(Dot(&low, &low)), 127 * 127 * 384);
    }
}
