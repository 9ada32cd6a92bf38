use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A member of a JSON Merge Patch (RFC 7396): absent, `null` or a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The member is absent: the value stays.
    #[default]
    Keep,
    /// The member is `null`: the value is removed.
    Remove,
    /// The member has this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the member is absent.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Returns the value after the patch, given the one before.
    pub fn apply(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Remove => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Returns the value that the patch sets, if it sets one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Keep | Self::Remove => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// `None` keeps the value, and never removes it.
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The struct that contains this member skips it if it is absent.
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Remove, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::SubjectPatch;

    #[test]
    fn absent_null_and_a_value_differ() {
        for (text, owner, after) in [
            ("{}", Patch::Keep, Some("before")),
            (r#"{"owner":null}"#, Patch::Remove, None),
            (r#"{"owner":"team"}"#, Patch::Set("team".to_owned()), Some("team")),
        ] {
            let patch: SubjectPatch = serde_json::from_str(text).unwrap();
            assert_eq!(patch.owner, owner, "{text}");
            assert_eq!(serde_json::to_string(&patch).unwrap(), text);
            assert_eq!(patch.owner.apply(Some("before".to_owned())).as_deref(), after, "{text}");
        }
        assert!(serde_json::from_str::<SubjectPatch>(r#"{"owners":null}"#).is_err());
    }
}
