//! Parses the types that generated code declares with `rt::types!`.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, Ident, Lifetime, LitInt, LitStr, Token, Type, braced, bracketed, parenthesized,
    parse_str, token,
};

/// One type that generated code declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Its content.
    pub body: DeclaredBody,
}

/// The content of a declared type. Types are strings without white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclaredBody {
    /// An object.
    Struct {
        /// Its fields and their types.
        fields: Vec<(String, String)>,
        /// Its setters and the types of their arguments.
        setters: Vec<(String, String)>,
        /// The arguments of `new` and their types.
        new: Vec<(String, String)>,
    },
    /// A struct that wraps another type.
    Newtype(String),
    /// An enum of strings, with its variants.
    Texts(Vec<String>),
    /// An enum of types, with its variants and their types.
    Union(Vec<(String, String)>),
}

/// Returns the types that the text between the braces of `rt::types! { … }` declares.
///
/// # Errors
///
/// If the text does not declare types. The error is the message of the Rust parser.
pub fn declared(text: &str) -> Result<Vec<Declared>, String> {
    parse_str::<All>(text).map(|all| all.0).map_err(|error| error.to_string())
}

struct All(Vec<Declared>);

impl Parse for All {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut all = Vec::new();
        while !input.is_empty() {
            input.call(Attribute::parse_outer)?;
            input.parse::<Token![pub]>()?;
            all.push(if input.peek(Token![struct]) { of_struct(input)? } else { of_enum(input)? });
        }
        Ok(Self(all))
    }
}

fn of_struct(input: ParseStream<'_>) -> syn::Result<Declared> {
    input.parse::<Token![struct]>()?;
    let name = name(input)?;
    if input.peek(token::Paren) {
        let inner;
        parenthesized!(inner in input);
        inner.parse::<Token![pub]>()?;
        let body = DeclaredBody::Newtype(printed(&inner.parse()?));
        owned(input)?;
        input.parse::<Token![;]>()?;
        return Ok(Declared { name, body });
    }
    let content;
    braced!(content in input);
    let (mut fields, mut setters) = (Vec::new(), Vec::new());
    while !content.is_empty() {
        if content.peek(Token![..]) {
            content.parse::<Token![..]>()?;
            fields.push(member(&content)?);
            content.parse::<Token![,]>()?;
            continue;
        }
        content.call(Attribute::parse_outer)?;
        content.parse::<Token![pub]>()?;
        fields.push(member(&content)?);
        content.parse::<Token![=]>()?;
        content.parse::<LitStr>()?;
        content.parse::<LitInt>()?;
        content.parse::<Ident>()?;
        if content.peek(Ident) {
            let setter = content.parse::<Ident>()?.to_string();
            let value;
            parenthesized!(value in content);
            setters.push((setter, printed(&value.parse()?)));
        }
        content.parse::<Token![,]>()?;
    }
    let mut word = input.parse::<Ident>()?;
    if word == "names" {
        let names;
        bracketed!(names in input);
        while !names.is_empty() {
            names.parse::<LitStr>()?;
        }
        word = input.parse()?;
    }
    if word != "new" {
        return Err(syn::Error::new(word.span(), "expected `new`"));
    }
    let arguments;
    parenthesized!(arguments in input);
    let new = Punctuated::<_, Token![,]>::parse_terminated_with(&arguments, member)?;
    owned(input)?;
    Ok(Declared { name, body: DeclaredBody::Struct { fields, setters, new: new.into_iter().collect() } })
}

/// Returns the name of a type, and skips its lifetime if the type borrows.
fn name(input: ParseStream<'_>) -> syn::Result<String> {
    let name = input.parse::<Ident>()?.to_string();
    if input.peek(Token![<]) {
        input.parse::<Token![<]>()?;
        input.parse::<Lifetime>()?;
        input.parse::<Token![>]>()?;
    }
    Ok(name)
}

/// Skips the owned type of a borrowed form: `owned Order`.
fn owned(input: ParseStream<'_>) -> syn::Result<()> {
    let ahead = input.fork();
    if ahead.parse::<Ident>().is_ok_and(|word| word == "owned") {
        input.parse::<Ident>()?;
        input.parse::<Ident>()?;
    }
    Ok(())
}

/// Returns the name and the type in `name: Type`.
fn member(input: ParseStream<'_>) -> syn::Result<(String, String)> {
    let name = input.call(Ident::parse_any)?.to_string();
    input.parse::<Token![:]>()?;
    Ok((name, printed(&input.parse()?)))
}

fn of_enum(input: ParseStream<'_>) -> syn::Result<Declared> {
    input.parse::<Token![enum]>()?;
    let name = name(input)?;
    let content;
    braced!(content in input);
    let (mut texts, mut union) = (Vec::new(), Vec::new());
    while !content.is_empty() {
        content.call(Attribute::parse_outer)?;
        let variant = content.call(Ident::parse_any)?.to_string();
        if content.peek(token::Paren) {
            let of;
            parenthesized!(of in content);
            union.push((variant, printed(&of.parse()?)));
            content.parse::<Token![=]>()?;
            content.parse::<LitInt>()?;
            content.parse::<Expr>()?;
        } else {
            texts.push(variant);
            content.parse::<Token![=]>()?;
            content.parse::<LitStr>()?;
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    owned(input)?;
    match (texts.is_empty(), union.is_empty()) {
        (_, true) => Ok(Declared { name, body: DeclaredBody::Texts(texts) }),
        (true, false) => Ok(Declared { name, body: DeclaredBody::Union(union) }),
        (false, false) => Err(content.error("an enum has either string variants or type variants")),
    }
}

fn printed(of: &Type) -> String {
    of.to_token_stream().to_string().replace(' ', "")
}
