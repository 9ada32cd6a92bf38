//! Writes the change behind a finding as text. The text describes only the values of the writer that the reader
//! rejects.
//!
//! A waiver accepts exactly the change with this text. So if the reader rejects more values, the text must differ.
//! Otherwise it should stay the same.

use serde_json::{Map, Value, json};

use crate::assertion::Assertion;
use crate::decision::Change;
use crate::engine::Engine;
use crate::export::export;
use crate::number::Decimal;
use crate::obligation::Obligation;
use crate::sample::nodes_in;
use crate::tree::{Id, Node, Strings, Tree, Types, normalized};

/// The maximum number of alternatives of a writer for which the text lists each alternative.
const ALTERNATIVES_MAX: usize = 64;

/// The maximum number of JSON values in the texts of all findings of a comparison. A text contains each schema with all
/// schemas to which it refers, so the texts can be much larger than the documents.
pub(super) const VALUES_MAX: usize = 200_000;

/// The number of JSON values for a schema that the engine cannot export. The engine may visit most parts of the schema
/// before it notices this.
const VALUES_OF_A_FAILURE: usize = 2_000;

impl Change {
    /// Returns the change behind a violated obligation. The text takes its JSON values from `values_left`. If too few are
    /// left, the change counts as the change of the documents.
    pub(super) fn of(engine: &mut Engine, obligation: &Obligation, values_left: &mut usize) -> Self {
        let reader = engine.tree.shared(obligation.reader);
        let mut texts = Texts { engine, writer: obligation.writer, is_of_documents: false, values_left };
        let value = texts.change(&obligation.assertion, &reader);
        Self { text: normalized(&value).to_string(), is_of_documents: texts.is_of_documents }
    }
}

struct Texts<'e> {
    engine: &'e mut Engine,
    writer: Id,
    is_of_documents: bool,
    values_left: &'e mut usize,
}

impl Texts<'_> {
    fn change(&mut self, assertion: &Assertion, reader: &Node) -> Value {
        match assertion {
            Assertion::Types(name) => {
                // If the reader accepts integers, it rejects only the other numbers, so the text notes this.
                let is_fraction = reader.types.has(Types::named(name));
                json!({"type": name, "fractions": is_fraction})
            }
            Assertion::Values => match self.engine.removed_values(self.writer, reader) {
                Some(removed) => json!({ "removed": sorted(removed) }),
                None => {
                    let listed = reader.values.as_ref().map_or(&[][..], |values| values);
                    json!({"listed": sorted(listed.to_vec()), "writer": self.written(Types::ALL)})
                }
            },
            Assertion::Numbers => {
                let own = Node { numbers: reader.numbers.clone(), ..Node::default() };
                json!({"reader": self.own(own), "writer": self.written(Types::NUMBER)})
            }
            Assertion::Lengths => {
                json!({"reader": [reader.strings.min, reader.strings.max], "writer": self.written(Types::STRING)})
            }
            Assertion::Pattern(asked) | Assertion::Format(asked) => {
                json!({"reader": asked, "writer": self.written(Types::STRING)})
            }
            Assertion::Items => {
                let prefix = self.schemas(&reader.arrays.prefix);
                let rest = reader.arrays.items.or(reader.arrays.unevaluated);
                json!({"prefix": prefix, "rest": self.schemas(rest.as_slice()), "writer": self.whole_writer()})
            }
            Assertion::ItemCount => {
                let counts = self.counts(|alternative| (alternative.arrays.min, alternative.arrays.max));
                json!({"reader": [reader.arrays.min, reader.arrays.max], "writer": counts})
            }
            Assertion::PropertyCount => {
                let counts =
                    self.counts(|alternative| (alternative.min_properties(), alternative.objects.max));
                json!({"reader": [reader.objects.min, reader.objects.max], "writer": counts})
            }
            Assertion::UniqueItems => json!("uniqueItems"),
            Assertion::Contains => {
                let contains = reader.arrays.contains.iter();
                let contains: Vec<Value> =
                    contains.map(|own| json!([self.schema(own.schema), own.min, own.max])).collect();
                json!({"reader": contains, "writer": self.whole_writer()})
            }
            Assertion::Required(name) | Assertion::Lacks(name) => json!({ "name": name }),
            Assertion::Property(name) => {
                let patterns = reader.objects.patterns.iter();
                let rules: Vec<Value> = patterns.map(|(own, id)| json!([&**own, self.schema(*id)])).collect();
                let rule = reader.objects.properties.of(name);
                match rule {
                    Some(rule) if self.engine.tree.is_false(rule) => json!({ "name": name }),
                    Some(rule) => {
                        json!({"name": name, "rule": self.schema(rule), "writer": self.whole_writer()})
                    }
                    None => json!({"name": name, "patterns": rules}),
                }
            }
            Assertion::Additional => {
                let names = |named: &crate::tree::Named| -> Vec<String> {
                    named.iter().map(|(name, _)| name.to_string()).collect()
                };
                let objects = &reader.objects;
                json!({
                    "declared": names(&objects.properties),
                    "patterns": names(&objects.patterns),
                    "rest": self.schemas(objects.additional.as_slice()),
                    "writer": self.whole_writer(),
                })
            }
            Assertion::Names => {
                json!({"names": self.schemas(reader.objects.names.as_slice()), "writer": self.whole_writer()})
            }
            Assertion::Dependent(name) => {
                let needed = reader.objects.dependent_required.iter().filter(|own| *own.0 == **name);
                let needed: Vec<Vec<&str>> =
                    needed.map(|own| own.1.iter().map(|name| &**name).collect()).collect();
                let schema = reader.objects.dependent_schemas.of(name);
                json!({"name": name, "needed": needed, "schema": self.schemas(schema.as_slice())})
            }
            Assertion::AnyOf => self.of_unions(&reader.any_of),
            Assertion::OneOf => self.of_unions(&reader.one_of),
            Assertion::Not => json!({"not": self.schemas(&reader.not), "writer": self.whole_writer()}),
            Assertion::Condition => {
                let mut parts = Vec::new();
                for condition in &reader.conditions {
                    parts.push(json!([
                        self.schema(condition.test),
                        self.schemas(condition.then.as_slice()),
                        self.schemas(condition.otherwise.as_slice()),
                    ]));
                }
                json!({"conditions": parts, "writer": self.whole_writer()})
            }
            Assertion::Unevaluated | Assertion::Undecided(_) => {
                self.is_of_documents = true;
                Value::Null
            }
        }
    }

    /// Returns the writer's alternatives for values of some types, without their children.
    fn written(&mut self, types: Types) -> Value {
        let alternatives = self.engine.alternatives(self.writer);
        if ALTERNATIVES_MAX < alternatives.len() {
            return self.whole_writer();
        }
        let mut written = Vec::new();
        for alternative in alternatives.iter() {
            for one in alternative.types.and(types).each() {
                let only = alternative.only(one);
                let own = Node {
                    types: one,
                    values: only.values.clone(),
                    numbers: if one == Types::NUMBER { (*only.numbers).clone() } else { Default::default() },
                    strings: if one == Types::STRING {
                        Strings::clone(&only.strings)
                    } else {
                        Strings::default()
                    },
                    ..Node::default()
                };
                let steps: Vec<String> = only.numbers.none.iter().map(Decimal::to_string).collect();
                written.push(json!([self.own(own), only.strings.none, steps]));
            }
        }
        Value::Array(sorted(written))
    }

    fn counts(&mut self, count: impl Fn(&crate::alternatives::Alternative) -> (u64, Option<u64>)) -> Value {
        let alternatives = self.engine.alternatives(self.writer);
        Value::Array(sorted(alternatives.iter().map(|alternative| json!(count(alternative))).collect()))
    }

    fn of_unions(&mut self, unions: &[Vec<Id>]) -> Value {
        let unions: Vec<Value> = unions.iter().map(|union| self.schemas(union)).collect();
        json!({"branches": unions, "writer": self.whole_writer()})
    }

    fn whole_writer(&mut self) -> Value {
        self.schema(self.writer)
    }

    fn schemas(&mut self, ids: &[Id]) -> Value {
        ids.iter().map(|id| self.schema(*id)).collect()
    }

    fn own(&mut self, node: Node) -> Value {
        let mut tree = Tree::default();
        let id = tree.add(node, crate::tree::Origin::default());
        self.written_out(export(&tree, id))
    }

    fn schema(&mut self, id: Id) -> Value {
        let schema = if *self.values_left == 0 { None } else { export(&self.engine.tree, id) };
        self.written_out(schema)
    }

    fn written_out(&mut self, schema: Option<Value>) -> Value {
        let values = schema.as_ref().map_or(VALUES_OF_A_FAILURE, nodes_in);
        let has_room = values <= *self.values_left;
        *self.values_left = self.values_left.saturating_sub(values);
        let Some(mut schema) = schema.filter(|_| has_room) else {
            self.is_of_documents = true;
            return Value::Null;
        };
        number_definitions(&mut schema);
        schema
    }
}

impl Engine {
    /// Returns the values that a writer may send and a reader does not list. Returns `None` if the engine cannot list
    /// the writer's values.
    pub(crate) fn removed_values(&mut self, writer: Id, reader: &Node) -> Option<Vec<Value>> {
        let listed = reader.values.as_ref()?;
        let mut removed = Vec::new();
        for alternative in self.alternatives(writer).iter() {
            for one in alternative.types.each() {
                let values = self.finite_values(&alternative.only(one))?;
                removed.extend(values.into_iter().filter(|value| !listed.contains(value)));
            }
        }
        Some(removed)
    }
}

fn sorted(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by_cached_key(Value::to_string);
    values.dedup();
    values
}

/// Renumbers the definitions of an exported schema in the order in which the schema refers to them. So the numbers do
/// not depend on other schemas in the arena.
fn number_definitions(schema: &mut Value) {
    let Some(Value::Object(mut definitions)) =
        schema.as_object_mut().and_then(|own| own.shift_remove("$defs"))
    else {
        return;
    };
    let mut numbers: Vec<String> = Vec::new();
    rename(schema, &mut numbers);
    let mut renamed = Map::new();
    let mut at = 0;
    while let Some(name) = numbers.get(at).cloned() {
        let mut definition = definitions.shift_remove(&name).unwrap_or(Value::Null);
        rename(&mut definition, &mut numbers);
        renamed.insert(at.to_string(), definition);
        at += 1;
    }
    if let Value::Object(members) = schema {
        members.insert("$defs".to_owned(), Value::Object(renamed));
    }
}

fn rename(value: &mut Value, numbers: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let definition =
                    member.as_str().and_then(|text| text.strip_prefix("#/$defs/")).map(str::to_owned);
                match definition.filter(|_| name == "$ref") {
                    Some(definition) => {
                        let at = numbers.iter().position(|known| *known == definition).unwrap_or_else(|| {
                            numbers.push(definition);
                            numbers.len() - 1
                        });
                        *member = Value::String(format!("#/$defs/{at}"));
                    }
                    None => rename(member, numbers),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, numbers)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
