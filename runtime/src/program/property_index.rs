/// A hash table that finds properties by name.
///
/// Each slot contains the number of a property plus one, or zero. At least half of the slots are empty. A property is in
/// the slot of its name's hash, or in the next free slot. A hostile schema can give all names the same slot; a search
/// then compares all of them.
#[derive(Debug, Default)]
pub(super) struct PropertyIndex(Box<[u16]>);

impl PropertyIndex {
    /// Returns the index of properties whose names have these hashes.
    pub(super) fn new(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        let mut index = Self(vec![0; (2 * hashes.len()).next_power_of_two()].into());
        for (hash, number) in hashes.zip(1..=u16::MAX) {
            let mut slot = index.slot(hash);
            while index.0[slot] != 0 {
                slot = (slot + 1) & (index.0.len() - 1);
            }
            index.0[slot] = number;
        }
        index
    }

    /// Returns the first slot for a hash. A multiplication distributes the hashes evenly.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let spread = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        usize::try_from(spread).unwrap_or(0) & (self.0.len().wrapping_sub(1))
    }

    /// Returns the number of the property with this hash for which `is_match` returns true.
    #[inline]
    pub(super) fn find(&self, hash: u64, is_match: impl Fn(usize) -> bool) -> Option<usize> {
        let mut slot = self.slot(hash);
        // The search ends at an empty slot at the latest. At least half of the slots are empty.
        while let Some(number @ 1..) = self.0.get(slot) {
            let number = usize::from(*number) - 1;
            if is_match(number) {
                return Some(number);
            }
            slot = (slot + 1) & (self.0.len() - 1);
        }
        None
    }
}
