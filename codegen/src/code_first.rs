//! Code first: derives the schema of an event from a Rust type.

use evschema_model::{Coordinates, Diagnostics, Dialects, Schema};
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Number, Value};

/// Returns the schema of the events that a Rust type parses, as the text of `<subject>/<version>.json`. The text is
/// ready for `evschema check` and `evschema push`.
///
/// [`schemars`] derives the schema for reading, so a field with a default may be absent. This function adds the bounds
/// of Rust integers, which `schemars` does not write. The type's name becomes the title, and its documentation becomes
/// the description.
///
/// A test should compare the file with this text. If the type changes, the test fails, and the event needs a new
/// version. `evschema check` reports the number of this version.
///
/// ```
/// # use evschema_model::{Coordinates, Subject, Version};
/// /// An order was placed.
/// #[derive(schemars::JsonSchema)]
/// struct OrderPlaced {
///     id: String,
///     quantity: u32,
/// }
///
/// let at = Coordinates { subject: Subject::parse("shop.order.placed")?, version: Version::new(1, 0, 0) };
/// let text = evschema_codegen::schema_of::<OrderPlaced>(&at).map_err(|wrong| wrong[0].to_string())?;
/// assert!(text.contains("\"title\": \"OrderPlaced\"") && text.contains("4294967295"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the derived schema is not a valid event schema, for example because it refers to a missing document.
pub fn schema_of<T: schemars::JsonSchema>(at: &Coordinates) -> Result<String, Diagnostics> {
    let generator = SchemaSettings::draft2020_12().for_deserialize().with_transform(Bounds).into_generator();
    let value = generator.into_root_schema_for::<T>().to_value();
    let text = format!("{value:#}\n");
    Schema::read(at.clone(), text.as_bytes(), &Dialects::default())?;
    Ok(text)
}

/// Replaces the name of a Rust number type in `format` by the range of the type, because JSON Schema has no such
/// formats.
#[derive(Debug, Clone)]
struct Bounds;

impl Transform for Bounds {
    fn transform(&mut self, schema: &mut schemars::Schema) {
        transform_subschemas(self, schema);
        let Some(members) = schema.as_object_mut() else { return };
        let Some(format) = members.get("format").and_then(Value::as_str) else { return };
        if matches!(format, "float" | "double") {
            members.remove("format");
            return;
        }
        let Some((least, most)) = range(format) else { return };
        members.remove("format");
        for (keyword, bound) in [("minimum", least), ("maximum", most)] {
            // Keeps an existing bound, because it is narrower: for example, the minimum of `NonZeroU32` is 1.
            members.entry(keyword).or_insert(Value::Number(bound));
        }
    }
}

fn range(format: &str) -> Option<(Number, Number)> {
    macro_rules! ranges {
        ($($name:literal: $of:ty,)*) => {
            match format {
                $($name => Some((Number::from_i128(<$of>::MIN.into())?, Number::from_i128(<$of>::MAX.into())?)),)*
                _ => None,
            }
        };
    }
    ranges! {
        "int8": i8, "int16": i16, "int32": i32, "int64": i64, "int": i64,
        "uint8": u8, "uint16": u16, "uint32": u32, "uint64": u64, "uint": u64,
    }
}
