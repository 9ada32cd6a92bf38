//! Sends expensive requests to a registry in a process with a memory limit.

use std::path::PathBuf;

use evschema_tests::attack::{designed, random};
use evschema_tests::{Guarded, evschema};

/// Address space of the registry, in MiB.
const LIMIT_MIB: u64 = 2_048;

/// The registry answers every request, and no request ends the process. `cargo lab fuzz requests` measures the costs
/// with a release build.
#[test]
fn every_attack_is_answered() {
    let program = PathBuf::from(evschema().get_program());
    let mut registry = Guarded::start(&program, LIMIT_MIB);
    let mut rng = fastrand::Rng::with_seed(19);
    let random = std::iter::repeat_with(|| random(&mut rng)).take(20);
    for attack in designed().into_iter().chain(random) {
        let (registered, cost) = registry.attack(&attack);
        for cost in registered.iter().chain([&cost]) {
            let status = cost.status.unwrap_or_else(|| panic!("{}: no answer", attack.name));
            assert!(status < 500, "{}: {status}", attack.name);
        }
        assert!(registry.is_running(), "{}: the registry has ended", attack.name);
    }
}
