//! A field may have the name of a type, if its script has no capital letters.

use ::evschema_runtime as rt;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct 名前(pub String);

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct 人 {
    pub 名前: 名前,
    // The names of variables in the glue.
    pub checker: Option<i64>,
    pub node: Option<i64>,
    pub rest: rt::Map<i64>,
}

rt::wrapper! { 名前(String) }
rt::object! {
    人 in person {
        名前 "名前" required 名前,
        checker "checker" optional i64 => with_checker,
        node "node" optional i64 => with_node,
        ..rest rt::Map<i64>,
    }
    at (PROGRAM, "/person")
}

const TEXT: &str = r#"{"format":4,"nodes":[
    {"at":"/person","streamed":true,"type":["object"],"members":[["名前",1],["checker",2],["node",2]],"required":[0]},
    {"streamed":true,"type":["string"]},{"streamed":true,"type":["integer"]}]}"#;
static PROGRAM: rt::Program = rt::Program::new(TEXT, &[]);

#[test]
fn a_field_with_the_name_of_its_type_is_read() {
    let person: 人 = serde_json::from_str(r#"{"node":1,"名前":"Aki","age":7}"#).unwrap();
    assert_eq!((person.node, person.checker, person.rest.get("age")), (Some(1), None, Some(&7)));
    assert_eq!(person.名前.into_inner(), "Aki");
}
