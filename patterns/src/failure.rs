/// The error that stops a pattern.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The result of a step of a pattern.
pub(crate) type Attempt<T = ()> = Result<T, Failure>;
