//! The settings for types: names, derives, attributes, and the errors of settings that cannot be used.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use evschema_codegen::{GeneratedFile, Layout, Options, Templates, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Manifest, Schema, Subject, Version};
use serde_json::{Value, json};

/// Returns the code of the subject `shop.order` with these settings, or all problems.
fn generated(settings: &str, schema: &Value) -> Result<String, Vec<String>> {
    let files = files(settings, schema)?;
    Ok(files.into_iter().find(|file| file.path == "shop_order.rs").unwrap().text)
}

/// Returns the generated files of the subject `shop.order` with these settings, or all problems.
fn files(settings: &str, schema: &Value) -> Result<Vec<GeneratedFile>, Vec<String>> {
    let at = Coordinates { subject: Subject::parse("shop.order").unwrap(), version: Version::new(1, 0, 0) };
    let text = serde_json::to_vec(schema).unwrap();
    let mut catalog = Catalog::default();
    catalog.insert(Arc::new(Schema::read(at.clone(), &text, &Dialects::default()).unwrap())).unwrap();
    let manifest = Manifest::parse(settings).unwrap();
    let options = Options::from_manifest(&manifest, Templates::default(), Layout::Modules);
    generate(&catalog, &[at], &options).map_err(|error| {
        let problems = error.problems.iter();
        problems.map(|problem| format!("{}: {}", problem.path.display(), problem.diagnostic)).collect()
    })
}

fn order() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"$ref": "#/$defs/Id"},
            "line": {"$ref": "#/$defs/Line"},
            "note": {"type": "object", "properties": {"text": {"type": "string"}}},
            "size": {"enum": ["small", "large"]},
        },
        "$defs": {
            "Id": {"type": "string"},
            "Line": {"type": "object", "properties": {"sku": {"type": "string"}, "Sku": {"type": "string"}}},
            "Unused": {"type": "object", "properties": {"a": {"type": "string"}}},
            "Alias": {"$ref": "#/$defs/Line"},
        },
    })
}

#[track_caller]
fn assert_has(code: &str, parts: &[&str]) {
    for part in parts {
        assert!(code.contains(part), "`{part}` is missing in\n{code}");
    }
}

#[track_caller]
fn assert_problem(settings: &str, schema: &Value, expected: &str) {
    let problems = generated(settings, schema).unwrap_err();
    assert!(
        problems.len() == 1 && problems[0].contains(expected),
        "expected `{expected}`, found {problems:#?}"
    );
}

#[test]
fn without_settings_nothing_changes() {
    let code = generated("", &order()).unwrap();
    assert_has(&code, &["pub struct ShopOrder {", "pub id: Option<String>", "pub line: Option<Line>"]);
}

#[test]
fn long_lists_of_derives_have_the_form_of_rustfmt() {
    let mut derives = vec!["a::A".to_owned()];
    for _ in 0..40 {
        let settings = format!("[gen]\nderives = {}\n", json!(derives));
        let code = generated(&settings, &order()).unwrap();
        // The file of the glue does not exist here, and rustfmt would report that.
        let code = code.replace("include!(\"shop_order/v1.glue.rs\");", "fn glue() {}");
        let rustfmt = Command::new("rustfmt")
            .args(["--check", "--edition", "2024", "--config", "max_width=100"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut rustfmt = match rustfmt {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                println!("the toolchain has no rustfmt, so this test compares nothing");
                return;
            }
            found => found.unwrap(),
        };
        rustfmt.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
        let output = rustfmt.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let last = derives.len();
        derives.push(format!("path{}::Trait", "x".repeat(last % 7)));
        derives.push(format!("T{last}"));
    }
}

#[test]
fn a_trait_is_derived_once() {
    let settings = r#"
        [gen]
        derives = ["Clone", "utoipa::ToSchema"]
        [gen.types."shop.order"]
        derives = ["utoipa::ToSchema", "Zeroize"]
    "#;
    let code = generated(settings, &order()).unwrap();
    assert_has(
        &code,
        &[
            "#[derive(Debug, Clone, PartialEq, Eq, Hash, utoipa::ToSchema, Zeroize)]\n    #[non_exhaustive]\n    \
             pub struct ShopOrder {",
            "#[derive(Debug, Clone, PartialEq, Eq, Hash, utoipa::ToSchema)]\n    #[non_exhaustive]\n    pub \
             struct Line {",
        ],
    );
}

#[test]
fn schemas_and_settings_give_names() {
    let mut schema = order();
    schema["x-rust-name"] = json!("Purchase");
    schema["$defs"]["Line"]["x-rust-name"] = json!("Row");
    schema["$defs"]["Line"]["properties"]["Sku"]["x-rust-name"] = json!("sku");
    schema["properties"]["note"]["x-rust-name"] = json!("remark");
    let code = generated("", &schema).unwrap();
    assert_has(
        &code,
        &[
            "pub struct Purchase {",
            "pub line: Option<Row>,",
            "pub remark: Option<Note>,",
            "pub struct Row {",
            // The name `sku` is taken, so the other property gets its long name.
            "pub sku_plain: Option<String>,",
            "pub sku: Option<String>,",
        ],
    );
    assert!(!code.contains("struct ShopOrder") && !code.contains("type ShopOrder"), "{code}");
    assert_has(&code, &["V1(v1::Purchase),"]);
    let settings = r##"
        [gen.types."shop.order"]
        name = "Sale"
        fields.note = { name = "memo" }
        [gen.types."shop.order#/properties/note"]
        name = "Memo"
        [gen.types."shop.order#/properties/size"]
        name = "Line"
    "##;
    let code = generated(settings, &order()).unwrap();
    // The requested name wins, so the definition gets its long name.
    assert_has(
        &code,
        &[
            "pub struct Sale {",
            "pub memo: Option<Memo>,",
            "pub size: Option<Line>,",
            "pub line: Option<LineDefinition>,",
        ],
    );
}

#[test]
fn wrong_names_are_errors_with_their_place() {
    for (place, name, expected) in [
        (
            "/$defs/Line",
            json!("my line"),
            "(/$defs/Line/x-rust-name) `x-rust-name`: the name is not an identifier",
        ),
        ("/$defs/Line", json!("Option"), "generated code uses this name"),
        ("/$defs/Line", json!("ShopOrder"), "`ShopOrder` is the name of the event's type"),
        ("/$defs/Line", json!(7), "the name is not a string"),
        ("/properties/id", json!("type"), "`x-rust-name`: the name is a keyword"),
        ("/properties/id", json!("size"), "`id` and `size` have the same field name `size`"),
        ("", json!("2nd"), "the name is not an identifier"),
    ] {
        let mut schema = named(place, name);
        if expected.contains("same field name") {
            schema["properties"]["size"]["x-rust-name"] = json!("size");
        }
        let problems = generated("", &schema).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:#?}");
        assert!(problems[0].starts_with("shop.order/1.0.0.json: 1:"), "{problems:#?}");
        assert!(problems[0].contains(expected), "{expected}: {problems:#?}");
    }
    let mut equal = named("/$defs/Line", json!("Row"));
    equal["properties"]["note"]["$ref"] = json!("#/$defs/Unused");
    equal["$defs"]["Unused"]["x-rust-name"] = json!("Row");
    equal["properties"]["note"].as_object_mut().unwrap().retain(|name, _| name == "$ref");
    assert_problem("", &equal, "the type of `shop.order#/$defs/Line` has the same name `Row`");
    for (settings, expected) in [
        (
            "[gen.types.\"shop.order\"]\nname = \"a b\"",
            "`gen.types.\"shop.order\".name`: the name is not an identifier",
        ),
        (
            "[gen.types.\"shop.order\"]\nfields.id.name = \"rest\"",
            "`gen.types.\"shop.order\".fields.\"id\".name`: a field with this name keeps",
        ),
    ] {
        assert_problem(settings, &order(), expected);
    }
}

#[test]
fn settings_without_effect_are_errors() {
    for (settings, expected) in [
        (
            "[gen.replace]\n\"shop.orders\" = \"crate::X\"",
            "no generated version belongs to the subject `shop.orders`",
        ),
        ("[gen.replace]\n\"shop.order#/$defs/X\" = \"crate::X\"", "has the place `/$defs/X`"),
        ("[gen.replace]\n\"shop.order#/$defs/Unused\" = \"crate::X\"", "no generated type contains a value"),
        (
            "[gen.replace]\n\"shop.order#/$defs/Alias\" = \"crate::X\"",
            "this schema is only a reference to `shop.order#/$defs/Line`",
        ),
        ("[gen.replace]\n\"shop.order#/$defs/Line\" = \"Line\"", "the path has only one name"),
        ("[gen.formats]\nuuid = \"super::Uuid\"", "the path depends on the module"),
        ("[gen]\nderives = [\"Debug)]\"]", "`gen.derives`: the text is not the path of a trait"),
        ("[gen]\nattributes = [\"must_use\"]", "`gen.attributes`: the text is not an attribute"),
        (
            "[gen.types.\"shop.order#/$defs/Id\"]\nderives = [\"Ord\"]",
            "no generated type belongs to this schema",
        ),
        ("[gen.types.\"shop.order#/$defs/Line\"]\nnewtype = true", "because it already has a name"),
        ("[gen.types.\"shop.order\"]\nfields.Id = {}", "has no field for this property"),
    ] {
        assert_problem(settings, &order(), expected);
    }
}

#[test]
fn one_schema_may_have_several_types_and_a_name() {
    let schema = json!({
        "type": "object",
        "properties": {
            "all": {
                "type": "array",
                "items": {"$ref": "#/$defs/Line"},
                "contains": {"properties": {"extra": {"const": 1}}, "required": ["extra"]},
            },
            "one": {"$ref": "#/$defs/Line"},
        },
        "$defs": {"Line": {"x-rust-name": "Row", "type": "object", "properties": {"sku": {"type": "string"}}}},
    });
    let code = generated("", &schema).unwrap();
    let types: Vec<&str> = code.lines().filter(|line| line.contains("pub struct")).collect();
    assert_eq!(types.len(), 3, "{code}");
}

#[test]
fn the_event_and_its_type_can_be_replaced() {
    let root = json!({"$ref": "#/definitions/Order", "definitions": {"Order": order()["$defs"]["Line"]}});
    let settings = "[gen.types.\"shop.order\"]\nname = \"Sale\"\nattributes = [\"#[must_use]\"]\n";
    let code = generated(settings, &root).unwrap();
    assert_has(&code, &["#[must_use]\n    #[non_exhaustive]\n    pub struct Sale {"]);
    let code = generated("[gen.replace]\n\"shop.order\" = \"crate::Order\"", &order()).unwrap();
    assert_has(&code, &["pub struct ShopOrder(pub crate::Order);"]);
}

/// Returns the order with this name at a place.
fn named(place: &str, name: Value) -> Value {
    let mut schema = order();
    schema.pointer_mut(place).unwrap()["x-rust-name"] = name;
    schema
}

#[test]
fn names_are_checked_where_they_are_used() {
    for (name, expected) in [
        (json!("x: u8, pub y"), "the name is not an identifier"),
        (json!("rest"), "a field with this name keeps"),
        (json!("type"), "the name is a keyword"),
        (json!("a b"), "the name is not an identifier"),
        (json!(5), "the name is not a string"),
    ] {
        let property = json!({"type": "string", "x-rust-name": name});
        let object = json!({"properties": {"a": property}});
        for (schema, place) in [
            (json!({"type": "object", "allOf": [object]}), "/allOf/0/properties/a"),
            (json!({"type": "object", "anyOf": [object]}), "/anyOf/0/properties/a"),
            (json!({"$ref": "#/$defs/X", "$defs": {"X": object}}), "/$defs/X/properties/a"),
            (json!({"type": "object", "$ref": "#/$defs/X", "$defs": {"X": object}}), "/$defs/X/properties/a"),
        ] {
            assert_problem("", &schema, &format!("({place}/x-rust-name) `x-rust-name`: {expected}"));
        }
    }
    // A name that nothing uses has no effect.
    let unused = json!({"type": "object", "not": {"properties": {"a": {"x-rust-name": "a b"}}}});
    assert!(generated("", &unused).is_ok());
}

#[test]
fn names_of_generated_code_are_not_names_of_types() {
    for name in ["rt", "str", "u8", "bool"] {
        let expected = "generated code uses this name with another meaning";
        assert_problem("", &named("/$defs/Line", json!(name)), expected);
        let settings = format!("[gen.types.\"shop.order\"]\nname = \"{name}\"");
        assert_problem(&settings, &order(), expected);
    }
}

#[test]
fn settings_apply_to_types_with_every_kind_of_content() {
    let schema = json!({
        "type": "object",
        "properties": {
            "a": {"$ref": "#/$defs/Struct"},
            "b": {"$ref": "#/$defs/Texts"},
            "c": {"$ref": "#/$defs/Integers"},
            "d": {"$ref": "#/$defs/Union"},
            "e": {"$ref": "#/$defs/Newtype"},
        },
        "$defs": {
            "Struct": {"type": "object", "properties": {"a": {"type": "string"}}},
            "Texts": {"enum": ["a", "b"]},
            "Integers": {"enum": [1, 2]},
            "Union": {"type": ["string", "boolean"]},
            "Newtype": {"type": "string"},
        },
    });
    let mut settings = String::new();
    for kind in ["Struct", "Texts", "Integers", "Union", "Newtype"] {
        settings += &format!(
            "[gen.types.\"shop.order#/$defs/{kind}\"]\nname = \"My{kind}\"\nderives = [\"a::{kind}\"]\n\
             attributes = [\"#[my(x)]\"]\n"
        );
    }
    settings += "newtype = true\n";
    let code = generated(&settings, &schema).unwrap();
    for (kind, item) in [
        ("Struct", "struct MyStruct {"),
        ("Texts", "enum MyTexts {"),
        ("Integers", "enum MyIntegers {"),
        ("Union", "enum MyUnion {"),
        ("Newtype", "struct MyNewtype(pub String);"),
    ] {
        let (before, _) = code.split_once(&format!("pub {item}")).unwrap_or_else(|| panic!("{item}: {code}"));
        let (_, before) = before.rsplit_once("#[derive(").unwrap();
        assert!(before.contains(&format!("a::{kind})]")) && before.contains("#[my(x)]\n"), "{before}");
    }
}

/// Returns an order whose lines are also examined by a `contains`, so that a type of its own reads them.
fn examined() -> Value {
    json!({
        "type": "object",
        "properties": {
            "all": {
                "type": "array",
                "items": {"$ref": "#/$defs/Line"},
                "contains": {"properties": {"extra": {"const": 1}}, "required": ["extra"]},
            },
        },
        "$defs": {"Line": {"type": "object", "properties": {"sku": {"type": "string"}}}},
    })
}

#[test]
fn settings_apply_to_all_types_of_a_schema() {
    let settings = r##"
        [gen.types."shop.order#/$defs/Line"]
        name = "Row"
        derives = ["a::B"]
        fields.sku = { name = "number", attributes = ["#[x]"] }
    "##;
    let code = generated(settings, &examined()).unwrap();
    assert_has(&code, &["a::B)]\n", "pub struct Row {", "#[x]\n        pub number: Option<String>,"]);
    let mut both = examined();
    both["properties"]["one"] = json!({"$ref": "#/$defs/Line"});
    assert_problem(settings, &both, "several types have the name `Row`");
    let code = generated(&settings.replace("name = \"Row\"", ""), &both).unwrap();
    assert_eq!(code.matches("pub number: Option<String>,").count(), 2, "{code}");
    assert_eq!(code.matches("a::B)]").count(), 2, "{code}");
}

#[test]
fn no_module_has_the_name_of_a_path_in_generated_code() {
    let object = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}});
    let schema = json!({"type": "object", "properties": {
        "rt": object, "time": object, "url": object, "str": object, "other": object
    }});
    let settings = "[gen]\nderives = [\"url::X\"]\n[gen.formats]\ndate = \"time::Date\"";
    let modules = |settings: &str| {
        let glue = files(settings, &schema)
            .unwrap()
            .into_iter()
            .find(|file| file.path == "shop_order/v1.glue.rs")
            .unwrap()
            .text;
        let types: Vec<String> =
            glue.lines().filter_map(|line| Some(line.trim().split_once(" in ")?.1.to_owned())).collect();
        types.join(" ")
    };
    assert_eq!(modules(""), "shop_order { capital_rt { time { url { capital_str { other {");
    assert_eq!(
        modules(settings),
        "shop_order { capital_rt { capital_time { capital_url { capital_str { other {"
    );
}
