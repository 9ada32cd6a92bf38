//! Tests the compatibility engine with random pairs. Also tests the code that draws the pairs and events.

mod content;
mod draw;
mod growth;
mod trial;
