/// The code for a variant that depends on its content: `(Type)`, `{ "name": Type }` or `["text"]`.
#[doc(hidden)]
#[macro_export]
macro_rules! variant {
    (@case [$text:literal]) => {
        $crate::Case::text($text)
    };
    (@case $content:tt $case:expr) => {
        $case
    };
    (@read $checker:ident $node:ident $variant:ident ($of:ty)) => {
        $crate::read::<$of>($checker, $node).map(Self::$variant)
    };
    (@read $checker:ident $node:ident $variant:ident {$name:literal: $of:ty}) => {
        $crate::private::read_only_property::<$of>($checker, $node, &[$name]).map(Self::$variant)
    };
    (@read $checker:ident $node:ident $variant:ident [$text:literal]) => {
        $crate::private::read_text($checker, $node, $text).map(|()| Self::$variant)
    };
    (@pattern $variant:ident $value:ident [$text:literal]) => {
        Self::$variant
    };
    (@pattern $variant:ident $value:ident $content:tt) => {
        Self::$variant($value)
    };
    (@write $out:ident $value:ident ($of:ty)) => {
        $crate::Write::write($value, $out)
    };
    (@write $out:ident $value:ident {$name:literal: $of:ty}) => {{
        let mut object = $crate::ObjectWriter::open($out);
        object.property($name, $value);
        object.close();
    }};
    (@write $out:ident $value:ident [$text:literal]) => {
        $crate::Write::write($text, $out)
    };
    (@serialize $serializer:ident $value:ident ($of:ty)) => {
        $crate::Write::serialize_unchecked($value, $serializer)
    };
    (@serialize $serializer:ident $value:ident {$name:literal: $of:ty}) => {{
        let mut object = $crate::ObjectSerializer::open($serializer, 1)?;
        object.property($name, $value)?;
        object.close()
    }};
    (@serialize $serializer:ident $value:ident [$text:literal]) => {
        $serializer.serialize_str($text)
    };
    (@owned $owned:ident $variant:ident $value:ident [$text:literal]) => {
        $owned::$variant
    };
    (@owned $owned:ident $variant:ident $value:ident $content:tt) => {
        $owned::$variant($crate::IntoOwned::into_owned($value))
    };
}
