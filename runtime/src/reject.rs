/// Why reading stopped, and where: small enough to travel in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    at: u32,
    why: Why,
}

impl Reject {
    pub(crate) fn new(at: usize, why: Why) -> Self {
        // Events are held to fewer bytes than this before anything is read.
        Self { at: u32::try_from(at).unwrap_or(u32::MAX), why }
    }

    /// Returns the byte at which reading stopped.
    pub(crate) fn at(self) -> usize {
        usize::try_from(self.at).unwrap_or(usize::MAX)
    }

    pub(crate) fn why(self) -> Why {
        self.why
    }

    /// Tells whether the text is no JSON, whatever the schema says.
    pub(crate) fn is_syntax(self) -> bool {
        self.why.says_not_json().is_some()
    }
}

macro_rules! why {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)* ; $($syntax:ident = $message:literal,)*) => {
        /// The keyword that refuses, or what is wrong with the text.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Why {
            $($name,)*
            $($syntax,)*
        }

        impl Why {
            /// Returns the keyword that refuses; `None` where the text is no JSON.
            pub(crate) fn keyword(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($text),)*
                    $(Self::$syntax => None,)*
                }
            }

            /// Returns what is wrong with a text that is no JSON.
            pub(crate) fn says_not_json(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => None,)*
                    $(Self::$syntax => Some($message),)*
                }
            }
        }
    };
}

why! {
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
    FalseSchema = "false schema",
    UnevaluatedProperties = "unevaluatedProperties",
    UnevaluatedItems = "unevaluatedItems",
    // The type does not hold what got through: a bug of the generator.
    Untypable = "",
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
}
