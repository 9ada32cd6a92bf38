//! Tests the effects of custom templates, and the locations of their errors.

use std::fs;

use super::build_script::Crate;

const STATE: &str = r#"{"title": "State", "enum": ["on", "off"]}"#;
const BUILT_IN: &str = include_str!("../../../codegen/templates/texts.rs.hbs");

fn with_template(file: &str, text: &str) -> Result<String, Vec<String>> {
    let template = format!("templates/{file}");
    let project = Crate::new(&[
        ("evschema.toml", "[gen]\ntemplates = \"templates\"\n"),
        ("schemas/state/1.0.0.json", STATE),
        (&template, text),
    ]);
    project.generate()?;
    Ok(fs::read_to_string(project.output().join("state.rs")).unwrap())
}

fn error(file: &str, text: &str) -> String {
    let errors = with_template(file, text).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors[0].clone()
}

#[test]
fn one_template_is_replaced_and_the_others_stay() {
    let text = BUILT_IN.replace("pub enum", "#[derive(MyOwn)]\npub enum");
    assert_ne!(text, BUILT_IN);
    let code = with_template("texts.rs.hbs", &text).unwrap();
    assert!(
        code.contains("    #[derive(MyOwn)]\n    pub enum State {\n        On,\n")
            && code.contains("include!(\"state/v1.glue.rs\");"),
        "{code}"
    );
    let marked = format!("{{{{!-- template model {} --}}}}\n{text}", evschema_codegen::TEMPLATE_MODEL);
    assert_eq!(with_template("texts.rs.hbs", &marked).unwrap(), code);
}

#[test]
fn a_mistake_has_a_file_and_a_line() {
    let unclosed = error("texts.rs.hbs", "// a comment\n{{#each texts.variants}}\n{{name}}\n");
    assert!(unclosed.starts_with("templates/texts.rs.hbs:"), "{unclosed}");
    assert!(unclosed.contains("error[bad-template]"), "{unclosed}");

    let unknown = error("texts.rs.hbs", &BUILT_IN.replace("pub enum {{name}}", "pub enum {{nom}}"));
    assert!(unknown.starts_with("templates/texts.rs.hbs:9:"), "{unknown}");

    let no_rust = error("texts.rs.hbs", &BUILT_IN.replace("pub enum {{name}}", "pub public enum {{name}}"));
    assert!(no_rust.starts_with("templates/texts.rs.hbs:"), "{no_rust}");
    assert!(no_rust.contains("the template does not print valid Rust"), "{no_rust}");
}

#[test]
fn a_line_that_alone_is_no_rust_is_named() {
    let wrong = format!("{BUILT_IN}\n}} is too much\n");
    let line = wrong.lines().count();
    let error = error("texts.rs.hbs", &wrong);
    assert!(error.starts_with(&format!("templates/texts.rs.hbs:{line}:1: ")), "{error}");
}

#[test]
fn a_template_of_another_model_or_name_is_refused() {
    let other = error("texts.rs.hbs", &format!("{{{{!-- template model 99 --}}}}\n{BUILT_IN}"));
    assert!(other.starts_with("templates/texts.rs.hbs:1:1: "), "{other}");
    assert!(other.contains("written for template model 99"), "{other}");
    let nobody = error("strukt.rs.hbs", "");
    assert!(
        nobody.starts_with("templates/strukt.rs.hbs: ") && nobody.contains("`struct.rs.hbs`"),
        "{nobody}"
    );
}
