use std::borrow::Cow;

use crate::check::Bits;
use crate::cursor::Cursor;
use crate::kinds::Kinds;
use crate::program::{Additional, At, Object, Watched};
use crate::reject::{Reject, Why};

/// The members of an object while a generated struct reads itself.
#[derive(Debug)]
pub struct Members<'a> {
    node: Option<(At, &'static Object)>,
    /// The names the struct knows, where there is no node that knows them.
    names: &'static [&'static str],
    present: Bits,
    watched: Watched,
    expected: usize,
    count: usize,
    start: usize,
    names_open: usize,
    before: usize,
    /// What the member that was found last has to satisfy.
    child: Option<At>,
    name: Cow<'a, str>,
    name_start: usize,
}

/// The position of a member that the struct does not know.
const OTHER: usize = usize::MAX;

impl<'a> Members<'a> {
    /// Steps into an object. The positions of `names` are those of the node's members.
    ///
    /// # Errors
    ///
    /// When no object follows, or the node takes none.
    // Always: what is returned is large, and would be copied.
    #[inline(always)]
    pub fn open(
        cursor: &mut Cursor<'a>,
        at: Option<At>,
        names: &'static [&'static str],
    ) -> Result<Self, Reject> {
        let node = cursor.expect(Kinds::OBJECT, at)?;
        let start = cursor.position();
        let names_open = cursor.names_open();
        cursor.enter()?;
        Ok(Self {
            node: at.zip(node.and_then(|node| node.object.as_deref())),
            names,
            present: Bits::default(),
            watched: Watched::default(),
            expected: 0,
            count: 0,
            start,
            names_open,
            before: start,
            child: None,
            name: Cow::Borrowed(""),
            name_start: start,
        })
    }

    /// Returns the position of the next member that the struct knows; others are checked and
    /// stepped over.
    ///
    /// # Errors
    ///
    /// When a member is refused, named twice, or no JSON.
    #[inline]
    pub fn next(&mut self, cursor: &mut Cursor<'a>) -> Result<Option<usize>, Reject> {
        loop {
            match self.next_kept(cursor)? {
                Some(OTHER) => {
                    cursor.remember(&self.name, self.name_start);
                    match self.additional() {
                        Some(node) => cursor.check(node)?,
                        None => cursor.skip()?,
                    }
                }
                other => return Ok(other),
            }
        }
    }

    /// Returns the position of the next member; that of one that the struct does not know is
    /// larger than any.
    ///
    /// # Errors
    ///
    /// When a member is refused, named twice, or no JSON.
    #[inline]
    pub fn next_kept(&mut self, cursor: &mut Cursor<'a>) -> Result<Option<usize>, Reject> {
        self.before = cursor.position();
        if !cursor.next_name(self.count == 0)? {
            return Ok(None);
        }
        self.count += 1;
        if let Some((node, object)) = self.node
            && let Some(member) = object.members.get(self.expected)
            && member.declared
            && cursor.take_name(&member.name)
        {
            let at = self.expected;
            self.expected += 1;
            self.child = member.node.map(|child| node.child(child));
            object.watch(&mut self.watched, at, cursor.position());
            return if self.present.insert(at) { Ok(Some(at)) } else { cursor.reject(Why::Duplicate) };
        }
        let name_start = cursor.position();
        let name = cursor.name()?;
        let found = match self.node {
            Some((_, object)) => object.find(&name, self.expected),
            None if self.names.get(self.expected) == Some(&&*name) => Some(self.expected),
            None => self.names.iter().position(|known| **known == *name),
        };
        match found {
            Some(at) => {
                self.expected = at + 1;
                if !self.present.insert(at) {
                    return cursor.reject(Why::Duplicate);
                }
                if let Some((node, object)) = self.node {
                    object.watch(&mut self.watched, at, cursor.position());
                    let member = &object.members[at];
                    self.child = match (member.declared, object.additional) {
                        (true, _) => member.node.map(|child| node.child(child)),
                        // A name that is only required is not declared: what is said of others holds.
                        (false, Additional::Refused) => {
                            return Err(Reject::new(self.before, Why::AdditionalProperties));
                        }
                        (false, _) => self.additional(),
                    };
                }
                Ok(Some(at))
            }
            None => {
                self.name = name;
                self.name_start = name_start;
                match self.node {
                    Some((_, Object { additional: Additional::Refused, .. })) => {
                        Err(Reject::new(self.before, Why::AdditionalProperties))
                    }
                    Some(_) | None => Ok(Some(OTHER)),
                }
            }
        }
    }

    /// Steps over the value of a known member that the struct has no field for.
    ///
    /// # Errors
    ///
    /// When it is refused, or no JSON.
    pub fn skip(&self, cursor: &mut Cursor<'a>) -> Result<(), Reject> {
        match self.child() {
            Some(node) => cursor.check(node),
            None => cursor.skip(),
        }
    }

    /// Returns what the known member that was found last has to satisfy.
    #[inline]
    pub fn child(&self) -> Option<At> {
        self.child
    }

    /// Returns what members have to satisfy that no keyword names.
    #[inline]
    pub fn additional(&self) -> Option<At> {
        match self.node? {
            (node, Object { additional: Additional::Checked(child), .. }) => Some(node.child(*child)),
            _ => None,
        }
    }

    /// Returns the name of the member that the struct does not know.
    pub fn take_name<K: From<Cow<'a, str>>>(&mut self) -> K {
        std::mem::take(&mut self.name).into()
    }

    /// Checks what can be said when all members are known.
    ///
    /// # Errors
    ///
    /// When one is missing, there are too few or too many, or one is named twice.
    #[inline]
    pub fn close(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Reject> {
        cursor.no_name_twice(self.names_open)?;
        match self.node {
            Some((at, object)) => {
                object.complete(&self.present, self.count).map_err(|why| Reject::new(self.start, why))?;
                cursor.demands(at, object, &self.present, &self.watched, self.start)
            }
            None => Ok(()),
        }
    }

    /// Refuses the object: a member that the struct needs is missing.
    #[cold]
    #[must_use]
    pub fn missing(&self) -> Reject {
        Reject::new(self.start, Why::Required)
    }
}
