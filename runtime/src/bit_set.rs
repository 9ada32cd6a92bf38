/// A set of small numbers. Numbers below 128 need no allocation.
#[derive(Debug, Default, Clone)]
pub(crate) struct BitSet {
    inline: [u64; INLINE_WORDS],
    heap: Vec<u64>,
}

/// The number of 64-bit words that need no allocation.
const INLINE_WORDS: usize = 2;

impl BitSet {
    /// Adds a number. Returns whether the number is new.
    #[inline]
    pub(crate) fn insert(&mut self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1u64 << (number % 64));
        let slot = match self.inline.get_mut(word) {
            Some(slot) => slot,
            None => {
                let word = word - INLINE_WORDS;
                if self.heap.len() <= word {
                    self.heap.resize(word + 1, 0);
                }
                &mut self.heap[word]
            }
        };
        let is_new = *slot & bit == 0;
        *slot |= bit;
        is_new
    }

    #[inline]
    pub(crate) fn contains(&self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1u64 << (number % 64));
        let slot = self.inline.get(word).or_else(|| self.heap.get(word.wrapping_sub(INLINE_WORDS)));
        slot.is_some_and(|slot| slot & bit != 0)
    }

    /// Returns the numbers below 64 as the bits of one word.
    pub(crate) fn first_word(&self) -> u64 {
        self.inline[0]
    }

    /// Returns whether this set contains all numbers of another set.
    #[inline]
    pub(crate) fn contains_all(&self, other: &Self) -> bool {
        let inline = self.inline.iter().zip(other.inline).all(|(slot, wanted)| slot & wanted == wanted);
        let mut heap = other.heap.iter().enumerate();
        inline && heap.all(|(word, wanted)| self.heap.get(word).is_some_and(|slot| slot & wanted == *wanted))
    }

    /// Adds all numbers of another set.
    pub(crate) fn extend(&mut self, other: &Self) {
        for (slot, word) in self.inline.iter_mut().zip(other.inline) {
            *slot |= word;
        }
        if self.heap.len() < other.heap.len() {
            self.heap.resize(other.heap.len(), 0);
        }
        for (slot, word) in self.heap.iter_mut().zip(&other.heap) {
            *slot |= word;
        }
    }
}

impl FromIterator<usize> for BitSet {
    fn from_iter<I: IntoIterator<Item = usize>>(numbers: I) -> Self {
        let mut set = Self::default();
        for number in numbers {
            set.insert(number);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_inline_and_on_the_heap() {
        let mut set = BitSet::default();
        for number in [0, 63, 64, 255, 256, 10_000] {
            assert!(!set.contains(number) && set.insert(number));
            assert!(set.contains(number) && !set.insert(number));
        }
        let mut other = BitSet::default();
        other.insert(300);
        set.extend(&other);
        assert!(set.contains(300) && set.contains(10_000) && !set.contains(301));
        assert!(set.contains_all(&other) && !other.contains_all(&set));
        assert!(set.contains_all(&BitSet::default()));
        assert!(set.contains_all(&[0, 63, 10_000].into_iter().collect()));
        assert!(!set.contains_all(&[0, 1].into_iter().collect()));
        assert!(!other.contains_all(&[20_000].into_iter().collect()));
    }
}
