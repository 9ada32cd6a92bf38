use std::sync::Arc;

use jsonschema::PatternOptions;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use crate::compiles;
use crate::dependencies::{Dependencies, Stripped, ignore};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::excerpt::short;
use crate::formats::{self, Formats};
use crate::patterns;
use crate::pointer::Pointer;
use crate::resolved::Resolved;
use crate::validation_cost::{Size, ValidationCost};
use crate::violation::Violation;

/// A compiled schema.
#[derive(Debug, Clone)]
pub struct Validator {
    compiled: Arc<jsonschema::Validator>,
    resolved: Resolved,
}

impl Resolved {
    /// Returns the validator. The first call compiles it, and all copies of the schema share it.
    ///
    /// # Errors
    ///
    /// If a pattern is not a regular expression, or an embedded schema is not valid.
    pub fn validator(&self, formats: Formats) -> Result<Validator, Diagnostics> {
        Validator::of(self, formats)
    }

    /// Returns whether a compiled validator is in memory.
    pub fn keeps_validator(&self) -> bool {
        self.computed().keeps_validator()
    }

    /// Checks that [`Resolved::validator`] will succeed, without keeping a validator. Callers use this function if they
    /// check many schemas, but validate events with only a few of them.
    ///
    /// # Errors
    ///
    /// As for [`Resolved::validator`].
    pub fn try_validator(&self, formats: Formats) -> Result<(), Diagnostics> {
        Validator::try_of(self, formats)
    }
}

impl Validator {
    /// Returns the validator of a schema, and compiles it at the first call.
    pub(crate) fn of(resolved: &Resolved, formats: Formats) -> Result<Self, Diagnostics> {
        let known = resolved.computed().compiled(formats);
        let compiled = match known.get() {
            Some(compiled) => Arc::clone(compiled),
            None => {
                let compiled = Arc::new(Self::compile(resolved, formats)?);
                Arc::clone(known.get_or_init(|| compiled))
            }
        };
        Ok(Self { compiled, resolved: resolved.clone() })
    }

    /// Checks that the schema compiles.
    pub(crate) fn try_of(resolved: &Resolved, formats: Formats) -> Result<(), Diagnostics> {
        if resolved.computed().compiled(formats).get().is_some() {
            return Ok(());
        }
        if compiles::certainly_compiles(resolved) {
            debug_assert_eq!(Self::compile(resolved, formats).map(drop), Ok(()), "it surely compiles");
            return Ok(());
        }
        Self::compile(resolved, formats).map(drop)
    }

    fn compile(resolved: &Resolved, formats: Formats) -> Result<jsonschema::Validator, Diagnostics> {
        let schema = resolved.schema();
        let options = jsonschema::options()
            .with_draft(schema.draft().to_library())
            .with_base_uri(schema.base_uri())
            .offline();
        let options = formats::checking(options, formats);
        let documents = resolved.documents().into_iter().chain([schema]);
        let mut patterns = documents.flat_map(|document| document.patterns());
        let options = if patterns.any(|pattern| patterns::backtracks(pattern)) {
            let limited = PatternOptions::fancy_regex().backtrack_limit(crate::limits::BACKTRACKING_MAX);
            options.with_pattern_options(limited)
        } else {
            options
        };
        let compiled = match Dependencies::of(resolved) {
            // The library resolves the references of a plain document itself, without our registry.
            Dependencies::Usual if schema.is_plain() => options.build(schema.value()),
            Dependencies::Usual => options.with_registry(&resolved.registry()?).build(schema.value()),
            Dependencies::AllIgnored if schema.is_plain() => ignore(options).build(schema.value()),
            Dependencies::AllIgnored => {
                ignore(options).with_registry(&resolved.registry()?).build(schema.value())
            }
            Dependencies::Mixed => {
                let stripped = Stripped::of(resolved)?;
                let registry = resolved.registry_of(&|schema| stripped.value(schema))?;
                options.with_registry(&registry).build(stripped.value(schema)).map_err(|e| e.to_owned())
            }
        };
        compiled.map_err(|error| {
            let pointer = Pointer::from_text(error.instance_path().to_string());
            let code = if error.kind().keyword() == "format" || error.kind().keyword() == "pattern" {
                Code::InvalidPattern
            } else {
                Code::NotASchema
            };
            let position = schema.document().closest_position(&pointer);
            let diagnostic = Diagnostic::new(code, short(&error)).at(pointer).position(position);
            vec![diagnostic.help("correct the schema at this place")]
        })
    }

    /// Returns whether the validation of an event takes at most [`crate::limits::VALIDATION_STEPS_MAX`] steps.
    ///
    /// If a schema refers to itself twice, a validation can take an exponential number of steps. Call this function
    /// first if the schema or the event comes from somebody else.
    pub fn can_decide(&self, event: &Value) -> bool {
        self.can_decide_within(event, crate::limits::VALIDATION_STEPS_MAX)
    }

    /// Returns whether the validation of an event takes at most `most` steps.
    pub fn can_decide_within(&self, event: &Value, most: u64) -> bool {
        self.is_small(event) || self.cost().is_none_or(|cost| cost.allow(event, most))
    }

    /// Returns whether the schema and an event are so small that it is not necessary to count the steps.
    fn is_small(&self, event: &Value) -> bool {
        /// The maximum number of references, multiplied by the levels of the event. `n` references make at most e^(n/e)
        /// paths, because the number of paths is a product of the alternatives at each step. 18 references make at most
        /// 750 paths.
        const REFERENCES_MAX: usize = 18;
        /// The maximum number of bytes of the schema, multiplied by the parts of the event. The validator takes fewer
        /// steps than this product.
        const PAIRS_MAX: u64 = 400_000;
        /// The maximum number of items of an array, because a schema can require that they differ.
        const ITEMS_MAX: u64 = 64;
        let (references, bytes, has_few_places) = *self.resolved.computed().size.get_or_init(|| {
            let documents = || self.resolved.documents().into_iter().chain([self.resolved.schema()]);
            let references = documents().map(|document| document.references().len()).sum();
            let bytes = documents().map(|document| document.document().text().len() as u64).sum();
            let mut patterns = documents().flat_map(|document| document.patterns());
            (references, bytes, patterns.all(|pattern| patterns::few_places(pattern).is_some()))
        });
        if !has_few_places || REFERENCES_MAX < references.saturating_mul(1 + depth_of(event)) {
            return false;
        }
        let size = Size::of(event);
        if ITEMS_MAX < size.longest_array {
            return false;
        }
        bytes.saturating_mul(size.parts.saturating_add(size.text_bytes / 16)) <= PAIRS_MAX
    }

    fn cost(&self) -> Option<&ValidationCost> {
        self.resolved.computed().cost.get_or_init(|| ValidationCost::of(&self.resolved)).as_ref()
    }

    /// Returns whether the schema accepts an event.
    pub fn is_valid(&self, event: &Value) -> bool {
        self.compiled.is_valid(event)
    }

    /// Returns all violations of an event; none if the schema accepts it.
    pub fn violations(&self, event: &Value) -> Vec<Violation> {
        self.first_violations(event, usize::MAX)
    }

    /// Returns at most `most` violations of an event. An event can have as many violations as the schema has keywords,
    /// and each message takes time.
    ///
    /// The library keeps all errors before it returns the first. If they would take too much memory, this function
    /// returns only the first violation, or one violation without an explanation.
    pub fn first_violations(&self, event: &Value, most: usize) -> Vec<Violation> {
        let is_small = |is_few: &dyn Fn(&ValidationCost) -> bool| self.cost().is_none_or(is_few);
        let copies_little = is_small(&|cost| cost.copies_little(event, COPIED_BYTES_MAX));
        if copies_little && is_small(&|cost| cost.has_few_errors(event, ERRORS_MAX)) {
            return self.compiled.iter_errors(event).take(most).map(|error| violation(&error)).collect();
        }
        let first = if copies_little && is_small(&|cost| cost.has_few_errors_in_unions(event, ERRORS_MAX)) {
            self.compiled.validate(event).err().map(|error| violation(&error))
        } else {
            (!self.is_valid(event)).then(Violation::unexplained)
        };
        first.into_iter().take(most).collect()
    }
}

fn violation(error: &jsonschema::ValidationError<'_>) -> Violation {
    let missing = if let ValidationErrorKind::Required { property } = error.kind() {
        property.as_str().map(str::to_owned)
    } else {
        None
    };
    Violation {
        missing,
        pointer: Pointer::from_text(error.instance_path().to_string()),
        schema_pointer: Pointer::from_text(error.schema_path().to_string()),
        keyword: error.kind().keyword().to_owned(),
        message: short(error),
    }
}

/// The maximum number of errors that the library may keep for one event. Each error takes up to 2 kB.
const ERRORS_MAX: u64 = 30_000;

/// The maximum number of bytes of the copies of event parts that the errors may keep.
const COPIED_BYTES_MAX: u64 = 100 << 20;

fn depth_of(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth_of).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}
