/// Implements the traits of serde for a type whose values a node checks.
///
/// A borrowed form only implements `Serialize`, because it can only borrow from the bytes of an event. It has the node
/// of its owned form, if that form has one.
#[doc(hidden)]
#[macro_export]
macro_rules! checked_serde {
    ($type:ident ($program:path, $node:literal)) => {
        impl $crate::Checked for $type {
            fn node() -> $crate::NodeRef {
                $program.at($node)
            }
        }

        $crate::checked_serde! { $type }
    };
    ($type:ident) => {
        impl $crate::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::private::serialize_checked(<Self as $crate::Checked>::node(), self, serializer)
            }
        }

        impl<'de> $crate::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::private::deserialize_checked(<Self as $crate::Checked>::node(), deserializer)
            }
        }
    };
    ($type:ident<$life:lifetime> of $owned:ident) => {
        // Because of the binder, the bound need not hold. Without it, a bound without parameters must hold.
        impl<$life> $crate::Serialize for $type<$life>
        where
            for<'bound> $owned: $crate::Checked,
        {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::private::serialize_checked(<$owned as $crate::Checked>::node(), self, serializer)
            }
        }
    };
}
