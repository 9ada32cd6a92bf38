/// Declares the document of a schema, and the program of the schema. The arguments are, in this order: the base URI,
/// the draft, the documents to which the schema refers, whether formats are asserted, the programs of these documents,
/// and the root node.
///
/// ```text
/// rt::document! { "base-uri" Draft202012 [ "uri" path::DOCUMENT, ] true [ path::PROGRAM, ] 0 }
/// ```
///
/// The module has two constants: `SCHEMA`, the text of the schema, and `PROGRAM_TEXT`, the text of the program.
#[macro_export]
macro_rules! document {
    (
        $base:literal $draft:ident [$($uri:literal $reference:path,)*] $asserts_formats:literal
        [$($link:path,)*] $root:literal
    ) => {
        /// The schema with all documents that it refers to.
        #[doc(hidden)]
        pub static DOCUMENT: $crate::Document = $crate::Document::new(
            $base,
            $crate::Draft::$draft,
            SCHEMA,
            &[$(($uri, &$reference)),*],
            (&PROGRAM, $root),
        );

        /// The program of the schema, which checks events.
        #[doc(hidden)]
        pub static PROGRAM: $crate::Program = $crate::Program::new(PROGRAM_TEXT, &[$(&$link),*]);
    };
}
