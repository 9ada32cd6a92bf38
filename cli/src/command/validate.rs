use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use evschema_model::{Document, Validator, parse_event};
use serde_json::json;

use super::Context;
use crate::Outcome;
use crate::failure::Failure;
use crate::finding::{Finding, Place};
use crate::output;
use crate::project::Project;
use crate::report::{Report, counted};
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

/// Longest event in bytes: what a message broker carries is far smaller, and one event that is
/// read whole must not exhaust the memory.
const EVENT_BYTES_MAX: u64 = 16 << 20;
/// Most refused events of which each violation is shown; the rest are counted.
const REFUSED_SHOWN_MAX: usize = 1000;

/// What editors on some systems put before a text; RFC 8259 lets a reader ignore it.
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
                .map(|d| Finding::of_diagnostic(d, file.clone(), Some(Arc::clone(&text))))
                .collect();
            Failure::new(format!("the schema {} cannot validate events", schema.at()))
                .help("correct the schema first")
                .places(places)
        };
        let resolved = schemas.catalog.resolve(schema).map_err(unusable)?;
        let validator = resolved.validator(project.manifest.formats).map_err(unusable)?;
        let (name, reader) = self.open()?;
        let mut judge = Judge {
            validator,
            schema: schema.at().to_string(),
            name,
            events: 0,
            refused: 0,
            findings: Vec::new(),
        };
        judge.read(reader)?;
        if judge.events == 0 {
            return Err(Failure::new(format!("{} has no event", judge.name))
                .help("write one JSON text, or one JSON text on each line"));
        }
        if REFUSED_SHOWN_MAX < judge.refused {
            let hidden = judge.refused - REFUSED_SHOWN_MAX;
            context.terminal.warn(&format!("{hidden} further rejected events are not shown"), None);
        }
        let report = Report {
            command: "validate",
            looked_at: format!("{} against {}", counted(judge.events, "event"), judge.schema),
            clean: if judge.events == 1 { "accepted" } else { "all accepted" }.to_owned(),
            findings: judge.findings,
            details: vec![
                ("schema", json!(judge.schema)),
                ("events", json!(judge.events)),
                ("refused", json!(judge.refused)),
            ],
        };
        Ok(output::write(&report, context.global.format, context.terminal))
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

/// Decides events one by one and keeps what it says of the refused ones.
struct Judge {
    validator: Validator,
    schema: String,
    name: String,
    events: usize,
    refused: usize,
    findings: Vec<Finding>,
}

impl Judge {
    /// Reads one JSON text, over however many lines, or one on every line.
    ///
    /// The first line that has anything tells: when it is a whole JSON text, so are the others.
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
                // Not whole: the text goes on over the following lines.
                let rest = (&mut input).take(EVENT_BYTES_MAX).read_to_end(&mut line);
                rest.map_err(|error| Failure::file("read", Path::new(&self.name), &error))?;
                if EVENT_BYTES_MAX <= line.len() as u64 {
                    return Err(self.too_long(line_number));
                }
                self.decide(&line, line_number);
                return Ok(());
            }
            by_line = true;
            self.decide(&line, line_number);
        }
    }

    fn decide(&mut self, text: &[u8], first_line: u32) {
        self.events += 1;
        let before = self.findings.len();
        match parse_event(text) {
            Err(diagnostic) => {
                let finding = Finding::of_diagnostic(diagnostic, self.name.clone(), source(text));
                self.findings.push(moved(finding, first_line));
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
                    self.findings.push(moved(finding, first_line));
                }
            }
        }
        self.refused += 1;
        if REFUSED_SHOWN_MAX < self.refused {
            self.findings.truncate(before);
        }
    }

    fn too_long(&self, line: u32) -> Failure {
        Failure::new(format!("line {line} of {} is longer than {EVENT_BYTES_MAX} bytes", self.name))
            .help("write one event on each line")
    }
}

fn source(text: &[u8]) -> Option<Arc<str>> {
    let text = std::str::from_utf8(text).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).trim_end().into())
}

/// Returns a finding in an event with the line counted in the whole file.
fn moved(mut finding: Finding, first_line: u32) -> Finding {
    finding.place.first_line = first_line;
    if let Some(position) = &mut finding.place.position {
        position.line += first_line - 1;
    }
    finding
}
