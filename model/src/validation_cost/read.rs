//! Reads the paths through a schema from its graph.

use super::ValidationCost;
use super::node::Node;
use super::weights;
use crate::formats::Formats;
use crate::graph::{self, Keyword, NodeId, SchemaGraph, Unsupported};
use crate::patterns::Cost;
use crate::resolved::Resolved;

impl Resolved {
    /// Returns whether some events need too many steps, in the validator and in generated code. The validation of such
    /// an event is then undecided.
    pub fn can_multiply(&self) -> bool {
        ValidationCost::of(self).is_some_and(|cost| cost.multiply())
    }
}

impl ValidationCost {
    /// Reads the paths through a schema; returns `None` if its references cannot be resolved.
    pub(crate) fn of(resolved: &Resolved) -> Option<Self> {
        let graph = SchemaGraph::of(resolved, Formats::Assert).ok()?;
        let nodes: Vec<Node> = graph.nodes().iter().map(Node::of).collect();
        let paths = vec![None; nodes.len()];
        let has_unique = nodes.iter().any(|node| node.is_unique);
        let has_names = nodes.iter().any(|node| !node.names.is_empty());
        let mut cost = Self { nodes, paths, longest: 0, has_unique, has_names };
        cost.mark_unions();
        cost.count_paths();
        Some(cost)
    }
}

impl Node {
    /// Reads a node of the schema graph.
    pub(super) fn of(schema: &graph::Node<'_>) -> Self {
        let mut node = Self::default();
        for keyword in &schema.keywords {
            node.keywords += 1;
            node.add(keyword);
        }
        node
    }

    fn add(&mut self, keyword: &Keyword<'_>) {
        match keyword {
            // The graph does not know the keywords of this schema, so no limit allows it.
            Keyword::Unsupported(Unsupported::TooManyScopes) => {
                self.own = weights::UNKNOWN;
                self.own_errors = weights::UNKNOWN;
            }
            Keyword::False
            | Keyword::Unsupported(_)
            | Keyword::Type { .. }
            | Keyword::Minimum(_)
            | Keyword::ExclusiveMinimum(_)
            | Keyword::Maximum(_)
            | Keyword::ExclusiveMaximum(_)
            | Keyword::MultipleOf(_)
            | Keyword::MinItems(_)
            | Keyword::MaxItems(_)
            | Keyword::MinProperties(_)
            | Keyword::MaxProperties(_) => {}
            Keyword::Reference(target) => self.here.push(number(*target)),
            Keyword::Enum(values) => self.own += weights::enumeration(values),
            Keyword::Const(value) => self.own += weights::constant(value),
            Keyword::AllOf(schemas) => self.here.extend(schemas.iter().copied().map(number)),
            Keyword::AnyOf(schemas) | Keyword::OneOf(schemas) => {
                self.branches += schemas.len() as u64;
                self.here.extend(schemas.iter().copied().map(number));
            }
            Keyword::Not(schema) => self.here.push(number(*schema)),
            Keyword::If { test, then, otherwise } => {
                let branches = [Some(*test), *then, *otherwise].into_iter().flatten();
                self.here.extend(branches.map(number));
            }
            Keyword::MinLength(_) | Keyword::MaxLength(_) => self.per_kilobyte += weights::LENGTH,
            Keyword::Pattern(pattern) => self.patterns.push(Cost::of(pattern)),
            Keyword::Format(name) => self.per_kilobyte += weights::format(name),
            Keyword::Content(_) => self.per_kilobyte += weights::CONTENT,
            Keyword::UniqueItems => self.is_unique = true,
            Keyword::PrefixItems(schemas) => {
                self.leading_items.extend(schemas.iter().copied().map(number));
            }
            Keyword::Items(schema) | Keyword::Contains { schema, .. } => self.each_item.push(number(*schema)),
            Keyword::UnevaluatedItems(schema) => {
                self.goes_twice = true;
                self.each_item.push(number(*schema));
            }
            Keyword::Required(names) => self.require(names.iter().count()),
            Keyword::DependentRequired(lists) => {
                self.require(lists.iter().map(|(_, names)| names.iter().count()).sum());
            }
            Keyword::Properties(schemas) => {
                let named = schemas.iter().map(|(name, schema)| ((*name).to_owned(), number(*schema)));
                self.named.extend(named);
            }
            Keyword::PatternProperties(schemas) => {
                self.name_patterns.extend(schemas.iter().map(|(pattern, _)| Cost::of(pattern)));
                self.each_member.extend(schemas.iter().map(|(_, schema)| number(*schema)));
            }
            Keyword::AdditionalProperties(schema) => self.each_member.push(number(*schema)),
            Keyword::UnevaluatedProperties(schema) => {
                self.goes_twice = true;
                self.each_member.push(number(*schema));
            }
            Keyword::PropertyNames(schema) => self.names.push(number(*schema)),
            Keyword::DependentSchemas(schemas) => {
                self.here.extend(schemas.iter().map(|(_, schema)| number(*schema)));
            }
        }
    }

    fn require(&mut self, names: usize) {
        self.own += weights::names(names);
        self.own_errors += names as u64;
    }
}

fn number(id: NodeId) -> u32 {
    u32::try_from(id.index()).unwrap_or(u32::MAX)
}
