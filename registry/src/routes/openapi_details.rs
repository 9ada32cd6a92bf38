use serde_json::{Value, json};

/// The statuses of errors: every request can get `ANY`, a request with a body can also get `WITH_BODY`, and a change
/// can also get `CHANGING`.
const ANY: [&str; 6] = ["400", "401", "403", "406", "408", "503"];
const WITH_BODY: [&str; 3] = ["413", "415", "422"];
const CHANGING: [&str; 2] = ["409", "507"];

const NUMBER: &str = "(0|[1-9][0-9]{0,8})";

/// Adds the details that several routes have in common to the description, so no route must repeat them: the errors of
/// the layers around the routes, and the formats of parameters, headers and bodies.
pub(super) fn add_details(document: &mut Value) {
    document["components"]["responses"]["Refused"] = json!({
        "description": "The registry rejected the request. `detail` has the reason, and `help` has the next step",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        let Some(operations) = item.as_object_mut() else { continue };
        for (method, operation) in operations {
            add_responses(method, operation);
            for parameter in
                operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten()
            {
                let is_exact = path.ends_with(".json") && method == "put" || method == "patch";
                describe_parameter(parameter, is_exact, method != "get");
            }
            describe_bodies(path, operation);
        }
    }
    for (pointer, shape) in property_formats() {
        if let (Some(Value::Object(schema)), Value::Object(shape)) = (document.pointer_mut(pointer), shape) {
            schema.extend(shape);
        }
    }
}

fn add_responses(method: &str, operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let mut statuses = ANY.to_vec();
    statuses.extend(WITH_BODY.iter().filter(|_| has_body));
    statuses.extend(CHANGING.iter().filter(|_| method != "get"));
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for status in statuses {
        if !responses.contains_key(status) {
            responses.insert(status.to_owned(), json!({"$ref": "#/components/responses/Refused"}));
        }
    }
}

/// Adds the format of a parameter, by its name.
fn describe_parameter(parameter: &mut Value, is_exact: bool, changes: bool) {
    let name = parameter["name"].as_str().unwrap_or_default();
    let exact = format!("^{NUMBER}\\.{NUMBER}\\.{NUMBER}$");
    let selected = format!("^(latest|[\\^~=]?{NUMBER}(\\.{NUMBER}){{0,2}})$");
    let compared = format!("^{NUMBER}\\.{NUMBER}\\.{NUMBER}\\.\\.\\.{NUMBER}\\.{NUMBER}\\.{NUMBER}$");
    let pattern = match name {
        "subject" => "^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
        "version" if is_exact || parameter["in"] == "query" => &exact,
        "version" => &selected,
        "versions" => &compared,
        "id" => "^[0-9a-f]{16}$",
        "fingerprint" => "^[0-9a-f]{16}$",
        "if-match" => "^(\"[0-9]{1,18}\"|\\*)?$",
        "if-none-match" if changes => "^\\*?$",
        "last-event-id" => "^([0-9]{1,18})?$",
        // The registry stores these strings or uses them in queries. Postgres accepts no string with U+0000.
        "author" | "message" | "search" | "after" if parameter["schema"]["minimum"].is_null() => {
            parameter["schema"]["pattern"] = json!("^[^\\u0000]*$");
            return;
        }
        _ => return,
    };
    parameter["schema"] = json!({"type": "string", "pattern": pattern});
}

/// Adds the formats of bodies. A schema is an object or a boolean (JSON Schema 2020-12, section 4.3). An event is any
/// value.
fn describe_bodies(path: &str, operation: &mut Value) {
    let body = operation.pointer_mut("/requestBody/content/application~1schema+json/schema");
    if let Some(body) = body {
        *body = json!({"type": ["object", "boolean"]});
    }
    let event = operation.pointer_mut("/requestBody/content/application~1json/schema");
    if let Some(event) = event.filter(|_| path.ends_with("/validate")) {
        *event = json!({});
    }
    let content = operation.pointer_mut("/responses/200/content/application~1schema+json/schema");
    if let Some(content) = content {
        *content = json!({"type": ["object", "boolean"]});
    }
}

/// Returns the formats of properties in bodies that the Rust types of these properties do not express.
fn property_formats() -> Vec<(&'static str, Value)> {
    let modes: Vec<Value> = evschema_model::Mode::ALL.iter().map(|mode| mode.as_str().into()).collect();
    let models: Vec<Value> =
        evschema_model::ContentModel::ALL.iter().map(|model| model.as_str().into()).collect();
    let or_null = |mut words: Vec<Value>| {
        words.push(Value::Null);
        words
    };
    [
        ("/components/schemas/SubjectPatch/properties/mode", json!({"enum": or_null(modes)})),
        ("/components/schemas/SubjectPatch/properties/content_model", json!({"enum": or_null(models)})),
        ("/components/schemas/SubjectPatch/properties/owner", json!({"minLength": 1, "maxLength": 128})),
        ("/components/schemas/SubjectPatch/properties/description", json!({"maxLength": 2000})),
        (
            "/components/schemas/StateChange",
            json!({
                "if": {"required": ["never_used"], "properties": {"never_used": {"const": true}}},
                "then": {"properties": {"state": {"const": "yanked"}}},
            }),
        ),
        ("/components/schemas/StateChange/properties/reason", json!({"minLength": 1, "maxLength": 1000})),
        (
            "/components/schemas/TokenRequest/properties/scopes/items",
            json!({"pattern": "^(read|admin|(register|waive):[A-Za-z0-9._-]{1,128})$"}),
        ),
    ]
    .into()
}
