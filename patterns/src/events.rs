//! The event types of this repository's schemas.

#[allow(missing_docs, reason = "generated")]
#[allow(dead_code, reason = "the patterns do not use every type")]
#[allow(unreachable_pub, reason = "generated for any crate")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/events.rs"));
}

pub(crate) use generated::*;

use ledger_account_closed::AnyAccountClosed;
use ledger_account_opened::AnyAccountOpened;
use ledger_entry_posted::AnyEntryPosted;

evschema_events::from_envelope! {
    /// An event of an account, in any version.
    pub(crate) enum LedgerEvent {
        /// The first event.
        Opened(AnyAccountOpened),
        /// An entry.
        Posted(AnyEntryPosted),
        /// The last event.
        Closed(AnyAccountClosed),
    }
}

evschema_events::from_envelope!(commerce_order_placed::AnyOrderPlaced);
evschema_events::from_envelope!(commerce_payment_captured::AnyPaymentCaptured);
evschema_events::from_envelope!(fraud_alert_raised::AnyAlertRaised);
evschema_events::from_envelope!(media_file_uploaded::AnyFileUploaded);
evschema_events::from_envelope!(telemetry_reading_recorded::AnyReadingRecorded);
