/// The subject of placed orders.
pub(super) const PLACED: &str = "orders.placed";

/// The subject of shipped orders.
pub(super) const SHIPPED: &str = "orders.shipped";
