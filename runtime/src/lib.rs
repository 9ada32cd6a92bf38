//! What generated event types need at run time.
