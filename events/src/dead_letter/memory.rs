use std::sync::{Mutex, PoisonError};

use super::letter::DeadLetter;
use super::store::{DeadLetterSink, DeadLetterStore, Filter, StoreError, Stored};

/// A store of dead letters in memory, for tests. It loses everything when the process ends.
#[derive(Debug, Default)]
pub struct MemoryStore {
    letters: Mutex<(u64, Vec<Stored>)>,
}

impl MemoryStore {
    fn with<R>(&self, change: impl FnOnce(&mut (u64, Vec<Stored>)) -> R) -> R {
        change(&mut self.letters.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl DeadLetterSink for MemoryStore {
    async fn put(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        self.with(|(last, letters)| {
            if !letters.iter().any(|stored| stored.letter.id() == letter.id()) {
                *last += 1;
                letters.push(Stored { position: *last, letter: letter.clone() });
            }
        });
        Ok(())
    }
}

impl DeadLetterStore for MemoryStore {
    async fn list(&self, filter: &Filter, after: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let is_selected = |stored: &&Stored| after < stored.position && filter.selects(&stored.letter);
        Ok(self.with(|(_, letters)| letters.iter().filter(is_selected).take(limit).cloned().collect()))
    }

    async fn get(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        Ok(self.with(|(_, letters)| letters.iter().find(|stored| stored.letter.id() == id).cloned()))
    }

    async fn remove(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.with(|(_, letters)| {
            let before = letters.len();
            letters.retain(|stored| stored.letter.id() != id);
            letters.len() < before
        }))
    }
}
