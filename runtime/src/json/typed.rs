//! Reads a [`Json`] as any other type, without losing a digit.

use std::marker::PhantomData;

use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
    value::{MapAccessDeserializer, StringDeserializer},
};
use serde::forward_to_deserialize_any;

use super::Json;
use crate::{Number, tokens};

/// A value as a source of other types, with the error type of whoever asks.
pub(super) struct Typed<E> {
    json: Json,
    error: PhantomData<E>,
}

impl<E> Typed<E> {
    pub(super) fn new(json: Json) -> Self {
        Self { json, error: PhantomData }
    }
}

impl<'de, E: de::Error> Deserializer<'de> for Typed<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.json {
            Json::Null => visitor.visit_unit(),
            Json::Bool(bool) => visitor.visit_bool(bool),
            Json::Number(number) => match number.as_i64() {
                Some(small) => visitor.visit_i64(small),
                None => visitor.visit_f64(number.to_f64()),
            },
            Json::String(text) => visitor.visit_string(text),
            Json::Array(items) => {
                let mut items = Items { rest: items.into_iter(), error: PhantomData };
                let value = visitor.visit_seq(&mut items)?;
                match items.rest.len() {
                    0 => Ok(value),
                    more => Err(E::invalid_length(more, &"fewer elements in array")),
                }
            }
            Json::Object(members) => {
                visitor.visit_map(Pairs { rest: members.into_iter(), value: None, error: PhantomData })
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.json {
            Json::Null => visitor.visit_none(),
            Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => {
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        if let Json::Number(number) = self.json {
            if name == tokens::RAW {
                return visitor.visit_map(Digits { number: Some(number), error: PhantomData });
            }
            return visitor.visit_newtype_struct(Self::new(Json::Number(number)));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        match self.json {
            Json::String(text) => {
                let text: StringDeserializer<E> = text.into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            Json::Object(members) => {
                let pairs = Pairs { rest: members.into_iter(), value: None, error: PhantomData };
                visitor.visit_enum(MapAccessDeserializer::new(pairs))
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
                Err(E::invalid_type(de::Unexpected::Other("another JSON value"), &"a text"))
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<E> {
    rest: std::vec::IntoIter<Json>,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> SeqAccess<'de> for Items<E> {
    type Error = E;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, E> {
        self.rest.next().map(|item| seed.deserialize(Typed::new(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Pairs<E> {
    rest: std::collections::btree_map::IntoIter<String, Json>,
    value: Option<Json>,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> MapAccess<'de> for Pairs<E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, E> {
        seed.deserialize(Typed::new(self.value.take().unwrap_or_default()))
    }
}

/// Hands over a number the way serde_json hands over raw text.
struct Digits<E> {
    number: Option<Number>,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> MapAccess<'de> for Digits<E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        match self.number {
            Some(_) => seed.deserialize(tokens::RAW.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, E> {
        let text = self.number.take().map(|number| number.to_string()).unwrap_or_default();
        seed.deserialize(text.into_deserializer())
    }
}
