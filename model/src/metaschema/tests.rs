use serde_json::json;

use super::*;

/// Returns every error as `pointer: message | help`.
fn reported(schema: &Value, draft: Draft) -> Vec<String> {
    errors(schema, draft)
        .into_iter()
        .map(|error| format!("{}: {} | {}", error.pointer, error.message, error.help.unwrap_or_default()))
        .collect()
}

/// One mistake gives one error. Each case has the same schema without the mistake.
#[test]
fn one_mistake_gives_one_error() {
    let types = "the types are array, boolean, integer, null, number, object, string";
    let did = |meant: &str| format!("did you mean `{meant}`? The {}", &types[4..]);
    let newest = Draft::Draft202012;
    for (draft, mistake, right, message, help) in [
        (
            newest,
            json!({"type": "strnig"}),
            json!({"type": "string"}),
            "/a/type: `strnig` is not a type",
            did("string"),
        ),
        (
            newest,
            json!({"type": "String"}),
            json!({"type": "string"}),
            "/a/type: `String` is not a type",
            did("string"),
        ),
        (
            newest,
            json!({"type": "int"}),
            json!({"type": "integer"}),
            "/a/type: `int` is not a type",
            did("integer"),
        ),
        (
            newest,
            json!({"type": "uuid"}),
            json!({"format": "uuid"}),
            "/a/type: `uuid` is not a type",
            "write `\"type\": \"string\"` and `\"format\": \"uuid\"`".to_owned(),
        ),
        (
            newest,
            json!({"type": "any"}),
            json!({}),
            "/a/type: `any` is not a type",
            "to accept every type, leave out `type`".to_owned(),
        ),
        (
            newest,
            json!({"type": ["string", "nul"]}),
            json!({"type": ["string", "null"]}),
            "/a/type/1: `nul` is not a type",
            types.to_owned(),
        ),
        (
            newest,
            json!({"type": ["string", null]}),
            json!({"type": ["string", "null"]}),
            "/a/type/1: each type in `type` must be a string, not `null`",
            types.to_owned(),
        ),
        (
            newest,
            json!({"type": ["null", "null"]}),
            json!({"type": ["null"]}),
            "/a/type/1: `type` names `null` twice",
            "remove one of the two".to_owned(),
        ),
        (
            newest,
            json!({"type": []}),
            json!({"type": ["null"]}),
            "/a/type: `type` must have at least one element",
            "add an element, or remove `type`".to_owned(),
        ),
        (
            newest,
            json!({"type": null}),
            json!({"type": "null"}),
            "/a/type: `type` must be the name of a type, or an array of them, not `null`",
            "write `\"type\": \"null\"`, with quotes".to_owned(),
        ),
        (
            newest,
            json!({"items": [{"type": "string"}]}),
            json!({"prefixItems": [{"type": "string"}]}),
            "/a/items: `items` must be a schema, which is an object or a boolean, not an array",
            "from 2020-12 on, `prefixItems` lists schemas by position, and `items` is the schema of all other items"
                .to_owned(),
        ),
        (
            newest,
            json!({"items": "string"}),
            json!({"items": {}}),
            "/a/items: `items` must be a schema, which is an object or a boolean, not the string `string`",
            "write {\"type\": \"string\"}".to_owned(),
        ),
        (
            newest,
            json!({"required": "a"}),
            json!({"required": ["a"]}),
            "/a/required: `required` must be an array of property names, not the string `a`",
            "write `\"required\": [\"a\"]`".to_owned(),
        ),
        (
            newest,
            json!({"required": true}),
            json!({"required": []}),
            "/a/required: `required` must be an array of property names, not `true`",
            "list the property in `required` of its object".to_owned(),
        ),
        (
            newest,
            json!({"required": [1]}),
            json!({"required": ["1"]}),
            "/a/required/0: each property name in `required` must be a string, not a number",
            "write each name in quotes".to_owned(),
        ),
        (
            newest,
            json!({"required": ["a", "a"]}),
            json!({"required": ["a", "b"]}),
            "/a/required/1: `required` names `a` twice",
            "remove one of the two".to_owned(),
        ),
        (
            newest,
            json!({"enum": "a"}),
            json!({"enum": ["a"]}),
            "/a/enum: `enum` must be an array of values, not the string `a`",
            "write `\"enum\": [\"a\"]`".to_owned(),
        ),
        (
            newest,
            json!({"properties": []}),
            json!({"properties": {}}),
            "/a/properties: `properties` must be an object that has a schema for each name, not an array",
            "write an object that has a schema for each name".to_owned(),
        ),
        (
            newest,
            json!({"properties": {"b": "string"}}),
            json!({"properties": {"b": {}}}),
            "/a/properties/b: a schema is an object or a boolean, not the string `string`",
            "write {\"type\": \"string\"}".to_owned(),
        ),
        (
            newest,
            json!({"properties": {"b": null}}),
            json!({"properties": {"b": true}}),
            "/a/properties/b: a schema is an object or a boolean, not `null`",
            "write a schema, such as {\"type\": \"string\"}".to_owned(),
        ),
        (
            newest,
            json!({"additionalProperties": "false"}),
            json!({"additionalProperties": false}),
            "/a/additionalProperties: `additionalProperties` must be a schema, `true` or `false`, not the string `false`",
            "write `\"additionalProperties\": false`, without quotes".to_owned(),
        ),
        (
            newest,
            json!({"minLength": "3"}),
            json!({"minLength": 3.0}),
            "/a/minLength: `minLength` must be a whole number of at least 0, not the string `3`",
            "write `\"minLength\": 3`, without quotes".to_owned(),
        ),
        (
            newest,
            json!({"minLength": -1}),
            json!({"minLength": 0}),
            "/a/minLength: `minLength` must be a whole number of at least 0, not -1",
            "write a whole number of at least 0".to_owned(),
        ),
        (
            newest,
            json!({"maxItems": 1.5}),
            json!({"maxItems": 1}),
            "/a/maxItems: `maxItems` must be a whole number of at least 0, not 1.5",
            "write a whole number of at least 0".to_owned(),
        ),
        (
            newest,
            json!({"minimum": "1"}),
            json!({"minimum": -1.5}),
            "/a/minimum: `minimum` must be a number, not the string `1`",
            "write `\"minimum\": 1`, without quotes".to_owned(),
        ),
        (
            newest,
            json!({"multipleOf": 0}),
            json!({"multipleOf": 0.01}),
            "/a/multipleOf: `multipleOf` must be above 0, not 0",
            "write a number above 0".to_owned(),
        ),
        (
            newest,
            json!({"minimum": 5, "exclusiveMinimum": true}),
            json!({"exclusiveMinimum": 5}),
            "/a/exclusiveMinimum: `exclusiveMinimum` must be a number, not `true`",
            "from draft-06 on, `exclusiveMinimum` is the bound itself: write `\"exclusiveMinimum\": 5` instead of `minimum`"
                .to_owned(),
        ),
        (
            Draft::Draft4,
            json!({"exclusiveMaximum": 5}),
            json!({"maximum": 5, "exclusiveMaximum": true}),
            "/a/exclusiveMaximum: `exclusiveMaximum` must be `true` or `false`, not a number",
            "in draft-04, write `\"maximum\": 5` and `\"exclusiveMaximum\": true`".to_owned(),
        ),
        (
            newest,
            json!({"oneOf": []}),
            json!({"oneOf": [true]}),
            "/a/oneOf: `oneOf` must have at least one element",
            "add an element, or remove `oneOf`".to_owned(),
        ),
        (
            newest,
            json!({"allOf": {}}),
            json!({"allOf": [{}]}),
            "/a/allOf: `allOf` must be an array of schemas, not an object",
            "write `\"allOf\": [{…}]`".to_owned(),
        ),
        (
            newest,
            json!({"uniqueItems": "true"}),
            json!({"uniqueItems": true}),
            "/a/uniqueItems: `uniqueItems` must be `true` or `false`, not the string `true`",
            "write `\"uniqueItems\": true`, without quotes".to_owned(),
        ),
        (
            newest,
            json!({"pattern": 5}),
            json!({"pattern": "5"}),
            "/a/pattern: `pattern` must be a string, not a number",
            "write a string".to_owned(),
        ),
        (
            newest,
            json!({"$ref": {}}),
            json!({"$ref": "#"}),
            "/a/$ref: `$ref` must be a string, not an object",
            "write a string".to_owned(),
        ),
        (
            newest,
            json!({"$id": "https://example.com/x#y"}),
            json!({"$id": "https://example.com/x"}),
            "/a/$id: `$id` must not have a fragment",
            "remove everything from `#` on; to name a subschema, use `$anchor`".to_owned(),
        ),
        (
            newest,
            json!({"dependentRequired": {"b": "c"}}),
            json!({"dependentRequired": {"b": ["c"]}}),
            "/a/dependentRequired/b: `dependentRequired` must have an array of property names for each property, not the string `c`",
            "if the property `a` needs the property `b`, write `{\"a\": [\"b\"]}`".to_owned(),
        ),
        (
            newest,
            json!({"if": []}),
            json!({"if": true}),
            "/a/if: `if` must be a schema, which is an object or a boolean, not an array",
            "write a schema, such as {\"type\": \"string\"}".to_owned(),
        ),
        (
            newest,
            json!({"items": {"items": {"items": {"type": "strin"}}}}),
            json!({"items": {"items": {}}}),
            "/a/items/items/items/type: `strin` is not a type",
            did("string"),
        ),
        (
            Draft::Draft7,
            json!({"items": [{"items": {"type": "strin"}}]}),
            json!({"items": [{}]}),
            "/a/items/0/items/type: `strin` is not a type",
            did("string"),
        ),
        (
            Draft::Draft201909,
            json!({"additionalProperties": {"anyOf": [{"type": "strin"}]}}),
            json!({"additionalProperties": {}}),
            "/a/additionalProperties/anyOf/0/type: `strin` is not a type",
            did("string"),
        ),
        (
            Draft::Draft4,
            json!({"additionalProperties": {"type": "strin"}}),
            json!({"additionalProperties": true}),
            "/a/additionalProperties/type: `strin` is not a type",
            did("string"),
        ),
        (
            Draft::Draft4,
            json!({"dependencies": {"b": {"type": "strin"}}}),
            json!({"dependencies": {"b": ["c"]}}),
            "/a/dependencies/b/type: `strin` is not a type",
            did("string"),
        ),
        (
            Draft::Draft4,
            json!({"not": true}),
            json!({"not": {}}),
            "/a/not: `not` must be a schema, which is an object in draft-04, not `true`",
            "write `{}`, which accepts everything".to_owned(),
        ),
        (
            Draft::Draft4,
            json!({"properties": {"b": false}}),
            json!({"properties": {"b": {}}}),
            "/a/properties/b: a schema is an object in draft-04, not `false`",
            "write `{\"not\": {}}`, which rejects everything".to_owned(),
        ),
        (
            Draft::Draft4,
            json!({"required": []}),
            json!({"required": ["a"]}),
            "/a/required: `required` must have at least one element",
            "add an element, or remove `required`".to_owned(),
        ),
        (
            Draft::Draft7,
            json!({"examples": "x"}),
            json!({"examples": ["x"]}),
            "/a/examples: `examples` must be an array of values, not the string `x`",
            "write `\"examples\": [\"x\"]`".to_owned(),
        ),
    ] {
        let wrong = json!({"properties": {"a": mistake}});
        assert_eq!(reported(&wrong, draft), [format!("/properties{message} | {help}")], "{draft} {mistake}");
        assert_eq!(reported(&json!({"properties": {"a": right}}), draft), [""; 0], "{draft} {right}");
    }
}

#[test]
fn each_of_several_mistakes_is_reported_up_to_a_limit() {
    let two = json!({"properties": {"a": {"type": "strnig"}, "b": {"items": []}}, "required": 5});
    assert_eq!(reported(&two, Draft::Draft202012).len(), 3);
    let many: Map<String, Value> = (0..500).map(|n| (n.to_string(), json!({"type": "strnig"}))).collect();
    assert_eq!(reported(&json!({"properties": many}), Draft::Draft202012).len(), ERRORS_MAX);
}

#[test]
fn errors_that_only_the_metaschema_finds_are_reported_once() {
    // The table of keywords does not describe the contents of `$vocabulary`.
    let vocabulary = json!({"properties": {"a": {"$vocabulary": {"https://example.com/x": 5}}}});
    let reported = reported(&vocabulary, Draft::Draft202012);
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(reported[0].starts_with("/properties/a/$vocabulary/https:~1~1example.com~1x: "), "{reported:?}");
    let bound = json!({"properties": {"a": {"exclusiveMinimum": true}}});
    assert_eq!(super::errors(&bound, Draft::Draft4).len(), 1);
}
