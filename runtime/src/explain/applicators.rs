//! Violations of `allOf`, `anyOf`, `oneOf`, `not`, `if` and references.

use super::message::brief;
use super::schema::Source;
use super::walk::{Stop, Walk};
use crate::json::Json;
use crate::program::{Applicators, NodeId, NodeRef};
use crate::reject::{Reason, Reject};

impl Walk<'_> {
    /// Adds the violations of all applicators except the `unevaluated…` keywords.
    pub(super) fn applicators(
        &mut self,
        node_ref: NodeRef,
        source: &Source,
        applicators: &'static Applicators,
        start: usize,
    ) -> Result<(), Stop> {
        let written = source.own.keyword("allOf").and_then(Json::as_array).unwrap_or_default().len();
        for (number, part) in applicators.all_of.iter().enumerate() {
            // The program adds the targets of references to `allOf`.
            let index = number.to_string();
            let is_written = number < written || source.own.value.is_none();
            let path = if is_written { &["allOf", index.as_str()][..] } else { &["$ref"] };
            self.child(node_ref.child(*part), source, path)?;
        }
        if let Some((name, default)) = &applicators.dynamic_ref {
            let target = self.checker.state.dynamic_anchor(name).unwrap_or(node_ref.child(*default));
            self.child(target, source, &["$dynamicRef"])?;
        }
        self.any_of(node_ref, source, &applicators.any_of, start)?;
        self.one_of(node_ref, source, &applicators.one_of, start)?;
        if let Some(not) = applicators.not {
            let is_match = self.checker.attempt(node_ref.child(not), None)?;
            self.rewind(start);
            if is_match {
                self.reject(start, &source.own, "not", |value, schema| {
                    format!("{} is not allowed for {value}", brief(schema))
                })?;
            }
        }
        let Some((condition, then, otherwise)) = applicators.condition else { return Ok(()) };
        let holds = self.checker.attempt(node_ref.child(condition), None)?;
        self.rewind(start);
        match if holds { (then, "then") } else { (otherwise, "else") } {
            (Some(branch), keyword) => self.child(node_ref.child(branch), source, &[keyword]),
            (None, _) => Ok(()),
        }
    }

    /// Adds the violations of a node that accepts `null` and leaves all other values to a child. The node's schema has
    /// a union of the child and `null`.
    pub(super) fn unless_null(&mut self, child: NodeRef, source: &Source, start: usize) -> Result<(), Stop> {
        let union = ["anyOf", "oneOf"].into_iter().find(|union| source.own.keyword(union).is_some());
        let Some(union) = union else { return self.child(child, source, &[]) };
        self.no_match(start, source, union)?;
        match self.progress(child)? {
            Some(progress) if start < progress => self.child(child, source, &[union, "0"]),
            Some(_) | None => Ok(()),
        }
    }

    fn any_of(
        &mut self,
        node_ref: NodeRef,
        source: &Source,
        branches: &[NodeId],
        start: usize,
    ) -> Result<(), Stop> {
        let mut closest = Closest::new(start);
        for (number, branch) in branches.iter().enumerate() {
            match self.progress(node_ref.child(*branch))? {
                Some(progress) => closest.add(number, progress),
                None => return Ok(()),
            }
        }
        if branches.is_empty() {
            return Ok(());
        }
        self.no_match(start, source, "anyOf")?;
        self.closest(node_ref, source, branches, "anyOf", &closest)
    }

    fn one_of(
        &mut self,
        node_ref: NodeRef,
        source: &Source,
        branches: &[NodeId],
        start: usize,
    ) -> Result<(), Stop> {
        let mut closest = Closest::new(start);
        let mut matches = 0;
        for (number, branch) in branches.iter().enumerate() {
            match self.progress(node_ref.child(*branch))? {
                Some(progress) => closest.add(number, progress),
                None => matches += 1,
            }
        }
        match matches {
            _ if branches.is_empty() => Ok(()),
            0 => {
                self.no_match(start, source, "oneOf")?;
                self.closest(node_ref, source, branches, "oneOf", &closest)
            }
            1 => Ok(()),
            _ => self.report(start, &source.own, &["oneOf"], "oneOf", |value| {
                format!("{value} is valid under more than one of the schemas listed in the 'oneOf' keyword")
            }),
        }
    }

    fn no_match(&mut self, start: usize, source: &Source, keyword: &'static str) -> Result<(), Stop> {
        self.report(start, &source.own, &[keyword], keyword, |value| {
            format!("{value} is not valid under any of the schemas listed in the '{keyword}' keyword")
        })
    }

    /// Adds the violations of the closest branch of a union.
    fn closest(
        &mut self,
        node_ref: NodeRef,
        source: &Source,
        branches: &[NodeId],
        keyword: &str,
        closest: &Closest,
    ) -> Result<(), Stop> {
        match closest.branch.and_then(|number| Some((number, branches.get(number)?))) {
            Some((number, branch)) => {
                self.child(node_ref.child(*branch), source, &[keyword, &number.to_string()])
            }
            None => Ok(()),
        }
    }

    /// Returns the position that a node reaches before it rejects the value; `None` if the node accepts the value. Does
    /// not move.
    fn progress(&mut self, node_ref: NodeRef) -> Result<Option<usize>, Stop> {
        let start = self.start();
        let (nesting, snapshot) = (self.checker.lexer.nesting(), self.checker.state.snapshot());
        let result = self.checker.check(node_ref);
        self.checker.lexer.restore(nesting);
        self.checker.state.restore(snapshot);
        let progress = match result {
            Ok(()) => None,
            Err(reject) if reject.is_syntax() => return Err(Stop::Undecided),
            Err(reject) => {
                self.count_bytes_since(start)?;
                let deepest = self.checker.deepest(reject);
                Some(self.progress_of(deepest)?)
            }
        };
        self.rewind(start);
        Ok(progress)
    }

    /// Returns the position that a rejected check has reached. A check that fails because of a missing property has
    /// read the whole object, so it reached the object's end.
    fn progress_of(&mut self, reject: Reject) -> Result<usize, Stop> {
        let start = reject.position();
        let stops_early = matches!(
            reject.reason(),
            Reason::Type
                | Reason::Enum
                | Reason::FalseSchema
                | Reason::AdditionalProperties
                | Reason::UnevaluatedProperties
                | Reason::UnevaluatedItems
                | Reason::PropertyNames
        );
        if stops_early {
            return Ok(start);
        }
        self.rewind(start);
        self.checker.lexer.skip()?;
        self.count_bytes_since(start)?;
        Ok(self.checker.lexer.position())
    }
}

/// Finds the branch of a union that reads most of the value before it rejects the value.
struct Closest {
    /// The position that the closest branch reaches.
    progress: usize,
    /// `None` if no branch is closer than all others: each of them rejects the value itself, for example its type.
    branch: Option<usize>,
}

impl Closest {
    fn new(start: usize) -> Self {
        Self { progress: start, branch: None }
    }

    fn add(&mut self, branch: usize, progress: usize) {
        if self.progress < progress {
            *self = Self { progress, branch: Some(branch) };
        }
    }
}
