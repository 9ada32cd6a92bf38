//! The queue of work for the threads. Clients take turns.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::limits;

/// A unit of work: a function that also sends its result to the caller.
type Work = Box<dyn FnOnce() + Send>;

/// The client that work belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) enum Client {
    /// The registry itself.
    #[default]
    Registry,
    /// All clients with this token. The text is the id of the token.
    Token(Arc<str>),
    /// All clients without a token from this address or network.
    Address(IpAddr),
}

impl Client {
    /// Returns the client of an address. An IPv6 network with 2^64 addresses counts as one client.
    pub(crate) fn at(address: IpAddr) -> Self {
        let address = match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(six) => six.to_ipv4_mapped().map_or_else(
                || {
                    let [a, b, c, d, ..] = six.segments();
                    IpAddr::from([a, b, c, d, 0, 0, 0, 0])
                },
                IpAddr::V4,
            ),
        };
        Self::Address(address)
    }

    fn has_no_token(&self) -> bool {
        matches!(self, Self::Address(_))
    }
}

/// The reason why the queue rejects work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// Too much work is waiting.
    Queue,
    /// Too much work of this client is waiting or running.
    Client,
}

/// The waiting and the running work of all clients.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    /// The maximum number of threads that work for one client. The same maximum applies to all clients without a token
    /// together. It is one less than the number of threads.
    threads_max: usize,
}

#[derive(Default)]
struct State {
    clients: HashMap<Client, ClientWork>,
    /// The clients that have waiting work. The first one is next.
    turns: VecDeque<Client>,
    waiting: usize,
    /// The number of running units of work for clients without a token.
    running_without_token: usize,
    is_closed: bool,
}

/// The work of one client.
#[derive(Default)]
struct ClientWork {
    waiting: VecDeque<Work>,
    running: usize,
}

impl Queue {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            threads_max: threads.saturating_sub(1).max(1),
        }
    }

    /// Adds work. A thread runs it when it is the client's turn.
    pub(super) fn push(&self, client: Client, work: Work) -> Result<(), Full> {
        let mut state = self.lock();
        if limits::CHECKS_WAITING_MAX <= state.waiting {
            return Err(Full::Queue);
        }
        let client_work = state.clients.entry(client.clone()).or_default();
        if limits::CHECKS_WAITING_OF_CLIENT_MAX <= client_work.waiting.len() + client_work.running {
            return Err(Full::Client);
        }
        client_work.waiting.push_back(work);
        if client_work.waiting.len() == 1 {
            state.turns.push_back(client);
        }
        state.waiting += 1;
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Runs waiting work until the queue is closed. Each thread calls this function.
    pub(super) fn work(&self) {
        let mut state = self.lock();
        while !state.is_closed {
            let Some((client, work)) = state.next(self.threads_max) else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(state);
            work();
            state = self.lock();
            state.done(&client);
            // Waiting work of this client may run now, because the client uses one thread less.
            self.changed.notify_one();
        }
    }

    /// Ends the threads.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it has the lock, so the lock is never poisoned.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the next work of the first client that may use one more thread.
    fn next(&mut self, threads_max: usize) -> Option<(Client, Work)> {
        let may_run = |client: &Client| {
            self.clients.get(client).is_some_and(|client_work| {
                let is_reserved = client.has_no_token() && threads_max <= self.running_without_token;
                client_work.running < threads_max && !is_reserved
            })
        };
        let at = self.turns.iter().position(may_run)?;
        let client = self.turns.remove(at)?;
        let client_work = self.clients.get_mut(&client)?;
        let work = client_work.waiting.pop_front()?;
        client_work.running += 1;
        self.running_without_token += usize::from(client.has_no_token());
        self.waiting -= 1;
        if !client_work.waiting.is_empty() {
            self.turns.push_back(client.clone());
        }
        Some((client, work))
    }

    fn done(&mut self, client: &Client) {
        let Some(client_work) = self.clients.get_mut(client) else { return };
        client_work.running -= 1;
        self.running_without_token -= usize::from(client.has_no_token());
        if client_work.running == 0 && client_work.waiting.is_empty() {
            self.clients.remove(client);
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("waiting", &self.lock().waiting).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_take_turns_and_none_has_all_threads() {
        let queue = Queue::new(3);
        let named = |name: &str| Client::Token(name.into());
        let done = Arc::new(Mutex::new(Vec::new()));
        for name in ["a", "a", "a", "a", "b", "c"] {
            let done = Arc::clone(&done);
            let work = move || done.lock().unwrap().push(name);
            queue.push(named(name), Box::new(work)).unwrap();
        }
        let mut state = queue.lock();
        let mut order = Vec::new();
        while let Some((client, work)) = state.next(queue.threads_max) {
            work();
            order.push(client);
        }
        assert_eq!(
            *done.lock().unwrap(),
            ["a", "b", "c", "a"],
            "`a` has two threads, and the third is for others"
        );
        state.done(&named("a"));
        assert!(state.next(queue.threads_max).is_some());
        assert!(state.next(queue.threads_max).is_none());
    }

    #[test]
    fn one_thread_stays_free_for_clients_with_a_token() {
        let queue = Queue::new(2);
        for address in ["192.0.2.1", "192.0.2.2"] {
            queue.push(Client::at(address.parse().unwrap()), Box::new(|| ())).unwrap();
        }
        queue.push(Client::Token("a".into()), Box::new(|| ())).unwrap();
        let mut state = queue.lock();
        let mut next = || state.next(queue.threads_max).map(|(client, _)| client);
        assert!(matches!(next(), Some(Client::Address(_))));
        assert_eq!(next(), Some(Client::Token("a".into())));
        assert_eq!(next(), None);
    }

    #[test]
    fn addresses_of_one_network_are_one_client() {
        let at = |text: &str| Client::at(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:3:4:5:6"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }
}
