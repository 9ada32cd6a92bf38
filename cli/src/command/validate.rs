use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use evschema_model::{Document, Validator, parse_event};
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::finding::{Finding, Place};
use crate::outcome::Outcome;
use crate::output::{Report, counted};
use crate::project::Project;
use crate::target::Target;

/// Validate events from a file or standard input: one JSON text, or one JSON text on each line.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The version to validate against: `commerce.order.placed@1.2.0`, `…@^1`, or only the subject for its newest
    /// version.
    #[arg(value_name = "SUBJECT@VERSION")]
    target: Target,
    /// The file with the events; standard input if absent or `-`.
    file: Option<PathBuf>,
}

/// The maximum length of an event, in bytes. The command reads each event into memory; events of message brokers are
/// much shorter.
const EVENT_BYTES_MAX: u64 = 16 << 20;
/// The maximum number of rejected events whose violations the report shows. The report only counts further rejected
/// events.
const REJECTED_SHOWN_MAX: usize = 1000;

/// A mark that some editors write at the beginning of a text; RFC 8259 permits that a reader ignores it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let project = Project::find(context.global.manifest.as_deref())?;
        let schemas = project.schemas()?;
        let schema = self.target.find(&schemas.catalog)?;
        let unusable = |diagnostics: Vec<evschema_model::Diagnostic>| {
            let text: Arc<str> = schema.document().text().into();
            let file =
                schemas.source(schema.at()).map_or_else(|| schema.at().to_string(), |s| s.file.to_owned());
            let places = diagnostics
                .into_iter()
                .map(|d| Finding::from_diagnostic(d, file.clone(), Some(Arc::clone(&text))))
                .collect();
            Failure::new(format!("the schema {} cannot validate events", schema.at()))
                .help("correct the schema first")
                .places(places)
        };
        let resolved = schemas.catalog.resolve(schema).map_err(unusable)?;
        let validator = resolved.validator(project.manifest.formats).map_err(unusable)?;
        let (name, reader) = self.open()?;
        let mut events = EventValidator {
            validator,
            schema: schema.at().to_string(),
            name,
            count: 0,
            rejected: 0,
            findings: Vec::new(),
        };
        events.read(reader)?;
        if events.count == 0 {
            return Err(Failure::new(format!("{} has no event", events.name))
                .help("write one JSON text, or one JSON text on each line"));
        }
        if REJECTED_SHOWN_MAX < events.rejected {
            let hidden = events.rejected - REJECTED_SHOWN_MAX;
            context.terminal.warn(&format!("{hidden} further rejected events are not shown"), None);
        }
        let report = Report {
            command: "validate",
            looked_at: format!("{} against {}", counted(events.count, "event"), events.schema),
            clean: if events.count == 1 { "accepted" } else { "all accepted" }.to_owned(),
            findings: events.findings,
            details: vec![
                ("schema", json!(events.schema)),
                ("events", json!(events.count)),
                ("refused", json!(events.rejected)),
            ],
        };
        context.finish(&report)
    }

    fn open(&self) -> Result<(String, Box<dyn BufRead>), Failure> {
        match self.file.as_deref() {
            None => Ok(("standard input".to_owned(), Box::new(BufReader::new(std::io::stdin())))),
            Some(path) if path == Path::new("-") => {
                Ok(("standard input".to_owned(), Box::new(BufReader::new(std::io::stdin()))))
            }
            Some(path) => {
                let file = File::open(path).map_err(|error| Failure::file("read", path, &error))?;
                Ok((path.display().to_string(), Box::new(BufReader::new(file))))
            }
        }
    }
}

/// Validates events one after the other, and collects the findings.
struct EventValidator {
    validator: Validator,
    schema: String,
    name: String,
    count: usize,
    rejected: usize,
    findings: Vec<Finding>,
}

impl EventValidator {
    /// Reads one JSON text, or one JSON text on each line.
    ///
    /// If the first line that is not blank is a complete JSON text, each later line must be a complete JSON text too.
    fn read(&mut self, mut input: Box<dyn BufRead>) -> Result<(), Failure> {
        let mut line_number = 0;
        let mut by_line = false;
        loop {
            let mut line = Vec::new();
            let bytes = (&mut input).take(EVENT_BYTES_MAX).read_until(b'\n', &mut line);
            let bytes = bytes.map_err(|error| Failure::file("read", Path::new(&self.name), &error))?;
            if bytes == 0 {
                return Ok(());
            }
            line_number += 1;
            if line_number == 1 && line.starts_with(BYTE_ORDER_MARK) {
                line.drain(..BYTE_ORDER_MARK.len());
            }
            if bytes as u64 == EVENT_BYTES_MAX {
                return Err(self.too_long(line_number));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            if !by_line && parse_event(&line).is_err() {
                // The first line is not a complete JSON text, so the text continues on the following lines.
                let rest = (&mut input).take(EVENT_BYTES_MAX).read_to_end(&mut line);
                rest.map_err(|error| Failure::file("read", Path::new(&self.name), &error))?;
                if EVENT_BYTES_MAX <= line.len() as u64 {
                    return Err(self.too_long(line_number));
                }
                self.validate(&line, line_number);
                return Ok(());
            }
            by_line = true;
            self.validate(&line, line_number);
        }
    }

    fn validate(&mut self, text: &[u8], first_line: u32) {
        self.count += 1;
        let before = self.findings.len();
        match parse_event(text) {
            Err(diagnostic) => {
                let finding = Finding::from_diagnostic(diagnostic, self.name.clone(), source(text));
                self.findings.push(at_line(finding, first_line));
            }
            Ok(event) => {
                if self.validator.is_valid(&event) {
                    return;
                }
                let document = Document::parse(text).ok();
                for violation in self.validator.violations(&event) {
                    let place = Place {
                        at: None,
                        file: self.name.clone(),
                        text: source(text),
                        first_line,
                        position: document.as_ref().and_then(|d| d.closest_position(&violation.pointer)),
                        pointer: violation.pointer,
                    };
                    let mut finding = Finding::error(violation.keyword, violation.message, place);
                    finding.label = Some(format!("rejected by {}", violation.schema_pointer));
                    self.findings.push(at_line(finding, first_line));
                }
            }
        }
        self.rejected += 1;
        if REJECTED_SHOWN_MAX < self.rejected {
            self.findings.truncate(before);
        }
    }

    fn too_long(&self, line: u32) -> Failure {
        Failure::new(format!("line {line} of {} is longer than {EVENT_BYTES_MAX} bytes", self.name))
            .help("write one event on each line")
    }
}

/// Returns the text of an event for the snippet of a finding.
fn source(text: &[u8]) -> Option<Arc<str>> {
    let text = std::str::from_utf8(text).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).trim_end().into())
}

/// Returns a finding in an event with the line number in the whole file.
fn at_line(mut finding: Finding, first_line: u32) -> Finding {
    finding.place.first_line = first_line;
    if let Some(position) = &mut finding.place.position {
        position.line += first_line - 1;
    }
    finding
}
