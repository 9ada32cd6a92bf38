//! Runs the CI workflows of the documentation step by step, in a clone like that of a CI job.

use std::path::Path;
use std::process::Command;

use evschema_tests::{evschema, repository};

use super::registry_round_trip::Registry;

/// Returns the steps of the workflow on a page. Each step has an optional condition and a command.
fn steps(page: &str) -> Vec<(Option<String>, String)> {
    let text = std::fs::read_to_string(repository().join(page)).unwrap();
    let workflow = text.split("```yaml").find(|block| block.contains("runs-on:")).unwrap();
    let workflow = workflow.split("```").next().unwrap();
    let mut condition = None;
    let mut steps = Vec::new();
    for line in workflow.lines().map(str::trim) {
        if let Some(found) = line.strip_prefix("- if: ") {
            condition = Some(found.to_owned());
        } else if let Some(command) = line.strip_prefix("- run: ") {
            steps.push((None, command.to_owned()));
        } else if let Some(command) = line.strip_prefix("run: ") {
            steps.push((condition.take(), command.to_owned()));
        }
    }
    steps
}

fn shell(folder: &Path, registry: &str, command: &str) -> std::process::Output {
    let program = evschema();
    let programs = Path::new(program.get_program()).parent().unwrap().to_owned();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let mut bash = Command::new("bash");
    bash.args(["-euc", command]).current_dir(folder).env("PATH", path).env("HOME", folder);
    bash.env("GIT_CONFIG_NOSYSTEM", "1").env("EVSCHEMA_REGISTRY", registry);
    for role in ["AUTHOR", "COMMITTER"] {
        bash.env(format!("GIT_{role}_NAME"), "Ada").env(format!("GIT_{role}_EMAIL"), "ada@example.com");
    }
    bash.output().unwrap()
}

/// Runs the steps for one event of the CI system in a shallow clone of a branch, and returns the output of the last
/// step.
fn run(page: &str, folder: &Path, branch: &str, condition: &str, registry: &str) -> std::process::Output {
    let clone = tempfile::tempdir().unwrap();
    let clone_command = format!("git clone -q --depth=1 --branch {branch} file://{} job", folder.display());
    assert!(shell(clone.path(), registry, &clone_command).status.success());
    let job = clone.path().join("job");
    let mut last = None;
    for (own, command) in steps(page) {
        let is_met = own.as_deref().is_none_or(|own| own.contains(condition));
        if !is_met || command.contains("cargo install") {
            continue;
        }
        let output = shell(&job, registry, &command);
        let is_done = !output.status.success();
        last = Some(output);
        if is_done {
            break;
        }
    }
    last.unwrap()
}

#[test]
fn the_workflows_of_the_documentation_run() {
    let folder = tempfile::tempdir().unwrap();
    let made = shell(
        folder.path(),
        "",
        "git init -q -b main; evschema init -q; evschema new -q a.b; git add -A; git commit -qm 'Add a.b'; \
         git checkout -qb good; evschema new -q a.b; git add -A; git commit -qm 'Add a minor'; \
         git checkout -qb bad; sed -i 's/\"uuid\"/\"uri\"/' schemas/a.b/1.1.0.json; git commit -qam 'Break it'; \
         git checkout -q main",
    );
    assert!(made.status.success(), "{made:?}");
    for page in ["README.md", "docs/guide/continuous-integration.md"] {
        let steps = steps(page);
        assert!(
            5 <= steps.len() && steps.iter().any(|(_, run)| run.contains("cargo install --locked")),
            "{steps:?}"
        );
        let checked = |branch: &str| run(page, folder.path(), branch, "pull_request", "");
        assert!(checked("good").status.success(), "{page}: {:?}", checked("good"));
        let bad = checked("bad");
        assert_eq!(bad.status.code(), Some(100), "{page}: {bad:?}");
        assert!(String::from_utf8_lossy(&bad.stdout).contains("this event is valid under 1.0.0"), "{bad:?}");
        let registry = Registry::start(&[]);
        let pushed = run(page, folder.path(), "main", "refs/heads/main", &registry.url());
        assert!(pushed.status.success(), "{page}: {pushed:?}");
        assert!(String::from_utf8_lossy(&pushed.stderr).contains("1 registered"), "{pushed:?}");
    }
}
