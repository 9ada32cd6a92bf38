/// A set of small numbers; those below 128 cost no memory.
#[derive(Debug, Default, Clone)]
pub(crate) struct Bits {
    few: [u64; FEW],
    more: Vec<u64>,
}

/// Words that are part of the set.
const FEW: usize = 2;

impl Bits {
    /// Adds a number; tells whether it was new.
    #[inline]
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1u64 << (number % 64));
        let slot = match self.few.get_mut(word) {
            Some(slot) => slot,
            None => {
                let at = word - FEW;
                if self.more.len() <= at {
                    self.more.resize(at + 1, 0);
                }
                &mut self.more[at]
            }
        };
        let is_new = *slot & bit == 0;
        *slot |= bit;
        is_new
    }

    #[inline]
    pub(crate) fn has(&self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1u64 << (number % 64));
        let slot = self.few.get(word).or_else(|| self.more.get(word.wrapping_sub(FEW)));
        slot.is_some_and(|slot| slot & bit != 0)
    }

    /// Returns the numbers below 64, a bit for each.
    pub(crate) fn first_word(&self) -> u64 {
        self.few[0]
    }

    /// Tells whether all numbers of another set are in this one.
    #[inline]
    pub(crate) fn has_all(&self, other: &Self) -> bool {
        let few = self.few.iter().zip(other.few).all(|(slot, asked)| slot & asked == asked);
        let mut more = other.more.iter().enumerate();
        few && more.all(|(at, asked)| self.more.get(at).is_some_and(|slot| slot & asked == *asked))
    }

    fn extend(&mut self, other: &Self) {
        for (slot, more) in self.few.iter_mut().zip(other.few) {
            *slot |= more;
        }
        if self.more.len() < other.more.len() {
            self.more.resize(other.more.len(), 0);
        }
        for (slot, more) in self.more.iter_mut().zip(&other.more) {
            *slot |= more;
        }
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut bits = Self::default();
        for number in numbers {
            bits.insert(number);
        }
        bits
    }
}

/// Which members and items of one value a schema has spoken of, by their order in the text.
#[derive(Debug, Default, Clone)]
pub(crate) struct Evaluated {
    pub(crate) all_members: bool,
    pub(crate) members: Bits,
    pub(crate) all_items: bool,
    /// How many items from the first on.
    pub(crate) first_items: usize,
    pub(crate) items: Bits,
}

impl Evaluated {
    pub(crate) fn extend(&mut self, other: &Self) {
        self.all_members |= other.all_members;
        self.members.extend(&other.members);
        self.all_items |= other.all_items;
        self.first_items = self.first_items.max(other.first_items);
        self.items.extend(&other.items);
    }

    pub(crate) fn has_member(&self, at: usize) -> bool {
        self.all_members || self.members.has(at)
    }

    pub(crate) fn has_item(&self, at: usize) -> bool {
        self.all_items || at < self.first_items || self.items.has(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_small_and_large() {
        let mut bits = Bits::default();
        for number in [0, 63, 64, 255, 256, 10_000] {
            assert!(!bits.has(number) && bits.insert(number) && bits.has(number) && !bits.insert(number));
        }
        let mut other = Bits::default();
        other.insert(300);
        bits.extend(&other);
        assert!(bits.has(300) && bits.has(10_000) && !bits.has(301));
        assert!(bits.has_all(&other) && !other.has_all(&bits) && bits.has_all(&Bits::default()));
        assert!(bits.has_all(&[0, 63, 10_000].into_iter().collect()));
        assert!(
            !bits.has_all(&[0, 1].into_iter().collect()) && !other.has_all(&[20_000].into_iter().collect())
        );
    }
}
