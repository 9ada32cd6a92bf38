//! Findings in the style of rustc: source text with an underline, notes and help.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use evschema_compat::Severity;

use super::event_text;
use crate::finding::{Breakage, Finding, Place};
use crate::terminal::escape::one_line;
use crate::terminal::render_without_gutter;

/// Returns a finding with its source text.
pub(crate) fn render_finding(finding: &Finding, renderer: &Renderer) -> String {
    // Messages contain texts of schemas and registries, which must not control the terminal.
    let message = one_line(&finding.message);
    let rule = one_line(&finding.rule);
    let title = level(finding).primary_title(&message).id(&rule);
    let label = finding.label.as_deref().map(one_line);
    let mut group = title.elements(snippet(&finding.place, AnnotationKind::Primary, label));
    if let Some(baseline) = finding.breakage.as_ref().and_then(baseline_snippet) {
        group = group.element(baseline);
    }
    let notes: Vec<String> = notes(finding);
    let help: Vec<String> =
        finding.help.iter().map(|help| one_line(help)).chain(finding.remedies()).collect();
    let mut groups = vec![group];
    for note in &notes {
        groups.push(Group::with_title(Level::NOTE.secondary_title(note)));
    }
    for help in &help {
        groups.push(Group::with_title(Level::HELP.secondary_title(help)));
    }
    let mut text = if span(&finding.place).is_some() {
        renderer.render(&groups)
    } else {
        render_without_gutter(&groups, renderer)
    };
    // The library leaves spaces at the ends of lines. Editors would remove such spaces from test files with expected
    // output.
    if text.lines().any(|line| line.ends_with(' ')) {
        text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    }
    text
}

fn level(finding: &Finding) -> Level<'static> {
    match (&finding.waived, finding.severity) {
        (Some(_), _) => Level::NOTE.with_name("waived"),
        (None, Severity::Error) => Level::ERROR,
        (None, Severity::Warning) => Level::WARNING,
        (None, Severity::Note) => Level::NOTE,
    }
}

/// The place of a finding: an underlined source text, or only the name of the file.
enum Shown<'t> {
    Source(Snippet<'t, Annotation<'t>>),
    File(Origin<'t>),
}

impl<'t> From<Shown<'t>> for annotate_snippets::Element<'t> {
    fn from(shown: Shown<'t>) -> Self {
        match shown {
            Shown::Source(snippet) => snippet.into(),
            Shown::File(origin) => origin.into(),
        }
    }
}

fn snippet<'t>(place: &'t Place, kind: AnnotationKind, label: Option<String>) -> Option<Shown<'t>> {
    if place.file.is_empty() {
        return None;
    }
    let (Some(text), Some(span)) = (&place.text, span(place)) else {
        return Some(Shown::File(Origin::path(one_line(&place.file))));
    };
    let mut annotation = kind.span(span);
    if let Some(label) = label {
        annotation = annotation.label(label);
    }
    let snippet = Snippet::source(text.as_ref())
        .line_start(place.first_line.max(1) as usize)
        .path(one_line(&place.file))
        .annotation(annotation);
    Some(Shown::Source(snippet))
}

fn baseline_snippet(breakage: &Breakage) -> Option<Shown<'_>> {
    let place = breakage.baseline_place.as_ref()?;
    place.position?;
    snippet(place, AnnotationKind::Context, Some(format!("in {}", breakage.baseline)))
}

/// Returns the part of the text to underline. If the part has several lines, this is only its first line, because the
/// underline of a whole object would hide the message.
fn span(place: &Place) -> Option<Range<usize>> {
    let text = place.text.as_ref()?;
    let position = place.position?;
    // If a JSON text ends too early, the position of this error is after the last character. In this case, underline
    // the end of the text.
    let start = (position.offset as usize).min(text.trim_end().len());
    let part = text.get(start..)?;
    let part = part.get(..position.bytes as usize).unwrap_or(part);
    let first_line = part.lines().next().unwrap_or_default();
    let end = start + first_line.trim_end().len();
    if first_line.len() == part.len() {
        return Some(start..end);
    }
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let before = text.get(line_start..start)?;
    Some(line_start + before.len() - before.trim_start().len()..end)
}

fn notes(finding: &Finding) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(breakage) = &finding.breakage
        && let Some(witness) = &breakage.witness
    {
        let (writer, reader) = breakage.writer_and_reader();
        let mut note = format!("this event is valid under {writer} and rejected by {reader}:");
        let event = event_text::render(witness);
        for line in event.lines() {
            note.push_str("\n  ");
            note.push_str(&one_line(line));
        }
        if let Some(refusal) = &breakage.refusal {
            note.push_str(&format!("\n{reader} says: {}", one_line(refusal)));
        }
        notes.push(note);
    }
    notes.extend(finding.notes.iter().map(|note| one_line(note)));
    if let Some(reason) = &finding.waived {
        notes.push(format!("accepted by a waiver: {}", one_line(reason)));
    }
    notes
}
