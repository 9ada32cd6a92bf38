//! Runs each transcript in its own test. So the name of a failed test contains the name of the file.

use evschema_tests::repository;

use super::transcript;

macro_rules! transcripts {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let file = concat!("tests/tests/cli/transcripts/", stringify!($name), ".md");
            transcript::run(&repository().join(file));
        })*

        #[test]
        fn every_transcript_is_run() {
            let folder = repository().join("tests/tests/cli/transcripts");
            let mut names: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            names.sort();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

transcripts! { check_against_a_folder check_against_git check_the_tree diff explain first_steps fix generate late_versions lint policy push tree_entries validate waivers }

#[test]
fn the_readme() {
    transcript::run(&repository().join("README.md"));
}

#[test]
fn the_guide() {
    let mut run = 0;
    for entry in std::fs::read_dir(repository().join("docs/guide")).unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read_to_string(&path).unwrap().contains("```console") {
            transcript::run(&path);
            run += 1;
        }
    }
    assert!(4 <= run, "only {run} pages have commands");
}

#[test]
fn the_page_about_compatibility() {
    transcript::run(&repository().join("docs/compatibility.md"));
}
