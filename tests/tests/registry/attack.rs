//! Requests that are made to cost much, against a registry in a process whose memory is limited.

use std::path::PathBuf;

use evschema_tests::attack::{designed, random};
use evschema_tests::{Guarded, evschema};

/// Address space of the registry, in MiB.
const LIMIT_MIB: u64 = 2_048;

/// Each is answered, and none ends the process. What they cost is measured by `cargo lab fuzz requests`, on a release
/// build.
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
