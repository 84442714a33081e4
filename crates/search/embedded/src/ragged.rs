//! Short lists of numbers by place, all in one piece of memory.

/// Where a list stands in its [`Ragged`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    start: u32,
    len: u16,
}

impl Span {
    /// An empty list.
    pub(crate) const NONE: Self = Self { start: 0, len: 0 };
}

/// Lists of numbers. A list that changes keeps its place in memory if it does not grow; otherwise it moves to the end,
/// and [`Ragged::compact`] takes the gaps out once they are the larger part.
#[derive(Debug, Default)]
pub(crate) struct Ragged {
    numbers: Vec<u32>,
    gaps: usize,
}

impl Ragged {
    /// The numbers of a list.
    #[inline]
    pub(crate) fn get(&self, span: Span) -> &[u32] {
        let start = span.start as usize;
        self.numbers
            .get(start..start + usize::from(span.len))
            .unwrap_or_default()
    }

    /// Puts a list where `old` stood, or at the end. Lists end at 65,535 numbers.
    pub(crate) fn put(&mut self, old: Span, list: &[u32]) -> Span {
        let list = &list[..list.len().min(usize::from(u16::MAX))];
        let len = u16::try_from(list.len()).unwrap_or(u16::MAX);
        let old_len = usize::from(old.len);
        if list.len() <= old_len {
            let start = old.start as usize;
            self.numbers[start..start + list.len()].copy_from_slice(list);
            self.gaps += old_len - list.len();
            return Span {
                start: old.start,
                len,
            };
        }
        self.gaps += old_len;
        let start = crate::names::next(self.numbers.len());
        self.numbers.extend_from_slice(list);
        Span { start, len }
    }

    /// Whether the gaps are the larger part.
    pub(crate) fn is_sparse(&self) -> bool {
        self.gaps > 1_024 && self.gaps > self.numbers.len() / 2
    }

    /// Takes the gaps out. Every span in use must be given; it is changed to where its list stands then.
    pub(crate) fn compact<'a>(&mut self, spans: impl Iterator<Item = &'a mut Span>) {
        let mut compacted = Self {
            numbers: Vec::with_capacity(self.numbers.len().saturating_sub(self.gaps)),
            gaps: 0,
        };
        for span in spans {
            *span = compacted.put(Span::default(), self.get(*span));
        }
        *self = compacted;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_every_list(changes in prop::collection::vec((0..20_usize, prop::collection::vec(0..9_u32, 0..12)), 0..300)) {
            let mut ragged = Ragged::default();
            let mut spans = [Span::default(); 20];
            let mut model: [Vec<u32>; 20] = Default::default();
            for (n, (place, list)) in changes.into_iter().enumerate() {
                spans[place] = ragged.put(spans[place], &list);
                model[place] = list;
                if n % 40 == 39 {
                    ragged.compact(spans.iter_mut());
                    prop_assert_eq!(ragged.numbers.len(), model.iter().map(Vec::len).sum::<usize>());
                }
                for (span, list) in spans.iter().zip(&model) {
                    prop_assert_eq!(ragged.get(*span), list.as_slice());
                }
            }
        }
    }
}
