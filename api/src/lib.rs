//! Wire types, problem codes and the HTTP client of the evschema registry.
