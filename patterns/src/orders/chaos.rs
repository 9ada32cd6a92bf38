use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::block_in_place;

use super::client::Pace;
use super::worker::Workers;
use crate::account::Account;
use crate::failure::Attempt;
use crate::servers::Servers;

/// Number of kills.
const KILLS: usize = 24;

/// Kills a broker node, a worker and the database in turn, while the clients send orders.
///
/// The clients may send only a part of the orders before each kill. So the kills are spread over all orders.
#[derive(Debug)]
pub(super) struct Chaos {
    orders: usize,
    is_on: bool,
    limit: Arc<AtomicUsize>,
}

/// The numbers of kills.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kills {
    brokers: usize,
    workers: usize,
    databases: usize,
}

#[derive(Debug)]
struct Limit(Arc<AtomicUsize>);

impl Pace for Limit {
    fn allows(&self, number: usize) -> bool {
        number < self.0.load(Ordering::Relaxed)
    }
}

impl Chaos {
    /// Returns the plan for a number of orders. Without kills, nothing limits the clients.
    pub(super) fn new(orders: usize, is_on: bool) -> Self {
        let limit = if is_on { 0 } else { usize::MAX };
        Self { orders, is_on, limit: Arc::new(AtomicUsize::new(limit)) }
    }

    /// Returns the limit for the clients.
    pub(super) fn pace(&self) -> impl Pace + 'static {
        Limit(self.limit.clone())
    }

    /// Kills processes with SIGKILL, and starts them again.
    ///
    /// # Errors
    ///
    /// If a server does not start again.
    pub(super) async fn run(self, servers: &mut Servers, workers: &mut Workers) -> Attempt<Kills> {
        let mut kills = Kills::default();
        if !self.is_on {
            return Ok(kills);
        }
        for number in 0..KILLS {
            self.limit.store(self.orders * (number + 1) / KILLS, Ordering::Relaxed);
            pause(100, 600).await;
            let round = number / 3;
            match number % 3 {
                0 => {
                    let node = round % servers.cluster.len();
                    block_in_place(|| servers.cluster.kill(node))?;
                    pause(200, 1_500).await;
                    block_in_place(|| servers.cluster.restart(node))?;
                    kills.brokers += 1;
                }
                1 => {
                    block_in_place(|| workers.kill(round))?;
                    kills.workers += 1;
                }
                _ => {
                    block_in_place(|| servers.postgres.crash());
                    pause(100, 500).await;
                    block_in_place(|| servers.postgres.restart());
                    kills.databases += 1;
                }
            }
        }
        self.limit.store(usize::MAX, Ordering::Relaxed);
        Ok(kills)
    }
}

impl Kills {
    /// Shows the kills in an account.
    pub(super) fn show(self, account: &mut Account, repeated: usize) {
        account.section("Processes were killed with SIGKILL while the orders came");
        account.figure("broker nodes killed", self.brokers);
        account.figure("workers killed", self.workers);
        account.figure("databases killed", self.databases);
        account.check("kills", self.brokers + self.workers + self.databases, KILLS);
        account.figure("requests that clients repeated", repeated);
    }
}

async fn pause(min: u64, max: u64) {
    tokio::time::sleep(Duration::from_millis(fastrand::u64(min..max))).await;
}
