//! Writes the code of a client that uses every type of a surface.

use evschema_tests::{Shown, Surface};

/// A function that stands for the values that a real client would get from elsewhere.
const GIVEN: &str = "    fn given<T>() -> T {\n        loop {}\n    }\n";

/// Returns a module with functions that read and create values of every type in every possible way.
pub(super) fn client(surface: &Surface) -> String {
    let functions: String =
        surface.iter().enumerate().map(|(number, (name, shown))| of_type(number, name, shown)).collect();
    format!("\n    pub mod clients_of_the_old_version {{\n    use super::*;\n{GIVEN}{functions}    }}\n")
}

/// Returns the path of a type from a module that is one level deeper.
fn named(of: &str) -> String {
    of.replace("super::super::", "super::super::super::")
}

fn of_type(number: usize, name: &str, shown: &Shown) -> String {
    let mut reads = String::new();
    let mut makes = Vec::new();
    for (field, of) in &shown.fields {
        reads.push_str(&format!("        let _: {} = value.{field};\n", named(of)));
    }
    if let Some(members) = &shown.new {
        let given: String =
            members.iter().map(|(field, of)| format!("{field}: given::<{}>(), ", named(of))).collect();
        let module = shown.module.as_deref().unwrap_or_default();
        let given = if members.is_empty() { given } else { format!("{module}::Required {{ {given} }}") };
        let mut made = format!("        let mut made = {name}::new({given});\n");
        for (setter, of) in &shown.setters {
            made.push_str(&format!("        made = made.{setter}(given::<{}>());\n", named(of)));
        }
        for (field, of) in &shown.fields {
            made.push_str(&format!("        made.{field} = given::<{}>();\n", named(of)));
        }
        makes.push(format!("{made}        made\n"));
    }
    if let Some(inner) = &shown.inner {
        reads.push_str(&format!("        let _: {} = value.0;\n", named(inner)));
        makes.push(format!("        {name}(given::<{}>())\n", named(inner)));
    }
    if !shown.variants.is_empty() {
        let mut arms = String::new();
        for (variant, of) in &shown.variants {
            let (pattern, made) = match of.as_deref().map(named) {
                Some(of) => (
                    format!("{name}::{variant}(inner) => {{ let _: {of} = inner; }}"),
                    format!("        {name}::{variant}(given::<{of}>())\n"),
                ),
                None => (format!("{name}::{variant} => {{}}"), format!("        {name}::{variant}\n")),
            };
            arms.push_str(&format!("            {pattern}\n"));
            makes.push(made);
        }
        reads.push_str(&format!("        match value {{\n{arms}            _ => {{}}\n        }}\n"));
    }
    let mut functions = format!("    pub fn reads{number}(value: {name}) {{\n{reads}    }}\n");
    for (at, made) in makes.iter().enumerate() {
        functions.push_str(&format!("    pub fn makes{number}_{at}() -> {name} {{\n{made}    }}\n"));
    }
    functions
}
