use crate::bit_set::BitSet;

/// The properties and items of one value that keywords have evaluated, numbered in the order of the text.
///
/// `unevaluatedProperties` and `unevaluatedItems` apply to the properties and items that are not in this set.
#[derive(Debug, Default, Clone)]
pub(crate) struct Evaluated {
    pub(crate) all_properties: bool,
    pub(crate) properties: BitSet,
    pub(crate) all_items: bool,
    /// The number of evaluated items at the start of the array.
    pub(crate) first_items: usize,
    pub(crate) items: BitSet,
}

impl Evaluated {
    pub(crate) fn extend(&mut self, other: &Self) {
        self.all_properties |= other.all_properties;
        self.properties.extend(&other.properties);
        self.all_items |= other.all_items;
        self.first_items = self.first_items.max(other.first_items);
        self.items.extend(&other.items);
    }

    pub(crate) fn has_property(&self, number: usize) -> bool {
        self.all_properties || self.properties.contains(number)
    }

    pub(crate) fn has_item(&self, number: usize) -> bool {
        self.all_items || number < self.first_items || self.items.contains(number)
    }
}
