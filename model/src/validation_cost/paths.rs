//! The number of paths from each node, and the longest path.

use super::{Measure, ValidationCost};

impl ValidationCost {
    /// Marks the nodes that a path through a union reaches.
    pub(super) fn mark_unions(&mut self) {
        let mut open: Vec<u32> = Vec::new();
        for node in self.nodes.iter().filter(|node| 0 < node.branches) {
            open.extend(&node.here);
        }
        while let Some(at) = open.pop() {
            let node = &mut self.nodes[at as usize];
            if !std::mem::replace(&mut node.is_in_union, true) {
                open.extend(self.nodes[at as usize].all());
            }
        }
    }

    /// Counts all paths and finds the longest one. It visits each node after the nodes that it leads to.
    pub(super) fn count_paths(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done(usize),
        }
        let mut states = vec![State::New; self.nodes.len()];
        let mut open: Vec<u32> = vec![0];
        while let Some(at) = open.last().copied() {
            let node = &self.nodes[at as usize];
            if states[at as usize] == State::New {
                states[at as usize] = State::Open;
                open.extend(node.all().filter(|next| states[*next as usize] == State::New));
                continue;
            }
            open.pop();
            if states[at as usize] != State::Open {
                continue;
            }
            let mut paths = Some(Measure::ALL.map(|measure| node.weight(measure)));
            let mut longest = 0;
            for next in node.all() {
                // A path that returns to an open node is a circle.
                let more = match states[next as usize] {
                    State::Done(far) => {
                        longest = longest.max(far + 1);
                        self.paths[next as usize]
                    }
                    State::New | State::Open => None,
                };
                paths = paths.zip(more).map(|(paths, more)| {
                    std::array::from_fn(|measure| paths[measure].saturating_add(more[measure]))
                });
            }
            let times = if node.goes_twice { 2 } else { 1 };
            self.paths[at as usize] = paths.map(|paths| paths.map(|count| count.saturating_mul(times)));
            states[at as usize] = State::Done(longest);
        }
        if let Some(State::Done(longest)) = states.first() {
            self.longest = *longest;
        }
    }
}
