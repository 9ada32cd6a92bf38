use crate::reject::Reason;

/// Counts the steps of the check of one event, and ends a check that takes too many.
#[derive(Debug)]
pub(crate) struct StepBudget {
    used: usize,
    max: usize,
}

impl StepBudget {
    /// The maximum number of steps for an event without bytes. Each byte of the event adds
    /// [`StepBudget::STEPS_MAX_PER_BYTE`] steps. A check needs more steps only if the alternatives of its schema
    /// multiply. Such a check would take minutes.
    const STEPS_MAX: usize = 20_000_000;
    const STEPS_MAX_PER_BYTE: usize = 16;

    /// Returns the budget for an event with this number of bytes.
    #[inline]
    pub(crate) fn for_event(bytes: usize) -> Self {
        let max = Self::STEPS_MAX.saturating_add(bytes.saturating_mul(Self::STEPS_MAX_PER_BYTE));
        Self { used: 0, max }
    }

    /// Returns how many steps were counted.
    #[inline]
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    /// Counts one step: the check of one value against one node.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), Reason> {
        self.used += 1;
        if self.used < self.max { Ok(()) } else { Err(Reason::TooManySteps) }
    }

    /// Counts several steps.
    pub(crate) fn steps(&mut self, steps: usize) -> Result<(), Reason> {
        self.used = self.used.saturating_add(steps);
        if self.used < self.max { Ok(()) } else { Err(Reason::TooManySteps) }
    }
}
