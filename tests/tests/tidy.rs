//! Rules about the repository itself that no compiler checks.
