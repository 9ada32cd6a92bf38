//! Checks that both databases have the same migrations.

use evschema_tests::repository;

/// The folders of migrations: those of the registry, and those of the crate for events.
const FOLDERS: [&str; 2] = ["migrations", "events/migrations"];

fn names(folder: &str, database: &str) -> Vec<String> {
    let folder = repository().join(folder).join(database);
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[test]
fn migrations_have_the_same_number_and_name_on_both_databases() {
    for folder in FOLDERS {
        let sqlite = names(folder, "sqlite");
        assert_eq!(sqlite, names(folder, "postgres"));
        for (index, name) in sqlite.iter().enumerate() {
            let number = format!("{:04}_", index + 1);
            assert!(name.starts_with(&number), "`{name}` should begin with `{number}`");
            assert!(name.ends_with(".sql"), "`{name}` is not SQL");
        }
    }
}
