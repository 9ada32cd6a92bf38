//! The result of a failed check, small enough for hot paths.

/// The reason why reading stopped, and the position. The value fits in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    position: u32,
    reason: Reason,
}

impl Reject {
    pub(crate) fn new(position: usize, reason: Reason) -> Self {
        // The limit for the length of an event keeps positions within 32 bits.
        Self { position: u32::try_from(position).unwrap_or(u32::MAX), reason }
    }

    /// Returns the position in bytes at which reading stopped.
    pub(crate) fn position(self) -> usize {
        usize::try_from(self.position).unwrap_or(usize::MAX)
    }

    pub(crate) fn reason(self) -> Reason {
        self.reason
    }

    /// Returns whether the text is not JSON, or the check took too many steps. No alternative of a schema can accept
    /// such a text.
    pub(crate) fn is_syntax(self) -> bool {
        self.reason.syntax_message().is_some()
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)* ; $($syntax:ident = $message:literal,)*) => {
        /// The keyword that rejects the value, or the error in the JSON text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Reason {
            $($name,)*
            $($syntax,)*
        }

        impl Reason {
            /// Returns the keyword that rejects the value; `None` for other reasons.
            pub(crate) fn keyword(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($text),)*
                    $(Self::$syntax => None,)*
                }
            }

            /// Returns the error in the JSON text; `None` if a keyword rejects the value.
            pub(crate) fn syntax_message(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => None,)*
                    $(Self::$syntax => Some($message),)*
                }
            }
        }
    };
}

reasons! {
    Type = "type",
    Enum = "enum",
    Minimum = "minimum",
    Maximum = "maximum",
    ExclusiveMinimum = "exclusiveMinimum",
    ExclusiveMaximum = "exclusiveMaximum",
    MultipleOf = "multipleOf",
    MinLength = "minLength",
    MaxLength = "maxLength",
    Pattern = "pattern",
    Format = "format",
    ContentEncoding = "contentEncoding",
    ContentMediaType = "contentMediaType",
    MinItems = "minItems",
    MaxItems = "maxItems",
    UniqueItems = "uniqueItems",
    Contains = "contains",
    Required = "required",
    AdditionalProperties = "additionalProperties",
    MinProperties = "minProperties",
    MaxProperties = "maxProperties",
    PropertyNames = "propertyNames",
    DependentRequired = "dependentRequired",
    AnyOf = "anyOf",
    OneOf = "oneOf",
    Not = "not",
    FalseSchema = "falseSchema",
    UnevaluatedProperties = "unevaluatedProperties",
    UnevaluatedItems = "unevaluatedItems",
    // The generated type cannot hold a value that the schema accepts. This is a bug in the generator.
    DoesNotFitType = "",
    // A type of a user cannot hold a value that the schema accepts.
    RefusedByType = "rustType",
    ;
    Unexpected = "unexpected character",
    EndOfText = "unexpected end of the JSON",
    Trailing = "unexpected characters after the JSON value",
    BadNumber = "not a valid JSON number",
    BadEscape = "not a valid JSON escape sequence",
    ControlCharacter = "unescaped control character in a string",
    LoneSurrogate = "surrogate escape without its other half",
    Duplicate = "duplicate property",
    TooDeep = "nested too deeply",
    TooManySteps = "the schema and the event take too many steps to validate",
    NotUtf8 = "not UTF-8",
    TooLong = "the event is longer than 2 GiB",
    // A defect of the program, which the author of the event cannot repair. No alternative may accept the value.
    BrokenProgram = "the program of the schema is not readable",
}
