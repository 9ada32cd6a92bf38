//! Decodes a CloudEvent of any version: structured, binary, or inside EventBridge.
//!
//! Run `cargo run -p evschema-events --features consumer --example decode_any_version`.

#![allow(clippy::print_stdout, reason = "the output of the example")]

use evschema_events::dead_letter::{AnyEventDeadlettered, EventDeadlettered};
use evschema_events::envelope::Binding;
use evschema_events::{DecodeError, Envelope, FromEnvelope as _, Transport};

// In your crate, your types are yours, so one line is enough: `evschema_events::from_envelope!(AnyOrderPlaced);`. For
// several subjects, the macro declares an enum and chooses the variant by the `type` of the envelope.
evschema_events::from_envelope! {
    /// The events of this program.
    pub enum AnyEvent {
        /// A dead letter of any version.
        Letter(AnyEventDeadlettered),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = include_str!("event.json");
    let dataschema = "https://events.example/schemas/evschema.event.deadlettered/1.0.0.json";
    let structured = format!(
        r#"{{"specversion":"1.0","id":"1","source":"/a","type":"evschema.event.deadlettered","dataschema":"{dataschema}","data":{data}}}"#
    );
    show(&Envelope::from_structured(structured.as_bytes())?);

    let headers: [(&str, &[u8]); 5] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"2"),
        ("ce_source", b"/b"),
        ("ce_type", b"evschema.event.deadlettered.v1"),
        ("content-type", b"application/json"),
    ];
    show(&Envelope::from_message(Binding::Kafka, headers, data.as_bytes())?);

    let event_bridge =
        format!(r#"{{"id":"3","source":"c","detail-type":"evschema.event.deadlettered","detail":{data}}}"#);
    show(&Transport::EventBridge.read(&[], event_bridge.as_bytes())?);

    // The schema of this version is newer than the code, and the code cannot read the event. Keep it, and retry later.
    let newer = structured.replace("1.0.0.json", "1.4.0.json").replace("\"sqs\"", "7");
    show(&Envelope::from_structured(newer.as_bytes())?);
    Ok(())
}

fn show(envelope: &Envelope<'_>) {
    match AnyEvent::from_envelope(envelope) {
        Ok(AnyEvent::Letter(letter)) => println!("{envelope} is of version {}", letter.version()),
        Err(DecodeError::Any(error)) if error.is_newer_than_known() => println!("retry later: {error}"),
        Err(error) => println!("{}: {error}", error.class()),
    }
    // A type of one version works, too.
    let _: Result<EventDeadlettered, DecodeError> = EventDeadlettered::from_envelope(envelope);
}
