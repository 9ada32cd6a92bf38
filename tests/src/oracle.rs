//! Content models by their definition, event by event: which members of an event a schema declares,
//! whether a lenient writer sends an event, and whether a lenient or tolerant reader accepts it.
//!
//! It shares nothing with the engine, so that a mistake of one is not repeated by the other. The
//! validator decides whether a whole event, or a branch at a place, is valid. Where the definition can
//! be read in two ways, or needs more than one event to decide (whether a model leaves a place without
//! a value), the answer is [`Answer::Unknown`].

mod applied;
mod declared;
mod items;
mod open;
mod rules;
mod strip;

use std::cell::OnceCell;

use evschema_model::{ContentModel, Formats, Resolved, Validator};
use serde_json::{Map, Value};

use applied::{Applied, Handed, Role, Rule, Side, applied};
use declared::{Object, Truth};
use items::Array;
use rules::{Id, Rules};
use strip::Strip;

/// An answer about one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Certainly.
    Yes,
    /// Certainly not.
    No {
        /// The place in the event, a JSON Pointer, and the reason.
        at: String,
    },
    /// One event does not decide it.
    Unknown {
        /// The place in the event, a JSON Pointer, and the reason.
        at: String,
    },
}

/// A schema's answers about events.
pub struct Oracle {
    resolved: Resolved,
    formats: Formats,
    validator: Validator,
    written: Rules,
    /// The rules of the opened schema, read when a tolerant reader needs them.
    opened: OnceCell<Option<Rules>>,
}

impl std::fmt::Debug for Oracle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oracle").field("schema", self.resolved.schema().at()).finish_non_exhaustive()
    }
}

impl Oracle {
    /// Returns the oracle of a schema; `None` if its validator cannot be built.
    pub fn new(resolved: &Resolved, formats: Formats) -> Option<Self> {
        Some(Self {
            resolved: resolved.clone(),
            formats,
            validator: resolved.validator(formats).ok()?,
            written: rules::read(resolved, formats)?,
            opened: OnceCell::new(),
        })
    }

    /// Returns whether the schema accepts an event, whatever the content model.
    pub fn is_valid(&self, event: &Value) -> bool {
        self.validator.is_valid(event)
    }

    /// Returns whether a lenient or tolerant writer sends an event.
    pub fn sends(&self, event: &Value) -> Answer {
        if !self.is_valid(event) {
            return Answer::No { at: "the schema refuses it".to_owned() };
        }
        let mut walk = Walk { rules: &self.written, proves: true, no: None, unknown: None };
        walk.place(&Handed::root(&self.written), event, &mut String::new());
        match (walk.no, walk.unknown) {
            (Some(at), _) => Answer::No { at },
            (None, Some(at)) => Answer::Unknown { at },
            (None, None) => Answer::Yes,
        }
    }

    /// Returns an event without the members and items that the writer does not send. The rest need not
    /// be valid.
    pub fn declared_part(&self, event: &Value) -> Value {
        let strip = Strip { rules: &self.written, side: Side::Writer, keeps_unsure: false };
        strip.place(&Handed::root(&self.written), event)
    }

    /// Returns whether a reader accepts an event.
    pub fn reads(&self, event: &Value, model: ContentModel) -> Answer {
        if self.is_valid(event) {
            return Answer::Yes;
        }
        let refused = Answer::No { at: "the schema refuses it".to_owned() };
        match model {
            ContentModel::Strict | ContentModel::Lenient => return refused,
            ContentModel::Tolerant => {}
        }
        let opened = self.opened.get_or_init(|| rules::read(&open::open(&self.resolved)?, self.formats));
        let Some(opened) = opened else {
            return Answer::Unknown { at: "the schema cannot be opened".to_owned() };
        };
        let verdicts = [false, true].map(|keeps_unsure| {
            let strip = Strip { rules: opened, side: Side::Reader, keeps_unsure };
            self.is_valid(&strip.place(&Handed::root(opened), event))
        });
        match verdicts {
            [true, true] => Answer::Yes,
            [false, false] => refused,
            [true, false] | [false, true] => {
                Answer::Unknown { at: "whether a name is declared can be read both ways".to_owned() }
            }
        }
    }
}

/// A walk through a valid event, looking for what the writer does not send.
struct Walk<'w> {
    rules: &'w Rules,
    /// Whether to prove that the model leaves the place a value before a member counts as not sent.
    proves: bool,
    no: Option<String>,
    unknown: Option<String>,
}

impl Walk<'_> {
    fn place(&mut self, handed: &[Handed], value: &Value, path: &mut String) {
        match value {
            Value::Object(members) => self.object(handed, value, members, path),
            Value::Array(items) => self.array(handed, value, items, path),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn object(&mut self, handed: &[Handed], value: &Value, members: &Map<String, Value>, path: &mut String) {
        let applied = applied(self.rules, handed, value, Side::Writer);
        let object = Object { rules: self.rules, applied: &applied, value };
        if !object.is_vacuous() {
            let declared: Vec<(&String, Truth)> =
                members.keys().map(|name| (name, object.declares(name))).collect();
            if let Some((name, _)) = declared.iter().find(|(_, declared)| *declared == Truth::No) {
                self.undeclared(handed, &applied, value, format!("{path}/{name}: not declared"));
            } else if let Some((name, _)) = declared.iter().find(|(_, declared)| *declared == Truth::Maybe) {
                self.unknown(format!("{path}/{name}: declared by one reading only"));
            }
        }
        let length = path.len();
        for (name, member) in members {
            path.push('/');
            path.push_str(&name.replace('~', "~0").replace('/', "~1"));
            self.place(&object.handed(name), member, path);
            path.truncate(length);
        }
    }

    fn array(&mut self, handed: &[Handed], value: &Value, items: &[Value], path: &mut String) {
        let applied = applied(self.rules, handed, value, Side::Writer);
        let array = Array { rules: self.rules, applied: &applied, items };
        match array.allows(items.len()) {
            Truth::Yes => {}
            Truth::Maybe => self.unknown(format!("{path}: a tuple by one reading only")),
            Truth::No => {
                self.undeclared(handed, &applied, value, format!("{path}: more items than the tuple has"));
            }
        }
        let length = path.len();
        for (at, item) in items.iter().enumerate() {
            path.push_str(&format!("/{at}"));
            self.place(&array.handed(at), item, path);
            path.truncate(length);
        }
    }

    fn unknown(&mut self, at: String) {
        self.unknown.get_or_insert(at);
    }

    /// Notes a member that is not declared: it is not sent if the model leaves the place another value.
    fn undeclared(&mut self, handed: &[Handed], applied: &Applied, value: &Value, at: String) {
        if self.no.is_some() {
            return;
        }
        if !self.proves || leaves_a_value(self.rules, handed, applied, value) {
            self.no = Some(at);
        } else {
            self.unknown(format!("{at}, and the place may have no other value"));
        }
    }
}

/// Values that are tried as members.
fn simple_values() -> Vec<Value> {
    let texts = ["", "a", "ab", "2020-01-01", "2020-01-01T00:00:00Z"].map(Value::from);
    let mut values = vec![Value::Null, Value::Bool(false), Value::from(0), Value::from(1), Value::from(10)];
    values.extend(texts);
    values.extend([Value::Array(Vec::new()), Value::Object(Map::new())]);
    values
}

/// Returns whether the model certainly leaves a value for a place, in the branches that hold for this
/// one: such a value is found by removing what is not declared, or by adding what is.
fn leaves_a_value(rules: &Rules, handed: &[Handed], of: &Applied, value: &Value) -> bool {
    let strip = Strip { rules, side: Side::Writer, keeps_unsure: false };
    let mut candidate = strip.place(handed, value);
    if is_left(rules, handed, of, &candidate) {
        return true;
    }
    let applied = applied(rules, handed, &candidate, Side::Writer);
    let names = Object { rules, applied: &applied, value: &candidate }.finite_names();
    let missing: Vec<String> = names
        .into_iter()
        .flatten()
        .filter(|name| candidate.is_object() && candidate.get(name).is_none())
        .collect();
    for name in missing {
        let places = Object { rules, applied: &applied, value: &candidate }.handed(&name);
        let listed = places.iter().filter_map(|handed| match &handed.rule {
            Rule::Node(id) => Some(listed_in(rules, *id)),
            Rule::Listed(value) => Some(vec![value.clone()]),
        });
        let mut values = listed.flatten().chain(simple_values());
        let Some(fitting) = values.find(|value| hold(rules, &places, value)) else { continue };
        if let Some(members) = candidate.as_object_mut() {
            members.insert(name, fitting);
        }
        if is_left(rules, handed, of, &candidate) {
            return true;
        }
    }
    false
}

/// Returns the listed values of a node and of what it refers to.
fn listed_in(rules: &Rules, id: Id) -> Vec<Value> {
    let applied = applied(
        rules,
        &[Handed { rule: Rule::Node(id), role: Role::Held, in_test: false }],
        &Value::Null,
        Side::Reader,
    );
    applied.listed.into_iter().map(|(value, _)| value).collect()
}

/// Returns whether every schema that a place receives accepts a value.
fn hold(rules: &Rules, handed: &[Handed], value: &Value) -> bool {
    handed.iter().filter(|handed| handed.role == Role::Held).all(|handed| match &handed.rule {
        Rule::Node(id) => rules.accepts(*id, value) == Some(true),
        Rule::Listed(listed) => listed == value,
    })
}

/// Returns whether a value is one that the model leaves, in the same branches.
fn is_left(rules: &Rules, handed: &[Handed], of: &Applied, value: &Value) -> bool {
    if !hold(rules, handed, value) || applied(rules, handed, value, Side::Writer).held() != of.held() {
        return false;
    }
    let mut walk = Walk { rules, proves: false, no: None, unknown: None };
    walk.place(handed, value, &mut String::new());
    walk.no.is_none() && walk.unknown.is_none()
}
