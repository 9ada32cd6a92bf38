use std::collections::HashMap;

use axum::http::Method;

/// The right that a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// No right. The registry does not read the token of the request.
    Public,
    /// The right to read.
    Read,
    /// The right to register versions of the subject in the path.
    Register,
    /// The right to grant waivers for the subject in the path.
    Waive,
    /// The right to administrate the registry.
    Admin,
}

/// The rights that the methods of a path need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PathAccess {
    /// The right for GET and HEAD.
    read: Access,
    /// The right for every other method, including the methods that the path does not support.
    other: Access,
}

/// The rights that all paths of the registry need.
#[derive(Debug, Default)]
pub(crate) struct AccessTable(HashMap<String, PathAccess>);

impl PathAccess {
    /// Returns the rights of a path on which every method needs the same right.
    pub(crate) fn all(access: Access) -> Self {
        Self { read: access, other: access }
    }

    /// Returns the rights of a path on which GET and HEAD need the right to read, and every other method needs the
    /// right `other`.
    pub(crate) fn read_or(other: Access) -> Self {
        Self { read: Access::Read, other }
    }

    /// Returns the right that a method needs.
    pub(crate) fn of(self, method: &Method) -> Access {
        if method == Method::GET || method == Method::HEAD { self.read } else { self.other }
    }
}

impl AccessTable {
    /// Adds the rights of a path. The spelling of the path is the router's spelling, such as `/schemas/{subject}`. If two
    /// routes declare different rights for one path, the path needs the most restrictive right.
    pub(crate) fn insert(&mut self, path: &str, access: PathAccess) {
        let declared = self.0.entry(path.to_owned()).or_insert(access);
        if *declared != access {
            *declared = PathAccess::all(Access::Admin);
        }
    }

    /// Returns the rights of a path in the router's spelling.
    pub(crate) fn find(&self, path: &str) -> Option<PathAccess> {
        self.0.get(path).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_declarations_of_a_path_are_not_merged() {
        let mut table = AccessTable::default();
        table.insert("/a", PathAccess::read_or(Access::Register));
        table.insert("/b", PathAccess::read_or(Access::Register));
        table.insert("/b", PathAccess::all(Access::Read));
        assert_eq!(table.find("/a"), Some(PathAccess::read_or(Access::Register)));
        assert_eq!(table.find("/b"), Some(PathAccess::all(Access::Admin)));
    }
}
