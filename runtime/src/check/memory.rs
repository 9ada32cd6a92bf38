use std::collections::HashMap;

use crate::program::At;
use crate::reject::{Reject, Why};

/// What is remembered while one event is checked.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// How many alternatives are being tried: whether a value may be read again.
    pub(crate) tries: usize,
    /// None until something is remembered: an ordinary event never does.
    verdicts: Option<HashMap<Key, Result<usize, Reject>>>,
    /// The resources entered on the way here, outermost first, each once.
    scope: Vec<(At, u16)>,
    /// Stands for the scope in keys.
    scope_hash: u64,
    frames: usize,
    steps: usize,
    steps_max: usize,
}

/// A node at a position, in a dynamic scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    node: usize,
    scope: u64,
    position: usize,
}

/// What a refused alternative has to leave behind unchanged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    tries: usize,
    scope: usize,
    scope_hash: u64,
    frames: usize,
}

impl Memory {
    /// Most nodes that are open at a time: three for each level of the deepest event. Past that a
    /// schema leads back to itself without end; a stack of 2 MiB holds them without optimization.
    const FRAMES_MAX: usize = 400;

    /// Most verdicts that are remembered; past that they are found again, at the price of time.
    const VERDICTS_MAX: usize = 1 << 20;

    /// So many values are checked before anything is remembered: an ordinary event has no more,
    /// and remembering costs more than checking again does.
    const STEPS_FREE: usize = 100_000;

    /// Most values that are checked for one event, the same one as often as it is looked at: so many, and as many for
    /// each byte. Past that the schema multiplies its alternatives, and nobody waits for the answer.
    const STEPS_MAX: usize = 20_000_000;
    const STEPS_MAX_EACH_BYTE: usize = 16;

    /// Begins to check an event of so many bytes.
    #[inline]
    pub(crate) fn of_event(bytes: usize) -> Self {
        let steps_max = Self::STEPS_MAX.saturating_add(bytes.saturating_mul(Self::STEPS_MAX_EACH_BYTE));
        Self { steps_max, ..Self::default() }
    }

    /// Tells whether values are read again so often that it is worth remembering verdicts.
    #[inline]
    pub(crate) fn is_slow(&self) -> bool {
        Self::STEPS_FREE < self.steps && self.tries != 0
    }

    /// Counts a value that is checked.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), Why> {
        self.steps += 1;
        if self.steps < self.steps_max { Ok(()) } else { Err(Why::TooManySteps) }
    }

    /// Counts so many steps at once.
    pub(crate) fn steps(&mut self, steps: usize) -> Result<(), Why> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps < self.steps_max { Ok(()) } else { Err(Why::TooManySteps) }
    }

    #[inline]
    pub(crate) fn go_deeper(&mut self) -> Result<(), Why> {
        self.frames += 1;
        if self.frames < Self::FRAMES_MAX { Ok(()) } else { Err(Why::TooDeep) }
    }

    #[inline]
    pub(crate) fn come_back(&mut self) {
        self.frames -= 1;
    }

    pub(crate) fn key(&self, at: At, position: usize) -> Key {
        Key { node: at.identity(), scope: self.scope_hash, position }
    }

    pub(crate) fn recall(&self, key: &Key) -> Option<Result<usize, Reject>> {
        self.verdicts.as_ref()?.get(key).copied()
    }

    pub(crate) fn remember(&mut self, key: Key, verdict: Result<usize, Reject>) {
        let verdicts = self.verdicts.get_or_insert_default();
        if verdicts.len() < Self::VERDICTS_MAX {
            verdicts.insert(key, verdict);
        }
    }

    pub(crate) fn state(&self) -> State {
        State { tries: self.tries, scope: self.scope.len(), scope_hash: self.scope_hash, frames: self.frames }
    }

    pub(crate) fn restore(&mut self, state: State) {
        self.tries = state.tries;
        self.scope.truncate(state.scope);
        self.scope_hash = state.scope_hash;
        self.frames = state.frames;
    }

    /// Enters the resource that a node is in; the outermost time counts.
    pub(crate) fn enter(&mut self, at: At, resource: u16) {
        let program = at.program_identity();
        let is_known = |(known, other): &(At, u16)| known.program_identity() == program && *other == resource;
        if !self.scope.iter().any(is_known) {
            self.scope.push((at, resource));
            let mixed = u64::from(resource) ^ u64::try_from(program).unwrap_or(0);
            self.scope_hash = (self.scope_hash ^ mixed).wrapping_mul(0x0100_0000_01b3).rotate_left(17);
        }
    }

    /// Returns where a dynamic anchor leads: to the outermost resource that has it.
    pub(crate) fn anchor(&self, name: &str) -> Option<At> {
        self.scope.iter().find_map(|(at, resource)| at.anchor(*resource, name))
    }
}
