/// The subject of payments.
pub(super) const PAYMENTS: &str = "payments.captured";

/// The subject of alerts.
pub(super) const ALERTS: &str = "alerts.raised";

/// The number of payments per second that the producers send together.
pub(super) const RATE: usize = 10_000;
